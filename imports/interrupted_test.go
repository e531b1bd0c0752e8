package imports

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
	"zhishu/vault"
)

// scenario prepares a ledger and gives the job that will be interrupted.
type scenario struct {
	name    string
	prepare func(testing.TB) (*ledger, Job)
}

var scenarios = []scenario{
	{"gifts", func(t testing.TB) (*ledger, Job) {
		l := newLedger(t)
		return l, l.job(domain.ImportDonations, "a.csv", donations("1122400.01", append(january[:len(january):len(january)], "2026.01.26,,3.00,")...))
	}},
	{"re-issue", func(t testing.TB) (*ledger, Job) {
		l, first, j := inJanuary(t)
		j.ReissueOf = importID(t, first)
		return l, j
	}},
	{"service", func(t testing.TB) (*ledger, Job) {
		l := newLedger(t)
		rows := append(sevenHours[:len(sevenHours):len(sevenHours)], "V1,2026-02-01,讲座,1411,男,40")
		return l, l.job(domain.ImportService, "a.csv", hours(rows...))
	}},
	{"service re-issue", func(t testing.TB) (*ledger, Job) {
		l := newLedger(t)
		first := l.mustRun(l.job(domain.ImportService, "a.csv", hours(sevenHours...)))
		changed := append([]string(nil), sevenHours...)
		changed[1], changed[4] = "V2,2026-01-05,清洁,75,女,50", "V3,2026-02-02,义诊,120,女,66"
		j := l.job(domain.ImportService, "b.csv", hours(append(changed, "V8,2026-02-03,义诊,30,男,30")...))
		j.ReissueOf = importID(t, first)
		return l, j
	}},
	{"people", func(t testing.TB) (*ledger, Job) {
		l := newLedger(t)
		return l, l.roster(residents)
	}},
	{"people in groups", func(t testing.TB) (*ledger, Job) {
		l := newLedger(t)
		l.do(l.recorder, &domain.RegisterCommunity{Code: here, Name: "示例社区", From: domain.MinDay})
		return l, l.roster(groupHead + "王伟,R1,1栋101,1栋,示例小学,,2021-01-01,\n李强,R2,1栋101,1栋,,,2021-01-01,2022-01-01\n")
	}},
	{"activities", func(t testing.TB) (*ledger, Job) {
		l := newLedger(t)
		l.mustRun(l.timetable(timetableHead + "1,防火讲座,A-02,讲座,,2026-03-07,09:00,10:00,,,,\n2,太极拳,A-03,课程,,2026-03-09,19:00,20:00,,广场,,20\n"))
		return l, l.timetable(yearly)
	}},
	{"roster", func(t testing.TB) (*ledger, Job) {
		l := newLedger(t)
		return l, l.job(domain.ImportRoster, "签到表.csv", signIn)
	}},
	{"communities", func(t testing.TB) (*ledger, Job) {
		l := newLedger(t)
		return l, l.job(domain.ImportCommunities, "c.csv", "code,name\n430702001007,甲社区\n430702001008,乙社区\n43070200100,丙社区\n")
	}},
}

// figures are the parts of a result that must not depend on interruptions.
func figures(r Result) string {
	var totals Control
	for _, c := range []*Control{r.Money, r.Minutes} {
		if c != nil {
			totals = *c
		}
	}
	return fmt.Sprint(r.Rows, r.Accepted, r.Recognised, r.Corrected, r.Refused, r.LookAlikes, r.Codes, totals)
}

// stopAt lets n appends pass, fails the next in the given way and then the
// caller is gone; nothing passes after it.
func stopAt(store eventstore.Store, n int, fault storetest.Fault, gone context.CancelFunc) eventstore.Store {
	plan := storetest.Plan{Append: func(call int) storetest.Fault {
		switch {
		case call < n:
			return storetest.NoFault
		case call == n:
			return fault
		}
		return storetest.Refuse
	}}
	return leaving{storetest.Faulty(store, plan), gone}
}

// leaving gives up at the first append that fails.
type leaving struct {
	eventstore.Store
	gone context.CancelFunc
}

func (l leaving) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	at, err := l.Store.Append(ctx, stream, expected, events)
	if errors.Is(err, eventstore.ErrUnknown) {
		l.gone()
	}
	return at, err
}

func TestInterruptedAtEveryAppendAndResumed(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			l, j := s.prepare(t)
			before := l.size()
			want := figures(l.mustRun(j))
			wantTotals, wantEvents, appended := l.totals(), l.events(), l.size()-before
			for n := range appended + 1 {
				for _, fault := range []storetest.Fault{storetest.LoseRequest, storetest.LoseReply} {
					l, j := s.prepare(t)
					ctx, cancel := context.WithCancel(t.Context())
					stopped, err := l.importer(stopAt(l.store, n, fault, cancel)).Run(ctx, j)
					cancel()
					if err == nil && stopped.Status == Finished {
						break // there are no more appends than n
					}
					if err == nil || stopped.Status == Finished {
						t.Fatalf("after %d: %v %+v", n, err, stopped)
					}
					// Another clerk gives the same content, without saying how.
					j.ReissueOf, j.Name = domain.ImportID{}, "again.csv"
					if n == 0 && fault == storetest.LoseRequest {
						j.ReissueOf = s.reissue(t, l)
					}
					res := l.mustRun(j)
					if got := figures(res); got != want && res.Status != AlreadyImported {
						t.Fatalf("after %d, fault %d: %s, want %s", n, fault, got, want)
					}
					if got := l.totals(); got != wantTotals {
						t.Fatalf("after %d, fault %d: %+v, want %+v", n, fault, got, wantTotals)
					}
					if got := l.events(); !maps.Equal(got, wantEvents) {
						t.Fatalf("after %d, fault %d: %v, want %v", n, fault, got, wantEvents)
					}
					if got := figures(l.mustRun(j)); got != want {
						t.Fatalf("after %d, fault %d: told later: %s, want %s", n, fault, got, want)
					}
				}
			}
		})
	}
}

// reissue says it once more when not even the start was recorded.
func (s scenario) reissue(t *testing.T, l *ledger) domain.ImportID {
	t.Helper()
	view, err := foldedBooks{l.store}.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if all := view.Imports(); len(all) > 0 {
		return all[0].Import
	}
	return domain.ImportID{}
}

func TestInterruptionIsToldAndProvisional(t *testing.T) {
	l, j := scenarios[0].prepare(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res, err := l.importer(stopAt(l.store, 4, storetest.LoseReply, cancel)).Run(ctx, j)
	if !errors.Is(err, eventstore.ErrUnknown) && !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	if res.Status != Running || res.Import == "" {
		t.Fatalf("%+v", res)
	}
	view, err := foldedBooks{l.store}.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info := view.Imports()[0]; !info.Running {
		t.Fatalf("%+v", info)
	}
	if res := l.mustRun(j); !res.Resumed || res.Status != Finished || res.Added >= 9 || res.Accepted != 9 {
		t.Fatalf("%+v", res)
	}
}

func TestResumeKeepsToTheWayItWasStarted(t *testing.T) {
	l, j := scenarios[1].prepare(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := l.importer(stopAt(l.store, 2, storetest.LoseRequest, cancel)).Run(ctx, j); err == nil {
		t.Fatal("it was not interrupted")
	}
	j.ReissueOf, j.Separate = domain.ImportID{}, true
	_, err := l.run(j)
	wantCode(t, err, ImportOtherwise)
}

func TestLostRequestsAndRepliesAreRetried(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios {
		l, j := s.prepare(t)
		want := figures(l.mustRun(j))
		wantEvents := l.events()
		l, j = s.prepare(t)
		plan := storetest.Random(7, 3)
		plan.Read = nil
		res, err := l.importer(storetest.Faulty(l.store, plan)).Run(t.Context(), j)
		if err != nil || figures(res) != want || !maps.Equal(l.events(), wantEvents) {
			t.Errorf("%s: %v %s, want %s", s.name, err, figures(res), want)
		}
	}
}

func TestTwoRunsAtOnceAddItOnce(t *testing.T) {
	t.Parallel()
	for _, processes := range []int{1, 2} {
		for _, s := range scenarios {
			l, j := s.prepare(t)
			want := figures(l.mustRun(j))
			wantEvents := l.events()
			l, j = s.prepare(t)
			importers := []*Importer{l.importer(l.store), l.importer(l.store)}
			results, errs := make([]Result, 2), make([]error, 2)
			var both sync.WaitGroup
			for i := range results {
				both.Go(func() { results[i], errs[i] = importers[i%processes].Run(t.Context(), j) })
			}
			both.Wait()
			finished := 0
			for i, r := range results {
				if errs[i] != nil || figures(r) != want {
					t.Errorf("%s, %d processes: %v %s, want %s", s.name, processes, errs[i], figures(r), want)
				}
				if r.Status == Finished {
					finished++
				}
			}
			if finished != 1 {
				t.Errorf("%s, %d processes: %s and %s", s.name, processes, results[0].Status, results[1].Status)
			}
			if got := l.events(); !maps.Equal(got, wantEvents) {
				t.Errorf("%s, %d processes: %v, want %v", s.name, processes, got, wantEvents)
			}
		}
	}
}

// TestErasedBetweenInterruptionAndResume: whoever was erased meanwhile is not
// enrolled anew for rows that stand already, and does not hold up the rest.
func TestErasedBetweenInterruptionAndResume(t *testing.T) {
	l, j := scenarios[2].prepare(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := l.importer(stopAt(l.store, 4, storetest.LoseRequest, cancel)).Run(ctx, j); err == nil {
		t.Fatal("it was not interrupted")
	}
	before := l.totals()
	erased := l.person("V1").Enrolled.Person
	if err := l.vault.Erase(t.Context(), vault.Subject(erased.UUID)); err != nil {
		t.Fatal(err)
	}
	res := l.mustRun(j)
	if res.Status != Finished || res.Accepted != 7 || res.Refused != 1 || res.Enrolled != 0 || l.totals() != before {
		t.Fatalf("%+v, %+v became %+v", res, before, l.totals())
	}

	l, j = scenarios[0].prepare(t)
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	if _, err := l.importer(stopAt(l.store, 1, storetest.LoseRequest, cancel)).Run(ctx, j); err == nil {
		t.Fatal("it was not interrupted")
	}
	view, err := foldedBooks{l.store}.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := run{Importer: l.importer(l.store), id: view.Imports()[0].Import}
	if err := l.vault.Erase(t.Context(), vault.Subject(r.donor(2).UUID)); err != nil {
		t.Fatal(err)
	}
	res = l.mustRun(j)
	if res.Accepted != 8 || !slices.Contains(res.Codes, CodeCount{string(domain.SubjectErased), 1}) {
		t.Fatalf("%+v", res)
	}
}

// TestReservationsAreUsedAgain: ids reserved before an interruption are the
// ones the persons get, so nothing is left over in the vault.
func TestReservationsAreUsedAgain(t *testing.T) {
	l, j := scenarios[2].prepare(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := l.importer(stopAt(l.store, 1, storetest.LoseRequest, cancel)).Run(ctx, j); err == nil {
		t.Fatal("it was not interrupted")
	}
	reserved, err := l.vault.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if reserved.Claims != 3 || l.events()["person-enrolled"] != 0 {
		t.Fatalf("%+v, %v", reserved, l.events())
	}
	l.mustRun(j)
	after, err := l.vault.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if after != reserved || l.events()["person-enrolled"] != 3 {
		t.Fatalf("%+v became %+v, %v", reserved, after, l.events())
	}
}
