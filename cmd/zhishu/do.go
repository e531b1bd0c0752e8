package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/google/uuid"

	"zhishu/api"
)

// doCmd calls any operation of the API by its id, through the running server
// of the ledger or, without one, through the same handlers in this process.
type doCmd struct {
	Operation string   `arg:"" optional:"" zh:"操作代号；不写则列出全部" help:"Id of the operation; without one, all are listed."`
	Fields    []string `arg:"" optional:"" placeholder:"name=value" zh:"各项内容，写作 名=值；里层写 a.b=值；同名再写一次即为列表；列表或对象也可写 JSON；@文件 给出全部内容" help:"Fields as name=value; a.b=value inside another, the same name again for a list, JSON where a list or object is wanted, @FILE for the whole body."`

	As     string `default:"clerk" placeholder:"HANDLE" zh:"以哪个账号办理（默认 ${default}）" help:"Account that acts (${default})."`
	Behalf string `placeholder:"PERSON" zh:"受谁之托代办：志愿者编号，或 发号单位/编号" help:"The person who asked for it: a volunteer number, or ISSUER/NUMBER."`
	Key    string `placeholder:"KEY" zh:"幂等键：重办上一次的操作时写上次显示的键（默认新键，并显示出来）" help:"Idempotency key: the one of an earlier attempt, to give the same command again (default: a new one, printed)."`
	Out    string `placeholder:"FILE" zh:"答复是文件时存到哪里" help:"Where the answer goes when it is a file."`
	Data   string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（查询时默认 ${default}）；服务正在运行时经由服务办理" help:"The ledger's directory (to read: ${default}); its running server is used."`
	JSON   bool   `zh:"输出 JSON，与接口的答复相同" help:"Print JSON, as the API answers."`
	backend
}

func (c *doCmd) Run(p *program) error {
	doc, err := theDocument()
	if err != nil {
		return err
	}
	if c.Operation == "" {
		return p.listOperations(doc, c.JSON)
	}
	op, ok := doc.operation(c.Operation)
	if !ok {
		return &usageError{fmt.Sprintf("没有操作 there is no operation %q; zhishu do 列出全部 lists them", c.Operation)}
	}
	asked, err := doc.ask(op, c.Fields)
	if err != nil {
		return err
	}
	if err := free(c.Out, anotherOut); err != nil {
		return err
	}
	if op.writes() {
		if err := p.mayWrite(c.at(c.Data)); err != nil {
			return err
		}
	}
	client, base, done, err := c.connect(p)
	if err != nil {
		return err
	}
	err = c.findAndCall(p, asked, client, base)
	if closed := done(); err == nil {
		err = closed
	}
	return err
}

// connect finds the server that has the ledger open, or opens it here.
func (c *doCmd) connect(p *program) (client *http.Client, base string, done func() error, err error) {
	l, address, err := openWaiting(p.ctx, c.at(c.Data))
	if err != nil {
		return nil, "", nil, err
	}
	if l == nil {
		return http.DefaultClient, "http://" + address, func() error { return nil }, nil
	}
	s, err := newServer(l, api.NewMetrics(), slog.New(slog.NewTextHandler(io.Discard, nil)), nil)
	if err != nil {
		return nil, "", nil, fmt.Errorf("%w %w", err, l.close())
	}
	return s.InProcess(), "http://localhost", l.close, nil
}

// findAndCall calls the operation for the people that are named by numbers
// others gave.
func (c *doCmd) findAndCall(p *program, a *asked, client *http.Client, base string) (err error) {
	find := c.finder(p, a.doc, client, base)
	if c.Behalf, err = find.person(c.Behalf); err != nil {
		return err
	}
	if err := a.findPeople(find); err != nil {
		return err
	}
	return c.call(p, a, client, base)
}

func (c *doCmd) call(p *program, a *asked, client *http.Client, base string) error {
	req, err := c.request(p, a, base)
	if err != nil {
		return err
	}
	if key := req.Header.Get("Idempotency-Key"); key != "" {
		// Before it is sent: whatever happens, the command can be given again.
		fmt.Fprintf(p.stderr, "键 idempotency key: %s\n", key)
	}
	resp, err := client.Do(req)
	if err != nil {
		return withHint(err, "give the same command again with --key as printed: nothing is doubled")
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 400 {
		return ofVerb(problemOf(resp), c.Operation)
	}
	return c.show(p, resp)
}

func (c *doCmd) request(p *program, a *asked, base string) (*http.Request, error) {
	var body io.Reader
	switch {
	case a.file != nil:
		body = bytes.NewReader(a.file)
	case a.body != nil:
		content, err := json.Marshal(a.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(content)
	}
	req, err := http.NewRequestWithContext(p.ctx, a.op.method, base+a.target(), body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if a.file != nil {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	for name, value := range a.header {
		req.Header.Set(name, value)
	}
	for _, p := range a.op.Parameters {
		if value := c.flagFor(p.Name, a.named); p.In == "header" && value != "" {
			req.Header.Set(p.Name, value)
		}
	}
	return req, nil
}

// flagFor is the value of a header field that has a flag of its own.
func (c *doCmd) flagFor(header, file string) string {
	switch header {
	case "Idempotency-Key":
		if c.Key == "" {
			c.Key = uuid.NewString()
		}
		return c.Key
	case "Zhishu-Account":
		return c.As
	case "Zhishu-On-Behalf-Of":
		return c.Behalf
	case "Zhishu-File-Name":
		return url.PathEscape(file)
	}
	return ""
}

func (c *doCmd) show(p *program, resp *http.Response) error {
	if c.Out != "" {
		return withHint(keep(c.Out, resp.Body), "give the same command again with --key as printed: nothing is doubled")
	}
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return withHint(err, "give the same command again with --key as printed: nothing is doubled")
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		_, err := p.stdout.Write(content)
		return err
	}
	if c.JSON {
		var indented bytes.Buffer
		if err := json.Indent(&indented, content, "", "  "); err != nil {
			return err
		}
		_, err := fmt.Fprintln(p.stdout, strings.TrimSpace(indented.String()))
		return err
	}
	return p.lines(content)
}

// keep writes an answer that is a file, of whatever size. What did not arrive
// whole is not left behind.
func keep(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// free refuses the name of a file that is there: what was kept, a receipt or a
// bundle, may be the only one.
func free(path, cure string) error {
	if _, err := os.Lstat(path); path == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return withHint(fmt.Errorf("%s: 文件已存在，不覆盖 the file is there and is not written over", path), cure)
}

const anotherOut = "用 --out 另取一个文件名 choose another name with --out"
