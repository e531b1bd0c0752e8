package projections

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// gatherings holds activities of many and of few.
func (h *history) gatherings() {
	for n := range 4 + h.pick("gatherings", 10) {
		id, c := activity(500+n), h.community()
		start := h.now + 3_600_000
		plan := domain.Plan{Kind: []domain.ActivityKind{domain.Talk, domain.StudySession}[h.pick("kind", 2)], Title: "活动", Community: c, Start: start, End: start + 3_600_000}
		if h.chance("series", 2) {
			plan.Series = fmt.Sprint("系列", h.pick("series", 2))
		}
		h.must(recorder, &domain.ScheduleActivity{Activity: id, Plan: plan})
		one, few := 1+h.pick("one of", 3), 2+h.pick("few", 20)
		come := h.comers(c, one)
		if h.chance("sign up", 2) {
			for _, p := range come {
				_ = h.do(recorder, &domain.SignUpFor{Activity: id, Person: p})
			}
		}
		if h.chance("withdraw", 4) && len(come) > 0 {
			_ = h.do(recorder, &domain.WithdrawSignUp{Activity: id, Person: come[0]})
		}
		h.now = start + 7_200_000
		for _, p := range come {
			if !h.chance("stays away", few) {
				_ = h.do(recorder, &domain.EnterAttendance{Person: p, Activity: id, Evidence: onPaper})
			}
		}
		h.must(recorder, &domain.CloseActivity{Activity: id})
		h.must(confirmer, &domain.AttestActivity{Activity: id, Evidence: onPaper})
		for _, p := range come {
			if !h.chance("waits", few) {
				_ = h.do(confirmer, &domain.ConfirmAttendance{Person: p, Activity: id})
			}
		}
		if h.chance("pause", 4) {
			h.now += 20 * 24 * 3_600_000
		}
	}
}

// comers draws one of so many of a community, and now and then a visitor.
func (h *history) comers(c domain.CommunityCode, one int) (come []domain.PersonID) {
	if h.chance("one alone", 8) {
		return []domain.PersonID{h.person()}
	}
	for n := range h.people {
		m := h.state(person(n).Stream()).(*domain.Person).Memberships
		if domain.CommunityOn(m, day(h.t, "2026-01-01")) == c && h.chance("comes", one) {
			come = append(come, person(n))
		}
	}
	if h.chance("visitor", 3) {
		come = append(come, h.person())
	}
	return come
}

// actDone is one thing that one person did at an activity.
type actDone struct {
	id     string // the same whatever has come of it
	person domain.PersonID
	count  ActivityCount
	place  actsPlace
	where  domain.CommunityCode
	time   domain.Minutes
}

// acts are what a model's people did at activities that were not cancelled.
func (m *model) acts(among *model) (out []actDone) {
	for id, x := range m.meetings {
		p := x.state.Plan
		if x.state.Cancelled {
			continue
		}
		a := actDone{place: actsPlace{p.Kind, p.Start.Day().Month(), p.Series}, where: m.standsFor(p.Community, p.Start.Day())}
		for _, s := range x.state.SignUps {
			a.id, a.person, a.count, a.time = fmt.Sprint(id, s.Person, " signed up"), among.canonical(s.Person), SignUpCount, 0
			out = append(out, a)
		}
		for _, there := range x.there {
			a.id, a.person, a.count, a.time = fmt.Sprint(id, there.person, there.checkIn, there.entry), among.canonical(there.person), PendingCount, 0
			if there.checkIn != 0 {
				a.id = fmt.Sprint(id, there.person, there.checkIn)
			}
			if there.entry != 0 {
				switch e := m.people[there.person].Entry(there.entry); e.Status {
				case domain.Claimed:
					a.count = ClaimedCount
				case domain.Confirmed:
					a.count, a.time = AttendanceCount, e.Deed.Span.Minutes
				default:
					continue
				}
			}
			out = append(out, a)
		}
	}
	return out
}

// totalled are the attackers of activity totals: one for each count, and one that
// adds up whoever was there, whatever came of it.
type totalled struct {
	of       [ActivityCounts]*attacker
	presence *attacker
	shown    int
	hidden   int
}

func newTotalled() *totalled {
	out := &totalled{presence: &attacker{index: map[string]int{}}}
	for i := range out.of {
		out.of[i] = &attacker{index: map[string]int{}}
	}
	return out
}

// gather learns every sum of a division's activity totals; of a division alone,
// those that are of no other.
func (x *totalled) gather(t tb, when string, v *View, acts []actDone, d domain.Division, alone bool) {
	t.Helper()
	learn := func(what string, s *ActivitySum, in func(actsPlace, domain.CommunityCode) bool) {
		shown := [ActivityCounts]int64{SignUpCount: s.SignUps, AttendanceCount: s.Attendances, ClaimedCount: s.Claimed, PendingCount: s.Pending}
		var all map[int]bool
		if s.Withheld == (withheldCounts{SignUpCount: s.Withheld[SignUpCount]}) {
			all = map[int]bool{}
		}
		note := func(a *attacker, y actDone) int {
			i, known := a.index[y.id]
			if !known {
				i = len(a.facts)
				a.index[y.id] = i
				a.facts = append(a.facts, heldFact{[]domain.PersonID{y.person}, 1})
			}
			return i
		}
		for count, value := range shown {
			if s.Withheld[count] != NotSuppressed {
				x.hidden++
				want(t, what+": withheld", value, 0)
				continue
			}
			f, n, time := heldFigure{what, map[int]bool{}}, int64(0), domain.Minutes(0)
			for _, y := range acts {
				if int(y.count) != count || !in(y.place, y.where) {
					continue
				}
				f.of[note(x.of[count], y)] = true
				n, time = n+1, time+y.time
				if all != nil && y.count != SignUpCount {
					all[note(x.presence, y)] = true
				}
			}
			want(t, fmt.Sprint(what, ": count ", count), value, n)
			if ActivityCount(count) == AttendanceCount {
				want(t, what+": minutes", s.Minutes, time)
			}
			x.shown += int(min(1, n))
			x.of[count].figures = append(x.of[count].figures, f)
		}
		if all != nil {
			x.presence.figures = append(x.presence.figures, heldFigure{what, all})
		}
	}
	totals := v.ActivityTotals(d, domain.AllTime)
	for i := range totals.Kinds {
		k := &totals.Kinds[i]
		learn(fmt.Sprint(k.Kind, " of ", d, when), &k.ActivitySum, func(p actsPlace, c domain.CommunityCode) bool { return in(d, c) && p.kind == k.Kind })
	}
	for i := range totals.Months {
		m := &totals.Months[i]
		learn(fmt.Sprint(m.Kind, " in ", m.Month, " of ", d, when), &m.ActivitySum, func(p actsPlace, c domain.CommunityCode) bool {
			return in(d, c) && p.kind == m.Kind && p.month == m.Month
		})
	}
	for i := range totals.Series {
		s := &totals.Series[i]
		if alone && s.Community.Division() != d {
			continue
		}
		learn(fmt.Sprint(s.Series, " of ", s.Community, when), &s.ActivitySum, func(p actsPlace, c domain.CommunityCode) bool {
			return c == s.Community && p.series == s.Series
		})
	}
}

func (x *totalled) check(t tb) {
	t.Helper()
	for _, a := range append(x.of[:], x.presence) {
		a.check(t, smallestGroup)
	}
}

// TestNobodyIsFoundInActivityTotals gives the attacker the activity totals of every
// division, and of each division at two points. A series is its community's: held
// against a street at another point it is what 0027 leaves open.
func TestNobodyIsFoundInActivityTotals(t *testing.T) {
	shown, hidden, twice := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		h := crowded(t)
		if h.chance("merge", 3) {
			h.merge()
		}
		h.gatherings()
		e, m := h.engine(Options{}), modelOf(h.steps)
		now, acts := published(h.view(e, Now())), m.acts(m)
		all := newTotalled()
		for _, d := range everyDivision(now) {
			all.gather(t, "", now, acts, d, false)
		}
		all.check(t)
		shown, hidden = shown+all.shown, hidden+all.hidden
		size := h.earlierSize(80)
		before, was := published(h.view(e, AtSize(domain.Size(size)))), modelOf(h.steps[:size]).acts(m)
		for _, d := range everyDivision(now) {
			pair := newTotalled()
			pair.gather(t, "", now, acts, d, true)
			first := pair.shown
			pair.gather(t, " before", before, was, d, true)
			if first > 0 && pair.shown > first {
				twice++
			}
			pair.check(t)
		}
	})
	if shown == 0 || hidden == 0 || twice == 0 {
		t.Errorf("%d sums were shown, %d withheld, %d divisions shown at two points", shown, hidden, twice)
	}
	t.Logf("%d sums were shown, %d withheld, %d divisions shown at two points", shown, hidden, twice)
}
