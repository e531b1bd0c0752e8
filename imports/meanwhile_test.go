package imports

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/vault"
)

// hook does something once, before the first append to a stream of its choice.
type hook struct {
	eventstore.Store
	done   atomic.Bool
	stream string // prefix
	do     func()
}

func (h *hook) Append(ctx context.Context, stream string, e eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	if strings.HasPrefix(stream, h.stream) && h.done.CompareAndSwap(false, true) {
		h.do()
	}
	return h.Store.Append(ctx, stream, e, events)
}

func manyHours(n int, format string) string {
	var rows []string
	for i := range n {
		rows = append(rows, fmt.Sprintf(format, i))
	}
	return hours(rows...)
}

// Two sheets bring the same new people at one moment.
func TestTwoSheetsMeetTheSameNewPeople(t *testing.T) {
	t.Parallel()
	const people = 60
	for _, processes := range []int{1, 2} {
		l := newLedger(t)
		importers := []*Importer{l.importer(l.store), l.importer(l.store)}
		texts := []string{manyHours(people, "V%d,2026-01-05,清洁,60,男,40"), manyHours(people, "V%d,2026-02-05,宣传,30,男,40")}
		results, errs := make([]Result, 2), make([]error, 2)
		var both sync.WaitGroup
		for i := range results {
			both.Go(func() {
				results[i], errs[i] = importers[i%processes].Run(t.Context(), l.job(domain.ImportService, "a.csv", texts[i]))
			})
		}
		both.Wait()
		for i, r := range results {
			if errs[i] != nil || r.Accepted != people || r.Refused != 0 || r.Added != people || r.Confirmed != people {
				t.Errorf("%d processes: %v %+v", processes, errs[i], r)
			}
		}
		if n := results[0].Enrolled + results[1].Enrolled; n != people || l.events()["person-enrolled"] != people {
			t.Errorf("%d processes: %d enrolled, %v", processes, n, l.events())
		}
		if got := l.totals(); got.confirmed != 2*people || got.minutes != 90*people {
			t.Errorf("%d processes: %+v", processes, got)
		}
	}
}

// Somebody is enrolled by hand between the import's reservation and its append.
func TestEnrolledByHandMeanwhile(t *testing.T) {
	t.Parallel()
	for _, enrolled := range []*domain.EnrolPerson{
		{External: []domain.NumberFrom{{Issuer: here.String(), Number: "V0"}}},
		{IDNumber: "11010519491231002X"},
	} {
		l := newLedger(t)
		byHand := *enrolled
		byHand.Person, byHand.Community, byHand.Name = domain.PersonID{UUID: domain.UUID{9, 9}}, here, "王伟"
		byHand.Basis, byHand.AgeOn = domain.OnPaper, domain.NoDay
		h := &hook{Store: l.store, stream: "import-"}
		h.do = func() {
			caller := commands.Caller{Account: l.recorder}
			for i, c := range []domain.Command{&byHand, &domain.GiveConsent{Person: byHand.Person, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, From: noon.Day()}}} {
				if _, err := l.handler.Do(t.Context(), commands.Request{Caller: caller, Key: fmt.Sprint("by hand", i), Command: c}); err != nil {
					t.Error(err)
				}
			}
		}
		text := "志愿者编号,身份证号,姓名,联系电话,服务日期,活动名称,服务时长(分钟)\nV0,11010519491231002X,王伟,13800000001,2026-01-05,清洁,60\nV1,,,,2026-01-05,清洁,60\n"
		res, err := l.importer(h).Run(t.Context(), l.job(domain.ImportService, "a.csv", text))
		if err != nil || !h.done.Load() || res.Added != 2 || res.Refused != 0 || res.Enrolled != 1 {
			t.Fatalf("%v %+v", err, res)
		}
		state, err := l.handler.State(t.Context(), byHand.Person.Stream())
		if err != nil || len(state.(*domain.Person).Entries) != 1 {
			t.Fatalf("%v %+v", err, state)
		}
	}
}

// A reservation whose person was given up, for somebody who is recognised by
// name and phone alone, holds nobody up for ever.
func TestContactOfAPersonGivenUp(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	gone := vault.Subject(domain.UUID{4, 2})
	contact, _ := commands.ContactOf("王伟", "13800000001")
	claim := func(space string, hash [32]byte) vault.Claim { return vault.Claim{Space: space, Hash: hash} }
	for _, c := range []vault.Claim{claim(l.handler.NumberHash(here.String(), "V0")), claim(l.handler.ContactHash(contact))} {
		if _, err := l.vault.Reserve(t.Context(), c.Space, c.Hash, gone); err != nil {
			t.Fatal(err)
		}
	}
	// Another enrolment wants the number and ends the one that never came.
	l.do(l.recorder, &domain.EnrolPerson{Person: domain.PersonID{UUID: domain.UUID{9, 9}}, Community: here, Name: "李强",
		External: []domain.NumberFrom{{Issuer: here.String(), Number: "V0"}}, Basis: domain.OnPaper, AgeOn: domain.NoDay})
	res := l.mustRun(l.job(domain.ImportService, "a.csv", "姓名,联系电话,服务日期,活动名称,服务时长(分钟)\n王伟,13800000001,2026-01-05,清洁,60\n"))
	if res.Added != 1 || res.Enrolled != 1 || res.Refused != 0 {
		t.Fatalf("%+v", res)
	}
	res = l.mustRun(l.job(domain.ImportService, "b.csv", "姓名,联系电话,服务日期,活动名称,服务时长(分钟)\n王伟,13800000001,2026-01-06,清洁,30\n"))
	if res.Added != 1 || res.Enrolled != 0 {
		t.Fatalf("%+v", res)
	}
}
