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
		late := latenessOf(h.steps)
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
			for !other.mayFollow(left[streams[i]][0]) || !late.mayFollow(at[streams[i]][0]) {
				i = (i + 1) % len(streams)
			}
			stream := streams[i]
			s := left[stream][0]
			late.placed[at[stream][0]] = true
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
	})
}

// lateness is what relates an entry to facts of other streams: whether its month
// was closed when it was claimed, and the ledger day of that.
type lateness struct {
	steps  []step
	claims map[int]domain.CommunityCode // where each claim was recorded
	late   map[int]bool                 // claims that came after a closing
	placed map[int]bool
}

func latenessOf(steps []step) *lateness {
	l := &lateness{steps, map[int]domain.CommunityCode{}, map[int]bool{}, map[int]bool{}}
	closed := map[string]bool{}
	for i, s := range steps {
		switch e := s.event.(type) {
		case *domain.EntryClaimed:
			l.claims[i] = e.Deed.Community
		case *domain.CheckedOut:
			l.claims[i] = e.Deed.Community
		case *domain.EntryCorrectionProposed: // may move an entry into a closed month
			l.claims[i] = e.Deed.Community
		}
		if isClosing(s.event) {
			closed[s.stream] = true
		}
		if c, claim := l.claims[i]; claim && closed[c.Stream()] {
			l.late[i] = true
		}
	}
	return l
}

func isClosing(e domain.Event) bool {
	switch e.(type) {
	case *domain.PeriodClosed, *domain.PeriodReopened:
		return true
	}
	return false
}

// mayFollow reports whether a step may come now: not before the claims and
// closings of the same community it came after, and, where it would move ledger
// time to another day, not before claims that may be carried to that of theirs.
func (l *lateness) mayFollow(i int) bool {
	for j := range i {
		if l.placed[j] {
			continue
		}
		cj, claimed := l.claims[j]
		ci, claims := l.claims[i]
		if claimed && isClosing(l.steps[i].event) && cj.Stream() == l.steps[i].stream ||
			claims && isClosing(l.steps[j].event) && ci.Stream() == l.steps[j].stream ||
			l.late[j] && l.steps[j].meta.RecordedAt.Day() < l.steps[i].meta.RecordedAt.Day() {
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
