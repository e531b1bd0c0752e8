package projections

import (
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// Scorecard is the standard of a learning community (学习型社区标准) measured in
// one community and period. A target that is to be met every week, month or
// quarter is judged by those that are over.
type Scorecard struct {
	Footing
	Community domain.CommunityCode
	Period    domain.Period
	On        domain.Day
	Policy    *domain.PolicyVersion
	Items     []ScoreItem
	Met       int64
}

// ScoreItem is one item: target, value, and what is missing.
type ScoreItem struct {
	Item   domain.ScoreItem
	Every  domain.Every
	Target int64
	// Value is a count, or of a percentage the exact ratio. Of what is to be met
	// again and again it is how often it was, to how often it should have been.
	Value   domain.Ratio
	Met     bool
	Missing int64       // to the target, in its unit; of intervals: how many fall short
	Short   []ScoreSpan // 还差: the intervals that fall short
	// Unknown: nothing was entered, or the figure is withheld.
	Unknown    bool
	Suppressed Suppression
	Facts      []FactRef // the first of the facts behind the value
	FactCount  int64     // all of them
}

// ScoreSpan is an interval that falls short of its target.
type ScoreSpan struct {
	From, To domain.Day
	Value    int64
}

// FactRef names a fact: its stream and the revision of the event that stated it.
type FactRef struct {
	Stream   string
	Revision uint32
}

// maxFacts bounds the facts listed behind an item.
const maxFacts = 20

// Scorecard measures a community against the scorecard in force there on the
// period's last day, or the view's if that is earlier.
func (v *View) Scorecard(code domain.CommunityCode, period domain.Period) (Scorecard, error) {
	on := v.lastOf(period)
	d := code.Division()
	policy := v.rules.InForceFor(domain.ScorecardKind, d, on)
	if policy == nil {
		return Scorecard{}, ErrNoPolicy
	}
	key := cacheKey{part: partScorecard, division: d, period: period, number: int64(on), text: refKey(policy)}
	changed := func() uint32 { return max(v.groupChanged(), atomic.LoadUint32(&v.b.giftsAt)) }
	weigh := func(s *Scorecard) int { return 4096 }
	out := *part(v, key, changed, weigh, func() *Scorecard {
		m := v.measure(code, period, on)
		out := &Scorecard{Community: code, Period: period, On: on, Policy: policy}
		for _, it := range policy.Scorecard.Items {
			item := ScoreItem{}
			if !ofFigures(it.Item) {
				item = m.item(it)
			}
			out.Items = append(out.Items, item)
		}
		return out
	})
	out.Items = slices.Clone(out.Items)
	m := measuring{v: v, code: code, period: period, on: on}
	for i, it := range policy.Scorecard.Items {
		if ofFigures(it.Item) {
			out.Items[i] = m.item(it)
		}
		if out.Items[i].Met {
			out.Met++
		}
	}
	out.Footing = v.groupFooting(d, policy)
	return out, nil
}

// ofFigures are the items that repeat a figure of the community. Whether that is
// published is asked every time: of the past it depends on what came after.
func ofFigures(it domain.ScoreItem) bool {
	return it == domain.ScoreParticipation || it == domain.ScoreTraining
}

// measuring gathers what the items of one community are made of.
type measuring struct {
	v         *View
	code      domain.CommunityCode
	community uint32 // none when nothing is known of it
	period    domain.Period
	on        domain.Day
	counts    []countRow
}

func (v *View) measure(code domain.CommunityCode, period domain.Period, on domain.Day) *measuring {
	m := &measuring{v: v, code: code, community: none, period: period, on: on}
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	i, ok := v.b.codes[code]
	if !ok {
		return m
	}
	m.community = i
	for c, rows := range v.b.group.counts {
		for _, r := range rows {
			if r.at < v.size && r.withdrawnAt >= v.size && r.day <= on && v.standsFor(c, r.day) == i {
				m.counts = append(m.counts, r)
			}
		}
	}
	slices.SortFunc(m.counts, func(a, b countRow) int { return int(int64(a.at) - int64(b.at)) })
	return m
}

func (m *measuring) item(it domain.ScorecardItem) ScoreItem {
	rule := domain.ScoreRules[it.Item]
	out := ScoreItem{Item: it.Item, Every: rule.Every, Target: it.Target}
	switch {
	case rule.Counts != "" && domain.CountKinds[rule.Counts].Stock:
		m.stock(&out, rule.Counts)
	case rule.Counts != "":
		m.again(&out, m.counted(&out, rule.Counts))
	case it.Item == domain.ScoreSessions:
		m.again(&out, m.held(&out, func(r *entryRow, l labels) bool { return l.b != "" }))
	case it.Item == domain.ScoreTalks:
		m.again(&out, m.held(&out, func(_ *entryRow, l labels) bool { return slices.Contains(it.Categories, l.a) }))
	case it.Item == domain.ScoreCourses:
		m.courses(&out, it.Categories)
	case it.Item == domain.ScoreTeams:
		m.again(&out, m.teamDays(&out))
	case it.Item == domain.ScoreDonations:
		m.again(&out, m.gifts(&out))
	default:
		m.ratio(&out, it)
	}
	return out
}

// occasion is something that counts n on a day.
type occasion struct {
	day domain.Day
	n   int64
}

// again judges a target that is to be met in every interval that is over.
func (m *measuring) again(out *ScoreItem, things []occasion) {
	for _, span := range intervals(out.Every, m.period, m.on) {
		n := int64(0)
		for _, t := range things {
			if span.Contains(t.day) {
				n += t.n
			}
		}
		out.Value.Den++
		if n >= out.Target {
			out.Value.Num++
			continue
		}
		out.Short = append(out.Short, ScoreSpan{span.From, span.To, n})
	}
	out.Missing = out.Value.Den - out.Value.Num
	out.Unknown = out.Value.Den == 0
	out.Met = out.Value.Den > 0 && out.Missing == 0
}

// intervals are the whole weeks, months or quarters of a period that are over.
// A period without a beginning has none.
func intervals(every domain.Every, p domain.Period, on domain.Day) (out []domain.Period) {
	if p.From <= domain.MinDay {
		return nil
	}
	to := min(p.To, on)
	switch every {
	case domain.EveryWeek:
		monday := p.From + (7-(p.From+3)%7)%7 // 1970-01-01 was a Thursday
		for d := monday; d+6 <= to; d += 7 {
			out = append(out, domain.Period{From: d, To: d + 6})
		}
	case domain.EveryMonth, domain.EveryQuarter:
		months := domain.Month(1)
		if every == domain.EveryQuarter {
			months = 3
		}
		first := p.From.Month()
		if first.First() < p.From {
			first++
		}
		if r := first % months; r != 0 {
			first += months - r
		}
		for ; (first + months - 1).Last() <= to; first += months {
			out = append(out, domain.Period{From: first.First(), To: (first + months - 1).Last()})
		}
	}
	return out
}

func (s *ScoreItem) cite(stream string, revision uint32) {
	s.FactCount++
	if len(s.Facts) < maxFacts {
		s.Facts = append(s.Facts, FactRef{stream, revision})
	}
}

// counted lists what staff entered of a kind.
func (m *measuring) counted(out *ScoreItem, kind domain.CountKind) (things []occasion) {
	for _, r := range m.counts {
		if r.kind == kind && m.period.Contains(r.day) {
			things = append(things, occasion{r.day, max(1, r.count)})
			out.cite(m.code.Stream(), r.revision)
		}
	}
	return things
}

// stock is what there is: of each title the newest count. One room large enough
// is enough; exercise points are judged by the one with the fewest instructors.
func (m *measuring) stock(out *ScoreItem, kind domain.CountKind) {
	newest := map[string]countRow{}
	for _, r := range m.counts {
		if old, ok := newest[r.title]; r.kind == kind && (!ok || r.day >= old.day) {
			newest[r.title] = r
		}
	}
	value, found := int64(0), false
	for _, r := range m.counts {
		if r.kind != kind || newest[r.title].at != r.at {
			continue
		}
		out.cite(m.code.Stream(), r.revision)
		switch {
		case !found:
			value = r.count
		case kind == domain.ExercisePoint:
			value = min(value, r.count)
		case kind == domain.LibraryBooks:
			value += r.count
		default:
			value = max(value, r.count)
		}
		found = true
	}
	out.reach(value, found)
}

// reach judges a plain count.
func (s *ScoreItem) reach(value int64, known bool) {
	s.Value, s.Unknown = domain.Ratio{Num: value, Den: 1}, !known
	s.Missing = max(0, s.Target-value)
	s.Met = known && s.Missing == 0
}

// held lists the sessions the community held of which a row fits.
func (m *measuring) held(out *ScoreItem, fits func(*entryRow, labels) bool) (things []occasion) {
	for _, s := range m.sessions(fits) {
		things = append(things, occasion{s.counted, 1})
		out.cite(s.fact.Stream, s.fact.Revision)
	}
	return things
}

type heldSession struct {
	attendance
	layer string
	fact  FactRef
}

// sessions reduces confirmed study to the sessions held: a named one once, and
// others once for each day and content; layers apart, as the monthly sessions.
func (m *measuring) sessions(fits func(*entryRow, labels) bool) (out []heldSession) {
	if m.community == none {
		return nil
	}
	var all []heldSession
	m.v.recordedHere(m.community, func(r *entryRow) {
		l := m.v.b.labels.value(r.label)
		if on := m.v.countsOn(r); r.flags&entryStudy == 0 || !m.period.Contains(on) || on > m.on || !fits(r, l) {
			return
		}
		all = append(all, heldSession{
			m.v.attended(r), l.b,
			FactRef{m.v.b.persons.at(r.person).id.Stream(), r.entry},
		})
	})
	slices.SortFunc(all, func(a, b heldSession) int {
		if a.counted != b.counted { // the first of a session says when it was held
			return int(a.counted - b.counted)
		}
		if a.day != b.day {
			return int(a.day - b.day)
		}
		if a.fact.Stream != b.fact.Stream {
			return compareText(a.fact.Stream, b.fact.Stream)
		}
		return int(int64(a.fact.Revision) - int64(b.fact.Revision))
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

func compareText(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

// courses counts distinct contents: a title, or a named course.
func (m *measuring) courses(out *ScoreItem, categories []string) {
	seen := map[uint64]bool{}
	for _, s := range m.sessions(func(_ *entryRow, l labels) bool { return slices.Contains(categories, l.a) }) {
		if !seen[s.content] {
			seen[s.content] = true
			out.cite(s.fact.Stream, s.fact.Revision)
		}
	}
	out.reach(int64(len(seen)), true)
}

// teamDays lists the days on which each team of the community served.
func (m *measuring) teamDays(out *ScoreItem) (things []occasion) {
	v := m.v
	for _, g := range v.groupsIn(m.code.Division(), domain.SubjectTeam, m.on) {
		days := map[domain.Day]bool{}
		for _, s := range v.everMembers(g) {
			v.eachRow(s, func(r *entryRow) {
				day := domain.Day(r.day)
				if on := v.countsOn(r); r.flags&entryStudy == 0 && m.period.Contains(on) && !days[on] && v.belongs(s, g, day) {
					days[on] = true
				}
			})
		}
		for day := range days {
			things = append(things, occasion{day, 1})
		}
	}
	out.FactCount = int64(len(things))
	return things
}

// gifts lists the gifts that stand, quarter by quarter.
func (m *measuring) gifts(out *ScoreItem) (things []occasion) {
	for _, span := range intervals(out.Every, m.period, m.on) {
		if sum, err := m.v.Donations(DonationFilter{Division: m.code.Division(), Period: span}); err == nil && sum.Total.Count > 0 {
			things = append(things, occasion{span.From, sum.Total.Count})
			out.FactCount += sum.Total.Count
		}
	}
	return things
}
