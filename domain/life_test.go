package domain_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"zhishu/domain"
)

// life is one person's stream under random commands that make sense often
// enough to be accepted, given by four accounts, one of them the person's own.
type life struct {
	ledger
	person domain.PersonID
	actors []domain.Actor
}

const lifeCode = domain.CommunityCode(430702001007)

func newLife(t *rapid.T) *life {
	f := &life{ledger: *newLedger(t)}
	f.person = f.ledger.person("甲")
	f.now, f.trusting = at("2026-03-10", "23:59"), true
	for i, handle := range []string{"clerk", "reviewer", "third", "own"} {
		a := domain.Actor{Account: account(handle), Role: domain.RoleRecorder}
		if i == 3 {
			a.Person = f.person
		}
		f.actors = append(f.actors, a)
	}
	f.must(&domain.EnrolPerson{Person: f.person, Community: lifeCode, Name: "甲"})
	f.must(&domain.GiveConsent{Person: f.person, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.Online}})
	return f
}

func (f *life) state() *domain.Person { return f.ledger.state(f.person.Stream()).(*domain.Person) }

// randomSpan lies in four days of March, on the quarter of an hour or beside it.
func randomSpan(t *rapid.T) domain.Span {
	first := day("2026-03-05")
	if rapid.IntRange(0, 3).Draw(t, "sheet") == 0 {
		return domain.Span{
			Day:     first + domain.Day(rapid.IntRange(0, 3).Draw(t, "day")),
			Minutes: domain.Minutes(rapid.IntRange(-1, 1500).Draw(t, "minutes")),
		}
	}
	start := first.Start() + domain.Instant(rapid.IntRange(0, 4*96).Draw(t, "quarter"))*15*60_000
	length := domain.Instant(rapid.IntRange(-1, 120).Draw(t, "quarters")) * 15 * 60_000
	if rapid.IntRange(0, 3).Draw(t, "odd") == 0 {
		start += domain.Instant(rapid.IntRange(0, 120_000).Draw(t, "ms"))
		length += domain.Instant(rapid.IntRange(0, 120_000).Draw(t, "ms"))
	}
	s := domain.Span{Start: start, End: start + length}
	if rapid.IntRange(0, 3).Draw(t, "break") == 0 {
		s.Minutes = domain.Minutes(rapid.IntRange(0, 600).Draw(t, "given"))
	}
	return s
}

func randomDeed(t *rapid.T) domain.Deed {
	d := domain.Deed{
		Kind: domain.Service, Span: randomSpan(t), Title: "巡逻", Community: lifeCode,
		Category: rapid.SampledFrom([]string{"", "献血"}).Draw(t, "category"),
	}
	if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
		d.Kind = domain.Study
	} else if rapid.Bool().Draw(t, "credit") {
		d.Hours = domain.Credit
	}
	return d
}

func (f *life) randomCommand(t *rapid.T) domain.Command {
	entries, p := f.state().Entries, f.person
	no, proposal, kind := domain.EntryNo(99), domain.ProposalNo(99), domain.Service
	if len(entries) > 0 {
		e := rapid.SampledFrom(entries).Draw(t, "entry")
		for _, x := range entries {
			if x.Pending != nil && rapid.Bool().Draw(t, "decide") {
				e = x
			}
		}
		no, kind = e.No, e.Deed.Kind
		if e.Pending != nil && rapid.IntRange(0, 9).Draw(t, "right") > 0 {
			proposal = e.Pending.No
		}
	}
	row := domain.Row{}
	if rapid.Bool().Draw(t, "imported") {
		row = domain.Row{Import: domain.ImportID{UUID: id("import", "A")}, Number: uint32(rapid.IntRange(1, 6).Draw(t, "row"))}
	}
	switch rapid.IntRange(0, 9).Draw(t, "what") { // small numbers come more often
	case 1, 4, 7:
		return &domain.ClaimEntry{Person: p, Deed: randomDeed(t), Row: row}
	case 2, 9:
		return &domain.ConfirmEntry{Person: p, Entry: no, Row: row}
	case 8:
		return &domain.RejectEntry{Person: p, Entry: no, Reason: "未到"}
	case 3, 6:
		d := randomDeed(t)
		if rapid.IntRange(0, 9).Draw(t, "same kind") > 0 {
			d.Kind, d.Hours = kind, domain.Honour
		}
		return &domain.ProposeCorrection{Person: p, Entry: no, Deed: d, Reason: "抄错"}
	case 5:
		return &domain.ProposeVoid{Person: p, Entry: no, Reason: "误记"}
	default:
		return &domain.DecideProposal{Person: p, Entry: no, Proposal: proposal, Approve: rapid.Bool().Draw(t, "approve"), Reason: "如下"}
	}
}

// TestLife: whatever is accepted, the rules of a person's stream hold after
// every step it could break.
func TestLife(t *testing.T) {
	accepted := map[string]int{}
	one := func(t *rapid.T) {
		f := newLife(t)
		for range rapid.IntRange(60, 100).Draw(t, "steps") {
			c := f.randomCommand(t)
			by := rapid.SampledFrom(f.actors).Draw(t, "actor")
			events, err := f.decide(c, by)
			if err != nil || len(events) == 0 {
				continue
			}
			accepted[events[0].event.Type()]++
			if fault := f.secondPerson(); fault != "" {
				t.Fatalf("after %s: %s", c.Operation(), fault)
			}
			switch events[0].event.(type) {
			case *domain.EntryClaimed, *domain.EntryCorrectionApproved: // what takes up time
				if fault := f.fault(); fault != "" {
					t.Fatalf("after %s: %s", c.Operation(), fault)
				}
			}
		}
		if !reflect.DeepEqual(domain.State(f.state()), f.fold(f.person.Stream())) {
			t.Fatal("the state is not the one folded from the first event")
		}
	}
	for range 2 {
		rapid.Check(t, one)
	}
	for _, e := range []string{
		domain.ServiceClaimed, domain.StudyClaimed, "entry-confirmed", "entry-rejected", "entry-correction-proposed",
		"entry-correction-approved", "entry-correction-refused", "entry-void-proposed", "entry-void-approved", "entry-void-refused",
	} {
		if accepted[e] == 0 {
			t.Errorf("no random life had a %s: the property says nothing about it", e)
		}
	}
}

// fault says which entries cannot both be true, judged without the domain's own
// functions.
func (f *life) fault() string {
	p := f.state()
	sums := map[domain.Day]domain.Minutes{}
	for i, e := range p.Entries {
		if e.Status != domain.Claimed && e.Status != domain.Confirmed {
			continue
		}
		s := e.Deed.Span
		if s.Minutes < 1 || s.End > f.now {
			return fmt.Sprintf("entry %d has span %+v", e.No, s)
		}
		for d, m := range slowDays(s) {
			if sums[d] += m; sums[d] > 24*60 {
				return fmt.Sprintf("%d minutes on %s", sums[d], d)
			}
		}
		for _, other := range p.Entries[:i] {
			o := other.Deed.Span
			live := other.Status == domain.Claimed || other.Status == domain.Confirmed
			if live && s.Start != 0 && o.Start != 0 && max(s.Start, o.Start) < min(s.End, o.End) {
				return fmt.Sprintf("entries %d and %d overlap", e.No, other.No)
			}
		}
	}
	return ""
}

// secondPerson goes through the events: who decided was neither who recorded or
// proposed, nor the person; and no two proposals waited at once.
func (f *life) secondPerson() string {
	recorder, proposer := map[domain.EntryNo]domain.AccountID{}, map[domain.EntryNo]domain.AccountID{}
	rows := map[domain.Row]bool{}
	for revision, r := range f.streams[f.person.Stream()] {
		no, by := entryOf(r.event, revision), r.meta.Account
		switch e := r.event.(type) {
		case *domain.EntryClaimed:
			recorder[no] = by
			if rows[e.Row] && !e.Row.Import.IsZero() {
				return fmt.Sprintf("row %d was recorded twice", e.Row.Number)
			}
			rows[e.Row] = true
		case *domain.EntryConfirmed, *domain.EntryRejected:
			if by == recorder[no] || by == f.actors[3].Account {
				return fmt.Sprintf("revision %d: decided by the recorder or the person", revision)
			}
		case *domain.EntryCorrectionProposed, *domain.EntryVoidProposed:
			if _, waiting := proposer[no]; waiting {
				return fmt.Sprintf("revision %d: a second proposal", revision)
			}
			proposer[no] = by
		case *domain.EntryCorrectionApproved, *domain.EntryCorrectionRefused, *domain.EntryVoidApproved, *domain.EntryVoidRefused:
			if first, waiting := proposer[no]; !waiting || by == first || by == f.actors[3].Account {
				return fmt.Sprintf("revision %d: decided by the proposer or the person, or nothing to decide", revision)
			}
			delete(proposer, no)
		}
	}
	return ""
}

// TestCorrectionAndBack: a correction that is corrected back leaves every
// portion as it was, and both corrections in the trail.
func TestCorrectionAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newLife(t)
		for range 12 {
			_, _ = f.decide(f.randomCommand(t), rapid.SampledFrom(f.actors[:3]).Draw(t, "actor"))
		}
		book := f.rules()
		for _, e := range f.state().Entries {
			if e.Status != domain.Confirmed || e.Pending != nil {
				continue
			}
			before, events := domain.Count(facts(f.state()), book, true), len(f.streams[f.person.Stream()])
			other := e.Deed
			other.Title += "（改）"
			other.Span = domain.Span{Day: day("2026-02-01"), Minutes: 7}
			if f.correct(t, e.No, other) {
				after := domain.Count(facts(f.state()), book, true)
				if e.Deed.Kind == domain.Service && reflect.DeepEqual(before, after) {
					t.Fatal("the correction changed nothing")
				}
				if !f.correct(t, e.No, e.Deed) {
					t.Fatal("the way back was refused")
				}
			}
			if !reflect.DeepEqual(before, domain.Count(facts(f.state()), book, true)) {
				t.Fatal("corrected back, the portions differ")
			}
			if n := len(f.streams[f.person.Stream()]) - events; n != 4 && n != 0 {
				t.Fatalf("%d events in the trail", n)
			}
		}
	})
}

func (f *life) correct(t *rapid.T, no domain.EntryNo, d domain.Deed) bool {
	_, err := f.decide(&domain.ProposeCorrection{Person: f.person, Entry: no, Deed: d, Reason: "抄错"}, f.actors[0])
	if err != nil {
		return false
	}
	c := &domain.DecideProposal{Person: f.person, Entry: no, Proposal: f.state().Entry(no).Pending.No, Approve: true}
	if _, err := f.decide(c, f.actors[1]); err != nil {
		t.Fatalf("approving: %v", err)
	}
	return true
}

// TestAgain: what is already so and stays so is answered without events,
// however often it is asked; what may be undone is recorded each time.
func TestAgain(t *testing.T) {
	l := newLedger(t)
	p := l.person("甲")
	from := day("2026-01-01")
	row := domain.Row{Import: domain.ImportID{UUID: id("import", "A")}, Number: 3}
	deed := domain.Deed{Kind: domain.Service, Span: domain.Span{Day: from, Minutes: 60}, Title: "巡逻", Community: lifeCode}
	gift := domain.Gift{Day: from, Kind: domain.Cash, Amount: 100, Community: lifeCode, DonorKind: domain.Individual}
	donor := domain.DonorID{UUID: id("donor", "王")}
	commands := []domain.Command{
		&domain.EnrolPerson{Person: p, Community: lifeCode, Name: "甲", Row: row},
		&domain.ClaimEntry{Person: p, Deed: deed, Row: row},
		&domain.ConfirmEntry{Person: p, Row: row},
		&domain.RegisterCommunity{Code: lifeCode, Name: "红旗社区", From: domain.MinDay},
		&domain.OpenAccount{Account: account("new"), Handle: "new", Role: domain.RoleRecorder},
		&domain.LinkPerson{Account: account("new"), Person: p},
		&domain.ReceiveDonation{Donation: donation("G"), Donor: donor, Gift: gift, DonorName: "王", Row: row},
		&domain.StartImport{Started: domain.ImportStarted{Import: row.Import, Kind: domain.ImportService, Recorder: account("clerk")}},
	}
	closing := []domain.Command{
		&domain.FinishImport{Finished: domain.ImportFinished{Import: row.Import}},
		&domain.CloseAccount{Account: account("new")},
	}
	said := []domain.Command{
		&domain.GiveConsent{Person: p, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, From: from}},
		&domain.WithdrawConsent{Person: p, Kind: domain.ConsentPublish, From: from},
	}
	for round := range 3 {
		for i, c := range commands {
			l.expect(c, account([]string{"reviewer", "clerk"}[i%2]), round == 0)
			for _, c := range said {
				l.expect(c, account("clerk"), true)
			}
		}
	}
	for round := range 3 {
		for _, c := range closing {
			l.expect(c, account("clerk"), round == 0)
		}
	}
}

func (l *ledger) expect(c domain.Command, by domain.AccountID, first bool) {
	l.t.Helper()
	role := domain.RoleRecorder
	if strings.HasPrefix(c.Target(), domain.AccountCategory) {
		role = domain.RoleOperator
	}
	events, err := l.decide(c, domain.Actor{Account: by, Role: role})
	if err != nil || (len(events) > 0) != first {
		l.t.Errorf("%s: %d events, %v; first time: %v", c.Operation(), len(events), err, first)
	}
}
