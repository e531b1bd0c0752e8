package projections

import (
	"slices"

	"zhishu/domain"
)

// What people did at activities is published by the tree of divisions, each count
// of a kind by itself, with its months or not at all: a kind shown without its
// months would be cut by those of a division above it (0101). A series cuts the
// months of its community, and is shown where it leaves no part of one small.

// publishTotals withholds what people did where boards of the same division and
// period are withheld, and each count that would tell of few.
func (v *View) publishTotals(t *ActivityTotals) {
	if v.everything {
		return
	}
	t.Suppressed = v.actsSuppressed(t.Division, t.Period)
	hidden := v.hiddenActs(t.Division, t.Period)
	for i := range t.Kinds {
		t.Kinds[i].withhold(t.Suppressed, hidden[t.Kinds[i].Kind])
	}
	for i := range t.Months {
		t.Months[i].withhold(t.Suppressed, hidden[t.Months[i].Kind])
	}
	var here codeNumber
	var series map[string]withheldCounts
	for i := range t.Series {
		s := &t.Series[i]
		if s.Community != here.code {
			here = v.b.communitiesIn(s.Community.Division())[0]
			series = v.withheldSeries(here, t.Period)
		}
		s.withhold(t.Suppressed, series[s.Series])
	}
}

// actsSuppressed is why all that people did in a division is withheld.
func (v *View) actsSuppressed(d domain.Division, period domain.Period) (why Suppression) {
	for _, kind := range [...]figureKind{serviceFigure, studyFigure} {
		if x := v.disclosure(figureRule{kind: kind}, period, v.lastOf(period)).of(d); x != NotSuppressed {
			why = x
		}
	}
	return why
}

// withheldCounts says of each count why it is withheld.
type withheldCounts [ActivityCounts]Suppression

// join adds reasons; an earlier one stays.
func (w withheldCounts) join(x withheldCounts) withheldCounts {
	for i := range w {
		if w[i] == NotSuppressed {
			w[i] = x[i]
		}
	}
	return w
}

func (s *ActivitySum) withhold(all Suppression, each withheldCounts) {
	for i, why := range each {
		if all != NotSuppressed {
			why = all
		}
		if s.Withheld[i] = why; why == NotSuppressed {
			continue
		}
		switch ActivityCount(i) {
		case SignUpCount:
			s.SignUps = 0
		case AttendanceCount:
			s.Attendances, s.Minutes = 0, 0
		case ClaimedCount:
			s.Claimed = 0
		case PendingCount:
			s.Pending = 0
		}
	}
}

// hiddenActs is what is withheld of the kinds of a division, and of their months.
func (v *View) hiddenActs(d domain.Division, period domain.Period) map[domain.ActivityKind]withheldCounts {
	out := map[domain.ActivityKind]withheldCounts{}
	for at, why := range v.actsPlan(period)[d] {
		w := out[at.kind]
		w[at.count] = why
		out[at.kind] = w
	}
	if live := v.today(); live != nil { // what is withheld today tells nothing by what it was
		for at := range live.actsPlan(period)[d] {
			var w withheldCounts
			w[at.count] = Difference
			out[at.kind] = out[at.kind].join(w)
		}
	}
	need := v.smallest(d, v.lastOf(period))
	for at, people := range v.actsDiffer(d, period) {
		out[at.kind] = out[at.kind].join(people.few(need))
	}
	for _, c := range v.b.communitiesIn(d) {
		if c.code.Division() == d {
			v.hideCut(c, period, need, out)
		}
	}
	return out
}

// hideCut withholds of a community's past what a series of today would cut into
// parts that are few, or that few tell from today's.
func (v *View) hideCut(c codeNumber, period domain.Period, need int64, out map[domain.ActivityKind]withheldCounts) {
	live := v.today()
	if live == nil || v.changed(c, touchesActivity)() <= v.size {
		return
	}
	limit, series := v.crowdLimit(), live.withheldSeries(c, period)
	cut := map[actsCell]bool{}
	for at := range live.actsCrowds(c, period, limit).parts {
		if at.series != "" && series[at.series][at.count] == NotSuppressed {
			cut[at.actsCell] = true
		}
	}
	hide := func(at actsCell) {
		if cut[at] {
			w := withheldCounts{}
			w[at.count] = Difference
			out[at.kind] = out[at.kind].join(w)
		}
	}
	for at, people := range v.actsCrowds(c, period, limit).parts {
		if int64(len(people)) < need {
			hide(at.actsCell)
		}
	}
	for at, people := range v.actsDifferHere(c, period) {
		for count, why := range people.few(need) {
			if why != NotSuppressed {
				hide(actsCell{at.kind, ActivityCount(count)})
			}
		}
	}
}

// today is the view of today, of one of the past.
func (v *View) today() *View {
	if now := v.b.frontier.Load().size; v.size < now {
		return v.b.view(now, v.b.dayOf(now), v.liveCache())
	}
	return nil
}

// actsPlan says which counts of which kinds divisions may not publish.
type actsPlan map[domain.Division]map[actsCell]Suppression

// actsPlan decides over the whole ledger, as disclosure does.
func (v *View) actsPlan(period domain.Period) actsPlan {
	if v.base != nil {
		return v.base.actsPlan(period)
	}
	on := v.lastOf(period)
	key := cacheKey{part: partActsPlan, period: period, number: int64(on)}
	changed := func() uint32 { return v.actsChanged(v.b.changedAt(domain.Division{}, touchesActivity)) }
	weigh := func(p actsPlan) (n int) {
		for _, cells := range p {
			n += 64 + 48*len(cells)
		}
		return n
	}
	return part(v, key, changed, weigh, func() actsPlan {
		w := withholding{limit: v.crowdLimit()}
		communities, places := v.b.communitiesIn(domain.Division{}), map[actsCell][]*posting{}
		for i, p := range parallel(communities, func(c codeNumber) *actsCrowds { return v.actsCrowds(c, period, w.limit) }) {
			for at, x := range p.cells {
				places[at] = append(places[at], &posting{division: communities[i].code.Division(), whole: *x})
			}
		}
		out, needs := actsPlan{}, map[domain.Division]int64{}
		need := func(d domain.Division) int64 {
			if _, known := needs[d]; !known {
				needs[d] = v.smallest(d, on)
			}
			return needs[d]
		}
		for at, communities := range places {
			root := tree(communities)
			root.each(func(c *posting) { c.whole.need = need(c.division) })
			w.decide(root)
			root.each(func(c *posting) {
				if c.why == NotSuppressed {
					return
				}
				if out[c.division] == nil {
					out[c.division] = map[actsCell]Suppression{}
				}
				out[c.division][at] = c.why
			})
		}
		return out
	})
}

// withheldSeries is what is withheld of a community's series: everything where its
// own months are not shown, and what would leave a part of a month small.
func (v *View) withheldSeries(c codeNumber, period domain.Period) map[string]withheldCounts {
	d := c.code.Division()
	need, limit := v.smallest(d, v.lastOf(period)), v.crowdLimit()
	own, hidden, parts := v.actsSuppressed(d, period), v.hiddenActs(d, period), v.actsCrowds(c, period, limit).parts
	out := map[string]withheldCounts{}
	if live := v.today(); live != nil {
		if own == NotSuppressed && live.actsSuppressed(d, period) != NotSuppressed {
			own = Difference
		}
		for series, w := range live.withheldSeries(c, period) {
			for count, why := range w {
				if why != NotSuppressed {
					w[count] = Difference
				}
			}
			out[series] = w
		}
	}
	note := func(series string, count ActivityCount, why Suppression) {
		if series != "" && why != NotSuppressed {
			w := out[series]
			if w[count] == NotSuppressed {
				w[count] = why
				out[series] = w
			}
		}
	}
	differing, differ := v.actsDifferHere(c, period), map[domain.ActivityKind]withheldCounts{}
	for at, people := range differing {
		differ[at.kind] = differ[at.kind].join(people.few(need))
	}
	for at := range differing { // those, too, that are gone since or were not there yet
		for count, why := range differ[at.kind] {
			note(at.series, ActivityCount(count), why)
		}
	}
	for at, people := range parts {
		note(at.series, at.count, own)
		note(at.series, at.count, hidden[at.kind][at.count])
		note(at.series, at.count, differ[at.kind][at.count])
		if int64(len(people)) < need {
			note(at.series, at.count, SmallGroup)
		}
	}
	// What is not of a shown series is a part, too. Where it is small, none of
	// the month's kind is shown: a part that joins it is large.
	rest := map[actsPart][]uint32{}
	for at, people := range parts {
		if at.series == "" || out[at.series][at.count] != NotSuppressed {
			at.series = ""
			for _, person := range people {
				if len(rest[at]) < limit && !slices.Contains(rest[at], person) {
					rest[at] = append(rest[at], person)
				}
			}
		}
	}
	small := map[actsCell]bool{}
	for at, people := range rest {
		if int64(len(people)) < need {
			small[at.actsCell] = true
		}
	}
	for at := range parts {
		if small[at.actsCell] {
			note(at.series, at.count, Complementary)
		}
	}
	return out
}
