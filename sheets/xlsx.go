package sheets

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"
	"sync"
)

// xlsxFile is an opened workbook: its worksheets, its strings and the formats
// that tell dates from numbers. Worksheets are unpacked while they are read.
type xlsxFile struct {
	parts    map[string]*zip.File // by lower-case name
	limits   Options
	sheets   []xlsxSheet
	date1904 bool
	styles   []CellKind // kind of a number, by style index
	strings  func() (*sharedStrings, error)
}

type xlsxSheet struct {
	name   string
	part   string
	hidden bool
}

func openXLSX(r io.ReaderAt, size int64, o Options) (*xlsxFile, *Error) {
	if n, err := countEntries(r, size); err != nil {
		return nil, refuseBecause(CodeFileUnreadable, err)
	} else if n > maxZipEntries {
		return nil, refuse(CodeXLSXTooLarge, "")
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, refuseBecause(CodeXLSXBroken, err)
	}
	f := &xlsxFile{parts: map[string]*zip.File{}, limits: o}
	for _, part := range archive.File {
		f.parts[partKey(part.Name)] = part
	}
	if refusal := f.readWorkbook(); refusal != nil {
		return nil, refusal
	}
	if refusal := f.readStyles(); refusal != nil {
		return nil, refusal
	}
	f.strings = sync.OnceValues(f.readSharedStrings)
	return f, nil
}

// partKey folds what writers do differently in part names.
func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// countEntries counts central directory records by their signature, so that a
// directory made to fill the memory is refused before it is read.
func countEntries(r io.ReaderAt, size int64) (int, error) {
	signature := []byte("PK\x01\x02")
	in, buf, kept, n := io.NewSectionReader(r, 0, size), make([]byte, 64<<10), 0, 0
	for {
		got, err := in.Read(buf[kept:])
		chunk := buf[:kept+got]
		n += bytes.Count(chunk, signature)
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
		kept = copy(buf, chunk[max(0, len(chunk)-len(signature)+1):])
	}
}

type workbookXML struct {
	Properties struct {
		Date1904 string `xml:"date1904,attr"`
	} `xml:"workbookPr"`
	Sheets []struct {
		Name  string     `xml:"name,attr"`
		State string     `xml:"state,attr"`
		Attrs []xml.Attr `xml:",any,attr"`
	} `xml:"sheets>sheet"`
}

type relationsXML struct {
	Relations []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
		Mode   string `xml:"TargetMode,attr"`
	} `xml:"Relationship"`
}

func (f *xlsxFile) readWorkbook() *Error {
	name, refusal := f.workbookPart()
	if refusal != nil {
		return refusal
	}
	var book workbookXML
	if refusal := f.unmarshal(name, &book); refusal != nil {
		return refusal
	}
	targets, refusal := f.relations(name)
	if refusal != nil {
		return refusal
	}
	f.date1904 = book.Properties.Date1904 == "1" || strings.EqualFold(book.Properties.Date1904, "true")
	for _, s := range book.Sheets {
		for _, a := range s.Attrs {
			target := targets[a.Value]
			if a.Name.Local != "id" || target.part == "" || !strings.HasSuffix(target.kind, "/worksheet") {
				continue // chart sheets and macros hold no rows
			}
			f.sheets = append(f.sheets, xlsxSheet{name: s.Name, part: target.part, hidden: s.State == "hidden" || s.State == "veryHidden"})
		}
	}
	switch n := len(f.sheets); {
	case n == 0:
		return refuse(CodeXLSXNoSheets, "")
	case n > maxSheets:
		return refuse(CodeXLSXTooLarge, "")
	}
	return nil
}

// workbookPart finds the workbook by the package's relations, or under its
// usual name.
func (f *xlsxFile) workbookPart() (string, *Error) {
	if f.parts["_rels/.rels"] != nil {
		targets, refusal := f.relations("")
		if refusal != nil {
			return "", refusal
		}
		for _, t := range targets {
			if strings.HasSuffix(t.kind, "/officeDocument") && strings.Contains(t.part, "workbook") && strings.HasSuffix(t.part, ".xml") {
				return t.part, nil
			}
		}
	}
	if f.parts["xl/workbook.xml"] != nil {
		return "xl/workbook.xml", nil
	}
	return "", refuse(CodeZipNotXLSX, "")
}

type relation struct{ part, kind string }

// relations reads the relations of a part; "" is the package itself.
func (f *xlsxFile) relations(part string) (map[string]relation, *Error) {
	dir, base := path.Split(part)
	var list relationsXML
	if refusal := f.unmarshal(dir+"_rels/"+base+".rels", &list); refusal != nil {
		return nil, refusal
	}
	found := map[string]relation{}
	for _, r := range list.Relations {
		if strings.EqualFold(r.Mode, "External") {
			continue
		}
		target := strings.ReplaceAll(r.Target, `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		if key := partKey(target); f.parts[key] != nil {
			found[r.ID] = relation{key, r.Type}
		}
	}
	return found, nil
}

const maxSmallPart = 4 << 20 // workbook, relations, styles

func (f *xlsxFile) unmarshal(name string, into any) *Error {
	in, err := f.openPart(name, maxSmallPart)
	if err != nil {
		return asError(err)
	}
	defer in.Close()
	if err := xml.NewDecoder(in).Decode(into); err != nil {
		return xlsxFault(err)
	}
	return nil
}

// openPart unpacks a part up to limit bytes; more is a refusal, not an end.
func (f *xlsxFile) openPart(name string, limit int64) (*boundedPart, error) {
	part := f.parts[partKey(name)]
	if part == nil {
		return nil, refuse(CodeXLSXBroken, "")
	}
	if part.UncompressedSize64 > uint64(limit) {
		return nil, refuse(CodeXLSXTooLarge, "")
	}
	in, err := part.Open()
	if err != nil {
		return nil, refuseBecause(CodeXLSXBroken, err)
	}
	return &boundedPart{ReadCloser: in, left: &limit}, nil
}

// boundedPart ends with a refusal when its budget is used up. Several parts
// may share one.
type boundedPart struct {
	io.ReadCloser
	left *int64
}

// Read also turns the faults of unpacking into our own.
func (b *boundedPart) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	*b.left -= int64(n)
	if *b.left < 0 {
		return 0, refuse(CodeXLSXTooLarge, "")
	}
	if err != nil && err != io.EOF {
		return n, refuseBecause(CodeXLSXBroken, err)
	}
	return n, err
}

// xlsxFault keeps a refusal and takes everything else for damage.
func xlsxFault(err error) *Error {
	e := asError(err)
	if e.Code == CodeFileUnreadable {
		return refuseBecause(CodeXLSXBroken, err)
	}
	return e
}
