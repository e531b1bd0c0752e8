package sheets

import (
	"math"
	"strings"
)

// ParseWhole reads a whole number that is not negative: 12, １２, 1,234, 12.0.
func ParseWhole(s string) (int64, Code) {
	d, code := ParseDecimal(s)
	if code != "" {
		return 0, code
	}
	n, code := d.scaled(0)
	if code == CodeNumberFraction || code == "" {
		return n, code
	}
	return 0, code
}

// ParseCount reads a whole number with a measure word after it, such as 10人
// or 20箱; the measure word is empty when there is none.
func ParseCount(s string) (n int64, measure string, code Code) {
	s = narrow(s)
	end := strings.IndexFunc(s, func(r rune) bool { return r > 0x7f || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' })
	if end > 0 {
		s, measure = strings.TrimSpace(s[:end]), s[end:]
		if strings.ContainsAny(measure, "0123456789") {
			return 0, "", CodeNumberForm
		}
	}
	n, code = ParseWhole(s)
	return n, measure, code
}

// Decimal is an exact decimal number: Digits / 10^Scale, never negative, with
// no zeros at the end of its decimals.
type Decimal struct {
	Digits int64
	Scale  int
}

// ParseDecimal reads a decimal number that is not negative, with or without
// thousands separators.
func ParseDecimal(s string) (Decimal, Code) { return decimal(narrow(s)) }

// decimal reads what narrow has already folded.
func decimal(s string) (Decimal, Code) {
	s = strings.TrimPrefix(s, "+")
	if negative(s) {
		return Decimal{}, CodeValueNegative
	}
	whole, fraction, point := strings.Cut(s, ".")
	if point && fraction == "" || whole == "" {
		return Decimal{}, CodeNumberForm
	}
	whole, ok := ungroup(whole)
	if !ok || !allDigits(whole) || point && !allDigits(fraction) {
		return Decimal{}, CodeNumberForm
	}
	fraction = strings.TrimRight(fraction, "0")
	var d Decimal
	for _, part := range [2]string{whole, fraction} {
		for i := 0; i < len(part); i++ {
			digit := int64(part[i] - '0')
			if d.Digits > (math.MaxInt64-digit)/10 {
				return Decimal{}, CodeValueTooLarge
			}
			d.Digits = d.Digits*10 + digit
		}
	}
	d.Scale = len(fraction)
	return d, ""
}

// scaled gives the number times 10^places as an integer, exactly.
func (d Decimal) scaled(places int) (int64, Code) {
	if d.Scale > places {
		return 0, CodeNumberFraction
	}
	n := d.Digits
	for range places - d.Scale {
		if n > math.MaxInt64/10 {
			return 0, CodeValueTooLarge
		}
		n *= 10
	}
	return n, ""
}

// negative also knows the bookkeeper's brackets: (12.00).
func negative(s string) bool {
	s = strings.TrimSpace(s)
	for _, sign := range []string{"-", "−", "–"} {
		if rest, ok := strings.CutPrefix(s, sign); ok {
			return rest != "" && rest[0] >= '0' && rest[0] <= '9' || strings.HasPrefix(rest, ".")
		}
	}
	return len(s) > 2 && s[0] == '(' && s[len(s)-1] == ')' && s[1] >= '0' && s[1] <= '9'
}

// ungroup takes thousands separators out, when they stand every three digits.
func ungroup(s string) (string, bool) {
	if strings.IndexByte(s, ',') < 0 {
		return s, true
	}
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if i == 0 && (len(g) == 0 || len(g) > 3) || i > 0 && len(g) != 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func allDigits(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
