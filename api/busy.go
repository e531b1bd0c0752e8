package api

import "time"

// gate bounds how many operations run at once. Beyond it a request waits for
// wait at most and is then told to come back: a queue without a bound would
// only hide that the server cannot keep up.
type gate struct {
	places chan struct{}
	wait   time.Duration
}

func newGate(places int, wait time.Duration) *gate {
	return &gate{places: make(chan struct{}, places), wait: wait}
}

// enter takes a place and returns how to give it back. Vital operations need
// none: health must be answered when nothing else is.
func (g *gate) enter(vital bool) (release func(), err error) {
	if vital {
		return func() {}, nil
	}
	select {
	case g.places <- struct{}{}:
		return g.leave, nil
	default:
	}
	timer := time.NewTimer(g.wait)
	defer timer.Stop()
	select {
	case g.places <- struct{}{}:
		return g.leave, nil
	case <-timer.C:
		return nil, NewProblem(CodeBusy, "").RetryAfter(BusyRetryAfter)
	}
}

func (g *gate) leave() { <-g.places }
