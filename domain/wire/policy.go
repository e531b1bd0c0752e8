package wire

import "zhishu/domain"

func writePolicyAdopted(w *writer, e *domain.PolicyAdopted) { writePolicyVersion(w, &e.Policy) }

func readPolicyAdopted(r *reader, ref *domain.StreamRef, e *domain.PolicyAdopted) {
	readPolicyVersion(r, ref, &e.Policy)
}

func writePolicyProposed(w *writer, e *domain.PolicyProposed) {
	writePolicyVersion(w, &e.Policy)
	w.text("reason", e.Reason)
}

func readPolicyProposed(r *reader, ref *domain.StreamRef, e *domain.PolicyProposed) {
	readPolicyVersion(r, ref, &e.Policy)
	e.Reason = r.text("reason")
}

func writePolicyApproved(w *writer, e *domain.PolicyApproved) {
	writePolicyID(w, &e.ID)
	w.int("proposal", int64(e.Proposal))
}

func readPolicyApproved(r *reader, ref *domain.StreamRef, e *domain.PolicyApproved) {
	readPolicyID(r, ref, &e.ID)
	e.Proposal = readProposal(r)
}

func writePolicyRefused(w *writer, e *domain.PolicyRefused) {
	writePolicyID(w, &e.ID)
	w.int("proposal", int64(e.Proposal))
	w.text("reason", e.Reason)
}

func readPolicyRefused(r *reader, ref *domain.StreamRef, e *domain.PolicyRefused) {
	readPolicyID(r, ref, &e.ID)
	e.Proposal = readProposal(r)
	e.Reason = r.text("reason")
}

func writePolicyID(w *writer, id *domain.PolicyID) {
	w.text("kind", string(id.Kind))
	w.division("scope", id.Scope)
}

// readPolicyID takes kind and scope from the event, because only there are they
// apart, and holds them against the stream's name.
func readPolicyID(r *reader, ref *domain.StreamRef, id *domain.PolicyID) {
	id.Kind = domain.PolicyKind(r.text("kind"))
	id.Scope = r.division("scope")
	if id.String() != ref.Rest {
		r.fail("the policy is not the one its stream is named after" + r.upcoming("; there is"))
	}
}

func writePolicyVersion(w *writer, p *domain.PolicyVersion) {
	writePolicyID(w, &p.ID)
	w.int("version", int64(p.Version))
	w.text("title", p.Title)
	w.dateOr("from", p.From, domain.MinDay)
	w.dateOr("adopted", p.Adopted, domain.MinDay)
	writeBody(w, "counting", p.Counting, writeCounting)
	writeBody(w, "stars", p.Stars, writeStars)
	writeBody(w, "standing", p.Standing, writeStanding)
	writeBody(w, "participation", p.Participation, writeParticipation)
	writeBody(w, "closing", p.Closing, writeClosing)
	writeBody(w, "integrity", p.Integrity, writeIntegrity)
	writeBody(w, "scorecard", p.Scorecard, writeScorecard)
	writeBody(w, "calendar", p.Calendar, writeCalendar)
}

func readPolicyVersion(r *reader, ref *domain.StreamRef, p *domain.PolicyVersion) {
	readPolicyID(r, ref, &p.ID)
	p.Version = int(r.int("version"))
	p.Title = r.text("title")
	p.From = r.dateOr("from", domain.MinDay)
	p.Adopted = r.dateOr("adopted", domain.MinDay)
	p.Counting = readBody(r, "counting", readCounting)
	p.Stars = readBody(r, "stars", readStars)
	p.Standing = readBody(r, "standing", readStanding)
	p.Participation = readBody(r, "participation", readParticipation)
	p.Closing = readBody(r, "closing", readClosing)
	p.Integrity = readBody(r, "integrity", readIntegrity)
	p.Scorecard = readBody(r, "scorecard", readScorecard)
	p.Calendar = readBody(r, "calendar", readCalendar)
}

func writeBody[T any](w *writer, key string, body *T, write func(*writer, *T)) {
	if body != nil {
		w.key(key)
		w.begin()
		write(w, body)
		w.end()
	}
}

func readBody[T any](r *reader, key string, read func(*reader, *T)) *T {
	if !r.at(key) {
		return nil
	}
	body := new(T)
	r.begin()
	read(r, body)
	r.end()
	return body
}

func writeCounting(w *writer, c *domain.CountingPolicy) {
	writeList(w, "excludedCategories", c.ExcludedCategories, writeText)
	w.flag("excludeHonour", c.ExcludeHonour)
	w.int("minimum", int64(c.Minimum))
	w.text("rounding", string(c.Rounding))
	w.int("unit", int64(c.Unit))
	w.int("entryCap", int64(c.EntryCap))
	w.int("dayCap", int64(c.DayCap))
	w.int("presencePercent", c.PresencePercent)
	w.int("deduction", int64(c.Deduction))
	w.int("floor", int64(c.Floor))
	writeList(w, "weights", c.Weights, writeWeight)
}

func readCounting(r *reader, c *domain.CountingPolicy) {
	c.ExcludedCategories = readList(r, "excludedCategories", readText[string])
	c.ExcludeHonour = r.flag("excludeHonour")
	c.Minimum = r.minutes("minimum")
	c.Rounding = domain.Rounding(r.text("rounding"))
	c.Unit = r.minutes("unit")
	c.EntryCap = r.minutes("entryCap")
	c.DayCap = r.minutes("dayCap")
	c.PresencePercent = r.int("presencePercent")
	c.Deduction = r.minutes("deduction")
	c.Floor = r.minutes("floor")
	c.Weights = readList(r, "weights", readWeight)
}

func writeWeight(w *writer, x *domain.Weight) {
	w.begin()
	w.text("category", x.Category)
	w.int("numerator", x.Numerator)
	w.int("denominator", x.Denominator)
	w.end()
}

func readWeight(r *reader, x *domain.Weight) {
	r.begin()
	x.Category = r.text("category")
	x.Numerator = r.int("numerator")
	x.Denominator = r.int("denominator")
	r.end()
}

func writeStars(w *writer, s *domain.StarScheme) {
	writeList(w, "thresholds", s.Thresholds, func(w *writer, m *domain.Minutes) { w.number(int64(*m)) })
	w.int("continuousMonths", s.ContinuousMonths)
	w.dateOr("since", s.Since, 0)
	w.dateOr("cutOff", s.CutOff, 0)
	w.flag("excludeEarlier", s.ExcludeEarlier)
}

func readStars(r *reader, s *domain.StarScheme) {
	s.Thresholds = readList(r, "thresholds", func(r *reader, m *domain.Minutes) { *m = domain.Minutes(r.integer()) })
	s.ContinuousMonths = r.int("continuousMonths")
	s.Since = r.dateOr("since", 0)
	s.CutOff = r.dateOr("cutOff", 0)
	s.ExcludeEarlier = r.flag("excludeEarlier")
}

func writeStanding(w *writer, s *domain.StandingScheme) {
	writeList(w, "criteria", s.Criteria, writeText)
	w.int("minSessions", s.MinSessions)
	w.int("minMembers", s.MinMembers)
}

func readStanding(r *reader, s *domain.StandingScheme) {
	s.Criteria = readList(r, "criteria", readText[domain.Criterion])
	s.MinSessions = r.int("minSessions")
	s.MinMembers = r.int("minMembers")
}

func writeParticipation(w *writer, d *domain.ParticipationDefinition) {
	writeList(w, "bases", d.Bases, writeText)
	w.int("minMinutes", int64(d.MinMinutes))
	w.int("smallestSize", d.SmallestSize)
	writeList(w, "trainingCategories", d.TrainingCategories, writeText)
	w.int("minPercent", d.MinPercent)
}

func readParticipation(r *reader, d *domain.ParticipationDefinition) {
	d.Bases = readList(r, "bases", readText[domain.PopulationBasis])
	d.MinMinutes = r.minutes("minMinutes")
	d.SmallestSize = r.int("smallestSize")
	d.TrainingCategories = readList(r, "trainingCategories", readText[string])
	d.MinPercent = r.int("minPercent")
}

func writeScorecard(w *writer, s *domain.Scorecard) {
	writeList(w, "items", s.Items, func(w *writer, it *domain.ScorecardItem) {
		w.begin()
		w.text("item", string(it.Item))
		w.int("target", it.Target)
		writeList(w, "categories", it.Categories, writeText)
		w.end()
	})
}

func readScorecard(r *reader, s *domain.Scorecard) {
	s.Items = readList(r, "items", func(r *reader, it *domain.ScorecardItem) {
		r.begin()
		it.Item = domain.ScoreItem(r.text("item"))
		it.Target = r.int("target")
		it.Categories = readList(r, "categories", readText[string])
		r.end()
	})
}
