package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"sync"
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

// headSizes holds the size of every head in the checkpoint stream by its
// revision, 8 bytes each, so that nobody searches that stream, which a store may
// have to walk from its end. It can be made again, and nothing rests on it but
// under which of all the heads a receipt is made.
type headSizes struct {
	mu    sync.RWMutex
	sizes *flat
}

const headSize = 8

func openHeads(dir string) (*headSizes, error) {
	sizes, err := openFlat(dir, headsName)
	return &headSizes{sizes: sizes}, err
}

const headsName = "heads"

// load drops half a record, or with fresh all of them.
func (h *headSizes) load(fresh bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if fresh {
		return h.sizes.cut(0)
	}
	return h.sizes.cut(h.sizes.size / headSize * headSize)
}

// note keeps what the log says at a place of the checkpoint stream. When heads
// before it are missing they are read: a crash may have left the file short.
func (h *headSizes) note(ctx context.Context, log eventstore.StreamReader, head Head) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if have := eventstore.Revision(h.sizes.size / headSize); have < head.Revision {
		for r, err := range log.ReadStream(ctx, eventstore.CheckpointStream, have, eventstore.Forwards) {
			if err != nil {
				return err
			}
			if r.Revision >= head.Revision {
				break
			}
			missing, err := parseHead(r)
			if err != nil {
				return err
			}
			if err := h.put(missing); err != nil {
				return err
			}
		}
	}
	return h.put(head)
}

func (h *headSizes) put(head Head) error {
	return h.sizes.put(binary.BigEndian.AppendUint64(nil, head.Checkpoint.Size), int64(head.Revision)*headSize)
}

// end drops what is behind the newest head of the log: of a ledger of which
// something was lost.
func (h *headSizes) end(newest Head, announced bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	end := int64(0)
	if announced {
		end = int64(newest.Revision+1) * headSize
	}
	return h.sizes.cut(min(end, h.sizes.size))
}

// covering is the size of the first head, of those up to newest, whose tree has
// leaf index. Sizes rise from one head to the next.
func (h *headSizes) covering(index uint64, newest Head) (size uint64, err error) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	size = newest.Checkpoint.Size
	known := min(int64(newest.Revision), h.sizes.size/headSize)
	sort.Search(int(known), func(i int) bool {
		var b [headSize]byte
		err = errors.Join(err, h.sizes.read(b[:], int64(i)*headSize))
		found := binary.BigEndian.Uint64(b[:])
		if found > index {
			size = min(size, found)
		}
		return found > index
	})
	return size, err
}

// covering is the checkpoint a receipt of leaf index is made under: the first
// one of the present origin that covered it. Keys speak for their own origin
// alone.
func (l *Log) covering(id Identity, index uint64, newest Head) (proof.Checkpoint, error) {
	c := newest.Checkpoint
	size, err := l.sizes.covering(index, newest)
	if err != nil {
		return c, err
	}
	if n := len(id.Losses); n > 0 && size <= id.Losses[n-1].Kept {
		return c, nil
	}
	root, _, err := l.tiles.beginning(size, c)
	if err != nil {
		return c, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return proof.Checkpoint{Origin: c.Origin, Size: size, Root: root}, nil
}
