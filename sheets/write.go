package sheets

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Writer writes a table row by row, as CSV (UTF-8 with byte order mark, CRLF)
// or as XLSX with numbers as numbers and dates as dates. It does not close the
// writer below. An XLSX is written out by Close; one of more than 16 MB goes
// through a temporary file of the operating system, which Close removes.
type Writer struct {
	out rowWriter
}

type rowWriter interface {
	row([]Value) error
	sheet(name string) error
	column(index, characters int, text bool) error
	close() error
}

// NewWriter begins a table. The sheet name is used for XLSX only, and mended
// where a spreadsheet program would not allow it.
func NewWriter(w io.Writer, f Format, sheet string) (*Writer, error) {
	switch f {
	case CSV:
		return newCSVWriter(w)
	case XLSX:
		return newXLSXWriter(w, sheet)
	}
	return nil, fmt.Errorf("sheets: cannot write format %q", f)
}

// Row writes one row; an empty one leaves a blank line.
func (w *Writer) Row(values ...Value) error { return w.out.row(values) }

// Text writes a row of texts, such as a title or the headings.
func (w *Writer) Text(texts ...string) error {
	values := make([]Value, len(texts))
	for i, s := range texts {
		values[i] = TextValue(s)
	}
	return w.Row(values...)
}

// Sheet begins another worksheet of an XLSX; a CSV has only one.
func (w *Writer) Sheet(name string) error { return w.out.sheet(name) }

// column sets how wide a column is shown, in characters of Chinese, and whether
// its cells are texts. It comes before the first row.
func (w *Writer) column(index, characters int, text bool) error {
	return w.out.column(index, characters, text)
}

// Close ends the table and writes what is still held.
func (w *Writer) Close() error { return w.out.close() }

type csvWriter struct {
	out   *csv.Writer
	cells []string
}

func newCSVWriter(w io.Writer) (*Writer, error) {
	if _, err := w.Write(bomUTF8); err != nil {
		return nil, err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return &Writer{&csvWriter{out: out}}, nil
}

func (w *csvWriter) row(values []Value) error {
	w.cells = w.cells[:0]
	for _, v := range values {
		w.cells = append(w.cells, v.csvText())
	}
	if len(w.cells) == 0 {
		w.cells = append(w.cells, "")
	}
	return w.out.Write(w.cells)
}

func (w *csvWriter) sheet(string) error {
	return errors.New("sheets: a CSV holds one table")
}

func (w *csvWriter) column(int, int, bool) error { return nil }

func (w *csvWriter) close() error {
	w.out.Flush()
	return w.out.Error()
}

type xlsxWriter struct {
	to     io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	styles map[string]int // by number format
	rows   int
	cells  []any
}

func newXLSXWriter(w io.Writer, sheet string) (*Writer, error) {
	file := excelize.NewFile()
	name := sheetName(sheet)
	if err := file.SetSheetName("Sheet1", name); err != nil {
		return nil, err
	}
	stream, err := file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	return &Writer{&xlsxWriter{to: w, file: file, stream: stream, styles: map[string]int{}}}, nil
}

// sheetName leaves out what the names of worksheets must not hold.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) || r < ' ' || r == utf8.RuneError {
			return -1
		}
		return r
	}, Clean(s))
	if runes := []rune(s); len(runes) > 31 {
		s = string(runes[:31])
	}
	if s == "" {
		return "Sheet1"
	}
	return s
}

func (w *xlsxWriter) sheet(name string) error {
	if err := w.stream.Flush(); err != nil {
		return err
	}
	name = sheetName(name)
	if _, err := w.file.NewSheet(name); err != nil {
		return err
	}
	stream, err := w.file.NewStreamWriter(name)
	w.stream, w.rows = stream, 0
	return err
}

// asText is the number format of texts.
const asText = "@"

func (w *xlsxWriter) column(index, characters int, text bool) error {
	at := index + 1
	if err := w.stream.SetColWidth(at, at, float64(min(2*characters+4, 120))); err != nil || !text {
		return err
	}
	style, err := w.style(asText)
	if err != nil {
		return err
	}
	return w.stream.SetColStyle(at, at, style)
}

func (w *xlsxWriter) row(values []Value) error {
	w.cells = w.cells[:0]
	for _, v := range values {
		cell, err := w.cell(v)
		if err != nil {
			return err
		}
		w.cells = append(w.cells, cell)
	}
	w.rows++
	at, err := excelize.CoordinatesToCellName(1, w.rows)
	if err != nil {
		return err
	}
	return w.stream.SetRow(at, w.cells)
}

// Number formats of written cells.
const (
	dateFormat  = "yyyy-mm-dd"
	clockFormat = "[h]:mm"
)

func (w *xlsxWriter) cell(v Value) (any, error) {
	switch v.kind {
	case valueText:
		if v.text == "" {
			return nil, nil
		}
		return protect(v.text), nil
	case valueNumber:
		f, ok := v.number()
		if !ok {
			return fixed(v.whole, v.scale), nil
		}
		if v.scale == 0 {
			return v.whole, nil
		}
		return w.styled(f, "0."+strings.Repeat("0", v.scale))
	case valueDate:
		return w.styled(v.date.Serial(), dateFormat)
	case valueRaw:
		return w.raw(v)
	}
	return nil, nil
}

// raw keeps a number of the sheet that was read what it was: a number, a date
// or a time.
func (w *xlsxWriter) raw(v Value) (any, error) {
	f, err := parseFloat(v.text)
	if err != nil {
		return protect(v.text), nil
	}
	switch CellKind(v.scale) {
	case CellDate:
		return w.styled(f, dateFormat)
	case CellDuration:
		return w.styled(f, clockFormat)
	}
	return f, nil
}

func (w *xlsxWriter) styled(value any, format string) (any, error) {
	id, err := w.style(format)
	if err != nil {
		return nil, err
	}
	return excelize.Cell{StyleID: id, Value: value}, nil
}

func (w *xlsxWriter) style(format string) (id int, err error) {
	id, ok := w.styles[format]
	if !ok {
		if id, err = w.file.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
			return 0, err
		}
		w.styles[format] = id
	}
	return id, nil
}

func (w *xlsxWriter) close() error {
	if err := w.stream.Flush(); err != nil {
		_ = w.file.Close()
		return err
	}
	if err := w.file.Write(w.to); err != nil {
		_ = w.file.Close()
		return err
	}
	return w.file.Close()
}
