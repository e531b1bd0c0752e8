package main

import (
	"fmt"
	"os"

	"zhishu/audit/proof"
	"zhishu/inspect"
	"zhishu/internal/durable"
)

// verifyBundle checks what an inspector took away. It needs neither the ledger
// nor a network: only the bundle, the pinned keys, and checkpoints that were
// kept.
func (c *verifyLedgerCmd) verifyBundle(p *program, keys []proof.Key) error {
	if len(keys) == 0 {
		return &usageError{"--key is missing: the log's public key, as it was handed over; one read from the bundle would prove nothing"}
	}
	o, err := c.options(p, keys)
	if err != nil {
		return err
	}
	f, size, err := openBundle(c.Bundle)
	if err != nil {
		return err
	}
	defer f.Close()
	defer inspect.OneShot(size)()
	report := inspect.Verify(p.ctx, f, size, o)
	if err := p.print(c.JSON, report, func() { fmt.Fprint(p.stdout, report.Text()) }); err != nil {
		return err
	}
	if code := report.Verdict.Exit(); code != exitSound {
		return &verdictError{code}
	}
	return nil
}

// inspector is what somebody who verifies a bundle kept and chose, none of it from
// the bundle.
type inspector struct {
	Known      []string `name:"known-checkpoint" placeholder:"FILE" zh:"先前留存的检查点" help:"A checkpoint that was kept from before."`
	Seed       string   `name:"sample-checkpoint" placeholder:"FILE" zh:"inspect open 存在随机数旁边的检查点；取证包有样本而没有它，即为不完整" help:"The checkpoint that inspect open kept beside the nonce; a bundle with a sample is incomplete without it."`
	Challenged string   `placeholder:"FILE" zh:"inspect challenge 在区划取证包中选出的序号；每一条都须已公开" help:"Indices that inspect challenge chose in the bundle of a division; every one must have been opened."`
	Opened     string   `placeholder:"FILE" zh:"账本公开的内容，由 inspect answer 写成" help:"What the ledger opened of them, as inspect answer wrote it."`
	Streams    bool     `zh:"各条所在的流须从第一条事实起公开（inspect answer --streams）" help:"The stream of each of them must have been opened from its first fact on (inspect answer --streams)."`
}

// options reads the inspector's files.
func (c *inspector) options(p *program, keys []proof.Key) (o inspect.VerifyOptions, err error) {
	if o.Known, err = keptCheckpoints(c.Known); err != nil {
		return o, err
	}
	if o.Seed, err = keptSeed(c.Seed); err != nil {
		return o, err
	}
	if o.Challenged, o.Opened, err = answered(c.Challenged, c.Opened); err != nil {
		return o, err
	}
	bar := p.progress("核验 verify")
	o.Keys, o.Whole, o.Progress = keys, c.Streams, func(done, total uint64) { bar(int(done), int(total)) }
	return o, nil
}

// openBundle opens a bundle, also one that is damaged, and tells its size.
func openBundle(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, unread(err)
	}
	info, err := f.Stat()
	if err == nil && (info.IsDir() || !inspect.ClaimsBundle(f, info.Size())) {
		err = &usageError{path + ": 不是取证包 is no bundle; 账本目录用 --data DIR a ledger's directory: --data DIR, 回执用 zhishu verify receipt a receipt: zhishu verify receipt"}
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// keptCheckpoints reads checkpoints from files: notes, or their text alone. That
// they were kept is the inspector's word, so their signatures are not asked.
func keptCheckpoints(files []string) (known []proof.Checkpoint, err error) {
	for _, name := range files {
		content, err := durable.ReadFile(name, maxNoteFile)
		if err != nil {
			return nil, &usageError{"--known-checkpoint: " + err.Error()}
		}
		text := string(content)
		if note, err := proof.ParseNote(content); err == nil {
			text = note.Text
		}
		c, err := proof.ParseCheckpoint(text)
		if err != nil {
			return nil, &usageError{fmt.Sprintf("--known-checkpoint: %s: %v", name, err)}
		}
		known = append(known, c)
	}
	return known, nil
}

// answered reads what was chosen of a division's bundle, and what was opened of it.
func answered(chosenFile, openedFile string) (chosen []uint64, opened []proof.Receipt, err error) {
	if (openedFile == "") != (chosenFile == "") {
		return nil, nil, &usageError{"--challenged and --opened go together: what was chosen, and what the ledger opened of it"}
	}
	if chosenFile != "" {
		if chosen, err = challenged(chosenFile); err != nil {
			return nil, nil, err
		}
	}
	opened, err = openedFacts(openedFile)
	return chosen, opened, err
}

// openedFacts reads what inspect answer wrote.
func openedFacts(file string) (receipts []proof.Receipt, err error) {
	if file == "" {
		return nil, nil
	}
	content, err := durable.ReadFile(file, maxReceiptFile)
	if err != nil {
		return nil, &usageError{"--opened: " + err.Error()}
	}
	if receipts, err = proof.ParseReceipts(content); err != nil {
		return nil, &usageError{"--opened: " + file + " holds no list of receipts"}
	}
	return receipts, nil
}

// What is read of what others hand over.
const (
	maxNoteFile    = 1 << 20  // a checkpoint, a key
	maxListFile    = 16 << 20 // indices
	maxReceiptFile = 64 << 20 // a long life
)
