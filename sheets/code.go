package sheets

// Code is a stable, kebab-case reason. Codes are never renamed.
type Code string

// Scope says what a code refuses.
type Scope string

// The two scopes.
const (
	ScopeFile Scope = "file" // nothing of the file is taken
	ScopeRow  Scope = "row"  // this row is not taken, the next one may be
)

// CodeInfo documents one code for people.
type CodeInfo struct {
	Code      Code
	Scope     Scope
	MeaningZH string
	MeaningEN string
	CureZH    string
	CureEN    string
}

// The file, its container and its worksheets.
const (
	CodeFileEmpty       Code = "file-empty"
	CodeFileTooLarge    Code = "file-too-large"
	CodeFileUnreadable  Code = "file-unreadable"
	CodeXLSLegacy       Code = "xls-legacy"
	CodeXLSXEncrypted   Code = "xlsx-encrypted"
	CodeHTML            Code = "html-not-a-sheet"
	CodeXMLSpreadsheet  Code = "xml-spreadsheet"
	CodeNotASheet       Code = "not-a-sheet"
	CodeZipNotXLSX      Code = "zip-not-xlsx"
	CodeXLSXBroken      Code = "xlsx-broken"
	CodeXLSXTooLarge    Code = "xlsx-too-large"
	CodeXLSXNoSheets    Code = "xlsx-no-sheets"
	CodeSheetNotFound   Code = "sheet-not-found"
	CodeSheetAmbiguous  Code = "sheet-ambiguous"
	CodeSheetHidden     Code = "sheet-hidden"
	CodeEncodingUnknown Code = "encoding-unknown"
	CodeCSVQuoteOpen    Code = "csv-quote-open"
	CodeRowTooLong      Code = "row-too-long"
	CodeTooManyRows     Code = "too-many-rows"
	CodeTooManyColumns  Code = "too-many-columns"
	CodeInternal        Code = "internal-error"
)

// The header and the layout of the table.
const (
	CodeKindUnknown     Code = "kind-unknown"
	CodeHeaderNotFound  Code = "header-not-found"
	CodeFieldMissing    Code = "field-missing"
	CodeColumnAmbiguous Code = "column-ambiguous"
	CodeColumnsOption   Code = "columns-option-invalid"
	CodeUnitUnknown     Code = "unit-unknown"
	CodeUnitConflict    Code = "unit-conflict"
	CodeSecondTable     Code = "second-table"
	CodeNoRows          Code = "no-rows"
)

// One row or one cell.
const (
	CodeCSVQuote           Code = "csv-quote"
	CodeCellUndecodable    Code = "cell-undecodable"
	CodeCellControl        Code = "cell-control-character"
	CodeCellError          Code = "cell-error"
	CodeCellFormula        Code = "cell-formula-without-value"
	CodeCellTooLong        Code = "cell-too-long"
	CodeCellWithoutHeading Code = "cell-without-heading"
	CodeNoteInTable        Code = "note-in-table"
	CodeTotalInvalid       Code = "total-invalid"
	CodeTotalAmbiguous     Code = "total-ambiguous"
	CodeValueMissing       Code = "value-missing"
	CodeValueNegative      Code = "value-negative"
	CodeValueTooLarge      Code = "value-too-large"
	CodeDigitsLost         Code = "digits-lost"
	CodeDateForm           Code = "date-form"
	CodeDateImpossible     Code = "date-impossible"
	CodeDateTwoDigitYear   Code = "date-two-digit-year"
	CodeDateNoYear         Code = "date-no-year"
	CodeDateNoDay          Code = "date-no-day"
	CodeDateROC            Code = "date-roc-year"
	CodeDateOrder          Code = "date-day-first"
	CodeDateRange          Code = "date-range"
	CodeDateOutOfRange     Code = "date-out-of-range"
	CodeTimeForm           Code = "time-form"
	CodeTimeImpossible     Code = "time-impossible"
	CodeTimeMissing        Code = "time-missing"
	CodeDurationForm       Code = "duration-form"
	CodeDurationFraction   Code = "duration-fraction"
	CodeDurationUnit       Code = "duration-unit-missing"
	CodeMoneyForm          Code = "money-form"
	CodeMoneyDecimals      Code = "money-decimals"
	CodeMoneyCurrency      Code = "money-currency"
	CodeNumberForm         Code = "number-form"
	CodeNumberFraction     Code = "number-fraction"
	CodeSexForm            Code = "sex-form"
)

// Scope says whether the code refuses the file or the row.
func (c Code) Scope() Scope {
	if info, ok := codeIndex()[c]; ok {
		return info.Scope
	}
	return ScopeFile
}

// Hint is meaning and cure, Chinese first, then English.
func (c Code) Hint() string {
	info, ok := codeIndex()[c]
	if !ok {
		return string(c)
	}
	return info.MeaningZH + "。办法：" + info.CureZH + "。 / " + info.MeaningEN + ". Cure: " + info.CureEN + "."
}
