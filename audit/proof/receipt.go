package proof

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// What a file of receipts says it is.
const (
	ReceiptFormat   = "zhishu-receipt/1"
	StatementFormat = "zhishu-statement-receipts/1"
)

// Event is a frame in JSON; data and metadata are base64, so that they stay the
// very bytes that were hashed.
type Event struct {
	Stream   string `json:"stream"`
	Revision uint64 `json:"revision"`
	ID       string `json:"id"` // 8-4-4-4-12 hexadecimal digits
	Type     string `json:"type"`
	Data     []byte `json:"data"`
	Metadata []byte `json:"metadata"`
}

// EventOf is the frame as JSON has it.
func EventOf(f Frame) Event {
	return Event{f.Stream, f.Revision, formatID(f.ID), f.Type, f.Data, f.Metadata}
}

// Frame is the event as it is hashed.
func (e Event) Frame() (Frame, error) {
	id, err := parseID(e.ID)
	if err != nil {
		return Frame{}, err
	}
	return Frame{e.Stream, e.Revision, id, e.Type, e.Data, e.Metadata}, nil
}

// Receipt is what somebody keeps of a fact: the fact as it was stored, and a
// C2SP tlog-proof whose extra data is the event's salt. Whoever has it and the
// log's key can show for ever that the fact is in the ledger, and where.
type Receipt struct {
	Format string `json:"format"`
	Event  Event  `json:"event"`
	Proof  string `json:"proof"`
}

// Receipts is the receipts of a whole stream in one file, with what the ledger
// said about them: the statement itself is not proven by it.
type Receipts struct {
	Format    string          `json:"format"`
	Stream    string          `json:"stream"`
	Statement json.RawMessage `json:"statement,omitempty"`
	Receipts  []Receipt       `json:"receipts"`
	// Gifts are the receipts of the gifts that a person's statement lists, a stream each.
	Gifts []Receipts `json:"gifts,omitempty"`
}

// Shown is what a receipt has proven.
type Shown struct {
	Frame      Frame
	Index      uint64
	Checkpoint Checkpoint
}

// Verify checks a receipt against the log's pinned keys.
func (r Receipt) Verify(keys ...Key) (Shown, error) {
	if r.Format != ReceiptFormat {
		return Shown{}, fmt.Errorf("receipt: %w: %.64q", ErrFormat, r.Format)
	}
	frame, err := r.Event.Frame()
	if err != nil {
		return Shown{}, err
	}
	p, err := ParseInclusion([]byte(r.Proof))
	if err != nil {
		return Shown{}, err
	}
	if len(p.Extra) != len(Salt{}) {
		return Shown{}, fmt.Errorf("receipt: %w: the extra data is a salt of 32 bytes", ErrFormat)
	}
	entry := Commit(Salt(p.Extra), frame.Append(nil))
	c, _, err := p.Verify(entry[:], keys...)
	if err != nil {
		return Shown{}, fmt.Errorf("receipt of %s revision %d: %w", frame.Stream, frame.Revision, err)
	}
	return Shown{frame, p.Index, c}, nil
}

// Verify checks every receipt, that all are of the one stream, and that none is
// missing between its first event and the last one shown; and the same of every
// gift, which stands in a stream of its own.
func (s Receipts) Verify(keys ...Key) ([]Shown, error) {
	all, err := s.verifyStream(keys)
	if err != nil {
		return all, err
	}
	streams := map[string]bool{s.Stream: true}
	for _, g := range s.Gifts {
		if streams[g.Stream] || len(g.Gifts) > 0 {
			return all, fmt.Errorf("statement: %w: the gift %s stands there twice, or holds others", ErrFormat, g.Stream)
		}
		streams[g.Stream] = true
		more, err := g.verifyStream(keys)
		all = append(all, more...)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

func (s Receipts) verifyStream(keys []Key) ([]Shown, error) {
	if s.Format != StatementFormat {
		return nil, fmt.Errorf("statement: %w: %.64q", ErrFormat, s.Format)
	}
	var all []Shown
	for _, r := range s.Receipts {
		var err error
		if all, err = r.next(all, keys); err != nil {
			return all, err
		}
	}
	return all, ofStream(all, s.Stream)
}

// next verifies a receipt as the one that follows those shown of its stream.
func (r Receipt) next(all []Shown, keys []Key) ([]Shown, error) {
	shown, err := r.Verify(keys...)
	i := len(all)
	switch {
	case err != nil:
		return all, err
	case i > 0 && shown.Frame.Stream != all[0].Frame.Stream:
		return all, fmt.Errorf("statement: %w: receipt %d is of stream %s", ErrMismatch, i, shown.Frame.Stream)
	case shown.Frame.Revision != uint64(i):
		return all, fmt.Errorf("statement: %w: receipt %d is of revision %d", ErrMismatch, i, shown.Frame.Revision)
	case i > 0 && (shown.Checkpoint.Origin != all[0].Checkpoint.Origin || shown.Checkpoint.Size != all[0].Checkpoint.Size || shown.Checkpoint.Root != all[0].Checkpoint.Root):
		return all, fmt.Errorf("statement: %w: receipt %d is under another checkpoint than those before it", ErrMismatch, i)
	case i > 0 && shown.Index <= all[i-1].Index:
		return all, fmt.Errorf("statement: %w: revision %d stands before the one it follows", ErrMismatch, i)
	}
	return append(all, shown), nil
}

func ofStream(all []Shown, stream string) error {
	if len(all) > 0 && all[0].Frame.Stream != stream {
		return fmt.Errorf("statement: %w: its receipts are of stream %s", ErrMismatch, all[0].Frame.Stream)
	}
	return nil
}

func formatID(id [16]byte) string {
	s := hex.EncodeToString(id[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

func parseID(s string) (id [16]byte, err error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(raw) != len(id) || formatID([16]byte(raw)) != s {
		return id, fmt.Errorf("event: %w: the id %.64q", ErrFormat, s)
	}
	return [16]byte(raw), nil
}
