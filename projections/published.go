package projections

import (
	"fmt"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// smallestGroup is what a group has at least where no definition says more.
const smallestGroup = 5

// figureKind is what a figure counts, as far as it matters for withholding.
type figureKind uint8

const (
	serviceFigure  figureKind = iota // confirmed service of the members of a day
	studyFigure                      // confirmed study by the membership on its day
	monthlyFigure                    // the same, month by month
	trainingFigure                   // members with a course, and the members without
)

// figureRule is a kind of figure with what its definition counts.
type figureRule struct {
	kind       figureKind
	least      domain.Least
	categories []string // of training
}

func trainingRule(p *domain.ParticipationDefinition) figureRule {
	return figureRule{trainingFigure, p.Least(), p.Training()}
}

// under is the same kind of figure under another definition.
func (f figureRule) under(p *domain.ParticipationDefinition) figureRule {
	if f.kind == trainingFigure {
		return trainingRule(p)
	}
	return figureRule{kind: f.kind, least: p.Least()}
}

// key names the rule within a cache key.
func (f figureRule) key() string {
	return fmt.Sprintf("%d %d %q", f.kind, leastKey(f.least), f.categories)
}

// disclosure says which divisions' figures of one kind may not be published.
type disclosure struct {
	withheld map[domain.Division]Suppression
	need     func(domain.Division) int64
}

// of is why a division's figure is withheld. A division of which the ledger
// knows no community is one without anybody: when a community became known must
// decide nothing.
func (d *disclosure) of(div domain.Division) Suppression {
	why, known := d.withheld[div]
	if !known && d.need(div) > 0 {
		return SmallGroup
	}
	return why
}

// disclosure decides over the whole ledger, because a division's figure may
// have to be withheld for the sake of one far away. A period without days asks
// for service.
func (v *View) disclosure(f figureRule, period domain.Period, on domain.Day) *disclosure {
	if v.base != nil {
		return v.base.disclosure(f, period, on)
	}
	key := cacheKey{part: partDisclosure, period: period, number: int64(on), text: f.key()}
	changed := func() uint32 { return v.b.changedAt(domain.Division{}, touchMembers) }
	weigh := func(d *disclosure) int { return 48 * len(d.withheld) }
	return part(v, key, changed, weigh, func() *disclosure {
		w := withholding{limit: v.crowdLimit()}
		postings := parallel(v.b.communitiesIn(domain.Division{}), func(c codeNumber) *posting {
			x := &posting{division: c.code.Division()}
			x.whole.members = v.membersOn(c, on)
			if x.whole.acting = v.acting(passOf(f), c, period, on, w.limit); f.kind == studyFigure {
				x.whole.acting = x.whole.acting.only(wholePeriod)
			}
			return x
		})
		root := tree(postings)
		v.needOf(root, on)
		w.decide(root)
		out := &disclosure{map[domain.Division]Suppression{}, func(d domain.Division) int64 { return v.smallest(d, on) }}
		var note func(*posting)
		note = func(c *posting) {
			out.withheld[c.division] = c.why
			for _, child := range c.children {
				note(child)
			}
		}
		note(root)
		if f.kind == studyFigure {
			v.besideMonths(out, f, period, on)
		}
		return out
	})
}

// passOf is the pass over a community's study that finds who acted: the one month
// by month serves both, and the plan of the months is asked for anyway.
func passOf(f figureRule) figureRule {
	if f.kind == studyFigure {
		f.kind = monthlyFigure
	}
	return f
}

// needOf asks every division for the rule that is in force there.
func (v *View) needOf(c *posting, on domain.Day) {
	c.whole.need = v.smallest(c.division, on)
	for _, child := range c.children {
		v.needOf(child, on)
	}
}

// smallest is the size below which a group of the division is not published.
func (v *View) smallest(d domain.Division, on domain.Day) int64 {
	if v.base != nil {
		return v.base.smallest(d, on)
	}
	if p := v.rules.InForceFor(domain.ParticipationKind, d, on); p != nil {
		return p.Participation.SmallestSize
	}
	return smallestGroup
}

// crowdLimit is how many persons settle every question of too few.
func (v *View) crowdLimit() int {
	most := int64(smallestGroup)
	versions := v.rules.Versions(domain.ParticipationKind)
	for i := range versions {
		most = max(most, versions[i].Participation.SmallestSize)
	}
	return int(most)
}

// acting lists the persons behind a community's figure, by cell and no more
// than the limit of each.
func (v *View) acting(rule figureRule, c codeNumber, period domain.Period, on domain.Day, limit int) actors {
	key := cacheKey{part: partActing, division: c.code.Division(), period: period, number: int64(on)<<16 | int64(limit), text: rule.key()}
	kinds := uint32(1 << touchStudy)
	switch rule.kind {
	case serviceFigure:
		kinds = 1 << touchService
	case trainingFigure:
		kinds = touchMembers
	}
	weigh := func(a actors) int { return (64 + 4*limit) * len(a) }
	return part(v, key, v.changed(c, kinds), weigh, func() actors {
		f := actingFold{v: v, rule: rule, period: period, limit: limit, found: actors{}}
		v.membersOf(c.number, func(s subject, settled bool) {
			switch {
			case f.full():
			case rule.kind == trainingFigure:
				f.training(s, c, on, settled)
			case rule.kind != serviceFigure:
				f.study(s, func(d domain.Day) bool {
					if settled {
						return v.memberOn(s.person, d) != none
					}
					return v.homeOn(s, d) == c.number
				})
			case v.homeOn(s, on) == c.number && v.serves(s):
				f.add(wholePeriod, s.person)
			}
		})
		return f.found
	})
}

// serves reports whether a subject has confirmed service.
func (v *View) serves(s subject) bool {
	for _, i := range append([]uint32{s.person}, s.others...) {
		for j := atomic.LoadUint32(&v.b.persons.at(i).entries); j != none; {
			r := v.b.entries.at(j)
			if r.flags&entryStudy == 0 && v.counted(r) {
				return true
			}
			j = r.prev
		}
	}
	return false
}

// actingFold collects the persons behind a community's figure.
type actingFold struct {
	v      *View
	rule   figureRule
	period domain.Period
	limit  int
	found  actors
}

// full reports that nobody else can change what is decided.
func (f *actingFold) full() bool {
	if len(f.found[wholePeriod]) < f.limit {
		return false
	}
	switch f.rule.kind {
	case serviceFigure:
		return true
	case trainingFigure:
		return len(f.found[untrained]) >= f.limit && !slices.ContainsFunc(segments[:], func(digits int) bool {
			return len(f.found[untrained+domain.Month(digits)]) < f.limit
		})
	}
	for _, list := range f.found {
		if len(list) < f.limit {
			return false
		}
	}
	return len(f.found)-1 > int(min(f.period.To, f.v.day).Month()-f.period.From.Month())
}

func (f *actingFold) study(s subject, belongs func(domain.Day) bool) {
	f.v.eachRow(s, func(r *entryRow) {
		on := f.v.countsOn(r)
		if r.flags&entryStudy == 0 || !f.period.Contains(on) || !belongs(domain.Day(r.day)) || !f.v.enough(s, r, f.rule.least) {
			return
		}
		f.add(wholePeriod, s.person)
		if f.rule.kind == monthlyFigure {
			f.add(on.Month(), s.person)
		}
	})
}

// training notes a subject as trained in a community, and as a member without a
// course in every division of it where they took none: who moved may have taken
// one in the street and none in the community.
func (f *actingFold) training(s subject, c codeNumber, on domain.Day, settled bool) {
	trained := f.v.trained(s, c.code.Division(), f.period, f.rule)
	if trained {
		f.add(wholePeriod, s.person)
	}
	if trained || f.v.homeOn(s, on) != c.number {
		return
	}
	for _, digits := range append([]int{0}, segments[:]...) {
		if settled || !f.v.trained(s, c.code.Division().Up(digits), f.period, f.rule) {
			f.add(untrained+domain.Month(digits), s.person)
		}
	}
}

func (f *actingFold) add(month domain.Month, person uint32) {
	if list := f.found[month]; len(list) < f.limit && !slices.Contains(list, person) {
		f.found[month] = append(list, person)
	}
}

// publishRates withholds of a participation figure what may not be published.
func (v *View) publishRates(p *Participation, rule *domain.ParticipationDefinition) {
	if v.everything {
		return
	}
	p.Suppressed, p.Monthly = v.ratesWithheld(p.Division, p.Period, p.On, rule.Least())
	if p.Suppressed == NotSuppressed {
		v.publishOutside(&p.Outside, p.Division, p.On, func(w *View) []*herePart {
			return w.studyHereParts(p.Division, p.Period, w.least(p.Division, p.On))
		})
	} else {
		p.Participants, p.PersonTimes, p.Minutes, p.Outside, p.Rates = 0, 0, 0, Outside{}, nil
	}
	hidden := v.hiddenSessions(p.Division, p.Period, p.On)
	p.Months = slices.Clone(p.Months)
	for i := range p.Months {
		m := &p.Months[i]
		if p.Monthly != NotSuppressed {
			m.PersonTimes, m.Minutes = 0, 0
		}
		m.Sessions, m.Withheld = hidden.publish(m.Month, m.Sessions)
	}
}

// ratesWithheld is why a participation figure is withheld, and its months.
func (v *View) ratesWithheld(d domain.Division, period domain.Period, on domain.Day, least domain.Least) (whole, months Suppression) {
	study := figureRule{kind: studyFigure, least: least}
	if whole, months = v.planOfRates(d, period, on, least); whole == NotSuppressed && v.fewDiffer(d, period, study, on) {
		whole = Difference
	}
	if whole != NotSuppressed {
		return whole, whole
	}
	if months == NotSuppressed && v.fewDifferMonthly(d, period, study, on) {
		months = Difference
	}
	return v.monthsAsElsewhere(d, period, study, on, months)
}

// planOfRates is what the plans of one point of view say by themselves.
func (v *View) planOfRates(d domain.Division, period domain.Period, on domain.Day, least domain.Least) (whole, months Suppression) {
	if whole = v.disclosure(figureRule{kind: studyFigure, least: least}, period, on).of(d); whole != NotSuppressed {
		return whole, whole
	}
	return whole, v.disclosure(figureRule{kind: monthlyFigure, least: least}, period, on).of(d)
}

// least is what an attendance comes to at least that counts for the rates.
func (v *View) least(d domain.Division, on domain.Day) domain.Least {
	if p := v.rules.InForceFor(domain.ParticipationKind, d, on); p != nil {
		return p.Participation.Least()
	}
	return domain.Least{}
}

// publishTraining withholds a training rate. Whoever was not trained is found by
// subtraction, so the rest counts, too; where people move it is not quite the
// members without a course, and those who tell it from the rest of a division
// above may not be few either.
func (v *View) publishTraining(t *Training, rule *domain.ParticipationDefinition) {
	if v.everything {
		return
	}
	training, rest := trainingRule(rule), t.Members-t.Trained
	plan, few := v.disclosure(training, t.Period, t.On), func(n int64) bool { return 0 < n && n < v.smallest(t.Division, t.On) }
	t.Suppressed = plan.of(t.Division)
	switch {
	case t.Suppressed != NotSuppressed:
	case few(rest):
		t.Suppressed = SmallGroup
	case slices.ContainsFunc(t.apart, func(x apartFrom) bool { return few(x.persons) && plan.of(x.above) == NotSuppressed }):
		t.Suppressed = Complementary
	case v.fewDiffer(t.Division, t.Period, training, t.On):
		t.Suppressed = Difference
	}
	if t.Suppressed != NotSuppressed {
		t.Trained, t.Members = 0, 0
	}
}

// publishStars withholds a star board, or of its rows the communities whose own
// boards are withheld: which of the division's members belong to them would
// tell what those boards do not.
func (v *View) publishStars(b *StarBoard) {
	if v.everything {
		return
	}
	published := v.disclosure(figureRule{kind: serviceFigure}, domain.AllTime, v.day)
	if b.Suppressed = published.of(b.Division); b.Suppressed != NotSuppressed {
		b.Members, b.Active, b.ByStars, b.Totals, b.Outside, b.Rows, b.Next = 0, 0, nil, StarTotals{}, Outside{}, nil, ""
		return
	}
	for i := range b.Rows {
		if published.of(b.Rows[i].Community.Division()) != NotSuppressed {
			b.Rows[i].Community = 0
		}
	}
	v.publishOutside(&b.Outside, b.Division, v.day, func(w *View) []*herePart { return parallel(w.b.communitiesIn(b.Division), w.serviceHere) })
}

// publishStanding withholds a ranking.
func (v *View) publishStanding(b *StandingBoard) {
	if v.everything {
		return
	}
	on := v.lastOf(b.Period)
	if b.Suppressed = v.disclosure(figureRule{kind: studyFigure}, b.Period, on).of(b.Division); b.Suppressed != NotSuppressed {
		b.Ranked, b.Unranked, b.Totals, b.Outside, b.Rows, b.Next = 0, 0, domain.StudyTally{}, Outside{}, nil, ""
		return
	}
	v.publishOutside(&b.Outside, b.Division, on, func(w *View) []*herePart { return w.studyHereParts(b.Division, b.Period, domain.Least{}) })
}

// publishPlace leaves a person's own study in a ranking that is withheld, and
// takes away what tells of the others.
func (v *View) publishPlace(r *StandingRow, d domain.Division, period domain.Period) {
	if v.everything {
		return
	}
	if r.Suppressed = v.disclosure(figureRule{kind: studyFigure}, period, v.lastOf(period)).of(d); r.Suppressed == NotSuppressed {
		return
	}
	r.Rank, r.Decisive = 0, ""
	for i := range r.Criteria {
		r.Criteria[i].Gap = 0
	}
}

// publishOutside withholds what too few visitors did, and what would help to find
// what few did.
func (v *View) publishOutside(o *Outside, d domain.Division, on domain.Day, among func(*View) []*herePart) {
	here, need := among(v), v.smallest(d, on)
	switch {
	case 0 < o.Persons && o.Persons < need:
		*o = Outside{Suppressed: SmallGroup}
	case !v.visitorsShown(d, here, on):
		*o = Outside{Suppressed: Complementary}
	case v.visitorsFewDiffer(d, here, among, need):
		*o = Outside{Suppressed: Difference}
	}
}
