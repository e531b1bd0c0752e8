package api

import (
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
)

// deepestFrames bounds how much of a stack a log line names.
const deepestFrames = 16

// panicked is a panic turned into an error. Its text names the type of the
// value and not the value, which may hold anything the request held; only a
// runtime error is quoted, because its text is made of numbers and types.
type panicked struct {
	value  any
	frames []string // innermost first
}

// newPanicked must be called from the deferred function that recovered, while
// the frames that panicked are still on the stack.
func newPanicked(value any) *panicked {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	p := &panicked{value: value}
	for len(p.frames) < deepestFrames {
		frame, more := frames.Next()
		if frame.Function != "" && !strings.HasPrefix(frame.Function, "runtime.") {
			p.frames = append(p.frames, frame.Function+":"+strconv.Itoa(frame.Line))
		}
		if !more {
			break
		}
	}
	return p
}

func (p *panicked) Error() string {
	if fault, ok := p.value.(runtime.Error); ok {
		return "panic: " + fault.Error()
	}
	return fmt.Sprintf("panic: %T", p.value)
}

// trace is one attribute per frame, so that none is cut.
func (p *panicked) trace() slog.Attr {
	attrs := make([]any, len(p.frames))
	for i, frame := range p.frames {
		attrs[i] = slog.String(strconv.Itoa(i), frame)
	}
	return slog.Group("stack", attrs...)
}
