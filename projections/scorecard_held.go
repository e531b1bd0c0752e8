package projections

import (
	"cmp"
	"slices"

	"zhishu/domain"
)

// heldSession is a session of study that a community held, and the first fact
// that says so.
type heldSession struct {
	attendance
	layer string
	about uint64 // what it is a session of: a series, a title, or itself
	fact  FactRef
}

// held lists sessions as occasions.
func held(out *ScoreItem, sessions []heldSession) (things []occasion) {
	for _, s := range sessions {
		things = append(things, occasion{s.counted, 1})
		out.cite(s.fact)
	}
	return things
}

// layered are the sessions held for a layer: a named one once, and others once
// for each day and content; layers apart, as the monthly sessions.
func (m *measuring) layered() []heldSession {
	return onceEach(m.studied(func(l labels) bool { return l.b != "" }))
}

// titled names a session by what a sheet says of it.
type titled struct {
	content uint64
	day     domain.Day
}

// sessions are those held of a kind of activity or of one of the categories:
// attested activities, and what is known from confirmed study alone. An entry
// tells of the activity that it names, or else has title and day of; each
// session counts once, whatever layers took part.
func (m *measuring) sessions(kind domain.ActivityKind, categories []string) []heldSession {
	programme := m.programme(kind, categories)
	all := slices.Clone(programme.attested)
	studied := m.studied(func(l labels) bool { return slices.Contains(categories, l.a) })
	for _, s := range studied {
		if at, known := programme.days[s.content]; s.named && known {
			programme.held[at] = true
		}
	}
	for _, s := range studied {
		s.layer, s.about = "", s.content
		switch at := (titled{s.content, s.day}); {
		case s.named && programme.isAttested[s.content], !s.named && programme.held[at]:
			continue // its session is among the others
		case s.named:
			s.about = cmp.Or(programme.about[s.content], s.content)
		default:
			s.about = cmp.Or(programme.sheets[at], s.content)
		}
		all = append(all, s)
	}
	return onceEach(all)
}

// programme is what the activities of a community say of its sessions, by the
// content that names them in study.
type programme struct {
	about      map[uint64]uint64 // the series, or else the title
	isAttested map[uint64]bool
	days       map[uint64]titled // of those that fit
	sheets     map[titled]uint64 // about, by title and day of those that fit
	held       map[titled]bool   // attested, or named by study
	attested   []heldSession     // in the period
}

func (m *measuring) programme(kind domain.ActivityKind, categories []string) *programme {
	out := &programme{map[uint64]uint64{}, map[uint64]bool{}, map[uint64]titled{}, map[titled]uint64{}, map[titled]bool{}, nil}
	for _, i := range m.v.activitiesIn(m.code.Division(), domain.AllTime) {
		a := m.v.b.activities.at(i)
		p := m.v.planOf(a, m.v.planRow(a))
		named := contentOf(&domain.Deed{Kind: domain.Study, Activity: a.id})
		about := titleContent(cmp.Or(p.Series, p.Title))
		out.about[named] = about
		if p.Kind.EntryKind() != domain.Study || p.Kind != kind && !slices.Contains(categories, p.Category) {
			continue
		}
		at := titled{titleContent(p.Title), p.Start.Day()}
		out.days[named] = at
		if _, twice := out.sheets[at]; !twice {
			out.sheets[at] = about
		}
		if m.v.statusOf(a) != ActivityAttested {
			continue
		}
		out.isAttested[named], out.held[at] = true, true
		if m.period.Contains(at.day) && at.day <= m.on {
			out.attested = append(out.attested, heldSession{
				attendance: attendance{content: named, day: at.day, named: true, counted: at.day}, about: about,
				fact: FactRef{Stream: a.id.Stream(), Revision: a.attestAt, Day: at.day, Title: p.Title},
			})
		}
	}
	return out
}

func titleContent(title string) uint64 {
	return contentOf(&domain.Deed{Kind: domain.Study, Title: title})
}

// studied lists the confirmed study that the community recorded and that counts
// in the period.
func (m *measuring) studied(fits func(labels) bool) (all []heldSession) {
	if m.community == none {
		return nil
	}
	m.v.recordedHere(m.community, func(r *entryRow) {
		l := m.v.b.labels.value(r.label)
		if on := m.v.countsOn(r); r.flags&entryStudy == 0 || !m.period.Contains(on) || on > m.on || !fits(l) {
			return
		}
		all = append(all, heldSession{
			attendance: m.v.attended(r), layer: l.b,
			fact: FactRef{Stream: m.v.b.persons.at(r.person).id.Stream(), Revision: r.entry, Day: domain.Day(r.day)},
		})
	})
	return all
}

// onceEach keeps the first fact of each session: it says when it was held.
func onceEach(all []heldSession) (out []heldSession) {
	slices.SortFunc(all, func(a, b heldSession) int {
		return cmp.Or(cmp.Compare(a.counted, b.counted), compareFacts(a.fact, b.fact))
	})
	type once struct {
		content uint64
		layer   string
		day     domain.Day
		named   bool
	}
	seen := map[once]bool{}
	for _, s := range all {
		k := once{s.content, s.layer, s.day, s.named}
		if s.named {
			k.day = 0
		}
		if !seen[k] {
			seen[k] = true
			out = append(out, s)
		}
	}
	return out
}

// courses counts what the sessions of courses are sessions of: a series, or a
// title where there is none. A session that only a sheet names is a course of
// its own. Each is told with its first attested session, and how many it had.
func courses(out *ScoreItem, sessions []heldSession) {
	place := map[uint64]int{}
	var facts []FactRef
	for _, s := range sessions {
		i, known := place[s.about]
		if !known {
			i = len(facts)
			place[s.about] = i
			facts = append(facts, s.fact)
		}
		if n := facts[i].Sessions; facts[i].personal() {
			facts[i] = s.fact
			facts[i].Sessions = n
		}
		facts[i].Sessions++
	}
	for _, f := range facts {
		out.cite(f)
	}
	out.reach(int64(len(facts)), true)
}
