package wire

import (
	"bytes"
	"hash/maphash"
	"unicode/utf8"
)

// known is a cache of short strings and of dates. Each has one place, and
// takes it from whoever was there: so it stays bounded whatever is read.
type known struct {
	strings [4096]string
	days    [64]knownDay
}

const maxKept = 64 // bytes

var seed = maphash.MakeSeed()

func (k *known) place(raw []byte) *string {
	return &k.strings[maphash.Bytes(seed, raw)%uint64(len(k.strings))]
}

// text is an optional string.
func (r *reader) text(key string) string {
	if !r.at(key) {
		return ""
	}
	s := r.textValue()
	if s == "" {
		r.zero()
	}
	return s
}

func readText[T ~string](r *reader, s *T) { *s = T(r.textValue()) }

func (r *reader) textValue() string {
	if r.pos >= len(r.data) || r.data[r.pos] != '"' {
		r.fail("text is expected")
		return ""
	}
	rest := r.data[r.pos+1:]
	n := bytes.IndexByte(rest, '"')
	if n < 0 {
		r.fail("the text does not end")
		return ""
	}
	raw := rest[:n]
	if r.known == nil || n > maxKept {
		if !plain(raw) {
			return r.escapedText()
		}
		r.pos += n + 2
		return string(raw)
	}
	// Only plain strings are kept, so raw bytes that are found need no check.
	kept := r.known.place(raw)
	if *kept != string(raw) {
		if !plain(raw) {
			return r.escapedText()
		}
		*kept = string(raw)
	}
	r.pos += n + 2
	return *kept
}

// plain reports text that stands for itself: without escapes, well-formed.
func plain(raw []byte) bool {
	ascii := true
	for _, c := range raw {
		if c < ' ' || c == '\\' {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || utf8.Valid(raw)
}

// escapedText reads text with the escapes appendText writes, and no others.
func (r *reader) escapedText() string {
	var s []byte
	for p := r.pos + 1; p < len(r.data); p++ {
		switch c := r.data[p]; {
		case c == '"':
			if !utf8.Valid(s) {
				r.fail("the text is not UTF-8")
				return ""
			}
			r.pos = p + 1
			return string(s)
		case c < ' ':
			r.fail("a control character stands in the text")
			return ""
		case c != '\\':
			s = append(s, c)
		default:
			v, n := unescape(r.data[p:])
			if n == 0 {
				r.fail("the text has an escape that is not canonical")
				return ""
			}
			s = append(s, v)
			p += n - 1
		}
	}
	r.fail("the text does not end")
	return ""
}

// unescape is the character an escape stands for and the escape's length; zero
// when appendText would not write it.
func unescape(b []byte) (c byte, n int) {
	if len(b) >= 2 && (b[1] == '"' || b[1] == '\\') {
		return b[1], 2
	}
	if len(b) < 6 || string(b[:4]) != `\u00` || b[4] > '1' || b[4] < '0' || nibble[b[5]] > 15 {
		return 0, 0
	}
	return nibble[b[4]]<<4 | nibble[b[5]], 6
}

// appendText appends s, which is UTF-8, as a JSON string.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		if c >= ' ' {
			b = append(b, '\\', c)
		} else {
			b = append(b, '\\', 'u', '0', '0', '0'+c>>4, "0123456789abcdef"[c&15])
		}
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}
