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
		lines = append(lines, notCounted(e))
	default:
		counts = true
		lines = append(lines, countsFor(e))
	}
	for _, p := range e.Portions {
		for _, s := range p.Steps {
			lines = append(lines, step(s))
		}
	}
	if there, asked := enoughPresence(e); asked {
		lines = append(lines, there)
	}
	if counts {
		for _, s := range e.Shared { // of study, which has no portions
			lines = append(lines, step(s))
		}
	}
	switch {
	case e.Late && counts && e.CountsOn != e.Deed.Span.Day:
		on := day(e.CountsOn)
		lines = append(lines, said(clauseCarried, "关账后才确认或移入该期间，按关账规则归入 "+on+" 所在的期间", "confirmed or moved there after its period was closed: it belongs to the period of "+on))
	case e.Late && counts:
		lines = append(lines, said(clauseLate, "关账后才确认或移入该期间，计入原期间并标记", "confirmed or moved there after its period was closed: counted there, and flagged"))
	}
	switch {
	case e.Upheld:
		lines = append(lines, said(clauseUpheld, "异议成立，更正或作废之前照原值计入", "a dispute was upheld: the present value counts until it is corrected or voided"))
	case e.Dispute != 0:
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
	m := strconv.FormatInt(int64(e.Attended), 10)
	return said(clauseCounts, "计 1 人次、"+m+" 分钟", "counts 1 person-time and "+m+" minutes")
}

var statuses = map[domain.EntryStatus]string{
	domain.Claimed: "待确认", domain.Confirmed: "已确认", domain.Rejected: "未通过", domain.Voided: "已作废",
}

func lifeOf(e *projections.LifeEvent, stands *domain.Deed) LifeEvent {
	kind := e.Type
	if e.Upheld {
		kind += " upheld"
	}
	w := sentenceOf(kind).short
	out := LifeEvent{Type: e.Type, Zh: w.zh, En: w.en, At: e.At.String(), By: id(e.By.UUID), Revision: e.Revision}
	if e.Read.Stream != "" {
		out.Read = &Read{e.Read.Stream, projections.FactRef{Stream: e.Read.Stream, Revision: e.Read.Revision}.Told()}
	}
	if e.Deed != nil && *e.Deed != *stands {
		value := deed(e.Deed)
		out.Deed = &value
	}
	return out
}
