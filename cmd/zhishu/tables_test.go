package main

import (
	"bytes"
	"strings"
	"testing"

	"zhishu/api/figures"
)

func printed(t *testing.T, table table) string {
	t.Helper()
	var out bytes.Buffer
	if err := table.print(&program{stdout: &out}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Half past midnight in Beijing is the day before in Greenwich.
func TestDaysAreThoseOfBeijing(t *testing.T) {
	var s figures.Statement
	s.Entries = []figures.Entry{{Life: []figures.LifeEvent{{At: "2026-03-05T16:30:00Z", Zh: "录入"}}}}
	s.CheckIns = []figures.PendingCheckIn{{At: "2026-03-05T16:30:00Z", Title: "清洁日"}}
	if out := printed(t, statementTable(s)); !strings.Contains(out, "2026-03-06 录入") || !strings.Contains(out, "未签退 2026-03-06 00:30 清洁日") {
		t.Error(out)
	}
	var d figures.Donor
	d.Gifts = []figures.DonorGift{{Enquiries: []figures.Enquiry{{AskedAt: "2026-03-05T16:30:00Z", Answered: true, AnsweredAt: "2026-12-31T16:00:00Z"}}}}
	if out := printed(t, donorTable(d)); !strings.Contains(out, "2026-03-06") || !strings.Contains(out, "已答复 2027-01-01") {
		t.Error(out)
	}
}

func TestNobodyIsAbsentBeforeTheDayHasPassed(t *testing.T) {
	roster := func(status, seenOn string, waiting bool) string {
		var r figures.ActivityRoster
		r.Day, r.Activity.Status = seenOn, status
		r.Activity.Start, r.Activity.End = "2026-03-05T16:00:00Z", "2026-03-05T18:00:00Z" // 6 March in Beijing
		r.Rows = []figures.ActivityRosterRow{{Number: 1, SignedUp: true, Place: 1, Waiting: waiting}}
		return printed(t, rosterTable(r))
	}
	for _, x := range []struct {
		status, seenOn string
		waiting        bool
		want           string
	}{
		{"announced", "2026-03-01", false, "已报名"},
		{"announced", "2026-03-06", false, "已报名"},
		{"announced", "2026-03-07", false, "未到"},
		{"closed", "2026-03-06", false, "未到"},
		{"attested", "2026-04-01", false, "未到"},
		{"cancelled", "2026-03-01", false, "已取消"},
		{"announced", "2026-03-07", true, "候补"},
	} {
		out := roster(x.status, x.seenOn, x.waiting)
		if last := strings.Fields(out); last[len(last)-1] != x.want {
			t.Errorf("%v: %s", x, out)
		}
	}
}
