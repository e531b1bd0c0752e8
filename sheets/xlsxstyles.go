package sheets

import "strings"

type stylesXML struct {
	Formats []struct {
		ID   int    `xml:"numFmtId,attr"`
		Code string `xml:"formatCode,attr"`
	} `xml:"numFmts>numFmt"`
	Cells []struct {
		Format int `xml:"numFmtId,attr"`
	} `xml:"cellXfs>xf"`
}

// readStyles finds which styles show a number as a date or a time. A workbook
// without styles has none.
func (f *xlsxFile) readStyles() *Error {
	if f.parts["xl/styles.xml"] == nil {
		return nil
	}
	var styles stylesXML
	if refusal := f.unmarshal("xl/styles.xml", &styles); refusal != nil {
		return refusal
	}
	own := map[int]string{}
	for _, format := range styles.Formats {
		own[format.ID] = format.Code
	}
	f.styles = make([]CellKind, len(styles.Cells))
	for i, cell := range styles.Cells {
		f.styles[i] = formatKind(cell.Format, own[cell.Format])
	}
	return nil
}

// formatKind knows the built-in formats by number, those of Chinese Excel
// included, and reads the others.
func formatKind(id int, code string) CellKind {
	if code != "" {
		return codeKind(code)
	}
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return CellDate
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55, id == 56:
		return CellDuration
	}
	return CellNumber
}

// codeKind looks for the letters of dates and times in a format code, outside
// of quotations, brackets and escapes. Minutes and months share a letter, so m
// alone decides nothing.
func codeKind(code string) CellKind {
	date, clock := false, false
	code = strings.ToLower(code)
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			if end := strings.IndexByte(code[i+1:], '"'); end >= 0 {
				i += end + 1
			}
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				continue
			}
			if inner := strings.Trim(code[i+1:i+end], "hms"); inner == "" {
				clock = true // elapsed time: [h]:mm
			}
			i += end
		case 'y', 'd':
			date = true
		case 'h', 's':
			clock = true
		case 'g', 'e':
			if strings.HasPrefix(code[i:], "general") {
				return CellNumber
			}
		}
	}
	switch {
	case date:
		return CellDate
	case clock:
		return CellDuration
	case strings.ContainsAny(code, "m月") && !strings.ContainsAny(code, "0#"):
		return CellDate
	}
	return CellNumber
}
