package projections

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel maps a slice on every processor, keeping its order.
func parallel[T, R any](in []T, f func(T) R) []R {
	out := make([]R, len(in))
	workers := min(runtime.GOMAXPROCS(0), len(in))
	if workers <= 1 || len(in) < 8 {
		for i := range in {
			out[i] = f(in[i])
		}
		return out
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(in); i = int(next.Add(1)) - 1 {
				out[i] = f(in[i])
			}
		})
	}
	group.Wait()
	return out
}
