package sheets

import (
	"errors"
	"fmt"
	"strings"
)

// Error is a refusal of a file or of one row. It carries everything a clerk
// needs to find and mend the place, and nothing of what stood there.
type Error struct {
	Code   Code
	Sheet  string // worksheet; empty for CSV
	Row    int    // as the spreadsheet program counts, from 1; 0 when the whole file is meant
	Column string // letter and heading, such as "D 捐赠金额（元）"; empty when no column is meant
	Class  string // what kind of value stood there, such as "18 位数字 / 18-digit number"
	Hint   string // meaning and cure, Chinese first, then English

	cause error // for logs and errors.Is; never shown
}

// Error says code, place and cure in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	if e.Sheet != "" {
		fmt.Fprintf(&b, " 工作表/sheet %s", e.Sheet)
	}
	if e.Row > 0 {
		fmt.Fprintf(&b, " 行/row %d", e.Row)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, " 列/column %s", e.Column)
	}
	if e.Class != "" {
		fmt.Fprintf(&b, " [%s]", e.Class)
	}
	if e.Hint != "" {
		b.WriteString(": ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

// Unwrap gives the error of the layer below, for logs.
func (e *Error) Unwrap() error { return e.cause }

// RefusesFile reports whether the whole file is refused: iteration has ended
// and nothing of the file should be taken. Otherwise only the row is refused.
func (e *Error) RefusesFile() bool { return e.Code.Scope() == ScopeFile }

// refuse makes a file error; the detail, if any, stands before the cure.
func refuse(code Code, detail string) *Error {
	return &Error{Code: code, Hint: joinHint(detail, code)}
}

func refuseBecause(code Code, cause error) *Error {
	e := refuse(code, "")
	e.cause = cause
	return e
}

func joinHint(detail string, code Code) string {
	if detail == "" {
		return code.Hint()
	}
	return detail + "; " + code.Hint()
}

// asError turns anything into an *Error; what is not one yet is an I/O error.
func asError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return refuseBecause(CodeFileUnreadable, err)
}
