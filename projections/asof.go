package projections

import (
	"errors"
	"strconv"

	"zhishu/domain"
)

// AsOf is a point of view on the recorded axis: now, a ledger size, or the end
// of a civil day. The zero value is now.
type AsOf struct {
	kind asOfKind
	size domain.Size
	day  domain.Day
}

type asOfKind uint8

const (
	asOfNow asOfKind = iota
	asOfSize
	asOfDay
)

// ErrAsOf: not a point in history.
var ErrAsOf = errors.New("a point in history is a ledger size (120000) or a date (2026-03-31)")

// ErrBackwards: the earlier of two points in history is the later one.
var ErrBackwards = errors.New("the point to compare from is later than the one to compare with")

// ErrNotCome: nobody knows the ledger as it will be.
var ErrNotCome = errors.New("that day has not come yet")

// Now is the newest point of view.
func Now() AsOf { return AsOf{} }

// AtSize is the ledger as it was when it held n events.
func AtSize(n domain.Size) AsOf { return AsOf{kind: asOfSize, size: n} }

// OnDay is the ledger as it was at the end of a civil day: up to the last
// event whose ledger time lies on that day or before. For the newest day the
// answer still moves.
func OnDay(d domain.Day) AsOf { return AsOf{kind: asOfDay, day: d} }

// ParseAsOf reads a ledger size, a date, or nothing for now.
func ParseAsOf(s string) (AsOf, error) {
	if s == "" {
		return Now(), nil
	}
	if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return AtSize(domain.Size(n)), nil
	}
	if d, err := domain.ParseDay(s); err == nil {
		return OnDay(d), nil
	}
	return AsOf{}, ErrAsOf
}

// Come refuses a day later than the newest one there is: today by the clock, or
// the ledger's own last day where that is later.
func (a AsOf) Come(newest domain.Day) error {
	if a.kind == asOfDay && a.day > newest {
		return ErrNotCome
	}
	return nil
}

// LaterThan reports that both points are days, and this one the later.
func (a AsOf) LaterThan(b AsOf) bool { return a.kind == asOfDay && b.kind == asOfDay && a.day > b.day }

// IsNow reports the newest point of view.
func (a AsOf) IsNow() bool { return a.kind == asOfNow }

// String is what ParseAsOf reads.
func (a AsOf) String() string {
	switch a.kind {
	case asOfSize:
		return strconv.FormatUint(uint64(a.size), 10)
	case asOfDay:
		return a.day.String()
	}
	return ""
}
