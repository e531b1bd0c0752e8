package figures

import (
	"strconv"

	"zhishu/domain"
	"zhishu/projections"
)

// why says whether an entry counts, and by which clauses.
func why(e *projections.StatementEntry) (counts bool, lines []Clause) {
	lines = []Clause{}
	switch {
	case e.Status == domain.Rejected:
		lines = append(lines, said(clauseRejected, "未获确认，不计时", "rejected, so it does not count"))
	case e.NotCounted != "":
		lines = append(lines, reason(e.NotCounted))
	default:
		counts = true
		lines = append(lines, countsFor(e))
	}
	for _, p := range e.Portions {
		for _, s := range p.Steps {
			lines = append(lines, step(s))
		}
	}
	if e.Disputed {
		lines = append(lines, said(clauseDisputed, "有异议，答复前照常计入", "disputed: it keeps counting until decided"))
	}
	if e.Pending != nil {
		lines = append(lines, said(clausePending, "有一项待批的更改，批准前照原值计入", "a change is waiting: the present value counts until it is approved"))
	}
	return counts, lines
}

func countsFor(e *projections.StatementEntry) Clause {
	if e.Deed.Kind == domain.Service {
		m := e.Recognised
		return said(clauseCounts, "计 "+hoursZh(m, " "), "counts "+hoursEn(m))
	}
	if !e.PersonTime {
		return said(clauseRepeat, "同日同一内容重复，计时长、不另计人次",
			"the same content on the same day again: its minutes count, but not another person-time")
	}
	m := strconv.FormatInt(int64(e.Raw), 10)
	return said(clauseCounts, "计 1 人次、"+m+" 分钟", "counts 1 person-time and "+m+" minutes")
}

var statuses = map[domain.EntryStatus]string{
	domain.Claimed: "待确认", domain.Confirmed: "已确认", domain.Rejected: "未通过", domain.Voided: "已作废",
}

// steps of an entry's life, by stored event type.
var lifeWords = map[string]words{
	domain.ServiceClaimed:       {"申报服务", "service claimed"},
	domain.StudyClaimed:         {"申报学习", "study claimed"},
	"checked-out":               {"签退，成为记录", "checked out"},
	"entry-confirmed":           {"确认", "confirmed"},
	"entry-rejected":            {"不予确认", "rejected"},
	"entry-disputed":            {"提出异议", "disputed"},
	"dispute-answered":          {"答复异议", "dispute answered"},
	"entry-correction-proposed": {"提出更正", "correction proposed"},
	"entry-correction-approved": {"批准更正", "correction approved"},
	"entry-correction-refused":  {"不批准更正", "correction refused"},
	"entry-void-proposed":       {"提出作废", "voiding proposed"},
	"entry-void-approved":       {"批准作废", "voiding approved"},
	"entry-void-refused":        {"不批准作废", "voiding refused"},
	"entry-evaluated":           {"评价", "evaluated"},
}

func lifeOf(e *projections.LifeEvent, stands *domain.Deed) LifeEvent {
	w, ok := lifeWords[e.Type]
	if !ok {
		w = words{e.Type, e.Type}
	}
	if e.Type == "dispute-answered" && e.Upheld {
		w = words{w.zh + "：成立", w.en + ": upheld"}
	}
	out := LifeEvent{Type: e.Type, Zh: w.zh, En: w.en, At: e.At.String(), By: id(e.By.UUID), Revision: e.Revision}
	if e.Read.Stream != "" {
		out.Read = &Read{e.Read.Stream, e.Read.Revision}
	}
	if e.Deed != nil && *e.Deed != *stands {
		value := deed(e.Deed)
		out.Deed = &value
	}
	return out
}
