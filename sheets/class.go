package sheets

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

// class says what kind of value a cell holds, without saying the value.
func class(c Cell) string {
	switch c.Kind {
	case CellError:
		return "公式错误 / formula error"
	case CellFormula:
		return "公式 / formula"
	case CellDate:
		return "日期格式的数字 / number shown as a date"
	case CellDuration:
		return "时间格式的数字 / number shown as a time"
	case CellBool:
		return "逻辑值 / truth value"
	}
	s := narrow(c.Text)
	if s == "" {
		return ""
	}
	digits, others := 0, 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits++
		} else if !strings.ContainsRune(".,-+/: ", r) {
			others++
		}
	}
	switch {
	case others == 0 && digits == utf8.RuneCountInString(s):
		return itoa(digits) + " 位数字 / " + itoa(digits) + "-digit number"
	case others == 0 && digits > 0:
		return "含 " + itoa(digits) + " 位数字的数值 / figure with " + itoa(digits) + " digits"
	case digits == 0 && strings.IndexFunc(s, unicode.IsLetter) < 0:
		return "符号 / signs"
	case digits == 0:
		return "文字 / text"
	}
	return "文字和数字 / text with digits"
}
