package imports

import (
	"slices"
	"strings"

	"zhishu/domain"
	"zhishu/sheets"
)

// answer is what a cell says to a question of yes or no. A cell that says
// neither is never taken for either: 考虑中 is no consent.
type answer uint8

const (
	unclear answer = iota
	yes
	no
)

var (
	yesWords    = []string{"是", "有", "同意", "已同意", "本人同意", "√", "✓", "✔", "☑", "yes", "y", "true", "1"}
	noWords     = []string{"否", "无", "没有", "不同意", "未同意", "不", "未", "拒绝", "×", "✗", "✘", "x", "no", "n", "false", "0"}
	paperWords  = []string{"纸", "纸质", "纸质同意", "纸质同意书", "书面", "书面同意", "同意书", "签字", "签名", "已签", "已签字", "已签名", "签字同意", "paper"}
	onlineWords = []string{"线上", "线上同意", "线上签名", "线上签字", "网上", "网上同意", "电子", "电子签名", "电子签字", "微信", "小程序", "微信小程序", "online"}

	publicWords  = []string{"公开", "同意公开", "可公开", "可以公开"}
	privateWords = []string{"不公开", "不同意公开", "不可公开", "不可以公开"}

	approvedWords = []string{"通过", "已通过", "审核通过", "复核通过", "审批通过", "已审核", "已复核", "已批准", "已确认", "确认", "已核实", "核实", "已同意",
		"同意", "合格", "有效", "正常", "生效", "已生效", "已报名", "报名成功", "已录用", "录用", "已录取", "录取", "已参加", "已签到", "已签退",
		"已完成", "完成", "已结束", "已归档", "是", "√", "✓", "✔", "yes", "y", "true", "1", "ok", "approved", "accepted", "confirmed", "valid", "done", "completed"}
)

func says(s string, words ...[]string) bool {
	s = strings.ToLower(sheets.Fold(s))
	return slices.ContainsFunc(words, func(list []string) bool { return slices.Contains(list, s) })
}

// consentIn is the basis that a cell names, or the sheet's where it only says
// yes. An empty cell says no.
func consentIn(s string, otherwise domain.Basis) (domain.Basis, answer) {
	switch {
	case s == "" || says(s, noWords) || says(s, []string{"未签", "未签字", "未签名"}):
		return "", no
	case says(s, paperWords):
		return domain.OnPaper, yes
	case says(s, onlineWords):
		return domain.Online, yes
	case says(s, yesWords):
		return otherwise, yes
	}
	return "", unclear
}

// publishIn is whether a cell lets the name be published.
func publishIn(s string) answer {
	switch {
	case s == "" || says(s, noWords, privateWords):
		return no
	case says(s, yesWords, publicWords):
		return yes
	}
	return unclear
}

// approvedIn is what a column of states says. Whatever holds a word that takes
// the row back says no.
func approvedIn(s string) answer {
	switch {
	case s == "" || says(s, approvedWords):
		return yes
	case negative(s):
		return no
	}
	return unclear
}
