package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"zhishu/api"
	"zhishu/inspect"
	"zhishu/internal/durable"
)

type inspectCmd struct {
	Open   inspectOpenCmd   `cmd:"" zh:"督查立案，先承诺随机数" help:"Open a case and commit to a nonce." example:"zhishu account open inspector --role inspector --data zhishu-data/demo\nzhishu inspect open --division 430702001007 --period 2026 --nonce-file 随机数 --data zhishu-data/demo"`
	Sample inspectSampleCmd `cmd:"" zh:"公开随机数并抽样" help:"Reveal the nonce and draw the sample." example:"zhishu inspect sample --case 案号 --count 5 --nonce-file 随机数 --data zhishu-data/demo"`
	Show   inspectShowCmd   `cmd:"" zh:"查看一件督查案、样本与取证包" help:"Print a case, its sample and its bundles." example:"zhishu inspect show --case 案号"`

	Challenge inspectChallengeCmd `cmd:"" zh:"抽查承诺：在区划取证包中选若干未公开的事实，请账本公开" help:"Choose withheld facts of a division's bundle, for the ledger to open." example:"zhishu inspect challenge 区划取证包.zip --key 公钥 > 序号"`
	Answer    inspectAnswerCmd    `cmd:"" zh:"答复抽查：公开所选的事实" help:"Open the facts that a challenge chose." example:"zhishu inspect answer --facts 序号 --out 答复.json"`

	OpenSample inspectOpenSampleCmd `cmd:"" zh:"打开样本实名：用移交的密钥离线打开样本中各人的封存内容" help:"Open the sealed fields of the persons drawn, offline, with the keys that were handed over." example:"zhishu inspect open-sample 取证包.zip --identity age私钥 --key 公钥"`
	Close      inspectCloseCmd      `cmd:"" zh:"督查结案" help:"Close a case." example:"zhishu inspect close --case 案号 --data zhishu-data/demo"`
}

// inspecting is what the verbs of an inspection share.
type inspecting struct {
	As   string `default:"inspector" placeholder:"HANDLE" zh:"督查账号（默认 ${default}）；用 zhishu account open 开设，加 --role inspector" help:"The inspector's account (${default}); zhishu account open opens it, with --role inspector."`
	Key  string `placeholder:"KEY" zh:"幂等键：重办上一次的操作时写上次的键" help:"Idempotency key of an earlier attempt."`
	Data string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（查询时默认 ${default}）；服务正在运行时经由服务办理" help:"The ledger's directory (to read: ${default}); its running server is used."`
	JSON bool   `zh:"输出 JSON" help:"Print JSON."`
	backend
}

// do calls an operation of the API as this verb.
func (i *inspecting) do(p *program, operation string, fields ...string) error {
	c := doCmd{Operation: operation, Fields: fields, As: i.As, Key: i.Key, Data: i.Data, JSON: i.JSON, backend: i.backend}
	return c.Run(p)
}

type inspectOpenCmd struct {
	Division  string `placeholder:"CODE" zh:"督查的区划；不写即全部" help:"Division that is inspected; empty: everywhere."`
	Period    string `required:"" placeholder:"2026|A..B" zh:"督查的期间" help:"Period that is inspected."`
	Purpose   string `default:"抽查" zh:"督查事由，不写姓名（默认 ${default}）" help:"What for, without names (${default})."`
	Recipient string `placeholder:"age1…" zh:"接收样本密钥用的 age 公钥" help:"age public key that keys of the sample are encrypted to."`
	NonceFile string `required:"" placeholder:"FILE" zh:"随机数存放的文件，没有则新建；抽样前须保密。立案后的第一个检查点存在旁边：FILE.checkpoint" help:"Where the nonce is kept; made when missing. Keep it secret until the sample is drawn. The first checkpoint after the opening is kept beside it, FILE.checkpoint."`
	inspecting
}

// Run opens the case and then waits for the first checkpoint after it: whoever
// holds that before the nonce is revealed cannot be given another one.
func (c *inspectOpenCmd) Run(p *program) error {
	if err := p.mayWrite(c.at(c.Data)); err != nil {
		return err // before the nonce is made
	}
	if c.Key == "" {
		if err := unused(c.NonceFile); err != nil {
			return err
		}
	}
	nonce, err := keptNonce(c.NonceFile)
	if err != nil {
		return err
	}
	commitment := nonce.Commit()
	fields := []string{"period=" + c.Period, "purpose=" + c.Purpose, "committed=" + hex.EncodeToString(commitment[:])}
	if c.Division != "" {
		fields = append(fields, "division="+c.Division)
	}
	if c.Recipient != "" {
		fields = append(fields, "recipient="+c.Recipient)
	}
	answer, err := c.ask(p, "open-inspection", fields...)
	if err != nil {
		return err
	}
	if err := c.say(p, answer); err != nil {
		return err
	}
	var opened api.Recorded
	if err := json.Unmarshal(answer, &opened); err != nil {
		return err
	}
	return c.keepSeed(p, opened.Inspection, c.NonceFile)
}

// keptNonce reads the inspector's nonce, or makes it.
func keptNonce(path string) (n inspect.Nonce, err error) {
	content, err := durable.ReadFile(path, maxNoteFile)
	if errors.Is(err, fs.ErrNotExist) {
		rand.Read(n[:])
		return n, durable.WriteFile(path, []byte(hex.EncodeToString(n[:])+"\n"), 0o600)
	}
	if err != nil {
		return n, err
	}
	raw, err := hex.DecodeString(strings.TrimSpace(string(content)))
	if err != nil || len(raw) != len(n) {
		return n, &usageError{fmt.Sprintf("--nonce-file: %s holds no nonce of %d hexadecimal digits", path, 2*len(n))}
	}
	return inspect.Nonce(raw), nil
}

type inspectSampleCmd struct {
	Case      string `required:"" placeholder:"ID" zh:"案号" help:"The case."`
	Count     int    `default:"20" zh:"抽多少人（默认 ${default}）" help:"Persons to draw (${default})."`
	NonceFile string `required:"" placeholder:"FILE" zh:"本案的随机数文件，旁边须有 FILE.checkpoint" help:"The nonce of the case, with FILE.checkpoint beside it."`
	inspecting
}

func (c *inspectSampleCmd) Run(p *program) error {
	if _, err := os.Stat(c.NonceFile); err != nil {
		return withHint(err, "give the file that inspect open made")
	}
	nonce, err := keptNonce(c.NonceFile)
	if err != nil {
		return err
	}
	seed := seedBeside(c.NonceFile)
	if _, err := os.Stat(seed); err != nil {
		return withHint(err, "give inspect open again with its --key: it keeps the checkpoint that the sample comes from, and while the nonce is secret it is not too late")
	}
	// Before the nonce is told, and after.
	note, err := c.firstAfter(p, c.Case)
	if err == nil {
		err = sameSeed(seed, note)
	}
	if err != nil {
		return err
	}
	if err := c.do(p, "draw-sample", "id="+c.Case, "nonce="+hex.EncodeToString(nonce[:]), fmt.Sprintf("count=%d", c.Count)); err != nil {
		return err
	}
	answer, err := c.ask(p, "get-inspection", "id="+c.Case)
	if err != nil {
		return err
	}
	if err := c.say(p, answer); err != nil {
		return err
	}
	var now api.Inspection
	if err := json.Unmarshal(answer, &now); err != nil || now.Sample == nil {
		return fmt.Errorf("the ledger shows no sample of the case: %w", err)
	}
	return sameSeed(seed, []byte(now.Sample.Checkpoint))
}

type inspectShowCmd struct {
	Case string `required:"" placeholder:"ID" zh:"案号" help:"The case."`
	inspecting
}

func (c *inspectShowCmd) Run(p *program) error {
	if err := c.do(p, "get-inspection", "id="+c.Case); err != nil || c.JSON {
		return err
	}
	_, err := fmt.Fprintln(p.stdout, "handed-out 表示已离开本机，是否收到只有收方知道。 handed-out: it left this machine; whether it arrived only the receiver can tell.")
	return err
}

type inspectCloseCmd struct {
	Case string `required:"" placeholder:"ID" zh:"案号" help:"The case."`
	inspecting
}

func (c *inspectCloseCmd) Run(p *program) error { return c.do(p, "close-inspection", "id="+c.Case) }

type bundleCmd struct {
	Case     string `required:"" placeholder:"ID" zh:"为哪件督查案导出" help:"The inspection it is for."`
	Division string `placeholder:"CODE" zh:"只公开案内这一区划的事实，其余只给承诺值（默认全部公开）" help:"Only the facts of this division within the case's; of all others commitments alone go; default: every fact."`
	Out      string `required:"" placeholder:"FILE" zh:"写成的文件（zip）" help:"The file to write (zip)."`
	As       string `default:"operator" placeholder:"HANDLE" zh:"以哪个账号导出（默认 ${default}）" help:"Account that exports (${default})."`
	Key      string `placeholder:"KEY" zh:"幂等键：重办上一次的操作时写上次的键" help:"Idempotency key of an earlier attempt."`
	Data     string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（查询时默认 ${default}）；服务正在运行时经由服务办理" help:"The ledger's directory (to read: ${default}); its running server is used."`
	JSON     bool   `zh:"输出 JSON" help:"Print JSON."`
	backend
}

func (c *bundleCmd) Run(p *program) error {
	fields := []string{"id=" + c.Case}
	if c.Division != "" {
		fields = append(fields, "division="+c.Division)
	}
	do := doCmd{Operation: "export-bundle", Fields: fields, As: c.As, Key: c.Key, Out: c.Out, Data: c.Data, backend: c.backend}
	if err := do.Run(p); err != nil {
		return err
	}
	return p.print(c.JSON, map[string]any{"bundle": c.Out}, func() {
		fmt.Fprintf(p.stdout, "取证包 bundle: %s\n核验 verify: zhishu verify %s --key '公钥 PUBLIC KEY' --known-checkpoint 早先留存的检查点 --sample-checkpoint 立案时留存的检查点\n", c.Out, c.Out)
	})
}
