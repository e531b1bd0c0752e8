package projections

import (
	"cmp"
	"math"
	"slices"

	"zhishu/domain"
)

// BoardDiff is what changed on a board of persons between two points of view.
// It is withheld where either board is.
type BoardDiff[V any] struct {
	Before, After Footing
	Division      domain.Division
	Period        domain.Period // of a ranking
	Rules         []AdoptedRule // adopted between, of the kinds the board rests on
	Came, Went    int64         // persons with a place on one of the two boards only
	Changed       int64         // persons whose own figures changed
	Moved         int64         // persons whose rank alone changed, because of others
	Rows          []PlaceChange[V]
	Left          int64 // changes beyond the limit
	Suppressed    Suppression
}

// PlaceChange is a person's place on a board as it was and as it is: Before is
// nil for one that came, After for one that went.
type PlaceChange[V any] struct {
	Person        domain.PersonID
	State         PersonState // today's
	Before, After *Place[V]
	Facts         []FactMove
}

// Moves are the facts of all rows, for NameMoves.
func (d BoardDiff[V]) Moves() (out []*FactMove) {
	for i := range d.Rows {
		out = append(out, pointers(d.Rows[i].Facts)...)
	}
	return out
}

func pointers(facts []FactMove) (out []*FactMove) {
	for i := range facts {
		out = append(out, &facts[i])
	}
	return out
}

// Place is a rank (1, 1, 3 …) and the figures behind it.
type Place[V any] struct {
	Rank  int64
	Value V
}

// place is a Place of the person it belongs to, in the order of a board.
type place[R any] struct {
	person uint32
	rank   int64
	row    R
}

type placePair[R any] struct {
	person        uint32
	before, after *place[R]
	same          bool // the figures are; the rank is not
}

// pairPlaces lists the persons whose places differ: those with other figures
// first, each by rank.
func pairPlaces[R any](before, after []place[R], same func(a, b *R) bool) (out []placePair[R]) {
	was := make(map[uint32]*place[R], len(before))
	for i := range before {
		was[before[i].person] = &before[i]
	}
	for i := range after {
		p := placePair[R]{person: after[i].person, before: was[after[i].person], after: &after[i]}
		delete(was, p.person)
		p.same = p.before != nil && same(&p.before.row, &p.after.row)
		if !p.same || p.before.rank != p.after.rank {
			out = append(out, p)
		}
	}
	for i := range before {
		if p := &before[i]; was[p.person] != nil {
			out = append(out, placePair[R]{person: p.person, before: p})
		}
	}
	kind := func(p *placePair[R]) int {
		switch {
		case p.same:
			return 2
		case p.after == nil:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b placePair[R]) int { return cmp.Compare(kind(&a), kind(&b)) })
	return out
}

// fillBoard counts the pairs and opens the first of them.
func fillBoard[R, V any](v, before *View, out *BoardDiff[V], pairs []placePair[R], limit int, open func(*R) V, counts counting) {
	for i := range pairs {
		p := &pairs[i]
		switch {
		case p.before == nil:
			out.Came++
		case p.after == nil:
			out.Went++
		case p.same:
			out.Moved++
		default:
			out.Changed++
		}
		if i >= limit {
			out.Left++
			continue
		}
		row := PlaceChange[V]{Person: v.b.persons.at(p.person).id, State: v.b.persons.at(p.person).state()}
		if p.before != nil {
			row.Before = &Place[V]{p.before.rank, open(&p.before.row)}
		}
		if p.after != nil {
			row.After = &Place[V]{p.after.rank, open(&p.after.row)}
		}
		if !p.same {
			row.Facts = v.moves(before, p.person, true, counts)
		}
		out.Rows = append(out.Rows, row)
	}
}

// starPlace is a line of a star board with the scheme it stands under.
type starPlace struct {
	starRow
	scheme *domain.PolicyVersion
}

// DiffStars compares the star board of a division at an earlier point of view
// with that at this one, and gives the first limit persons that changed.
func (v *View) DiffStars(before *View, d domain.Division, limit int) BoardDiff[domain.StarRating] {
	out := BoardDiff[domain.StarRating]{Division: d, Rules: v.adoptedSince(before, ServiceRules...)}
	was, policiesWas := before.starPlaces(d)
	is, policies := v.starPlaces(d)
	out.Before, out.After = before.footing(d, 1<<touchService, policiesWas...), v.footing(d, 1<<touchService, policies...)
	for _, w := range []*View{before, v} {
		b := StarBoard{Division: d}
		if w.publishStars(&b); b.Suppressed != NotSuppressed && w.size > 0 { // an empty ledger hides nothing
			out.Suppressed = b.Suppressed
			return out
		}
	}
	pairs := pairPlaces(was, is, func(a, b *starPlace) bool {
		return a.starRow == b.starRow && sameRule(a.scheme, b.scheme)
	})
	fillBoard(v, before, &out, pairs, limit, func(r *starPlace) domain.StarRating { return r.rating(r.scheme) },
		func(_ *View, _ subject, r *entryRow) bool { return r.flags&entryStudy == 0 })
	return out
}

// sameRule: an example that is supposed has no number of its own; its title
// tells it apart.
func sameRule(a, b *domain.PolicyVersion) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Ref() == b.Ref() && a.Title == b.Title
}

func (v *View) starPlaces(d domain.Division) (out []place[starPlace], used []*domain.PolicyVersion) {
	for _, p := range parallel(v.b.communitiesIn(d), v.starPart) {
		if used = append(used, p.counting...); len(p.rows) > 0 {
			used = append(used, p.scheme)
		}
		for _, r := range p.rows {
			out = append(out, place[starPlace]{r.person, 0, starPlace{r, p.scheme}})
		}
	}
	slices.SortFunc(out, func(a, b place[starPlace]) int { return v.compareStars(&a.row.starRow, &b.row.starRow) })
	rankPlaces(out, func(a, b *starPlace) bool { return a.recognised == b.recognised })
	return out, used
}

// rankPlaces numbers sorted places 1, 1, 3 ….
func rankPlaces[R any](places []place[R], tie func(a, b *R) bool) {
	for i := range places {
		places[i].rank = int64(i + 1)
		if i > 0 && tie(&places[i-1].row, &places[i].row) {
			places[i].rank = places[i-1].rank
		}
	}
}

// DiffStanding compares the ranking of learners of a division and period at an
// earlier point of view with that at this one.
func (v *View) DiffStanding(before *View, d domain.Division, period domain.Period, limit int) (BoardDiff[domain.StudyTally], error) {
	out := BoardDiff[domain.StudyTally]{Division: d, Period: period, Rules: v.adoptedSince(before, StudyRules...)}
	scheme := v.rules.InForceFor(domain.StandingKind, d, v.lastOf(period))
	was := before.rules.InForceFor(domain.StandingKind, d, before.lastOf(period))
	if scheme == nil || was == nil && before.size > 0 {
		return out, ErrNoPolicy
	}
	out.Before, out.After = before.footing(d, 1<<touchStudy, was), v.footing(d, 1<<touchStudy, scheme)
	for _, w := range []*View{before, v} {
		b := StandingBoard{Division: d, Period: period}
		if w.publishStanding(&b); b.Suppressed != NotSuppressed && w.size > 0 {
			out.Suppressed = b.Suppressed
			return out, nil
		}
	}
	pairs := pairPlaces(before.studyPlaces(d, period, was), v.studyPlaces(d, period, scheme), func(a, b *studyRow) bool { return *a == *b })
	fillBoard(v, before, &out, pairs, limit, (*studyRow).tally, studyOf(d, period))
	return out, nil
}

func (v *View) studyPlaces(d domain.Division, period domain.Period, scheme *domain.PolicyVersion) (out []place[studyRow]) {
	if scheme == nil {
		return nil
	}
	s := scheme.Standing
	var runs [][]studyRow
	for _, r := range v.rankings(d, period, s) {
		runs = append(runs, r.rows)
	}
	order := func(a, b *studyRow) int { return v.compareStudy(s, a, b) }
	rows, _, _ := mergePage(runs, order, func(*studyRow) bool { return true }, math.MaxInt)
	for _, r := range rows {
		out = append(out, place[studyRow]{r.person, 0, r})
	}
	rankPlaces(out, func(a, b *studyRow) bool {
		c, _ := domain.CompareTallies(s, a.tally(), b.tally())
		return c == 0
	})
	return out
}
