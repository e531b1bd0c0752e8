package projections

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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
	// Facts are the first of those behind the value that are no one's own: what
	// a person did is counted, and never named.
	Facts     []FactRef
	FactCount int64 // all of them
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
	Day      domain.Day
	Title    string // what it is called
	Sessions int64  // of a course: how many were held in the period
}

// personal reports a fact of what one person did.
func (f FactRef) personal() bool {
	ref, known := domain.ParseStream(f.Stream)
	return !known || ref.Category == domain.PersonCategory
}

// Place names the event within the ledger, as stream@revision; of an activity the
// stream alone, whose revisions count who signed up (0126).
func (f FactRef) Place() string {
	if r := f.Told(); r != nil {
		return fmt.Sprintf("%s@%d", f.Stream, *r)
	}
	return f.Stream
}

// Told is the revision, where it may be told.
func (f FactRef) Told() *uint32 {
	if ref, _ := domain.ParseStream(f.Stream); ref.Category == domain.ActivityCategory {
		return nil
	}
	return &f.Revision
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
	kept := v.measured(code, period, policy)
	out := kept.Scorecard
	out.Items = slices.Clone(out.Items)
	m := measuring{v: v, code: code, period: period, on: on}
	for i, it := range policy.Scorecard.Items {
		if askedAgain(it.Item) {
			out.Items[i] = m.publish(it, kept)
		}
		if out.Items[i].Met {
			out.Met++
		}
	}
	out.Footing = v.groupFooting(d, policy, v.rules.InForceFor(domain.ParticipationKind, d, on))
	out.ChangedAt = max(out.ChangedAt, domain.Size(min(v.size, v.scoresChanged())))
	return out, nil
}

// measuredCard is a scorecard with what those of its items are made of of which
// not everything may be published.
type measuredCard struct {
	Scorecard
	layered, talks, courses []heldSession
	teams                   []teamDay
	aside                   asideOf
}

func (v *View) measured(code domain.CommunityCode, period domain.Period, policy *domain.PolicyVersion) *measuredCard {
	on := v.lastOf(period)
	key := cacheKey{part: partScorecard, division: code.Division(), period: period, number: int64(on), text: refKey(policy)}
	weigh := func(c *measuredCard) int {
		short := 0
		for i := range c.Items {
			short += cap(c.Items[i].Short)
		}
		return 4096 + 100*(maxFacts*len(c.Items)+len(c.layered)+len(c.talks)+len(c.courses)+len(c.teams)) + 16*short + c.aside.weight()
	}
	return part(v, key, v.scoresChanged, weigh, func() *measuredCard {
		m := v.measure(code, period, on)
		out := &measuredCard{Scorecard: Scorecard{Community: code, Period: period, On: on, Policy: policy}}
		var talks, courses []string
		for _, it := range policy.Scorecard.Items {
			item := ScoreItem{}
			switch it.Item {
			case domain.ScoreSessions:
				out.layered = m.layered()
			case domain.ScoreTalks:
				out.talks, talks = m.sessions(domain.Talk, it.Categories), it.Categories
			case domain.ScoreCourses:
				out.courses, courses = m.sessions(domain.Course, it.Categories), it.Categories
			case domain.ScoreTeams:
				out.teams = m.teamDays()
			default:
				if !askedAgain(it.Item) {
					item = m.item(it)
				}
			}
			out.Items = append(out.Items, item)
		}
		out.aside = m.setAside(out, talks, courses)
		return out
	})
}

// scoresChanged is when anything was touched that a scorecard rests on.
func (v *View) scoresChanged() uint32 {
	return max(v.groupChanged(), v.b.changedAt(domain.Division{}, touchesActivity), atomic.LoadUint32(&v.b.giftsAt))
}

// askedAgain are the items that repeat a figure of the community, or tell of what
// few may have done. Whether that is published is asked every time: of the past it
// depends on what came after.
func askedAgain(it domain.ScoreItem) bool {
	switch it {
	case domain.ScoreParticipation, domain.ScoreTraining, domain.ScoreSessions, domain.ScoreTalks, domain.ScoreCourses, domain.ScoreTeams:
		return true
	}
	return false
}

// measuring gathers what the items of one community are made of.
type measuring struct {
	v         *View
	code      domain.CommunityCode
	community uint32 // none when nothing is known of it
	period    domain.Period
	on        domain.Day
	counts    []placedCount
}

// placedCount is a count and the community whose stream states it: this one, or
// one it came to stand for.
type placedCount struct {
	countRow
	code domain.CommunityCode
}

func (r *placedCount) fact() FactRef {
	return FactRef{Stream: r.code.Stream(), Revision: r.revision, Day: r.day, Title: r.title}
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
	for _, c := range v.namesOf(i) {
		for _, r := range v.b.group.counts[c] {
			if r.at < v.size && r.withdrawnAt >= v.size && r.day <= on && v.standsFor(c, r.day) == i {
				m.counts = append(m.counts, placedCount{r, v.b.communities.at(c).code})
			}
		}
	}
	// In an order that streams which do not know each other have no part in: of
	// two counts of one day its own comes behind that of one it stands for.
	slices.SortFunc(m.counts, func(a, b placedCount) int {
		if own := a.code == code; own != (b.code == code) {
			return map[bool]int{true: 1, false: -1}[own]
		}
		return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.at, b.at))
	})
	return m
}

// scoreItem is an item about which nothing is known yet.
func scoreItem(it domain.ScorecardItem) ScoreItem {
	return ScoreItem{Item: it.Item, Every: domain.ScoreRules[it.Item].Every, Target: it.Target}
}

func (m *measuring) item(it domain.ScorecardItem) ScoreItem {
	rule, out := domain.ScoreRules[it.Item], scoreItem(it)
	switch {
	case rule.Counts != "" && domain.CountKinds[rule.Counts].Stock:
		m.stock(&out, rule.Counts)
	case rule.Counts != "":
		m.again(&out, m.counted(&out, rule.Counts))
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
	m.judge(out, func(span domain.Period) (int64, Suppression) { return countIn(span, things), NotSuppressed })
}

func countIn(span domain.Period, things []occasion) (n int64) {
	for _, t := range things {
		if span.Contains(t.day) {
			n += t.n
		}
	}
	return n
}

// judge does so with what may be told of each interval, and why that is not all:
// one that falls short then leaves the item undecided.
func (m *measuring) judge(out *ScoreItem, told func(domain.Period) (int64, Suppression)) {
	hidden := NotSuppressed
	for _, span := range intervals(out.Every, m.period, m.on) {
		out.Value.Den++
		switch n, why := told(span); {
		case n >= out.Target:
			out.Value.Num++
		case why != NotSuppressed:
			hidden = cmp.Or(hidden, why)
		default:
			out.Short = append(out.Short, ScoreSpan{span.From, span.To, n})
		}
	}
	out.Missing = out.Value.Den - out.Value.Num
	out.Unknown = out.Value.Den == 0
	out.Met = out.Value.Den > 0 && out.Missing == 0
	out.withhold(hidden)
}

// withhold takes the value away, if there is a reason.
func (s *ScoreItem) withhold(why Suppression) {
	if why != NotSuppressed {
		s.Value, s.Met, s.Missing, s.Short, s.Unknown, s.Suppressed = domain.Ratio{}, false, 0, nil, true, why
	}
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

// cite counts a fact and names it, unless it stands in somebody's own stream.
func (s *ScoreItem) cite(f FactRef) {
	s.FactCount++
	if !f.personal() && len(s.Facts) < maxFacts {
		s.Facts = append(s.Facts, f)
	}
}

// counted lists what staff entered of a kind.
func (m *measuring) counted(out *ScoreItem, kind domain.CountKind) (things []occasion) {
	for _, r := range m.counts {
		if r.kind == kind && m.period.Contains(r.day) {
			things = append(things, occasion{r.day, max(1, r.count)})
			out.cite(r.fact())
		}
	}
	return things
}

// stock is what there is: of each title the newest count. One room large enough
// is enough; exercise points are judged by the one with the fewest instructors.
func (m *measuring) stock(out *ScoreItem, kind domain.CountKind) {
	newest := map[string]placedCount{}
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
		out.cite(r.fact())
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

// teamDay is a day on which somebody of a team served: the first entry of the day,
// and some of those who served, as many as decide whether they are few.
type teamDay struct {
	team   *groupBook
	fact   FactRef
	people []uint32
}

// teamDays lists the days on which each team of the community served.
func (m *measuring) teamDays() (all []teamDay) {
	v := m.v
	limit := v.crowdLimit()
	for _, g := range v.groupsIn(m.code.Division(), domain.SubjectTeam, m.on) {
		days := map[domain.Day]*teamDay{}
		for _, s := range v.everMembers(g) {
			v.eachRow(s, func(r *entryRow) {
				on := v.countsOn(r)
				if r.flags&entryStudy != 0 || !m.period.Contains(on) || !v.belongs(s, g, domain.Day(r.day)) {
					return
				}
				fact := FactRef{Stream: v.b.persons.at(r.person).id.Stream(), Revision: r.entry, Day: on, Title: v.groupName(g, m.on)}
				x := days[on]
				if x == nil {
					x = &teamDay{team: g, fact: fact}
					days[on] = x
				}
				if compareFacts(fact, x.fact) < 0 {
					x.fact = fact
				}
				if len(x.people) < limit && !slices.Contains(x.people, s.person) {
					x.people = append(x.people, s.person)
				}
			})
		}
		for _, x := range days {
			all = append(all, *x)
		}
	}
	slices.SortFunc(all, func(a, b teamDay) int { return compareFacts(a.fact, b.fact) })
	return all
}

// compareFacts orders facts by day and title, and else by what names them.
func compareFacts(a, b FactRef) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), strings.Compare(a.Title, b.Title), strings.Compare(a.Stream, b.Stream), cmp.Compare(a.Revision, b.Revision))
}

// gifts lists the gifts that stand, quarter by quarter.
func (m *measuring) gifts(out *ScoreItem) (things []occasion) {
	if m.community == none {
		return nil
	}
	for _, j := range m.v.giftsHere(m.community) {
		g := m.v.b.gifts.at(j)
		for _, span := range intervals(out.Every, m.period, m.on) {
			if day := domain.Day(g.day); span.Contains(day) {
				things = append(things, occasion{day, 1})
				out.cite(FactRef{Stream: m.v.b.donations.at(g.donation).id.Stream(), Revision: g.revision, Day: day, Title: m.v.thingsGiven(g)})
			}
		}
	}
	return things
}
