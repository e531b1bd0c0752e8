package projections

import (
	"cmp"
	"maps"
	"slices"

	"zhishu/domain"
)

// Of a scorecard's sessions, talks and courses those without a number are known
// from people's records alone (see sessions_publish.go). An item that cannot be
// decided without what is withheld is withheld; one that can counts the rest.

// asideOf are the people at a community's sessions without a number, by what the
// scorecard counts them as.
type asideOf struct {
	talks   map[domain.Month]map[uint32]uint64 // what each was at
	courses map[uint32]uint64
	// Of the others, as many as decide whether they are few: those at no talk of a
	// month; those at neither, and at talks alone, of the period.
	notTalks   map[domain.Month][]uint32
	neither    []uint32
	talksAlone []uint32
}

func (a *asideOf) weight() (n int) {
	for _, people := range a.talks {
		n += 32 * len(people)
	}
	return n + 32*len(a.courses) + 64*len(a.notTalks)
}

// setAside sorts the people at sessions without a number.
func (m *measuring) setAside(card *measuredCard, talks, courses []string) asideOf {
	out := asideOf{talks: map[domain.Month]map[uint32]uint64{}, courses: map[uint32]uint64{}, notTalks: map[domain.Month][]uint32{}}
	talk, course := unnumbered(card.talks), unnumbered(card.courses)
	if len(talk)+len(course) == 0 {
		return out
	}
	limit := m.v.crowdLimit()
	note := func(list []uint32, person uint32) []uint32 {
		if len(list) < limit && !slices.Contains(list, person) {
			return append(list, person)
		}
		return list
	}
	m.v.recordedHere(m.community, func(r *entryRow) {
		on := m.v.countsOn(r)
		if r.flags&entryStudy == 0 || r.flags&entryNamed != 0 || !m.period.Contains(on) {
			return
		}
		person, at, form := m.v.subjectOf(r.person).person, titled{r.content, domain.Day(r.day)}, m.v.b.labels.value(r.label).a
		month, isTalk := talk[at]
		_, isCourse := course[at]
		if isTalk && slices.Contains(talks, form) {
			if out.talks[month] == nil {
				out.talks[month] = map[uint32]uint64{}
			}
			out.talks[month][person] += at.print(m.code)
		}
		if isCourse && slices.Contains(courses, form) {
			out.courses[person] += at.print(m.code)
		}
		if !isTalk {
			out.notTalks[on.Month()] = note(out.notTalks[on.Month()], person)
		}
		switch {
		case isCourse:
		case isTalk:
			out.talksAlone = note(out.talksAlone, person)
		default:
			out.neither = note(out.neither, person)
		}
	})
	return out
}

// unnumbered are the sessions without a number, each with the month it counts in.
func unnumbered(sessions []heldSession) map[titled]domain.Month {
	out := map[titled]domain.Month{}
	for _, s := range sessions {
		if !s.named {
			out[titled{s.content, s.day}] = s.counted.Month()
		}
	}
	return out
}

// publish measures an item that is asked again by what may be told of it.
func (m *measuring) publish(it domain.ScorecardItem, card *measuredCard) ScoreItem {
	out := scoreItem(it)
	switch it.Item {
	case domain.ScoreSessions:
		m.publishLayered(&out, card.layered)
	case domain.ScoreTalks:
		why := m.talksHidden(card)
		things := held(&out, shownSessions(card.talks, why))
		m.judge(&out, func(span domain.Period) (int64, Suppression) { return countIn(span, things), why })
	case domain.ScoreCourses:
		why := m.coursesHidden(card)
		if courses(&out, shownSessions(card.courses, why)); !out.Met {
			out.withhold(why)
		}
	case domain.ScoreTeams:
		m.publishTeams(&out, card.teams)
	default:
		return m.item(it)
	}
	return out
}

// shownSessions leaves out those without a number, if there is a reason.
func shownSessions(all []heldSession, why Suppression) []heldSession {
	if why == NotSuppressed {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(s heldSession) bool { return !s.named })
}

// publishLayered repeats the monthly sessions.
func (m *measuring) publishLayered(out *ScoreItem, all []heldSession) {
	hidden := m.v.hiddenSessions(m.code.Division(), m.period, m.on)
	things := held(out, slices.DeleteFunc(slices.Clone(all), func(s heldSession) bool {
		return !s.named && hidden[sessionKey{s.counted.Month(), s.layer}] != NotSuppressed
	}))
	m.judge(out, func(span domain.Period) (int64, Suppression) {
		return countIn(span, things), hidden.month(span.From.Month())
	})
}

// talksHidden is why talks without a number are not told: in some month those who
// were there are too few, or those who were at something else of what the monthly
// sessions count.
func (m *measuring) talksHidden(card *measuredCard) Suppression {
	need, why := m.need(), NotSuppressed
	for month, people := range card.aside.talks {
		switch {
		case few(len(people), need):
			why = SmallGroup
		case why == NotSuppressed && few(len(card.aside.notTalks[month]), need):
			why = Complementary
		}
	}
	return m.orDifference(why, func(other *measuredCard) bool {
		for _, months := range [...]map[domain.Month]map[uint32]uint64{card.aside.talks, other.aside.talks} {
			for month := range months {
				if fewDiffer(card.aside.talks[month], other.aside.talks[month], need) {
					return true
				}
			}
		}
		return false
	})
}

// coursesHidden is the same of courses, which have no months.
func (m *measuring) coursesHidden(card *measuredCard) Suppression {
	need, why := m.need(), NotSuppressed
	switch {
	case len(card.aside.courses) == 0:
	case few(len(card.aside.courses), need):
		why = SmallGroup
	case few(len(card.aside.neither), need) || few(len(card.aside.talksAlone), need):
		why = Complementary
	}
	return m.orDifference(why, func(other *measuredCard) bool { return fewDiffer(card.aside.courses, other.aside.courses, need) })
}

// need is how many persons may be told of.
func (m *measuring) need() int64 { return m.v.smallest(m.code.Division(), m.on) }

func few(n int, need int64) bool { return 0 < n && int64(n) < need }

// orDifference is the reason, or that the same scorecard at another point of view
// is told from this one by too few.
func (m *measuring) orDifference(why Suppression, differ func(*measuredCard) bool) Suppression {
	if m.v.everything {
		return NotSuppressed
	}
	for _, w := range m.v.others() {
		policy := w.rules.InForceFor(domain.ScorecardKind, m.code.Division(), w.lastOf(m.period))
		if why == NotSuppressed && policy != nil && differ(w.measured(m.code, m.period, policy)) {
			return Difference
		}
	}
	return why
}

// publishTeams tells on how many days teams served where that is published of each
// of them, and in no month too few served. Else it tells of an interval only that
// somebody served, of a team whose own figure is published.
func (m *measuring) publishTeams(out *ScoreItem, all []teamDay) {
	hidden, why := m.teamsHidden()
	shown := slices.DeleteFunc(slices.Clone(all), func(x teamDay) bool { return hidden[x.team] })
	few, differs := m.teamMonths(shown)
	if why == NotSuppressed && len(differs) > 0 {
		why = Difference
	}
	told := why == NotSuppressed && len(few) == 0
	var things []occasion
	for _, x := range shown {
		things = append(things, occasion{x.fact.Day, 1})
		if told {
			out.cite(x.fact)
		}
	}
	m.judge(out, func(span domain.Period) (int64, Suppression) {
		days, month := countIn(span, things), span.From.Month()
		switch {
		case told || why == NotSuppressed && days == 0:
			return days, NotSuppressed
		case differs[month]:
			return 0, why
		case few[month]:
			return min(days, 1), cmp.Or(why, SmallGroup)
		}
		return days, cmp.Or(why, Complementary)
	})
}

// teamsHidden are the teams whose own figures of the period are withheld.
func (m *measuring) teamsHidden() (hidden map[*groupBook]bool, why Suppression) {
	hidden = map[*groupBook]bool{}
	if m.v.everything {
		return hidden, why
	}
	for _, g := range m.v.groupsIn(m.code.Division(), domain.SubjectTeam, m.on) {
		if x := m.v.teamWithheld(g, groupFigure{false, m.period, m.on}); x != NotSuppressed {
			hidden[g], why = true, cmp.Or(why, x)
		}
	}
	return hidden, why
}

// teamMonths are the months in which too few served, and those that too few tell
// from today's.
func (m *measuring) teamMonths(shown []teamDay) (few, differs map[domain.Month]bool) {
	few, differs = map[domain.Month]bool{}, map[domain.Month]bool{}
	if m.v.everything {
		return few, differs
	}
	people, teams := map[domain.Month][]uint32{}, map[domain.Month][]*groupBook{}
	for _, x := range shown {
		month := x.fact.Day.Month()
		people[month] = append(people[month], x.people...)
		if !slices.Contains(teams[month], x.team) {
			teams[month] = append(teams[month], x.team)
		}
	}
	need := m.need()
	for month, served := range people {
		few[month] = distinct(served) < need
		span := domain.Period{From: max(m.period.From, month.First()), To: min(m.period.To, month.Last())}
		differs[month] = slices.ContainsFunc(teams[month], func(g *groupBook) bool { return m.v.groupFewDiffer(g.ref, groupFigure{false, span, m.on}) })
	}
	unset := func(_ domain.Month, is bool) bool { return !is }
	maps.DeleteFunc(few, unset)
	maps.DeleteFunc(differs, unset)
	return few, differs
}
