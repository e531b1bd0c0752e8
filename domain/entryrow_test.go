package domain_test

import (
	"errors"
	"testing"

	"zhishu/domain"
)

// An entry keeps the rows of the sheets that gave it a value, so that a sheet
// given again finds its own, whoever gives it.
func TestCorrectionByARow(t *testing.T) {
	l := newLedger(t)
	p, from := l.person("甲"), day("2026-01-01")
	row := func(sheet string, number uint32) domain.Row {
		return domain.Row{Import: domain.ImportID{UUID: id("import", sheet)}, Number: number}
	}
	deed := domain.Deed{Kind: domain.Service, Span: domain.Span{Day: from, Minutes: 60}, Title: "巡逻", Community: lifeCode}
	longer := deed
	longer.Span.Minutes = 90
	clerk, reviewer := account("clerk"), account("reviewer")
	for _, c := range []domain.Command{
		&domain.EnrolPerson{Person: p, Community: lifeCode, Name: "甲"},
		&domain.GiveConsent{Person: p, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, From: from}},
		&domain.ClaimEntry{Person: p, Deed: deed, Row: row("A", 3)},
	} {
		l.expect(c, clerk, true)
	}
	l.expect(&domain.ConfirmEntry{Person: p, Row: row("A", 3)}, reviewer, true)
	state := func() domain.Entry { return l.state(p.Stream()).(*domain.Person).Entries[0] }
	no := state().No
	propose := &domain.ProposeCorrection{Person: p, Entry: no, Deed: longer, Reason: "重新发布", Row: row("B", 2)}
	approve := &domain.DecideProposal{Person: p, Entry: no, Approve: true, Row: row("B", 2)}
	other := *approve
	other.Row = row("B", 5)
	refuse := *approve
	refuse.Approve, refuse.Reason = false, "不符"

	l.refused(approve, reviewer, domain.ProposalUnknown)
	l.expect(propose, clerk, true)
	l.expect(propose, account("clerk-2"), false) // it waits
	l.refused(&other, reviewer, domain.ProposalUnknown)
	l.refused(approve, clerk, domain.SameAccount)
	if e := state(); e.Row != row("A", 3) || e.Pending.Row != row("B", 2) {
		t.Fatalf("%+v", e)
	}
	l.expect(approve, reviewer, true)
	for range 2 {
		l.expect(propose, account("clerk-2"), false) // it was taken
		l.expect(approve, reviewer, false)
		l.expect(&domain.ClaimEntry{Person: p, Deed: longer, Row: row("B", 2)}, clerk, false)
		l.expect(&domain.ClaimEntry{Person: p, Deed: deed, Row: row("A", 3)}, clerk, false)
	}
	l.refused(&refuse, reviewer, domain.ProposalUnknown)
	if e := state(); e.Row != row("B", 2) || len(e.Replaced) != 1 || e.Replaced[0] != row("A", 3) || e.Deed.Span.Minutes != 90 {
		t.Fatalf("%+v", e)
	}
	// By hand the value changes and the row stays.
	l.expect(&domain.ProposeCorrection{Person: p, Entry: no, Deed: deed, Reason: "抄错"}, clerk, true)
	l.expect(&domain.DecideProposal{Person: p, Entry: no, Proposal: state().Pending.No, Approve: true}, reviewer, true)
	if e := state(); e.Row != row("B", 2) || len(e.Replaced) != 1 || e.Deed.Span.Minutes != 60 {
		t.Fatalf("%+v", e)
	}
}

func (l *ledger) refused(c domain.Command, by domain.AccountID, code domain.Code) {
	l.t.Helper()
	_, err := l.decide(c, domain.Actor{Account: by, Role: domain.RoleRecorder})
	var r *domain.Refusal
	if !errors.As(err, &r) || r.Code != code {
		l.t.Errorf("%s: %v, want %s", c.Operation(), err, code)
	}
}
