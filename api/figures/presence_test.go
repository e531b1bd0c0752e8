package figures

import (
	"testing"

	"zhishu/domain"
	"zhishu/projections"
)

// An entry under a rule that asks for presence says what it was judged by: what the
// activity was scheduled for, its own clock times, or nothing.
func TestPresenceIsExplained(t *testing.T) {
	rules := domain.NewRulebook([]domain.PolicyVersion{{ID: domain.PolicyID{Kind: domain.CountingKind}, Version: 1, From: domain.MinDay, Title: "六成",
		Counting: &domain.CountingPolicy{Rounding: domain.RoundNone, PresencePercent: 60}}})
	clocked := domain.Span{Day: date("2026-03-05"), Start: instant("2026-03-05T01:00:00Z"), End: instant("2026-03-05T02:30:00Z")}
	paper := domain.Span{Day: date("2026-03-05")}
	for _, x := range []struct {
		span      domain.Span
		minutes   domain.Minutes
		scheduled domain.Minutes
		zh, en    string
		basis     string
	}{
		{paper, 20, 90, "到场 20 分钟，活动排定 90 分钟，不足 60%", "present for 20 of the 90 minutes the activity was scheduled for, less than 60 %", "scheduled"},
		{paper, 54, 90, "到场 54 分钟，活动排定 90 分钟，达到 60%", "present for 54 of the 90 minutes the activity was scheduled for, at least 60 %", "scheduled"},
		{clocked, 20, 0, "到场 20 分钟，起止之间 90 分钟，不足 60%", "present for 20 of the 90 minutes from start to end, less than 60 %", "clock"},
		{clocked, 90, 240, "到场 90 分钟，活动排定 240 分钟，不足 60%", "present for 90 of the 240 minutes the activity was scheduled for, less than 60 %", "scheduled"},
		{paper, 20, 0, "没有起止时间，也不知道活动排定多长，到场比例无从判断", "neither clock times nor a scheduled length are known: its share of presence cannot be judged", ""},
	} {
		d := domain.Deed{Kind: domain.Service, Span: x.span, Community: here, Scheduled: domain.Scheduled{Minutes: x.scheduled}}
		d.Span.Minutes = x.minutes
		e := projections.StatementEntry{No: 3, Status: domain.Confirmed, Deed: d, Raw: x.minutes}
		e.Portions = domain.Count([]domain.Fact{{Entry: 3, Span: d.Span, Community: here, Scheduled: x.scheduled}}, rules, true)
		if e.Recognised = e.Portions[0].Recognised; e.Recognised == 0 {
			e.NotCounted = domain.ClausePresence
		}
		counts, lines := why(&e)
		told := false
		for _, c := range lines {
			told = told || c.Zh == x.zh && c.En == x.en && (c.Presence == nil) == (x.basis == "") && (c.Presence == nil || c.Presence.Basis == x.basis)
		}
		if !told || counts != (e.Recognised > 0) {
			t.Errorf("%+v is explained by %+v", x, lines)
		}
	}
}
