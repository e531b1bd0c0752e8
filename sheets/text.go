package sheets

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean removes what cannot be seen: blanks of every width and line ends
// around the text, and zero-width and direction marks anywhere in it. It does
// not allocate when there is nothing to remove.
func Clean(s string) string {
	if cleanASCII(s) {
		return s
	}
	if strings.IndexFunc(s, invisible) >= 0 {
		s = strings.Map(func(r rune) rune {
			if invisible(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimFunc(s, unicode.IsSpace)
}

// cleanASCII is the quick test for the common case: first and last byte are
// visible ASCII and no byte could begin an invisible rune.
func cleanASCII(s string) bool {
	if s == "" {
		return true
	}
	if s[0] <= ' ' || s[len(s)-1] <= ' ' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x80 || c == 0x7f {
			return false
		}
	}
	return true
}

// invisible marks come with text copied from contact lists, chats and web
// pages: zero-width blanks and joiners, soft hyphens, direction marks.
func invisible(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r == 0xAD, r == 0xFEFF, r == 0x2060, r == 0x180E:
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// hasControl reports a character that no cell may hold: NUL and the other
// control characters except tab and line ends.
func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			return true
		}
	}
	return false
}

// ParseName gives the one spelling of a name that is kept: NFC, the four dots
// of transliterated names as U+00B7, no blank between Han characters, single
// blanks elsewhere. It is empty when nothing is left.
func ParseName(s string) string {
	s = norm.NFC.String(Clean(s))
	if strings.IndexFunc(s, nameNeedsWork) < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	last := rune(0)
	gap := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			gap = true
			continue
		}
		if dotLike(r) && last != 0 && unicode.Is(unicode.Han, last) {
			r = '·'
		} else if r == '•' || r == '・' || r == '‧' || r == '･' {
			r = '·'
		}
		if gap && !(unicode.Is(unicode.Han, last) && unicode.Is(unicode.Han, r)) {
			b.WriteByte(' ')
		}
		gap, last = false, r
		b.WriteRune(r)
	}
	return b.String()
}

func nameNeedsWork(r rune) bool { return unicode.IsSpace(r) || dotLike(r) }

// dotLike lists what keyboards offer for the middle dot. The full-width full
// stop only counts after a Han character, see ParseName.
func dotLike(r rune) bool {
	switch r {
	case '•', '・', '．', '‧', '･', '∙', '⋅':
		return true
	}
	return false
}

// Fold is the form in which two cells are compared for equality: cleaned, of
// one width, blanks collapsed, middle dots alike. Letters keep their case.
func Fold(s string) string {
	s = Clean(s)
	if foldedASCII(s) {
		return s
	}
	s = norm.NFKC.String(strings.Map(foldDot, s))
	return strings.Join(strings.Fields(s), " ")
}

func foldedASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x80 || c < ' ' || c == ' ' && i+1 < len(s) && s[i+1] == ' ' {
			return false
		}
	}
	return true
}

func foldDot(r rune) rune {
	if dotLike(r) && r != '．' {
		return '·'
	}
	return r
}

// narrow folds widths for the parsers: full-width digits, letters and
// punctuation become ASCII, everything invisible around them goes.
func narrow(s string) string {
	s = Clean(s)
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return Clean(norm.NFKC.String(s))
		}
	}
	return s
}

// ParseText gives free text: NFC and cleaned, otherwise as it stood.
func ParseText(s string) string { return norm.NFC.String(Clean(s)) }

// ParseSex reads 男 and 女 and their usual spellings; unknown is "" without a
// code, because a sheet may say so.
func ParseSex(s string) (sex string, code Code) {
	switch strings.ToLower(narrow(s)) {
	case "男", "男性", "男士", "m", "male":
		return "male", ""
	case "女", "女性", "女士", "f", "female":
		return "female", ""
	case "", "未知", "不详", "未说明", "unknown", "-", "/":
		return "", ""
	}
	return "", CodeSexForm
}
