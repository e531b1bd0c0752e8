package projections

import (
	"fmt"
	"slices"
	"testing"

	"zhishu/domain"
)

// kindsOf counts the flags of a person by kind.
func kindsOf(t *testing.T, v *View, id domain.PersonID) map[FlagKind]Flag {
	t.Helper()
	board, err := v.Flags(domain.Division{}, FlagFilter{}, Page{Limit: MaxLimit})
	want(t, "error", err, nil)
	found := map[FlagKind]Flag{}
	for _, x := range board.Rows {
		if x.Person == id {
			if _, twice := found[x.Kind]; twice {
				t.Fatalf("%s twice", x.Kind)
			}
			found[x.Kind] = x
		}
	}
	return found
}

// Each kind of flag comes from the fact that makes it, at the size it is there
// from, and from nothing less.
func TestFlags(t *testing.T) {
	w := newWorld(t).withPolicies()
	here, there := code(t, "430702001001"), code(t, "430703001001")
	w.now = day(t, "2026-01-05").Start() // a Monday
	open := func(a domain.Actor, handle string) {
		w.must(operator, &domain.OpenAccount{Account: a.Account, Handle: handle, Role: domain.RoleRecorder})
	}
	kin := domain.Actor{Account: domain.AccountID{UUID: testID(1, 9)}, Role: domain.RoleRecorder}
	open(recorder, "clerk")
	open(kin, "kin")
	a, b, c := w.enrol(1, here, "2025-01-01"), w.enrol(2, here, "2025-01-01"), w.enrol(3, here, "2025-01-01")
	e := w.engine(Options{Dir: t.TempDir()})
	expect := func(id domain.PersonID, kinds ...FlagKind) map[FlagKind]Flag {
		t.Helper()
		found := kindsOf(t, w.catchUp(e), id)
		var got []FlagKind
		for k := range found {
			got = append(got, k)
		}
		slices.Sort(got)
		slices.Sort(kinds)
		if !slices.Equal(got, kinds) {
			t.Fatalf("flags %v, want %v", got, kinds)
		}
		return found
	}
	clocked := func(c domain.CommunityCode, on string, minutes int64) domain.Deed {
		d := w.service(c, on, 0)
		d.Span = domain.Span{Start: day(t, on).Start(), End: day(t, on).Start() + domain.Instant(minutes)*60_000}
		return d
	}

	// Twelve hours are not flagged, a minute more is, from that entry on; paper
	// beside clock times only where two communities recorded them.
	w.confirmed(a, clocked(here, "2026-01-02", 360))
	w.confirmed(a, w.service(here, "2026-01-02", 360))
	expect(a)
	before := domain.Size(len(w.steps))
	w.confirmed(a, w.service(there, "2026-01-02", 1))
	found := expect(a, FlagDayMinutes, FlagMixedDay)
	x := found[FlagDayMinutes]
	want(t, "value", x.Value, 721)
	want(t, "since", x.Since, before+1)
	want(t, "facts", x.Count, 3)
	if n := len(kindsOf(t, w.view(e, AtSize(before)), a)); n != 0 {
		t.Fatalf("%d flags before it", n)
	}
	want(t, "at its size", len(kindsOf(t, w.view(e, AtSize(x.Since)), a)), 2)

	// Ten working days, not one more: Monday 5 January is the tenth after 22 December.
	w.confirmed(b, w.service(here, "2025-12-22", 10))
	expect(b)
	w.confirmed(b, w.service(here, "2025-12-19", 10))
	late := expect(b, FlagLate)[FlagLate]
	want(t, "working days", late.Value, 11)
	want(t, "by the week", late.ByWeek && len(late.Calendars) == 0, true)

	// With New Year's Day off it is ten, and no more late; with a Saturday worked it is again.
	calendar := domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.CalendarKind, Scope: division(t, "430702")}, Version: 1, Title: "日历", From: day(t, "2025-12-01"), Calendar: &domain.Calendar{
		From: day(t, "2025-12-01"), To: day(t, "2026-12-31"), Holidays: []domain.Holiday{{Name: "元旦", From: day(t, "2026-01-01"), To: day(t, "2026-01-01")}}}}
	approve := func(version int, proposal domain.ProposalNo) {
		calendar.Version = version
		w.must(recorder, &domain.ProposePolicy{Policy: calendar, Reason: "补录安排"})
		w.must(confirmer, &domain.DecidePolicy{Policy: calendar.ID, Proposal: proposal, Approve: true})
	}
	approve(1, 0)
	expect(b)
	worked := *calendar.Calendar
	worked.Working = []domain.Day{day(t, "2025-12-27")}
	calendar.Calendar = &worked
	approve(2, 3)
	late = expect(b, FlagLate)[FlagLate]
	want(t, "by the calendar", fmt.Sprint(late.Value, late.ByWeek, late.Calendars[0].Version), "11 false 2")

	// A review by somebody else closes a flag, until there is a newer fact.
	w.must(confirmer, &domain.ReviewFlag{Person: a, Flag: x.ID, Kind: string(x.Kind), Entries: []domain.EntryNo{domain.EntryNo(x.Facts[0].Revision)},
		Outcome: domain.FlagExplained, Reason: "看过签到表"})
	reviewed := expect(a, FlagDayMinutes, FlagMixedDay)[FlagDayMinutes]
	if reviewed.Review == nil || reviewed.Review.Outcome != domain.FlagExplained || reviewed.Review.By != confirmer.Account {
		t.Fatalf("reviewed: %+v", reviewed.Review)
	}
	w.snapshot(e)
	w.confirmed(a, w.service(here, "2026-01-02", 5))
	if again := expect(a, FlagDayMinutes, FlagMixedDay)[FlagDayMinutes]; again.Review != nil || again.ID != x.ID {
		t.Fatalf("a newer fact: %+v", again)
	}

	// The same content twice on a day; the household of whoever recorded it; an
	// account that was closed.
	w.confirmed(c, w.study(here, "2026-01-04", "党课", 60))
	expect(c)
	w.confirmed(c, w.study(here, "2026-01-04", "党课", 30))
	want(t, "times", expect(c, FlagRepeat)[FlagRepeat].Value, 2)
	w.must(kin, &domain.ClaimEntry{Person: c, Deed: w.service(here, "2026-01-03", 10)})
	expect(c, FlagRepeat)
	w.must(operator, &domain.LinkPerson{Account: kin.Account, Person: b})
	for _, id := range []domain.PersonID{b, c} {
		w.record(id.Stream(), &domain.MembershipStarted{Person: id, Membership: domain.Membership{Kind: domain.MemberOfHousehold,
			Group: domain.GroupID{UUID: testID(8, 1)}, From: day(t, "2025-01-01"), To: domain.MaxDay, Basis: domain.OnPaper}}, recorder)
	}
	want(t, "household", expect(c, FlagRepeat, FlagCircle)[FlagCircle].Value, 2)
	w.must(operator, &domain.CloseAccount{Account: kin.Account})
	w.must(kin, &domain.ClaimEntry{Person: b, Deed: w.service(here, "2026-01-02", 10)}) // decided on a read that was old
	want(t, "own", expect(b, FlagLate, FlagCircle, FlagAccount)[FlagCircle].Value, 1)

	// A star that is lost with a voided entry.
	d := w.enrol(4, here, "2025-01-01")
	w.must(recorder, &domain.AdoptPolicy{Policy: domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.StarsKind, Scope: here.Division()}, Version: 1,
		Title: "一小时", From: w.now.Day(), Stars: &domain.StarScheme{Thresholds: []domain.Minutes{60}}}})
	no := w.confirmed(d, w.service(here, "2026-01-02", 60))
	w.must(recorder, &domain.ProposeVoid{Person: d, Entry: no, Reason: "查无此事"})
	expect(d)
	w.must(confirmer, &domain.DecideProposal{Person: d, Entry: no, Proposal: domain.ProposalNo(w.counts[d.Stream()] - 1), Approve: true})
	lost := expect(d, FlagReversal)[FlagReversal]
	want(t, "stars", [2]int64{lost.Limit, lost.Value}, [2]int64{1, 0})
	want(t, "since", lost.Since, domain.Size(len(w.steps)))

	// Fifty entries by hand within ten minutes, and rows of sheets that look alike.
	p := w.enrol(5, here, "2025-01-01")
	w.must(recorder, &domain.StartImport{Started: domain.ImportStarted{Import: sheet(1), Kind: domain.ImportService, Community: here, Rows: 2,
		Recorder: recorder.Account, Confirmer: confirmer.Account}, FileName: "表.csv"})
	for i := range 2 {
		w.must(recorder, &domain.ClaimEntry{Person: p, Deed: w.service(here, "2026-01-02", 3), Row: domain.Row{Import: sheet(1), Number: uint32(i + 1), Print: uint64(i + 1), Alike: 9}})
	}
	want(t, "rows", expect(p, FlagLookAlike)[FlagLookAlike].Value, 2)
	bursts := func() (n int) {
		board, err := w.catchUp(e).Flags(here.Division(), FlagFilter{Kind: FlagBurst}, Page{})
		want(t, "error", err, nil)
		return len(board.Rows)
	}
	w.now += 3600_000
	for range 49 {
		w.must(recorder, &domain.ClaimEntry{Person: p, Deed: w.service(here, "2026-01-03", 1)})
	}
	want(t, "bursts of 49", bursts(), 0)
	w.must(recorder, &domain.ClaimEntry{Person: p, Deed: w.service(here, "2026-01-03", 1)})
	want(t, "bursts of 50", bursts(), 1)

	sameDigests(t, "folded from the first event", w.view(w.engine(Options{}), Now()).Digests(), w.catchUp(e).Digests())
	board, err := w.catchUp(e).Flags(there.Division(), FlagFilter{Status: "open"}, Page{Limit: 1})
	want(t, "error", err, nil)
	want(t, "elsewhere", len(board.Rows), int(board.Open))
}

// Whoever confirms, attests or decides is looked at like whoever records, in the
// household and among guardians; and so is an account of another organisation.
func TestFlagsOfEverybodyWhoDealtWithAFact(t *testing.T) {
	w := newWorld(t).withPolicies()
	here := code(t, "430702001001")
	child, aunt, stranger := w.enrol(1, here, "2025-01-01"), w.enrol(2, here, "2025-01-01"), w.enrol(3, here, "2025-01-01")
	actor := func(n uint64, scope string) domain.Actor {
		a := domain.Actor{Account: domain.AccountID{UUID: testID(1, n)}, Role: domain.RoleConfirmer, Scope: division(t, scope)}
		w.must(operator, &domain.OpenAccount{Account: a.Account, Handle: fmt.Sprint("clerk-", n), Role: a.Role, Scope: a.Scope})
		return a
	}
	clerk, second, street := actor(11, "430702001001"), actor(12, "430702001001"), actor(13, "430702001")
	e := w.engine(Options{})
	keeps(e)
	claim := func(id domain.PersonID, on string) domain.EntryNo {
		w.must(clerk, &domain.ClaimEntry{Person: id, Deed: w.service(here, on, 60)})
		return w.lastEntry(id)
	}
	circle := func(id domain.PersonID) (f Flag) {
		t.Helper()
		return kindsOf(t, w.catchUp(e), id)[FlagCircle]
	}
	// The aunt's account confirms; she is named as guardian afterwards.
	w.must(operator, &domain.LinkPerson{Account: second.Account, Person: aunt})
	no := claim(child, "2025-12-30")
	w.must(second, &domain.ConfirmEntry{Person: child, Entry: no})
	want(t, "a stranger confirmed", circle(child).Kind, "")
	w.record(child.Stream(), &domain.ConsentGiven{Person: child, Consent: domain.Consent{Kind: domain.ConsentPublish, Basis: domain.OnPaper, Guardian: aunt}}, recorder)
	x := circle(child)
	want(t, "guardian", x.Value, CircleGuardian)
	want(t, "since", x.Since, domain.Size(len(w.steps)))
	want(t, "by whom", fmt.Sprint(x.Acts), fmt.Sprint([]FlagAct{{RoleConfirmed, second.Account, aunt}}))
	want(t, "who confirmed does not review", w.do(second, &domain.ReviewFlag{Person: child, Flag: x.ID, Kind: string(x.Kind), Entries: []domain.EntryNo{no},
		Actors: []domain.Signer{{Account: x.Acts[0].Account, Person: x.Acts[0].Person}}, Outcome: domain.FlagExplained, Reason: "看过"}) != nil, true)

	// Refusing to void the entry of one's household is a decision, too.
	for _, id := range []domain.PersonID{aunt, stranger} {
		w.record(id.Stream(), &domain.MembershipStarted{Person: id, Membership: domain.Membership{Kind: domain.MemberOfHousehold,
			Group: domain.GroupID{UUID: testID(8, 1)}, From: day(t, "2025-01-01"), To: domain.MaxDay, Basis: domain.OnPaper}}, recorder)
	}
	no = claim(stranger, "2025-12-30")
	w.must(street, &domain.ConfirmEntry{Person: stranger, Entry: no})
	kinds := kindsOf(t, w.catchUp(e), stranger)
	want(t, "confirmed by the street", len(kinds), 0)
	w.must(street, &domain.ProposeVoid{Person: stranger, Entry: no, Reason: "查无此事"})
	out := kindsOf(t, w.catchUp(e), stranger)[FlagOutside]
	want(t, "changed by the street", fmt.Sprint(out.Acts), fmt.Sprint([]FlagAct{{Role: RoleProposed, Account: street.Account}}))
	want(t, "nothing came of it yet", circle(stranger).Kind, "")
	w.must(second, &domain.DecideProposal{Person: stranger, Entry: no, Proposal: domain.ProposalNo(w.counts[stranger.Stream()] - 1), Reason: "核实"})
	want(t, "household", circle(stranger).Value, CircleHousehold)
	want(t, "role", circle(stranger).Acts[0].Role, RoleDecided)

	// An activity that her account attests, and that is cancelled afterwards.
	meet := activity(1)
	w.must(clerk, &domain.ScheduleActivity{Activity: meet, Plan: domain.Plan{Kind: domain.ServiceActivity, Title: "清扫", Community: here,
		Start: w.now - 7_200_000, End: w.now - 3_600_000}})
	w.must(clerk, &domain.EnterAttendance{Person: child, Activity: meet, Evidence: []domain.Evidence{{Kind: "签到表"}}})
	w.must(clerk, &domain.CloseActivity{Activity: meet, People: 1})
	before := len(kindsOf(t, w.catchUp(e), child))
	w.must(second, &domain.AttestActivity{Activity: meet, Evidence: []domain.Evidence{{Kind: "登记表"}}})
	board, err := w.catchUp(e).Flags(domain.Division{}, FlagFilter{Kind: FlagCircle}, Page{})
	want(t, "error", err, nil)
	want(t, "circles", len(board.Rows), 3)
	want(t, "attested", board.Rows[0].Acts[0].Role, RoleAttested)
	want(t, "flags before", before, 1)
}
