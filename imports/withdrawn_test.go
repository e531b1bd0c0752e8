package imports

import (
	"context"
	"testing"

	"zhishu/domain"
	"zhishu/eventstore/storetest"
)

// void has the number's newest entry voided; reject, where it waits, rejected.
func (l *ledger) void(number string) {
	l.t.Helper()
	p := l.person(number)
	e := p.Entries[len(p.Entries)-1]
	out := l.do(l.recorder, &domain.ProposeVoid{Person: p.Enrolled.Person, Entry: e.No, Reason: "重复"})
	l.do(l.confirmer, &domain.DecideProposal{Person: p.Enrolled.Person, Entry: e.No, Proposal: domain.ProposalNo(out.First), Approve: true})
}

func (l *ledger) reject(number string) {
	l.t.Helper()
	p := l.person(number)
	l.do(l.confirmer, &domain.RejectEntry{Person: p.Enrolled.Person, Entry: p.Entries[len(p.Entries)-1].No, Reason: "不符"})
}

// What was voided or rejected does not come back by a new issue of the sheet,
// which knows nothing of it.
func TestWithdrawnRowsDoNotComeBack(t *testing.T) {
	t.Parallel()
	for _, withdraw := range []string{"void", "reject"} {
		t.Run(withdraw, func(t *testing.T) {
			l, im := besideBooks(t)
			first := l.job(domain.ImportService, "a.csv", hours(fiveHours...))
			if withdraw == "reject" {
				first.Confirmer = domain.AccountID{}
			}
			id := importID(t, l.mustImport(im, first))
			if withdraw == "void" {
				l.void("V2")
			} else {
				l.reject("V2")
			}
			j := l.job(domain.ImportService, "b.csv", hours(append([]string{"V6,2026-01-07,宣传,30,男,33"}, fiveHours...)...))
			j.ReissueOf = id
			j.DryRun = true
			var res Result
			for range 2 {
				res = l.mustImport(im, j)
				if res.Recognised != 4 || res.Added != 1 || res.Corrected != 0 || res.Refused != 1 || len(res.Vanished) != 0 {
					t.Fatalf("%+v", res)
				}
				if len(res.Errors) != 1 || res.Errors[0].Code != string(RowWithdrawn) || res.Errors[0].Row != 4 {
					t.Fatalf("%+v", res.Errors)
				}
				j.DryRun = false
			}
			if n := len(l.person("V2").Entries); n != 1 {
				t.Errorf("%d entries", n)
			}
			// A value that is another is another fact.
			j = l.job(domain.ImportService, "c.csv", hours(append([]string{"V6,2026-01-07,宣传,30,男,33", "V2,2026-01-05,清洁,30,女,50"}, fiveHours...)...))
			j.ReissueOf = importID(t, res)
			if res = l.mustImport(im, j); res.Recognised != 5 || res.Added != 1 || res.Refused != 1 || res.Corrected != 0 {
				t.Fatalf("%+v", res)
			}
		})
	}
}

// Of two equal rows one was voided: the other is the row that comes again.
func TestTheOtherOfTwoEqualRowsStands(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	rows := []string{"V1,2026-01-05,清洁,60,男,40", "V1,2026-01-05,清洁,60,男,40", "V2,2026-01-05,清洁,60,女,50"}
	first := l.mustImport(im, l.job(domain.ImportService, "a.csv", hours(rows...)))
	p := l.person("V1")
	out := l.do(l.recorder, &domain.ProposeVoid{Person: p.Enrolled.Person, Entry: p.Entries[0].No, Reason: "重复"})
	l.do(l.confirmer, &domain.DecideProposal{Person: p.Enrolled.Person, Entry: p.Entries[0].No, Proposal: domain.ProposalNo(out.First), Approve: true})
	j := l.job(domain.ImportService, "b.csv", hours(rows[1], rows[2], "V3,2026-01-05,清洁,60,女,51"))
	j.ReissueOf = importID(t, first)
	second := l.mustImport(im, j)
	if second.Recognised != 2 || second.Added != 1 || second.Refused != 0 || len(second.Vanished) != 0 {
		t.Fatalf("%+v", second)
	}
	j = l.job(domain.ImportService, "c.csv", hours(rows[0], rows[1], rows[2], "V3,2026-01-05,清洁,60,女,51"))
	j.ReissueOf = importID(t, second)
	if res := l.mustImport(im, j); res.Recognised != 3 || res.Added != 0 || res.Refused != 1 {
		t.Fatalf("%+v", res)
	}
}

// A row that was voided while its import lay interrupted is not counted as one
// that stands.
func TestWithdrawnWhileInterrupted(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	j := l.job(domain.ImportService, "a.csv", hours("V1,2026-01-05,清洁,60,男,40", "V1,2026-01-06,清洁,60,男,40"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if res, err := l.importer(stopAt(l.store, 1, storetest.LoseReply, cancel)).Run(ctx, j); err == nil || res.Status != Running {
		t.Fatalf("%+v %v", res, err)
	}
	l.void("V1")
	res := l.mustRun(j)
	if res.Accepted != 1 || res.Refused != 1 || res.Minutes.Computed != "60" || len(res.Codes) != 1 || res.Codes[0].Code != string(RowWithdrawn) {
		t.Fatalf("%+v %+v", res, res.Minutes)
	}
}
