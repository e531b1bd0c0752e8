package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/sheets"
)

// table is a figure as people read it: lines above, headings, rows.
type table struct {
	title string
	lines []string
	heads []string
	rows  [][]sheets.Value
	texts [][]string // the same rows for the terminal
	below []string   // lines below them, on the terminal only
}

// cell is a value for the spreadsheet and its text for the terminal.
type cell struct {
	value sheets.Value
	text  string
}

func words(s string) cell      { return cell{sheets.TextValue(s), s} }
func whole(n int64) cell       { return cell{sheets.WholeValue(n), strconv.FormatInt(n, 10)} }
func fen(m figures.Money) cell { return cell{sheets.FenValue(m.Fen), m.Yuan} }

// spent is minutes as a number in the spreadsheet and hours on the terminal.
func spent(d figures.Duration) cell { return cell{sheets.WholeValue(d.Minutes), d.Text} }

// changed is by how many minutes a duration differs, with its sign.
func changed(minutes int64) cell {
	text, size := "", minutes
	switch {
	case minutes > 0:
		text = "+"
	case minutes < 0:
		text, size = "−", -minutes
	}
	return cell{sheets.WholeValue(minutes), text + figures.Time(domain.Minutes(size)).Text}
}

// minutesUnit ends the heading of a duration: a spreadsheet holds its minutes, a
// terminal shows hours, and says their unit in every cell.
const minutesUnit = "(分钟)"

func (t *table) add(cells ...cell) {
	row, texts := make([]sheets.Value, len(cells)), make([]string, len(cells))
	for i, c := range cells {
		row[i], texts[i] = c.value, c.text
	}
	t.rows, t.texts = append(t.rows, row), append(t.texts, texts)
}

func (t *table) line(format string, args ...any) {
	t.lines = append(t.lines, fmt.Sprintf(format, args...))
}

// footing says what a figure stands on; it is part of every report.
func (t *table) footing(f figures.Footing) {
	t.line("账本位置 ledger size %d，截至 %s%s", f.LedgerSize, f.Day, ruledBy(f.Policies))
	for _, r := range f.Retroactive {
		t.line("%s %s", r.Zh, r.En)
	}
	if len(f.Provisional) > 0 {
		t.line("暂定 provisional：有导入尚未完成 imports still running: %s", strings.Join(f.Provisional, ", "))
	}
}

// ruledBy names the rules behind a figure, where there are any.
func ruledBy(policies []string) string {
	if len(policies) == 0 {
		return ""
	}
	return "；规则 policies " + strings.Join(policies, ", ")
}

// put prints a figure in the form asked for.
func (p *program) put(v view, figure any, t table) error {
	switch {
	case v.JSON:
		return p.print(true, figure, nil)
	case v.CSV:
		return t.write(sheets.CSV, func(b []byte) error { _, err := p.stdout.Write(b); return err })
	case v.XLSX != "":
		return t.write(sheets.XLSX, func(b []byte) error { return os.WriteFile(v.XLSX, b, 0o644) })
	}
	return t.print(p)
}

func (t *table) print(p *program) error {
	fmt.Fprintln(p.stdout, t.title)
	for _, line := range t.lines {
		fmt.Fprintln(p.stdout, line)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for i, head := range t.heads {
		if i > 0 {
			fmt.Fprint(w, "\t")
		}
		fmt.Fprint(w, strings.TrimSuffix(head, minutesUnit))
	}
	fmt.Fprintln(w)
	for _, row := range t.texts {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, line := range t.below {
		fmt.Fprintln(p.stdout, line)
	}
	return nil
}

func (t *table) write(format sheets.Format, to func([]byte) error) error {
	var b bytes.Buffer
	w, err := sheets.NewWriter(&b, format, t.title)
	if err != nil {
		return err
	}
	for _, line := range append([]string{t.title}, t.lines...) {
		if err := w.Text(line); err != nil {
			return err
		}
	}
	if err := w.Text(t.heads...); err != nil {
		return err
	}
	for _, row := range t.rows {
		if err := w.Row(row...); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return to(b.Bytes())
}
