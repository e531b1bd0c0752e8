package projections

import (
	"bytes"
	"fmt"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// Star is one person's stars, with how they came about.
type Star struct {
	Footing
	Person    domain.PersonID
	Into      domain.PersonID // set when the person was merged: whose stars these are
	State     PersonState
	Community domain.CommunityCode // membership on the view's day; zero when none
	Rating    domain.StarRating
	Entries   int64 // confirmed service entries
	Waiting   int64 // claimed, not yet confirmed or rejected: they do not count
}

// StarRow is a line of the star board.
type StarRow struct {
	Person    domain.PersonID
	State     PersonState
	Community domain.CommunityCode // zero where its own board is withheld
	Rating    domain.StarRating
}

// StarBoard lists the members of a division who have confirmed service, by
// recognised minutes from the highest down, then by person id.
type StarBoard struct {
	Footing
	Division domain.Division
	Members  int64   // persons who are members on the view's day
	Active   int64   // of them, with confirmed service
	ByStars  []int64 // active members by stars reached; index 0 is none yet
	Totals   StarTotals
	Outside  Outside // confirmed service recorded here by others, by day of the fact
	Rows     []StarRow
	Next     string // cursor of the next page; empty at the end
	// Suppressed says why all of the above is withheld.
	Suppressed Suppression
}

// StarTotals sums the members' service, wherever it was recorded.
type StarTotals struct {
	Recognised, Credit, Honour, Raw domain.Minutes
}

// Star is one person's stars under the scheme in force for the person's
// community on the view's last civil day; for someone without membership, for
// the community that enrolled. For a merged person it is the other's.
func (v *View) Star(id domain.PersonID) (Star, error) {
	i, ok := v.person(id)
	if !ok {
		return Star{}, ErrUnknownPerson
	}
	s := v.subjectOf(i)
	p := v.b.persons.at(s.person)
	out := Star{Person: id, State: v.b.persons.at(i).state()}
	if s.person != i {
		out.Into = p.id
	}
	home := v.homeOn(s, v.day)
	if home != none {
		out.Community = v.b.communities.at(home).code
	}
	fold := serviceFold{v: v}
	rating, entries := fold.rate(s, v.schemeFor(s, home))
	out.Rating, out.Entries = rating, int64(entries)
	v.eachWaiting(s, func(r *entryRow) {
		if r.flags&entryStudy == 0 {
			out.Waiting++
		}
	})
	out.Footing = v.personFooting(s, append(fold.used, rating.Scheme)...)
	return out, nil
}

// schemeFor is the star scheme of a subject that belongs to home.
func (v *View) schemeFor(s subject, home uint32) *domain.PolicyVersion {
	if home == none {
		home = v.b.persons.at(s.person).enrolledBy
	}
	if home == none {
		return nil
	}
	return v.rules.InForce(domain.StarsKind, v.b.communities.at(home).code, v.day)
}

// eachWaiting calls f for claims that are not decided.
func (v *View) eachWaiting(s subject, f func(*entryRow)) {
	for _, i := range append([]uint32{s.person}, s.others...) {
		for j := atomic.LoadUint32(&v.b.persons.at(i).entries); j != none; {
			r := v.b.entries.at(j)
			if r.waits(v.size) {
				f(r)
			}
			j = r.prev
		}
	}
}

// personFooting is what a figure of one person stands on.
func (v *View) personFooting(s subject, policies ...*domain.PolicyVersion) Footing {
	f := Footing{Size: domain.Size(v.size), Day: v.day, ChangedAt: domain.Size(v.size)}
	v.restOn(&f, refs(policies))
	seen := map[domain.CommunityCode]bool{}
	note := func(community uint32) {
		if code := v.b.communities.at(community).code; !seen[code] {
			seen[code] = true
			for _, id := range v.runningIn(code.Division()) {
				if !slices.Contains(f.Provisional, id) {
					f.Provisional = append(f.Provisional, id)
				}
			}
		}
	}
	if home := v.homeOn(s, v.day); home != none {
		note(home)
	}
	v.eachRow(s, func(r *entryRow) { note(r.community) })
	return f
}

// Stars is the star board of a division: its members on the view's day, each
// under the scheme in force for the member's community.
func (v *View) Stars(d domain.Division, page Page) (StarBoard, error) {
	after, resumed, err := parseCursor(page.After, 1)
	if err != nil {
		return StarBoard{}, err
	}
	key := cacheKey{part: partStarBoard, division: d, number: int64(v.day), text: fmt.Sprint(page.limit(), " ", page.After)}
	changed := func() uint32 { return v.b.changedAt(d, 1<<touchService) }
	weigh := func(b *StarBoard) int { return 160 * len(b.Rows) }
	board := *part(v, key, changed, weigh, func() *StarBoard { return v.stars(d, page.limit(), after, resumed) })
	policies := board.Policies
	board.Footing = v.footing(d, 1<<touchService)
	v.restOn(&board.Footing, policies)
	board.Rows = slices.Clone(board.Rows)
	v.publishStars(&board)
	for i := range board.Rows { // today's, so never from a cache
		p, _ := v.person(board.Rows[i].Person)
		board.Rows[i].State = v.b.persons.at(p).state()
	}
	return board, nil
}

func (v *View) stars(d domain.Division, limit int, after cursor, resumed bool) *StarBoard {
	communities := v.b.communitiesIn(d)
	parts := parallel(communities, v.starPart)
	here := parallel(communities, v.serviceHere)
	board := &StarBoard{Division: d, ByStars: []int64{0}, Outside: v.outside(d, here)}
	var runs [][]starRow
	var used []*domain.PolicyVersion
	schemes := map[uint32]*starPart{}
	for _, p := range parts {
		runs = append(runs, p.rows)
		used = append(used, p.counting...)
		if len(p.rows) > 0 {
			used = append(used, p.scheme)
		}
		board.Members += p.members
		board.Active += int64(len(p.rows))
		board.Totals.add(p.totals)
		for i, n := range p.byStars {
			for len(board.ByStars) <= i {
				board.ByStars = append(board.ByStars, 0)
			}
			board.ByStars[i] += n
		}
		schemes[p.community.number] = p
	}
	past := func(*starRow) bool { return true }
	if resumed {
		past = func(r *starRow) bool {
			if int64(r.recognised) != after.values[0] {
				return int64(r.recognised) < after.values[0]
			}
			id := v.b.persons.at(r.person).id
			return bytes.Compare(id.UUID[:], after.person.UUID[:]) > 0
		}
	}
	rows, _, more := mergePage(runs, v.compareStars, past, limit)
	for i := range rows {
		home := v.homeOn(v.subjectOf(rows[i].person), v.day)
		board.Rows = append(board.Rows, StarRow{
			Person: v.b.persons.at(rows[i].person).id, Community: v.b.communities.at(home).code,
			Rating: rows[i].rating(schemes[home].scheme),
		})
	}
	if more {
		last := &board.Rows[len(board.Rows)-1]
		board.Next = cursor{[]int64{int64(last.Rating.Recognised)}, last.Person}.String()
	}
	board.Policies = refs(used)
	return board
}
