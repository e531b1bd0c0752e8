package sheets

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// csvSource splits decoded text into rows by RFC 4180, counting rows as a
// spreadsheet program does: blank lines count, line ends inside quotation
// marks do not. It differs from encoding/csv in that a misplaced quotation
// mark costs one row, not the file.
type csvSource struct {
	lines  *lineReader
	comma  byte
	row    int
	joined []byte // a row with quotation marks, its cells unquoted
	ends   []int  // where each cell of joined ends
}

func newCSVSource(in io.Reader, comma, eol byte, skipLine bool) (*csvSource, error) {
	s := &csvSource{lines: newLineReader(in, eol), comma: comma}
	if skipLine {
		if _, err := s.lines.next(); err != nil && err != io.EOF {
			return nil, asError(err)
		}
	}
	return s, nil
}

func (s *csvSource) Close() error { return nil }

func (s *csvSource) next(row *rawRow) error {
	line, err := s.lines.next()
	if err == io.EOF {
		return io.EOF
	}
	s.row++
	if err != nil {
		return s.at(asError(err))
	}
	row.number, row.cells, row.hidden, row.fault, row.at = s.row, row.cells[:0], false, "", 0
	if bytes.IndexByte(line, '"') >= 0 {
		return s.quoted(line, row)
	}
	line = s.trimEnd(line)
	s.strayReturn(line, row, -1)
	return s.unquoted(string(line), row)
}

// strayReturn finds a carriage return that ends no line: the row may be two.
func (s *csvSource) strayReturn(text []byte, row *rawRow, at int) {
	if row.fault == "" && bytes.IndexByte(text, '\r') >= 0 {
		row.fault, row.at = CodeCellControl, at
	}
}

// unquoted is the common case: one allocation for the whole row.
func (s *csvSource) unquoted(line string, row *rawRow) error {
	for {
		i := strings.IndexByte(line, s.comma)
		if i < 0 {
			row.cells = append(row.cells, Cell{Text: line})
			return nil
		}
		row.cells = append(row.cells, Cell{Text: line[:i]})
		line = line[i+1:]
		if len(row.cells) >= maxRawColumns {
			return s.at(refuse(CodeTooManyColumns, ""))
		}
	}
}

func (s *csvSource) trimEnd(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{s.lines.eol})
	if s.lines.eol == '\n' {
		line = bytes.TrimSuffix(line, []byte{'\r'})
	}
	return line
}

// quoted reads a row cell by cell; a cell in quotation marks may go on over
// several lines.
func (s *csvSource) quoted(line []byte, row *rawRow) error {
	s.joined, s.ends = s.joined[:0], s.ends[:0]
	for {
		if len(line) > 0 && line[0] == '"' {
			rest, err := s.quotedCell(line[1:], row)
			if err != nil {
				return err
			}
			line = rest
		} else {
			line = s.bareCell(line, row)
		}
		s.ends = append(s.ends, len(s.joined))
		if len(s.ends) > maxRawColumns {
			return s.at(refuse(CodeTooManyColumns, ""))
		}
		if len(line) == 0 || line[0] != s.comma {
			break
		}
		line = line[1:]
	}
	text, from := string(s.joined), 0
	for _, to := range s.ends {
		row.cells = append(row.cells, Cell{Text: text[from:to]})
		from = to
	}
	return nil
}

// quotedCell appends the cell and returns the line from the comma after it.
func (s *csvSource) quotedCell(line []byte, row *rawRow) ([]byte, error) {
	for {
		i := bytes.IndexByte(line, '"')
		if i < 0 {
			more, err := s.nextLine(line)
			if err != nil {
				return nil, err
			}
			line = more
			continue
		}
		s.joined = append(s.joined, line[:i]...)
		line = line[i+1:]
		if len(line) > 0 && line[0] == '"' {
			s.joined = append(s.joined, '"')
			line = line[1:]
			continue
		}
		return s.afterQuote(line, row), nil
	}
}

// nextLine continues a cell that has a line end in it.
func (s *csvSource) nextLine(line []byte) ([]byte, error) {
	body := s.trimEnd(line)
	s.joined = append(s.joined, body...)
	s.joined = append(s.joined, '\n')
	if len(s.joined) > maxRecordBytes {
		return nil, s.at(refuse(CodeCSVQuoteOpen, ""))
	}
	more, err := s.lines.next()
	if err == io.EOF {
		return nil, s.at(refuse(CodeCSVQuoteOpen, ""))
	}
	if err != nil {
		return nil, s.at(asError(err))
	}
	return more, nil
}

// afterQuote allows blanks between the closing quotation mark and the comma,
// where names have their trailing tabs; anything else is a fault.
func (s *csvSource) afterQuote(line []byte, row *rawRow) []byte {
	end := s.cellEnd(line)
	if len(bytes.Trim(line[:end], " \t")) > 0 {
		s.fault(row)
		s.joined = append(s.joined, line[:end]...)
	}
	return s.rest(line, end)
}

func (s *csvSource) bareCell(line []byte, row *rawRow) []byte {
	end := s.cellEnd(line)
	if bytes.IndexByte(line[:end], '"') >= 0 {
		s.fault(row)
	}
	s.strayReturn(line[:end], row, len(s.ends))
	s.joined = append(s.joined, line[:end]...)
	return s.rest(line, end)
}

func (s *csvSource) cellEnd(line []byte) int {
	if i := bytes.IndexByte(line, s.comma); i >= 0 {
		return i
	}
	return len(s.trimEnd(line))
}

// rest is empty at the end of the line, so that the line end is not a cell.
func (s *csvSource) rest(line []byte, end int) []byte {
	if end < len(line) && line[end] == s.comma {
		return line[end:]
	}
	return nil
}

func (s *csvSource) fault(row *rawRow) {
	if row.fault == "" {
		row.fault, row.at = CodeCSVQuote, len(s.ends)
	}
}

func (s *csvSource) at(e *Error) *Error {
	placed := *e
	placed.Row = s.row
	return &placed
}

// sepLine reads the directive by which Excel is told the delimiter.
func sepLine(head []byte) (comma byte, ok bool) {
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	line = bytes.TrimSpace(bytes.ToLower(line))
	if len(line) == 5 && bytes.HasPrefix(line, []byte("sep=")) && slices.Contains(delimiters, line[4]) {
		return line[4], true
	}
	if bytes.Equal(line, []byte("sep=")) && bytes.HasPrefix(bytes.ToLower(head), []byte("sep=\t")) {
		return '\t', true
	}
	return 0, false
}
