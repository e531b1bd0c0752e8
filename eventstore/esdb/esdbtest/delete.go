package esdbtest

import (
	"context"
	"math"

	api "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

const tombstoneType = "$streamDeleted"

// Delete hides a stream's events; it may be written again and goes on counting.
func (s *streamsService) Delete(ctx context.Context, req *api.DeleteReq) (*api.DeleteResp, error) {
	o := req.GetOptions()
	name := string(o.GetStreamIdentifier().GetStreamName())
	at, err := s.remove(ctx, name, o.GetExpectedStreamRevision(), func(l *log) *record {
		return l.write("$$"+name, []proposed{{kind: "$metadata", contentType: "application/json", data: []byte(`{"$tb":9223372036854775807}`)}})
	})
	if err != nil {
		return nil, err
	}
	return &api.DeleteResp{PositionOption: &api.DeleteResp_Position_{
		Position: &api.DeleteResp_Position{CommitPosition: at.position, PreparePosition: at.position},
	}}, nil
}

// Tombstone ends a stream for good.
func (s *streamsService) Tombstone(ctx context.Context, req *api.TombstoneReq) (*api.TombstoneResp, error) {
	o := req.GetOptions()
	name := string(o.GetStreamIdentifier().GetStreamName())
	at, err := s.remove(ctx, name, o.GetExpectedStreamRevision(), func(l *log) *record {
		return l.write(name, []proposed{{kind: tombstoneType}})
	})
	if err != nil {
		return nil, err
	}
	return &api.TombstoneResp{PositionOption: &api.TombstoneResp_Position_{
		Position: &api.TombstoneResp_Position{CommitPosition: at.position, PreparePosition: at.position},
	}}, nil
}

func (s *streamsService) remove(ctx context.Context, name string, option any, write func(*log) *record) (*record, error) {
	if err := s.mayWrite(ctx, Pass); err != nil {
		return nil, err
	}
	expected, err := expectedOf(option, name)
	if err != nil {
		return nil, err
	}
	l := s.log()
	l.mu.Lock()
	defer l.mu.Unlock()
	current, exists := l.last(name)
	if st := l.streams[name]; st != nil && st.tombstoned {
		return nil, streamDeleted(ctx, name)
	}
	switch {
	case expected == expectAny, expected == expectExists && exists, expected == expectNoStream && !exists,
		exists && current <= math.MaxInt64 && expected == int64(current):
		return write(l), nil
	}
	return nil, wrongExpectedVersion(ctx, name)
}
