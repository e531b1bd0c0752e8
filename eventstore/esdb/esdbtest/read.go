package esdbtest

import (
	"context"
	"encoding/binary"
	"math"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	api "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type readCall = api.Streams_ReadServer

// Read serves reads and subscriptions of a stream and of $all.
func (s *streamsService) Read(req *api.ReadReq, call readCall) error {
	ctx := call.Context()
	admin, err := s.node.who(ctx)
	if err != nil {
		return err
	}
	if err := s.node.mayRead(ctx); err != nil {
		return err
	}
	o := req.GetOptions()
	if o.GetAll() != nil && !admin {
		return accessDenied(ctx)
	}
	out := &sender{call: call, left: s.node.cluster.Faults.nextRead()}
	if o.GetSubscription() != nil {
		return s.subscribe(o, out)
	}
	next, err := s.cursor(ctx, o, out)
	if err != nil || next == nil {
		return err
	}
	for left := o.GetCount(); left > 0; {
		page := next(min(left, pageSize))
		if len(page) == 0 {
			return nil
		}
		left -= uint64(len(page))
		for _, r := range page {
			if err := out.event(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// sender sends events, and breaks where the plan says.
type sender struct {
	call readCall
	left int // events until it breaks; negative: never
}

func (s *sender) event(r *record) error {
	if s.left == 0 {
		return notReady()
	}
	s.left--
	return s.call.Send(&api.ReadResp{Content: &api.ReadResp_Event{Event: wireEvent(r)}})
}

func wireEvent(r *record) *api.ReadResp_ReadEvent {
	return &api.ReadResp_ReadEvent{
		Event: &api.ReadResp_ReadEvent_RecordedEvent{
			Id: &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{
				MostSignificantBits:  int64(binary.BigEndian.Uint64(r.id[:8])),
				LeastSignificantBits: int64(binary.BigEndian.Uint64(r.id[8:])),
			}}},
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(r.stream)},
			StreamRevision:   r.revision,
			PreparePosition:  r.position,
			CommitPosition:   r.position,
			Metadata:         map[string]string{"type": r.kind, "content-type": r.contentType, "created": strconv.FormatInt(r.created, 10)},
			CustomMetadata:   r.meta,
			Data:             r.data,
		},
		Position: &api.ReadResp_ReadEvent_CommitPosition{CommitPosition: r.position},
	}
}

// cursor returns what yields the next page of a read; nil when the read is
// answered already.
func (s *streamsService) cursor(ctx context.Context, o *api.ReadReq_Options, out *sender) (func(uint64) []*record, error) {
	backwards := o.GetReadDirection() == api.ReadReq_Options_Backwards
	if all := o.GetAll(); all != nil {
		if backwards {
			return s.allBackwards(all), nil
		}
		return s.allForwards(all), nil
	}
	name := string(o.GetStream().GetStreamIdentifier().GetStreamName())
	if name == "" {
		return nil, status.Error(codes.InvalidArgument, "a read names a stream or $all")
	}
	if o.GetStream().GetRevision() > math.MaxInt64 {
		return nil, status.Error(codes.InvalidArgument, "a revision beyond 2^63-1")
	}
	l := s.log()
	l.mu.RLock()
	defer l.mu.RUnlock()
	st := l.streams[name]
	switch {
	case st != nil && st.tombstoned:
		return nil, streamDeleted(ctx, name)
	case st == nil || len(st.records) == 0 || st.softDeleted() && len(st.visible()) == 0:
		return nil, out.call.Send(&api.ReadResp{Content: &api.ReadResp_StreamNotFound_{
			StreamNotFound: &api.ReadResp_StreamNotFound{StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(name)}},
		}})
	}
	if backwards {
		return s.streamBackwards(st, o.GetStream()), nil
	}
	return s.streamForwards(st, o.GetStream().GetRevision(), o.GetStream().GetEnd() != nil), nil
}

// streamForwards reads from a revision to the end the stream has then.
func (s *streamsService) streamForwards(st *stream, from uint64, atEnd bool) func(uint64) []*record {
	l := s.log()
	return func(n uint64) []*record {
		l.mu.RLock()
		defer l.mu.RUnlock()
		if atEnd {
			return nil
		}
		var page []*record
		for _, r := range st.visible() {
			if r.revision >= from && uint64(len(page)) < n {
				page, from = append(page, r), r.revision+1
			}
		}
		return page
	}
}

func (s *streamsService) streamBackwards(st *stream, o *api.ReadReq_Options_StreamOptions) func(uint64) []*record {
	l := s.log()
	before := uint64(math.MaxUint64)
	switch {
	case o.GetStart() != nil:
		before = 1
	case o.GetEnd() == nil:
		before = o.GetRevision() + 1
	}
	return func(n uint64) []*record {
		l.mu.RLock()
		defer l.mu.RUnlock()
		visible := st.visible()
		var page []*record
		for i := len(visible) - 1; i >= 0 && uint64(len(page)) < n; i-- {
			if visible[i].revision < before {
				page, before = append(page, visible[i]), visible[i].revision
			}
		}
		return page
	}
}

// search returns the index of the first record at or behind a position.
func (l *log) search(position uint64) int {
	lo, hi := 0, len(l.records)
	for lo < hi {
		if mid := (lo + hi) / 2; l.records[mid].position < position {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// allForwards is inclusive.
func (s *streamsService) allForwards(o *api.ReadReq_Options_AllOptions) func(uint64) []*record {
	l := s.log()
	from := uint64(0)
	if p := o.GetPosition(); p != nil {
		from = p.GetCommitPosition()
	} else if o.GetEnd() != nil {
		from = math.MaxUint64
	}
	return func(n uint64) []*record {
		l.mu.RLock()
		defer l.mu.RUnlock()
		i := l.search(from)
		page := l.records[i:min(uint64(i)+n, uint64(len(l.records)))]
		if len(page) > 0 {
			from = page[len(page)-1].position + 1
		}
		return page
	}
}

// allBackwards is exclusive.
func (s *streamsService) allBackwards(o *api.ReadReq_Options_AllOptions) func(uint64) []*record {
	l := s.log()
	before := uint64(math.MaxUint64)
	if p := o.GetPosition(); p != nil {
		before = p.GetCommitPosition()
	} else if o.GetStart() != nil {
		before = 0
	}
	return func(n uint64) []*record {
		l.mu.RLock()
		defer l.mu.RUnlock()
		var page []*record
		for i := l.search(before) - 1; i >= 0 && uint64(len(page)) < n; i-- {
			page, before = append(page, l.records[i]), l.records[i].position
		}
		return page
	}
}
