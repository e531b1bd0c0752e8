package sheets

import "strings"

var footerWords = []string{
	"制表人", "制表", "制表单位", "制表日期", "填表人", "填表", "填表日期", "填报人", "填报单位", "填报日期", "审核人", "审核", "复核人", "复核",
	"经办人", "负责人", "单位负责人", "统计人", "记录人", "签字", "签名", "签章", "盖章", "公章", "日期", "备注", "注", "说明", "附注", "联系电话", "打印日期", "打印时间", "导出时间",
}

// isFooter reports whether the first cell with anything in it begins like a
// line below a table: a word such as 制表人 alone, or with a colon after it.
func isFooter(cells []Cell) bool {
	for _, c := range cells {
		if c.Text == "" || c.Kind != CellText {
			continue
		}
		if b := c.Text[0]; b < 0x80 && b > ' ' && b != '(' && b != '*' {
			return false
		}
		text := Clean(c.Text)
		if text == "" {
			continue
		}
		return footerText(text)
	}
	return false
}

func footerText(text string) bool {
	first := strings.IndexAny(text, ":：(（")
	word := text
	if first >= 0 {
		word = text[:first]
	}
	if len(word) > 30 {
		return false
	}
	word = normalHeading(word)
	if first >= 0 && (strings.HasSuffix(word, "签字") || strings.HasSuffix(word, "签名") || strings.HasSuffix(word, "签章")) {
		return true // 经办人签字：
	}
	for _, w := range footerWords {
		if word == w {
			return true
		}
	}
	return false
}
