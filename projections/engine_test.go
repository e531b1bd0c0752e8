package projections

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
)

func TestTheRunnerStopsAtWhatItDoesNotUnderstand(t *testing.T) {
	meta := string(wire.AppendMeta(nil, domain.Meta{RecordedAt: 1, Account: recorder.Account}))
	newer := strings.Replace(meta, `"v":1`, `"v":2`, 1)
	stream := person(1).Stream()
	for what, bad := range map[string]struct {
		stream, typ, data, meta string
		want                    error
	}{
		"unknown type":     {stream, "person-promoted", `{}`, meta, wire.ErrUnknownType},
		"unknown version":  {stream, "person-erased", `{}`, newer, wire.ErrUnknownVersion},
		"malformed data":   {stream, "entry-confirmed", `{"entry":"x"}`, meta, wire.ErrMalformed},
		"malformed meta":   {stream, "person-erased", `{}`, `{}`, wire.ErrMalformed},
		"wrong stream":     {"donation-" + person(1).String(), "person-erased", `{}`, meta, wire.ErrMalformed},
		"unknown stream":   {"award-" + person(1).String(), "person-erased", `{}`, meta, ErrNotUnderstood},
		"no such person":   {stream, "person-merged", `{"into":"` + person(99).String() + `"}`, meta, ErrNotUnderstood},
		"merged with self": {stream, "person-merged", `{"into":"` + person(1).String() + `"}`, meta, ErrNotUnderstood},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t).withPolicies()
			w.enrol(1, code(t, "430702001001"), "2025-01-01")
			sound := domain.Size(len(w.steps))
			at := w.append(bad.stream, bad.typ, []byte(bad.data), []byte(bad.meta))
			w.aside()
			e, err := Open(context.Background(), Options{Log: w.store})
			want(t, "open", err, nil)
			err = e.Run(context.Background())
			var halt *Halt
			if !errors.As(err, &halt) {
				t.Fatalf("run = %v", err)
			}
			wantErr(t, "reason", err, bad.want)
			want(t, "position", halt.Position, at)
			want(t, "size", halt.Size, sound)
			want(t, "status", e.Status().Halted, halt)
			// What came before it stands; what came after it is not visible.
			want(t, "folded", w.view(e, Now()).Size(), sound)
			wantErr(t, "waiting for it", e.WaitFor(context.Background(), at), bad.want)
			wantErr(t, "again", e.CatchUp(context.Background()), bad.want)
			_, err = Replay(context.Background(), w.store, ReplayOptions{})
			wantErr(t, "replay", err, bad.want)
		})
	}
}

// doctored gives a log with some events changed or left out.
type doctored struct {
	eventstore.LogReader
	change func(eventstore.Recorded) (eventstore.Recorded, bool)
}

func (d doctored) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for rec, err := range d.LogReader.ReadAll(ctx, after) {
			if err == nil {
				var keep bool
				if rec, keep = d.change(rec); !keep {
					continue
				}
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

func TestAGapInAStreamStopsTheRunner(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	w.must(operator, &domain.OpenAccount{Account: recorder.Account, Handle: "clerk", Role: domain.RoleRecorder})
	w.must(operator, &domain.CloseAccount{Account: recorder.Account})
	w.must(recorder, &domain.RegisterCommunity{Code: c, Name: "东", From: domain.MinDay})
	w.must(recorder, &domain.RecordPopulation{Code: c, Day: day(t, "2025-01-01"), Basis: domain.Resident, Count: 9, Source: "表"})
	w.enrol(1, c, "2025-01-01")
	w.must(recorder, &domain.ReceiveDonation{Donation: donation(1), Donor: domain.DonorID{UUID: testID(6, 1)}, DonorName: "某人",
		Gift: domain.Gift{Day: day(t, "2025-01-01"), Kind: domain.Cash, Amount: 1, DonorKind: domain.Individual, Community: c}})
	w.must(recorder, &domain.ProposeDonationCorrection{Donation: donation(1), DonorName: "某人", Reason: "更正",
		Gift: domain.Gift{Day: day(t, "2025-01-01"), Kind: domain.Cash, Amount: 2, DonorKind: domain.Individual, Community: c}})
	for _, stream := range []string{recorder.Account.Stream(), c.Stream(), person(1).Stream(), donation(1).Stream()} {
		for missing := range eventstore.Revision(w.counts[stream] - 1) {
			log := doctored{w.store, func(rec eventstore.Recorded) (eventstore.Recorded, bool) {
				return rec, rec.Stream != stream || rec.Revision != missing
			}}
			_, err := Replay(context.Background(), log, ReplayOptions{})
			var halt *Halt
			if !errors.As(err, &halt) || !errors.Is(err, ErrNotUnderstood) || halt.Stream != stream || halt.Revision != uint64(missing)+1 {
				t.Errorf("%s without revision %d: %v", stream, missing, err)
			}
		}
	}
}

func TestALogThatBreaksIsNoEnd(t *testing.T) {
	w := newWorld(t).withPolicies()
	w.enrol(1, code(t, "430702001001"), "2025-01-01")
	broken := errors.New("broken")
	for n := range len(w.steps) {
		log := breaking{w.store, n, broken}
		e, err := Open(context.Background(), Options{Log: log, Batch: 3, Workers: 2})
		want(t, "open", err, nil)
		wantErr(t, "catch up", e.CatchUp(context.Background()), broken)
		want(t, "folded before it", w.view(e, Now()).Size(), domain.Size(n))
		want(t, "halted", e.Status().Halted, nil) // trying again is right
	}
}

// breaking yields n events and then an error.
type breaking struct {
	eventstore.LogReader
	n   int
	err error
}

func (b breaking) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		left := b.n
		for rec, err := range b.LogReader.ReadAll(ctx, after) {
			if left == 0 {
				yield(eventstore.Recorded{}, b.err)
				return
			}
			left--
			if !yield(rec, err) {
				return
			}
		}
	}
}

func TestWaitFor(t *testing.T) {
	w := newWorld(t).withPolicies()
	e, err := Open(context.Background(), Options{Log: w.store})
	want(t, "open", err, nil)
	head, err := w.store.Head(context.Background())
	want(t, "head", err, nil)

	short, cancel := context.WithCancel(context.Background())
	cancel()
	err = e.WaitFor(short, head.Position)
	wantErr(t, "nobody folds", err, ErrNotYet)
	wantErr(t, "and why", err, context.Canceled)

	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	want(t, "wait", e.WaitFor(context.Background(), head.Position), nil)
	want(t, "size", w.view(e, Now()).Size(), domain.Size(len(w.steps)))
	w.enrol(1, code(t, "430702001001"), "2025-01-01")
	w.aside() // counted by nobody, and yet a position to wait for
	head, err = w.store.Head(context.Background())
	want(t, "head", err, nil)
	want(t, "wait for more", e.WaitFor(context.Background(), head.Position), nil)
	want(t, "size", w.view(e, Now()).Size(), domain.Size(len(w.steps)))
	behind, err := e.Behind(context.Background())
	want(t, "behind", behind, false)
	want(t, "error", err, nil)
	stop()
	want(t, "run", <-done, nil)
}

// TestViewsBesideTheRunner reads figures of every kind while the ledger grows
// and snapshots are written; the race detector is its judge, and that figures
// of one view agree with each other.
func TestViewsBesideTheRunner(t *testing.T) {
	w := newWorld(t).withPolicies()
	codes := []domain.CommunityCode{code(t, "430702001001"), code(t, "430702001002"), code(t, "430703001001")}
	e, err := Open(context.Background(), Options{Log: w.store, Dir: t.TempDir(), SnapshotEvents: 50, SnapshotInterval: time.Hour, SnapshotPatience: -1, Batch: 5})
	want(t, "open", err, nil)
	ctx, stop := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() {
		if err := e.Run(ctx); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	failed := make(chan string, 10)
	for k := range 2 {
		group.Go(func() {
			for n := k; ctx.Err() == nil; n++ {
				a := Now()
				if n%2 == 0 {
					a = AtSize(e.Status().Size * domain.Size(n%7) / 7)
				}
				if fault := consistent(e, a, codes[n%3].Division()); fault != "" {
					failed <- fault
					return
				}
			}
		})
	}
	for i := range 200 {
		id := w.enrol(i, codes[i%3], "2025-01-01")
		w.confirmed(id, w.service(codes[i%2], "2025-03-01", 60))
		w.confirmed(id, w.study(codes[i%3], "2025-03-02", fmt.Sprint("课", i%4), 45))
		if i%10 == 3 {
			w.record(id.Stream(), &domain.PersonMerged{Person: id, Into: person(i - 1)}, recorder)
		}
	}
	head, err := w.store.Head(context.Background())
	want(t, "head", err, nil)
	want(t, "wait", e.WaitFor(ctx, head.Position), nil)
	stop()
	group.Wait()
	select {
	case fault := <-failed:
		t.Fatal(fault)
	default:
	}
	fresh := w.view(w.engine(Options{}), Now())
	sameDigests(t, "in the end", w.view(e, Now()).Digests(), fresh.Digests())
	resumed := w.engine(Options{Dir: e.options.Dir})
	sameDigests(t, "resumed", w.view(resumed, Now()).Digests(), fresh.Digests())
}

// consistent asks one view for figures that must agree.
func consistent(e *Engine, a AsOf, d domain.Division) string {
	v, err := e.At(a)
	if err != nil {
		return err.Error()
	}
	stars, err := v.Stars(d, Page{Limit: MaxLimit})
	if err != nil {
		return err.Error()
	}
	for _, row := range stars.Rows {
		one, err := v.Star(row.Person)
		if err != nil || one.Rating.Recognised != row.Rating.Recognised || one.Size != stars.Size {
			return fmt.Sprintf("star %+v beside board row %+v: %v", one, row, err)
		}
	}
	ranking, err := v.Standing(d, domain.AllTime, Page{})
	if err != nil && !errors.Is(err, ErrNoPolicy) {
		return err.Error()
	}
	rates, err := v.Participation(d, domain.AllTime)
	if err != nil && !errors.Is(err, ErrNoPolicy) {
		return err.Error()
	}
	if rates.Suppressed == NotSuppressed && rates.Participants != ranking.Ranked+ranking.Unranked {
		return fmt.Sprintf("%d participants, %d in the ranking", rates.Participants, ranking.Ranked)
	}
	v.Digests()
	return ""
}

func TestDates(t *testing.T) {
	w := newWorld(t).withPolicies()
	e := w.engine(Options{})
	start := w.now.Day()
	sizes := map[domain.Day]domain.Size{start - 1: 0, start: domain.Size(len(w.steps))}
	for i := range domain.Day(4) {
		w.now = (start + 2 + 3*i).Start()
		w.must(recorder, &domain.RegisterCommunity{Code: code(t, "430702001001") + domain.CommunityCode(i), Name: "社区", From: domain.MinDay})
		w.now -= 24 * 3600 * 1000 // a clock set back moves nothing
		w.must(recorder, &domain.RegisterCommunity{Code: code(t, "430702001101") + domain.CommunityCode(i), Name: "社区", From: domain.MinDay})
		sizes[start+1+3*i] = domain.Size(len(w.steps) - 2)
		sizes[start+2+3*i] = domain.Size(len(w.steps))
	}
	want(t, "catch up", w.catchUp(e).Day(), start+11)
	for d, size := range sizes {
		v := w.view(e, OnDay(d))
		want(t, "size on "+d.String(), v.Size(), size)
		want(t, "its day", v.Day(), d)
		r, err := Replay(context.Background(), w.store, ReplayOptions{To: OnDay(d)})
		want(t, "replay", err, nil)
		want(t, "replayed to "+d.String(), r.Size, size)
		sameDigests(t, "on "+d.String(), r.Digests, v.Digests())
	}
	_, err := Replay(context.Background(), w.store, ReplayOptions{To: AtSize(1000)})
	wantErr(t, "beyond", err, ErrBeyondLedger)
	for _, s := range []string{"", "17", "2026-03-31"} {
		a, err := ParseAsOf(s)
		want(t, "parse "+s, err, nil)
		want(t, "and back", a.String(), s)
	}
	for _, s := range []string{"-1", "99999999999", "2026-13-01", "now"} {
		_, err := ParseAsOf(s)
		wantErr(t, s, err, ErrAsOf)
	}
}
