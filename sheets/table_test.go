package sheets

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// giftSheet has the layout of real donation notices, with invented rows.
const giftSheet = ",2031年爱心捐款信息（截至3月5日24：00）,,,\n" +
	",,,,单位：元\n" +
	"序号,捐赠日期,捐赠(单位/姓名）个人 ,捐赠金额（元）,备注\n" +
	"1,2031.03.01,赵*\t,100.00,\n" +
	"2,2031.03.02,甲乙丙商行,\"12,345.67\",转来\n" +
	"3,2031.03.02,钱**,0.01,\n" +
	",合计,,12445.68,\n"

func openText(t *testing.T, text string, kind Kind, o Options) *Table {
	t.Helper()
	table, err := tryText(text, kind, o)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func tryText(text string, kind Kind, o Options) (*Table, error) {
	f, err := Open("test.csv", strings.NewReader(text), int64(len(text)), o)
	if err != nil {
		return nil, err
	}
	return f.Table(kind)
}

// codes reads all rows and returns the codes of the errors, and the rows
// without one as canonical text.
func codes(t *testing.T, table *Table) (rows []string, found []Code) {
	t.Helper()
	for row, err := range table.Rows() {
		if err == nil {
			rows = append(rows, string(row.Canonical(nil)))
			continue
		}
		e, ok := errors.AsType[*Error](err)
		if !ok {
			t.Fatalf("not an *Error: %v", err)
		}
		found = append(found, e.Code)
	}
	return rows, found
}

func TestDonationLayoutInEveryEncoding(t *testing.T) {
	encode := func(e interface{ String(string) (string, error) }) string {
		s, err := e.String(giftSheet)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for want, text := range map[Encoding]string{
		UTF8:    giftSheet,
		UTF8BOM: "\uFEFF" + giftSheet,
		GB18030: encode(simplifiedchinese.GB18030.NewEncoder()),
		UTF16LE: encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()),
		UTF16BE: encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()),
	} {
		t.Run(string(want), func(t *testing.T) {
			for _, end := range []string{"\n", "\r\n", "\r"} {
				if end != "\n" && want != UTF8 {
					continue
				}
				checkGifts(t, want, strings.ReplaceAll(text, "\n", end))
			}
		})
	}
}

func checkGifts(t *testing.T, want Encoding, text string) {
	t.Helper()
	table := openText(t, text, Donations, Options{})
	if got := table.file.Encoding; got != want {
		t.Fatalf("encoding %s, want %s", got, want)
	}
	if table.Title != "2031年爱心捐款信息（截至3月5日24：00）" || table.Unit != "单位：元" || table.HeaderRow != 3 {
		t.Errorf("title %q, unit %q, header %d", table.Title, table.Unit, table.HeaderRow)
	}
	var sum int64
	var donors []string
	for row, err := range table.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		fen, err := row.Fen(Amount)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := row.Date(DateField); err != nil || d.Year != 2031 {
			t.Errorf("row %d: date %v, %v", row.Number, d, err)
		}
		sum += fen
		donors = append(donors, row.Name(Donor))
	}
	if got := strings.Join(donors, "|"); sum != 1244568 || got != "赵*|甲乙丙商行|钱**" {
		t.Errorf("sum %d, donors %s", sum, got)
	}
	s := table.Summary()
	if s.Rows != 3 || len(s.Totals) != 1 || s.Totals[0].Value != 1244568 || s.Totals[0].Row != 7 || s.Totals[0].RowsBefore != 3 {
		t.Errorf("summary %+v", s)
	}
}

func TestPreviewShowsWhatStands(t *testing.T) {
	f, err := Open("x", bytes.NewReader([]byte(giftSheet)), int64(len(giftSheet)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.Preview(0)
	if err != nil || len(rows) != 5 || rows[3][2] != "赵*\t" {
		t.Errorf("preview %q, %v", rows, err)
	}
}

func TestLostCharactersAreCounted(t *testing.T) {
	const text = "日期,捐赠人,金额,备注\n2031-3-5,甲,5,\n2031-3-5,\uFFFD乙,5,\uFFFD\n2031-3-5,丙\uFFFD,5,\n"
	table := openText(t, text, Donations, Options{})
	if _, err := table.Survey(); err != nil {
		t.Fatal(err)
	}
	if s := table.Summary(); s.Replacements != 3 || s.FirstReplacement != "B3" || s.Rows != 1 || s.Refused != 2 {
		t.Errorf("%+v", s)
	}
}

// A reading may be broken off and begun again.
func TestRowsAgain(t *testing.T) {
	table := openText(t, giftSheet, Donations, Options{})
	for row := range table.Rows() {
		if row.Number != 4 {
			t.Errorf("first row is %d", row.Number)
		}
		break
	}
	for range 2 {
		if s, err := table.Survey(); err != nil || s.Rows != 3 || len(s.Totals) != 1 {
			t.Errorf("%+v, %v", s, err)
		}
	}
}
