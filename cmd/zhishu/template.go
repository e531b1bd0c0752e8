package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zhishu/domain"
	"zhishu/sheets"
)

type templateCmd struct {
	Kind    string `arg:"" enum:"people,activities,roster,service,study,donations,communities" zh:"表的种类：people 花名册、activities 活动安排、roster 签到表、service 志愿服务、study 学习考勤、donations 捐赠、communities 社区" help:"people, activities, roster, service, study, donations or communities."`
	CSV     bool   `name:"csv" xor:"format" zh:"CSV，只有表头" help:"A CSV with the headings alone."`
	XLSX    bool   `name:"xlsx" xor:"format" zh:"XLSX，第二页说明每一列（默认；--out 以 .csv 结尾时除外）" help:"An XLSX whose second worksheet explains every column (the default, unless --out ends in .csv)."`
	Example bool   `zh:"附一行虚构的示例，可用来试导" help:"With a row of invented data, to try an import."`
	Out     string `placeholder:"FILE" zh:"写到哪个文件（默认在当前目录：zhishu-KIND.xlsx 或 .csv）；- 为直接输出" help:"Where it goes (default: zhishu-KIND.xlsx or .csv in this directory); - for the standard output."`
	JSON    bool   `zh:"以 JSON 输出各列说明" help:"Print the columns as JSON."`
}

func (c *templateCmd) Run(p *program) error {
	kind, _ := sheets.KindByName(c.Kind)
	format := sheets.XLSX
	if c.CSV || !c.XLSX && strings.EqualFold(filepath.Ext(c.Out), ".csv") {
		format = sheets.CSV
	}
	var file bytes.Buffer
	if err := sheets.WriteTemplate(&file, kind, format, c.Example); err != nil {
		return err
	}
	if c.Out == "-" {
		_, err := p.stdout.Write(file.Bytes())
		return err
	}
	if c.Out == "" {
		c.Out = "zhishu-" + c.Kind + "." + string(format)
	}
	// A sheet that is being filled in is never written over.
	if err := free(c.Out, anotherOut); err != nil {
		return err
	}
	out, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return withHint(fmt.Errorf("无法写出表格 the sheet cannot be written: %w", err), anotherOut)
	}
	_, err = out.Write(file.Bytes())
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	columns := sheets.Template(kind)
	return p.print(c.JSON, map[string]any{"file": c.Out, "kind": c.Kind, "columns": headingsOf(columns)}, func() {
		fmt.Fprintf(p.stdout, "%s  %d 列 columns\n", c.Out, len(columns))
		for _, column := range columns {
			fmt.Fprintf(p.stdout, "  %s  %s %s\n", column.Heading, column.Need, column.Chinese)
		}
		fmt.Fprintf(p.stdout, "填好后导入 to import it when filled in: zhishu import %s %s%s --data DIR\n", c.Kind, c.Out, needs(domain.ImportKind(c.Kind)))
	})
}

// needs are the flags without which a sheet is not taken.
func needs(kind domain.ImportKind) string {
	switch kind {
	case domain.ImportCommunities:
		return ""
	case domain.ImportRoster:
		return " --attended ACTIVITY"
	}
	return " --community CODE"
}

func headingsOf(columns []sheets.TemplateColumn) []map[string]string {
	out := make([]map[string]string, len(columns))
	for i, c := range columns {
		out[i] = map[string]string{"heading": c.Heading, "field": c.Field.String(), "need": c.Need, "zh": c.Chinese, "en": c.English, "example": c.Example}
	}
	return out
}
