package figures

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhishu/domain"
	"zhishu/projections"
)

var update = flag.Bool("update", false, "write testdata anew")

func TestGolden(t *testing.T) {
	small := participation()
	small.Suppressed, small.Participants, small.PersonTimes, small.Minutes, small.Rates = projections.SmallGroup, 0, 0, 0, nil
	running := imported()
	running.Running, running.Finished, running.Provisional = true, domain.ImportFinished{}, []domain.ImportID{running.Import}
	board := standingBoard()
	communities := projections.Communities{Footing: foot(), Communities: []projections.Community{
		{Code: here, Name: "三岔路社区", Registered: true, From: domain.MinDay, SucceedsOn: domain.NoDay, Members: 40,
			Populations: []projections.Population{{Basis: domain.Resident, Day: date("2025-12-31"), Count: 3000, Source: "统计公报"}}},
		{Code: here + 1, SucceedsOn: date("2026-05-01"), Successors: []domain.CommunityCode{here}},
	}}
	for name, figure := range map[string]any{
		"stars": Stars(starBoard()),
		"star": StarOf(projections.Star{Footing: foot(counted, scheme), Person: person(1), Into: person(2), Community: here,
			Rating: star(5620), Entries: 4, Waiting: 2}),
		"standing":         Standing(board),
		"standing-of":      StandingOf(board.Rows[4], board.Footing, domain.Division{}, domain.AllTime),
		"participation":    ParticipationOf(participation()),
		"small-group":      ParticipationOf(small),
		"donations":        DonationsOf(donations()),
		"donation":         Trail(trail()),
		"gift-list":        giftListed(giftList()),
		"gift-uses":        GiftUsesOf(giftUses()),
		"donor":            DonorOf(donorAccount()),
		"import":           ImportOf(imported(), Everywhere),
		"import-running":   ImportOf(running, Everywhere),
		"imports":          ImportsOf([]projections.ImportInfo{imported().ImportInfo}, foot(), Everywhere),
		"communities":      CommunitiesOf(communities, communities.Communities),
		"communities-none": CommunitiesOf(communities, nil),
		"person": PersonOf(projections.Person{Footing: foot(), Person: person(1), State: projections.PersonState{Restricted: true},
			EnrolledBy: here, Community: here, Sex: domain.Female, Age: 61, AgeOn: date("2026-03-01"), Layers: []domain.Layer{"老年", "党员"},
			Memberships: statement().Memberships}),
		"statement": StatementOf(statement()),
		"activity":  ActivityOf(activityDetail(), whole),
		"timetable": TimetableOf(projections.Timetable{Footing: foot(), Division: here.Division(), Period: domain.YearPeriod(2026), Total: 2,
			Rows: []projections.ActivityInfo{announced(), activityDetail().ActivityInfo}, Next: "n"}, Sight{nowhere, true}),
		"roster":          RosterOf(roster(), whole),
		"activity-totals": ActivityTotalsOf(activityTotals(), Everywhere),
		"policies":        PoliciesOf(defaults, foot()),
		"digests":         DigestsOf([]projections.Digest{{Model: "stars", Version: 1, Subjects: 3, Sum: [32]byte{0xab}}}, foot()),
	} {
		golden(t, name, figure)
	}
}

func golden(t *testing.T, name string, figure any) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(figure); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "null") {
		t.Errorf("%s: a null stands where a list or nothing belongs", name)
	}
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("%s has changed; look at it, then go test ./api/figures -update\n%s", path, b.Bytes())
	}
}

// The sentences people will quote.
func TestSentences(t *testing.T) {
	for _, c := range []struct {
		got    Clause
		zh, en string
	}{
		{step(domain.Step{Clause: domain.ClauseDayCap, Before: 600, After: 480}), "当日上限：600→480分钟", "day cap: 600→480 minutes"},
		{toNextStar(1, 380), "距二星还差 6 小时 20 分", "6 h 20 min to 2 stars"},
		{toNextStar(0, 60), "距一星还差 1 小时", "1 h to 1 star"},
		{toNextStar(4, 1), "距五星还差 1 分", "1 min to 5 stars"},
		{behind(domain.BySessions, 3), "还差 3 次", "3 sessions behind the row above"},
		{behind(domain.ByMonths, 1), "还差 1 个月", "1 month behind the row above"},
		{behind(domain.ByMinutes, 750), "还差 12 小时 30 分", "12 h 30 min behind the row above"},
		{belowMinimum(2), "还差 2 次方可参加排名", "2 sessions short of being ranked"},
		{waiting(1), "1 条待确认，尚不计时", "1 claim not decided yet: not counted"},
	} {
		if c.got.Zh != c.zh || c.got.En != c.en || c.got.Clause == "" {
			t.Errorf("%+v, want %q and %q", c.got, c.zh, c.en)
		}
	}
	for m, want := range map[domain.Minutes]string{0: "0分", 59: "59分", 60: "1小时", 750: "12小时30分", 90_001: "1500小时1分"} {
		if got := Time(m); got.Text != want || got.Minutes != int64(m) {
			t.Errorf("%d minutes: %+v, want %s", m, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0.00%", 5: "0.05%", 6750: "67.50%", 15_250: "152.50%", 10_000: "100.00%"} {
		if got := percent(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

// Every clause, status and criterion of the domain has its words.
func TestEveryClauseHasWords(t *testing.T) {
	for _, c := range []domain.Clause{domain.ClauseNotConfirmed, domain.ClauseVoided, domain.ClauseExcluded, domain.ClauseHonour,
		domain.ClauseMinimum, domain.ClauseRounding, domain.ClauseEntryCap, domain.ClauseDayCap, domain.ClauseNoPolicy, domain.ClauseOverlap, domain.ClauseDayFull} {
		if r := reason(c); r.Zh == string(c) || r.En == "" {
			t.Errorf("%s has no words", c)
		}
	}
	for _, c := range []domain.Criterion{domain.BySessions, domain.ByMonths, domain.ByMinutes} {
		if criterion[c].zh == "" {
			t.Errorf("%s has no words", c)
		}
	}
	for s := domain.Claimed; s <= domain.Voided; s++ {
		if statuses[s] == "" {
			t.Errorf("%s has no words", s)
		}
	}
	if s := suppressed("other"); s == nil || s.Zh == "" {
		t.Error("an unknown suppression is shown as none")
	}
}

// A withheld figure leaves no number behind, in no form.
func TestSuppressedFiguresHoldNoNumber(t *testing.T) {
	p := participation()
	p.Suppressed = projections.SmallGroup // with its numbers still in
	b, err := json.Marshal(ParticipationOf(p))
	if err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{"participants", "personTimes", "percent", "numerator", "outside", `27`, `4880`} {
		if bytes.Contains(b, []byte(leak)) {
			t.Errorf("%q is in %s", leak, b)
		}
	}
	b, err = json.Marshal(rate(p.Rates[1]))
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(strings.ReplaceAll(string(b), (here+1).String(), ""), "0123456789") {
		t.Errorf("a suppressed rate shows a number: %s", b)
	}
}

func TestValidators(t *testing.T) {
	base := Stars(starBoard())
	seen := map[string]string{base.Validator(): "as it is"}
	for name, change := range map[string]func(*projections.StarBoard){
		"changed":     func(b *projections.StarBoard) { b.ChangedAt++ },
		"day":         func(b *projections.StarBoard) { b.Day++ },
		"provisional": func(b *projections.StarBoard) { b.Provisional = []domain.ImportID{{UUID: uuid(9)}} },
		"policy":      func(b *projections.StarBoard) { b.Policies[0].Version = 2 },
		"erased":      func(b *projections.StarBoard) { b.Rows[1].State.Erased = true },
		"other row":   func(b *projections.StarBoard) { b.Rows[0].State.Erased = true },
		"restricted":  func(b *projections.StarBoard) { b.Rows[1].State.Restricted = true },
	} {
		board := starBoard()
		change(&board)
		figure := Stars(board)
		if other, again := seen[figure.Validator()]; again {
			t.Errorf("%s and %s have one validator", name, other)
		}
		seen[figure.Validator()] = name
	}
	grown := starBoard()
	grown.Size += 500
	figure := Stars(grown)
	if figure.Validator() != base.Validator() || figure.LedgerSize == base.LedgerSize {
		t.Error("growth elsewhere changed the validator")
	}
}

// TestWithheldSaysWhy: every reason of the read side is explained in both
// languages, and a figure that is withheld for it has another validator.
func TestWithheldSaysWhy(t *testing.T) {
	seen := map[string]bool{}
	for _, why := range []projections.Suppression{projections.SmallGroup, projections.PartOfBasis, projections.Complementary, projections.Difference} {
		s := suppressed(why)
		if s.Zh == "不予公布" || s.En == "withheld" || seen[s.Zh] || seen[s.En] {
			t.Errorf("%s is not explained: %+v", why, s)
		}
		seen[s.Zh], seen[s.En] = true, true
		shown, withheld := Standing(projections.StandingBoard{}), Standing(projections.StandingBoard{Suppressed: why})
		if withheld.Suppressed == nil || shown.Validator() == withheld.Validator() {
			t.Errorf("%s: %+v", why, withheld)
		}
	}
}
