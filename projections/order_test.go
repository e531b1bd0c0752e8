package projections

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
	"zhishu/domain/wire"
)

// TestTheOrderOfUnrelatedFactsChangesNothing interleaves the streams of a
// history anew, each in its own order, and finds every figure unchanged.
func TestTheOrderOfUnrelatedFactsChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 100)
		left, at := map[string][]step{}, map[string][]int{}
		related := relationsOf(h.steps)
		var streams []string
		for i, s := range h.steps {
			if _, merged := s.event.(*domain.PersonMerged); merged {
				t.Skip("a merge relates two persons")
			}
			if left[s.stream] == nil {
				streams = append(streams, s.stream)
			}
			left[s.stream] = append(left[s.stream], s)
			at[s.stream] = append(at[s.stream], i)
		}
		other := newWorld(t)
		for len(streams) > 0 {
			i := rapid.IntRange(0, len(streams)-1).Draw(t, "stream")
			for !other.mayFollow(left[streams[i]][0]) || !related.mayFollow(at[streams[i]][0]) {
				i = (i + 1) % len(streams)
			}
			stream := streams[i]
			s := left[stream][0]
			related.placed[at[stream][0]] = true
			at[stream] = at[stream][1:]
			data, err := wire.AppendData(nil, s.event)
			if err != nil {
				t.Fatalf("%v", err)
			}
			other.append(stream, s.event.Type(), data, wire.AppendMeta(nil, s.meta))
			if left[stream] = left[stream][1:]; len(left[stream]) == 0 {
				streams[i] = streams[len(streams)-1]
				streams = streams[:len(streams)-1]
			}
		}
		got := other.view(other.engine(Options{}), Now())
		sameDigests(t, "in another order", got.Digests(), h.view(h.engine(Options{}), Now()).Digests())
		checkFigures(t, got, modelOf(h.steps), domain.AllTime)
		checkGiving(t, other, got, modelOf(h.steps), modelOf(h.steps))
	})
}

// relations are what relates an entry to facts of other streams: whether its
// month was closed when it was confirmed, corrected or voided, for whom, and the
// ledger day of that.
type relations struct {
	steps  []step
	enters map[string]map[string]bool // by person stream: the communities whose figures its entries may enter
	late   map[int]bool               // decisions on entries that came after a closing
	placed map[int]bool
}

func relationsOf(steps []step) *relations {
	l := &relations{steps, map[string]map[string]bool{}, map[int]bool{}, map[int]bool{}}
	closed, leads := map[string]bool{}, map[string][]string{}
	for _, s := range steps {
		switch e := s.event.(type) {
		case *domain.EntryClaimed:
			l.enter(s.stream, e.Deed.Community)
		case *domain.CheckedOut:
			l.enter(s.stream, e.Deed.Community)
		case *domain.MembershipStarted:
			l.enter(s.stream, e.Membership.Community)
		case *domain.CommunitySucceeded:
			for _, to := range e.Successors {
				leads[s.stream] = append(leads[s.stream], to.Stream())
			}
		}
	}
	for _, places := range l.enters {
		for range leads {
			for from, to := range leads {
				for _, x := range to {
					places[x] = places[x] || places[from]
				}
			}
		}
	}
	for i, s := range steps {
		switch s.event.(type) {
		case *domain.PeriodClosed, *domain.PeriodReopened:
			closed[s.stream] = true
		}
		for place := range closed {
			l.late[i] = l.late[i] || isDecision(s.event) && l.enters[s.stream][place]
		}
	}
	return l
}

func (l *relations) enter(person string, c domain.CommunityCode) {
	if l.enters[person] == nil {
		l.enters[person] = map[string]bool{}
	}
	l.enters[person][c.Stream()] = true
}

// isDecision: what counts changes with it.
func isDecision(e domain.Event) bool {
	switch e.(type) {
	case *domain.EntryConfirmed, *domain.EntryCorrectionApproved, *domain.EntryVoidApproved:
		return true
	}
	return false
}

// isClosing: which figures are closed, or whose they are, changes with it.
func isClosing(e domain.Event) bool {
	switch e.(type) {
	case *domain.PeriodClosed, *domain.PeriodReopened, *domain.CommunitySucceeded:
		return true
	}
	return false
}

// uses: an entry is recorded by an account that another step closes.
func (l *relations) uses(i, j int) bool {
	switch l.steps[i].event.(type) {
	case *domain.EntryClaimed, *domain.CheckedOut, *domain.EntryCorrectionProposed:
		closed, ok := l.steps[j].event.(*domain.AccountClosed)
		return ok && closed.Account == l.steps[i].meta.Account
	}
	return false
}

// mayFollow reports whether a step may come now: not before the decisions and
// closings of the same community it came after, nor the entries by an account
// and its closing, and, where it would move ledger time to another day, not
// before entries that may be carried to that of theirs.
func (l *relations) mayFollow(i int) bool {
	decides := func(k, closes int) bool {
		return isDecision(l.steps[k].event) && isClosing(l.steps[closes].event) && l.enters[l.steps[k].stream][l.steps[closes].stream]
	}
	for j := range i {
		if !l.placed[j] && (decides(j, i) || decides(i, j) || l.uses(i, j) || l.uses(j, i) ||
			l.late[j] && l.steps[j].meta.RecordedAt.Day() < l.steps[i].meta.RecordedAt.Day()) {
			return false
		}
	}
	return true
}

// TestStatementsOfEverySize needs more events than lie between two stored
// positions, with others between them that are not counted.
func TestStatementsOfEverySize(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	a := w.enrol(1, c, "2024-01-01")
	first := day(t, "2024-02-01")
	for i := range domain.Day(500) {
		w.confirmed(a, w.service(c, (first+i).String(), 10))
		if i%3 == 0 {
			w.aside()
		}
	}
	e := w.engine(Options{Batch: 100})
	r, err := Replay(context.Background(), w.store, ReplayOptions{})
	want(t, "replay", err, nil)
	for n := domain.Size(11); n <= domain.Size(len(w.steps)); n += 31 {
		for what, v := range map[string]*View{"live": w.view(e, AtSize(n)), "replayed": r.View.b.view(uint32(n), w.now.Day(), newCache())} {
			v.log = w.store
			star, err := v.Star(a)
			want(t, "error", err, nil)
			s, err := v.Statement(context.Background(), w.store, a)
			want(t, what+": error", err, nil)
			want(t, fmt.Sprint(what, ": at ", n), s.Service.Recognised, star.Rating.Recognised)
			want(t, "by the model", s.Service.Recognised, modelOf(w.steps[:n]).star(a, v.Day()).Recognised)
		}
	}
	_, err = w.view(e, Now()).Statement(context.Background(), w.store, person(2))
	wantErr(t, "nobody", err, ErrUnknownPerson)
}

func TestCursors(t *testing.T) {
	w := newWorld(t).withPolicies()
	v := w.view(w.engine(Options{}), Now())
	for _, after := range []string{"x", "1", "1.2", "1.2.3." + person(1).String() + ".4", "a." + person(1).String(), "1.2.3.nobody"} {
		_, err := v.Stars(domain.Division{}, Page{After: after})
		wantErr(t, "stars after "+after, err, ErrCursor)
		_, err = v.Standing(domain.Division{}, domain.AllTime, Page{After: after})
		wantErr(t, "standing after "+after, err, ErrCursor)
	}
	want(t, "limit", Page{}.limit(), DefaultLimit)
	want(t, "limit", Page{Limit: 1 << 20}.limit(), MaxLimit)
	want(t, "limit", Page{Limit: -1}.limit(), DefaultLimit)
}
