package main

import (
	"errors"
	"fmt"
	"strings"

	"zhishu/inspect"
	"zhishu/internal/durable"
)

type inspectOpenSampleCmd struct {
	Bundle   string   `arg:"" zh:"督查人员带走的取证包" help:"The bundle, as it was taken away."`
	Identity string   `required:"" placeholder:"FILE" zh:"督查人员的 age 私钥文件（age-keygen 生成）" help:"The inspector's secret age key, as age-keygen wrote it."`
	Key      []string `required:"" placeholder:"KEY" zh:"账本签名公钥，由对方另行交付：名称+哈希+base64" help:"Public key of the log, as it was handed over: name+hash+base64."`
	JSON     bool     `zh:"输出 JSON" help:"Print JSON."`
	inspector
}

// Run verifies the bundle, offline, and prints the sealed fields of the persons
// whose keys were handed over. What it prints is personal data.
func (c *inspectOpenSampleCmd) Run(p *program) error {
	keys, err := parseKeys(c.Key)
	if err != nil {
		return err
	}
	o, err := c.options(p, keys)
	if err != nil {
		return err
	}
	identity, err := ageIdentity(c.Identity)
	if err != nil {
		return err
	}
	f, size, err := openBundle(c.Bundle)
	if err != nil {
		return err
	}
	defer f.Close()
	report, opened, err := inspect.OpenSample(p.ctx, f, size, identity, o)
	switch {
	case errors.Is(err, inspect.ErrUnsound):
		fmt.Fprint(p.stderr, report.Text())
		return &verdictError{report.Verdict.Exit()}
	case errors.Is(err, inspect.ErrNoKeys):
		return withHint(err, "a case names a recipient when it is opened (inspect open --recipient age1…), and draws a sample before the bundle is made")
	case err != nil:
		return err
	}
	for _, l := range report.Losses {
		fmt.Fprint(p.stderr, l.Text())
	}
	return p.print(c.JSON, opened, func() { printOpened(p, opened) })
}

func printOpened(p *program, o *inspect.Opened) {
	for _, person := range o.Persons {
		fmt.Fprintf(p.stdout, "%s\n", person)
		for _, f := range o.Fields {
			if f.Person == person {
				fmt.Fprintf(p.stdout, "  第 %d 条事实 fact %d %s %s: %s\n", f.Index+1, f.Index, f.Type, f.Field, f.Text)
			}
		}
	}
	fmt.Fprintf(p.stdout, "%d 人 persons，%d 项 fields。以上为个人信息，用毕即销毁。 This is personal data: destroy it when it is no longer needed.\n", len(o.Persons), len(o.Fields))
}

const ageSecret = "AGE-SECRET-KEY-1"

// ageIdentity reads a key file: comments, and one secret key.
func ageIdentity(path string) (string, error) {
	content, err := durable.ReadFile(path, maxNoteFile)
	if err != nil {
		return "", &usageError{"--identity: " + err.Error()}
	}
	defer clear(content)
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, ageSecret) {
			return line, nil
		}
	}
	return "", &usageError{"--identity: " + path + " holds no secret age key (" + ageSecret + "…)"}
}
