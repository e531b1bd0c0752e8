package vault

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// A list of erasures is text: a first line, a line of subject id and time for
// each erasure, and a last line with their number, so that a list cut short is
// noticed. It holds no secret. It is backed up after the keys, because a backup
// of keys that is older than an erasure brings the key back.
const erasureListHead = "zhishu erasures 1"

// WriteErasures writes a list of erasures.
func WriteErasures(w io.Writer, erasures []Erasure) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, erasureListHead)
	for _, e := range erasures {
		fmt.Fprintln(out, hex.EncodeToString(e.Subject[:]), e.At.UTC().Format(time.RFC3339Nano))
	}
	fmt.Fprintln(out, "end", len(erasures))
	return out.Flush()
}

// ReadErasures reads what WriteErasures wrote, ErrErasureList when it is cut
// short or something else.
func ReadErasures(r io.Reader) ([]Erasure, error) {
	lines := bufio.NewScanner(r)
	if !lines.Scan() || lines.Text() != erasureListHead {
		return nil, fmt.Errorf("%w: its first line is not %q", ErrErasureList, erasureListHead)
	}
	var erasures []Erasure
	for n := 2; lines.Scan(); n++ {
		first, second, _ := strings.Cut(lines.Text(), " ")
		if first == "end" {
			if second != strconv.Itoa(len(erasures)) || lines.Scan() {
				return nil, fmt.Errorf("%w: line %d does not end it", ErrErasureList, n)
			}
			return erasures, nil
		}
		e, err := parseErasure(first, second)
		if err != nil {
			return nil, fmt.Errorf("%w: line %d", ErrErasureList, n)
		}
		erasures = append(erasures, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrErasureList, err)
	}
	return nil, fmt.Errorf("%w: it is cut short", ErrErasureList)
}

func parseErasure(id, at string) (e Erasure, err error) {
	raw, err := hex.DecodeString(id)
	if err != nil || len(raw) != len(e.Subject) {
		return e, ErrErasureList
	}
	e.Subject = Subject(raw)
	e.At, err = time.Parse(time.RFC3339Nano, at)
	return e, err
}
