// Package strictjson refuses JSON that two readers could understand in two
// ways, or that costs more to read than its size suggests: repeated member
// names, invalid UTF-8, unpaired surrogates, text after the value, and nesting
// or objects beyond a limit. encoding/json accepts all of these.
package strictjson

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Limits bound what Check accepts.
type Limits struct {
	Depth   int // arrays and objects inside one another
	Members int // member names in one object
}

// Error says what is wrong and where. Its text never contains a byte of the
// document, so it may be shown to anyone.
type Error struct {
	Offset int // bytes from the beginning of the document
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("%s, at byte %d", e.Reason, e.Offset) }

// Check reports the first fault of data as an *Error, or nil. It runs in one
// pass, without decoding values.
func Check(data []byte, limits Limits) error {
	s := scanner{data: data, limits: limits}
	if !utf8.Valid(data) {
		return &Error{Offset: firstInvalid(data), Reason: "the text is not valid UTF-8"}
	}
	s.space()
	if err := s.value(0); err != nil {
		return err
	}
	s.space()
	if s.at != len(s.data) {
		return s.fail("there is more text after the JSON value")
	}
	return nil
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

type scanner struct {
	data   []byte
	at     int
	limits Limits
}

func (s *scanner) fail(reason string) error { return &Error{Offset: s.at, Reason: reason} }

func (s *scanner) space() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// peek is the next byte, or 0 at the end: a NUL is not valid anywhere either.
func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

func (s *scanner) value(depth int) error {
	switch c := s.peek(); {
	case c == '{':
		return s.object(depth + 1)
	case c == '[':
		return s.array(depth + 1)
	case c == '"':
		_, _, err := s.text()
		return err
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	default:
		return s.fail("a JSON value is expected")
	}
}

func (s *scanner) word(word string) error {
	if len(s.data)-s.at < len(word) || string(s.data[s.at:s.at+len(word)]) != word {
		return s.fail("a JSON value is expected")
	}
	s.at += len(word)
	return nil
}

func (s *scanner) array(depth int) error {
	if depth > s.limits.Depth {
		return s.fail("the JSON is nested too deeply")
	}
	s.at++
	s.space()
	if s.peek() == ']' {
		s.at++
		return nil
	}
	for {
		s.space()
		if err := s.value(depth); err != nil {
			return err
		}
		s.space()
		switch s.peek() {
		case ',':
			s.at++
		case ']':
			s.at++
			return nil
		default:
			return s.fail("a comma or the end of an array is expected")
		}
	}
}

func (s *scanner) object(depth int) error {
	if depth > s.limits.Depth {
		return s.fail("the JSON is nested too deeply")
	}
	s.at++
	s.space()
	if s.peek() == '}' {
		s.at++
		return nil
	}
	var seen names
	for {
		s.space()
		if err := s.member(depth, &seen); err != nil {
			return err
		}
		s.space()
		switch s.peek() {
		case ',':
			s.at++
		case '}':
			s.at++
			return nil
		default:
			return s.fail("a comma or the end of an object is expected")
		}
	}
}

func (s *scanner) member(depth int, seen *names) error {
	if s.peek() != '"' {
		return s.fail("a member name in double quotes is expected")
	}
	start := s.at
	name, escaped, err := s.text()
	if err != nil {
		return err
	}
	if escaped {
		name = decode(s.data[start:s.at])
	}
	if seen.count() == s.limits.Members {
		return &Error{Offset: start, Reason: "an object has too many members"}
	}
	if !seen.add(name) {
		return &Error{Offset: start, Reason: "a member name is repeated"}
	}
	s.space()
	if s.peek() != ':' {
		return s.fail("a colon is expected")
	}
	s.at++
	s.space()
	return s.value(depth)
}

// text reads a string and returns the bytes between its quotes, and whether
// escapes stand in them.
func (s *scanner) text() (between []byte, escaped bool, err error) {
	s.at++
	start := s.at
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			return s.data[start : s.at-1], escaped, nil
		case c == '\\':
			escaped = true
			if err := s.escape(); err != nil {
				return nil, false, err
			}
		case c < ' ':
			return nil, false, s.fail("a control character stands in a string")
		default:
			s.at++
		}
	}
	return nil, false, s.fail("a string has no end")
}

func decode(quoted []byte) []byte {
	var text string
	_ = json.Unmarshal(quoted, &text) // its syntax was checked on the way here
	return []byte(text)
}

func (s *scanner) escape() error {
	if s.at+1 >= len(s.data) {
		return s.fail("a string has no end")
	}
	switch s.data[s.at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at += 2
		return nil
	case 'u':
		return s.unicode()
	default:
		return s.fail("an unknown escape stands in a string")
	}
}

func (s *scanner) unicode() error {
	first, ok := hex4(s.data, s.at)
	if !ok {
		return s.fail(`\u needs four hexadecimal digits`)
	}
	switch {
	case first >= 0xDC00 && first <= 0xDFFF:
		return s.fail("an unpaired surrogate stands in a string")
	case first >= 0xD800 && first <= 0xDBFF:
		second, ok := hex4(s.data, s.at+6)
		if !ok || second < 0xDC00 || second > 0xDFFF {
			return s.fail("an unpaired surrogate stands in a string")
		}
		s.at += 12
	default:
		s.at += 6
	}
	return nil
}

// hex4 reads \uXXXX at offset at.
func hex4(data []byte, at int) (rune, bool) {
	if at+6 > len(data) || data[at] != '\\' || data[at+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range data[at+2 : at+6] {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

func (s *scanner) number() error {
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else if !s.digits() {
		return s.fail("a number is not well formed")
	}
	if s.peek() == '.' {
		s.at++
		if !s.digits() {
			return s.fail("a number is not well formed")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			return s.fail("a number is not well formed")
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	start := s.at
	for c := s.peek(); '0' <= c && c <= '9'; c = s.peek() {
		s.at++
	}
	return s.at > start
}
