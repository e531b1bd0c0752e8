package esdbtest

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	api "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type streamsService struct {
	api.UnimplementedStreamsServer
	node *Node
}

func (s *streamsService) log() *log { return s.node.cluster.log }

// Append is one append of a stream of messages: first the options, then the
// events.
func (s *streamsService) Append(call api.Streams_AppendServer) error {
	ctx := call.Context()
	first, err := call.Recv()
	if err != nil {
		return err
	}
	options := first.GetOptions()
	if options == nil {
		return status.Error(codes.InvalidArgument, "the first message holds the options")
	}
	name := string(options.GetStreamIdentifier().GetStreamName())
	fault := s.node.cluster.Faults.nextAppend(name)
	if fault == RefuseEarly {
		return notReady()
	}
	if err := s.mayWrite(ctx, fault); err != nil {
		return err
	}
	expected, err := expectedOf(options.GetExpectedStreamRevision(), name)
	if err != nil {
		return err
	}
	events, err := proposals(call)
	if err != nil {
		return err
	}
	return s.commit(call, fault, name, expected, events)
}

// mayWrite refuses what is refused before a write.
func (s *streamsService) mayWrite(ctx context.Context, fault Fault) error {
	if _, err := s.node.who(ctx); err != nil {
		return err
	}
	switch {
	case fault == Refuse:
		return notReady()
	case fault == Hang:
		<-ctx.Done()
		return status.FromContextError(ctx.Err()).Err()
	case fault == NotLeader:
		return s.node.notLeader(ctx, (s.node.index+1)%len(s.node.cluster.nodes))
	case !s.node.leads():
		return s.node.notLeader(ctx, s.node.cluster.Leader())
	}
	return nil
}

// proposals receives the events of an append.
func proposals(call api.Streams_AppendServer) ([]proposed, error) {
	var events []proposed
	size := 0
	for {
		m, err := call.Recv()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		p, err := proposalOf(m.GetProposedMessage())
		if err != nil {
			return nil, err
		}
		if size += p.size(); size > maxAppendBytes {
			return nil, tooLarge(call.Context())
		}
		events = append(events, p)
	}
}

func proposalOf(m *api.AppendReq_ProposedMessage) (proposed, error) {
	kind, typed := m.GetMetadata()["type"]
	contentType, ok := m.GetMetadata()["content-type"]
	if m == nil || !typed || !ok || kind == "" {
		return proposed{}, status.Error(codes.InvalidArgument, "Required Metadata Property 'type' or 'content-type' is missing")
	}
	id := m.GetId().GetStructured()
	if id == nil {
		return proposed{}, status.Error(codes.InvalidArgument, "esdbtest reads structured ids only")
	}
	p := proposed{kind: kind, contentType: contentType, data: m.GetData(), meta: m.GetCustomMetadata()}
	binary.BigEndian.PutUint64(p.id[:8], uint64(id.MostSignificantBits))
	binary.BigEndian.PutUint64(p.id[8:], uint64(id.LeastSignificantBits))
	if p.id == [16]byte{} {
		return p, status.Error(codes.InvalidArgument, "Empty eventId provided.")
	}
	return p, nil
}

// commit decides, writes and answers.
func (s *streamsService) commit(call api.Streams_AppendServer, fault Fault, name string, expected int64, events []proposed) error {
	l := s.log()
	l.mu.Lock()
	d, at := l.decide(name, expected, events)
	if d == accept && len(events) > 0 {
		at = l.write(name, events)
	}
	current, exists := l.last(name)
	l.mu.Unlock()

	switch {
	case d == deleted:
		return streamDeleted(call.Context(), name)
	case fault == WriteThenAbort:
		return status.Error(codes.Aborted, "Operation timed out")
	case fault == WriteThenUnavailable:
		return notReady()
	case fault == WriteThenTimeout:
		return status.Error(codes.DeadlineExceeded, "Operation timed out")
	case fault == WriteThenHang:
		<-call.Context().Done()
		return status.FromContextError(call.Context().Err()).Err()
	case d == wrongVersion:
		return call.SendAndClose(conflict(expected, current, exists))
	}
	return call.SendAndClose(success(at))
}

func success(at *record) *api.AppendResp {
	done := &api.AppendResp_Success{
		CurrentRevisionOption: &api.AppendResp_Success_NoStream{NoStream: &shared.Empty{}},
		PositionOption:        &api.AppendResp_Success_NoPosition{NoPosition: &shared.Empty{}},
	}
	if at != nil {
		done.CurrentRevisionOption = &api.AppendResp_Success_CurrentRevision{CurrentRevision: at.revision}
		done.PositionOption = &api.AppendResp_Success_Position{
			Position: &api.AppendResp_Position{CommitPosition: at.position, PreparePosition: at.position},
		}
	}
	return &api.AppendResp{Result: &api.AppendResp_Success_{Success: done}}
}

func conflict(expected int64, current uint64, exists bool) *api.AppendResp {
	w := &api.AppendResp_WrongExpectedVersion{
		CurrentRevisionOption: &api.AppendResp_WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &shared.Empty{}},
	}
	if exists {
		w.CurrentRevisionOption = &api.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: current}
	}
	switch expected {
	case expectAny:
		w.ExpectedRevisionOption = &api.AppendResp_WrongExpectedVersion_ExpectedAny{ExpectedAny: &shared.Empty{}}
	case expectNoStream:
		w.ExpectedRevisionOption = &api.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &shared.Empty{}}
	case expectExists:
		w.ExpectedRevisionOption = &api.AppendResp_WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: &shared.Empty{}}
	default:
		w.ExpectedRevisionOption = &api.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: uint64(expected)}
	}
	return &api.AppendResp{Result: &api.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: w}}
}

// expectedOf reads the expectation of an append, a delete or a tombstone.
func expectedOf(option any, name string) (int64, error) {
	if name == "" {
		return 0, status.Error(codes.InvalidArgument, "a stream needs a name")
	}
	var revision uint64
	switch e := option.(type) {
	case *api.AppendReq_Options_Any, *api.DeleteReq_Options_Any, *api.TombstoneReq_Options_Any:
		return expectAny, nil
	case *api.AppendReq_Options_NoStream, *api.DeleteReq_Options_NoStream, *api.TombstoneReq_Options_NoStream:
		return expectNoStream, nil
	case *api.AppendReq_Options_StreamExists, *api.DeleteReq_Options_StreamExists, *api.TombstoneReq_Options_StreamExists:
		return expectExists, nil
	case *api.AppendReq_Options_Revision:
		revision = e.Revision
	case *api.DeleteReq_Options_Revision:
		revision = e.Revision
	case *api.TombstoneReq_Options_Revision:
		revision = e.Revision
	default:
		return 0, status.Error(codes.InvalidArgument, "no expected revision")
	}
	if revision > math.MaxInt64 {
		return 0, status.Error(codes.InvalidArgument, "a revision beyond 2^63-1")
	}
	return int64(revision), nil
}
