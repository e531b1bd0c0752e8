package projections

import "sync"

// interner numbers values in the order they are first met. One goroutine adds;
// any number read.
type interner[T comparable] struct {
	mu     sync.RWMutex // guards numbers against find; the adding goroutine reads without it
	number map[T]uint32
	values column[T]
}

// add is the number of a value, new or not.
func (in *interner[T]) add(v T) uint32 {
	if n, ok := in.number[v]; ok {
		return n
	}
	n := in.values.push(v)
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.number == nil {
		in.number = map[T]uint32{}
	}
	in.number[v] = n
	return n
}

// find is the number of a value, or none.
func (in *interner[T]) find(v T) uint32 {
	in.mu.RLock()
	defer in.mu.RUnlock()
	if n, ok := in.number[v]; ok {
		return n
	}
	return none
}

// value is what a number stands for.
func (in *interner[T]) value(n uint32) T { return *in.values.at(n) }

// index numbers values that were put into place, as a snapshot does.
func (in *interner[T]) index() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.number = make(map[T]uint32, in.values.n)
	for i := range in.values.n {
		in.number[*in.values.at(i)] = i
	}
}
