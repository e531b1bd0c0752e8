package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhishu/audit/proof"
	"zhishu/inspect"
	"zhishu/internal/durable"
)

type inspectChallengeCmd struct {
	Bundle string   `arg:"" zh:"督查人员带走的区划取证包" help:"The bundle of a division, as it was taken away."`
	Count  int      `default:"200" zh:"抽查多少条未公开的事实（默认 ${default}）" help:"Withheld facts to choose (${default})."`
	Key    []string `required:"" placeholder:"KEY" zh:"账本签名公钥，由对方另行交付：名称+哈希+base64" help:"Public key of the log, as it was handed over: name+hash+base64."`
	JSON   bool     `zh:"输出 JSON" help:"Print JSON."`
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
	Facts   string `required:"" placeholder:"FILE" zh:"inspect challenge 选出的序号文件，每行一个" help:"Indices, one a line, as inspect challenge printed them."`
	Streams bool   `zh:"公开各条所在的整条流，供 verify --streams 使用" help:"Open the whole stream that each of them stands in, for verify --streams."`
	Out     string `required:"" placeholder:"FILE" zh:"公开的事实写到哪里，供 verify --opened 使用" help:"Where the opened facts go, for verify --opened."`
	As      string `default:"operator" placeholder:"HANDLE" zh:"以哪个账号查询（默认 ${default}）" help:"Account that asks (${default})."`
	Data    string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（默认 ${default}）；服务正在运行时经由服务办理" help:"The ledger's directory (${default}); its running server is used."`
	backend
}

// Run asks for the receipt of each fact: frame, salt and proof.
func (c *inspectAnswerCmd) Run(p *program) error {
	if err := free(c.Out, anotherOut); err != nil {
		return err
	}
	indices, err := challenged(c.Facts)
	if err != nil {
		return err
	}
	receipts := []proof.Receipt{}
	opened := map[uint64]bool{}
	for _, index := range indices {
		if opened[index] {
			continue
		}
		more, err := c.open(p, index)
		if err != nil {
			return fmt.Errorf("fact %d: %w", index, err)
		}
		for _, receipt := range more {
			inclusion, err := proof.ParseInclusion([]byte(receipt.Proof))
			if err != nil {
				return fmt.Errorf("fact %d: %w", index, err)
			}
			opened[inclusion.Index] = true
		}
		receipts = append(receipts, more...)
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

// open asks for a fact, or for all of its stream. Of a stream the newest facts may
// wait for a checkpoint.
func (c *inspectAnswerCmd) open(p *program, index uint64) ([]proof.Receipt, error) {
	ledger := inspecting{As: c.As, Data: c.Data, backend: c.backend}
	event := fmt.Sprintf("event=%d", index+1) // an event is named by the ledger size it made
	if !c.Streams {
		var one proof.Receipt
		answer, err := ledger.ask(p, "get-receipt", event)
		if err == nil {
			err = json.Unmarshal(answer, &one)
		}
		return []proof.Receipt{one}, err
	}
	for until := time.Now().Add(seedPatience); ; {
		var all proof.Receipts
		answer, err := ledger.ask(p, "get-stream-receipts", event)
		if err == nil {
			err = json.Unmarshal(answer, &all)
		}
		switch {
		case err != nil || all.Format == proof.StatementFormat:
			return all.Receipts, err
		case time.Now().After(until):
			return nil, errors.New("its stream goes on beyond the newest checkpoint, and none was signed since")
		}
		select {
		case <-p.ctx.Done():
			return nil, p.ctx.Err()
		case <-time.After(seedPoll):
		}
	}
}

// challenged reads indices, one a line.
func challenged(file string) (indices []uint64, err error) {
	content, err := durable.ReadFile(file, maxListFile)
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
