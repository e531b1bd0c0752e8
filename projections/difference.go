package projections

import "zhishu/domain"

// fewDiffer reports whether a figure of study as of the past tells too few
// persons apart from today's: whoever holds both would read off their
// difference what those did. Boards need no such care: they name every person's
// own figure, then as now.
func (v *View) fewDiffer(d domain.Division, period domain.Period, minMinutes domain.Minutes, on domain.Day) bool {
	now := v.b.frontier.Load().size
	if v.size >= now || v.b.changedAt(d, touchMembers) <= v.size {
		return false
	}
	live := v.b.view(now, v.b.dayOf(now), v.cache)
	past, present := v.studiedSince(d, period, minMinutes, v.size), live.studiedSince(d, period, minMinutes, v.size)
	differ := int64(0)
	for person, row := range past {
		if present[person] != row {
			differ++
		}
	}
	for person := range present {
		if _, known := past[person]; !known {
			differ++
		}
	}
	return 0 < differ && differ < v.smallest(d, on)
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
