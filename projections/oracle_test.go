package projections

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

var divisions = []string{"", "4307", "430702", "430703", "430702001", "430702001001", "430702001002", "430703001001", "430703002001"}

// everyRow collects a list page by page.
func everyRow[R any](t tb, limit int, page func(Page) ([]R, string, error)) (all []R) {
	next := ""
	for {
		rows, after, err := page(Page{Limit: limit, After: next})
		if err != nil {
			t.Fatalf("page after %q: %v", next, err)
		}
		all = append(all, rows...)
		if next = after; next == "" {
			return all
		}
		if len(rows) != limit {
			t.Fatalf("a page of %d rows says that there are more", len(rows))
		}
	}
}

func checkFigures(t *rapid.T, v *View, m *model, period domain.Period) {
	t.Helper()
	groups := groupModelOf(m)
	for range 3 {
		s := rapid.SampledFrom(divisions).Draw(t, "division")
		d := division(t, s)
		checkStars(t, v, m, d)
		checkStanding(t, v, m, d, period)
		checkParticipation(t, v, m, d, period)
		checkDonations(t, v, m, DonationFilter{Division: d, Period: period})
		checkGiftUses(t, v, m, DonationFilter{Division: d, Period: period})
		checkGiftList(t, v, m, DonationFilter{Division: d, Period: period})
		checkTimetable(t, v, m, d, period)
		checkGroups(t, v, groups, d, period)
	}
	checkScorecard(t, v, groups, code(t, rapid.SampledFrom(divisions[5:]).Draw(t, "community")), period)
	checkLayers(t, v, groups)
	checkGiftUses(t, v, m, DonationFilter{Organisation: organisation, Period: domain.AllTime})
	checkPublished(t, v, m, period)
	checkDonations(t, v, m, DonationFilter{Organisation: organisation, Period: domain.AllTime})
	checkRows(t, v, m)
	checkRosters(t, v, m)
}

// checkRows compares what stands, and what was withdrawn, of every sheet.
func checkRows(t tb, v *View, m *model) {
	t.Helper()
	standing, withdrawn := map[domain.ImportID][]RowRef{}, map[domain.ImportID][]WithdrawnRow{}
	for id, g := range m.gifts {
		if r := g.Row; g.Exists && !r.Import.IsZero() {
			standing[r.Import] = append(standing[r.Import], RowRef{Number: r.Number, Print: r.Print, Alike: r.Alike, Donation: id})
		}
	}
	for id, p := range m.people {
		for _, e := range p.Entries {
			ref := RowRef{Number: e.Row.Number, Print: e.Row.Print, Alike: e.Row.Alike, Person: id, Entry: e.No}
			if e.Live() {
				standing[e.Row.Import] = append(standing[e.Row.Import], ref)
			} else {
				withdrawn[e.Row.Import] = append(withdrawn[e.Row.Import], WithdrawnRow{ref, e.Status})
			}
		}
	}
	for _, x := range v.Imports() {
		slices.SortFunc(standing[x.Import], func(a, b RowRef) int { return cmp.Compare(a.Number, b.Number) })
		slices.SortFunc(withdrawn[x.Import], func(a, b WithdrawnRow) int { return cmp.Compare(a.Number, b.Number) })
		want(t, "imports: rows", fmt.Sprint(v.RowsOf(x.Import)), fmt.Sprint(standing[x.Import]))
		want(t, "imports: withdrawn", fmt.Sprint(v.WithdrawnRows(x.Import)), fmt.Sprint(withdrawn[x.Import]))
	}
}

func checkStars(t tb, v *View, m *model, d domain.Division) {
	t.Helper()
	lines, members := m.stars(d, v.Day())
	first, err := v.Stars(d, Page{})
	want(t, "stars: error", err, nil)
	want(t, "stars: members of "+d.String(), first.Members, members)
	want(t, "stars: active", first.Active, int64(len(lines)))
	want(t, "stars: outside "+d.String(), first.Outside, m.outside(domain.Service, d, domain.AllTime, domain.Least{}))
	byStars := make([]int64, len(first.ByStars))
	for _, l := range lines {
		byStars[l.stars]++
	}
	want(t, "stars: counts", fmt.Sprint(first.ByStars), fmt.Sprint(byStars))
	rows := everyRow(t, 3, func(p Page) ([]StarRow, string, error) {
		b, err := v.Stars(d, p)
		return b.Rows, b.Next, err
	})
	want(t, "stars: rows of "+d.String(), len(rows), len(lines))
	for i, l := range lines {
		r := rows[i].Rating
		got := starLine{rows[i].Person, rows[i].Community, r.Stars, r.Recognised, r.Credit, r.Raw}
		want(t, fmt.Sprint("stars: row ", i, " of ", d), got, l)
	}
}

func checkStanding(t tb, v *View, m *model, d domain.Division, p domain.Period) {
	t.Helper()
	scheme := m.rules.InForceFor(domain.StandingKind, d, min(p.To, v.Day()))
	first, err := v.Standing(d, p, Page{})
	if scheme == nil {
		want(t, "standing: error", err, ErrNoPolicy)
		return
	}
	want(t, "standing: error", err, nil)
	want(t, "standing: scheme", first.Scheme.Ref(), scheme.Ref())
	lines, unranked := m.standing(d, p, scheme.Standing)
	want(t, "standing: ranked in "+d.String(), first.Ranked, int64(len(lines)))
	want(t, "standing: unranked", first.Unranked, unranked)
	want(t, "standing: outside", first.Outside, m.outside(domain.Study, d, p, domain.Least{}))
	rows := everyRow(t, 2, func(page Page) ([]StandingRow, string, error) {
		b, err := v.Standing(d, p, page)
		return b.Rows, b.Next, err
	})
	want(t, "standing: rows", len(rows), len(lines))
	for i, l := range lines {
		want(t, fmt.Sprint("standing: row ", i, " of ", d), standingLine{rows[i].Rank, rows[i].Person, rows[i].Tally}, l)
		if i > 0 {
			for _, c := range rows[i].Criteria {
				want(t, "standing: gap", c.Gap, rows[i-1].Tally.Value(c.Criterion)-c.Value)
			}
			_, decisive := domain.CompareTallies(scheme.Standing, lines[i-1].tally, l.tally)
			want(t, "standing: decisive", rows[i].Decisive, decisive)
		}
		own, _, err := v.StandingOf(l.person, d, p)
		want(t, "standing: own error", err, nil)
		want(t, "standing: own rank", own.Rank, l.rank)
	}
}

func checkParticipation(t tb, v *View, m *model, d domain.Division, p domain.Period) {
	t.Helper()
	on := min(p.To, v.Day())
	definition := m.rules.InForceFor(domain.ParticipationKind, d, on)
	got, err := v.Participation(d, p)
	if definition == nil {
		want(t, "participation: error", err, ErrNoPolicy)
		return
	}
	want(t, "participation: error", err, nil)
	rule := definition.Participation
	members := m.members(d, on)
	want(t, "participation: suppressed", got.Suppressed, NotSuppressed)
	sessions := m.sessions(d, p)
	for _, month := range got.Months {
		for _, l := range month.Sessions {
			want(t, "participation: sessions", l, sessions[month.Month][l.Layer])
			delete(sessions[month.Month], l.Layer)
		}
	}
	for month, left := range sessions {
		want(t, "participation: sessions missed in "+month.String(), len(left), 0)
	}
	participants, personTimes, minutes, cells := m.rates(d, p, rule.Least())
	want(t, "participation: participants of "+d.String(), got.Participants, participants)
	want(t, "participation: person-times", got.PersonTimes, personTimes)
	want(t, "participation: minutes", got.Minutes, minutes)
	want(t, "participation: outside", got.Outside, m.outside(domain.Study, d, p, rule.Least()))
	for _, month := range got.Months {
		want(t, "participation: "+month.Month.String(), month.PersonTimes, cells[month.Month])
	}
	i := 0
	for _, basis := range rule.Bases {
		sum, known, missing := members, true, []domain.CommunityCode(nil)
		if basis != domain.RegisteredMembers {
			sum, known, missing = m.population(d, basis, on)
		}
		if !known {
			continue
		}
		if i >= len(got.Rates) {
			t.Fatalf("participation: no rate on %s", basis)
		}
		r := got.Rates[i]
		i++
		want(t, "participation: basis", r.Basis, basis)
		if sum < rule.SmallestSize || sum == 0 {
			want(t, "participation: small", r.Suppressed, SmallGroup)
			want(t, "participation: small population", r.Population, 0)
			continue
		}
		want(t, "participation: population of "+d.String(), r.Population, sum)
		want(t, "participation: missing", fmt.Sprint(r.Missing), fmt.Sprint(missing))
		if len(missing) == 0 {
			want(t, "participation: ratio", r.TimesPerTenThousand, personTimes*10_000/sum)
		}
	}
	want(t, "participation: rates", i, len(got.Rates))
}

func checkDonations(t tb, v *View, m *model, f DonationFilter) {
	t.Helper()
	total, months, corrected, pending := m.donations(f)
	got, err := v.Donations(f)
	want(t, "donations: error", err, nil)
	want(t, "donations: total", got.Total, total)
	want(t, "donations: corrected", got.Corrected, corrected)
	want(t, "donations: pending", got.Pending, pending)
	want(t, "donations: months", len(got.ByMonth), len(months))
	for _, x := range got.ByMonth {
		want(t, "donations: "+x.Month.String(), x.GiftSum, months[x.Month])
	}
	var kinds, donors, imports GiftSum
	for _, x := range got.ByKind {
		kinds.Count, kinds.Fen = kinds.Count+x.Count, kinds.Fen+x.Fen
	}
	for _, x := range got.ByDonor {
		donors.Count, donors.Fen = donors.Count+x.Count, donors.Fen+x.Fen
	}
	for _, x := range got.ByImport {
		imports.Count, imports.Fen = imports.Count+x.Count, imports.Fen+x.Fen
	}
	for _, s := range []GiftSum{kinds, donors, imports} {
		want(t, "donations: parts", s, GiftSum{Count: total.Count, Fen: total.Fen})
	}
}

// checkPeople compares stars, statements and rankings person by person.
func checkPeople(t tb, w *world, v *View, m *model) {
	t.Helper()
	for id := range m.people {
		star, err := v.Star(id)
		want(t, "star: error", err, nil)
		r := m.star(id, v.Day())
		want(t, "star of "+id.String(), star.Rating, ratingLike(r, star.Rating))
		s, err := v.Statement(context.Background(), w.store, id)
		want(t, "statement: error", err, nil)
		want(t, "statement: service", s.Service, star.Rating)
		var counted, raw domain.Minutes
		times := int64(0)
		for _, e := range s.Entries {
			counted += e.Recognised
			if e.Status == domain.Confirmed && e.Deed.Kind == domain.Service && e.NotCounted != domain.ClauseLate {
				raw += e.Raw
			}
			if e.PersonTime {
				times++
			}
		}
		want(t, "statement: sum of entries", counted, s.Service.Recognised)
		want(t, "statement: sum of raw minutes", raw, s.Service.Raw)
		want(t, "statement: person-times", times, s.Study.Sessions)
		var rows []datedDeed
		for _, e := range m.confirmed(m.canonical(id), domain.Study) {
			rows = append(rows, datedDeed{e.Deed, e.on, e.attended})
		}
		want(t, "statement: study", s.Study, tally(rows, nil))
	}
}

// ratingLike makes two ratings comparable: the versions by what they name.
func ratingLike(model, got domain.StarRating) domain.StarRating {
	if model.Scheme != nil && got.Scheme != nil && model.Scheme.Ref() == got.Scheme.Ref() {
		model.Scheme = got.Scheme
	}
	return model
}

func TestFiguresEqualTheObviousModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 160)
		e := h.engine(Options{Batch: rapid.SampledFrom([]int{1, 7, 1000}).Draw(t, "batch"), Workers: rapid.IntRange(1, 4).Draw(t, "workers")})
		period := rapid.SampledFrom([]domain.Period{
			domain.AllTime, domain.YearPeriod(2025), domain.YearPeriod(2026), {From: day(t, "2025-11-15"), To: day(t, "2025-12-20")},
		}).Draw(t, "period")
		sizes := []domain.Size{domain.Size(len(h.steps)), domain.Size(rapid.IntRange(0, len(h.steps)).Draw(t, "size"))}
		for _, n := range sizes {
			m := modelOf(h.steps[:n])
			v := h.view(e, AtSize(n))
			checkFigures(t, v, m, period)
			checkPeople(t, h.world, v, m)
			checkDonors(t, h.world, v, m, modelOf(h.steps))
			checkGiving(t, h.world, v, m, modelOf(h.steps))
		}
	})
}

func TestAViewOfTheGrowingLedgerStaysWhatItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 60)
		e := h.engine(Options{Batch: 5})
		for range 4 {
			for range 10 {
				h.step()
			}
			if err := e.CatchUp(context.Background()); err != nil {
				t.Fatalf("catch up: %v", err)
			}
			// Parts cached at the sizes before must hold exactly where nothing changed.
			n := domain.Size(len(h.steps))
			checkFigures(t, h.view(e, Now()), modelOf(h.steps), domain.AllTime)
			earlier := domain.Size(rapid.IntRange(0, int(n)).Draw(t, "earlier"))
			checkFigures(t, h.view(e, AtSize(earlier)), modelOf(h.steps[:earlier]), domain.AllTime)
		}
	})
}

func TestLiveReplayAndAsOfHaveOneDigest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 80)
		live := h.engine(Options{Batch: 3})
		_ = h.view(live, Now()).Digests() // so that later ones come from the cache
		for range 20 {
			h.step()
		}
		if err := live.CatchUp(context.Background()); err != nil {
			t.Fatalf("catch up: %v", err)
		}
		n := domain.Size(len(h.steps))
		sizes := []domain.Size{n, domain.Size(rapid.IntRange(0, int(n)).Draw(t, "size"))}
		slices.Sort(sizes)
		for _, size := range sizes {
			wanted := h.view(live, AtSize(size)).Digests()
			o := ReplayOptions{To: AtSize(size), Batch: rapid.SampledFrom([]int{1, 7, 1000}).Draw(t, "batch"), Workers: rapid.IntRange(1, 4).Draw(t, "workers")}
			r, err := Replay(context.Background(), h.store, o)
			if err != nil {
				t.Fatalf("replay: %v", err)
			}
			sameDigests(t, fmt.Sprint("replay to ", size), r.Digests, wanted)
		}
		r, err := Replay(context.Background(), h.store, ReplayOptions{At: sizes})
		if err != nil {
			t.Fatalf("replay: %v", err)
		}
		for i, at := range r.At {
			sameDigests(t, "digests on the way", at.Digests, h.view(live, AtSize(sizes[i])).Digests())
		}
	})
}

// TestChangesThatMoveWhatIsCached makes the rare changes that move figures
// without touching a fact: rules, days, memberships, merges, successions.
func TestChangesThatMoveWhatIsCached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 80)
		e := h.engine(Options{Batch: 50})
		changes := []func(){h.adopt, h.pass, h.move, h.earlier, h.leave, h.merge, h.succeed, h.register, h.count, h.comeAgain}
		checkFigures(t, h.view(e, Now()), modelOf(h.steps), domain.AllTime)
		h.view(e, Now()).Digests()
		for range 5 {
			changes[h.pick("change", len(changes))]()
			h.enrolSomeone() // so that ledger time follows, in a community that need not be the one concerned
			if err := e.CatchUp(context.Background()); err != nil {
				t.Fatalf("catch up: %v", err)
			}
			v := h.view(e, Now())
			checkFigures(t, v, modelOf(h.steps), domain.AllTime)
			fresh := h.view(h.engine(Options{}), Now())
			sameDigests(t, "cached and computed anew", v.Digests(), fresh.Digests())
		}
	})
}
