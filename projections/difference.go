package projections

import (
	"slices"

	"zhishu/domain"
)

// fewDiffer reports whether a figure of study as of the past tells too few
// persons apart from today's: whoever holds both would read off their
// difference what those did. Boards need no such care: they name every person's
// own figure, then as now.
func (v *View) fewDiffer(d domain.Division, period domain.Period, f figureRule, on domain.Day) bool {
	need := v.smallest(d, on)
	if v.base != nil { // the same holds for a figure under another rule
		inForce := v.base.rules.InForceFor(domain.ParticipationKind, d, on)
		if inForce != nil {
			of := f.under(inForce.Participation)
			if of.key() != f.key() && fewDiffer(v.countedSince(d, period, f, 0), v.base.countedSince(d, period, of, 0), need) {
				return true
			}
		}
	}
	now := v.b.frontier.Load().size
	if v.size >= now || v.b.changedAt(d, touchMembers) <= v.size {
		return false
	}
	live := v.b.view(now, v.b.dayOf(now), v.liveCache())
	return fewDiffer(v.countedSince(d, period, f, v.size), live.countedSince(d, period, f, v.size), need)
}

// liveCache is the cache of views under the rules in force.
func (v *View) liveCache() *cache {
	if v.base != nil {
		return v.base.cache
	}
	return v.cache
}

// others are the points of view that a figure of this one may be held against:
// today's, and under another rule that of the rules in force.
func (v *View) others() (out []*View) {
	if v.base != nil {
		out = append(out, v.base)
	}
	if now := v.b.frontier.Load().size; v.size < now {
		out = append(out, v.b.view(now, v.b.dayOf(now), v.liveCache()))
	}
	return out
}

// fewDiffer reports whether some persons differ between two points of view, but
// fewer than need.
func fewDiffer[T comparable](past, present map[uint32]T, need int64) bool {
	n := int64(0)
	for person, did := range past {
		if is, known := present[person]; !known || is != did {
			n++
		}
	}
	for person := range present {
		if _, known := past[person]; !known {
			n++
		}
	}
	return few(n, need)
}

// countedSince are the persons a figure counts, each with what it counts of
// them: their study, or only that they were trained.
func (v *View) countedSince(d domain.Division, period domain.Period, f figureRule, since uint32) map[uint32]studyRow {
	if f.kind != trainingFigure {
		return v.studiedSince(d, period, f.least, since)
	}
	rows := map[uint32]studyRow{}
	v.eachMember(d, func(s subject) {
		if v.trained(s, d, period, f) {
			rows[s.person] = studyRow{person: s.person}
		}
	})
	return rows
}

// studiedSince are the persons with study in a division and period, without those of
// communities that nothing has touched since a size.
func (v *View) studiedSince(d domain.Division, period domain.Period, least domain.Least, since uint32) map[uint32]studyRow {
	rows := map[uint32]studyRow{}
	for _, p := range v.studyParts(d, period, least) {
		if p.community.code != 0 && v.changed(p.community, touchMembers)() <= since {
			continue
		}
		for _, r := range p.rows {
			rows[r.person] = r
		}
	}
	return rows
}

// monthlyRow is what one person did in a month.
type monthlyRow struct {
	person uint32
	studyCell
}

// monthlyPart is the study of a community's settled members month by month, and
// who of its members are to be computed for each division.
type monthlyPart struct {
	rows      []monthlyRow
	unsettled []uint32
}

// fewDifferMonthly reports whether in some month of a figure too few persons tell
// it apart from today's. A month holds what the period counts there: an attendance
// of a session that somebody came to before belongs to the month of the first.
func (v *View) fewDifferMonthly(d domain.Division, period domain.Period, f figureRule, on domain.Day) bool {
	need := v.smallest(d, on)
	for _, w := range v.others() {
		of, since := f, v.size
		if w == v.base {
			since = 0
			if inForce := w.rules.InForceFor(domain.ParticipationKind, d, on); inForce != nil {
				of = f.under(inForce.Participation)
			}
		}
		past, present := v.monthlySince(d, period, f.least, since), w.monthlySince(d, period, of.least, since)
		for month, people := range past {
			if fewDiffer(people, present[month], need) {
				return true
			}
		}
		for month, people := range present {
			if _, known := past[month]; !known && fewDiffer(nil, people, need) {
				return true
			}
		}
	}
	return false
}

// monthsAsElsewhere holds a figure without its months against another point of
// view that shows them, and the other way round: the whole less the months that
// are shown may be one of the months that is not.
func (v *View) monthsAsElsewhere(d domain.Division, period domain.Period, f figureRule, on domain.Day, months Suppression) (whole, _ Suppression) {
	need := v.smallest(d, on)
	for _, w := range v.others() {
		if w != v.base && v.b.changedAt(d, touchMembers) <= v.size {
			continue
		}
		least := w.least(d, on)
		shown, theirs := w.planOfRates(d, period, on, least)
		if shown != NotSuppressed || (theirs == NotSuppressed) == (months == NotSuppressed) {
			continue
		}
		mine, other := v.monthlySince(d, period, f.least, 0), w.monthlySince(d, period, least, 0)
		switch {
		case theirs == NotSuppressed && fewInMonths(mine, other, need):
			return Difference, Difference
		case months == NotSuppressed && fewInMonths(other, mine, need):
			months = Difference
		}
	}
	return NotSuppressed, months
}

// fewInMonths reports whether a sum over all months and the months of another
// point of view tell too few persons apart. The whole less the other's months
// that both have is who differs in these; less those that are alike, it is who
// acted in the rest.
func fewInMonths(whole, months map[domain.Month]map[uint32]studyCell, need int64) bool {
	differ, rest := map[uint32]bool{}, map[uint32]bool{}
	for month, people := range whole {
		alike := true
		note := func(a, b map[uint32]studyCell) {
			for person, did := range a {
				if is, known := b[person]; !known || is != did {
					differ[person], alike = true, false
				}
			}
		}
		note(people, months[month])
		note(months[month], people)
		if !alike {
			for person := range people {
				rest[person] = true
			}
		}
	}
	return few(int64(len(differ)), need) || few(int64(len(rest)), need)
}

// besideMonths withholds what is told by the months of a division above: where
// all that was done above in some months was done here, or nothing, the whole
// less these months is who acted in the others.
func (v *View) besideMonths(whole *disclosure, f figureRule, period domain.Period, on domain.Day) {
	f.kind = monthlyFigure
	months := v.disclosure(f, period, on)
	shows := func(d domain.Division) bool { return whole.of(d) == NotSuppressed && months.of(d) == NotSuppressed }
	for d, why := range whole.withheld {
		if why != NotSuppressed || shows(d) {
			continue
		}
		here := monthsOf(v.b.communitiesIn(d), func(c codeNumber) actors { return v.acting(f, c, period, on, v.crowdLimit()) })
		if v.tellsOfMonths(f, period, on, d, shows, here, actors{}) {
			whole.withheld[d] = Complementary
		}
	}
}

// tellsOfMonths holds those who are summed as a whole, month by month, against the
// published months of the nearest division they are part of, less those of the
// divisions beneath it that publish theirs. Others are who acts beside them in their
// own community.
func (v *View) tellsOfMonths(f figureRule, period domain.Period, on domain.Day, d domain.Division, shows func(domain.Division) bool, here, others actors) bool {
	limit := v.crowdLimit()
	for _, up := range append([]domain.Division{d}, upwards(d)...) {
		if !shows(up) {
			continue
		}
		beneath := func(c domain.CommunityCode) bool {
			return slices.ContainsFunc(segments[:], func(digits int) bool { return digits > up.Digits() && shows(c.Division().Up(digits)) })
		}
		outside := slices.DeleteFunc(slices.Clone(v.b.communitiesIn(up)), func(c codeNumber) bool { return d.Contains(c.code) || beneath(c.code) })
		there := monthsOf(outside, func(c codeNumber) actors { return v.acting(f, c, period, on, limit) })
		for month, people := range others {
			there[month] = append(there[month], people...)
		}
		need := v.smallest(d, on)
		return few(personsWhere(there, here), need) || few(personsWhere(here, there), need)
	}
	return false
}

// monthsOf are those who acted in some communities, month by month.
func monthsOf(communities []codeNumber, of func(codeNumber) actors) actors {
	out := actors{}
	for _, c := range communities {
		for month, people := range of(c) {
			if month != wholePeriod {
				out[month] = append(out[month], people...)
			}
		}
	}
	return out
}

// personsWhere counts who acted in the months in which others did, too.
func personsWhere(people, others actors) int64 {
	found := map[uint32]bool{}
	for month, list := range people {
		if len(others[month]) > 0 {
			for _, person := range list {
				found[person] = true
			}
		}
	}
	return int64(len(found))
}

// monthlySince is the study in a division month by month and person by person,
// without communities that nothing has touched since a size.
func (v *View) monthlySince(d domain.Division, period domain.Period, least domain.Least, since uint32) map[domain.Month]map[uint32]studyCell {
	out := map[domain.Month]map[uint32]studyCell{}
	note := func(rows []monthlyRow) {
		for _, r := range rows {
			if out[r.month] == nil {
				out[r.month] = map[uint32]studyCell{}
			}
			out[r.month][r.person] = r.studyCell
		}
	}
	fold := studyFold{v: v, period: period, least: least, cells: map[domain.Month]*studyCell{}}
	unsettled := map[uint32]bool{}
	for _, c := range v.b.communitiesIn(d) {
		if v.changed(c, touchMembers)() <= since {
			continue
		}
		p := v.monthlyPart(c, period, least)
		note(p.rows)
		for _, person := range p.unsettled {
			if !unsettled[person] {
				unsettled[person] = true
				note(fold.months(v.subjectOf(person), func(day domain.Day) bool { return v.inDivision(d, v.homeOn(v.subjectOf(person), day)) }))
			}
		}
	}
	return out
}

func (v *View) monthlyPart(c codeNumber, period domain.Period, least domain.Least) *monthlyPart {
	key := cacheKey{part: partStudyMonths, division: c.code.Division(), period: period, number: leastKey(least)}
	weigh := func(p *monthlyPart) int { return 32*len(p.rows) + 4*len(p.unsettled) }
	return part(v, key, v.changed(c, 1<<touchStudy), weigh, func() *monthlyPart {
		fold, out := studyFold{v: v, period: period, least: least, cells: map[domain.Month]*studyCell{}}, &monthlyPart{}
		v.membersOf(c.number, func(s subject, settled bool) {
			if !settled {
				out.unsettled = append(out.unsettled, s.person)
				return
			}
			out.rows = append(out.rows, fold.months(s, func(d domain.Day) bool { return v.memberOn(s.person, d) != none })...)
		})
		return out
	})
}

// months is the study of one subject alone, month by month.
func (f *studyFold) months(s subject, belongs func(domain.Day) bool) (out []monthlyRow) {
	clear(f.cells)
	f.tally(s, belongs)
	for _, c := range f.sortedCells() {
		out = append(out, monthlyRow{s.person, c})
	}
	return out
}
