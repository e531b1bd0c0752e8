package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhishu/audit/proof"
	"zhishu/internal/durable"
)

// Witness cosigns checkpoints of logs it knows (C2SP tlog-witness): only such
// as continue the last one it cosigned, which it stores before it answers. Who
// sees a cosignature knows that no other history was shown to this witness.
type Witness struct {
	mu     sync.Mutex
	dir    string
	signer Signer
	logs   map[string][]proof.Key
	now    func() time.Time
}

// OpenWitness keeps its memory in dir, a file for each log.
func OpenWitness(dir string, signer Signer, logs []proof.Key) (*Witness, error) {
	w := &Witness{dir: dir, signer: signer, logs: map[string][]proof.Key{}, now: time.Now}
	for _, k := range logs {
		w.logs[k.Name] = append(w.logs[k.Name], k)
	}
	return w, os.MkdirAll(dir, 0o700)
}

// WitnessAnswer is what a witness answers to a request.
type WitnessAnswer struct {
	Status int
	Type   string
	Body   []byte
}

func refusal(status int) WitnessAnswer { return WitnessAnswer{Status: status} }

const maxRequestPath = 63

// Add judges one request: "old <size>", the consistency proof a hash a line, an
// empty line, the checkpoint.
func (w *Witness) Add(request []byte) WitnessAnswer {
	head, note, ok := strings.Cut(string(request), "\n\n")
	lines := strings.Split(head, "\n")
	number, hasOld := strings.CutPrefix(lines[0], "old ")
	old, err := strconv.ParseUint(number, 10, 64)
	if !ok || !hasOld || err != nil || strconv.FormatUint(old, 10) != number || len(lines)-1 > maxRequestPath {
		return refusal(http.StatusBadRequest)
	}
	var path []proof.Hash
	for _, line := range lines[1:] {
		h, err := proof.ParseHash(line)
		if err != nil {
			return refusal(http.StatusBadRequest)
		}
		path = append(path, h)
	}
	n, err := proof.ParseNote([]byte(note))
	if err != nil {
		return refusal(http.StatusBadRequest)
	}
	c, err := proof.ParseCheckpoint(n.Text)
	if err != nil {
		return refusal(http.StatusBadRequest)
	}
	keys := w.logs[c.Origin]
	if len(keys) == 0 {
		return refusal(http.StatusNotFound)
	}
	if _, _, err := proof.OpenCheckpoint([]byte(note), keys...); err != nil {
		return refusal(http.StatusForbidden)
	}
	if old > c.Size {
		return refusal(http.StatusBadRequest)
	}
	return w.cosign(old, path, c, []byte(note))
}

func (w *Witness) cosign(old uint64, path []proof.Hash, c proof.Checkpoint, note []byte) WitnessAnswer {
	w.mu.Lock()
	defer w.mu.Unlock()
	last, err := w.last(c.Origin)
	if err != nil {
		return refusal(http.StatusInternalServerError)
	}
	if old != last.Size || c.Size == last.Size && c.Root != last.Root {
		// Also two roots of one size: the answer is the size, and no signature.
		return WitnessAnswer{http.StatusConflict, "text/x.tlog.size", []byte(strconv.FormatUint(last.Size, 10) + "\n")}
	}
	if err := proof.VerifyConsistency(old, c.Size, last.Root, c.Root, path); err != nil {
		return refusal(http.StatusUnprocessableEntity)
	}
	// A crash here has cosigned nothing. A crash behind it has remembered what it
	// may not have answered: the log asks again and is answered the same.
	if err := durable.WriteFile(w.file(c.Origin), note, 0o600); err != nil {
		return refusal(http.StatusInternalServerError)
	}
	return WitnessAnswer{http.StatusOK, "text/plain; charset=utf-8", []byte(w.signer.cosign(c.Text(), w.now()).Line())}
}

func (w *Witness) file(origin string) string {
	name := proof.LeafHash([]byte(origin))
	return filepath.Join(w.dir, fmt.Sprintf("%x.checkpoint", name[:16]))
}

// last is the checkpoint this witness cosigned last; of an unknown log the empty
// tree.
func (w *Witness) last(origin string) (proof.Checkpoint, error) {
	note, err := durable.ReadFile(w.file(origin), maxNote)
	if errors.Is(err, fs.ErrNotExist) {
		return proof.Checkpoint{Origin: origin, Root: proof.EmptyRoot()}, nil
	}
	if err != nil {
		return proof.Checkpoint{}, err
	}
	return openGuard(note)
}
