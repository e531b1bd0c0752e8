package sheets

import (
	"strings"
	"unicode/utf8"
)

// A cell of a CSV that begins with one of these characters is run as a formula
// by spreadsheet programs. Written cells therefore get an apostrophe in front,
// and reading takes it off again.

// dangerous reports whether a program might take the text for a formula,
// counting full-width forms and looking past blanks and apostrophes.
func dangerous(s string) bool {
	s = strings.TrimLeft(s, "'")
	if s != "" && (s[0] == '\t' || s[0] == '\r' || s[0] == '\n') {
		return true
	}
	s = strings.TrimLeftFunc(s, func(r rune) bool { return r == ' ' || r == 0xA0 || r == 0x3000 || invisible(r) })
	first, _ := utf8.DecodeRuneInString(s)
	return s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠﹦﹢﹣﹫−", first)
}

// protect and unprotect are inverse to each other for every text: an
// apostrophe is only added to, and only taken from, a text that is dangerous
// behind its apostrophes.
func protect(s string) string {
	if dangerous(s) {
		return "'" + s
	}
	return s
}

func unprotect(s string) string {
	if len(s) > 1 && s[0] == '\'' && dangerous(s) {
		return s[1:]
	}
	return s
}
