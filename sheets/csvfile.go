package sheets

import (
	"bytes"
	"io"
	"slices"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
)

// csvFile is an opened CSV: how to read it, found out from its beginning.
type csvFile struct {
	r        io.ReaderAt
	size     int64
	encoding Encoding
	comma    byte
	eol      byte
	damaged  bool // bytes that are not of the encoding become U+FFFD
	hasSep   bool
}

var delimiters = []byte{',', '\t', ';', '|'}

const headBytes = 64 << 10

func openCSV(r io.ReaderAt, size int64, o Options) (*csvFile, *Error) {
	found, bad, err := detectEncoding(r, size)
	if err != nil {
		return nil, refuseBecause(CodeFileUnreadable, err)
	}
	enc, refusal := encodingOption(o.Encoding, found)
	if refusal != nil {
		return nil, refusal
	}
	f := &csvFile{r: r, size: size, encoding: enc, damaged: bad > 0 && (enc == UTF8 || enc == UTF8BOM)}
	head, err := io.ReadAll(io.LimitReader(f.text(), headBytes))
	if err != nil {
		return nil, refuseBecause(CodeFileUnreadable, err)
	}
	if refusal := sniffText(head); refusal != nil {
		return nil, refusal
	}
	f.eol = '\n'
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		f.eol = '\r'
	}
	f.comma, f.hasSep = sepLine(head)
	if o.Delimiter != 0 {
		if o.Delimiter > 0x7f || !slices.Contains(delimiters, byte(o.Delimiter)) {
			return nil, refuse(CodeColumnsOption, "分隔符只能是逗号、制表符、分号或竖线 / the delimiter must be comma, tab, semicolon or bar")
		}
		f.comma = byte(o.Delimiter)
	} else if !f.hasSep {
		f.comma = f.guessDelimiter(head)
	}
	return f, nil
}

// sniffText refuses what decodes but is no table: web pages, XML, and binary
// files, which show by their control characters.
func sniffText(head []byte) *Error {
	text := bytes.ToLower(bytes.TrimSpace(head[:min(len(head), 1024)]))
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return refuse(CodeFileEmpty, "")
	case bytes.HasPrefix(text, []byte("<!doctype html")), bytes.HasPrefix(text, []byte("<html")),
		bytes.HasPrefix(text, []byte("<table")), bytes.HasPrefix(text, []byte("<meta")), bytes.HasPrefix(text, []byte("<head")):
		return refuse(CodeHTML, "")
	case bytes.HasPrefix(text, []byte("<?xml")):
		if bytes.Contains(text, []byte("<html")) {
			return refuse(CodeHTML, "")
		}
		return refuse(CodeXMLSpreadsheet, "")
	case bytes.HasPrefix(text, []byte("%pdf")), bytes.HasPrefix(text, []byte("{\\rtf")):
		return refuse(CodeNotASheet, "")
	}
	control := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			control++
		}
	}
	if control*50 > len(head) {
		return refuse(CodeNotASheet, "")
	}
	return nil
}

// guessDelimiter takes the delimiter by which most headings are recognised,
// because cells of real sheets hold tabs and semicolons too; where no heading
// is known, the one that stands most often in the beginning.
func (f *csvFile) guessDelimiter(head []byte) byte {
	best, bestScore := byte(','), -1
	for _, comma := range delimiters {
		score := 1000*headingScore(head, comma, f.eol) + min(bytes.Count(head, []byte{comma}), 999)
		if score > bestScore {
			best, bestScore = comma, score
		}
	}
	return best
}

func headingScore(head []byte, comma, eol byte) int {
	src, err := newCSVSource(bytes.NewReader(head), comma, eol, false)
	if err != nil {
		return 0
	}
	best := 0
	var row rawRow
	for range headerSearchRows {
		if src.next(&row) != nil {
			break
		}
		if len(row.cells) < 2 || len(row.cells) > 4*DefaultMaxColumns {
			continue
		}
		for _, k := range Kinds() {
			if n := countFields(k, row.cells); n > best {
				best = n
			}
		}
	}
	return best
}

func (f *csvFile) open() (source, error) {
	return newCSVSource(f.text(), f.comma, f.eol, f.hasSep)
}

func (f *csvFile) text() io.Reader {
	in := decoded(f.r, f.size, f.encoding)
	if f.damaged {
		return transform.NewReader(in, runes.ReplaceIllFormed())
	}
	return in
}
