package audit

import (
	"context"
	"errors"
	"fmt"

	"zhishu/audit/proof"
	"zhishu/eventstore"
)

// errCheckpoint: only the tree's own heads are signed as checkpoints.
var errCheckpoint = errors.New("a checkpoint is signed by announcing it, never as a text")

// Attest signs a text that is no checkpoint, such as the manifest of a bundle,
// with every key in force. Its first line must be the origin, as in every note
// of this log.
func (id Identity) Attest(text string) ([]byte, error) {
	if _, err := proof.ParseCheckpoint(text); err == nil {
		return nil, errCheckpoint
	}
	if id.Origin == "" || len(id.Signers) == 0 {
		return nil, fmt.Errorf("%w: the log has no key yet", ErrNotCovered)
	}
	note := text + "\n"
	for _, s := range id.Signers {
		note += s.sign(text).Line()
	}
	return []byte(note), nil
}

// Attest signs such a text with the keys in force now.
func (l *Log) Attest(ctx context.Context, text string) ([]byte, error) {
	id, err := l.o.Identify(ctx)
	if err != nil {
		return nil, err
	}
	return id.Attest(text)
}

// Since lists the signed checkpoints of the present origin beyond a size, up to
// the published one, oldest first. Ed25519 gives the same note every time.
func (l *Log) Since(ctx context.Context, size uint64) (notes [][]byte, err error) {
	p := l.published.Load()
	if p == nil {
		return nil, ErrNotCovered
	}
	id, err := l.o.Identify(ctx)
	if err != nil {
		return nil, err
	}
	for r, err := range l.o.Store.ReadStream(ctx, eventstore.CheckpointStream, 0, eventstore.Forwards) {
		if err != nil {
			return nil, err
		}
		h, err := parseHead(r)
		if err != nil {
			return nil, err
		}
		switch c := h.Checkpoint; {
		case c.Size > p.Head.Checkpoint.Size:
			return notes, nil
		case c.Size > size && c.Origin == id.Origin:
			notes = append(notes, id.note(c))
		}
	}
	return notes, nil
}
