package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/eventstore/embedded"
	"zhishu/internal/durable"
	"zhishu/projections"
)

type verifyCmd struct {
	Ledger  verifyLedgerCmd  `cmd:"" default:"withargs" help:"Check a bundle offline, or a ledger whole: records, revisions, tree, checkpoints, snapshots."`
	Receipt verifyReceiptCmd `cmd:"" help:"Check receipts offline with a pinned key."`
}

// Exit codes of verify.
const (
	exitSound      = 0
	exitTampered   = 1
	exitIncomplete = 2
	exitAsked      = 3 // the question was wrong
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
	Bundle string `arg:"" optional:"" help:"An inspection bundle; without one, the ledger of --data is checked."`

	Data  string   `default:"${data}" placeholder:"DIR" help:"The ledger's directory (${default})."`
	Key   []string `placeholder:"KEY" help:"Public key of the log as it was handed over; the kept checkpoints must be signed with one of them."`
	Known []string `name:"known-checkpoint" placeholder:"FILE" help:"A checkpoint that was kept from before."`
	JSON  bool     `help:"Print JSON."`
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
	notes   []string
	faults  []audit.Finding
}

func (v *verifying) run(ctx context.Context) (*audit.Checked, error) {
	if err := v.open(ctx); err != nil {
		return nil, err
	}
	defer v.log.Close()
	if err := v.secrets(ctx); err != nil {
		return nil, err
	}
	if err := v.kept(); err != nil {
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
	}
	out.Notes = append(out.Notes, v.notes...)
	if len(v.faults) > 0 {
		out.Verdict, out.Findings = audit.Tampered, append(out.Findings, v.faults...)
	}
	return out, nil
}

// open reads the log up to its first damage, and beside a server up to what it
// has committed.
func (v *verifying) open(ctx context.Context) (err error) {
	v.options.Dir = auditDir(v.at.dir)
	if v.at.ESDB != "" {
		v.options.Live = true
		v.log, err = v.at.openReader(ctx)
		return err
	}
	log, examined, err := embedded.Examine(logDir(v.at.dir))
	var locked *durable.Locked
	if errors.As(err, &locked) {
		v.options.Live = true
		v.log, err = v.at.openReader(ctx)
		return err
	}
	if err != nil {
		return explainOpen(v.at.dir, err)
	}
	v.log, v.options.Damage = log, examined.Damage
	for _, b := range examined.Blemishes {
		v.notes = append(v.notes, fmt.Sprintf("%s offset %d: %s; no record is touched 未触及任何记录", b.File, b.Offset, b.What))
	}
	if examined.Torn > 0 {
		v.notes = append(v.notes, fmt.Sprintf("%d bytes behind the end, as a crash leaves them 末尾有未写完的字节", examined.Torn))
	}
	return nil
}

// secrets asks the vault for what salts are made of, and the log who it says it
// is.
func (v *verifying) secrets(ctx context.Context) error {
	secrets, err := v.at.openVault(ctx)
	if err != nil {
		v.notes = append(v.notes, fmt.Sprintf("the vault cannot be opened now: %v", err))
		return nil
	}
	defer secrets.Close()
	key := secrets.Mac("log-salt-key")
	v.options.SaltKey = &key
	signing, err := signingIn(ctx, v.log, domain.SigningID{UUID: domain.UUID(secrets.LedgerID())})
	if err != nil {
		v.faults = append(v.faults, audit.Finding{Kind: "signing", Text: err.Error()})
		return nil
	}
	id, err := lossesOf(signing)
	v.options.Origin, v.options.Losses = signing.Origin, id
	return err
}

// signingIn folds the signing stream without a write side.
func signingIn(ctx context.Context, log eventstore.StreamReader, id domain.SigningID) (*domain.Signing, error) {
	s := &domain.Signing{}
	ref, _ := domain.ParseStream(id.Stream())
	for r, err := range log.ReadStream(ctx, id.Stream(), 0, eventstore.Forwards) {
		if errors.Is(err, eventstore.ErrStreamNotFound) {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		meta, version, err := wire.DecodeMeta(r.Metadata)
		if err != nil {
			return s, err
		}
		e, err := wire.Decode(ref, r.Type, version, r.Data)
		if err != nil {
			return s, err
		}
		s.Evolve(e, meta)
	}
	return s, nil
}

// kept reads the checkpoints from outside the log.
func (v *verifying) kept() error {
	for _, file := range append([]string{v.at.guardFile()}, v.known...) {
		note, err := os.ReadFile(file)
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
	bad := func(path, format string, args ...any) {
		v.faults = append(v.faults, audit.Finding{Kind: "snapshot", Text: path + ": " + fmt.Sprintf(format, args...)})
	}
	want, sizes := map[domain.Size][]projections.Digest{}, []domain.Size{}
	paths := map[domain.Size]string{}
	for _, s := range found {
		at, digests, err := projections.SnapshotDigests(s.Path)
		switch {
		case err != nil:
			bad(s.Path, "%v", err)
		case at > size:
			if !v.options.Live {
				bad(s.Path, "it is of %d events, the log has %d", at, size)
			}
		default:
			want[at], paths[at] = digests, s.Path
			sizes = append(sizes, at)
		}
	}
	if len(sizes) == 0 {
		return nil
	}
	slices.Sort(sizes)
	again, err := projections.Replay(ctx, v.log, projections.ReplayOptions{To: projections.AtSize(sizes[len(sizes)-1]), At: sizes})
	if err != nil {
		bad(dir, "the events cannot be folded: %v", err)
		return nil
	}
	for _, at := range again.At {
		if !slices.Equal(at.Digests, want[at.Size]) {
			bad(paths[at.Size], "at %d events it is not what the events give", at.Size)
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

type verifyReceiptCmd struct {
	File string   `arg:"" help:"A receipt, or a statement with receipts, as the API or zhishu receipt wrote it."`
	Key  []string `required:"" placeholder:"KEY" help:"Public key of the log, as it was handed over: name+hash+base64."`
	JSON bool     `help:"Print JSON."`
}

// shown is what a receipt has proven, as it is printed.
type shown struct {
	Index    uint64 `json:"index"`
	Stream   string `json:"stream"`
	Revision uint64 `json:"revision"`
	Type     string `json:"type"`
	Data     string `json:"data"`
	Size     uint64 `json:"checkpointSize"`
}

func (c *verifyReceiptCmd) Run(p *program) error {
	keys, err := parseKeys(c.Key)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(c.File)
	if err != nil {
		return &usageError{err.Error()}
	}
	all, err := verifyReceipts(content, keys)
	if err != nil {
		fmt.Fprintf(p.stderr, "不成立 does not hold: %v\n", err)
		return &verdictError{exitTampered}
	}
	return p.print(c.JSON, all, func() {
		for _, s := range all {
			fmt.Fprintf(p.stdout, "成立 holds: 第 %d 条事件 event %d, %s 第 %d 条 %s\n  %s\n", s.Index+1, s.Index, s.Stream, s.Revision, s.Type, s.Data)
		}
		fmt.Fprintf(p.stdout, "%d 份回执成立 receipts hold\n", len(all))
	})
}

func verifyReceipts(content []byte, keys []proof.Key) (all []shown, err error) {
	var kind struct{ Format string }
	if err := json.Unmarshal(content, &kind); err != nil {
		return nil, fmt.Errorf("%w: not JSON", proof.ErrFormat)
	}
	var list []proof.Shown
	if kind.Format == proof.StatementFormat {
		var s proof.Receipts
		if err := json.Unmarshal(content, &s); err != nil {
			return nil, fmt.Errorf("%w: %w", proof.ErrFormat, err)
		}
		list, err = s.Verify(keys...)
	} else {
		var r proof.Receipt
		if err := json.Unmarshal(content, &r); err != nil {
			return nil, fmt.Errorf("%w: %w", proof.ErrFormat, err)
		}
		var one proof.Shown
		one, err = r.Verify(keys...)
		list = []proof.Shown{one}
	}
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		all = append(all, shown{s.Index, s.Frame.Stream, s.Frame.Revision, s.Frame.Type, strings.ToValidUTF8(string(s.Frame.Data), "�"), s.Checkpoint.Size})
	}
	return all, nil
}

type receiptCmd struct {
	Event string `arg:"" help:"A stream, @ and a revision, such as person-…@3; a ledger size; or a person's number for the whole statement."`
	Out   string `placeholder:"FILE" help:"Where the receipt goes (default: printed)."`
	Data  string `default:"${data}" placeholder:"DIR" help:"The ledger's directory (${default}); its running server is used."`
	backend
}

// Run asks for a receipt the way zhishu do does.
func (c *receiptCmd) Run(p *program) error {
	do := doCmd{Operation: "get-receipt", Fields: []string{"event=" + c.Event}, As: "operator", Out: c.Out, Data: c.Data, JSON: true, backend: c.backend}
	if _, err := domain.ParseUUID(c.Event); err == nil {
		do.Operation, do.Fields = "get-receipts", []string{"id=" + c.Event}
	}
	return do.Run(p)
}
