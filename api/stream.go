package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"
)

// streams are the open event streams of a server.
type streams struct {
	ctx     context.Context // ends when the server begins to stop
	cancel  context.CancelFunc
	places  chan struct{}
	tuning  tuning
	metrics *Metrics
	log     *slog.Logger
}

func newStreams(tune tuning, metrics *Metrics, log *slog.Logger) *streams {
	ctx, cancel := context.WithCancel(context.Background())
	return &streams{
		ctx: ctx, cancel: cancel, places: make(chan struct{}, tune.streams),
		tuning: tune, metrics: metrics, log: log,
	}
}

func (s *streams) stop() { s.cancel() }

// open takes a place. The stream's run gives it back, so run must be called.
func (s *streams) open(source EventSource, after uint64) (*stream, error) {
	if s.ctx.Err() != nil {
		return nil, NewProblem(CodeShuttingDown, "").RetryAfter(StreamRetryAfter)
	}
	select {
	case s.places <- struct{}{}:
		s.metrics.streams.Inc()
		return &stream{streams: s, source: source, after: after}, nil
	default:
		return nil, NewProblem(CodeTooManyStreams, "").RetryAfter(StreamRetryAfter)
	}
}

func (s *streams) leave() {
	<-s.places
	s.metrics.streams.Dec()
}

// stream is one client's event stream.
type stream struct {
	*streams
	source     EventSource
	after      uint64
	serverDone <-chan struct{} // Fiber's context, taken before run
	conn       net.Conn        // for its write deadline alone
}

type message struct {
	event StreamEvent
	err   error
}

// run writes the stream until the client has gone, the source has failed or
// the server stops. It runs in a goroutine of fasthttp, where a panic would
// end the process.
func (s *stream) run(w *bufio.Writer) {
	defer s.leave()
	defer s.recovered()
	ctx, cancel := context.WithCancel(s.ctx)
	messages := make(chan message, EventsPerFlush)
	read := sync.WaitGroup{}
	read.Go(func() { s.read(ctx, messages) })
	defer read.Wait() // the source must not be read after the place is free
	defer cancel()

	heartbeat := time.NewTicker(s.tuning.heartbeat)
	defer heartbeat.Stop()
	err := s.send(w, "retry: "+strconv.FormatInt(StreamRetryAfter.Milliseconds(), 10)+"\n\n")
	for err == nil {
		select {
		case <-ctx.Done():
			return
		case <-s.serverDone:
			return
		case <-heartbeat.C:
			err = s.send(w, ": \n\n")
		case m, open := <-messages:
			if !open {
				return
			}
			err = s.relay(w, m, messages)
		}
	}
}

// read carries the source's events over, and closes messages at its end.
func (s *stream) read(ctx context.Context, messages chan<- message) {
	defer close(messages)
	defer s.recovered()
	for event, err := range s.source.Events(ctx, s.after) {
		select {
		case messages <- message{event, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// relay writes a message and those already waiting behind it with one flush.
func (s *stream) relay(w *bufio.Writer, first message, more <-chan message) error {
	m, open := first, true
	for n := 0; open && n < EventsPerFlush; n++ {
		if m.err != nil {
			s.writeFault(w, m.err)
			break
		}
		writeEvent(w, m.event)
		select {
		case m, open = <-more:
			continue
		default:
			return s.send(w, "")
		}
	}
	return s.send(w, "")
}

// send writes and flushes. The deadline moves with every write, because the
// server's own holds for an answer, not for a stream without end.
func (s *stream) send(w *bufio.Writer, text string) error {
	if s.conn != nil {
		_ = s.conn.SetWriteDeadline(time.Now().Add(s.tuning.write))
	}
	if _, err := w.WriteString(text); err != nil {
		return err
	}
	return w.Flush()
}

// Write errors stay in the bufio.Writer until its Flush.
func writeEvent(w *bufio.Writer, event StreamEvent) {
	_, _ = w.WriteString("id: " + strconv.FormatUint(event.Size, 10) + "\nevent: " + event.Type + "\n")
	for line := range bytes.Lines(event.Data) {
		_, _ = w.WriteString("data: ")
		_, _ = w.Write(bytes.TrimRight(line, "\r\n"))
		_ = w.WriteByte('\n')
	}
	_ = w.WriteByte('\n')
}

// writeFault tells the client the code; the connection ends after it.
func (s *stream) writeFault(w *bufio.Writer, err error) {
	if s.ctx.Err() != nil {
		return // the server stops: no fault
	}
	problem := problemOf(err)
	s.metrics.CountRefusal(problem.Code)
	s.log.Error("event stream", slog.String("code", problem.Code), slog.Any("error", err))
	body, _ := json.Marshal(problem)
	_, _ = w.WriteString("event: problem\ndata: ")
	_, _ = w.Write(body)
	_, _ = w.WriteString("\n\n")
}

func (s *streams) recovered() {
	if v := recover(); v != nil {
		fault := newPanicked(v)
		s.log.Error("a stream broke off", slog.Any("error", fault), fault.trace())
	}
}
