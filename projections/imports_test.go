package projections

import (
	"fmt"
	"testing"

	"zhishu/domain"
)

func TestImportsAndTheirRows(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	start := func(n int, kind domain.ImportKind) {
		w.must(recorder, &domain.StartImport{Started: domain.ImportStarted{Import: sheet(n), Kind: kind, Community: c, Rows: 3,
			Recorder: recorder.Account, Confirmer: confirmer.Account, DeclaredFen: 600, HasDeclared: true}, FileName: "表.xlsx"})
	}
	gift := func(n int, fen domain.Fen) domain.Gift {
		return domain.Gift{Day: day(t, "2025-02-01"), Kind: domain.Cash, Amount: fen, DonorKind: domain.Individual, Community: c}
	}
	receive := func(n, in int, row uint32, print, alike uint64, fen domain.Fen) {
		w.must(recorder, &domain.ReceiveDonation{Donation: donation(n), Donor: domain.DonorID{UUID: testID(6, uint64(n))}, DonorName: "某人",
			Gift: gift(n, fen), Row: domain.Row{Import: sheet(in), Number: row, Print: print, Alike: alike}})
	}
	start(1, domain.ImportDonations)
	receive(1, 1, 4, 11, 1, 100)
	receive(2, 1, 5, 12, 1, 200)
	receive(3, 1, 6, 12, 2, 300) // an equal row of the same sheet
	e := w.engine(Options{})
	running := w.view(e, Now())
	detail, err := running.Import(sheet(1))
	want(t, "error", err, nil)
	want(t, "running", detail.Running, true)
	want(t, "standing", detail.StandingFen, 600)
	sum, err := running.Donations(DonationFilter{Division: c.County(), Period: domain.AllTime})
	want(t, "error", err, nil)
	want(t, "provisional", fmt.Sprint(sum.Provisional), fmt.Sprint([]domain.ImportID{sheet(1)}))

	w.must(recorder, &domain.FinishImport{Finished: domain.ImportFinished{Import: sheet(1), Rows: 3, Accepted: 3, Fen: 600}})
	start(2, domain.ImportDonations) // a new issue: row 5 changed, a row more
	correction := domain.Row{Import: sheet(2), Number: 5, Print: 22, Alike: 3}
	w.must(recorder, &domain.ProposeDonationCorrection{Donation: donation(2), Gift: gift(2, 250), DonorName: "某人", Reason: "新表", Row: correction})
	pending := w.catchUp(e)
	want(t, "pending", len(pending.RowsOf(sheet(2))), 0)
	w.must(confirmer, &domain.DecideDonationCorrection{Donation: donation(2), Row: correction, Approve: true})
	receive(4, 2, 7, 23, 1, 50)
	w.must(recorder, &domain.FinishImport{Finished: domain.ImportFinished{Import: sheet(2), Rows: 4, Accepted: 1, Corrected: 1}})
	v := w.catchUp(e)

	rows := v.RowsOf(sheet(1))
	want(t, "rows of the first", fmt.Sprint(rows), fmt.Sprint([]RowRef{
		{Number: 4, Print: 11, Alike: 1, Donation: donation(1)}, {Number: 6, Print: 12, Alike: 2, Donation: donation(3)}}))
	want(t, "as it was", len(running.RowsOf(sheet(1))), 3)
	rows = v.RowsOf(sheet(2))
	want(t, "rows of the second", fmt.Sprint(rows), fmt.Sprint([]RowRef{
		{Number: 5, Print: 22, Alike: 3, Donation: donation(2)}, {Number: 7, Print: 23, Alike: 1, Donation: donation(4)}}))
	want(t, "of an unknown one", len(v.RowsOf(sheet(9))), 0)
	want(t, "alike", v.AlikeOf(1), 2)
	want(t, "alike before", running.AlikeOf(1), 2)
	want(t, "alike to none", v.AlikeOf(99), 0)
	want(t, "shared", fmt.Sprint(v.SharedRows([]uint64{11, 12, 12, 23, 99}, domain.ImportDonations)), fmt.Sprint([]Overlap{
		{sheet(1), 2, 2}, {sheet(2), 1, 2}}))
	want(t, "each as often as both have it", fmt.Sprint(running.SharedRows([]uint64{12}, domain.ImportDonations)), fmt.Sprint([]Overlap{{sheet(1), 1, 3}}))
	want(t, "of another kind", len(v.SharedRows([]uint64{11}, domain.ImportStudy)), 0)

	list := v.Imports()
	want(t, "imports", len(list), 2)
	want(t, "finished", list[0].Finished.Accepted, 3)
	want(t, "declared", list[1].Declared, 600)
	want(t, "imports before", len(running.Imports()), 1)
	want(t, "running then", running.Imports()[0].Running, true)
	sum, err = v.Donations(DonationFilter{Division: c.County(), Period: domain.AllTime})
	want(t, "error", err, nil)
	want(t, "sum", sum.Total, GiftSum{Count: 4, Fen: 700})
	want(t, "corrected", sum.Corrected, 1)
	want(t, "provisional no more", len(sum.Provisional), 0)
	_, err = v.Import(sheet(9))
	wantErr(t, "unknown", err, ErrUnknownImport)

	trail, err := v.Donation(donation(2))
	want(t, "error", err, nil)
	want(t, "versions", len(trail.Versions), 2)
	want(t, "first", trail.Versions[0].State, GiftSuperseded)
	want(t, "then", trail.Versions[1].State, GiftStands)
	want(t, "one ends where the other begins", trail.Versions[0].To, trail.Versions[1].From)
	trail, err = pending.Donation(donation(2))
	want(t, "error", err, nil)
	want(t, "waiting", trail.Versions[1].State, GiftPending)
	_, err = w.view(e, AtSize(1)).Donation(donation(2))
	wantErr(t, "not yet", err, ErrUnknownDonation)
}

func TestRowsOfAServiceSheetFollowTheirEntries(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	a := w.enrol(1, c, "2025-01-01")
	w.must(recorder, &domain.StartImport{Started: domain.ImportStarted{Import: sheet(1), Kind: domain.ImportService, Community: c, Rows: 3,
		Recorder: recorder.Account, Confirmer: confirmer.Account}, FileName: "表.csv"})
	var numbers []domain.EntryNo
	for i := range uint32(3) {
		w.must(recorder, &domain.ClaimEntry{Person: a, Deed: w.service(c, "2025-03-01", 10), Row: domain.Row{Import: sheet(1), Number: i + 2, Print: uint64(i), Alike: 7}})
		numbers = append(numbers, w.lastEntry(a))
	}
	w.must(confirmer, &domain.ConfirmEntry{Person: a, Entry: numbers[0]})
	w.must(confirmer, &domain.RejectEntry{Person: a, Entry: numbers[1], Reason: "不符"})
	w.must(confirmer, &domain.ConfirmEntry{Person: a, Entry: numbers[2]})
	w.must(recorder, &domain.ProposeCorrection{Person: a, Entry: numbers[2], Deed: w.service(c, "2025-03-01", 25), Reason: "更正"})
	w.must(confirmer, &domain.DecideProposal{Person: a, Entry: numbers[2], Proposal: domain.ProposalNo(w.counts[a.Stream()] - 1), Approve: true})
	e := w.engine(Options{})
	v := w.view(e, Now())
	want(t, "rows", fmt.Sprint(v.RowsOf(sheet(1))), fmt.Sprint([]RowRef{
		{Number: 2, Alike: 7, Person: a, Entry: numbers[0]}, {Number: 4, Print: 2, Alike: 7, Person: a, Entry: numbers[2]}}))
	detail, err := v.Import(sheet(1))
	want(t, "error", err, nil)
	want(t, "minutes that stand", detail.StandingMinutes, 35)
	want(t, "alike", v.AlikeOf(7), 2)
	rejected := WithdrawnRow{RowRef{Number: 3, Print: 1, Alike: 7, Person: a, Entry: numbers[1]}, domain.Rejected}
	want(t, "withdrawn", fmt.Sprint(v.WithdrawnRows(sheet(1))), fmt.Sprint([]WithdrawnRow{rejected}))
	w.must(recorder, &domain.ProposeVoid{Person: a, Entry: numbers[2], Reason: "重复"})
	want(t, "not yet voided", fmt.Sprint(w.catchUp(e).WithdrawnRows(sheet(1))), fmt.Sprint([]WithdrawnRow{rejected}))
	w.must(confirmer, &domain.DecideProposal{Person: a, Entry: numbers[2], Proposal: domain.ProposalNo(w.counts[a.Stream()] - 1), Approve: true})
	after := w.catchUp(e)
	want(t, "after the void", after.AlikeOf(7), 1)
	want(t, "and before it", v.AlikeOf(7), 2)
	voided := WithdrawnRow{RowRef{Number: 4, Print: 2, Alike: 7, Person: a, Entry: numbers[2]}, domain.Voided}
	want(t, "withdrawn then", fmt.Sprint(after.WithdrawnRows(sheet(1))), fmt.Sprint([]WithdrawnRow{rejected, voided}))
	want(t, "and before", len(v.WithdrawnRows(sheet(1))), 1)
	want(t, "before any", len(w.view(e, AtSize(domain.Size(len(w.steps)-6))).WithdrawnRows(sheet(1))), 0)
	want(t, "of an unknown sheet", len(after.WithdrawnRows(sheet(9))), 0)
}

func TestAnEntryCorrectedByARowOfAnotherSheetIsThatRows(t *testing.T) {
	w := newWorld(t).withPolicies()
	c, home := code(t, "430702001001"), code(t, "430703001001")
	a := w.enrol(1, home, "2025-01-01")
	start := func(n int) {
		w.must(recorder, &domain.StartImport{Started: domain.ImportStarted{Import: sheet(n), Kind: domain.ImportService, Community: c, Rows: 1,
			Recorder: recorder.Account, Confirmer: confirmer.Account}, FileName: "表.csv"})
	}
	dir := t.TempDir()
	e := w.engine(Options{Dir: dir})
	var no domain.EntryNo
	offer := func(minutes domain.Minutes, row domain.Row) domain.ProposalNo {
		w.must(recorder, &domain.ProposeCorrection{Person: a, Entry: no, Deed: w.service(c, "2025-03-01", int64(minutes)), Reason: "更正", Row: row})
		return domain.ProposalNo(w.counts[a.Stream()] - 1)
	}
	decide := func(p domain.ProposalNo, approve bool) *View {
		w.must(confirmer, &domain.DecideProposal{Person: a, Entry: no, Proposal: p, Approve: approve, Reason: "核对"})
		return w.catchUp(e)
	}
	stands := func(v *View, in int, number uint32, print uint64, minutes domain.Minutes) {
		t.Helper()
		for n := 1; n <= 3; n++ {
			wanted, sum := []RowRef(nil), domain.Minutes(0)
			if n == in {
				wanted, sum = []RowRef{{Number: number, Print: print, Alike: 7, Person: a, Entry: no}}, minutes
			}
			want(t, fmt.Sprint("rows of sheet ", n), fmt.Sprint(v.RowsOf(sheet(n))), fmt.Sprint(wanted))
			want(t, fmt.Sprint("withdrawn rows of sheet ", n), len(v.WithdrawnRows(sheet(n))), 0)
			if detail, err := v.Import(sheet(n)); err == nil {
				want(t, fmt.Sprint("minutes that stand of sheet ", n), detail.StandingMinutes, sum)
			}
		}
		want(t, "alike", v.AlikeOf(7), 1)
		want(t, "shared", fmt.Sprint(v.SharedRows([]uint64{print}, domain.ImportService)), fmt.Sprint([]Overlap{{sheet(in), 1, 1}}))
	}
	start(1)
	w.must(recorder, &domain.ClaimEntry{Person: a, Deed: w.service(c, "2025-03-01", 10), Row: domain.Row{Import: sheet(1), Number: 4, Print: 11, Alike: 7}})
	no = w.lastEntry(a)
	w.must(confirmer, &domain.ConfirmEntry{Person: a, Entry: no})
	first := w.catchUp(e)
	stands(first, 1, 4, 11, 10)
	start(2)
	waiting := offer(20, domain.Row{Import: sheet(2), Number: 5, Print: 22, Alike: 7})
	stands(w.catchUp(e), 1, 4, 11, 10) // a correction that waits changes nothing
	stands(decide(waiting, true), 2, 5, 22, 20)
	stands(decide(offer(30, domain.Row{}), true), 2, 5, 22, 30) // by hand: the row stays
	start(3)
	stands(decide(offer(40, domain.Row{Import: sheet(3), Number: 5, Print: 32, Alike: 7}), false), 2, 5, 22, 30)
	w.snapshot(e)
	third := decide(offer(50, domain.Row{Import: sheet(3), Number: 6, Print: 33, Alike: 7}), true)
	stands(third, 3, 6, 33, 50)
	stands(w.view(w.engine(Options{Dir: dir}), Now()), 3, 6, 33, 50)
	stands(first, 1, 4, 11, 10) // as it was
	told, err := third.Participation(home.Division(), domain.AllTime)
	want(t, "error", err, nil)
	want(t, "running where the person belongs", len(told.Provisional), 3)

	w.must(recorder, &domain.ProposeVoid{Person: a, Entry: no, Reason: "重复"})
	voided := decide(domain.ProposalNo(w.counts[a.Stream()]-1), true)
	want(t, "alike", voided.AlikeOf(7), 0)
	want(t, "withdrawn", fmt.Sprint(voided.WithdrawnRows(sheet(3))), fmt.Sprint([]WithdrawnRow{
		{RowRef{Number: 6, Print: 33, Alike: 7, Person: a, Entry: no}, domain.Voided}}))
	want(t, "replaced, not withdrawn", len(voided.WithdrawnRows(sheet(1)))+len(voided.WithdrawnRows(sheet(2))), 0)
	stands(third, 3, 6, 33, 50)
}

func TestAGiftCorrectedByHandKeepsItsRow(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	start := func(n int) {
		w.must(recorder, &domain.StartImport{Started: domain.ImportStarted{Import: sheet(n), Kind: domain.ImportDonations, Community: c, Rows: 1,
			Recorder: recorder.Account, Confirmer: confirmer.Account}, FileName: "表.csv"})
	}
	value := func(fen domain.Fen) domain.Gift {
		return domain.Gift{Day: day(t, "2025-02-01"), Kind: domain.Cash, Amount: fen, DonorKind: domain.Individual, Community: c}
	}
	e := w.engine(Options{})
	correct := func(fen domain.Fen, row domain.Row, approve bool) *View {
		w.must(recorder, &domain.ProposeDonationCorrection{Donation: donation(1), Gift: value(fen), DonorName: "某人", Reason: "核对", Row: row})
		no := domain.ProposalNo(w.counts[donation(1).Stream()] - 1)
		w.must(confirmer, &domain.DecideDonationCorrection{Donation: donation(1), Proposal: no, Approve: approve, Reason: "核对"})
		return w.catchUp(e)
	}
	stands := func(v *View, in int, print uint64, fen domain.Fen) {
		t.Helper()
		for n := 1; n <= 2; n++ {
			wanted := []RowRef(nil)
			sum := domain.Fen(0)
			if n == in {
				wanted, sum = []RowRef{{Number: 5, Print: print, Alike: 7, Donation: donation(1)}}, fen
			}
			want(t, fmt.Sprint("rows of sheet ", n), fmt.Sprint(v.RowsOf(sheet(n))), fmt.Sprint(wanted))
			if detail, err := v.Import(sheet(n)); err == nil {
				want(t, fmt.Sprint("what stands of sheet ", n), detail.StandingFen, sum)
			}
		}
		want(t, "alike", v.AlikeOf(7), 1)
		want(t, "shared", fmt.Sprint(v.SharedRows([]uint64{print}, domain.ImportDonations)), fmt.Sprint([]Overlap{{sheet(in), 1, 1}}))
	}
	start(1)
	w.must(recorder, &domain.ReceiveDonation{Donation: donation(1), Donor: domain.DonorID{UUID: testID(6, 1)}, DonorName: "某人",
		Gift: value(100), Row: domain.Row{Import: sheet(1), Number: 5, Print: 11, Alike: 7}})
	first := w.catchUp(e)
	stands(first, 1, 11, 100)
	byHand := correct(150, domain.Row{}, true)
	stands(byHand, 1, 11, 150)
	stands(correct(170, domain.Row{}, false), 1, 11, 150)
	stands(correct(180, domain.Row{}, true), 1, 11, 180)
	start(2)
	row := domain.Row{Import: sheet(2), Number: 5, Print: 22, Alike: 7}
	stands(correct(200, row, true), 2, 22, 200) // with a row of its own
	stands(correct(210, domain.Row{}, true), 2, 22, 210)
	stands(correct(220, domain.Row{Import: sheet(1), Number: 9, Print: 33, Alike: 8}, false), 2, 22, 210)
	stands(first, 1, 11, 100) // as it was
	stands(byHand, 1, 11, 150)
}

func TestARunningImportIsToldWhereItsPersonsBelong(t *testing.T) {
	w := newWorld(t).withPolicies()
	home, next, heir, there := code(t, "430702001001"), code(t, "430702001002"), code(t, "430702001003"), code(t, "430703001001")
	far := code(t, "430725100001")
	a, b, other := w.enrol(1, home, "2025-01-01"), w.enrol(2, next, "2025-01-01"), w.enrol(3, heir, "2025-01-01")
	dir := t.TempDir()
	e := w.engine(Options{Dir: dir})
	start := func(n int) {
		w.must(recorder, &domain.StartImport{Started: domain.ImportStarted{Import: sheet(n), Kind: domain.ImportService, Community: there, Rows: 2,
			Recorder: recorder.Account, Confirmer: confirmer.Account}, FileName: "表.csv"})
	}
	row := func(n int, who domain.PersonID) {
		w.must(recorder, &domain.ClaimEntry{Person: who, Deed: w.service(there, "2025-03-01", 60), Row: domain.Row{Import: sheet(n), Number: uint32(len(w.steps))}})
	}
	told := func(v *View, in domain.Division, running bool) {
		t.Helper()
		wanted := fmt.Sprint([]domain.ImportID(nil))
		if running {
			wanted = fmt.Sprint([]domain.ImportID{sheet(1)})
		}
		board, err := v.Stars(in, Page{})
		want(t, "error", err, nil)
		want(t, "board of "+in.String(), fmt.Sprint(board.Provisional), wanted)
		rates, err := v.Participation(in, domain.AllTime)
		want(t, "error", err, nil)
		want(t, "rates of "+in.String(), fmt.Sprint(rates.Provisional), wanted)
	}
	start(1)
	before := w.catchUp(e)
	told(before, there.Division(), true)
	told(before, home.Division(), false)
	row(1, a)
	v := w.catchUp(e)
	told(v, home.Division(), true)
	told(v, home.County(), true)
	told(v, next.Division(), false)
	told(before, home.Division(), false) // as it was
	star, err := v.Star(a)
	want(t, "error", err, nil)
	want(t, "own star", fmt.Sprint(star.Provisional), fmt.Sprint([]domain.ImportID{sheet(1)}))

	// The person moves, the community is succeeded, two persons prove to be one.
	w.must(recorder, &domain.EndMembership{Person: a, Kind: domain.MemberOfCommunity, Community: home, To: day(t, "2025-06-30")})
	w.must(recorder, &domain.StartMembership{Person: a, Membership: domain.Membership{Kind: domain.MemberOfCommunity, Community: next, From: day(t, "2025-07-01"), Basis: domain.OnPaper}})
	told(w.catchUp(e), next.Division(), true)
	told(v, next.Division(), false)
	told(w.view(e, Now()), heir.Division(), false)
	w.record(other.Stream(), &domain.PersonMerged{Person: other, Into: a}, recorder)
	told(w.catchUp(e), heir.Division(), true)
	w.snapshot(e)
	told(w.view(w.engine(Options{Dir: dir}), Now()), heir.Division(), true)

	changed := v.Communities(home.Division()).ChangedAt
	w.must(recorder, &domain.FinishImport{Finished: domain.ImportFinished{Import: sheet(1), Rows: 1, Accepted: 1}})
	done := w.catchUp(e)
	told(done, home.Division(), false)
	want(t, "the end is a change there", done.Communities(home.Division()).ChangedAt > changed, true)
	told(v, home.Division(), true)
	row(1, b) // brought after the end by nobody's import
	told(w.catchUp(e), next.Division(), false)

	// Given again, the sheet still concerns whom its rows concerned, and whom
	// they concern by now.
	w.must(recorder, &domain.StartImport{Started: domain.ImportStarted{Import: sheet(2), Kind: domain.ImportService, Community: there, Rows: 2,
		Recorder: recorder.Account, Confirmer: confirmer.Account, Disposition: domain.GivenAgain, Earlier: sheet(1)}, FileName: "表.csv"})
	w.must(recorder, &domain.EndMembership{Person: b, Kind: domain.MemberOfCommunity, Community: next, To: day(t, "2025-06-30")})
	w.must(recorder, &domain.StartMembership{Person: b, Membership: domain.Membership{Kind: domain.MemberOfCommunity, Community: far, From: day(t, "2025-07-01"), Basis: domain.OnPaper}})
	again := func(v *View, in domain.Division, running int) {
		t.Helper()
		board, err := v.Stars(in, Page{})
		want(t, "error", err, nil)
		want(t, "given again: "+in.String(), len(board.Provisional), running)
	}
	v = w.catchUp(e)
	for _, c := range []domain.CommunityCode{home, next, there, far} {
		again(v, c.Division(), 1)
	}
	again(done, home.Division(), 0)
	w.snapshot(e)
	again(w.view(w.engine(Options{Dir: dir}), Now()), far.Division(), 1)
	w.must(recorder, &domain.FinishImport{Finished: domain.ImportFinished{Import: sheet(2), Rows: 2, Accepted: 2}})
	again(w.catchUp(e), far.Division(), 0)
}

func TestARunningImportIsToldWhereItsCommunityWent(t *testing.T) {
	w := newWorld(t).withPolicies()
	old, heir, there := code(t, "430702001001"), code(t, "430702001002"), code(t, "430703001001")
	a := w.enrol(1, old, "2025-01-01")
	w.must(recorder, &domain.RegisterCommunity{Code: old, Name: "旧", From: domain.MinDay})
	w.record(old.Stream(), &domain.CommunitySucceeded{Code: old, Successors: []domain.CommunityCode{heir}, From: day(t, "2025-06-01")}, recorder)
	w.must(recorder, &domain.StartImport{Started: domain.ImportStarted{Import: sheet(1), Kind: domain.ImportService, Community: there, Rows: 1,
		Recorder: recorder.Account, Confirmer: confirmer.Account}, FileName: "表.csv"})
	w.must(recorder, &domain.ClaimEntry{Person: a, Deed: w.service(there, "2025-03-01", 60), Row: domain.Row{Import: sheet(1), Number: 1}})
	board, err := w.view(w.engine(Options{}), Now()).Stars(heir.Division(), Page{})
	want(t, "error", err, nil)
	want(t, "provisional", fmt.Sprint(board.Provisional), fmt.Sprint([]domain.ImportID{sheet(1)}))
}
