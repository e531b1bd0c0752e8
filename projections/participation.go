package projections

import (
	"cmp"
	"slices"

	"zhishu/domain"
)

// Participation holds both rates of a division and period, and what they are
// made of. There is never one bare number.
type Participation struct {
	Footing
	Division     domain.Division
	Period       domain.Period
	Definition   *domain.PolicyVersion
	On           domain.Day // the day populations are taken on: the period's last, or the view's if earlier
	Participants int64      // distinct members with study that counts
	PersonTimes  int64
	Minutes      domain.Minutes // of every counted attendance
	Rates        []Rate         // one for each basis of the definition that has a figure
	Months       []StudyMonth
	Outside      Outside
	// Suppressed says why the figures are withheld. Everything above but the
	// sessions is then zero. Monthly says why only what persons did in each month
	// is: somewhere too few took part.
	Suppressed Suppression
	Monthly    Suppression
}

// Suppression is the reason a figure is withheld; empty when it is not.
type Suppression string

const (
	NotSuppressed Suppression = ""
	SmallGroup    Suppression = "small-group"   // fewer people than may be published
	PartOfBasis   Suppression = "part-of-basis" // some communities have no figure of this basis
	Complementary Suppression = "complementary" // another withheld figure could be found from it
	Difference    Suppression = "difference"    // of the past: too few persons tell it from today's
	Internal      Suppression = "internal"      // for the staff whose work it is
)

// Rate is 参学人数率 and 参学人次比 on one basis, as exact integers.
type Rate struct {
	Basis        domain.PopulationBasis
	Population   int64
	Participants int64
	PersonTimes  int64
	// PersonsPerTenThousand and TimesPerTenThousand are the ratios rounded
	// down, for display only; zero when suppressed.
	PersonsPerTenThousand int64
	TimesPerTenThousand   int64
	Missing               []domain.CommunityCode // communities without a figure of this basis
	Suppressed            Suppression
}

// StudyMonth is a month's cell.
type StudyMonth struct {
	Month       domain.Month
	PersonTimes int64 // members' person-times whose first day lies in the month
	Minutes     domain.Minutes
	Sessions    []LayerSessions // held here, by layer
	// Withheld says why sessions without a number are missing from those, with
	// the layers that had no others: somewhere too few were there.
	Withheld Suppression
}

// LayerSessions counts sessions recorded by the division's communities. Named
// sessions are distinct activities; unnamed ones distinct days and contents of
// one community.
type LayerSessions struct {
	Layer   domain.Layer
	Named   int64
	Unnamed int64
	// Suppressed says why Unnamed is withheld.
	Suppressed Suppression
}

// Participation gives the participation rates of a division in a period, under
// the definition in force there on the period's last day, or the view's if
// that is earlier.
func (v *View) Participation(d domain.Division, period domain.Period) (Participation, error) {
	on := v.lastOf(period)
	definition := v.rules.InForceFor(domain.ParticipationKind, d, on)
	if definition == nil {
		return Participation{}, ErrNoPolicy
	}
	const kinds = touchMembers | 1<<touchCommunity
	key := cacheKey{part: partParticipation, division: d, period: period, number: int64(on), text: refKey(definition)}
	changed := func() uint32 { return v.b.changedAt(d, kinds) }
	weigh := func(p *Participation) int { return 256 * (len(p.Months) + len(p.Rates)) }
	p := *part(v, key, changed, weigh, func() *Participation { return v.participation(d, period, definition, on) })
	v.publishRates(&p, definition.Participation)
	p.Footing = v.footing(d, kinds, definition)
	return p, nil
}

func (v *View) participation(d domain.Division, period domain.Period, definition *domain.PolicyVersion, on domain.Day) *Participation {
	rule := definition.Participation
	out := &Participation{Division: d, Period: period, Definition: definition, On: on}
	months := map[domain.Month]*StudyMonth{}
	month := func(m domain.Month) *StudyMonth {
		if months[m] == nil {
			months[m] = &StudyMonth{Month: m}
		}
		return months[m]
	}
	for _, p := range v.studyParts(d, period, rule.Least()) {
		out.Participants += int64(len(p.rows))
		for _, c := range p.cells {
			m := month(c.month)
			m.PersonTimes += c.personTimes
			m.Minutes += c.minutes
			out.PersonTimes += c.personTimes
			out.Minutes += c.minutes
		}
	}
	here := v.studyHereParts(d, period, rule.Least())
	out.Outside = v.outside(d, here)
	for _, p := range here {
		for _, s := range p.sessions {
			month(s.month).hold(s)
		}
	}
	for _, m := range months {
		slices.SortFunc(m.Sessions, func(a, b LayerSessions) int { return cmp.Compare(a.Layer, b.Layer) })
		out.Months = append(out.Months, *m)
	}
	slices.SortFunc(out.Months, func(a, b StudyMonth) int { return cmp.Compare(a.Month, b.Month) })
	for _, basis := range rule.Bases {
		if r, ok := v.rate(out, basis, rule.SmallestSize); ok {
			out.Rates = append(out.Rates, r)
		}
	}
	return out
}

func (m *StudyMonth) hold(s sessionCell) {
	i := slices.IndexFunc(m.Sessions, func(l LayerSessions) bool { return l.Layer == domain.Layer(s.layer) })
	if i < 0 {
		i = len(m.Sessions)
		m.Sessions = append(m.Sessions, LayerSessions{Layer: domain.Layer(s.layer)})
	}
	m.Sessions[i].Named += s.named
	m.Sessions[i].Unnamed += s.unnamed
}

// rate makes the two ratios on one basis; ok is false when no community has a
// figure of it.
func (v *View) rate(p *Participation, basis domain.PopulationBasis, smallest int64) (r Rate, ok bool) {
	sum, known, missing := v.population(p.Division, basis, p.On)
	r = Rate{Basis: basis, Population: sum, Participants: p.Participants, PersonTimes: p.PersonTimes, Missing: missing}
	switch {
	case !known:
		return r, false
	case sum < smallest || sum == 0:
		return Rate{Basis: basis, Missing: missing, Suppressed: SmallGroup}, true
	case len(missing) > 0:
		// Its numerator would cover more communities than its denominator.
		r.Suppressed = PartOfBasis
		return r, true
	}
	r.PersonsPerTenThousand = r.Participants * 10_000 / sum
	r.TimesPerTenThousand = r.PersonTimes * 10_000 / sum
	return r, true
}
