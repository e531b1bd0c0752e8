package audit

import (
	"errors"
	"fmt"

	"zhishu/audit/proof"
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
