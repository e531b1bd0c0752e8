package inspect

import (
	"math"
	"runtime/debug"
)

const (
	// oneShotGC is the garbage collector's percent in a process that verifies one
	// bundle and ends.
	oneShotGC = 400
	// oneShotHeap is how much memory it may take in any case.
	oneShotHeap = 1 << 30
)

// OneShot prepares a process that does nothing but verify a bundle of this size:
// garbage is collected a quarter as often, as long as memory stays below a GiB or
// the bundle's own size, of which what the facts come to is less than half. What
// the environment says about either (GOGC, GOMEMLIMIT) goes first. It returns
// what undoes it.
func OneShot(size int64) (undo func()) {
	const usual = 100
	percent, limit := debug.SetGCPercent(oneShotGC), debug.SetMemoryLimit(-1)
	if percent != usual || limit != math.MaxInt64 {
		debug.SetGCPercent(percent)
		return func() {}
	}
	debug.SetMemoryLimit(max(oneShotHeap, size))
	return func() {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(percent)
	}
}
