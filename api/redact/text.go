package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// shortestNumber is the length from which a run of digits is masked. Phone
	// numbers have 7 to 11 digits, identity numbers 15 or 18, and a division
	// code of 12 is masked with them: a log line does not need it.
	shortestNumber = 7
	// longestText bounds, in bytes, what one value may add to a line.
	longestText = 512
	uuidLength  = 36
)

// Text masks one string and bounds its length. Event, request and person ids
// are random UUIDs and stay readable.
func Text(s string) string {
	if len(s) > longestText {
		s = s[:longestText] + "…"
	}
	if plain(s) || len(s) == uuidLength && isUUID(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "?") // so that every rune below has its length
	var out strings.Builder
	out.Grow(len(s))
	for len(s) > 0 {
		kept, masked, n := next(s)
		out.WriteString(kept)
		out.WriteString(masked)
		s = s[n:]
	}
	return out.String()
}

// next reads one token of s: what is kept of it, what stands in its place, and
// its length in bytes.
func next(s string) (kept, masked string, n int) {
	if isUUID(s) {
		return s[:uuidLength], "", uuidLength
	}
	if n := mail(s); n > 0 {
		return "", "[mail]", n
	}
	if n := number(s); n > 0 {
		return "", "[number]", n
	}
	if n := han(s); n > 0 {
		return "", "[text]", n
	}
	n = word(s)
	return s[:n], "", n
}

// plain spares the common case, a short ASCII word, the rest.
func plain(s string) bool {
	digits := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= utf8.RuneSelf || c == '@':
			return false
		case '0' <= c && c <= '9':
			if digits++; digits >= shortestNumber {
				return false
			}
		case c != ' ' && c != '-':
			digits = 0
		}
	}
	return true
}

func isUUID(s string) bool {
	if len(s) < uuidLength {
		return false
	}
	for i := 0; i < uuidLength; i++ {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (s[i] == '-') || !hyphen && !isHex(s[i]) {
			return false
		}
	}
	return len(s) == uuidLength || !isHex(s[uuidLength])
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f'
}

// number is the length of a run of digits at the beginning of s that is worth
// masking. Single spaces and hyphens may stand inside, as people write phone
// numbers; a check letter X may end it.
func number(s string) int {
	digits, end := 0, 0
	for i, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
			end = i + utf8.RuneLen(r)
			continue
		case (r == ' ' || r == '-') && i > 0 && i == end:
			continue
		case (r == 'X' || r == 'x') && digits == 17 && i == end:
			return i + 1
		}
		break
	}
	if digits < shortestNumber {
		return 0
	}
	return end
}

func han(s string) int {
	end := 0
	for i, r := range s {
		if !unicode.Is(unicode.Han, r) && (i == 0 || r != '·') {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	return end
}

// mail is the length of the run up to the next space when an @ stands in it.
func mail(s string) int {
	n := strings.IndexByte(s, ' ')
	if n < 0 {
		n = len(s)
	}
	if at := strings.IndexByte(s[:n], '@'); at > 0 && at < n-1 {
		return n
	}
	return 0
}

// word is the length of the run of letters at the beginning of s with the one
// character that ends it, or of a run of digits too short to mask.
func word(s string) int {
	first, _ := utf8.DecodeRuneInString(s)
	short := unicode.IsDigit(first)
	for i, r := range s {
		switch {
		case i == 0:
		case unicode.Is(unicode.Han, r), unicode.IsDigit(r) != short:
			return i
		case !short && !unicode.IsLetter(r):
			return i + utf8.RuneLen(r)
		}
	}
	return len(s)
}
