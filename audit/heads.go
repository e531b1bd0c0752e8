package audit

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"zhishu/audit/proof"
	"zhishu/eventstore"
)

// HeadType is the type of the events in the checkpoint stream.
const HeadType = "tree-head"

// head is what an event of the checkpoint stream says: the tree had this root
// at this size. It is signed and published only once it stands there.
type head struct {
	Origin string    `json:"origin"`
	Size   uint64    `json:"size"`
	Root   []byte    `json:"root"`
	At     time.Time `json:"at"` // for people; not signed
}

// Head is a tree head as it stands in the checkpoint stream.
type Head struct {
	Checkpoint proof.Checkpoint
	Revision   eventstore.Revision
	At         time.Time
}

func parseHead(r eventstore.Recorded) (Head, error) {
	var h head
	err := json.Unmarshal(r.Data, &h)
	if err != nil || r.Type != HeadType || len(h.Root) != sha256.Size || h.Origin == "" {
		return Head{}, fmt.Errorf("%w: %s revision %d is no tree head", eventstore.ErrCorrupt, r.Stream, r.Revision)
	}
	return Head{proof.Checkpoint{Origin: h.Origin, Size: h.Size, Root: proof.Hash(h.Root)}, r.Revision, h.At}, nil
}

// announcement is the event that announces a head as the n-th one. Its id hangs
// on what it says and where, so that an append may be repeated.
func announcement(c proof.Checkpoint, n uint64, at time.Time) eventstore.Event {
	data, _ := json.Marshal(head{c.Origin, c.Size, c.Root[:], at.UTC().Truncate(time.Millisecond)})
	id := sha256.Sum256(fmt.Appendf(nil, "zhishu/tree-head/%d\n%s", n, c.Text()))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // a UUID of version 8
	return eventstore.Event{ID: eventstore.ID(id[:16]), Type: HeadType, Data: data, Metadata: []byte(`{}`)}
}

// newestHead reads the last head announced; none: ok is false.
func newestHead(ctx context.Context, log eventstore.StreamReader) (h Head, ok bool, err error) {
	for r, err := range log.ReadStream(ctx, eventstore.CheckpointStream, eventstore.Last, eventstore.Backwards) {
		if errors.Is(err, eventstore.ErrStreamNotFound) {
			return Head{}, false, nil
		}
		if err != nil {
			return Head{}, false, err
		}
		h, err := parseHead(r)
		return h, err == nil, err
	}
	return Head{}, false, nil
}

// headAt reads the head at a revision.
func headAt(ctx context.Context, log eventstore.StreamReader, revision eventstore.Revision) (Head, error) {
	for r, err := range log.ReadStream(ctx, eventstore.CheckpointStream, revision, eventstore.Forwards) {
		if err != nil {
			return Head{}, err
		}
		return parseHead(r)
	}
	return Head{}, eventstore.ErrStreamNotFound
}

// covering finds the first head, of those up to newest, whose tree has leaf
// index. Sizes rise from one head to the next.
func covering(ctx context.Context, log eventstore.StreamReader, index uint64, newest Head) (Head, error) {
	found := newest
	for lo, hi := eventstore.Revision(0), newest.Revision; lo < hi; {
		mid := lo + (hi-lo)/2
		h, err := headAt(ctx, log, mid)
		if err != nil {
			return Head{}, err
		}
		if h.Checkpoint.Size > index {
			found, hi = h, mid
		} else {
			lo = mid + 1
		}
	}
	return found, nil
}
