package figures

import (
	"testing"

	"zhishu/domain"
	"zhishu/projections"
)

// What counts for nothing changes, too: the story of a report and of a check-in
// names its events and ends with where it stands.
func TestWhatWaitsIsTold(t *testing.T) {
	deed := domain.Deed{Kind: domain.Service, Title: "巡逻", Span: domain.Span{Day: date("2026-03-05"), Minutes: 60}}
	step := func(kind string, revision uint64) projections.LifeEvent {
		return projections.LifeEvent{Type: kind, Revision: revision, Deed: &deed, Report: 4, Entry: 6, Handle: "clerk", Role: domain.RoleRecorder, At: instant("2026-03-10T04:00:00Z")}
	}
	was := projections.StatementReport{No: 4, Deed: deed, Open: true, Life: []projections.LifeEvent{step("missing-entry-reported", 4)}}
	is := was
	is.Open, is.Entry, is.Life = false, 6, append(is.Life[:1:1], step("missing-entry-accepted", 7))
	pending := projections.PendingCheckIn{No: 3, Status: projections.ActivityCancelled}
	did := func(l projections.LifeEvent, stream string) []projections.Did {
		return []projections.Did{{LifeEvent: l, Stream: stream, Size: 40}}
	}
	out := waitsOf(&projections.StatementDiff{
		Reports: []projections.ReportChange{
			{No: 4, Before: &was, After: &is, Events: did(is.Life[1], "person-a")},
			{No: 4, After: &was, Merged: true},
			{No: 4, Before: &was, Merged: true},
		},
		CheckIns: []projections.CheckInChange{
			{No: 3, Before: &pending, After: &pending, Events: did(step("activity-cancelled", 9), "activity-b")},
			{No: 3, Before: &pending, Events: did(step("checked-out", 5), "person-a")},
		},
	})
	answered, joined, left := out.Reports[0], out.Reports[1], out.Reports[2]
	if answered.Kind != "changed" || !answered.Before.Open || answered.After.Open || *answered.After.Entry != 6 || answered.Events[0].Event != "person-a@7" ||
		answered.Events[0].LedgerSize != 40 || answered.Story[0].Zh != answered.Events[0].Zh || answered.Story[1].Zh != "已受理，补记为第 6 号记录。" {
		t.Errorf("%+v", answered)
	}
	if joined.Kind != "came" || len(joined.Causes) != 1 || joined.Causes[0].Clause != "merged" || len(joined.Story) != 2 || joined.Before != nil {
		t.Errorf("%+v", joined)
	}
	if left.Kind != "went" || left.After != nil || left.Story[1].Zh != "不再列在此人名下。" {
		t.Errorf("%+v", left)
	}
	cancelled, closed := out.CheckIns[0], out.CheckIns[1]
	if cancelled.Kind != "changed" || cancelled.Events[0].Event != "activity-b@9" || cancelled.Story[1].Zh != cancelled.After.Why.Zh+"。" {
		t.Errorf("%+v", cancelled)
	}
	if closed.Kind != "went" || closed.After != nil || closed.Events[0].Event != "person-a@5" || len(closed.Story) != 1 {
		t.Errorf("%+v", closed)
	}
}
