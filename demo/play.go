package demo

import (
	"context"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/vault"
)

// Clock is the time a demo ledger is written at: it runs through the two years
// while the facts are entered.
type Clock struct{ now atomic.Int64 }

// NewClock starts before the city's first day.
func NewClock(cfg Config) *Clock {
	c := &Clock{}
	c.now.Store(int64((cfg.Last - domain.Day(cfg.Days)).Start()))
	return c
}

// Now reads the clock; give it to the command handler.
func (c *Clock) Now() domain.Instant { return domain.Instant(c.now.Load()) }

// Summary is what was built.
type Summary struct {
	Communities, People, Events int
	Example                     Example
}

// Example names subjects worth a look.
type Example struct {
	Community domain.CommunityCode
	Name      string
	County    domain.Division
	Person    domain.PersonID // the one with the most service there
}

const workers = 64

// Build enters the city's facts day by day. progress is told days done of all.
func Build(ctx context.Context, h *commands.Handler, keys vault.Keys, clock *Clock, operator domain.AccountID, cfg Config, progress func(done, total int)) (Summary, error) {
	city, r, err := newCity(cfg)
	if err != nil {
		return Summary{}, err
	}
	p := &player{ctx: ctx, h: h, keys: keys, r: r, operator: operator, seed: maphash.MakeSeed(), served: map[domain.PersonID]domain.Minutes{}}
	first := cfg.Last - domain.Day(cfg.Days) + 1
	if err := p.found(city, first-1); err != nil {
		return Summary{}, err
	}
	p.draw(city, first, 0)
	for i := range cfg.Days {
		day := first + domain.Day(i)
		if err := p.doors(ctx, clock, day); err != nil {
			return Summary{}, err
		}
		// What else happens on a day is entered on its evening; then the next
		// day is announced.
		if err := p.at(clock, day.Start()+22*3600*1000); err != nil {
			return Summary{}, err
		}
		p.evening(day)
		if i+1 < cfg.Days {
			p.draw(city, day+1, i+1)
		}
		if err := p.flush(); err != nil {
			return Summary{}, err
		}
		progress(i+1, cfg.Days)
	}
	return p.summary(city), nil
}

// draw makes up what happens on a day, on the evening before.
func (p *player) draw(city []community, day domain.Day, index int) {
	for c := range city {
		p.day(&city[c], day, index)
	}
}

// evening queues what was drawn for a day, and what is due then.
func (p *player) evening(day domain.Day) {
	for w := range p.tomorrow {
		p.queue[w] = append(p.queue[w], p.tomorrow[w]...)
		p.tomorrow[w] = p.tomorrow[w][:0]
	}
	p.close()
	later := p.due[:0]
	for _, t := range p.due {
		if t.day > day {
			later = append(later, t)
			continue
		}
		t.do(p)
	}
	p.due = later
}

// queue holds requests by worker, those of one stream in order.
type queue [workers][][]commands.Request

// player collects a day's requests by stream and carries them out in parallel,
// one stream always in order.
type player struct {
	ctx      context.Context
	h        *commands.Handler
	keys     vault.Keys
	r        *rand.Rand
	operator domain.AccountID
	seed     maphash.Seed
	queue    queue // entered with the next flush
	tomorrow queue // drawn for the next day
	meetings []*meeting
	due      []task
	subjects []vault.Subject
	n        int
	events   atomic.Int64
	served   map[domain.PersonID]domain.Minutes
}

// Source stands in the metadata of what the demo enters, and tells its ledger
// from one that somebody keeps.
const Source = "demo"

func (p *player) caller(account domain.AccountID) commands.Caller {
	return commands.Caller{Account: account, Authentication: domain.Asserted, Source: Source}
}

// do queues commands on one stream for the evening of the day that is drawn,
// each by its own account.
func (p *player) do(by []domain.AccountID, cmds ...domain.Command) { p.put(&p.tomorrow, by, cmds) }

func (p *player) put(q *queue, by []domain.AccountID, cmds []domain.Command) {
	reqs := make([]commands.Request, len(cmds))
	for i, c := range cmds {
		p.n++
		key := fmt.Sprintf("demo-%d", p.n)
		reqs[i] = commands.Request{Caller: p.caller(by[min(i, len(by)-1)]), Key: key, Command: c, Digest: []byte(key)}
	}
	w := maphash.String(p.seed, cmds[0].Target()) % workers
	q[w] = append(q[w], reqs)
}

// flush carries the queued requests out; a refusal means the generator is wrong.
func (p *player) flush() error {
	if len(p.subjects) > 0 {
		if err := p.keys.EnsureKeys(p.ctx, p.subjects); err != nil {
			return err
		}
		p.subjects = p.subjects[:0]
	}
	var wg sync.WaitGroup
	var once sync.Once
	var failed error
	for w := range p.queue {
		if len(p.queue[w]) == 0 {
			continue
		}
		wg.Go(func() {
			for _, reqs := range p.queue[w] {
				if err := p.carryOut(reqs); err != nil {
					once.Do(func() { failed = err })
					return
				}
			}
		})
	}
	wg.Wait()
	for w := range p.queue {
		p.queue[w] = p.queue[w][:0]
	}
	return failed
}

func (p *player) carryOut(reqs []commands.Request) error {
	outs, err := p.h.DoAll(p.ctx, reqs)
	if err != nil {
		return err
	}
	for i, o := range outs {
		if o.Err != nil {
			return fmt.Errorf("%s: %w", reqs[i].Command.Operation(), o.Err)
		}
		p.events.Add(int64(o.Events))
	}
	return nil
}

// found opens accounts and registers the communities with their populations
// and groups.
func (p *player) found(city []community, day domain.Day) error {
	op := []domain.AccountID{p.operator}
	for i := range city {
		c := &city[i]
		clerk, reviewer := fmt.Sprintf("c%04d-clerk", i+1), fmt.Sprintf("c%04d-review", i+1)
		c.clerk, c.reviewer = p.h.AccountOf(clerk), p.h.AccountOf(reviewer)
		p.do(op, &domain.OpenAccount{Account: c.clerk, Handle: clerk, Role: domain.RoleRecorder, Scope: c.code.Division()})
		p.do(op, &domain.OpenAccount{Account: c.reviewer, Handle: reviewer, Role: domain.RoleConfirmer, Scope: c.code.Division()})
		p.do(op,
			&domain.RegisterCommunity{Code: c.code, Name: c.name, From: domain.MinDay, Source: "统计用区划代码 2016"},
			&domain.RecordPopulation{Code: c.code, Day: day, Basis: domain.Resident, Count: int64(c.residents), Source: "演示数据"},
			&domain.RecordPopulation{Code: c.code, Day: day, Basis: domain.Household, Count: int64(c.residents * 7 / 10), Source: "演示数据"})
	}
	p.queue, p.tomorrow = p.tomorrow, queue{}
	if err := p.flush(); err != nil {
		return err
	}
	return p.divide(city)
}

func (p *player) summary(city []community) Summary {
	s := Summary{Communities: len(city), Events: int(p.events.Load())}
	for i := range city {
		s.People += len(city[i].people)
	}
	c := &city[0]
	s.Example = Example{Community: c.code, Name: c.name, County: c.code.County()}
	best := domain.Minutes(-1)
	for i := range c.people {
		if m := p.served[c.people[i].id]; m > best {
			best, s.Example.Person = m, c.people[i].id
		}
	}
	return s
}
