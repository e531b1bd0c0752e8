package sheets

import (
	"io"
	"strings"
)

// sharedStrings holds all shared strings of a workbook in one piece.
type sharedStrings struct {
	text string
	ends []uint32
}

func (s *sharedStrings) at(i int) (string, bool) {
	if i < 0 || i >= len(s.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.text[from:s.ends[i]], true
}

// readSharedStrings reads the strings in order. Phonetic guides are left out,
// runs of rich text are joined.
func (f *xlsxFile) readSharedStrings() (*sharedStrings, error) {
	if f.parts["xl/sharedstrings.xml"] == nil {
		return &sharedStrings{}, nil
	}
	in, err := f.openPart("xl/sharedstrings.xml", f.limits.MaxSharedBytes)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	x := newXMLScanner(in)
	var text strings.Builder
	text.Grow(int(min(f.parts["xl/sharedstrings.xml"].UncompressedSize64, uint64(f.limits.MaxSharedBytes))))
	shared := &sharedStrings{}
	inText, phonetic := false, 0
	for {
		token, err := x.next()
		if err == io.EOF {
			shared.text = text.String()
			return shared, x.complete()
		}
		if err != nil {
			return nil, xlsxFault(err)
		}
		switch token {
		case xmlStart:
			switch string(x.name) {
			case "t":
				inText = phonetic == 0
			case "rPh":
				phonetic++
			}
		case xmlText:
			if inText {
				text.Write(x.text)
			}
		case xmlEnd:
			switch string(x.name) {
			case "t":
				inText = false
			case "rPh":
				phonetic--
			case "si":
				if len(shared.ends) == maxSharedStrings {
					return nil, refuse(CodeXLSXTooLarge, "")
				}
				shared.ends = append(shared.ends, uint32(text.Len()))
			}
		}
	}
}
