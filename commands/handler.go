package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/vault"
)

// Log is what the write side needs of the event store.
type Log interface {
	eventstore.Appender
	eventstore.StreamReader
}

// Secrets is what the write side needs of the vault.
type Secrets interface {
	vault.Keys
	vault.Sealer
	vault.Opener
	vault.Mac
	vault.SubjectMac
	vault.Claims
}

// Caller is who sends a command and how we know.
type Caller struct {
	Account        domain.AccountID
	Authentication domain.Authentication
	OnBehalfOf     domain.PersonID
	Source         string // api, cli, import, demo
	Correlation    domain.UUID
	Causation      domain.UUID
	// Founding lets the account open itself: the first of a ledger, which nobody
	// is there to open. Only who makes a ledger says so.
	Founding bool
}

// Request is one command with its idempotency key. Digest, when given, stands
// for the command's content in the request hash; it must itself be keyed or
// free of personal values.
type Request struct {
	Caller  Caller
	Key     string
	Command domain.Command
	Digest  []byte
}

// Outcome is the answer to one request.
type Outcome struct {
	Stream   string
	First    eventstore.Revision // of the events recorded
	Last     eventstore.Revision
	Events   int                 // 0: what was asked was already so
	Position eventstore.Position // pass it on as after= to read one's own write
	Repeated bool                // answered as the first time; nothing new was recorded
	Err      error               // a *domain.Refusal; nothing was recorded
}

// Options of a Handler. Zero values take defaults.
type Options struct {
	// Clock stamps recordedAt; default: the system clock.
	Clock func() domain.Instant
	// LedgerTime is the newest recordedAt known; a clock far from it refuses
	// to write. Nil: not checked.
	LedgerTime func() domain.Instant
	// AcceptClock lets a clock far ahead write: the ledger rested that long.
	AcceptClock bool
	// Refuse, when set, is asked before every command; its error is the answer.
	Refuse func() error
	// CachedStreams bounds the folded streams kept in memory.
	CachedStreams int
	// OnRefusal is told every refusal's code.
	OnRefusal func(domain.Code)
}

const (
	defaultCachedStreams = 20_000
	maxClockBehind       = domain.Instant(10 * 60 * 1000)            // milliseconds
	maxClockAhead        = domain.Instant(366 * 24 * 60 * 60 * 1000) // milliseconds
	actorFreshness       = time.Second
)

// Handler decides commands. It is safe for concurrent use; commands on one
// stream take turns, commands on different streams do not wait for each other.
type Handler struct {
	log     Log
	secrets Secrets
	opts    Options
	streams *cache
	others  *cache // read for commands on other streams
	guesses guesses
	actors  actorCache

	enrolments enrolments
}

// New makes a handler over a log and a vault.
func New(log Log, secrets Secrets, opts Options) *Handler {
	if opts.Clock == nil {
		opts.Clock = func() domain.Instant { return domain.Instant(time.Now().UnixMilli()) }
	}
	if opts.CachedStreams == 0 {
		opts.CachedStreams = defaultCachedStreams
	}
	if opts.OnRefusal == nil {
		opts.OnRefusal = func(domain.Code) {}
	}
	return &Handler{log: log, secrets: secrets, opts: opts, streams: newCache(opts.CachedStreams), others: newCache(otherStreams)}
}

// Do carries out one command. The error is a *domain.Refusal when the command
// may not become a fact, and otherwise what kept the store or the vault from
// answering; an error that wraps eventstore.ErrUnknown is safe to retry with
// the same key.
func (h *Handler) Do(ctx context.Context, req Request) (Outcome, error) {
	out, err := h.DoAll(ctx, []Request{req})
	if err != nil {
		return Outcome{}, err
	}
	return out[0], out[0].Err
}

// DoAll carries out several commands on one stream in turn, in as few appends
// as the port's limits allow; a cut falls only between commands, so every
// command is recorded whole or not at all. A refused command does not stop the
// ones after it: its Outcome says why. The error is for what concerns all of
// them; commands before the failure may then be recorded, and giving the same
// requests again is safe.
func (h *Handler) DoAll(ctx context.Context, reqs []Request) ([]Outcome, error) {
	stream := reqs[0].Command.Target()
	for i := range reqs {
		if other := reqs[i].Command.Target(); other != stream {
			return nil, fmt.Errorf("commands on %s and %s cannot go together", stream, other)
		}
		if reqs[i].Key == "" {
			return nil, refuse(IdempotencyKeyMissing, "key")
		}
	}
	if h.opts.Refuse != nil {
		if err := h.opts.Refuse(); err != nil {
			return nil, err
		}
	}
	if err := h.checkClock(); err != nil {
		return nil, err
	}
	defer h.hold(reqs)()
	slot := h.streams.acquire(stream)
	defer h.streams.release(slot)

	outs := make([]Outcome, len(reqs))
	for done := 0; done < len(reqs); {
		remembered := slot.folded != nil
		if !remembered {
			f, err := h.fold(ctx, stream)
			if err != nil {
				return nil, err
			}
			slot.folded = f
		}
		n, err := h.chunk(ctx, slot.folded, stream, reqs[done:], outs[done:])
		var grown bool
		if err == nil && remembered && unproven(outs[done:done+n]) {
			grown, err = h.foldTail(ctx, stream, slot.folded)
		}
		var conflict *eventstore.Conflict
		if errors.As(err, &conflict) {
			grown, err = true, h.refold(ctx, slot)
		}
		if err != nil {
			slot.folded = nil // whatever became of the append, the log knows
			return nil, err
		}
		if !grown { // else another server wrote: decide again
			done += n
		}
	}
	h.tellRefusals(outs)
	return outs, nil
}

// unproven reports answers that rest on a remembered state alone. An append
// proves that nobody else has written; a refusal, and that something is so
// already, does not.
func unproven(outs []Outcome) bool {
	doubt := false
	for i := range outs {
		if outs[i].Events > 0 && !outs[i].Repeated {
			return false
		}
		doubt = doubt || !outs[i].Repeated
	}
	return doubt
}

// refold brings a slot up to what another server has written. What this one
// folded in ahead of its append is not what is stored.
func (h *Handler) refold(ctx context.Context, s *slot) error {
	if s.folded.ahead {
		s.folded = nil
		return nil
	}
	_, err := h.foldTail(ctx, s.stream, s.folded)
	return err
}

func (h *Handler) tellRefusals(outs []Outcome) {
	for i := range outs {
		if r, ok := errors.AsType[*domain.Refusal](outs[i].Err); ok {
			h.opts.OnRefusal(r.Code)
		}
	}
}

func (h *Handler) checkClock() error {
	if h.opts.LedgerTime == nil {
		return nil
	}
	now, newest := h.opts.Clock(), h.opts.LedgerTime()
	switch {
	case now < newest-maxClockBehind:
		return refuse(ClockBehind, "")
	case now > newest+maxClockAhead && newest != 0 && !h.opts.AcceptClock:
		// One write under a wrong clock would lock out every later one, and
		// make every date of the ledger wrong.
		return refuse(ClockAhead, "")
	}
	return nil
}

// chunk decides as many requests as fit one append and appends their events.
// It returns how many requests it has answered.
func (h *Handler) chunk(ctx context.Context, f *folded, stream string, reqs []Request, outs []Outcome) (int, error) {
	w := h.newWriter(ctx, stream, f, len(reqs))
	if p, ok := f.state.(*domain.Person); ok {
		p.Expect(claims(reqs))
	}
	n := 0
	for ; n < len(reqs); n++ {
		fits, err := w.decide(&reqs[n], &outs[n])
		if err != nil {
			return 0, err
		}
		if !fits {
			break
		}
	}
	if len(w.batch) == 0 {
		w.leave()
		return n, nil
	}
	at, err := h.append(ctx, stream, w.expected, w.batch)
	if err != nil {
		return 0, err
	}
	w.fold()
	f.position, f.ahead = at.Position, false
	if changesActors(f.state) {
		h.actors.forget()
	}
	for i := range outs[:n] {
		if outs[i].Events > 0 && outs[i].Position.IsZero() {
			outs[i].Position = at.Position
		}
	}
	for _, k := range w.keys {
		a := f.seen[k]
		a.position = at.Position
		f.seen[k] = a
	}
	w.leave()
	return n, nil
}

// claims counts the entries that requests may bring.
func claims(reqs []Request) (n int) {
	for i := range reqs {
		if _, ok := reqs[i].Command.(*domain.ClaimEntry); ok {
			n++
		}
	}
	return n
}

const (
	firstPause = 10 * time.Millisecond
	longPause  = time.Second
)

// append retries an append of unknown outcome with the same ids and the same
// expected revision for as long as the caller waits: the store answers as the
// first time when the events are already there.
func (h *Handler) append(ctx context.Context, stream string, expected eventstore.Expected, batch []eventstore.Event) (eventstore.Appended, error) {
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		at, err := h.log.Append(ctx, stream, expected, batch)
		if !errors.Is(err, eventstore.ErrUnknown) && !errors.Is(err, eventstore.ErrUnavailable) {
			return at, err
		}
		select {
		case <-ctx.Done():
			return at, fmt.Errorf("%w (%w)", eventstore.ErrUnknown, err)
		case <-time.After(pause):
		}
	}
}
