package sheets

import (
	"bytes"
	"fmt"
	"io"
	"runtime/debug"
)

// Format is the container of a file.
type Format string

// The containers that can be read and written.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// File is an opened spreadsheet. It keeps the reader it was opened with, which
// must stay open and unchanged. Methods may be called by several goroutines.
type File struct {
	Name     string
	Format   Format
	Encoding Encoding    // of a CSV
	Comma    rune        // of a CSV
	Sheets   []SheetInfo // worksheets in their order; one without a name for a CSV

	opts Options
	csv  *csvFile
	xlsx *xlsxFile
}

// SheetInfo is one worksheet.
type SheetInfo struct {
	Name   string
	Hidden bool
}

// Open finds out what the bytes are and prepares them for reading. The name
// decides nothing: an XLSX is known by its content, and so is what only has a
// spreadsheet's name. Every error is an *Error that refuses the file.
func Open(name string, r io.ReaderAt, size int64, o Options) (f *File, err error) {
	defer guard(&err)
	o = o.withDefaults()
	if size == 0 {
		return nil, refuse(CodeFileEmpty, "")
	}
	if size > o.MaxFileBytes {
		return nil, refuse(CodeFileTooLarge, fmt.Sprintf("上限 %d MB / limit %d MB", o.MaxFileBytes>>20, o.MaxFileBytes>>20))
	}
	head := make([]byte, min(size, 8))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, refuseBecause(CodeFileUnreadable, err)
	}
	f = &File{Name: name, opts: o}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return f.withXLSX(r, size)
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return nil, refuseOLE(r, size)
	case binaryMagic(head):
		return nil, refuse(CodeNotASheet, "")
	}
	return f.withCSV(r, size)
}

func (f *File) withXLSX(r io.ReaderAt, size int64) (*File, error) {
	book, refusal := openXLSX(r, size, f.opts)
	if refusal != nil {
		return nil, refusal
	}
	f.Format, f.xlsx = XLSX, book
	for _, s := range book.sheets {
		f.Sheets = append(f.Sheets, SheetInfo{s.name, s.hidden})
	}
	return f, nil
}

func (f *File) withCSV(r io.ReaderAt, size int64) (*File, error) {
	text, refusal := openCSV(r, size, f.opts)
	if refusal != nil {
		return nil, refusal
	}
	f.Format, f.csv, f.Encoding, f.Comma = CSV, text, text.encoding, rune(text.comma)
	f.Sheets = []SheetInfo{{}}
	return f, nil
}

// refuseOLE tells a workbook with a password from one of the old format: both
// come in the container of 1997.
func refuseOLE(r io.ReaderAt, size int64) error {
	head := make([]byte, min(size, 1<<20))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return refuseBecause(CodeFileUnreadable, err)
	}
	has := func(name string) bool { return bytes.Contains(head, utf16le(name)) }
	switch {
	case has("EncryptedPackage"), has("EncryptionInfo"):
		return refuse(CodeXLSXEncrypted, "")
	case has("WordDocument"), has("PowerPoint Document"):
		return refuse(CodeNotASheet, "")
	}
	return refuse(CodeXLSLegacy, "")
}

func utf16le(s string) []byte {
	b := make([]byte, 0, 2*len(s))
	for i := 0; i < len(s); i++ {
		b = append(b, s[i], 0)
	}
	return b
}

func binaryMagic(head []byte) bool {
	for _, magic := range []string{"%PDF", "\x89PNG", "\xFF\xD8\xFF", "GIF8", "Rar!", "7z\xBC\xAF", "\x1F\x8B", "BZh", "SQLite f", "\x7FELF", "MZ"} {
		if bytes.HasPrefix(head, []byte(magic)) && (magic != "MZ" || bytes.IndexByte(head, 0) >= 0) {
			return true
		}
	}
	return false
}

// source opens a worksheet for reading from its first row.
func (f *File) source(sheet int) (source, error) {
	budget := f.opts.MaxUnzipBytes
	return f.sourceWithin(sheet, &budget)
}

func (f *File) sourceWithin(sheet int, budget *int64) (source, error) {
	if f.csv != nil {
		return f.csv.open()
	}
	return f.xlsx.open(f.xlsx.sheets[sheet], budget)
}

// Preview gives the first five rows that are not blank, as they stand, for a
// person to see whether encoding and delimiter were found right. The sheet is
// an index into Sheets.
func (f *File) Preview(sheet int) (rows [][]string, err error) {
	defer guard(&err)
	src, err := f.source(sheet)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	var raw rawRow
	for range headerSearchRows {
		switch err := src.next(&raw); {
		case err == io.EOF:
			return rows, nil
		case err != nil:
			return rows, err
		case blankRow(raw.cells):
			continue
		}
		cells := make([]string, min(len(raw.cells), DefaultMaxColumns))
		for i := range cells {
			cells[i] = raw.cells[i].Text
		}
		if rows = append(rows, cells); len(rows) == previewRows {
			break
		}
	}
	return rows, nil
}

// guard turns a panic below into a refusal: a file must never end the program.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = refuseBecause(CodeInternal, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
	}
}

func blankRow(cells []Cell) bool {
	for _, c := range cells {
		if !c.blank() {
			return false
		}
	}
	return true
}
