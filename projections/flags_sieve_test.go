package projections

import (
	"fmt"
	"testing"

	"zhishu/domain"
)

// The sieve leaves out whoever has done nothing that is ever flagged, and the
// communities where nothing was recorded in haste.
func TestTheSieveLeavesTheOrdinaryOut(t *testing.T) {
	w := newWorld(t).withPolicies()
	here, there := code(t, "430702001001"), code(t, "430703001001")
	w.now = day(t, "2026-01-05").Start()
	clerk := domain.Actor{Account: domain.AccountID{UUID: testID(1, 9)}, Role: domain.RoleRecorder, Scope: division(t, "4307")}
	for handle, a := range map[string]domain.Actor{"clerk": clerk, "street": {Account: confirmer.Account, Role: confirmer.Role, Scope: division(t, "430702001")}} {
		w.must(operator, &domain.OpenAccount{Account: a.Account, Handle: handle, Role: a.Role, Scope: a.Scope})
	}
	claim := func(id domain.PersonID, d domain.Deed) domain.EntryNo {
		w.must(clerk, &domain.ClaimEntry{Person: id, Deed: d})
		return w.lastEntry(id)
	}
	e := w.engine(Options{})
	through := func(people ...domain.PersonID) {
		t.Helper()
		v := w.catchUp(e)
		s := v.flagSieve()
		for n := range people {
			i, _ := v.person(people[n])
			want(t, fmt.Sprint("person ", n, " is let through"), s.marked(i), n > 0)
		}
	}
	ordinary := w.enrol(1, here, "2025-01-01")
	for _, on := range []string{"2025-12-30", "2026-01-02", "2026-01-03"} {
		w.must(confirmer, &domain.ConfirmEntry{Person: ordinary, Entry: claim(ordinary, w.service(here, on, 60))})
	}
	through(ordinary)

	twice, slow, kin := w.enrol(2, here, "2025-01-01"), w.enrol(3, here, "2025-01-01"), w.enrol(4, here, "2025-01-01")
	claim(twice, w.service(here, "2026-01-02", 60))
	claim(twice, w.service(there, "2026-01-02", 60))
	claim(slow, w.service(here, "2025-12-01", 60))
	w.must(operator, &domain.LinkPerson{Account: clerk.Account, Person: kin})
	through(ordinary, twice, slow, kin)

	// Forty-nine entries in ten minutes are no burst, in however many others they lie.
	hasty := func() bool { return w.catchUp(e).flagSieve().communities[0] }
	w.now += 3600_000
	for n := range 49 {
		claim(kin, w.service(here, "2026-01-02", 1))
		if n%10 == 0 {
			claim(kin, w.service(there, "2026-01-02", 1))
		}
	}
	want(t, "hasty", hasty(), false)
	w.now += 9 * 60_000
	claim(kin, w.service(here, "2026-01-02", 1))
	want(t, "hasty", hasty(), true)
}

// Each reason for which a person may be flagged lets the person through alone.
func TestTheSieveLetsEveryReasonThrough(t *testing.T) {
	w := newWorld(t).withPolicies()
	here := code(t, "430702001001")
	w.now = day(t, "2026-01-05").Start()
	open := func(n uint64, scope string) domain.Actor {
		a := domain.Actor{Account: domain.AccountID{UUID: testID(1, n)}, Role: domain.RoleConfirmer, Scope: division(t, scope)}
		w.must(operator, &domain.OpenAccount{Account: a.Account, Handle: fmt.Sprint("clerk-", n), Role: a.Role, Scope: a.Scope})
		return a
	}
	clerk, second, beside := open(11, "430702001"), open(12, "430702001"), open(13, "430703")
	claim := func(id domain.PersonID, d domain.Deed) domain.EntryNo {
		w.must(clerk, &domain.ClaimEntry{Person: id, Deed: d})
		return w.lastEntry(id)
	}
	meeting := 0
	meet := func(id domain.PersonID) domain.ActivityID {
		meeting++
		a := activity(meeting)
		w.must(clerk, &domain.ScheduleActivity{Activity: a, Plan: domain.Plan{Kind: domain.ServiceActivity, Title: "清扫", Community: here, Start: w.now - 7_200_000, End: w.now - 3_600_000}})
		w.must(clerk, &domain.EnterAttendance{Person: id, Activity: a, Evidence: []domain.Evidence{{Kind: "签到表"}}})
		return a
	}
	paper := w.service(here, "2026-01-02", 60)
	night := w.service(here, "2026-01-02", 0)
	night.Span = domain.Span{Start: day(t, "2026-01-03").Start() - 3_600_000, End: day(t, "2026-01-03").Start() + 3_600_000}
	session := w.study(here, "2026-01-02", "党课", 60)
	session.Activity = activity(99)
	again := session
	again.Span.Day++
	reasons := []struct {
		why string
		do  func(id domain.PersonID)
	}{
		{"nothing", func(id domain.PersonID) { claim(id, paper) }},
		{"an activity as it was planned", func(id domain.PersonID) { meet(id) }},
		{"a session on two days", func(id domain.PersonID) { claim(id, session); claim(id, again) }},
		{"a long day", func(id domain.PersonID) { claim(id, w.service(here, "2026-01-02", 721)) }},
		{"a night", func(id domain.PersonID) { claim(id, night) }},
		{"a rejection", func(id domain.PersonID) {
			w.must(second, &domain.RejectEntry{Person: id, Entry: claim(id, paper), Reason: "不符"})
		}},
		{"a correction", func(id domain.PersonID) {
			w.must(clerk, &domain.ProposeCorrection{Person: id, Entry: w.confirmed(id, paper), Deed: w.service(here, "2026-01-03", 60), Reason: "更正"})
		}},
		{"a voiding", func(id domain.PersonID) {
			no := claim(id, paper)
			w.must(second, &domain.ConfirmEntry{Person: id, Entry: no})
			w.must(clerk, &domain.ProposeVoid{Person: id, Entry: no, Reason: "查无此事"})
		}},
		{"another organisation", func(id domain.PersonID) {
			w.record(id.Stream(), &domain.EntryConfirmed{Person: id, Entry: claim(id, paper)}, beside)
		}},
		{"an activity that another organisation attested", func(id domain.PersonID) {
			w.record(meet(id).Stream(), &domain.ActivityAttested{Activity: activity(meeting)}, beside)
		}},
		{"an activity that was cancelled", func(id domain.PersonID) {
			w.must(clerk, &domain.CancelActivity{Activity: meet(id)})
		}},
		{"a ward", func(id domain.PersonID) {
			guardian := w.enrol(90, here, "2025-01-01")
			w.must(operator, &domain.LinkPerson{Account: second.Account, Person: guardian})
			w.record(id.Stream(), &domain.ConsentGiven{Person: id, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, Guardian: guardian}}, clerk)
		}},
		{"a merge", func(id domain.PersonID) {
			other := w.enrol(91, here, "2025-01-01")
			w.record(other.Stream(), &domain.PersonMerged{Person: other, Into: id}, clerk)
		}},
	}
	people := make([]domain.PersonID, len(reasons))
	for n, r := range reasons {
		people[n] = w.enrol(n+1, here, "2025-01-01")
		r.do(people[n])
	}
	v := w.catchUp(w.engine(Options{}))
	s := v.flagSieve()
	for n, r := range reasons {
		i, _ := v.person(people[n])
		want(t, r.why, s.marked(i), n > 1)
	}
}

// A policy has those parts of the list made anew that rest on it: none by a
// definition of participation, every person's by a calendar, and the bursts of
// its scope by the limits of one community.
func TestAPolicyRemakesWhatRestsOnIt(t *testing.T) {
	w := newWorld(t).withPolicies()
	w.now = day(t, "2026-01-05").Start()
	here, there := code(t, "430702001001"), code(t, "430703001001")
	w.confirmed(w.enrol(1, here, "2025-01-01"), w.service(here, "2026-01-02", 60))
	w.confirmed(w.enrol(2, there, "2025-01-01"), w.service(there, "2026-01-02", 60))
	e := w.engine(Options{})
	kept := keeps(e)
	list := func() [2]int {
		t.Helper()
		clear(kept.hits)
		_, err := w.catchUp(e).Flags(domain.Division{}, FlagFilter{}, Page{})
		want(t, "error", err, nil)
		kept.check(t)
		return [2]int{kept.hits[partFlags], kept.hits[partBursts]}
	}
	want(t, "at first", list(), [2]int{0, 0})
	adopt := func(p domain.PolicyVersion) {
		t.Helper()
		p.Version, p.Title, p.From = 1, "新规", w.now.Day()
		w.must(recorder, &domain.AdoptPolicy{Policy: p})
	}
	for _, p := range domain.DefaultPolicies() {
		if p.ID.Kind == domain.ParticipationKind {
			p.ID.Scope = here.Division()
			adopt(p)
		}
	}
	want(t, "participation", list(), [2]int{digestBuckets, 2})
	adopt(domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.CalendarKind, Scope: here.Division()}, Calendar: &domain.Calendar{From: w.now.Day(), To: day(t, "2026-12-31")}})
	want(t, "calendar", list(), [2]int{0, 2})
	adopt(domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.IntegrityKind, Scope: here.Division()}, Integrity: &domain.IntegrityPolicy{DayMinutes: 30}})
	want(t, "limits of one community", list(), [2]int{0, 1})
}
