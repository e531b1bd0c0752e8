package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/internal/durable"
)

// seedBeside is where the checkpoint that a sample must come from is kept.
func seedBeside(nonceFile string) string { return nonceFile + ".checkpoint" }

const (
	seedPatience = time.Minute
	seedPoll     = 500 * time.Millisecond
)

// ask calls an operation and gives its answer as JSON, instead of printing it.
func (i *inspecting) ask(p *program, operation string, fields ...string) ([]byte, error) {
	var answer bytes.Buffer
	one, verb := *p, *i
	one.stdout, verb.JSON = &answer, true
	err := verb.do(&one, operation, fields...)
	return answer.Bytes(), err
}

// say prints an answer the way the verb was asked to.
func (i *inspecting) say(p *program, answer []byte) error {
	if !i.JSON {
		return p.lines(answer)
	}
	_, err := p.stdout.Write(answer)
	return err
}

// firstAfter is the first checkpoint that covers the opening of a case, as the
// receipt of the opening has it; nil: none has been signed yet.
func (i *inspecting) firstAfter(p *program, inspection string) ([]byte, error) {
	stream := domain.InspectionCategory + "-" + inspection
	answer, err := i.ask(p, "get-receipt", "event="+stream+"@0")
	if err != nil {
		return nil, err
	}
	var receipt proof.Receipt
	if err := json.Unmarshal(answer, &receipt); err != nil || receipt.Format != proof.ReceiptFormat {
		return nil, nil // 202: it waits for a checkpoint
	}
	inclusion, err := proof.ParseInclusion([]byte(receipt.Proof))
	if err != nil {
		return nil, err
	}
	if receipt.Event.Stream != stream || receipt.Event.Revision != 0 {
		return nil, fmt.Errorf("the receipt is of %s, not of the opening of the case", receipt.Event.Stream)
	}
	return inclusion.Checkpoint, nil
}

// keepSeed waits for that checkpoint and keeps it beside the nonce, as long as the
// nonce is the inspector's alone. What is kept already is never replaced.
func (i *inspecting) keepSeed(p *program, inspection, nonceFile string) error {
	path := seedBeside(nonceFile)
	for until := time.Now().Add(seedPatience); ; {
		note, err := i.firstAfter(p, inspection)
		switch {
		case err != nil:
			return err
		case note != nil:
			if _, err := os.Stat(path); err == nil {
				return sameSeed(path, note)
			}
			if err := durable.WriteFile(path, note, 0o600); err != nil {
				return err
			}
			fmt.Fprintf(p.stderr, "抽样所用检查点已留存 the checkpoint that the sample comes from is kept: %s\n", path)
			return nil
		case time.Now().After(until):
			return withHint(errors.New("no checkpoint was signed after the case was opened"), "give the same command again with --key as printed: no second case is opened")
		}
		select {
		case <-p.ctx.Done():
			return p.ctx.Err()
		case <-time.After(seedPoll):
		}
	}
}

// keptSeed reads the checkpoint that was kept beside a nonce.
func keptSeed(path string) (*proof.Checkpoint, error) {
	if path == "" {
		return nil, nil
	}
	kept, err := keptCheckpoints([]string{path})
	if err != nil {
		return nil, err
	}
	return &kept[0], nil
}

// sameSeed refuses a checkpoint that is not the one kept.
func sameSeed(path string, note []byte) error {
	kept, err := keptSeed(path)
	if err != nil {
		return err
	}
	n, err := proof.ParseNote(note)
	if err != nil {
		return err
	}
	now, err := proof.ParseCheckpoint(n.Text)
	if err != nil {
		return err
	}
	if now.Size != kept.Size || now.Root != kept.Root || now.Origin != kept.Origin {
		return fmt.Errorf("the ledger now names the checkpoint of size %d as the first after the opening, and %s is the one of size %d: keep both, somebody chooses", now.Size, path, kept.Size)
	}
	return nil
}

// unused refuses the nonce of a case that was opened before: it may be known.
func unused(nonceFile string) error {
	_, err := os.Stat(seedBeside(nonceFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return &usageError{"--nonce-file: " + nonceFile + " is of a case that was opened already; every case has a nonce of its own"}
}
