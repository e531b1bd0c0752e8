package sheets

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean removes what cannot be seen: blanks of every width and line ends
// around the text, and zero-width and direction marks anywhere in it. It does
// not allocate when there is nothing to remove.
func Clean(s string) string {
	if settled(s) {
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

// settled is the quick test for nearly every cell: visible ASCII with single
// blanks inside, and Han characters of the range U+4000 to U+9FFF. Such a text
// is in each of the forms of this file already.
func settled(s string) bool {
	if s == "" {
		return true
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c > ' ' && c < 0x7f, c == ' ' && s[i+1] != ' ':
			i++
		case c >= 0xE4 && c <= 0xE9 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80:
			i += 3
		default:
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
	case r == 0xAD, r == 0x180E, r == 0x2060, r == 0xFEFF:
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
	if settled(s) && strings.IndexByte(s, ' ') < 0 {
		return s
	}
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
	if settled(s) {
		return s
	}
	s = norm.NFKC.String(strings.Map(foldDot, Clean(s)))
	return strings.Join(strings.Fields(s), " ")
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
	if settled(s) {
		return s
	}
	return Clean(norm.NFKC.String(Clean(s)))
}

// ParseText gives free text: NFC and cleaned, otherwise as it stood.
func ParseText(s string) string {
	if settled(s) {
		return s
	}
	return norm.NFC.String(Clean(s))
}

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
