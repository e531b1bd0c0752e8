package wire

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhishu/domain"
)

// writer appends canonical JSON. Its methods mirror the reader's: a member
// that is zero is left out. The first fault sticks.
type writer struct {
	b    []byte
	sep  byte // '{' before the first member, ',' before the others
	last string
	err  error

	sealing bool // the object of personal fields is begun
}

func (w *writer) begin() { w.sep = '{' }

func (w *writer) end() {
	if w.sep == '{' {
		w.b = append(w.b, '{')
	}
	w.b = append(w.b, '}')
	w.sep = ','
}

func (w *writer) key(key string) {
	w.b = append(w.b, w.sep, '"')
	w.b = append(w.b, key...)
	w.b = append(w.b, '"', ':')
	w.sep, w.last = ',', key
}

func (w *writer) fail(key, what string) {
	if w.err == nil {
		w.err = fmt.Errorf("%w: %s: %s", ErrUnwritable, key, what)
	}
}

func (w *writer) text(key, s string) {
	if s == "" {
		return
	}
	if !utf8.ValidString(s) {
		w.fail(key, "the text is not UTF-8")
	}
	w.key(key)
	w.b = appendText(w.b, s)
}

func writeText[T ~string](w *writer, s *T) {
	if !utf8.ValidString(string(*s)) {
		w.fail(w.last, "the text is not UTF-8")
	}
	w.b = appendText(w.b, string(*s))
}

func (w *writer) int(key string, v int64) {
	if v != 0 {
		w.key(key)
		w.number(v)
	}
}

func (w *writer) number(v int64) { w.b = strconv.AppendInt(w.b, v, 10) }

func (w *writer) flag(key string, v bool) {
	if v {
		w.key(key)
		w.b = append(w.b, "true"...)
	}
}

var (
	firstDay, _  = domain.DayOf(1, 1, 1)
	lastDay, _   = domain.DayOf(9999, 12, 31)
	firstInstant = domain.Instant(int64(firstDay) * millisPerDay)
	lastInstant  = domain.Instant((int64(lastDay)+1)*millisPerDay - 1)
)

// repaired is text that may be written damaged rather than not at all.
func (w *writer) repaired(key, s string) { w.text(key, strings.ToValidUTF8(s, "\uFFFD")) }

// date is a civil date that must be there.
func (w *writer) date(key string, d domain.Day) {
	if d < firstDay || d > lastDay {
		w.fail(key, "the date is missing")
		return
	}
	w.key(key)
	w.b = append(w.b, '"')
	w.b = d.AppendText(w.b)
	w.b = append(w.b, '"')
}

// dateOr is a civil date that is left out for the one meaning given.
func (w *writer) dateOr(key string, d, absent domain.Day) {
	if d != absent {
		w.date(key, d)
	}
}

func (w *writer) instant(key string, t domain.Instant) {
	if t == 0 {
		return
	}
	if t < firstInstant || t > lastInstant {
		w.fail(key, "the instant lies outside the years 1 to 9999")
	}
	w.key(key)
	w.b = append(w.b, '"')
	w.b = t.AppendText(w.b)
	w.b = append(w.b, '"')
}

func (w *writer) uuid(key string, u domain.UUID) {
	if u.IsZero() {
		return
	}
	w.key(key)
	w.b = append(w.b, '"')
	w.b = u.AppendText(w.b)
	w.b = append(w.b, '"')
}

func (w *writer) print(key string, v uint64) {
	if v == 0 {
		return
	}
	w.key(key)
	w.b = append(w.b, '"')
	for shift := 60; shift >= 0; shift -= 4 {
		w.b = append(w.b, "0123456789abcdef"[v>>shift&15])
	}
	w.b = append(w.b, '"')
}

func (w *writer) hash(key string, h [16]byte) {
	if h == [16]byte{} {
		return
	}
	w.key(key)
	w.b = append(w.b, '"')
	w.b = base64.RawURLEncoding.AppendEncode(w.b, h[:])
	w.b = append(w.b, '"')
}

func (w *writer) community(key string, c domain.CommunityCode) {
	if c == 0 {
		return
	}
	w.key(key)
	writeCommunity(w, &c)
}

func writeCommunity(w *writer, c *domain.CommunityCode) {
	if !validCommunity(uint64(*c)) {
		w.fail(w.last, "not a community code")
		return
	}
	w.b = append(w.b, '"')
	w.b = strconv.AppendUint(w.b, uint64(*c), 10)
	w.b = append(w.b, '"')
}

func (w *writer) division(key string, d domain.Division) {
	text := d.String()
	if again, err := domain.ParseDivision(text); err != nil || again != d {
		w.fail(key, "not a division code")
	}
	w.text(key, text)
}

// writeList leaves an empty list out.
func writeList[T any](w *writer, key string, list []T, item func(*writer, *T)) {
	if len(list) == 0 {
		return
	}
	w.key(key)
	open := byte('[')
	for i := range list {
		w.b = append(w.b, open)
		item(w, &list[i])
		open = ','
	}
	w.b = append(w.b, ']')
	w.sep = ','
}
