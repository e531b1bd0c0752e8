package projections

import (
	"fmt"
	"strconv"
	"strings"

	"zhishu/domain"
)

// limit is the number of rows asked for, within bounds.
func (p Page) limit() int {
	switch {
	case p.Limit <= 0:
		return DefaultLimit
	case p.Limit > MaxLimit:
		return MaxLimit
	}
	return p.Limit
}

// cursor is the place of a row in a list: the figures it is ordered by, and
// the person that breaks ties.
type cursor struct {
	values []int64
	person domain.PersonID
}

func (c cursor) String() string {
	var b strings.Builder
	for _, v := range c.values {
		fmt.Fprintf(&b, "%d.", v)
	}
	b.WriteString(c.person.String())
	return b.String()
}

// parseCursor reads a cursor of n figures; ok is false for an empty one.
func parseCursor(s string, n int) (c cursor, ok bool, err error) {
	if s == "" {
		return c, false, nil
	}
	fields := strings.Split(s, ".")
	if len(fields) != n+1 {
		return c, false, ErrCursor
	}
	for _, f := range fields[:n] {
		v, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return c, false, ErrCursor
		}
		c.values = append(c.values, v)
	}
	if c.person.UUID, err = domain.ParseUUID(fields[n]); err != nil {
		return c, false, ErrCursor
	}
	return c, true, nil
}
