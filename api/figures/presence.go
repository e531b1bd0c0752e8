package figures

import (
	"strconv"

	"zhishu/domain"
	"zhishu/projections"
)

// PresenceShare is what a share of presence was judged by.
type PresenceShare struct {
	Minutes int64  `json:"minutes" doc:"Given"`
	Of      int64  `json:"of" doc:"Minutes they are a share of"`
	Basis   string `json:"basis" enum:"scheduled,clock" doc:"scheduled: what the activity was scheduled for; clock: from start to end, where no plan is known"`
	Percent int64  `json:"percent" doc:"The share demanded"`
}

const clausePresent = "presence"

// presence says what was judged, and whether it was enough.
func presence(p domain.Presence) (words, *PresenceShare) {
	out := &PresenceShare{Minutes: int64(p.Given), Of: int64(p.Whole), Basis: "clock", Percent: p.Percent}
	given, whole, share := strconv.FormatInt(out.Minutes, 10), strconv.FormatInt(out.Of, 10), strconv.FormatInt(p.Percent, 10)
	basis := words{"起止之间 ", "minutes from start to end"}
	if p.Scheduled {
		out.Basis, basis = "scheduled", words{"活动排定 ", "minutes the activity was scheduled for"}
	}
	reached := words{"不足 ", "less than "}
	if p.Enough() {
		reached = words{"达到 ", "at least "}
	}
	return words{
		"到场 " + given + " 分钟，" + basis.zh + whole + " 分钟，" + reached.zh + share + "%",
		"present for " + given + " of the " + whole + " " + basis.en + ", " + reached.en + share + " %",
	}, out
}

// notCounted explains why an entry counts for nothing, with what its presence was
// judged by where that is why.
func notCounted(e *projections.StatementEntry) Clause {
	out := reason(e.NotCounted)
	for i := range e.Portions {
		for _, s := range e.Portions[i].Steps {
			if s.Clause == domain.ClausePresence && e.NotCounted == s.Clause {
				w, there := presence(s.Presence)
				out.Zh, out.En, out.Presence = w.zh, w.en, there
			}
		}
	}
	return out
}

// enoughPresence says of an entry that was there long enough what that was judged by,
// under a rule that asks.
func enoughPresence(e *projections.StatementEntry) (c Clause, asked bool) {
	if len(e.Portions) == 0 || e.Portions[0].Policy == nil || e.Portions[0].Policy.Counting == nil {
		return c, false
	}
	percent := e.Portions[0].Policy.Counting.PresencePercent
	there := domain.PresenceOf(e.Deed.Span, e.Deed.Scheduled.Minutes, percent)
	switch {
	case percent == 0 || !there.Enough():
		return c, false
	case there.Whole == 0:
		return said(clausePresent, "没有起止时间，也不知道活动排定多长，到场比例无从判断",
			"neither clock times nor a scheduled length are known: its share of presence cannot be judged"), true
	}
	w, judged := presence(there)
	c = said(clausePresent, w.zh, w.en)
	c.Presence = judged
	return c, true
}
