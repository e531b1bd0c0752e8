package storetest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

// recorder is a T that notes failures instead of failing a test.
type recorder struct {
	ctx     context.Context
	tempDir func() string
	wait    time.Duration

	mu       sync.Mutex
	failures []string
	cleanups []func()
}

// run calls check in a goroutine of its own, which Fatalf ends, then what the
// check left to clean up.
func (r *recorder) run(check func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		check()
	}()
	<-done
	for _, clean := range slices.Backward(r.cleanups) {
		clean()
	}
}

func (r *recorder) patience() time.Duration { return r.wait }

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return r.ctx }
func (r *recorder) TempDir() string          { return r.tempDir() }

func (r *recorder) Cleanup(clean func()) { r.cleanups = append(r.cleanups, clean) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.failures) > 0
}
