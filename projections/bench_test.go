package projections

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
)

// city is a synthetic log: one person in ten events, each with membership and
// consent, and claims that are confirmed a while later, half of them study. It
// writes what the command handler would write, without asking it.
type city struct {
	r       *rand.Rand
	codes   []domain.CommunityCode
	next    map[uint32]uint32
	pending []openClaim
	persons uint32
	now     domain.Instant
}

type openClaim struct{ person, entry uint32 }

func newCity(communities int) *city {
	c := &city{r: rand.New(rand.NewPCG(1, 2)), next: map[uint32]uint32{}}
	for i := range communities {
		county, street := 430702+i/120, 1+i/12%10
		code, err := domain.ParseCommunityCode(fmt.Sprintf("%06d%03d%03d", county, street, 1+i%12))
		if err != nil {
			panic(err)
		}
		c.codes = append(c.codes, code)
	}
	d, _ := domain.DayOf(2026, 1, 1)
	c.now = d.Start()
	return c
}

// events yields n events with their streams.
func (c *city) events(n int, yield func(stream string, e domain.Event) bool) {
	for _, p := range domain.DefaultPolicies() {
		n--
		if !yield(p.ID.Stream(), &domain.PolicyAdopted{Policy: p}) {
			return
		}
	}
	for n > 0 {
		c.now += 5000
		switch {
		case uint32(n)%10 == 0 || c.persons < 10:
			i := c.persons
			c.persons++
			id, home := person(int(i)), c.codes[c.r.IntN(len(c.codes))]
			for _, e := range []domain.Event{
				&domain.PersonEnrolled{Person: id, Community: home, Name: sealed(20), Phone: sealed(11), Sex: domain.Female,
					AgeOn: c.now.Day(), Age: 40, Layers: []domain.Layer{"居民"}, Basis: domain.OnPaper},
				&domain.MembershipStarted{Person: id, Membership: domain.Membership{
					Kind: domain.MemberOfCommunity, Community: home, From: c.now.Day() - 500, To: domain.MaxDay, Basis: domain.OnPaper}},
				&domain.ConsentGiven{Person: id, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, From: c.now.Day()}},
			} {
				n--
				c.next[i]++
				if !yield(id.Stream(), e) {
					return
				}
			}
		case len(c.pending) > 200 || len(c.pending) > 0 && c.r.IntN(2) == 0:
			k := c.r.IntN(len(c.pending))
			p := c.pending[k]
			c.pending[k] = c.pending[len(c.pending)-1]
			c.pending = c.pending[:len(c.pending)-1]
			id := person(int(p.person))
			n--
			c.next[p.person]++
			if !yield(id.Stream(), &domain.EntryConfirmed{Person: id, Entry: domain.EntryNo(p.entry)}) {
				return
			}
		default:
			i := uint32(c.r.IntN(int(c.persons)))
			id := person(int(i))
			c.pending = append(c.pending, openClaim{i, c.next[i]})
			n--
			c.next[i]++
			if !yield(id.Stream(), &domain.EntryClaimed{Person: id, Deed: c.deed(), Remark: sealed(30)}) {
				return
			}
		}
	}
}

func sealed(n int) domain.Secret { return domain.Secret{Cipher: make([]byte, n+29)} }

func (c *city) deed() domain.Deed {
	d := domain.Deed{Kind: domain.Service, Title: fmt.Sprintf("第%d次社区志愿服务", c.r.IntN(3000)), Category: "环保", Place: "社区广场",
		Community: c.codes[c.r.IntN(len(c.codes))], Hours: domain.Credit}
	start := c.now - domain.Instant(c.r.IntN(400))*24*3600*1000
	d.Span = domain.Span{Start: start, End: start + domain.Instant(30+c.r.IntN(200))*60_000}
	d.Span.Day = start.Day()
	d.Span.Minutes = domain.Minutes((d.Span.End - start) / 60_000)
	if c.r.IntN(2) == 0 {
		d.Kind, d.Hours, d.Category, d.Layer = domain.Study, domain.Honour, "讲座", "居民"
		d.Activity = activity(c.r.IntN(20_000))
	}
	return d
}

// recordedLog is a city's log in memory.
type recordedLog []eventstore.Recorded

func newRecordedLog(n, communities int) recordedLog {
	log := make(recordedLog, 0, n)
	next := map[string]uint64{}
	c := newCity(communities)
	c.events(n, func(stream string, e domain.Event) bool {
		data, err := wire.AppendData(nil, e)
		if err != nil {
			panic(err)
		}
		meta := wire.AppendMeta(nil, domain.Meta{RecordedAt: c.now, Account: recorder.Account, Role: domain.RoleRecorder,
			Authentication: domain.BySession, Source: "api", KeyHash: [16]byte{1}, RequestHash: [16]byte{2}})
		log = append(log, eventstore.Recorded{
			Event:  eventstore.Event{ID: eventstore.ID(testID(9, uint64(len(log)))), Type: e.Type(), Data: data, Metadata: meta},
			Stream: stream, Revision: eventstore.Revision(next[stream]), Position: eventstore.NewPosition(0, uint64(len(log)+1)),
		})
		next[stream]++
		return len(log) < n
	})
	return log
}

func (l recordedLog) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	_, at := after.Parts()
	return func(yield func(eventstore.Recorded, error) bool) {
		for i := at; i < uint64(len(l)); i++ {
			if !yield(l[i], nil) {
				return
			}
		}
	}
}

func (l recordedLog) Subscribe(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return l.ReadAll(ctx, after)
}

func (l recordedLog) Head(context.Context) (eventstore.Head, error) {
	return eventstore.Head{Position: eventstore.NewPosition(0, uint64(len(l)))}, nil
}

// benchEvents is 200,000, or what ZHISHU_BENCH_EVENTS says.
func benchEvents() int {
	if n, err := strconv.Atoi(os.Getenv("ZHISHU_BENCH_EVENTS")); err == nil {
		return n
	}
	return 200_000
}

func heapBytes() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkFold measures a replay beside decoding alone, in one run.
func BenchmarkFold(b *testing.B) {
	n := benchEvents()
	log := newRecordedLog(n, 700)
	read := func(ctx context.Context) iter.Seq2[eventstore.Recorded, error] {
		return log.ReadAll(ctx, eventstore.Position{})
	}
	for b.Loop() {
		started := time.Now()
		p := pipeline{1024, runtime.GOMAXPROCS(0), func(*batch) error { return nil }}
		if err := p.run(context.Background(), read); err != nil {
			b.Fatal(err)
		}
		decode := time.Since(started)
		before := heapBytes()
		e, err := Open(context.Background(), Options{Log: log})
		if err != nil {
			b.Fatal(err)
		}
		started = time.Now()
		if err := e.CatchUp(context.Background()); err != nil {
			b.Fatal(err)
		}
		fold := time.Since(started)
		b.ReportMetric(float64(n)/decode.Seconds(), "decoded/s")
		b.ReportMetric(float64(n)/fold.Seconds(), "folded/s")
		b.ReportMetric(decode.Seconds()/fold.Seconds(), "ratio")
		b.ReportMetric(float64(int64(heapBytes()-before))/float64(n), "B/event")
		runtime.KeepAlive(e)
	}
}

// BenchmarkFigures measures figures now, again, and of an earlier size.
func BenchmarkFigures(b *testing.B) {
	n := benchEvents()
	log := newRecordedLog(n, 700)
	e, err := Open(context.Background(), Options{Log: log})
	if err != nil {
		b.Fatal(err)
	}
	if err := e.CatchUp(context.Background()); err != nil {
		b.Fatal(err)
	}
	county, _ := domain.ParseDivision("430702")
	for _, d := range []domain.Division{county, {}} {
		figures := map[string]func(*View) error{
			"stars":         func(v *View) error { _, err := v.Stars(d, Page{Limit: 100}); return err },
			"standing":      func(v *View) error { _, err := v.Standing(d, domain.YearPeriod(2025), Page{Limit: 100}); return err },
			"participation": func(v *View) error { _, err := v.Participation(d, domain.YearPeriod(2025)); return err },
			"digests":       func(v *View) error { v.Digests(); return nil },
		}
		for name, figure := range figures {
			b.Run(fmt.Sprintf("%s/%s/now", name, d), func(b *testing.B) {
				for b.Loop() {
					v, err := e.At(Now())
					if err != nil {
						b.Fatal(err)
					}
					if err := figure(v); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprintf("%s/%s/asof", name, d), func(b *testing.B) {
				size := domain.Size(n / 2)
				for b.Loop() {
					size++ // never the same, so never cached
					v, err := e.At(AtSize(size))
					if err != nil {
						b.Fatal(err)
					}
					if err := figure(v); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkLoad opens an engine on a snapshot of the whole log.
func BenchmarkLoad(b *testing.B) {
	log, dir := newRecordedLog(benchEvents(), 700), b.TempDir()
	e, err := Open(context.Background(), Options{Log: log, Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	if err := e.CatchUp(context.Background()); err != nil {
		b.Fatal(err)
	}
	if err := e.Snapshot(context.Background()); err != nil {
		b.Fatal(err)
	}
	size := e.Status().Size
	for b.Loop() {
		e, err = Open(context.Background(), Options{Log: log, Dir: dir})
		if err != nil || e.Status().StartSize != size {
			b.Fatal(err, e.Status().StartSize)
		}
	}
}
