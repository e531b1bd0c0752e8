package esdbtest

import (
	"math"
	"regexp"
	"strings"

	api "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// subscription is one subscription to a stream or to $all.
type subscription struct {
	s      *streamsService
	out    *sender
	wants  func(*record) bool
	next   int // index of the next record to look at
	window int // records looked at between checkpoints; 0: no checkpoints
	seen   int // records looked at since the last checkpoint
}

func (s *streamsService) subscribe(o *api.ReadReq_Options, out *sender) error {
	sub := &subscription{s: s, out: out}
	if err := sub.choose(o); err != nil {
		return err
	}
	dropped, end := s.node.cluster.subscribe(s.node)
	defer end()
	err := out.call.Send(&api.ReadResp{Content: &api.ReadResp_Confirmation{
		Confirmation: &api.ReadResp_SubscriptionConfirmation{SubscriptionId: uuid.NewString()},
	}})
	if err == nil && sub.window > 0 && s.node.cluster.Faults.falseCheckpoint() {
		err = sub.checkpoint(math.MaxUint64)
	}
	if err != nil {
		return err
	}
	return sub.run(dropped)
}

// choose sets what the subscription begins with and what it wants.
func (sub *subscription) choose(o *api.ReadReq_Options) error {
	l := sub.s.log()
	l.mu.RLock()
	defer l.mu.RUnlock()
	if all := o.GetAll(); all != nil {
		if p := all.GetPosition(); p != nil {
			if p.GetCommitPosition() == math.MaxUint64 { // as the real one: from the end
				sub.next = len(l.records)
			} else {
				sub.next = l.search(p.GetCommitPosition() + 1)
			}
		} else if all.GetEnd() != nil {
			sub.next = len(l.records)
		}
		return sub.filter(o.GetFilter())
	}
	so := o.GetStream()
	name := string(so.GetStreamIdentifier().GetStreamName())
	after := int64(-1)
	if so.GetRevisionOption() != nil && so.GetStart() == nil && so.GetEnd() == nil {
		after = int64(so.GetRevision())
	}
	if so.GetEnd() != nil {
		sub.next = len(l.records)
	}
	sub.wants = func(r *record) bool { return r.stream == name && int64(r.revision) > after }
	return nil
}

func (sub *subscription) filter(f *api.ReadReq_Options_FilterOptions) error {
	sub.wants = func(*record) bool { return true }
	if f == nil {
		return nil
	}
	expression, value := f.GetStreamIdentifier(), func(r *record) string { return r.stream }
	if expression == nil {
		expression, value = f.GetEventType(), func(r *record) string { return r.kind }
	}
	sub.window = max(int(f.GetMax()), 1) * max(int(f.GetCheckpointIntervalMultiplier()), 1)
	if prefixes := expression.GetPrefix(); len(prefixes) > 0 {
		sub.wants = func(r *record) bool {
			for _, p := range prefixes {
				if strings.HasPrefix(value(r), p) {
					return true
				}
			}
			return false
		}
		return nil
	}
	pattern, err := regexp.Compile(expression.GetRegex())
	if err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	sub.wants = func(r *record) bool { return pattern.MatchString(value(r)) }
	return nil
}

func (sub *subscription) run(dropped <-chan struct{}) error {
	l, ctx := sub.s.log(), sub.out.call.Context()
	behind := pageSize // so that the first end is announced
	for {
		select {
		case <-dropped:
			return sub.s.node.cluster.dropError()
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		default:
		}
		if held := sub.s.node.cluster.Faults.hold(); held != nil {
			wait(ctx, held, dropped)
			continue
		}
		l.mu.RLock()
		page, grown := l.records[min(sub.next, len(l.records)):min(sub.next+pageSize, len(l.records))], l.grown
		l.mu.RUnlock()
		for _, r := range page {
			if err := sub.look(r); err != nil {
				return err
			}
		}
		behind += len(page)
		if len(page) == 0 {
			if behind >= pageSize {
				err := sub.out.call.Send(&api.ReadResp{Content: &api.ReadResp_CaughtUp_{CaughtUp: &api.ReadResp_CaughtUp{}}})
				if err != nil {
					return err
				}
			}
			behind = 0
			wait(ctx, grown, dropped)
		}
	}
}

// look sends a record that is wanted, and a checkpoint when one is due.
func (sub *subscription) look(r *record) error {
	sub.next++
	if sub.wants(r) {
		if err := sub.out.event(r); err != nil {
			return err
		}
	}
	if sub.seen++; sub.window > 0 && sub.seen >= sub.window {
		sub.seen = 0
		return sub.checkpoint(r.position)
	}
	return nil
}

func (sub *subscription) checkpoint(position uint64) error {
	return sub.out.call.Send(&api.ReadResp{Content: &api.ReadResp_Checkpoint_{
		Checkpoint: &api.ReadResp_Checkpoint{CommitPosition: position, PreparePosition: position},
	}})
}
