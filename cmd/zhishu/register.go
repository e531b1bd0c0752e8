package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"zhishu/api/figures"
)

// registerReport writes the table a committee hands in. It goes through the
// API, in this process or through the running server, because names are the
// vault's to open and the API's rules decide whose.
type registerReport struct {
	Kind      string        `arg:"" enum:"service,study,donations,participation,teams,scorecard" zh:"台账种类：service 志愿服务、study 学习考勤、donations 捐赠、participation 参学率、teams 志愿服务队、scorecard 学习型社区标准" help:"service, study, donations, participation, teams or scorecard."`
	Community communityFlag `required:"" placeholder:"CODE" zh:"填报社区的 12 位代码" help:"The community that hands it in."`
	Period    string        `required:"" placeholder:"2026-05|2026" zh:"月份或年份" help:"Month or year."`
	AsOf      asOfFlag      `placeholder:"SIZE|DATE" zh:"账本当时的样子：账本位置（120000）或某日终了（2026-03-31）" help:"The ledger as it was at a ledger size or at the end of a day."`
	XLSX      string        `name:"xlsx" xor:"form" placeholder:"FILE" zh:"写成 Excel 工作簿：台账一页，溯源一页" help:"Write a workbook: the table, and a sheet that traces it."`
	CSV       string        `name:"csv" xor:"form" placeholder:"FILE" zh:"写成 CSV；溯源另存一个文件（FILE-溯源.csv）" help:"Write CSV; the trace goes into a second file beside it (FILE-溯源.csv)."`
	JSON      bool          `xor:"form" zh:"输出 JSON，与接口的答复相同" help:"Print JSON, as the API answers."`
	As        string        `default:"clerk" placeholder:"HANDLE" zh:"以哪个账号查看（默认 ${default}）；服务、学习台账只给社区的工作账号看" help:"Account that asks (${default}); a register of service or study is shown to the staff of the community."`
	Data      string        `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（默认 ${default}）；服务正在运行时经由服务办理" help:"The ledger's directory (${default}); its running server is used."`
	backend
}

func (c *registerReport) Run(p *program) error {
	// Both files, before the first of them is written.
	for _, file := range []string{c.XLSX, c.CSV, c.traceFile()} {
		if err := free(file, "另取一个文件名 choose another name"); err != nil {
			return err
		}
	}
	client, base, done, err := (&doCmd{Data: c.Data, backend: c.backend}).connect(p)
	if err != nil {
		return err
	}
	err = c.take(p, client, base)
	if closed := done(); err == nil {
		err = closed
	}
	return err
}

// traceFile is where the trace of a CSV goes; none without one.
func (c *registerReport) traceFile() string {
	if c.CSV == "" {
		return ""
	}
	return strings.TrimSuffix(c.CSV, ".csv") + "-溯源.csv"
}

func (c *registerReport) take(p *program, client *http.Client, base string) error {
	get := func(form string) ([]byte, error) { return c.get(p, client, base, form) }
	switch {
	case c.XLSX != "":
		return fetch(p, get, "/xlsx", c.XLSX)
	case c.CSV != "":
		if err := fetch(p, get, "/csv", c.CSV); err != nil {
			return err
		}
		return fetch(p, get, "/trace", c.traceFile())
	}
	content, err := get("")
	if err != nil {
		return err
	}
	var figure figures.Register
	if err := json.Unmarshal(content, &figure); err != nil {
		return err
	}
	if c.JSON {
		return p.print(true, figure, nil)
	}
	for i := range figure.Blocks {
		t := registerTable(figure, i)
		if err := t.print(p); err != nil {
			return err
		}
	}
	return nil
}

// fetch writes one form of the register to a file.
func fetch(p *program, get func(form string) ([]byte, error), form, file string) error {
	content, err := get(form)
	if err != nil {
		return err
	}
	// The file may name people who agreed to be named here, not everywhere.
	if err := keep(file, bytes.NewReader(content)); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, file)
	return nil
}

func (c *registerReport) get(p *program, client *http.Client, base, form string) ([]byte, error) {
	q := url.Values{"community": {c.Community.code().String()}, "period": {c.Period}}
	if !c.AsOf.IsNow() {
		q.Set("asOf", c.AsOf.String())
	}
	req, err := http.NewRequestWithContext(p.ctx, http.MethodGet, base+"/v1/registers/"+c.Kind+form+"?"+q.Encode(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Zhishu-Account", c.As)
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, problemOf(resp)
	}
	return io.ReadAll(resp.Body)
}

func registerTable(r figures.Register, block int) table {
	b := r.Blocks[block]
	t := table{title: strings.TrimSpace(r.Title + " " + b.Caption), heads: b.Heads}
	if block == 0 {
		t.footing(r.Footing)
		t.line("%s", r.Unit)
	}
	line := func(row []figures.Cell) {
		cells := make([]cell, len(row))
		for i, x := range row {
			cells[i] = words(x.Text)
		}
		t.add(cells...)
	}
	for _, row := range b.Rows {
		line(row)
	}
	if b.Total != nil {
		line(b.Total)
	}
	if block == len(r.Blocks)-1 {
		for _, l := range r.Trace {
			t.below = append(t.below, strings.TrimSpace(fmt.Sprintf("%s %s%s（%d）：%s", l.Item, l.Value.Text, l.Unit, l.Facts, l.How)))
		}
	}
	return t
}
