package projections

import "zhishu/domain"

// leastKey packs what an attendance must come to into a cache key: percents take
// a byte.
func leastKey(l domain.Least) int64 { return int64(l.Minutes)<<8 | l.Percent }

// enough reports whether a rate that asks for so much counts a study row. The
// share of a named session is that of all the subject's attendances of it.
func (v *View) enough(s subject, r *entryRow, least domain.Least) bool {
	switch {
	case domain.Minutes(r.minutes) < least.Minutes:
		return false
	case least.Percent == 0 || r.flags&entryNamed == 0:
		return true
	}
	there := domain.PresenceOf(r.span(), v.scheduled(r), least.Percent)
	if there.Enough() || !there.Scheduled {
		return there.Enough()
	}
	there.Given = v.timeAt(s, r)
	return there.Enough()
}

// scheduled is the length of the activity of an entry, as it was read when the
// entry was judged; zero: not known.
func (v *View) scheduled(r *entryRow) domain.Minutes { return v.b.labels.value(r.label).scheduled }

// timeAt is how long a subject was at the session of a row, by every attendance
// that the same community recorded; under several numbers shared time is once. It
// looks at nothing else the subject did: what a community recorded must change
// for its parts to change.
func (v *View) timeAt(s subject, r *entryRow) (sum domain.Minutes) {
	const session = entryStudy | entryNamed
	var facts []domain.Fact
	v.eachRow(s, func(x *entryRow) {
		if x.flags&session == session && x.content == r.content && x.community == r.community {
			facts = append(facts, v.factOf(s, x))
		}
	})
	for _, a := range domain.AttendedOnce(facts) {
		sum += a.Minutes
	}
	return sum
}
