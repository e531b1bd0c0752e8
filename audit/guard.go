package audit

import (
	"errors"
	"fmt"
	"io/fs"

	"zhishu/audit/proof"
	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// Guard keeps the newest published checkpoint where a copy of the ledger's
// directory put back from yesterday does not bring yesterday's along.
type Guard interface {
	// Last is the note kept; nil when there is none yet.
	Last() ([]byte, error)
	// Keep replaces it. It is durable when Keep returns.
	Keep(note []byte) error
}

const maxNote = 1 << 20

// GuardFile is a Guard in a file of its own.
type GuardFile string

// Last implements Guard.
func (g GuardFile) Last() ([]byte, error) {
	note, err := durable.ReadFile(string(g), maxNote)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return note, err
}

// Keep implements Guard.
func (g GuardFile) Keep(note []byte) error { return durable.WriteFile(string(g), note, 0o644) }

// What a comparison with a checkpoint that was signed before may find. Writing
// on would announce a history that contradicts the one already announced.
var (
	ErrBehind    = errors.New("the ledger is behind what it had signed before")
	ErrDifferent = errors.New("the ledger is not the one it had signed before")
)

// Contradiction says what was signed and what there is. It wraps ErrBehind or
// ErrDifferent, and eventstore.ErrCorrupt.
type Contradiction struct {
	Kind   error
	Signed proof.Checkpoint // as it was kept
	Where  string           // who kept it
	Size   uint64           // of the ledger now
	Origin string
}

func (c *Contradiction) Unwrap() []error { return []error{c.Kind, eventstore.ErrCorrupt} }

func (c *Contradiction) Error() string {
	if errors.Is(c.Kind, ErrBehind) {
		return fmt.Sprintf("账本比已签署的检查点少了事件：检查点 %d 条，现有 %d 条。目录可能被较早的副本替换。"+
			" The ledger is behind what it had signed before: the checkpoint in %s has %d events of %s, this log has %d. An older copy was put in its place, or the newest events are lost",
			c.Signed.Size, c.Size, c.Where, c.Signed.Size, c.Signed.Origin, c.Size)
	}
	if c.Signed.Origin != c.Origin {
		return fmt.Sprintf("检查点属于另一个账本。 The ledger is not the one it had signed before: the checkpoint in %s is of %s, this log is %s", c.Where, c.Signed.Origin, c.Origin)
	}
	return fmt.Sprintf("账本内容与已签署的检查点不符：前 %d 条事件已被改动。"+
		" The ledger is not the one it had signed before: its first %d events are not those that the checkpoint in %s was signed for", c.Signed.Size, c.Signed.Size, c.Where)
}

// compare holds the tree against a checkpoint that was signed before.
func (t *tiles) compare(id Identity, signed proof.Checkpoint, where string) error {
	size := t.leaves()
	fault := &Contradiction{ErrDifferent, signed, where, size, id.Origin}
	if signed.Origin != id.Origin {
		loss, ok := id.lossOf(signed.Origin)
		if !ok {
			return fault
		}
		if signed.Size > loss.Kept {
			if signed.Size > loss.Last.Size || signed.Size == loss.Last.Size && signed.Root != loss.Last.Root {
				return fault // more was signed than was declared lost
			}
			return nil
		}
	}
	if signed.Size > size {
		fault.Kind = ErrBehind
		return fault
	}
	root, err := t.root(signed.Size)
	if err != nil {
		return err
	}
	if root != signed.Root {
		return fault
	}
	return nil
}

// lossOf is how an earlier origin ended.
func (id Identity) lossOf(origin string) (Loss, bool) {
	for _, l := range id.Losses {
		if l.Last.Origin == origin {
			return l, true
		}
	}
	return Loss{}, false
}
