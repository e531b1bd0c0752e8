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

// asideOf are a community's sessions without a number by what the scorecard counts
// them as. Talks and courses cut the cells of the monthly sessions into parts, each
// with some of the people who were there, as many as decide whether they are few.
type asideOf struct {
	talks   map[domain.Month]gatherings
	courses gatherings
	parts   map[sessionPart][]uint32
}

type sessionPart struct {
	sessionKey
	talk, course bool
}

func (a *asideOf) weight() (n int) {
	for _, held := range a.talks {
		n += held.weight()
	}
	return n + a.courses.weight() + 128*len(a.parts)
}

// setAside sorts the people at sessions without a number.
func (m *measuring) setAside(card *measuredCard, talks, courses []string) asideOf {
	out := asideOf{map[domain.Month]gatherings{}, gatherings{}, map[sessionPart][]uint32{}}
	talk, course := unnumbered(card.talks), unnumbered(card.courses)
	if len(talk)+len(course) == 0 {
		return out
	}
	limit := m.v.crowdLimit()
	m.v.recordedHere(m.community, func(r *entryRow) {
		on := m.v.countsOn(r)
		if r.flags&entryStudy == 0 || r.flags&entryNamed != 0 || !m.period.Contains(on) {
			return
		}
		person, l, at := m.v.subjectOf(r.person).person, m.v.b.labels.value(r.label), gathering{m.community, titled{r.content, domain.Day(r.day)}}
		month, isTalk := talk[at.titled]
		_, isCourse := course[at.titled]
		part := sessionPart{sessionKey{on.Month(), l.b}, isTalk && slices.Contains(talks, l.a), isCourse && slices.Contains(courses, l.a)}
		if part.talk {
			if out.talks[month] == nil {
				out.talks[month] = gatherings{}
			}
			out.talks[month][at] = append(out.talks[month][at], person)
		}
		if part.course {
			out.courses[at] = append(out.courses[at], person)
		}
		if isTalk == part.talk && isCourse == part.course { // else it is of a session that others make one
			if list := out.parts[part]; len(list) < limit && !slices.Contains(list, person) {
				out.parts[part] = append(list, person)
			}
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

// cuts reports why some sessions without a number are not told: the monthly sessions
// withhold a cell that they lie in, or they cut one into parts that are some, but too
// few. Parts that alike makes the same count as one.
func (m *measuring) cuts(parts map[sessionPart][]uint32, of func(sessionPart) bool, alike func(sessionPart) sessionPart) (why Suppression) {
	hidden := m.v.hiddenSessions(m.code.Division(), m.period, m.on)
	people, touched := map[sessionPart][]uint32{}, map[sessionKey]bool{}
	for p, list := range parts {
		k := alike(p)
		people[k] = append(people[k], list...)
		touched[p.sessionKey] = touched[p.sessionKey] || of(p)
	}
	need := m.need()
	for p, list := range people {
		few, x := few(distinct(list), need), hidden[p.sessionKey]
		switch {
		case !touched[p.sessionKey]:
			continue
		case few && of(p):
			return SmallGroup
		case few:
			x = Complementary
		}
		if why == NotSuppressed || NotSuppressed < x && x < why { // whatever the order of a map
			why = x
		}
	}
	return why
}

// talksHidden is why talks without a number are not told.
func (m *measuring) talksHidden(card *measuredCard) Suppression {
	why := m.cuts(card.aside.parts, func(p sessionPart) bool { return p.talk }, func(p sessionPart) sessionPart {
		p.course = false
		return p
	})
	return m.orDifference(why, func(other *measuredCard) bool {
		for _, months := range [...]map[domain.Month]gatherings{card.aside.talks, other.aside.talks} {
			for month := range months {
				if other.aside.talks[month].fewTell(card.aside.talks[month], m.need()) {
					return true
				}
			}
		}
		return false
	})
}

// coursesHidden is the same of courses. Talks that are told cut them, too.
func (m *measuring) coursesHidden(card *measuredCard) Suppression {
	talks := m.talksHidden(card) == NotSuppressed
	why := m.cuts(card.aside.parts, func(p sessionPart) bool { return p.course }, func(p sessionPart) sessionPart {
		p.talk = p.talk && talks
		return p
	})
	return m.orDifference(why, func(other *measuredCard) bool { return other.aside.courses.fewTell(card.aside.courses, m.need()) })
}

// need is how many persons may be told of.
func (m *measuring) need() int64 { return m.v.smallest(m.code.Division(), m.on) }

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
// of them, and in no month too few of any team served: the days of a team are
// published of the whole period, and a month less those would be another's. Else it
// tells of an interval only that somebody served, of a team whose own figure is
// published.
func (m *measuring) publishTeams(out *ScoreItem, all []teamDay) {
	hidden, why := m.teamsHidden()
	shown := slices.DeleteFunc(slices.Clone(all), func(x teamDay) bool { return hidden[x.team] })
	few, cut, differs := m.teamMonths(shown)
	if why == NotSuppressed && len(differs) > 0 {
		why = Difference
	}
	told := why == NotSuppressed && !cut
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

// teamMonths are the months in which too few served, whether too few of some team did
// in any, and the months that too few tell from today's.
func (m *measuring) teamMonths(shown []teamDay) (few map[domain.Month]bool, cut bool, differs map[domain.Month]bool) {
	few, differs = map[domain.Month]bool{}, map[domain.Month]bool{}
	if m.v.everything {
		return few, false, differs
	}
	people := map[domain.Month]map[*groupBook][]uint32{}
	for _, x := range shown {
		month := x.fact.Day.Month()
		if people[month] == nil {
			people[month] = map[*groupBook][]uint32{}
		}
		people[month][x.team] = append(people[month][x.team], x.people...)
	}
	need := m.need()
	for month, teams := range people {
		var all []uint32
		span := domain.Period{From: max(m.period.From, month.First()), To: min(m.period.To, month.Last())}
		for g, served := range teams {
			all = append(all, served...)
			cut = cut || distinct(served) < need
			differs[month] = differs[month] || m.v.teamFewDiffer(g, groupFigure{false, span, m.on})
		}
		few[month] = distinct(all) < need
	}
	unset := func(_ domain.Month, is bool) bool { return !is }
	maps.DeleteFunc(few, unset)
	maps.DeleteFunc(differs, unset)
	return few, cut, differs
}
