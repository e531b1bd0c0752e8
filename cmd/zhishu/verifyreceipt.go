package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"zhishu/audit/proof"
	"zhishu/domain"
)

type verifyReceiptCmd struct {
	File string   `arg:"" zh:"回执，或带回执的个人清单，由接口或 zhishu receipt 写成" help:"A receipt, or a statement with receipts, as the API or zhishu receipt wrote it."`
	Key  []string `required:"" placeholder:"KEY" zh:"账本签名公钥，由对方另行交付：名称+哈希+base64" help:"Public key of the log, as it was handed over: name+hash+base64."`
	JSON bool     `zh:"输出 JSON" help:"Print JSON."`
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
		return unread(err)
	}
	if !claimsReceipt(content) {
		return withHint(fmt.Errorf("%s: 不是回执 is no receipt", c.File), "给出 zhishu receipt --out 写出的文件 give a file that zhishu receipt --out wrote; 取证包用 zhishu verify FILE --key KEY checks a bundle")
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

// claimsReceipt tells a receipt, also one that is damaged, from a file that was
// never one: to say of that one that it does not hold would accuse nobody.
func claimsReceipt(content []byte) bool {
	var kind struct{ Format string }
	if json.Unmarshal(content, &kind) == nil && (kind.Format == proof.ReceiptFormat || kind.Format == proof.StatementFormat) {
		return true
	}
	return bytes.Contains(content, []byte(proof.ReceiptFormat)) || bytes.Contains(content, []byte(proof.StatementFormat))
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
	Event string `arg:"" zh:"流名@修订号，如 person-…@3；或账本位置；要整份个人清单的，写志愿者编号或 发号单位/编号，如 430702001007/R-0001" help:"A stream, @ and a revision, such as person-…@3; a ledger size; or for the whole statement a person's volunteer number or ISSUER/NUMBER, such as 430702001007/R-0001."`
	Out   string `placeholder:"FILE" zh:"回执存到哪里（默认直接输出）" help:"Where the receipt goes (default: printed)."`
	Gifts bool   `zh:"整份个人清单连同本人的捐赠，以该账号看得到的为限" help:"With a person: the gifts, too, as far as the account is told of them."`
	As    string `default:"clerk" placeholder:"HANDLE" zh:"以哪个账号查编号、要捐赠的回执（默认 ${default}）" help:"Account that looks up such a number, or asks for gifts (${default})."`
	Data  string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（默认 ${default}）；服务正在运行时经由服务办理" help:"The ledger's directory (${default}); its running server is used."`
	backend
}

// Run asks for a receipt the way zhishu do does.
func (c *receiptCmd) Run(p *program) error {
	do := doCmd{Operation: "get-receipt", Fields: []string{"event=" + c.Event}, As: "operator", Out: c.Out, Data: c.Data, JSON: true, backend: c.backend}
	_, err := domain.ParseUUID(c.Event)
	if err == nil || strings.Contains(c.Event, "/") {
		person, err := personCalled(p, c.at(c.Data), c.As, c.Event)
		if err != nil {
			return err
		}
		do.Operation, do.Fields = "get-receipts", []string{"id=" + person.String()}
		if c.Gifts {
			do.Operation, do.As = "get-story-receipts", c.As
		}
	} else if c.Gifts {
		return &usageError{"--gifts: 只用于志愿者编号 goes with a volunteer number"}
	}
	return do.Run(p)
}
