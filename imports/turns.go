package imports

import (
	"context"
	"fmt"
	"sync"

	"zhishu/domain"
)

// shelf is where facts of a kind are recorded: sheets of one shelf may be
// issues of one another.
type shelf struct {
	kind         domain.ImportKind
	community    domain.CommunityCode
	organisation domain.OrganisationID
}

func (r *run) shelf() shelf { return shelf{r.job.Kind, r.job.Community, r.job.Organisation} }

// underway are the runs of this process that have begun and not ended. Their
// rows count for the resemblance of another sheet before the log holds them.
// Of a run in another process only what it has recorded so far is known.
type underway struct {
	mu   sync.Mutex
	runs map[*run]issue
}

// issue is what a sheet is compared by.
type issue struct {
	id     domain.ImportID
	shelf  shelf
	prints []uint64
	alikes []uint64
}

func (u *underway) begin(r *run) (end func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.runs == nil {
		u.runs = map[*run]issue{}
	}
	u.runs[r] = issue{r.id, r.shelf(), r.prints(), r.alikes()}
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.runs, r)
	}
}

// at lists what is under way for a shelf.
func (u *underway) at(s shelf) (list []issue) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, i := range u.runs {
		if i.shelf == s {
			list = append(list, i)
		}
	}
	return list
}

// shared counts how often both have the same, each as often as both have it.
func shared(a, b []uint64) (n int64) {
	left := make(map[uint64]int, len(a))
	for _, x := range a {
		left[x]++
	}
	for _, x := range b {
		if left[x] > 0 {
			left[x]--
			n++
		}
	}
	return n
}

// turns lets one run at a time work on what a key names.
type turns[K comparable] struct {
	mu   sync.Mutex
	held map[K]*turn
}

type turn struct {
	busy chan struct{} // holds one token
	wait int
}

func (t *turns[K]) take(ctx context.Context, key K) (release func(), err error) {
	t.mu.Lock()
	if t.held == nil {
		t.held = map[K]*turn{}
	}
	mine := t.held[key]
	if mine == nil {
		mine = &turn{busy: make(chan struct{}, 1)}
		t.held[key] = mine
	}
	mine.wait++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if mine.wait--; mine.wait == 0 {
			delete(t.held, key)
		}
	}
	select {
	case mine.busy <- struct{}{}:
		return func() { <-mine.busy; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, fmt.Errorf("waiting for another import: %w", ctx.Err())
	}
}
