package projections

import "zhishu/domain"

// fewDiffer reports whether a figure of study as of the past tells too few
// persons apart from today's: whoever holds both would read off their
// difference what those did. Boards need no such care: they name every person's
// own figure, then as now.
func (v *View) fewDiffer(d domain.Division, period domain.Period, f figureRule, on domain.Day) bool {
	few := func(n int64) bool { return 0 < n && n < v.smallest(d, on) }
	if v.base != nil { // the same holds for a figure under another rule
		inForce := v.base.rules.InForceFor(domain.ParticipationKind, d, on)
		if inForce != nil {
			of := f.under(inForce.Participation)
			if of.key() != f.key() && few(differing(v.countedSince(d, period, f, 0), v.base.countedSince(d, period, of, 0))) {
				return true
			}
		}
	}
	now := v.b.frontier.Load().size
	if v.size >= now || v.b.changedAt(d, touchMembers) <= v.size {
		return false
	}
	live := v.b.view(now, v.b.dayOf(now), v.liveCache())
	return few(differing(v.countedSince(d, period, f, v.size), live.countedSince(d, period, f, v.size)))
}

// liveCache is the cache of views under the rules in force.
func (v *View) liveCache() *cache {
	if v.base != nil {
		return v.base.cache
	}
	return v.cache
}

// differing counts the persons whose study differs between two points of view.
func differing(past, present map[uint32]studyRow) (n int64) {
	for person, row := range past {
		if present[person] != row {
			n++
		}
	}
	for person := range present {
		if _, known := past[person]; !known {
			n++
		}
	}
	return n
}

// countedSince are the persons a figure counts, each with what it counts of
// them: their study, or only that they were trained.
func (v *View) countedSince(d domain.Division, period domain.Period, f figureRule, since uint32) map[uint32]studyRow {
	if f.kind != trainingFigure {
		return v.studiedSince(d, period, f.minMinutes, since)
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
func (v *View) studiedSince(d domain.Division, period domain.Period, minMinutes domain.Minutes, since uint32) map[uint32]studyRow {
	rows := map[uint32]studyRow{}
	for _, p := range v.studyParts(d, period, minMinutes) {
		if p.community.code != 0 && v.changed(p.community, touchMembers)() <= since {
			continue
		}
		for _, r := range p.rows {
			rows[r.person] = r
		}
	}
	return rows
}
