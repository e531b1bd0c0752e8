package sheets

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A spreadsheet keeps and shows 15 significant digits.
const shownDigits = 15

// normalNumber writes the number of a cell as the spreadsheet shows it. Files
// hold 8.1999999999999993 for 8.2 and 1E-2 for 0.01; taken literally, the one
// is no amount of money and the other no number. Whole numbers of more than 15
// digits stay as they are: they were meant as identifiers and are caught later.
func normalNumber(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if len(s) <= shownDigits && plain(s) && strings.Count(s, ".") <= 1 && s != "." {
		return s, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(s, "xXpP_iI") {
		return "", false
	}
	if digits := strings.TrimLeft(s, "+-"); allDigits(digits) {
		return s, true
	}
	size := math.Abs(f)
	if size >= 1e15 {
		return s, true
	}
	decimals := shownDigits
	for limit := 1.0; limit <= size && decimals > 0; limit *= 10 {
		decimals--
	}
	for limit := 0.1; limit > size && size > 0 && decimals < 30; limit /= 10 {
		decimals++
	}
	text := strconv.FormatFloat(f, 'f', decimals, 64)
	if strings.IndexByte(text, '.') >= 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text, true
}

func smallNumber(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// unescapeX resolves _xHHHH_, by which workbooks write control characters.
func unescapeX(s string) string {
	i := strings.Index(s, "_x")
	if i < 0 {
		return s
	}
	var b []byte
	for ; i >= 0; i = strings.Index(s, "_x") {
		b = append(b, s[:i]...)
		if len(s) >= i+7 && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil && utf8.ValidRune(rune(n)) {
				b = utf8.AppendRune(b, rune(n))
				s = s[i+7:]
				continue
			}
		}
		b = append(b, "_x"...)
		s = s[i+2:]
	}
	return string(append(b, s...))
}

func parseFloat(s string) (float64, error) { return strconv.ParseFloat(s, 64) }
