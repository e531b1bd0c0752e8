package figures

import "zhishu/domain"

// bodiesOf makes the body of a version.
func bodiesOf(p *domain.PolicyVersion) (out PolicyBodies) {
	if c := p.Counting; c != nil {
		out.Counting = &CountingPolicy{
			ExcludedCategories: c.ExcludedCategories, ExcludeHonour: c.ExcludeHonour, PresencePercent: c.PresencePercent,
			Minimum: int64(c.Minimum), Deduction: int64(c.Deduction), Floor: int64(c.Floor),
			Rounding: string(c.Rounding), Unit: int64(c.Unit), EntryCap: int64(c.EntryCap), DayCap: int64(c.DayCap),
		}
		for _, w := range c.Weights {
			out.Counting.Weights = append(out.Counting.Weights, Weight(w))
		}
	}
	if s := p.Stars; s != nil {
		out.Stars = &StarScheme{Thresholds: []int64{}, ContinuousMonths: s.ContinuousMonths, ExcludeEarlier: s.ExcludeEarlier}
		for _, t := range s.Thresholds {
			out.Stars.Thresholds = append(out.Stars.Thresholds, int64(t))
		}
		if s.Since != 0 {
			out.Stars.Since = s.Since.String()
		}
		if s.CutOff != 0 {
			out.Stars.CutOff = s.CutOff.String()
		}
	}
	if s := p.Standing; s != nil {
		out.Standing = &StandingScheme{Criteria: []string{}, MinSessions: s.MinSessions, MinMembers: s.MinMembers}
		for _, c := range s.Criteria {
			out.Standing.Criteria = append(out.Standing.Criteria, string(c))
		}
	}
	if c := p.Integrity; c != nil {
		out.Integrity = &IntegrityRule{int64(c.DayMinutes), c.BurstEntries, int64(c.BurstMinutes), c.LateDays}
	}
	if c := p.Closing; c != nil {
		out.Closing = &ClosingRule{Late: string(c.Late)}
	}
	if c := p.Calendar; c != nil {
		out.Calendar = calendarOf(c)
	}
	if d := p.Participation; d != nil {
		out.Participation = &ParticipationRule{Bases: []string{}, MinMinutes: int64(d.MinMinutes), MinPercent: d.MinPercent, SmallestSize: d.SmallestSize, TrainingCategories: d.TrainingCategories}
		for _, b := range d.Bases {
			out.Participation.Bases = append(out.Participation.Bases, string(b))
		}
	}
	if s := p.Scorecard; s != nil {
		out.Scorecard = &ScorecardRule{}
		for _, it := range s.Items {
			out.Scorecard.Items = append(out.Scorecard.Items, ScorecardTarget{string(it.Item), it.Target, it.Categories})
		}
	}
	return out
}

// Fill gives a version the body; the error names the day that is not one.
func (b *PolicyBodies) Fill(p *domain.PolicyVersion) (field string, err error) {
	if c := b.Counting; c != nil {
		p.Counting = &domain.CountingPolicy{
			ExcludedCategories: c.ExcludedCategories, ExcludeHonour: c.ExcludeHonour, PresencePercent: c.PresencePercent,
			Minimum: domain.Minutes(c.Minimum), Deduction: domain.Minutes(c.Deduction), Floor: domain.Minutes(c.Floor),
			Rounding: domain.Rounding(c.Rounding), Unit: domain.Minutes(c.Unit), EntryCap: domain.Minutes(c.EntryCap), DayCap: domain.Minutes(c.DayCap),
		}
		for _, w := range c.Weights {
			p.Counting.Weights = append(p.Counting.Weights, domain.Weight(w))
		}
	}
	if s := b.Stars; s != nil {
		p.Stars = &domain.StarScheme{ContinuousMonths: s.ContinuousMonths, ExcludeEarlier: s.ExcludeEarlier}
		for _, t := range s.Thresholds {
			p.Stars.Thresholds = append(p.Stars.Thresholds, domain.Minutes(t))
		}
		if s.Since != "" {
			if p.Stars.Since, err = domain.ParseDay(s.Since); err != nil {
				return "stars.since", err
			}
		}
		if s.CutOff != "" {
			if p.Stars.CutOff, err = domain.ParseDay(s.CutOff); err != nil {
				return "stars.cutOff", err
			}
		}
	}
	if s := b.Standing; s != nil {
		p.Standing = &domain.StandingScheme{MinSessions: s.MinSessions, MinMembers: s.MinMembers}
		for _, x := range s.Criteria {
			p.Standing.Criteria = append(p.Standing.Criteria, domain.Criterion(x))
		}
	}
	if d := b.Participation; d != nil {
		p.Participation = &domain.ParticipationDefinition{MinMinutes: domain.Minutes(d.MinMinutes), MinPercent: d.MinPercent, SmallestSize: d.SmallestSize, TrainingCategories: d.TrainingCategories}
		for _, x := range d.Bases {
			p.Participation.Bases = append(p.Participation.Bases, domain.PopulationBasis(x))
		}
	}
	if c := b.Integrity; c != nil {
		p.Integrity = &domain.IntegrityPolicy{
			DayMinutes: domain.Minutes(c.DayMinutes), BurstEntries: c.BurstEntries, BurstMinutes: domain.Minutes(c.BurstMinutes), LateDays: c.LateDays,
		}
	}
	if c := b.Closing; c != nil {
		p.Closing = &domain.ClosingPolicy{Late: domain.LateRule(c.Late)}
	}
	if c := b.Calendar; c != nil {
		if p.Calendar, field = c.calendar(); field != "" {
			return field, domain.ErrDay
		}
	}
	if s := b.Scorecard; s != nil {
		p.Scorecard = &domain.Scorecard{}
		for _, x := range s.Items {
			p.Scorecard.Items = append(p.Scorecard.Items, domain.ScorecardItem{Item: domain.ScoreItem(x.Item), Target: x.Target, Categories: x.Categories})
		}
	}
	return "", nil
}
