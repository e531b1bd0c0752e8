package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zhishu/api/figures"
)

// TestDifferences: what changed between two ledger sizes and between two rules,
// entry by entry and person by person.
func TestDifferences(t *testing.T) {
	c, people := busyCity(t, 6)
	from := ask[figures.Star](c, "/v1/persons/"+people[0]+"/stars").LedgerSize
	between := fmt.Sprintf("?from=%d&person=%s", from, people[0])
	if d := ask[figures.StatementDiff](c, "/v1/diff/statement"+between); len(d.Entries) != 0 || d.Change != 0 {
		t.Errorf("nothing was recorded, and yet %+v", d)
	}
	entry := c.confirmed(people[0], "service", "2026-02-07", 95)
	d := ask[figures.StatementDiff](c, "/v1/diff/statement"+between)
	if len(d.Entries) != 1 || d.Change != 95 || d.From.LedgerSize != from || d.After.Service.Recognised.Minutes-d.Before.Service.Recognised.Minutes != 95 {
		t.Fatalf("%+v", d)
	}
	came := d.Entries[0]
	if came.Kind != "came" || uint64(came.Entry) != entry || came.Before != nil || came.Change != 95 || len(came.Events) != 2 || len(came.Story) != 3 {
		t.Fatalf("%+v", came)
	}
	claimed := came.Events[0]
	if claimed.LedgerSize != from+1 || claimed.Event != fmt.Sprintf("person-%s@%d", people[0], entry) || !strings.Contains(claimed.En, "claimed volunteer service") {
		t.Errorf("%+v", claimed)
	}
	if last := came.Story[2]; last.Zh != "状态 没有 → 已确认，认定 0 分 → 1 小时 35 分。" && !strings.Contains(last.Zh, "认定 0 分 → 1 小时 35 分") {
		t.Errorf("%+v", last)
	}

	board := ask[figures.StarsDiff](c, fmt.Sprintf("/v1/diff/stars?from=%d&division=430702001007", from))
	if board.Changed != 1 || board.Came+board.Went != 0 || board.Rows[0].Person != people[0] || len(board.Rows[0].Facts) != 1 ||
		board.Rows[0].Facts[0].LedgerSize != from+2 || board.Suppressed != nil {
		t.Errorf("%+v", board)
	}
	if f := board.Rows[0].Facts[0]; f.Event != came.Events[1].Event || f.By != came.Events[1].By || f.Type != "entry-confirmed" || f.At == "" ||
		!strings.Contains(f.Zh, f.Event) {
		t.Errorf("%+v", f)
	}
	few := ask[figures.StarsDiff](c, fmt.Sprintf("/v1/diff/stars?from=%d&limit=1", from))
	if len(few.Rows) != 1 || few.Left != board.Changed+board.Moved-1 {
		t.Errorf("%+v", few)
	}

	waits := fmt.Sprintf("?from=%d&person=%s", ask[figures.Star](c, "/v1/persons/"+people[0]+"/stars").LedgerSize, people[0])
	c.mustPost("/v1/persons/"+people[0]+"/reports", `{"kind":"service","title":"巡逻","community":"430702001007","day":"2026-02-03","minutes":60}`)
	w := ask[figures.StatementDiff](c, "/v1/diff/statement"+waits)
	if len(w.Reports) != 1 || len(w.Entries) != 0 || len(w.CheckIns) != 0 || w.Reports[0].Kind != "came" || w.Reports[0].Before != nil || !w.Reports[0].After.Open {
		t.Fatalf("%+v", w)
	}
	if e := w.Reports[0].Events; len(e) != 1 || e[0].Event != fmt.Sprintf("person-%s@%d", people[0], w.Reports[0].Report) || e[0].By == "" || e[0].LedgerSize == 0 {
		t.Errorf("%+v", e)
	}

	c.confirmed(people[0], "study", "2026-02-20", 60)
	standing := ask[figures.StandingDiff](c, fmt.Sprintf("/v1/diff/standings?from=%d&period=2026", from))
	if standing.Changed != 1 || standing.Rows[0].After.Study.PersonTimes != 2 || standing.Rows[0].Before.Study.PersonTimes != 1 {
		t.Errorf("%+v", standing)
	}
	rates := fmt.Sprintf("/v1/diff/participation?from=%d&period=2026&division=430702001007", from)
	if one := ask[figures.ParticipationDiff](c, rates); one.Suppressed == nil || one.Before != nil || one.Came != 0 || len(one.Facts) != 0 {
		t.Errorf("the difference of one person is shown: %+v", one)
	}
	for _, p := range people[1:] {
		c.confirmed(p, "study", "2026-02-21", 60)
	}
	all := ask[figures.ParticipationDiff](c, rates)
	if all.Suppressed != nil || all.Came != 6 || all.Persons != 6 || len(all.Facts) != 6 || *all.After.PersonTimes-*all.Before.PersonTimes != 6 {
		t.Errorf("%+v", all)
	}
	whole := ask[figures.ParticipationDiff](c, strings.Replace(rates, "430702001007", "430702", 1))
	if whole.Came != 6 || len(whole.Facts) != 0 {
		t.Errorf("facts are listed for a community's own division alone: %+v", whole)
	}

	now := ask[figures.Star](c, "/v1/persons/"+people[0]+"/stars").LedgerSize
	ruled := ask[figures.StatementDiff](c, fmt.Sprintf("/v1/diff/statement?from=%d&under=counting-half-hours&fromUnder=counting-all/1&person=%s", now, people[0]))
	if len(ruled.Entries) != 1 || ruled.Change != -5 || ruled.Entries[0].Causes[0].Clause != "rule" || ruled.FromUnder != "counting-all/1" || ruled.Under == "" {
		t.Errorf("%+v", ruled)
	}
	for path, code := range map[string]string{
		fmt.Sprintf("/v1/diff/stars?from=%d&to=%d", now, from): CodeDiffBackwards, "/v1/diff/stars?from=9&under=none": CodeNoSuchRule,
		"/v1/diff/stars?from=9&under=standing-all/1": CodeRuleOfOtherKind, "/v1/diff/standings?from=9&fromUnder=counting-half-hours": CodeRuleOfOtherKind,
		"/v1/diff/participation?from=9&under=stars-all/1": CodeRuleOfOtherKind, "/v1/diff/statement?from=9&under=participation-all/1&person=" + people[0]: CodeRuleOfOtherKind,
		"/v1/diff/stars?from=x": CodeAsOfInvalid, "/v1/diff/stars": CodeValidation, "/v1/diff/standings?from=9999999": CodeBeyondLedger,
	} {
		if p := c.get(path).problem(t); p.Code != code {
			t.Errorf("%s: %+v", path, p)
		}
	}
	first := c.get(rates)
	if again := c.get(rates, "If-None-Match", first.header.Get("ETag")); again.status != http.StatusNotModified {
		t.Errorf("unchanged: %d", again.status)
	}
}
