package figures

import (
	"testing"

	"zhishu/domain"
	"zhishu/projections"
)

func activityDetail() projections.ActivityDetail {
	first := domain.Plan{
		Kind: domain.Course, Title: "智能手机班（三）", Category: "课程", Place: "社区学堂", Community: here, Layer: "老年", Series: "智能手机班",
		Start: instant("2026-03-12T01:00:00Z"), End: instant("2026-03-12T02:30:00Z"), Capacity: 20,
	}
	second := first
	second.Start, second.End, second.Capacity = instant("2026-03-13T01:00:00Z"), instant("2026-03-13T02:30:00Z"), 1
	second.MakeupOf, second.PersonInCharge = domain.ActivityID{UUID: uuid(31)}, person(3)
	return projections.ActivityDetail{
		Footing: foot(),
		ActivityInfo: projections.ActivityInfo{
			Activity: domain.ActivityID{UUID: uuid(30)}, Plan: second, Status: projections.ActivityAttested, Notice: "改到周五", People: 21,
			Places: 1, Waiting: 2, Pending: 1, Claimed: 1, Confirmed: 1, Minutes: 90,
		},
		Windows: []projections.Window{{From: instant("2026-03-13T00:45:00Z"), Until: instant("2026-03-13T03:00:00Z")}},
		Plans:   []projections.PlanVersion{{From: 40, Plan: first}, {From: 44, Plan: second, Notice: "改到周五"}},
		MadeUp:  []domain.ActivityID{{UUID: uuid(32)}},
	}
}

// announced is an activity that nobody who asks has a place at any more.
func announced() projections.ActivityInfo {
	out := activityDetail().ActivityInfo
	out.Status, out.People, out.Pending, out.Claimed, out.Confirmed, out.Minutes = projections.ActivityAnnounced, 0, 0, 0, 0, 0
	return out
}

// whole is what the staff see, and nowhere everybody else does.
var whole = Sight{Everywhere, true}

func nowhere(domain.Division) bool { return false }

// Whether there is a place is told of today, as long as somebody can sign up.
func TestWhetherThereIsAPlaceIsToldOfToday(t *testing.T) {
	end := announced().Plan.End.Day()
	for _, c := range []struct {
		change func(*projections.ActivityInfo)
		on     domain.Day
		past   bool
		want   string
	}{
		{func(*projections.ActivityInfo) {}, end, false, signUpFull},
		{func(a *projections.ActivityInfo) { a.Places, a.Waiting = 0, 0 }, end - 9, false, signUpOpen},
		{func(a *projections.ActivityInfo) { a.Plan.Capacity, a.Places = 0, 300 }, end, false, signUpOpen},
		{func(a *projections.ActivityInfo) { a.Plan.Capacity = 0 }, end + 1, false, ""},
		{func(a *projections.ActivityInfo) { a.Status = projections.ActivityCancelled }, end, false, ""},
		{func(a *projections.ActivityInfo) { a.Status = projections.ActivityClosed }, end, false, ""},
		{func(*projections.ActivityInfo) {}, end, true, ""},
	} {
		a := announced()
		c.change(&a)
		f := Foot(foot())
		got := f.activityOf(&a, c.on, Sight{nowhere, !c.past})
		if got.SignUp != c.want || got.SignUpZh != signUpWords[c.want] || got.Places+got.Waiting != 0 || got.Suppressed.Reason != string(projections.Internal) {
			t.Errorf("%+v, want %q", got, c.want)
		}
		staff := Foot(foot())
		if seen := staff.activityOf(&a, c.on, Sight{Everywhere, !c.past}); seen.SignUp != c.want || seen.Places != a.Places || seen.Suppressed != nil || staff.Validator() == f.Validator() {
			t.Errorf("%+v, want %q", seen, c.want)
		}
	}
}

func roster() projections.Roster {
	span := domain.Span{Day: date("2026-03-13"), Start: instant("2026-03-13T01:00:00Z"), End: instant("2026-03-13T02:30:00Z"), Minutes: 90}
	service := activityDetail().ActivityInfo
	service.Plan.Kind = domain.ServiceActivity
	return projections.Roster{
		Footing: foot(), ActivityInfo: service, Total: 3, Next: "3",
		Rows: []projections.RosterRow{
			{Number: 1, Person: person(1), SignedUp: true, Place: 1, Presence: []projections.Presence{
				{CheckIn: 4, In: span.Start, Until: span.End, Read: 6, Entry: 5, Status: domain.Confirmed, Span: span, Hours: domain.Credit}}},
			{Number: 2, Person: person(2), SignedUp: true, Place: 1, Waiting: true, State: projections.PersonState{Erased: true},
				Presence: []projections.Presence{{CheckIn: 7, In: span.Start, Until: span.End, Read: 6, Rescheduled: true, Cancelled: true}}},
			{Number: 3, Person: person(3), Presence: []projections.Presence{
				{Entry: 9, Read: 8, Status: domain.Claimed, Span: domain.Span{Day: span.Day, Minutes: 60}}}},
		},
	}
}

func activityTotals() projections.ActivityTotals {
	sum := projections.ActivitySum{Scheduled: 4, Cancelled: 1, Held: 2, Attested: 1, Makeups: 1, People: 40, SignUps: 30, Attendances: 25, Claimed: 2, Pending: 1, Minutes: 1500}
	return projections.ActivityTotals{
		Footing: foot(), Division: here.Division(), Period: domain.YearPeriod(2026),
		Kinds:  []projections.KindTotal{{Kind: domain.Course, ActivitySum: sum}},
		Months: []projections.MonthTotal{{Month: date("2026-03-01").Month(), Kind: domain.Course, ActivitySum: sum}},
		Series: []projections.SeriesTotal{
			{Community: here, Series: "智能手机班", Kind: domain.Course, First: date("2026-03-01"), Last: date("2026-03-22"),
				Next: domain.ActivityID{UUID: uuid(33)}, ActivitySum: sum},
			{Community: here, Series: "取消的班", Kind: domain.Course, First: domain.NoDay, Last: domain.NoDay, ActivitySum: projections.ActivitySum{Scheduled: 1, Cancelled: 1}},
		},
	}
}

// Everybody sees how many signed up, and not how many came.
func TestHowManyCameIsNotInTheTotals(t *testing.T) {
	all, seen := ActivityTotalsOf(activityTotals(), Everywhere), ActivityTotalsOf(activityTotals(), nowhere)
	if all.Validator() == seen.Validator() {
		t.Error("one tag for two answers")
	}
	for i, c := range []ActivityCounts{seen.Kinds[0].ActivityCounts, seen.Months[0].ActivityCounts, seen.Series[0].ActivityCounts} {
		whole := all.Kinds[0].ActivityCounts
		if c.People != 0 || c.Attendances != 0 || c.Time.Minutes != 0 || !c.Hides("people") || !c.Hides("attendances") || len(c.Withheld) != 2 ||
			c.SignUps != whole.SignUps || c.Claimed != whole.Claimed || c.Pending != whole.Pending || c.Held != whole.Held || whole.Attendances != 25 || whole.Withheld != nil {
			t.Errorf("%d: %+v of %+v", i, c, whole)
		}
	}
}

// Why a check-in has no minutes, in the words of a statement.
func TestPendingCheckInsSayWhy(t *testing.T) {
	p := projections.PendingCheckIn{
		Person: person(1), No: 12, Activity: domain.ActivityID{UUID: uuid(30)}, Title: "清洁日", Kind: domain.Service,
		At: instant("2026-03-13T01:00:00Z"), Until: instant("2026-03-13T03:00:00Z"), Status: projections.ActivityAnnounced,
	}
	for _, c := range []struct {
		change func(*projections.PendingCheckIn)
		clause string
	}{
		{func(*projections.PendingCheckIn) {}, clauseNotCheckedOut},
		{func(p *projections.PendingCheckIn) { p.Status = projections.ActivityCancelled }, clauseCancelled},
		{func(p *projections.PendingCheckIn) { p.Entered = true }, clauseEntered},
	} {
		x := p
		c.change(&x)
		got := pendingCheckIn(&x)
		if got.Why.Clause != c.clause || got.Why.Zh == "" || got.Why.En == "" || got.Time.Minutes != 0 || got.Stream != x.Activity.Stream() {
			t.Errorf("%+v, want %s", got, c.clause)
		}
	}
	for _, k := range []domain.ActivityKind{domain.ServiceActivity, domain.StudySession, domain.Talk, domain.Course, domain.DonationDrive} {
		if activityKinds[k] == "" {
			t.Errorf("%s has no words", k)
		}
	}
}
