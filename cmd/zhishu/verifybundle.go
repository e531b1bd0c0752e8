package main

import (
	"encoding/json"
	"fmt"
	"os"

	"zhishu/audit/proof"
	"zhishu/inspect"
)

// verifyBundle checks what an inspector took away. It needs neither the ledger
// nor a network: only the bundle, the pinned keys, and checkpoints that were
// kept.
func (c *verifyLedgerCmd) verifyBundle(p *program, keys []proof.Key) error {
	if len(keys) == 0 {
		return &usageError{"--key is missing: the log's public key, as it was handed over; one read from the bundle would prove nothing"}
	}
	known, err := keptCheckpoints(c.Known)
	if err != nil {
		return err
	}
	seed, err := keptSeed(c.Seed)
	if err != nil {
		return err
	}
	chosen, opened, err := answered(c.Challenged, c.Opened)
	if err != nil {
		return err
	}
	f, err := os.Open(c.Bundle)
	if err != nil {
		return &usageError{err.Error()}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	bar := p.progress("核验 verify")
	report := inspect.Verify(p.ctx, f, info.Size(), inspect.VerifyOptions{
		Keys: keys, Known: known, Seed: seed, Challenged: chosen, Opened: opened, Progress: func(done, total uint64) { bar(int(done), int(total)) },
	})
	if err := p.print(c.JSON, report, func() { fmt.Fprint(p.stdout, report.Text()) }); err != nil {
		return err
	}
	if code := report.Verdict.Exit(); code != exitSound {
		return &verdictError{code}
	}
	return nil
}

// keptCheckpoints reads checkpoints from files: notes, or their text alone. That
// they were kept is the inspector's word, so their signatures are not asked.
func keptCheckpoints(files []string) (known []proof.Checkpoint, err error) {
	for _, name := range files {
		content, err := os.ReadFile(name)
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
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, &usageError{"--opened: " + err.Error()}
	}
	if err := json.Unmarshal(content, &receipts); err != nil {
		return nil, &usageError{"--opened: " + file + " holds no list of receipts"}
	}
	return receipts, nil
}
