package projections

import "zhishu/domain"

// presentRules has presence asked for from the beginning, now and then: as the
// activities were scheduled, or else by the clock.
func (h *history) presentRules() {
	adopt := func(v domain.PolicyVersion) {
		v.Version, v.Title, v.From, v.Adopted = h.state(v.ID.Stream()).(*domain.Policy).Latest.Version+1, "到场", day(h.t, firstDay), h.now.Day()
		h.record(v.ID.Stream(), &domain.PolicyAdopted{Policy: v}, recorder)
	}
	if h.chance("presence in service", 2) {
		adopt(domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.CountingKind},
			Counting: &domain.CountingPolicy{Rounding: domain.RoundNone, PresencePercent: int64(30 + h.pick("percent", 70))}})
	}
	if h.chance("presence in study", 2) {
		adopt(domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.ParticipationKind}, Participation: &domain.ParticipationDefinition{
			Bases: []domain.PopulationBasis{domain.RegisteredMembers}, MinPercent: int64(30 + h.pick("percent", 70))}})
	}
}

// comeAgain has somebody attend a further part of what they attended, under the
// same number or, where there are two, under another.
func (h *history) comeAgain() {
	id := h.person()
	for _, e := range h.state(id.Stream()).(*domain.Person).Entries {
		if e.Deed.Scheduled.Minutes == 0 {
			continue
		}
		d := e.Deed
		if d.Span = (domain.Span{Day: d.Span.Day, Minutes: domain.Minutes(1 + h.pick("again", 60))}); h.chance("clocked", 2) {
			start := e.Deed.Span.Day.Start() + domain.Instant(h.pick("minute", 24*60))*60_000
			d.Span = domain.Span{Start: start, End: start + domain.Instant(d.Span.Minutes)*60_000}
		}
		who := id
		if h.chance("another", 3) {
			who = h.person()
		}
		if e.Status == domain.Claimed {
			_ = h.do(confirmer, &domain.ConfirmEntry{Person: id, Entry: e.No})
		}
		if h.do(recorder, &domain.ClaimEntry{Person: who, Deed: d}) == nil {
			_ = h.do(confirmer, &domain.ConfirmEntry{Person: who, Entry: h.lastEntry(who)})
		}
		return
	}
}

// scheduledSessions gives every community of a crowded ledger a session, at which
// most of its members and some others were for a part of its hour.
func (h *history) scheduledSessions() {
	for i, c := range h.codes {
		start := day(h.t, "2025-04-15").Start() + domain.Instant(9+i)*3_600_000
		id := activity(300 + i)
		h.must(recorder, &domain.ScheduleActivity{Activity: id, Plan: domain.Plan{
			Kind: domain.StudySession, Title: "讲座", Community: c, Start: start, End: start + 3_600_000}})
		for n := range h.people {
			if home := domain.CommunityOn(h.state(person(n).Stream()).(*domain.Person).Memberships, start.Day()); home != c && !h.chance("visits", 15) || h.chance("stays away", 4) {
				continue
			}
			span := domain.Span{Day: start.Day(), Minutes: domain.Minutes(10 * (1 + h.pick("tens", 6)))}
			if h.do(recorder, &domain.EnterAttendance{Person: person(n), Activity: id, Span: span, Evidence: []domain.Evidence{{Kind: "签到表"}}}) == nil {
				h.must(confirmer, &domain.ConfirmEntry{Person: person(n), Entry: h.lastEntry(person(n))})
			}
		}
	}
}
