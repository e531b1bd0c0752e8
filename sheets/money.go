package sheets

import (
	"math"
	"strings"
)

// Factors of money units in yuan.
const (
	Yuan     = 1
	Thousand = 1_000
	Wan      = 10_000
	Yi       = 100_000_000
)

// ParseFen reads an amount of money as whole fen. A bare number is in units of
// factor yuan (see Table.MoneyFactor); a unit in the cell goes before it. The
// result is exact or there is a code.
func ParseFen(s string, factor int64) (int64, Code) {
	if plain(s) {
		return fenOf(s, factor)
	}
	s = strings.ToUpper(narrow(s))
	if s == "" {
		return 0, CodeValueMissing
	}
	body, factor, code := stripMoneyUnit(s, factor)
	if code != "" {
		return 0, code
	}
	return fenOf(body, factor)
}

// plain is the quick test for the form nearly all amounts have.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && c != '.' {
			return false
		}
	}
	return s != ""
}

func fenOf(s string, factor int64) (int64, Code) {
	d, code := decimal(s)
	switch code {
	case "":
	case CodeNumberForm:
		return 0, CodeMoneyForm
	default:
		return 0, code
	}
	if d.Digits != 0 && d.Digits > math.MaxInt64/(factor*100) {
		return 0, CodeValueTooLarge
	}
	n := Decimal{Digits: d.Digits * factor * 100, Scale: d.Scale}
	for n.Scale > 0 && n.Digits%10 == 0 {
		n.Digits, n.Scale = n.Digits/10, n.Scale-1
	}
	if n.Scale > 0 && n.Digits != 0 {
		return 0, CodeMoneyDecimals
	}
	return n.Digits, ""
}

// stripMoneyUnit takes currency signs and unit words away. The word for a
// factor, as in 3万元, overrides the factor of the column.
func stripMoneyUnit(s string, factor int64) (string, int64, Code) {
	for _, sign := range []string{"人民币", "RMB", "CNY", "¥", "Y"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, sign))
	}
	for _, sign := range []string{"(人民币)", "人民币", "RMB", "CNY"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, sign))
	}
	if foreign(s) {
		return "", 0, CodeMoneyCurrency
	}
	s = strings.TrimSuffix(strings.TrimSuffix(s, "整"), "正")
	named := false
	for _, word := range []string{"元", "圆", "块"} {
		if body, ok := strings.CutSuffix(s, word); ok {
			s, named = body, true
			break
		}
	}
	for _, unit := range []struct {
		word   string
		factor int64
	}{{"万", Wan}, {"千", Thousand}, {"亿", Yi}} {
		if body, ok := strings.CutSuffix(s, unit.word); ok {
			return strings.TrimSpace(body), unit.factor, ""
		}
	}
	if named {
		factor = Yuan
	}
	return strings.TrimSpace(s), factor, ""
}

func foreign(s string) bool {
	for _, word := range []string{"美元", "美金", "港元", "港币", "欧元", "日元", "英镑", "新台币", "台币", "澳元", "加元", "韩元", "卢布", "USD", "HKD", "EUR", "JPY", "GBP", "TWD", "$", "€", "£"} {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}
