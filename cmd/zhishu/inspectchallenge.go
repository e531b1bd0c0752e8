package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"zhishu/inspect"
	"zhishu/internal/durable"
)

type inspectChallengeCmd struct {
	Bundle string   `arg:"" help:"The bundle of a division, as it was taken away."`
	Count  int      `default:"200" help:"Withheld facts to choose (${default})."`
	Key    []string `required:"" placeholder:"KEY" help:"Public key of the log, as it was handed over: name+hash+base64."`
	JSON   bool     `help:"Print JSON."`
}

// Run prints indices, offline and by the inspector's own chance: the bundle is
// already in hand, so nobody can choose around them.
func (c *inspectChallengeCmd) Run(p *program) error {
	keys, err := parseKeys(c.Key)
	if err != nil {
		return err
	}
	f, size, err := openBundle(c.Bundle)
	if err != nil {
		return err
	}
	defer f.Close()
	drawn, err := inspect.Challenge(p.ctx, f, size, keys, c.Count)
	if err != nil {
		return err
	}
	return p.print(c.JSON, drawn, func() {
		for _, index := range drawn {
			fmt.Fprintln(p.stdout, index)
		}
	})
}

type inspectAnswerCmd struct {
	Facts string `required:"" placeholder:"FILE" help:"Indices, one a line, as inspect challenge printed them."`
	Out   string `required:"" placeholder:"FILE" help:"Where the opened facts go, for verify --opened."`
	As    string `default:"operator" placeholder:"HANDLE" help:"Account that asks (${default})."`
	Data  string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" help:"The ledger's directory (${default}); its running server is used."`
	backend
}

// Run asks for the receipt of each fact: frame, salt and proof.
func (c *inspectAnswerCmd) Run(p *program) error {
	if err := free(c.Out); err != nil {
		return err
	}
	indices, err := challenged(c.Facts)
	if err != nil {
		return err
	}
	receipts := []json.RawMessage{}
	for _, index := range indices {
		var answer bytes.Buffer
		one := *p
		one.stdout = &answer
		// An event is named by the ledger size it made.
		do := doCmd{Operation: "get-receipt", Fields: []string{fmt.Sprintf("event=%d", index+1)}, As: c.As, Data: c.Data, JSON: true, backend: c.backend}
		if err := do.Run(&one); err != nil {
			return fmt.Errorf("fact %d: %w", index, err)
		}
		receipts = append(receipts, answer.Bytes())
	}
	out, err := json.MarshalIndent(receipts, "", "  ")
	if err != nil {
		return err
	}
	if err := durable.WriteFile(c.Out, append(out, '\n'), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "已打开 opened: %d 条事实 facts → %s\n", len(receipts), c.Out)
	return nil
}

// challenged reads indices, one a line.
func challenged(file string) (indices []uint64, err error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, &usageError{err.Error()}
	}
	for line := range strings.Lines(string(content)) {
		index, err := strconv.ParseUint(strings.TrimSpace(line), 10, 63)
		if err != nil {
			return nil, &usageError{fmt.Sprintf("%s: %.40q is no index of a fact", file, strings.TrimSpace(line))}
		}
		indices = append(indices, index)
	}
	return indices, nil
}
