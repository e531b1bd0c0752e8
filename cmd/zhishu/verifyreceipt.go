package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/internal/durable"
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

// proven is what verify receipt prints: what was proven, and in words what was not.
type proven struct {
	Facts     []shown  `json:"facts"`
	Gifts     []shown  `json:"gifts,omitempty"`          // of the gifts, a stream after the other
	Steps     *int     `json:"statementSteps,omitempty"` // of the statement's histories, found among the facts
	Proved    sentence `json:"proved"`
	NotProved sentence `json:"notProved"`
}

type sentence struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

func (c *verifyReceiptCmd) Run(p *program) error {
	keys, err := parseKeys(c.Key)
	if err != nil {
		return err
	}
	content, err := durable.ReadFile(c.File, maxReceiptFile)
	if err != nil {
		return unread(err)
	}
	if !claimsReceipt(content) {
		return withHint(fmt.Errorf("%s: 不是回执 is no receipt", c.File), "给出 zhishu receipt --out 写出的文件 give a file that zhishu receipt --out wrote; 取证包用 zhishu verify FILE --key KEY checks a bundle")
	}
	found, err := proof.VerifyFile(content, keys...)
	switch {
	case errors.Is(err, proof.ErrShort):
		fmt.Fprintf(p.stderr, "不完整 incomplete: %v\n请重新取得整份文件 get the whole file again\n", err)
		return &verdictError{exitIncomplete}
	case err != nil:
		fmt.Fprintf(p.stderr, "不成立 does not hold: %v\n", err)
		return &verdictError{exitTampered}
	}
	out := provenBy(&found)
	return p.print(c.JSON, out, func() {
		for _, s := range slices.Concat(out.Facts, out.Gifts) {
			fmt.Fprintf(p.stdout, "成立 holds: 第 %d 条事件 event %d, %s 第 %d 条 revision %d %s\n  %s\n", s.Index+1, s.Index, s.Stream, s.Revision+1, s.Revision, s.Type, s.Data)
		}
		fmt.Fprintf(p.stdout, "%d 份回执成立 receipts hold\n", len(out.Facts)+len(out.Gifts))
		fmt.Fprintf(p.stdout, "已证明：%s\nProved: %s\n没有证明：%s\nNot proved: %s\n", out.Proved.Zh, out.Proved.En, out.NotProved.Zh, out.NotProved.En)
	})
}

func provenBy(found *proof.Proven) (out proven) {
	out.Facts, out.Gifts = showing(found.Facts), showing(slices.Concat(found.Gifts...))
	last := found.Facts[len(found.Facts)-1]
	at := last.Checkpoint
	if !found.Whole {
		out.Proved = sentence{
			fmt.Sprintf("以上事实在账本 %s 中，由其大小为 %d 的检查点签名作证。", at.Origin, at.Size),
			fmt.Sprintf("this fact is in the log %s, under its signed checkpoint of size %d.", at.Origin, at.Size),
		}
		out.NotProved = sentence{
			"事实是否真的发生过；此后是否更正、作废，看同一流中第 " + fmt.Sprint(last.Frame.Revision+1) + " 条以后的事实，此文件没有。",
			fmt.Sprintf("that it happened; nor whether it was corrected or voided since: facts of its stream after revision %d are not shown.", last.Frame.Revision),
		}
		return out
	}
	out.Proved = sentence{
		fmt.Sprintf("以上 %d 条事实在账本 %s 中，由其大小为 %d 的检查点签名作证；是 %s 的第 1 至 %d 条，其间一条不缺。", len(out.Facts), at.Origin, at.Size, last.Frame.Stream, len(out.Facts)),
		fmt.Sprintf("these %d facts are in the log %s, under its signed checkpoint of size %d: revisions 0 to %d of %s, none left out between.",
			len(out.Facts), at.Origin, at.Size, last.Frame.Revision, last.Frame.Stream),
	}
	out.NotProved = sentence{
		fmt.Sprintf("第 %d 条以后的事实（例如作废）不在此文件中，文件截短也看不出；事实是否真的发生过。", len(out.Facts)),
		fmt.Sprintf("facts after revision %d, such as a voiding, are not shown, and nothing tells whether the file was cut there; nor that the facts happened.", last.Frame.Revision),
	}
	if n := len(found.Gifts); n > 0 {
		out.Proved.Zh += fmt.Sprintf("另有 %d 笔捐赠，各自的流也是如此。", n)
		out.Proved.En += fmt.Sprintf(" The same of the stream of each gift, %d in all.", n)
	}
	if found.Stated {
		if out.Steps = &found.Steps; found.Steps > 0 {
			out.Proved.Zh += fmt.Sprintf("清单所述本人各条的经过 %d 步，都在其中。", found.Steps)
			out.Proved.En += fmt.Sprintf(" The %d steps of the histories that the statement tells of its own entries are among them.", found.Steps)
		}
		out.NotProved.Zh = "清单里的数字和文字（时长、星级、状态、名称等）是账本方的话，没有由事实重算；" + out.NotProved.Zh
		out.NotProved.En = "the figures and words of the statement (hours, stars, states, names) are the ledger's word, and were not computed; " + out.NotProved.En
	}
	return out
}

func showing(facts []proof.Shown) (all []shown) {
	for _, s := range facts {
		all = append(all, shown{s.Index, s.Frame.Stream, s.Frame.Revision, s.Frame.Type, strings.ToValidUTF8(string(s.Frame.Data), "�"), s.Checkpoint.Size})
	}
	return all
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

type receiptCmd struct {
	Event string `arg:"" zh:"流名@修订号，如 person-…@3；或账本位置；要整份个人清单的，写志愿者编号或 发号单位/编号，如 430702001007/R-0001" help:"A stream, @ and a revision, such as person-…@3; a ledger size; or for the whole statement a person's volunteer number or ISSUER/NUMBER, such as 430702001007/R-0001."`
	Out   string `placeholder:"FILE" zh:"回执存到哪里（默认直接输出）" help:"Where the receipt goes (default: printed)."`
	Gifts bool   `zh:"整份个人清单连同本人的捐赠，以该账号看得到的为限" help:"With a person: the gifts, too, as far as the account is told of them."`
	As    string `default:"operator" placeholder:"HANDLE" zh:"以哪个账号要回执（默认 ${default}）" help:"Account that asks (${default})."`
	Data  string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（默认 ${default}）；服务正在运行时经由服务办理" help:"The ledger's directory (${default}); its running server is used."`
	backend
}

// Run asks for a receipt the way zhishu do does.
func (c *receiptCmd) Run(p *program) error {
	do := doCmd{Operation: "get-receipt", Fields: []string{"event=" + c.Event}, As: c.As, Out: c.Out, Data: c.Data, JSON: true, backend: c.backend}
	_, err := domain.ParseUUID(c.Event)
	if err == nil || strings.Contains(c.Event, "/") {
		person, err := personCalled(p, c.at(c.Data), c.As, c.Event)
		if err != nil {
			return err
		}
		do.Operation, do.Fields = "get-receipts", []string{"id=" + person.String()}
		if c.Gifts {
			do.Operation = "get-story-receipts"
		}
	} else if c.Gifts {
		return &usageError{"--gifts: 只用于志愿者编号 goes with a volunteer number"}
	}
	return do.Run(p)
}
