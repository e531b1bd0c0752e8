package sheets

import (
	"errors"
	"fmt"
	"strings"
)

// found is what the search of one worksheet gave.
type found struct {
	sheet  int
	header *header
	err    *Error
}

// chooseSheet takes the worksheet asked for, or the only visible one with a
// header that has all required fields. It never picks one of several.
func (f *File) chooseSheet(kind Kind, over overrides) (int, *header, error) {
	if f.opts.Sheet != "" && f.xlsx != nil {
		return f.namedSheet(kind, over)
	}
	var fits, hidden, partial, rest []found
	budget := f.opts.MaxUnzipBytes
	for i, s := range f.Sheets {
		r := f.searchSheet(i, kind, over, &budget)
		if r.err != nil && r.err.Code != CodeHeaderNotFound && r.err.Code != CodeSecondTable {
			return 0, nil, r.err // a damaged worksheet is not passed over
		}
		switch {
		case s.Hidden && r.header != nil && r.header.complete:
			hidden = append(hidden, r)
		case s.Hidden:
		case r.err == nil && r.header.complete:
			fits = append(fits, r)
		case r.err == nil || r.err.Code == CodeSecondTable:
			partial = append(partial, r)
		default:
			rest = append(rest, r)
		}
	}
	switch {
	case len(fits) == 1:
		return fits[0].sheet, fits[0].header, nil
	case len(fits) > 1:
		return 0, nil, refuse(CodeSheetAmbiguous, f.names(fits))
	case len(partial) == 1:
		return f.outcome(partial[0])
	case len(partial) > 1:
		return 0, nil, refuse(CodeSheetAmbiguous, f.names(partial))
	case len(hidden) > 0:
		return 0, nil, refuse(CodeSheetHidden, f.names(hidden))
	case len(rest) == 1:
		return f.outcome(rest[0])
	}
	return 0, nil, refuse(CodeHeaderNotFound, f.names(rest))
}

func (f *File) namedSheet(kind Kind, over overrides) (int, *header, error) {
	for i, s := range f.Sheets {
		if Fold(s.Name) == Fold(f.opts.Sheet) {
			budget := f.opts.MaxUnzipBytes
			return f.outcome(f.searchSheet(i, kind, over, &budget))
		}
	}
	var all []found
	for i := range f.Sheets {
		all = append(all, found{sheet: i})
	}
	return 0, nil, refuse(CodeSheetNotFound, f.names(all))
}

// outcome turns a search into an answer. A header that lacks something goes
// on, to be refused with the list of what is missing.
func (f *File) outcome(r found) (int, *header, error) {
	if r.err != nil {
		e := *r.err
		e.Sheet = f.Sheets[r.sheet].Name
		return 0, nil, &e
	}
	return r.sheet, r.header, nil
}

func (f *File) names(list []found) string {
	var names []string
	for _, r := range list {
		name := shorten(f.Sheets[r.sheet].Name, 31)
		if f.Sheets[r.sheet].Hidden {
			name += "（隐藏/hidden）"
		}
		names = append(names, name)
	}
	return fmt.Sprintf("工作表 / worksheets: %s", strings.Join(names, ", "))
}

func (f *File) searchSheet(i int, kind Kind, over overrides, budget *int64) found {
	src, err := f.sourceWithin(i, budget)
	if err != nil {
		return found{sheet: i, err: f.place(i, err)}
	}
	rows, err := scan(src)
	if err = errors.Join(err, src.Close()); err != nil {
		return found{sheet: i, err: f.place(i, err)}
	}
	h, refusal := findHeader(rows, kind, over, f.opts)
	return found{sheet: i, header: h, err: refusal}
}

func (f *File) place(sheet int, err error) *Error {
	e := *asError(err)
	e.Sheet = f.Sheets[sheet].Name
	return &e
}
