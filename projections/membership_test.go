package projections

import (
	"fmt"
	"testing"

	"zhishu/domain"
)

// TestAnEarlierFirstDayComesToBeKnown: a sheet of February, then one of the
// November before, of the same members. Their figures are those of the other
// order, and history stays what was known at the time.
func TestAnEarlierFirstDayComesToBeKnown(t *testing.T) {
	c := code(t, "430702001001")
	study := func(order ...string) *world {
		w := newWorld(t).withPolicies()
		for i := range 6 {
			id := person(i)
			w.must(recorder, &domain.EnrolPerson{Person: id, Community: c, Name: "某人"})
			w.must(recorder, &domain.GiveConsent{Person: id, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, From: w.now.Day()}})
		}
		for _, on := range order {
			for i := range 6 {
				// Refused where the membership is known to run already.
				_ = w.do(recorder, &domain.StartMembership{Person: person(i), Membership: domain.Membership{
					Kind: domain.MemberOfCommunity, Community: c, From: day(t, on), Basis: domain.Imported}})
				w.confirmed(person(i), w.study(c, on, "防火知识", 60))
			}
		}
		return w
	}
	const early, late = "2025-03-10", "2025-11-10"
	right, turned := study(early, late), study(late, early)
	e := turned.engine(Options{})
	view := turned.view(e, Now())
	figures := func(v *View, on domain.Period) string {
		p, err := v.Participation(c.Division(), on)
		want(t, "error", err, nil)
		s, err := v.Standing(c.Division(), on, Page{})
		want(t, "error", err, nil)
		return fmt.Sprint(p.Participants, p.PersonTimes, p.Rates, p.Outside, s.Ranked, s.Totals, s.Outside)
	}
	spring := domain.Period{From: day(t, "2025-03-01"), To: day(t, "2025-05-31")}
	for _, on := range []domain.Period{spring, domain.YearPeriod(2025), domain.AllTime} {
		want(t, "figures in either order", figures(view, on), figures(right.view(right.engine(Options{}), Now()), on))
	}
	want(t, "in spring", figures(view, spring), "6 6 [{members 6 6 6 10000 10000 [] }] {0 0 0 0 } 6 {6 0 360} {0 0 0 0 }")
	want(t, "members", view.members(c.Division(), day(t, "2025-12-01")), 6)
	want(t, "members in summer", view.members(c.Division(), day(t, "2025-06-01")), 6)

	// Before the second sheet nothing of it was known.
	first := turned.view(e, AtSize(view.Size()-18))
	want(t, "members in summer, then", first.members(c.Division(), day(t, "2025-06-01")), 0)
	want(t, "members", first.members(c.Division(), day(t, "2025-12-01")), 6)
	list := func(v *View, n int) []domain.Membership {
		p, err := v.Person(person(n))
		want(t, "error", err, nil)
		return p.Memberships
	}
	want(t, "memberships", len(list(view, 0)), 1)
	want(t, "from", list(view, 0)[0].From, day(t, early))
	want(t, "memberships then", len(list(first, 0)), 1)
	want(t, "from, then", list(first, 0)[0].From, day(t, late))

	// One ending ends it, on a day before the first that was known at first, too.
	turned.must(recorder, &domain.EndMembership{Person: person(0), Kind: domain.MemberOfCommunity, Community: c, To: day(t, "2025-06-30")})
	ended := turned.catchUp(e)
	want(t, "members in summer", ended.members(c.Division(), day(t, "2025-06-01")), 6)
	want(t, "members in winter", ended.members(c.Division(), day(t, "2025-12-01")), 5)
	want(t, "memberships", len(list(ended, 0)), 1)
	board, err := ended.Stars(c.Division(), Page{})
	want(t, "error", err, nil)
	want(t, "on the board", board.Members, 5)

	// A snapshot keeps what was known when.
	dir := t.TempDir()
	turned.snapshot(turned.engine(Options{Dir: dir}))
	loaded := turned.engine(Options{Dir: dir})
	for _, n := range []domain.Size{first.Size(), view.Size(), ended.Size()} {
		sameDigests(t, fmt.Sprint("at ", n), turned.view(loaded, AtSize(n)).Digests(), turned.view(e, AtSize(n)).Digests())
	}
	want(t, "from, then", list(turned.view(loaded, AtSize(first.Size())), 0)[0].From, day(t, late))
}
