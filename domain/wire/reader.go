package wire

import (
	"bytes"
	"fmt"
	"strings"
)

// reader walks over canonical JSON. Whoever reads asks for the members in
// their order; a member that is not there is zero. The first fault sticks:
// after it every call finds nothing, so that it need be looked at only once.
//
// It is our own because the order is known: asking whether the next bytes are
// `,"title":` costs a comparison, where a general lexer makes a token of the
// key, looks it up, and has to remember which it has seen. It is also stricter
// than lexers made for speed, which pass raw control characters, broken UTF-8,
// half surrogates and numbers such as 01.
type reader struct {
	data  []byte
	pos   int  // of the separator before the next member
	sep   byte // '{' before the first member, ',' before the others
	keyAt int  // of the last key's quotation mark, for errors; an index costs no write barrier
	err   error
	known *known // nil: keep nothing
}

func (r *reader) reset(data []byte) {
	r.data, r.pos, r.sep, r.keyAt, r.err = data, 0, 0, 0, nil
}

// begin opens an object; the brace itself is the first member's separator.
func (r *reader) begin() {
	if r.pos >= len(r.data) || r.data[r.pos] != '{' {
		r.fail("an object is expected")
		return
	}
	r.sep = '{'
}

// at reports whether the next member has this key, and moves to its value.
func (r *reader) at(key string) bool {
	p := r.pos
	end := p + len(key) + 4
	if end > len(r.data) || r.data[p+2] != key[0] { // one letter tells most keys apart
		return false
	}
	b := r.data[p:end]
	if b[0] != r.sep || b[1] != '"' || string(b[2:len(b)-2]) != key || b[len(b)-2] != '"' || b[len(b)-1] != ':' {
		return false
	}
	r.pos, r.sep, r.keyAt = end, ',', p+1
	return true
}

// need is at for a member that must be there.
func (r *reader) need(key string) bool {
	if r.at(key) {
		return true
	}
	if r.err == nil {
		r.fail(fmt.Sprintf("the key %q is missing%s", key, r.upcoming("; there is")))
	}
	return false
}

// end closes an object that has no further member.
func (r *reader) end() {
	if r.err != nil {
		return
	}
	p := r.pos
	if r.sep == '{' {
		p++
	}
	if p < len(r.data) && r.data[p] == '}' {
		r.pos, r.sep = p+1, ','
		return
	}
	if found := r.upcoming("unknown, repeated or misplaced key"); found != "" {
		r.fail(found)
		return
	}
	r.fail("the object does not end here")
}

// upcoming names the key that stands next, if one does, for an error.
func (r *reader) upcoming(what string) string {
	rest := r.data[min(r.pos, len(r.data)):]
	if len(rest) < 2 || rest[0] != r.sep || rest[1] != '"' {
		return ""
	}
	key, _, ok := bytes.Cut(rest[2:], []byte{'"'})
	if !ok || len(key) > 64 {
		return ""
	}
	return fmt.Sprintf("%s %q", what, strings.ToValidUTF8(string(key), "\uFFFD"))
}

// close reports the first fault, also that something follows the document. It
// lets go of the data.
func (r *reader) close() error {
	if r.err == nil && r.pos != len(r.data) {
		r.fail("something follows the document")
	}
	err := r.err
	r.reset(nil)
	return err
}

// fail records a fault and lets nothing be found after it.
func (r *reader) fail(what string) {
	if r.err != nil {
		return
	}
	where := ""
	if r.keyAt > 0 {
		key, _, _ := bytes.Cut(r.data[r.keyAt+1:], []byte{'"'})
		where = fmt.Sprintf(" after the key %q", key)
	}
	r.err = fmt.Errorf("%w at byte %d%s: %s", ErrMalformed, r.pos, where, what)
	r.pos = len(r.data)
}

// readList reads an optional array that, where it stands, is not empty.
func readList[T any](r *reader, key string, item func(*reader, *T)) []T {
	if !r.at(key) {
		return nil
	}
	var list []T
	for open := byte('['); ; open = ',' {
		if r.pos >= len(r.data) || r.data[r.pos] != open {
			break
		}
		r.pos++
		var v T
		list = append(list, v)
		item(r, &list[len(list)-1])
		r.sep = ','
	}
	if len(list) == 0 || r.pos >= len(r.data) || r.data[r.pos] != ']' {
		r.fail("a list with at least one element is expected")
		return nil
	}
	r.pos++
	return list
}
