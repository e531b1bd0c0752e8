package sheets

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// FuzzOpen reads anything as every kind of sheet: no panic, no error that is
// not ours, no row lost from the count.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(giftSheet))
	for _, c := range layouts {
		f.Add([]byte(c.text))
	}
	f.Add(sheetOf(f, `<row r="2"><c r="A2" s="1"><v>47912</v></c><c r="B2" t="str"><v>甲</v></c><c r="C2"><v>5</v></c></row>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o := Options{MaxRows: 5_000, MaxUnzipBytes: 1 << 20, MaxSharedBytes: 1 << 20}
		file, err := Open("f", bytes.NewReader(data), int64(len(data)), o)
		checkError(t, err)
		if err != nil {
			return
		}
		_, err = file.Preview(0)
		checkError(t, err)
		for _, k := range Kinds() {
			table, err := file.Table(k)
			checkError(t, err)
			if err == nil {
				readAll(t, table)
			}
		}
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("not an *Error: %v", err)
	}
	if _, known := codeIndex()[e.Code]; !known || e.Code == CodeInternal || e.Code == CodeFileUnreadable {
		t.Fatalf("%v: %v", e, e.cause)
	}
}

func readAll(t *testing.T, table *Table) {
	t.Helper()
	out, err := NewRejectWriter(io.Discard, table)
	if err != nil {
		t.Fatal(err)
	}
	given, last := 0, table.HeaderRow
	for row, err := range table.Rows() {
		checkError(t, err)
		if err != nil && asError(err).RefusesFile() {
			return
		}
		given++
		if row.Number <= table.HeaderRow {
			t.Fatalf("row %d after row %d", row.Number, last)
		}
		last = row.Number
		readEverything(t, row)
		if err := out.Add(row, "x", "y"); err != nil {
			t.Fatal(err)
		}
	}
	if s := table.Summary(); s.Rows+s.Refused != given || given == 0 {
		t.Fatalf("%d rows given: %+v", given, s)
	}
}

func readEverything(t *testing.T, row Row) {
	t.Helper()
	for f := Sequence; f < rejectReason; f++ {
		_, _, _, _ = row.Text(f), row.Name(f), row.Has(f), row.Cell(f)
		_, e1 := row.Date(f)
		_, e2 := row.Fen(f)
		_, e3 := row.Whole(f)
		_, e4 := row.Moment(f)
		_, e5 := row.Identifier(f)
		for _, err := range []error{e1, e2, e3, e4, e5} {
			checkError(t, err)
		}
	}
	_, _, err := row.Minutes()
	checkError(t, err)
	_, _, _, err = row.Span()
	checkError(t, err)
	_ = row.Canonical(nil)
}

// FuzzHeader searches text of few rows for a header.
func FuzzHeader(f *testing.F) {
	for _, c := range layouts {
		f.Add(c.text, uint8(c.kind))
	}
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		k := Kinds()[int(kind)%len(Kinds())]
		table, err := tryText(text, k, Options{})
		checkError(t, err)
		if err != nil {
			return
		}
		seen := map[Field]bool{}
		for _, c := range table.Columns {
			if c.Field == noField || seen[c.Field] || c.Index >= len(table.headings) {
				t.Fatalf("columns %v", table.Columns)
			}
			seen[c.Field] = true
		}
		if table.HeaderRow < 1 || len(table.Columns)+len(table.Unknown) > len(table.headings) {
			t.Fatalf("header row %d", table.HeaderRow)
		}
	})
}

// FuzzValues gives any text to every parser: no panic, only known codes, and
// what was read is read again the same from its own spelling.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"2020-01-23", "2020年1月3日", "43860.5", "1,234.56", "3万元", "1小时30分", "9：30", "下午2点", "1:30", "10人", "1.1E+17", "2026-03-05T01:00:00Z", "098/09/01", "'=1", "e\u0301\u3000\u200b", "9:00-11:00", "３．５", "A\u3000\u0301", "2031-3-5 9:00-11:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?") // a reading refuses other cells before any parser
		for _, o := range []DateOptions{{}, {ROC: true}, {Date1904: true}} {
			d, code := ParseDate(s, o)
			known(t, code)
			if again, c := ParseDate(d.String(), o); code == "" && (c != "" || again != d) {
				t.Fatalf("date %v became %v %s", d, again, c)
			}
			m, code := ParseMoment(s, o)
			known(t, code)
			if again, c := ParseMoment(m.String(), o); code == "" && m.Date.check() == "" && (c != "" || again != m) {
				t.Fatalf("moment %v became %v %s", m, again, c)
			}
		}
		for _, factor := range []int64{Yuan, Wan, Yi} {
			fen, code := ParseFen(s, factor)
			known(t, code)
			if again, c := ParseFen(fixed(fen, 2), Yuan); code == "" && (c != "" || again != fen || fen < 0) {
				t.Fatalf("%d fen became %d %s", fen, again, c)
			}
		}
		for _, unit := range []TimeUnit{NoUnit, Minutes, Hours} {
			n, code := ParseMinutes(s, unit)
			known(t, code)
			if again, c := ParseMinutes(itoa(int(n)), Minutes); code == "" && (c != "" || again != n || n < 0) {
				t.Fatalf("%d minutes became %d %s", n, again, c)
			}
		}
		clock, code := ParseClock(s)
		known(t, code)
		if code == "" && (clock.Seconds < 0 || clock.Seconds > secondsOfDay) {
			t.Fatalf("clock %v", clock)
		}
		_, _, code = ParseClockRange(s)
		known(t, code)
		_, _, code = ParseSpan(s, DateOptions{})
		known(t, code)
		n, _, code := ParseCount(s)
		known(t, code)
		if code == "" && n < 0 {
			t.Fatal(n)
		}
		_, code = ParseSex(s)
		known(t, code)
		checkTexts(t, s)
	})
}

func known(t *testing.T, code Code) {
	t.Helper()
	if info, ok := codeIndex()[code]; code != "" && (!ok || info.Scope != ScopeRow) {
		t.Fatalf("code %q", code)
	}
}

func checkTexts(t *testing.T, s string) {
	t.Helper()
	id, code := ParseIdentifier(s)
	known(t, code)
	if again, c := ParseIdentifier(id); code == "" && (c != "" || again != id) && !strings.HasPrefix(id, "=") && !strings.HasPrefix(id, "'") {
		t.Fatalf("identifier %q became %q %s", id, again, c)
	}
	if p := protect(s); unprotect(p) != s || dangerous(s) && p[0] != '\'' {
		t.Fatalf("%q is protected as %q", s, p)
	}
	for name, fold := range map[string]func(string) string{"Clean": Clean, "ParseText": ParseText, "ParseName": ParseName, "Fold": Fold} {
		once := fold(s)
		if twice := fold(once); twice != once {
			t.Fatalf("%s(%q) = %q, then %q", name, s, once, twice)
		}
	}
	if settled(s) && (norm.NFKC.String(s) != s || strings.TrimSpace(s) != s) {
		t.Fatalf("%q is not settled", s)
	}
	_ = class(Cell{Text: s})
	if number, ok := normalNumber(s); ok {
		if again, ok := normalNumber(number); !ok || again != number {
			t.Fatalf("number %q became %q", number, again)
		}
	}
}

// FuzzXML compares our scanner with encoding/xml: what both accept must say
// the same.
func FuzzXML(f *testing.F) {
	f.Add(giftRows(`<row r="2"><c r="A2" s='1'><v>1 &lt; &#x41;</v></c><c/><!-- x --><?p?><![CDATA[a]b]]></row>`))
	f.Add("<a><!-->--><:0/></a>")
	f.Add("<a>\r\n<b:c d='>'/>\r</a>\n")
	f.Fuzz(func(t *testing.T, text string) {
		ours, ok := scanTokens(text)
		theirs, err := decodeTokens(text)
		if ok && err == nil && ours != theirs {
			t.Fatalf("ours   %q\ntheirs %q", ours, theirs)
		}
	})
}

func scanTokens(text string) (string, bool) {
	x, b := newXMLScanner(strings.NewReader(text)), strings.Builder{}
	for {
		token, err := x.next()
		if err == io.EOF {
			return b.String(), x.complete() == nil
		}
		if err != nil {
			return "", false
		}
		switch token {
		case xmlStart:
			b.WriteString("<" + string(x.name) + ">")
		case xmlEnd:
			b.WriteString("</" + string(x.name) + ">")
		case xmlText:
			b.Write(x.text)
		}
	}
}

func decodeTokens(text string) (string, error) {
	d, b, depth := xml.NewDecoder(strings.NewReader(text)), strings.Builder{}, 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			b.WriteString("<" + token.Name.Local + ">")
		case xml.EndElement:
			depth--
			b.WriteString("</" + token.Name.Local + ">")
		case xml.CharData:
			if depth > 0 {
				b.Write(token)
			}
		}
	}
}
