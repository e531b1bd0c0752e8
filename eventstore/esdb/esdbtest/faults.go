package esdbtest

import "sync"

// Fault is what goes wrong with one append.
type Fault uint8

const (
	// Pass: nothing goes wrong.
	Pass Fault = iota
	// Refuse answers Unavailable and writes nothing.
	Refuse
	// WriteThenAbort writes and then answers Aborted: the reply is lost.
	WriteThenAbort
	// WriteThenUnavailable writes and then answers Unavailable, as a connection
	// cut before the reply does.
	WriteThenUnavailable
	// WriteThenTimeout writes and then answers DeadlineExceeded.
	WriteThenTimeout
	// RefuseEarly answers Unavailable before it has read the events, which the
	// client reports as EOF when there are many.
	RefuseEarly
	// NotLeader answers that the first other node leads, whoever does.
	NotLeader
	// Hang writes nothing and never answers.
	Hang
	// WriteThenHang writes and never answers.
	WriteThenHang
)

// Faults decides what goes wrong. Its functions are called with the number of
// the call, from 0, from any goroutine; nil means no faults.
type Faults struct {
	mu         sync.Mutex
	append     func(call int, stream string) Fault
	read       func(call int) int
	appends    int
	reads      int
	checkpoint bool
	held       chan struct{} // closed when subscriptions may go on; nil: they may
}

// OnAppend asks for a fault at every append from now on; calls count from 0.
func (f *Faults) OnAppend(plan func(call int, stream string) Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.append, f.appends = plan, 0
}

// OnRead asks at every read and subscription from now on after how many events
// it breaks with Unavailable; negative for never.
func (f *Faults) OnRead(plan func(call int) int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read, f.reads = plan, 0
}

// FirstCheckpoint lets every filtered subscription begin with the checkpoint
// 2^64-1, as servers up to 24.10.4 may.
func (f *Faults) FirstCheckpoint(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checkpoint = on
}

// HoldSubscriptions lets subscriptions stay open and say nothing, until it is
// called with false: a node that is alive and lags.
func (f *Faults) HoldSubscriptions(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case on && f.held == nil:
		f.held = make(chan struct{})
	case !on && f.held != nil:
		close(f.held)
		f.held = nil
	}
}

func (f *Faults) hold() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.held
}

func (f *Faults) nextAppend(stream string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.append == nil {
		return Pass
	}
	f.appends++
	return f.append(f.appends-1, stream)
}

func (f *Faults) nextRead() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.read == nil {
		return -1
	}
	f.reads++
	return f.read(f.reads - 1)
}

func (f *Faults) falseCheckpoint() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.checkpoint
}
