package projections

import "zhishu/domain"

// lateRules lets a closing policy other than the default govern the days these
// histories are about, as an approved retroactive one would.
func (h *history) lateRules() {
	late := []domain.LateRule{domain.LateCounts, domain.LateCarried, domain.LateFlagged}[h.pick("late from the beginning", 3)]
	v := domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.ClosingKind}, Version: 2, Title: "补录", From: day(h.t, firstDay),
		Adopted: h.now.Day(), Closing: &domain.ClosingPolicy{Late: late}}
	if latest := h.state(v.ID.Stream()).(*domain.Policy).Latest; latest != nil {
		v.Version = latest.Version + 1
	}
	h.record(v.ID.Stream(), &domain.PolicyAdopted{Policy: v}, recorder)
}

// closing closes a month that has just passed, or opens one again.
func (h *history) closing() {
	c := h.community()
	_ = h.do(recorder, &domain.RegisterCommunity{Code: c, Name: "社区" + c.String(), From: domain.MinDay, Source: "表"})
	if closed := h.state(c.Stream()).(*domain.Community).Closed; len(closed) > 0 && h.chance("reopen", 3) {
		x := closed[h.pick("closed", len(closed))]
		_ = h.do(recorder, &domain.ProposeReopening{Code: c, Period: x.Period, Reason: "漏报"})
		for _, x := range h.state(c.Stream()).(*domain.Community).Closed {
			if x.Reopen != nil {
				_ = h.do(confirmer, &domain.DecideReopening{Code: c, Period: x.Period, Proposal: x.Reopen.No, Approve: !h.chance("refuse", 4), Reason: "核对"})
			}
		}
		return
	}
	m := h.now.Day().Month() - 1 - domain.Month(h.pick("ago", 3))
	_ = h.do(recorder, &domain.ClosePeriod{Code: c, Period: domain.Period{From: m.First(), To: m.Last()}})
}

// dispute raises an objection, or answers the one that waits.
func (h *history) dispute() {
	id := h.person()
	e := h.entry(h.state(id.Stream()).(*domain.Person))
	switch {
	case e == nil:
	case e.Dispute == nil:
		_ = h.do(recorder, &domain.DisputeEntry{Person: id, Entry: e.No, Reason: "不符"})
	default:
		_ = h.do(confirmer, &domain.AnswerDispute{Person: id, Entry: e.No, Dispute: e.Dispute.No, Upheld: h.chance("upheld", 2), Finding: "核对"})
	}
}

// missing reports an entry, or answers the report that waits.
func (h *history) missing() {
	id := h.person()
	p := h.state(id.Stream()).(*domain.Person)
	switch {
	case len(p.Reports) == 0:
		_ = h.do(recorder, &domain.ReportMissingEntry{Person: id, Deed: h.deed(h.community())})
	case h.chance("decline", 3):
		_ = h.do(confirmer, &domain.DeclineMissingEntry{Person: id, Report: p.Reports[0].No, Reason: "核对"})
	default:
		_ = h.do(confirmer, &domain.AcceptMissingEntry{Person: id, Report: p.Reports[0].No})
	}
}
