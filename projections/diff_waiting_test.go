package projections

import (
	"context"
	"fmt"
	"testing"

	"zhishu/domain"
)

// TestDiffOfWhatWaits: reports of missing entries that came and were answered,
// check-ins that came, were checked out, or whose activity was cancelled.
func TestDiffOfWhatWaits(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	p := w.enrol(1, c, "2024-01-01")
	w.now = day(t, "2026-03-10").Start() + 8*3_600_000
	const minute = domain.Instant(60_000)
	start := func(n int) domain.ActivityID {
		plan := domain.Plan{Kind: domain.ServiceActivity, Title: "清洁日", Community: c, Start: w.now, End: w.now + 120*minute}
		w.must(recorder, &domain.ScheduleActivity{Activity: activity(n), Plan: plan})
		w.must(recorder, &domain.OpenCheckIn{Activity: activity(n), Until: plan.End})
		return activity(n)
	}
	e := w.engine(Options{})
	views := []*View{w.view(e, Now())}
	told := func(what, wanted string) {
		t.Helper()
		views = append(views, w.catchUp(e))
		d, err := views[len(views)-1].DiffStatement(context.Background(), w.store, views[len(views)-2], p)
		want(t, "error", err, nil)
		var got []string
		for _, r := range d.Reports {
			got = append(got, fmt.Sprint("report ", r.No, r.Before != nil, r.After != nil, r.Merged, w.named(t, r.Events)))
		}
		for _, x := range d.CheckIns {
			got = append(got, fmt.Sprint("check-in ", x.No, x.Before != nil, x.After != nil, x.Merged, w.named(t, x.Events)))
		}
		want(t, what, fmt.Sprint(got), wanted)
	}
	w.must(recorder, &domain.ReportMissingEntry{Person: p, Deed: w.service(c, "2026-03-01", 60)})
	report := domain.ReportNo(w.counts[p.Stream()] - 1)
	first := start(1)
	w.must(recorder, &domain.CheckInTo{Person: p, Activity: first, Code: "code"})
	told("both came", fmt.Sprintf("[report %d false true false [missing-entry-reported] check-in %d false true false [checked-in]]", report, report+1))
	told("nothing between", "[]")
	w.now += 60 * minute
	w.must(confirmer, &domain.DeclineMissingEntry{Person: p, Report: report, Reason: "查无此事"})
	w.must(recorder, &domain.CheckOutOf{Person: p, Activity: first, Code: "code"})
	told("answered, and checked out", fmt.Sprintf("[report %d true true false [missing-entry-declined] check-in %d true false false [checked-out]]", report, report+1))
	second := start(2)
	w.must(recorder, &domain.CheckInTo{Person: p, Activity: second, Code: "code"})
	no := w.counts[p.Stream()] - 1
	told("another one", fmt.Sprintf("[check-in %d false true false [checked-in]]", no))
	w.must(recorder, &domain.CancelActivity{Activity: second})
	told("cancelled", fmt.Sprintf("[check-in %d true true false [activity-cancelled]]", no))
	w.now += 200 * minute
	third := start(3)
	w.must(recorder, &domain.CheckInTo{Person: p, Activity: third, Code: "code"})
	no = w.counts[p.Stream()] - 1
	told("a third one", fmt.Sprintf("[check-in %d false true false [checked-in]]", no))
	w.now += 200 * minute
	w.must(recorder, &domain.EnterAttendance{Person: p, Activity: third, Evidence: []domain.Evidence{{Kind: "签到表"}}})
	told("entered from the sheet", fmt.Sprintf("[check-in %d true true false [service-claimed]]", no))
	w.must(confirmer, &domain.RejectEntry{Person: p, Entry: domain.EntryNo(w.counts[p.Stream()] - 1), Reason: "不符"})
	told("which was rejected", fmt.Sprintf("[check-in %d true true false [entry-rejected]]", no))
}

// named are the types of events, each of which must stand in the log where it
// says, recorded by whom it says.
func (w *world) named(t tb, events []Did) (types []string) {
	t.Helper()
	for _, did := range events {
		w.recordedAs(t, did.Stream, did.Size, &did.LifeEvent)
		types = append(types, did.Type)
	}
	return types
}

// recordedAs: the event of a ledger size is the one that is named.
func (w *world) recordedAs(t tb, stream string, size domain.Size, l *LifeEvent) {
	t.Helper()
	s, revision := w.steps[size-1], uint64(0)
	for _, earlier := range w.steps[:size-1] {
		if earlier.stream == s.stream {
			revision++
		}
	}
	got := fmt.Sprint(stream, "@", l.Revision, " ", l.Type, " ", l.By)
	want(t, "the event of that size", got, fmt.Sprint(s.stream, "@", revision, " ", s.event.Type(), " ", s.meta.Account))
}

// factsAreNamed: whatever an event moved names it.
func (w *world) factsAreNamed(t tb, v *View, moves []*FactMove) {
	t.Helper()
	want(t, "error", v.NameMoves(context.Background(), w.store, moves), nil)
	for _, m := range moves {
		if m.Size == 0 {
			want(t, "an event though none did it", m.Event == nil, true)
			continue
		}
		if m.Event == nil {
			t.Fatalf("nobody knows which event moved %+v", *m)
		}
		w.recordedAs(t, m.Person.Stream(), m.Size, m.Event)
	}
}
