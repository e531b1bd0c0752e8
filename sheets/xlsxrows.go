package sheets

import (
	"io"
	"strings"
)

// xlsxSource streams the rows of one worksheet. Rows that the file leaves out
// are delivered as empty ones, so that row numbers are those of the screen.
type xlsxSource struct {
	in     io.ReadCloser
	x      *xmlScanner
	book   *xlsxFile
	shared *sharedStrings
	inData bool // between <sheetData> and </sheetData>
	ahead  bool // a row was read that lies after the gap
	held   rawRow
	last   int // number of the row delivered last

	fillers int // empty cells put before others so far
}

// open starts a reading. The budget is what may still be unpacked; readings
// that share one cannot be made to unpack the same part again and again.
func (f *xlsxFile) open(sheet xlsxSheet, budget *int64) (source, error) {
	shared, err := f.strings()
	if err != nil {
		return nil, err
	}
	in, err := f.openPart(sheet.part, f.limits.MaxUnzipBytes)
	if err != nil {
		return nil, err
	}
	in.left = budget
	return &xlsxSource{in: in, x: newXMLScanner(in), book: f, shared: shared}, nil
}

func (s *xlsxSource) Close() error { return s.in.Close() }

func (s *xlsxSource) next(row *rawRow) error {
	if !s.ahead {
		if err := s.readRow(&s.held); err != nil {
			if err == io.EOF {
				return io.EOF
			}
			e := *xlsxFault(err)
			e.Row = s.last + 1
			return &e
		}
		s.ahead = true
	}
	s.last++
	if s.held.number > s.last {
		row.number, row.cells, row.hidden, row.fault = s.last, row.cells[:0], false, ""
		return nil
	}
	s.ahead = false
	*row, s.held = s.held, *row
	return nil
}

// readRow reads on to the end of the next <row>; io.EOF after the last one,
// when the whole worksheet was well formed to its end.
func (s *xlsxSource) readRow(row *rawRow) error {
	for {
		token, err := s.x.next()
		if err == io.EOF {
			if err := s.x.complete(); err != nil {
				return err
			}
			return io.EOF
		}
		if err != nil {
			return err
		}
		switch {
		case token == xmlStart && string(s.x.name) == "sheetData":
			s.inData = true
		case token == xmlEnd && string(s.x.name) == "sheetData":
			s.inData = false
		case token == xmlStart && s.inData && string(s.x.name) == "row":
			return s.readCells(row)
		}
	}
}

const maxRowNumber = 1_048_576

func (s *xlsxSource) readCells(row *rawRow) error {
	number := s.last + 1
	if r := s.x.attr("r"); r != nil {
		n, ok := smallNumber(r)
		if !ok || n < number {
			return errXML
		}
		number = n
	}
	if number > maxRowNumber {
		return errXML
	}
	hidden := string(s.x.attr("hidden"))
	*row = rawRow{number: number, cells: row.cells[:0], hidden: hidden == "1" || hidden == "true"}
	for {
		token, err := s.x.next()
		if err != nil {
			return notEOF(err)
		}
		switch {
		case token == xmlStart && string(s.x.name) == "c":
			if err := s.readCell(row); err != nil {
				return err
			}
		case token == xmlEnd && string(s.x.name) == "row":
			return nil
		}
	}
}

// readCell appends the cell at its column, with empty cells before it where
// the file leaves them out.
func (s *xlsxSource) readCell(row *rawRow) error {
	column := len(row.cells)
	if r := s.x.attr("r"); r != nil {
		letters := strings.TrimRight(string(r), "0123456789")
		index, ok := columnIndex(letters)
		if !ok || index < column || index >= maxRawColumns {
			return errXML
		}
		column = index
	}
	kind, style := string(s.x.attr("t")), 0
	if a := s.x.attr("s"); a != nil {
		style, _ = smallNumber(a)
	}
	value, formula, err := s.cellValue()
	if err != nil {
		return err
	}
	cell, err := s.book.cell(s.shared, kind, style, value, formula)
	if err != nil || cell.Text == "" && cell.Kind == CellText {
		return err // an empty cell is only there for its style
	}
	if s.fillers += column - len(row.cells); column >= maxSparseColumns || s.fillers > maxFillers {
		return refuse(CodeTooManyColumns, "")
	}
	for len(row.cells) < column {
		row.cells = append(row.cells, Cell{})
	}
	row.cells = append(row.cells, cell)
	return nil
}

// cellValue reads to the end of <c>: the text of <v>, or of <is> without
// phonetic guides, and whether there is a formula.
func (s *xlsxSource) cellValue() (value string, formula bool, err error) {
	inValue, phonetic := false, 0
	var joined []byte
	for {
		token, err := s.x.next()
		if err != nil {
			return "", false, notEOF(err)
		}
		if token == xmlText {
			if inValue && value == "" && joined == nil {
				value = string(s.x.text)
			} else if inValue {
				joined = append(append(joined, value...), s.x.text...)
				value = ""
			}
			continue
		}
		switch string(s.x.name) {
		case "v", "t":
			inValue = token == xmlStart && phonetic == 0
		case "f":
			formula = true
		case "rPh":
			if phonetic++; token == xmlEnd {
				phonetic -= 2
			}
		case "c":
			if token == xmlEnd {
				if joined != nil {
					value = string(append(joined, value...))
				}
				return value, formula, nil
			}
		}
	}
}

// cell gives value and kind by the cell's type and style.
func (f *xlsxFile) cell(shared *sharedStrings, kind string, style int, value string, formula bool) (Cell, error) {
	if value == "" && formula {
		if kind == "str" {
			return Cell{}, nil // a formula whose value is the empty text
		}
		return Cell{Kind: CellFormula}, nil
	}
	switch kind {
	case "s":
		i, ok := smallNumber([]byte(value))
		text, found := shared.at(i)
		if !ok || !found {
			return Cell{}, errXML
		}
		return Cell{Text: unescapeX(text)}, nil
	case "inlineStr", "str":
		return Cell{Text: unescapeX(value)}, nil
	case "b":
		return Cell{Text: value, Kind: CellBool}, nil
	case "e":
		return Cell{Text: value, Kind: CellError}, nil
	case "d":
		return Cell{Text: value}, nil // an ISO date in text
	}
	if value == "" {
		return Cell{}, nil
	}
	number, ok := normalNumber(value)
	if !ok {
		return Cell{}, errXML
	}
	cell := Cell{Text: number, Kind: CellNumber}
	if style > 0 && style < len(f.styles) {
		cell.Kind = f.styles[style]
	}
	return cell, nil
}

func notEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
