package projections

import (
	"container/heap"
	"sort"
)

// mergePage walks sorted runs as if they were one and takes limit rows from
// the first that is past the cursor. above is the row before them, nil when
// there is none; more says that rows follow.
func mergePage[T any](runs [][]T, order func(a, b *T) int, past func(*T) bool, limit int) (rows []T, above *T, more bool) {
	h := &runHeap[T]{order: order}
	for _, run := range runs {
		i := sort.Search(len(run), func(i int) bool { return past(&run[i]) })
		if i > 0 && (above == nil || order(&run[i-1], above) > 0) {
			above = &run[i-1]
		}
		if i < len(run) {
			h.runs = append(h.runs, run[i:])
		}
	}
	heap.Init(h)
	for len(rows) < limit && len(h.runs) > 0 {
		rows = append(rows, h.runs[0][0])
		if h.runs[0] = h.runs[0][1:]; len(h.runs[0]) == 0 {
			heap.Pop(h)
		} else {
			heap.Fix(h, 0)
		}
	}
	return rows, above, len(h.runs) > 0
}

// before counts the rows of sorted runs that better reports; better rows stand
// in front.
func before[T any](runs [][]T, better func(*T) bool) (n int64) {
	for _, run := range runs {
		n += int64(sort.Search(len(run), func(i int) bool { return !better(&run[i]) }))
	}
	return n
}

// runHeap orders runs by their first rows.
type runHeap[T any] struct {
	runs  [][]T
	order func(a, b *T) int
}

func (h *runHeap[T]) Len() int           { return len(h.runs) }
func (h *runHeap[T]) Less(i, j int) bool { return h.order(&h.runs[i][0], &h.runs[j][0]) < 0 }
func (h *runHeap[T]) Swap(i, j int)      { h.runs[i], h.runs[j] = h.runs[j], h.runs[i] }
func (h *runHeap[T]) Push(x any)         { h.runs = append(h.runs, x.([]T)) }
func (h *runHeap[T]) Pop() any {
	last := h.runs[len(h.runs)-1]
	h.runs = h.runs[:len(h.runs)-1]
	return last
}
