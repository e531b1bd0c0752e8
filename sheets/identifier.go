package sheets

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// ParseIdentifier reads a number that is a name: folded to one width, without
// blanks, in upper case. What a spreadsheet has already shortened to 1.1E+17
// is refused.
func ParseIdentifier(s string) (string, Code) {
	if inner, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(inner, `"`) {
		s = inner[:len(inner)-1] // ="0123", by which exports keep zeros in front
	}
	s = narrow(strings.TrimLeft(Clean(s), "'"))
	if strings.ContainsFunc(s, unicode.IsSpace) {
		s = strings.Join(strings.Fields(s), "")
	}
	s = narrow(strings.ToUpper(s))
	if s == "" {
		return "", CodeValueMissing
	}
	if lostDigits(s) {
		return "", CodeDigitsLost
	}
	return s, ""
}

// lostDigits knows the two traces of a lost identifier: 1.10105E+17, and an ID
// card number that ends in 000 although its check digit is another.
func lostDigits(s string) bool {
	if mantissa, exponent, ok := strings.Cut(s, "E+"); ok && allDigits(exponent) {
		return allDigits(strings.Replace(mantissa, ".", "", 1))
	}
	return len(s) == 18 && allDigits(s) && strings.HasSuffix(s, "000") && idCheckDigit(s) != '0'
}

// idCheckDigit computes the last character of an 18-character ID card number
// (GB 11643) from the 17 digits before it.
func idCheckDigit(s string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// dayFraction turns a fraction of a day, or days and a fraction for elapsed
// time, into whole seconds.
func dayFraction(s string) (int64, Code) {
	number, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || math.IsNaN(number) || math.IsInf(number, 0):
		return 0, CodeDurationForm
	case number < 0:
		return 0, CodeValueNegative
	case number > 366:
		return 0, CodeDurationForm // a date, not a length of time
	}
	return int64(math.Round(number * secondsOfDay)), ""
}
