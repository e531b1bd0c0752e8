package wire

import "zhishu/domain"

func writePolicyAdopted(w *writer, e *domain.PolicyAdopted) {
	p := &e.Policy
	w.text("kind", string(p.ID.Kind))
	w.division("scope", p.ID.Scope)
	w.int("version", int64(p.Version))
	w.text("title", p.Title)
	w.dateOr("from", p.From, domain.MinDay)
	w.dateOr("adopted", p.Adopted, domain.MinDay)
	writeBody(w, "counting", p.Counting, writeCounting)
	writeBody(w, "stars", p.Stars, writeStars)
	writeBody(w, "standing", p.Standing, writeStanding)
	writeBody(w, "participation", p.Participation, writeParticipation)
	writeBody(w, "closing", p.Closing, writeClosing)
	writeBody(w, "scorecard", p.Scorecard, writeScorecard)
}

// readPolicyAdopted takes kind and scope from the event, because only there
// are they apart, and holds them against the stream's name.
func readPolicyAdopted(r *reader, ref *domain.StreamRef, e *domain.PolicyAdopted) {
	p := &e.Policy
	p.ID.Kind = domain.PolicyKind(r.text("kind"))
	p.ID.Scope = r.division("scope")
	if p.ID.String() != ref.Rest {
		r.fail("the policy is not the one its stream is named after" + r.upcoming("; there is"))
	}
	p.Version = int(r.int("version"))
	p.Title = r.text("title")
	p.From = r.dateOr("from", domain.MinDay)
	p.Adopted = r.dateOr("adopted", domain.MinDay)
	p.Counting = readBody(r, "counting", readCounting)
	p.Stars = readBody(r, "stars", readStars)
	p.Standing = readBody(r, "standing", readStanding)
	p.Participation = readBody(r, "participation", readParticipation)
	p.Closing = readBody(r, "closing", readClosing)
	p.Scorecard = readBody(r, "scorecard", readScorecard)
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
}

func readCounting(r *reader, c *domain.CountingPolicy) {
	c.ExcludedCategories = readList(r, "excludedCategories", readText[string])
	c.ExcludeHonour = r.flag("excludeHonour")
	c.Minimum = r.minutes("minimum")
	c.Rounding = domain.Rounding(r.text("rounding"))
	c.Unit = r.minutes("unit")
	c.EntryCap = r.minutes("entryCap")
	c.DayCap = r.minutes("dayCap")
}

func writeStars(w *writer, s *domain.StarScheme) {
	writeList(w, "thresholds", s.Thresholds, func(w *writer, m *domain.Minutes) { w.number(int64(*m)) })
}

func readStars(r *reader, s *domain.StarScheme) {
	s.Thresholds = readList(r, "thresholds", func(r *reader, m *domain.Minutes) { *m = domain.Minutes(r.integer()) })
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
}

func readParticipation(r *reader, d *domain.ParticipationDefinition) {
	d.Bases = readList(r, "bases", readText[domain.PopulationBasis])
	d.MinMinutes = r.minutes("minMinutes")
	d.SmallestSize = r.int("smallestSize")
	d.TrainingCategories = readList(r, "trainingCategories", readText[string])
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
