package audit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zhishu/audit/proof"
)

// WitnessAt is a witness that is asked to cosign every checkpoint.
type WitnessAt struct {
	URL string // the address that add-checkpoint stands below
	Key proof.Key
}

const (
	witnessPatience = 5 * time.Second
	maxWitnessReply = 64 << 10
)

// askWitnesses gathers cosignatures below a checkpoint that was published, and
// publishes it again with them. It waits for nobody; while one round is under
// way the next is left out.
func (l *Log) askWitnesses(p *Published) {
	if len(l.o.Witnesses) == 0 || !l.asking.TryLock() {
		return
	}
	l.witnessing.Go(func() {
		defer l.asking.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), witnessPatience)
		defer cancel()
		note := bytes.Clone(p.Note)
		for i := range l.o.Witnesses {
			line, err := l.ask(ctx, &l.o.Witnesses[i], p)
			if err != nil {
				l.o.Logger.Warn("no cosignature", "witness", l.o.Witnesses[i].Key.Name, "error", err)
				continue
			}
			note = append(note, line...)
		}
		l.published.CompareAndSwap(p, &Published{p.Head, note}) // unless a newer one is out
	})
}

// ask sends a checkpoint to a witness. What the witness has seen last it tells
// itself, when our guess is wrong.
func (l *Log) ask(ctx context.Context, w *WitnessAt, p *Published) (string, error) {
	old := uint64(0)
	for range 3 {
		status, body, err := l.post(ctx, w, old, p)
		switch {
		case err != nil:
			return "", err
		case status == http.StatusConflict:
			if old, err = strconv.ParseUint(strings.TrimSpace(string(body)), 10, 64); err != nil || old > p.Head.Checkpoint.Size {
				return "", fmt.Errorf("the witness has seen %.40q, this checkpoint has %d", body, p.Head.Checkpoint.Size)
			}
		case status != http.StatusOK:
			return "", fmt.Errorf("the witness answers %d", status)
		default:
			n, err := proof.ParseNote(append([]byte(p.Head.Checkpoint.Text()+"\n"), body...))
			if err != nil {
				return "", err
			}
			if _, err := n.SignedBy(w.Key); err != nil {
				return "", err
			}
			return string(body), nil
		}
	}
	return "", fmt.Errorf("the witness has seen another tree of this size")
}

func (l *Log) post(ctx context.Context, w *WitnessAt, old uint64, p *Published) (int, []byte, error) {
	_, path, err := l.tiles.beginning(old, p.Head.Checkpoint)
	if err != nil {
		return 0, nil, err
	}
	request := "old " + strconv.FormatUint(old, 10) + "\n"
	for _, h := range path {
		request += proof.FormatHash(h) + "\n"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(w.URL, "/")+"/add-checkpoint", strings.NewReader(request+"\n"+string(p.Note)))
	if err != nil {
		return 0, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxWitnessReply))
	return resp.StatusCode, body, err
}
