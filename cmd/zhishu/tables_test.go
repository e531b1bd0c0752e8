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

// Entries of merged numbers share their numbering: each says under which number it
// stands, and a statement of one number is as it was.
func TestEntriesOfSeveralNumbersSayWhose(t *testing.T) {
	s := figures.Statement{Person: "new", Entries: []figures.Entry{
		{Entry: 4, Deed: figures.Deed{Day: "2026-03-05"}, Story: []figures.Sentence{{Zh: "录入"}}},
	}}
	s.Changes = []figures.Sentence{{Zh: "并入"}}
	for _, table := range []table{statementTable(s), storyTable(s)} {
		if out := printed(t, table); strings.Contains(out, "志愿者编号") || len(table.rows[0]) != len(table.heads) {
			t.Error(out)
		}
	}
	s.Entries = append(s.Entries, figures.Entry{Person: "old", Entry: 4, Deed: figures.Deed{Day: "2026-03-06"}, Story: []figures.Sentence{{Zh: "录入"}}})
	s.Reports = []figures.Report{{Person: "old", Report: 9, Story: []figures.Sentence{{Zh: "申报"}}}}
	s.CheckIns = []figures.PendingCheckIn{{Person: "old", At: "2026-03-05T16:30:00Z", Title: "清洁日"}}
	s.Giving = &figures.Giving{Gifts: []figures.StatementGift{{Story: []figures.Sentence{{Zh: "登记捐赠"}}}}}
	for _, x := range []struct {
		table   table
		numbers []string
	}{{statementTable(s), []string{"new", "old", "new"}}, {storyTable(s), []string{"new", "old", "old", "new", ""}}} {
		if x.table.heads[1] != "志愿者编号" || len(x.table.rows) != len(x.numbers) {
			t.Fatalf("%+v", x.table)
		}
		for i, number := range x.numbers {
			if x.table.texts[i][1] != number || x.table.rows[i][1] != words(number).value || len(x.table.rows[i]) != len(x.table.heads) {
				t.Errorf("%v", x.table.texts[i])
			}
		}
	}
	if out := printed(t, statementTable(s)); !strings.Contains(out, "清洁日（编号 old）") {
		t.Error(out)
	}
}
