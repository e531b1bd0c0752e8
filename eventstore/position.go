package eventstore

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Position is a store's own token for a place in the log: ordered, sparse and
// opaque. It is good for reading one's own write and for resuming, and for
// nothing else; a point in history is a ledger size. The zero value stands
// before the first event.
type Position struct {
	hi, lo uint64
}

// NewPosition is for adapters.
func NewPosition(hi, lo uint64) Position { return Position{hi, lo} }

// Parts is for adapters.
func (p Position) Parts() (hi, lo uint64) { return p.hi, p.lo }

// Compare orders positions of one store.
func (p Position) Compare(q Position) int {
	if c := cmp.Compare(p.hi, q.hi); c != 0 {
		return c
	}
	return cmp.Compare(p.lo, q.lo)
}

// IsZero reports the place before the first event.
func (p Position) IsZero() bool { return p == Position{} }

// String is the token as it travels in HTTP headers and snapshots.
func (p Position) String() string {
	return strconv.FormatUint(p.hi, 16) + "-" + strconv.FormatUint(p.lo, 16)
}

var errPosition = errors.New("a position is two hexadecimal numbers joined by a hyphen, as an earlier answer gave it")

// ParsePosition reads what String wrote.
func ParsePosition(s string) (Position, error) {
	a, b, ok := strings.Cut(s, "-")
	if !ok || len(a) > 16 || len(b) > 16 {
		return Position{}, errPosition
	}
	hi, err1 := strconv.ParseUint(a, 16, 64)
	lo, err2 := strconv.ParseUint(b, 16, 64)
	if err := errors.Join(err1, err2); err != nil {
		return Position{}, fmt.Errorf("%w", errPosition)
	}
	return Position{hi, lo}, nil
}
