package projections

import (
	"testing"

	"zhishu/domain"
)

var onPaper = []domain.Evidence{{Kind: "签到表"}}

// hold holds an activity of some people from its plan to their confirmation.
func (w *world) hold(n int, c domain.CommunityCode, on, series string, kind domain.ActivityKind, people ...int) {
	id, start := activity(n), day(w.t, on).Start()
	w.must(recorder, &domain.ScheduleActivity{Activity: id, Plan: domain.Plan{
		Kind: kind, Title: "活动", Community: c, Start: start, End: start + 3_600_000, Series: series}})
	for _, p := range people {
		w.must(recorder, &domain.EnterAttendance{Person: person(p), Activity: id, Evidence: onPaper})
	}
	w.must(recorder, &domain.CloseActivity{Activity: id, People: int64(len(people))})
	w.must(confirmer, &domain.AttestActivity{Activity: id, Evidence: onPaper})
	for _, p := range people {
		w.must(confirmer, &domain.ConfirmAttendance{Person: person(p), Activity: id})
	}
}

// villagers enrols people who served and studied, so that boards are shown.
func (w *world) villagers(c domain.CommunityCode, from, to int) (all []int) {
	for p := from; p < to; p++ {
		w.enrol(p, c, "2024-01-01")
		w.confirmed(person(p), w.service(c, "2026-01-05", 60))
		w.confirmed(person(p), w.study(c, "2026-01-06", "党史", 60))
		all = append(all, p)
	}
	return all
}

func (w *world) totals(d domain.Division, at AsOf) ActivityTotals {
	return published(w.view(w.engine(Options{}), at)).ActivityTotals(d, domain.YearPeriod(2026))
}

func withheldOf(counts ...ActivityCount) (w withheldCounts) {
	for _, c := range counts {
		w[c] = SmallGroup
	}
	return w
}

// TestTotalsOfFewPeopleAreWithheld: what was held stays, what few did does not.
func TestTotalsOfFewPeopleAreWithheld(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	w.now = day(t, "2026-03-20").Start()
	all := w.villagers(c, 0, 8)
	w.hold(1, c, "2026-02-10", "班", domain.Course, all...)
	w.hold(2, c, "2026-03-10", "班", domain.Course, all[:3]...)
	got := w.totals(c.Division(), Now())
	want(t, "suppressed", got.Suppressed, NotSuppressed)
	// Three people in March are the year less February.
	want(t, "the course", got.Kinds[0].ActivitySum, ActivitySum{Scheduled: 2, Held: 2, Attested: 2, People: 11, Withheld: withheldOf(AttendanceCount)})
	for _, m := range got.Months {
		want(t, "a month", m.ActivitySum, ActivitySum{Scheduled: 1, Held: 1, Attested: 1, People: m.People, Withheld: withheldOf(AttendanceCount)})
	}
	w.hold(3, c, "2026-01-10", "讲", domain.Talk, all[:2]...)
	got = w.totals(c.Division(), Now())
	want(t, "the talk", got.Kinds[1].ActivitySum, ActivitySum{Scheduled: 1, Held: 1, Attested: 1, People: 2, Withheld: withheldOf(AttendanceCount)})
	for _, s := range got.Series {
		want(t, "series "+s.Series, s.Withheld, withheldOf(AttendanceCount))
	}
	want(t, "a year without anybody", len(published(w.view(w.engine(Options{}), Now())).ActivityTotals(c.Division(), domain.YearPeriod(2025)).Kinds), 0)
}

// TestTotalsOfOrdinaryCommunitiesAreShown: enough people every month hide nothing.
func TestTotalsOfOrdinaryCommunitiesAreShown(t *testing.T) {
	w := newWorld(t).withPolicies()
	one, two := code(t, "430702001001"), code(t, "430702001002")
	w.now = day(t, "2026-03-20").Start()
	all, others := w.villagers(one, 0, 12), w.villagers(two, 20, 28)
	for n, on := range []string{"2026-02-10", "2026-03-10"} {
		w.hold(10*n+1, one, on, "班", domain.Talk, all[:6]...)
		w.hold(10*n+2, one, on, "", domain.Talk, all[6:]...)
		w.hold(10*n+3, two, on, "", domain.Talk, others...)
	}
	for _, d := range []domain.Division{one.Division(), two.Division(), division(t, "430702001"), {}} {
		got := w.totals(d, Now())
		want(t, "suppressed", got.Suppressed, NotSuppressed)
		for _, k := range got.Kinds {
			want(t, "kind", k.Withheld, withheldCounts{})
			want(t, "attendances are shown", k.Attendances >= 16, true)
		}
		for _, m := range got.Months {
			want(t, "month", m.Withheld, withheldCounts{})
		}
		for _, s := range got.Series {
			want(t, "series", s.ActivitySum, ActivitySum{Scheduled: 2, Held: 2, Attested: 2, People: 12, Attendances: 12, Minutes: 720})
		}
	}
}

// TestOnePersonAtManySessionsIsFew: persons are counted, not attendances.
func TestOnePersonAtManySessionsIsFew(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	w.now = day(t, "2026-03-20").Start()
	all := w.villagers(c, 0, 8)
	for n, on := range []string{"2026-02-02", "2026-02-04", "2026-02-06", "2026-02-08", "2026-02-10", "2026-02-12"} {
		w.hold(n, c, on, "班", domain.Course, all[0])
	}
	got := w.totals(c.Division(), Now())
	want(t, "kind", got.Kinds[0].Withheld, withheldOf(AttendanceCount))
	want(t, "month", got.Months[0].Withheld, withheldOf(AttendanceCount))
	want(t, "series", got.Series[0].Withheld, withheldOf(AttendanceCount))
	want(t, "minutes", got.Kinds[0].Minutes, domain.Minutes(0))
}

// TestTotalsAboveAreNotLessTotalsBeside: a street's less the community's that
// shows its own would be those of the one that does not.
func TestTotalsAboveAreNotLessTotalsBeside(t *testing.T) {
	w := newWorld(t).withPolicies()
	one, two := code(t, "430702001001"), code(t, "430702001002")
	w.now = day(t, "2026-03-20").Start()
	all, others := w.villagers(one, 0, 9), w.villagers(two, 20, 28)
	w.hold(1, one, "2026-02-10", "", domain.Talk, all...)
	w.hold(2, two, "2026-02-10", "", domain.Talk, others[:3]...)
	want(t, "the street", w.totals(division(t, "430702001"), Now()).Kinds[0].Attendances, 12)
	want(t, "the small one", w.totals(two.Division(), Now()).Kinds[0].Withheld, withheldOf(AttendanceCount))
	want(t, "the one beside it", w.totals(one.Division(), Now()).Kinds[0].Withheld, withheldCounts{AttendanceCount: Complementary})
}

// TestTotalsThenAndNow: whoever holds both would read off what one person did
// between them.
func TestTotalsThenAndNow(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	w.now = day(t, "2026-03-20").Start()
	all := w.villagers(c, 0, 16)
	w.hold(1, c, "2026-02-10", "班", domain.Talk, all[:8]...)
	then := AtSize(domain.Size(len(w.steps)))
	want(t, "now", w.totals(c.Division(), then).Kinds[0].Withheld, withheldCounts{})
	w.hold(2, c, "2026-02-11", "班", domain.Talk, all[0])
	got := w.totals(c.Division(), then)
	for what, sum := range map[string]ActivitySum{"kind": got.Kinds[0].ActivitySum, "month": got.Months[0].ActivitySum, "series": got.Series[0].ActivitySum} {
		want(t, what+" then", sum.Withheld, withheldCounts{AttendanceCount: Difference})
	}
	want(t, "today", w.totals(c.Division(), Now()).Kinds[0].Withheld, withheldCounts{})
	w.hold(3, c, "2026-02-12", "班", domain.Talk, all[2:12]...)
	want(t, "then, when more differ", w.totals(c.Division(), then).Kinds[0].Withheld, withheldCounts{})
}

// TestSignUpsOfFewAreWithheld, and one who waits to be confirmed among many.
func TestSignUpsOfFewAreWithheld(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	w.now = day(t, "2026-03-20").Start()
	all := w.villagers(c, 0, 10)
	w.hold(1, c, "2026-02-10", "", domain.Talk, all...)
	start := w.now + 3_600_000
	w.must(recorder, &domain.ScheduleActivity{Activity: activity(2), Plan: domain.Plan{
		Kind: domain.Talk, Title: "活动", Community: c, Start: start, End: start + 3_600_000}})
	w.must(recorder, &domain.SignUpFor{Activity: activity(2), Person: person(1)})
	w.must(recorder, &domain.SignUpFor{Activity: activity(2), Person: person(2)})
	w.now = start + 7_200_000
	w.must(recorder, &domain.EnterAttendance{Person: person(3), Activity: activity(2), Evidence: onPaper})
	got := w.totals(c.Division(), Now())
	want(t, "the talks", got.Kinds[0].ActivitySum,
		ActivitySum{Scheduled: 2, Held: 1, Attested: 1, People: 10, Attendances: 10, Minutes: 600, Withheld: withheldOf(SignUpCount, ClaimedCount)})
}
