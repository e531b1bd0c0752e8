package bench

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/inspect"
	"zhishu/projections"
)

// bundle measures the offline verification of a bundle of the reference city,
// with every figure computed again, beside a fold of the same facts from the
// log.
func (r *run) bundle() error {
	dir := r.dir("bundle")
	defer os.RemoveAll(dir)
	if _, err := city(r.ctx, dir, r.Events); err != nil {
		return err
	}
	l, _, err := openWhole(r.ctx, dir)
	if err != nil {
		return err
	}
	defer l.close()
	l.handler = commands.New(l.log, l.vault, commands.Options{})
	file := dir + "/bundle.zip"
	key, err := l.exportBundle(r.ctx, file)
	if err != nil {
		return err
	}
	debug.FreeOSMemory()
	folded, err := projections.Replay(r.ctx, l.log, projections.ReplayOptions{})
	if err != nil {
		return err
	}
	fold := float64(folded.Size) / folded.Duration.Seconds()
	folded = projections.ReplayResult{}
	debug.FreeOSMemory()
	report, peak, err := verifyFile(r.ctx, file, key)
	if err != nil {
		return err
	}
	rate := float64(report.Facts) / report.Seconds
	r.report(Row{ID: "P11", Work: fmt.Sprintf("bundle of %d events verified with recomputation", report.Facts), Figure: rate, Limit: fold, Unit: "events/s",
		Target: "≥ 300,000", Met: rate >= 300_000 && report.Verdict == inspect.Sound,
		Detail: fmt.Sprintf("%s in %.1f s, heap at most %d MiB; limit: folding the same events from the log", report.Verdict, report.Seconds, peak>>20)})
	return nil
}

// exportBundle opens a case, signs a checkpoint and writes the bundle.
func (l *ledger) exportBundle(ctx context.Context, file string) (proof.Key, error) {
	const origin = "zhishu.example/bench"
	signer, err := audit.NewSigner(origin, [32]byte{1})
	if err != nil {
		return signer.Key, err
	}
	inspector := l.handler.AccountOf("inspector")
	nonce := inspect.Nonce{1}
	commitment := nonce.Commit()
	period, err := domain.ParsePeriod("2025")
	if err != nil {
		return signer.Key, err
	}
	id := domain.InspectionID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 1}}
	operator := l.handler.AccountOf("operator")
	for i, c := range []domain.Command{
		&domain.BeginSigning{Signing: domain.SigningID{UUID: domain.UUID(l.vault.LedgerID())}, Origin: origin, Key: hex.EncodeToString(signer.Key.Public[:])},
		&domain.OpenAccount{Account: inspector, Handle: "inspector", Role: domain.RoleInspector},
		&domain.OpenInspection{Inspection: id, Period: period, Committed: hex.EncodeToString(commitment[:]), Purpose: "bench"},
	} {
		by := []domain.AccountID{operator, operator, inspector}[i]
		caller := commands.Caller{Account: by, Authentication: domain.Asserted, Source: "bench"}
		if _, err := l.handler.Do(ctx, commands.Request{Caller: caller, Key: c.Operation(), Command: c}); err != nil {
			return signer.Key, err
		}
	}
	identity := audit.Identity{Origin: origin, Signers: []audit.Signer{signer}}
	saltKey := l.vault.Mac("log-salt-key")
	tree, err := audit.Open(ctx, audit.Options{
		Store: l.log, Dir: l.dir + "/audit", SaltKey: saltKey, Every: time.Hour,
		Identify: func(context.Context) (audit.Identity, error) { return identity, nil },
	})
	if err != nil {
		return signer.Key, err
	}
	defer tree.Close()
	if err := tree.Announce(ctx); err != nil {
		return signer.Key, err
	}
	f, err := os.Create(file)
	if err != nil {
		return signer.Key, err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	_, err = inspect.Write(ctx, w, inspect.Source{
		Log: l.log, Streams: l.log, Evidence: tree, Sign: tree.Attest,
		Salt: func(id eventstore.ID) proof.Salt { return proof.SaltOf(saltKey, id) },
	}, inspect.Order{
		Case: inspect.Case{ID: id.String(), Period: period.String(), Inspector: inspector.String(),
			Committed: hex.EncodeToString(commitment[:]), Opened: tree.Size() - 1},
		Exporter: "operator", At: time.Now(), Checkpoint: tree.Checkpoint(), Heads: [][]byte{tree.Checkpoint()},
	})
	return signer.Key, errors.Join(err, w.Flush(), f.Close())
}

// verifyFile verifies a bundle and tells the most memory its heap took.
func verifyFile(ctx context.Context, file string, key proof.Key) (*inspect.Report, uint64, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	var peak atomic.Uint64
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapAlloc))
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	defer inspect.OneShot(info.Size())() // as the verb does
	report := inspect.Verify(ctx, f, info.Size(), inspect.VerifyOptions{Keys: []proof.Key{key}})
	close(stop)
	<-done
	return report, peak.Load(), nil
}
