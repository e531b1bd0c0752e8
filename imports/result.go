package imports

import (
	"strconv"

	"zhishu/domain"
	"zhishu/sheets"
)

// Status is where an import stands when Run returns.
type Status string

const (
	Finished        Status = "finished"         // every row is accounted for
	AlreadyImported Status = "already-imported" // nothing was added
	Stopped         Status = "stopped"          // refused before anything was written
	Running         Status = "running"          // it stopped half way; give the sheet again
	DryRun          Status = "dry-run"          // what would happen
)

// Result is what an import did or, on a dry run, would do. It holds no
// personal value, no file name and no title, so it may be logged.
type Result struct {
	Import       string `json:"import"`
	Kind         string `json:"kind"`
	Status       Status `json:"status"`
	Resumed      bool   `json:"resumed,omitempty"`      // it had been started before
	Again        int    `json:"again,omitempty"`        // how often the sheet was given again for rows refused before
	ImportedOn   string `json:"importedOn,omitempty"`   // day it was begun, when that was before
	ImportedSize uint64 `json:"importedSize,omitempty"` // ledger size at its end, when that was before
	ReissueOf    string `json:"reissueOf,omitempty"`
	Separate     bool   `json:"separate,omitempty"`
	Position     string `json:"position,omitempty"` // pass it on as after= to read what was written

	Community     string `json:"community,omitempty"`     // the code the rows are recorded under
	CommunityName string `json:"communityName,omitempty"` // absent: no community is registered under it

	Sheet Facts `json:"sheet"`

	// Rows is Accepted and Refused together. Accepted is what stands in the
	// ledger for this sheet: recorded by it, recognised or corrected.
	Rows       int `json:"rows"`
	Accepted   int `json:"accepted"`
	Recognised int `json:"recognised"` // rows of an earlier issue that came again
	Corrected  int `json:"corrected"`  // corrections offered
	Refused    int `json:"refused"`
	LookAlikes int `json:"lookAlikes"` // recorded, and like a row of another sheet
	Repeats    int `json:"repeats"`    // recorded, and like a row further up in this sheet

	// What this run wrote; an import that went on after an interruption, or
	// ran twice at once, shows less here.
	Added         int `json:"added"`
	Offered       int `json:"correctionsOffered"`
	Taken         int `json:"correctionsTaken"`
	Confirmed     int `json:"confirmed"`
	Unconfirmed   int `json:"unconfirmed"` // rows recorded of which a further part was refused, such as the confirmation; see Errors
	Enrolled      int `json:"enrolled"`    // on a dry run: would be
	Updated       int `json:"updated"`     // persons whose name or phone was changed; on a dry run: would be
	PersonsInFile int `json:"persons,omitempty"`

	Money   *Control `json:"money,omitempty"`   // yuan
	Minutes *Control `json:"minutes,omitempty"` // whole minutes
	Count   *Control `json:"count,omitempty"`   // of rows, where the sheet says how many there are

	Errors     []RowError    `json:"errors,omitempty"` // the first MaxErrors of them
	Codes      []CodeCount   `json:"codes,omitempty"`
	Vanished   []VanishedRow `json:"vanished,omitempty"` // of the earlier issue; nothing was voided
	AlikeRows  []int         `json:"lookAlikeRows,omitempty"`
	MoreAlikes bool          `json:"moreLookAlikeRows,omitempty"`
}

// Limits of the lists in a Result; the counts are always exact and the reject
// file is always whole.
const (
	MaxErrors   = 10_000
	maxListed   = 1_000
	maxVanished = 10_000
)

// Facts are what was found out about the sheet.
type Facts struct {
	Format    string     `json:"format"`
	Sheet     string     `json:"sheet,omitempty"`
	Encoding  string     `json:"encoding,omitempty"`
	HeaderRow int        `json:"headerRow"`
	Unit      string     `json:"unit,omitempty"`
	Unknown   []string   `json:"unknownColumns,omitempty"` // no field is known for them
	Unused    []string   `json:"unusedColumns,omitempty"`  // understood, and not recorded
	Blank     int        `json:"blankRows,omitempty"`
	Hidden    int        `json:"hiddenRows,omitempty"`
	Footers   int        `json:"footers,omitempty"`
	Repeated  int        `json:"repeatedHeaders,omitempty"`
	Unheaded  int        `json:"cellsWithoutHeading,omitempty"`
	Preview   [][]string `json:"preview,omitempty"` // dry run only: raw cells, for the clerk's eyes
}

// Control holds a total the sheet declares against the sum of its accepted
// rows as they stand, in yuan with two decimals or whole minutes.
type Control struct {
	Declared   string `json:"declared,omitempty"` // absent: the sheet declares none
	Computed   string `json:"computed"`
	Difference string `json:"difference,omitempty"` // declared less computed
	Met        bool   `json:"met"`                  // false also when none is declared
	Pending    string `json:"pending,omitempty"`    // what Computed would change by if the waiting corrections were taken
}

// RowError says why a row was refused. It names the place and the class of
// value, never the value.
type RowError struct {
	Sheet   string `json:"sheet,omitempty"`
	Row     int    `json:"row"`
	Column  string `json:"column,omitempty"` // letter and heading
	Field   string `json:"field,omitempty"`
	Class   string `json:"class,omitempty"`
	Code    string `json:"code"`
	Chinese string `json:"reasonZh"`
	English string `json:"reasonEn"`
	Cure    string `json:"cureZh"`
	CureEn  string `json:"cureEn"`
}

// CodeCount counts the rows refused with one code.
type CodeCount struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
}

// VanishedRow is a row of the earlier issue that this one does not have.
type VanishedRow struct {
	Import string `json:"import"`
	Row    int    `json:"row"`  // of its data rows, from 1
	Fact   string `json:"fact"` // stream of the donation, or person's stream and entry
}

// Resemblance is the refusal of a sheet of which much was imported before. It
// unwraps to a *domain.Refusal.
type Resemblance struct {
	Refusal *domain.Refusal
	Earlier domain.ImportID // the latest issue it resembles
	Shared  int64           // rows of the earlier one that come again
	Rows    int64           // rows of the earlier one that stand
}

func (r *Resemblance) Error() string {
	return r.Refusal.Error() + ": " + r.Earlier.String() + ", " +
		strconv.FormatInt(r.Shared, 10) + "/" + strconv.FormatInt(r.Rows, 10)
}

func (r *Resemblance) Unwrap() error { return r.Refusal }

// FileRefused is the refusal of a file that cannot be read as such a sheet.
// Nothing was written. It unwraps to a *sheets.Error, whose text names place
// and cure.
type FileRefused struct{ Cause *sheets.Error }

func (f *FileRefused) Error() string { return f.Cause.Error() }
func (f *FileRefused) Unwrap() error { return f.Cause }

// Code is the refusal's code.
func (f *FileRefused) Code() domain.Code { return fromSheet(f.Cause.Code) }

func control(declared control64, computed, pending int64, text func(int64) string) *Control {
	c := &Control{Computed: text(computed)}
	if declared.has {
		c.Declared, c.Difference = text(declared.value), text(declared.value-computed)
		c.Met = declared.value == computed
	}
	if pending != 0 {
		c.Pending = text(pending)
	}
	return c
}

func yuan(fen int64) string    { return domain.Fen(fen).String() }
func minutes(min int64) string { return strconv.FormatInt(min, 10) }
