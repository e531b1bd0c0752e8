package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/internal/durable"
	"zhishu/projections"
	"zhishu/vault"
)

type verifyCmd struct {
	Ledger  verifyLedgerCmd  `cmd:"" default:"withargs" zh:"离线核验取证包，或核验整个账本：记录、修订、哈希树、检查点、快照" help:"Check a bundle offline, or a ledger whole: records, revisions, tree, checkpoints, snapshots." example:"zhishu verify ledger\nzhishu verify 取证包.zip --key 公钥 --sample-checkpoint 随机数.checkpoint"`
	Receipt verifyReceiptCmd `cmd:"" zh:"离线核验回执，须有预先得到的公钥" help:"Check receipts offline with a pinned key." example:"zhishu verify receipt 回执.json --key 公钥"`
}

// Exit codes of verify.
const (
	exitSound      = 0
	exitTampered   = 1
	exitIncomplete = 2
	exitAsked      = 3 // the question was wrong
	exitBroken     = 4 // this program failed: nothing is said about the ledger
)

// verdictError leaves with a code after everything was printed.
type verdictError struct{ code int }

func (v *verdictError) Error() string { return fmt.Sprintf("exit %d", v.code) }

func exitOf(v audit.Verdict) error {
	switch v {
	case audit.Sound:
		return nil
	case audit.Incomplete:
		return &verdictError{exitIncomplete}
	}
	return &verdictError{exitTampered}
}

type verifyLedgerCmd struct {
	Bundle string `arg:"" optional:"" zh:"取证包；不写则核验 --data 的账本" help:"An inspection bundle; without one, the ledger of --data is checked."`

	Data string   `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（默认 ${default}）" help:"The ledger's directory (${default})."`
	Key  []string `placeholder:"KEY" zh:"账本签名公钥，由对方另行交付；留存的检查点须由其中一把签名" help:"Public key of the log as it was handed over; the kept checkpoints must be signed with one of them."`
	JSON bool     `zh:"输出 JSON" help:"Print JSON."`
	inspector
	backend
}

// Run checks everything that can be checked in a directory. It changes nothing
// and needs nobody's cooperation but the vault's: its secret makes the salts
// that join facts and entries.
func (c *verifyLedgerCmd) Run(p *program) error {
	keys, err := parseKeys(c.Key)
	if err != nil {
		return err
	}
	if c.Bundle != "" {
		return c.verifyBundle(p, keys)
	}
	v := &verifying{program: p, at: c.at(c.Data), keys: keys, known: c.Known}
	out, err := v.run(p.ctx)
	if err != nil {
		return err
	}
	if err := p.print(c.JSON, out, func() { printChecked(p, out) }); err != nil {
		return err
	}
	return exitOf(out.Verdict)
}

func parseKeys(list []string) (keys []proof.Key, err error) {
	for _, s := range list {
		k, err := proof.ParseKey(s)
		if err != nil {
			return nil, &usageError{"--key: " + err.Error()}
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// verifying is one check under way.
type verifying struct {
	*program
	at      location
	keys    []proof.Key
	known   []string
	log     reader
	options audit.CheckOptions
	vault   *vault.Examined // of an embedded vault that could be read
	notes   []string
	lacks   []audit.Finding
	faults  []audit.Finding
}

func (v *verifying) run(ctx context.Context) (*audit.Checked, error) {
	if foreign, err := v.at.foreign(); err != nil || len(foreign) > 0 {
		return &audit.Checked{Verdict: audit.Tampered, Findings: foreignFindings(foreign)}, err
	}
	// What was kept outside comes first: a server that goes on is then ahead of it.
	if err := v.kept(); err != nil {
		return nil, err
	}
	if err := v.open(ctx); errors.Is(err, eventstore.ErrCorrupt) {
		first := uint64(0)
		return &audit.Checked{Verdict: audit.Tampered, FirstBad: &first, Findings: []audit.Finding{{Kind: "record", Index: &first, Text: err.Error()}}}, nil
	} else if err != nil {
		return nil, err
	}
	defer v.log.Close()
	if err := v.secrets(ctx); err != nil {
		return nil, err
	}
	bar := v.progress("核对 verify")
	v.options.Log, v.options.Progress = v.log, func(n uint64) { bar(int(n), -1) }
	out, err := audit.Check(ctx, v.options)
	if err != nil {
		return nil, err
	}
	if out.Verdict != audit.Tampered {
		if err := v.snapshots(ctx, domain.Size(out.Events)); err != nil {
			return nil, err
		}
		if err := v.keysOfAll(ctx); err != nil {
			return nil, err
		}
	}
	out.Notes = append(out.Notes, v.notes...)
	out.Findings = append(out.Findings, v.lacks...)
	if len(v.lacks) > 0 && out.Verdict == audit.Sound {
		out.Verdict = audit.Incomplete
	}
	if len(v.faults) > 0 {
		out.Verdict, out.Findings = audit.Tampered, append(out.Findings, v.faults...)
	}
	return out, nil
}

// kept reads the checkpoints from outside the log.
func (v *verifying) kept() error {
	for _, file := range append([]string{v.at.guardFile()}, v.known...) {
		note, err := durable.ReadFile(file, maxNoteFile)
		if errors.Is(err, os.ErrNotExist) && file == v.at.guardFile() {
			v.notes = append(v.notes, "no checkpoint is kept outside the directory 目录之外没有保存检查点: "+file)
			continue
		}
		if err != nil {
			return &usageError{err.Error()}
		}
		checkpoint, err := openKept(note, v.keys)
		if err != nil {
			v.faults = append(v.faults, audit.Finding{Kind: "signature", Text: file + ": " + err.Error()})
			continue
		}
		v.options.Kept = append(v.options.Kept, audit.Kept{Checkpoint: checkpoint, Where: file})
	}
	return nil
}

// openKept checks the signature when keys were pinned; else whoever gives the
// file vouches for it.
func openKept(note []byte, keys []proof.Key) (proof.Checkpoint, error) {
	if len(keys) > 0 {
		c, _, err := proof.OpenCheckpoint(note, keys...)
		return c, err
	}
	n, err := proof.ParseNote(note)
	if err != nil {
		return proof.Checkpoint{}, err
	}
	return proof.ParseCheckpoint(n.Text)
}

// snapshots folds from the first event and compares with what is on disk.
func (v *verifying) snapshots(ctx context.Context, size domain.Size) error {
	dir := v.at.existingSnapshots()
	if dir == "" {
		return nil
	}
	found, err := projections.Snapshots(dir)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return nil
	}
	bad := func(path string, err error) {
		v.faults = append(v.faults, audit.Finding{Kind: "snapshot", Text: path + ": " + err.Error()})
	}
	upTo := domain.Size(0) // no further than what there is to compare
	for _, s := range found {
		if s.Size <= size {
			upTo = max(upTo, s.Size)
		}
	}
	again, err := projections.Replay(ctx, v.log, projections.ReplayOptions{To: projections.AtSize(upTo), Snapshots: found, NoDigests: true})
	if err != nil {
		bad(dir, fmt.Errorf("the events cannot be folded: %w", err))
		return nil
	}
	for _, s := range again.Snapshots {
		switch {
		case s.Err == nil:
		case v.options.Live && errors.Is(s.Err, os.ErrNotExist): // a newer one took its place
		case v.options.Live && errors.Is(s.Err, projections.ErrSnapshotAhead): // the server has gone on
		case errors.Is(s.Err, projections.ErrSnapshotVersion):
			v.notes = append(v.notes, fmt.Sprintf("%s: %v, and is not used 由另一版程序写成，不会使用", s.Path, s.Err))
		default:
			bad(s.Path, s.Err)
		}
	}
	return nil
}

func printChecked(p *program, c *audit.Checked) {
	words := map[audit.Verdict]string{audit.Sound: "完好 sound", audit.Tampered: "被改动 tampered", audit.Incomplete: "不完整 incomplete"}
	fmt.Fprintf(p.stdout, "%s: %d 事件 events, %d 个检查点一致 checkpoints compared\n根 root %s\n", words[c.Verdict], c.Events, c.Checkpoints, base64.StdEncoding.EncodeToString(c.Root))
	if c.FirstBad != nil {
		fmt.Fprintf(p.stdout, "第一处问题在第 %d 条事件 first bad index: %d\n", *c.FirstBad+1, *c.FirstBad)
	}
	for _, f := range c.Findings {
		fmt.Fprintf(p.stdout, "  %s: %s\n", f.Kind, f.Text)
	}
	for _, n := range c.Notes {
		fmt.Fprintf(p.stdout, "  注 note: %s\n", n)
	}
}
