package inspect

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

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
func plain[T string | []byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return len(s) > 0
}

// parse reads what appendLine wrote, and nothing else. Data and metadata share
// the line's memory; the names of types are those in types, which it adds to.
func (f *fact) parse(line []byte, types map[string]string) error {
	if len(line) > maxLineBytes {
		return errLineTooLong
	}
	r := lineReader{rest: line}
	f.index = r.number(members[0])
	r.hexadecimal(members[1], f.salt[:])
	stream := r.text(members[2])
	f.frame.Revision = r.number(members[3])
	name := r.text(members[4])
	id, err := domain.ParseUUID(name)
	kind := r.text(members[5])
	f.frame.ID, f.frame.Data, f.frame.Metadata = id, r.object(members[6]), r.object(members[7])
	r.expect(members[8])
	if r.bad || err != nil || bytes.ContainsAny(name, "ABCDEF") || len(r.rest) > 0 || !plain(stream) || !plain(kind) {
		return errLine
	}
	known, ok := types[string(kind)]
	if !ok {
		if known = string(kind); len(types) < maxTypes {
			types[known] = known
		}
	}
	f.frame.Stream, f.frame.Type = string(stream), known
	return nil
}

// maxTypes bounds how many names are kept: a bundle may hold anything.
const maxTypes = 1 << 10

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

func (r *lineReader) number(member string) (v uint64) {
	r.expect(member)
	n := 0
	for ; n < len(r.rest) && '0' <= r.rest[n] && r.rest[n] <= '9'; n++ {
		digit := uint64(r.rest[n] - '0')
		if v > (math.MaxUint64-digit)/10 {
			r.bad = true
		}
		v = v*10 + digit
	}
	if digits := r.take(n); n == 0 || n > 1 && digits[0] == '0' {
		r.bad = true
	}
	return v
}

func (r *lineReader) text(member string) []byte {
	r.expect(member)
	return r.take(bytes.IndexByte(r.rest, '"'))
}

// hexadecimal fills to from lower-case digits.
func (r *lineReader) hexadecimal(member string, to []byte) {
	digits := r.text(member)
	if len(digits) != hex.EncodedLen(len(to)) {
		r.bad = true
		return
	}
	var wrong byte
	for i := range to {
		high, low := nibbles[digits[2*i]], nibbles[digits[2*i+1]]
		wrong |= high | low
		to[i] = high<<4 | low
	}
	r.bad = r.bad || wrong > 0xf
}

// nibbles are the values of lower-case hexadecimal digits; above 15: it is none.
var nibbles = func() (t [256]byte) {
	for i := range t {
		if t[i] = 0x10; strings.IndexByte("0123456789abcdef", byte(i)) >= 0 {
			t[i] = byte(strings.IndexByte("0123456789abcdef", byte(i)))
		}
	}
	return t
}()

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
		if !bounds[b[i]] {
			continue
		}
		switch c := b[i]; {
		case c == '\n':
			return 0, false
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted || c == '\\':
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

// bounds are the bytes that may matter to where an object ends.
var bounds = [256]bool{'\n': true, '"': true, '\\': true, '{': true, '}': true}
