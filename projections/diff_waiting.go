package projections

import (
	"context"
	"sync/atomic"

	"zhishu/domain"
	"zhishu/eventstore"
)

// ReportChange is a report of a missing entry as it was and as it is. Before is
// nil for one that came, After for one that is another person's now.
type ReportChange = change[StatementReport]

// CheckInChange is a check-in without a check-out as it was and as it is. Before
// is nil for one that came; After for one that is open no more.
type CheckInChange = change[PendingCheckIn]

// change is one of two things paired by where they stand.
type change[T any] struct {
	Person        domain.PersonID // whose stream it stands in
	No            uint64          // the revision that began it
	Before, After *T
	Events        []Did // what was recorded of it between
	// Merged: two numbers of one person were joined, and it went along.
	Merged bool
}

// pairFacts pairs what two statements hold, in the order of the later one; what
// the earlier alone holds comes last.
func pairFacts[T any](before, after []T, named func(*T) personFact) (all []change[T]) {
	place := map[personFact]int{}
	for i := range after {
		key := named(&after[i])
		place[key] = len(all)
		all = append(all, change[T]{Person: key.person, No: key.no, After: &after[i]})
	}
	for i := range before {
		key := named(&before[i])
		if at, both := place[key]; both {
			all[at].Before = &before[i]
			continue
		}
		all = append(all, change[T]{Person: key.person, No: key.no, Before: &before[i]})
	}
	return all
}

// tell notes those events of a life that were recorded between, and whether
// something came or went without one.
func (c *change[T]) tell(life []LifeEvent, since map[uint64]domain.Size) {
	for _, l := range life {
		if size, new := since[l.Revision]; new {
			c.Events = append(c.Events, Did{l, c.Person.Stream(), size})
		}
	}
	switch _, begun := since[c.No]; {
	case c.Before == nil:
		c.Merged = !begun
	case c.After == nil:
		c.Merged = len(c.Events) == 0
	}
}

// sinceThen remembers what was recorded in the streams of a person's numbers
// between two points of view.
type sinceThen struct {
	v, before *View
	streams   eventstore.StreamReader
	known     map[domain.PersonID]map[uint64]domain.Size
}

func (s *sinceThen) of(ctx context.Context, id domain.PersonID) (map[uint64]domain.Size, error) {
	if s.known[id] == nil {
		since, err := s.v.recordedSince(ctx, s.streams, id.Stream(), s.before)
		if err != nil {
			return nil, err
		}
		s.known[id] = since
	}
	return s.known[id], nil
}

// diffReports compares the reports of two statements. A report stays in a
// statement when it is answered, so one that differs has an event.
func (s *sinceThen) diffReports(ctx context.Context, before, after *Statement) (out []ReportChange, err error) {
	for _, c := range pairFacts(before.Reports, after.Reports, func(r *StatementReport) personFact { return personFact{r.Person, uint64(r.No)} }) {
		since, err := s.of(ctx, c.Person)
		if err != nil {
			return nil, err
		}
		newest := c.After
		if newest == nil {
			newest = c.Before
		}
		if c.tell(newest.Life, since); len(c.Events) > 0 || c.Merged {
			out = append(out, c)
		}
	}
	return out, nil
}

// diffCheckIns compares the check-ins without a check-out of two statements.
// One that stays open differs when the activity is cancelled, or when the
// person's part in it is recorded, or no longer stands, otherwise.
func (s *sinceThen) diffCheckIns(ctx context.Context, before, after *Statement) (out []CheckInChange, err error) {
	for _, c := range pairFacts(before.Pending, after.Pending, func(p *PendingCheckIn) personFact { return personFact{p.Person, uint64(p.No)} }) {
		since, err := s.of(ctx, c.Person)
		if err != nil {
			return nil, err
		}
		c.tell(after.checks[personFact{c.Person, c.No}], since)
		if c.After == nil || c.Before == nil {
			out = append(out, c)
			continue
		}
		cancelled := c.Before.Status != ActivityCancelled && c.After.Status == ActivityCancelled
		if !cancelled && c.Before.Entered == c.After.Entered {
			continue
		}
		if c.Before.Entered != c.After.Entered {
			c.tell(livesOf(after, c.After), since)
		}
		if cancelled {
			did, err := s.v.cancellation(ctx, s.streams, c.Person, c.After.Activity)
			if err != nil {
				return nil, err
			}
			c.Events = append(c.Events, did)
		}
		out = append(out, c)
	}
	return out, nil
}

// livesOf are the events by which other entries of a check-in's activity came to
// stand or stand no more.
func livesOf(s *Statement, p *PendingCheckIn) (life []LifeEvent) {
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Person != p.Person || e.Deed.Activity != p.Activity {
			continue
		}
		for _, l := range e.Life {
			switch l.Type {
			case domain.ServiceClaimed, domain.StudyClaimed, (*domain.CheckedOut)(nil).Type(),
				(*domain.EntryRejected)(nil).Type(), (*domain.EntryVoidApproved)(nil).Type():
				life = append(life, l)
			}
		}
	}
	return life
}

// cancellation is the event that cancelled an activity, told to a person.
func (v *View) cancellation(ctx context.Context, streams eventstore.StreamReader, id domain.PersonID, activity domain.ActivityID) (did Did, err error) {
	i, ok := v.activity(activity)
	if !ok {
		return did, ErrUnknownActivity
	}
	did.Stream, did.Size = activity.Stream(), domain.Size(atomic.LoadUint32(&v.b.activities.at(i).cancelled)+1)
	c := v.cut()
	err = v.eachEvent(ctx, streams, did.Stream, &c, func(e domain.Event, m domain.Meta, revision uint64) {
		if _, is := e.(*domain.ActivityCancelled); is && did.Type == "" {
			did.LifeEvent = v.lifeOf(id, e, m, revision)
		}
	})
	return did, err
}
