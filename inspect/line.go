package inspect

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"zhishu/audit/proof"
	"zhishu/domain"
)

// errLine: a line of the frames is not in the one form they have.
var errLine = errors.New("not a line of frames")

// A line of the frames is a JSON object of these members in this order, without
// a space, ended by a line feed. Data and metadata stand as they were stored:
// the very bytes between their outermost braces are what was hashed.
//
//	{"index":0,"salt":"64 hex digits","stream":"…","revision":0,"id":"…","type":"…","data":{…},"metadata":{…}}
//
// There is one spelling of every line, so a reader needs no JSON library, and
// whoever has one may use it.
var members = [...]string{`{"index":`, `,"salt":"`, `","stream":"`, `","revision":`, `,"id":"`, `","type":"`, `","data":`, `,"metadata":`, "}\n"}

// appendLine writes a fact as its line. It refuses what would not come back as
// it was: names that need escapes, data that is no JSON object on one line.
func appendLine(dst []byte, index uint64, salt proof.Salt, f *proof.Frame) ([]byte, error) {
	if !plain(f.Stream) || !plain(f.Type) {
		return dst, fmt.Errorf("%w: event %d has an awkward name", errLine, index)
	}
	for _, b := range [][]byte{f.Data, f.Metadata} {
		if n, ok := object(b); !ok || n != len(b) {
			return dst, fmt.Errorf("%w: event %d holds something else than a JSON object", errLine, index)
		}
	}
	dst = strconv.AppendUint(append(dst, members[0]...), index, 10)
	dst = hex.AppendEncode(append(dst, members[1]...), salt[:])
	dst = append(append(dst, members[2]...), f.Stream...)
	dst = strconv.AppendUint(append(dst, members[3]...), f.Revision, 10)
	dst = append(append(dst, members[4]...), domain.UUID(f.ID).String()...)
	dst = append(append(dst, members[5]...), f.Type...)
	dst = append(append(dst, members[6]...), f.Data...)
	dst = append(append(dst, members[7]...), f.Metadata...)
	return append(dst, members[8]...), nil
}

// plain text stands in JSON as it is.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return s != ""
}

// parseLine reads what appendLine wrote, and nothing else. Data and metadata
// share the line's memory.
func parseLine(line []byte) (index uint64, salt proof.Salt, f proof.Frame, err error) {
	r := lineReader{rest: line}
	index = r.number(members[0])
	copy(salt[:], r.hexadecimal(members[1], len(salt)))
	f.Stream = string(r.text(members[2]))
	f.Revision = r.number(members[3])
	id, idErr := domain.ParseUUID(r.text(members[4]))
	f.ID = id
	f.Type = string(r.text(members[5]))
	f.Data = r.object(members[6])
	f.Metadata = r.object(members[7])
	r.expect(members[8])
	if r.bad || idErr != nil || len(r.rest) > 0 || !plain(f.Stream) || !plain(f.Type) {
		return index, salt, f, errLine
	}
	return index, salt, f, nil
}

// lineReader takes a line apart; after the first fault it only gives zeros.
type lineReader struct {
	rest []byte
	bad  bool
}

func (r *lineReader) expect(member string) {
	if !bytes.HasPrefix(r.rest, []byte(member)) {
		r.bad, r.rest = true, nil
		return
	}
	r.rest = r.rest[len(member):]
}

func (r *lineReader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.bad = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *lineReader) number(member string) uint64 {
	r.expect(member)
	n := 0
	for n < len(r.rest) && '0' <= r.rest[n] && r.rest[n] <= '9' {
		n++
	}
	digits := r.take(n)
	v, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil || n > 1 && digits[0] == '0' {
		r.bad = true
	}
	return v
}

func (r *lineReader) text(member string) []byte {
	r.expect(member)
	return r.take(bytes.IndexByte(r.rest, '"'))
}

func (r *lineReader) hexadecimal(member string, size int) []byte {
	digits := r.text(member)
	raw, err := hex.DecodeString(string(digits))
	if err != nil || len(raw) != size || bytes.ContainsAny(digits, "ABCDEF") {
		r.bad = true
		return nil
	}
	return raw
}

func (r *lineReader) object(member string) []byte {
	r.expect(member)
	n, ok := object(r.rest)
	if !ok {
		r.bad = true
	}
	return r.take(n)
}

// object is how far a JSON object reaches from the beginning of b: to the brace
// that closes it outside of strings. It holds no line feed. Whether it is JSON
// all through is for whoever decodes it to say.
func object(b []byte) (n int, ok bool) {
	if len(b) == 0 || b[0] != '{' {
		return 0, false
	}
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\n':
			return 0, false
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	return 0, false
}
