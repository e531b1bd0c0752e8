package sheets

// Limits of one file. They are bounds against damage and abuse, not against
// honest sheets: a sheet of 100,000 rows stays far below each of them.
const (
	DefaultMaxFileBytes   = 256 << 20 // as stored, CSV or XLSX
	DefaultMaxUnzipBytes  = 128 << 20 // of a worksheet, unpacked, in one pass; 100,000 rows of 20 columns take about 90 MB
	DefaultMaxSharedBytes = 48 << 20  // of the one part of an XLSX that is held in memory
	DefaultMaxRows        = 2_000_000
	DefaultMaxColumns     = 256        // columns that hold something
	maxRawColumns         = 16_384     // columns with or without content: Excel's own limit
	maxSparseColumns      = 512        // in which a worksheet may hold anything: a cell far out costs a row full of cells
	maxFillers            = 20_000_000 // empty cells put before cells far out, in one pass
	maxSharedStrings      = 2_000_000
	maxRecordBytes        = 1 << 20 // of one row
	maxCellBytes          = 100_000 // Excel allows 32,767 characters
	maxZipEntries         = 5_000
	maxSheets             = 500
	headerSearchRows      = 50
	previewRows           = 5
)

// Options say how to read a file. The zero value is the right one for most.
type Options struct {
	Sheet     string            // worksheet to read; empty: the only one with a header that fits
	HeaderRow int               // row of the header; 0: search
	Columns   map[string]string // heading or column letter -> field name, or "ignore"
	Given     []Field           // fields the caller supplies, so that the sheet need not
	Encoding  string            // of a CSV: utf-8, gb18030, utf-16le, utf-16be; empty: find out
	Delimiter rune              // of a CSV: comma, tab or semicolon; 0: find out
	ROC       bool              // three-digit years are of the ROC calendar

	MaxFileBytes   int64 // 0: DefaultMaxFileBytes
	MaxUnzipBytes  int64 // 0: DefaultMaxUnzipBytes
	MaxSharedBytes int64 // 0: DefaultMaxSharedBytes
	MaxRows        int   // 0: DefaultMaxRows
	MaxColumns     int   // 0: DefaultMaxColumns
}

func (o Options) withDefaults() Options {
	if o.MaxFileBytes == 0 {
		o.MaxFileBytes = DefaultMaxFileBytes
	}
	if o.MaxUnzipBytes == 0 {
		o.MaxUnzipBytes = DefaultMaxUnzipBytes
	}
	if o.MaxSharedBytes == 0 {
		o.MaxSharedBytes = DefaultMaxSharedBytes
	}
	if o.MaxRows == 0 {
		o.MaxRows = DefaultMaxRows
	}
	if o.MaxColumns == 0 {
		o.MaxColumns = DefaultMaxColumns
	}
	return o
}
