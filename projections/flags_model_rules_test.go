package projections

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"zhishu/domain"
)

// oddity is a flag as the model says it: in words, without its id.
type oddity struct {
	text   string
	since  int
	newest int
}

func (v *flagValue) live() bool {
	return v.closed == nowhen && (v.took != nowhen || !v.correction)
}

// offered is the size before a value was there to be seen.
func (v *flagValue) offered() int {
	if v.correction {
		return v.took
	}
	return v.at
}

// ownValue is a value with whose it is.
type ownValue struct {
	person domain.PersonID
	*flagValue
}

func (v ownValue) fact() string { return fmt.Sprint(v.person, "/", v.entry) }

func byAt(a, b ownValue) int { return cmp.Compare(a.at, b.at) }

// flags lists all flags of the country.
func (m *flagModel) flags() (out []oddity) {
	for _, id := range m.canonicals() {
		out = append(out, m.daysOf(id)...)
		out = append(out, m.repeatsOf(id)...)
		for _, own := range m.group(id) {
			seen := map[domain.EntryNo]bool{}
			for i := range m.values[own] {
				if no := m.values[own][i].entry; !seen[no] {
					seen[no] = true
					out = append(out, m.entry(own, no)...)
				}
			}
		}
	}
	out = append(out, m.bursts()...)
	out = append(out, m.lookAlikes()...)
	for i := range m.policies {
		if p := &m.policies[i]; p.Adopted != domain.MinDay && p.From < p.Adopted {
			x := m.say(FlagPolicy, domain.PersonID{}, 0, domain.AccountID{}, "", p.From, 0, int64(p.Adopted-p.From), 0, p, nil)
			x.since, x.newest = m.adopted[i]+1, m.adopted[i]
			out = append(out, x)
		}
	}
	return out
}

func (m *flagModel) say(kind FlagKind, p domain.PersonID, c domain.CommunityCode, a domain.AccountID, acts string, d domain.Day, count int, value, limit int64, v *domain.PolicyVersion, facts []string) oddity {
	if slices.Sort(facts); count > listedFacts {
		facts = nil
	}
	rule := ""
	if v != nil {
		rule = fmt.Sprint(v.Ref())
	}
	return oddity{text: fmt.Sprint(kind, " ", p, " ", c, " ", a, " [", acts, "] ", d, " ", count, " ", value, " ", limit, " ", rule, " ", strings.Join(facts, " "))}
}

// ofValues is a flag that rests on values, and is there since so many were.
func (m *flagModel) ofValues(kind FlagKind, p domain.PersonID, d domain.Day, value, limit int64, rule *domain.PolicyVersion, need int, values []ownValue) oddity {
	values = slices.Clone(values)
	slices.SortFunc(values, byAt)
	var facts []string
	newest := 0
	for _, v := range values {
		facts, newest = append(facts, v.fact()), max(newest, v.offered())
	}
	last := values[len(values)-1]
	x := m.say(kind, p, last.deed.Community, last.by, "", d, len(values), value, limit, rule, facts)
	x.since, x.newest = values[min(need, len(values))-1].offered()+1, newest
	return x
}

func (m *flagModel) liveOf(id domain.PersonID) (out []ownValue) {
	for _, own := range m.group(id) {
		for i := range m.values[own] {
			if v := &m.values[own][i]; v.live() {
				out = append(out, ownValue{own, v})
			}
		}
	}
	slices.SortFunc(out, byAt)
	return out
}

func (m *flagModel) integrity(d *domain.Deed) *domain.PolicyVersion {
	return m.rules.InForce(domain.IntegrityKind, d.Community, d.Span.Day)
}

func (m *flagModel) daysOf(id domain.PersonID) (out []oddity) {
	minutes := map[domain.Day]map[ownValue]domain.Minutes{}
	for _, v := range m.liveOf(id) {
		v.deed.Span.ByDay(func(d domain.Day, n domain.Minutes) bool {
			if minutes[d] == nil {
				minutes[d] = map[ownValue]domain.Minutes{}
			}
			minutes[d][v] += n
			return true
		})
	}
	for d, on := range minutes {
		var values []ownValue
		sum := domain.Minutes(0)
		for v, n := range on {
			values, sum = append(values, v), sum+n
		}
		slices.SortFunc(values, byAt)
		if p := m.integrity(&values[len(values)-1].deed); p != nil && p.Integrity.DayMinutes > 0 && sum > p.Integrity.DayMinutes {
			need, so := 0, domain.Minutes(0)
			for so <= p.Integrity.DayMinutes {
				so += on[values[need]]
				need++
			}
			out = append(out, m.ofValues(FlagDayMinutes, id, d, int64(sum), int64(p.Integrity.DayMinutes), p, need, values))
		}
		clocked := func(v ownValue) bool { return v.deed.Span.Clocked() }
		if slices.ContainsFunc(values, func(a ownValue) bool {
			return clocked(a) && slices.ContainsFunc(values, func(b ownValue) bool { return !clocked(b) && a.deed.Community != b.deed.Community })
		}) {
			out = append(out, m.ofValues(FlagMixedDay, id, d, int64(sum), 0, nil, len(values), values))
		}
		if since, shared := m.sharedOn(id, d, values, on); len(shared) > 0 {
			x := m.ofValues(FlagShared, id, d, int64(sum), 0, nil, 1, shared)
			x.since, x.newest = since+1, max(x.newest, since)
			out = append(out, x)
		}
	}
	return out
}

func (m *flagModel) repeatsOf(id domain.PersonID) (out []oddity) {
	same := map[string][]ownValue{}
	for _, v := range m.liveOf(id) {
		if v.deed.Kind == domain.Study {
			same[content(&v.deed)] = append(same[content(&v.deed)], v)
		}
	}
	for _, values := range same {
		if len(values) > 1 {
			out = append(out, m.ofValues(FlagRepeat, id, values[0].deed.Span.Day, int64(len(values)), 0, nil, 2, values))
		}
	}
	return out
}

// entry is what one entry shows by itself.
func (m *flagModel) entry(id domain.PersonID, no domain.EntryNo) (out []oddity) {
	var all []ownValue
	var value *ownValue
	for i := range m.values[id] {
		if v := &m.values[id][i]; v.entry == no {
			all = append(all, ownValue{id, v})
		}
	}
	for i := range all {
		if all[i].live() {
			value = &all[i]
		}
	}
	claim := all[0]
	if value != nil {
		if p, days, slow, late := m.late(claim, *value); slow || late {
			from := *value
			if _, _, slowly, after := m.late(claim, claim); slowly || after {
				from, slow = claim, slowly
			}
			x := m.ofValues(FlagLate, id, value.deed.Span.Day, days, p.Integrity.LateDays, p, 1, []ownValue{from})
			if !slow {
				x = m.lateSince(x, from)
			}
			out = append(out, x)
		}
		for _, v := range []ownValue{claim, *value} {
			if a := m.accounts[v.by]; a != nil && a.closedAt < v.at {
				out = append(out, m.ofValues(FlagAccount, id, value.deed.Span.Day, 0, 0, nil, 1, []ownValue{v}))
				break
			}
		}
		out = append(out, m.rescheduled(claim)...)
		out = append(out, m.circleOf(id, all, *value)...)
	}
	out = append(out, m.outsideOf(id, all)...)
	out = append(out, m.reversalOf(id, all)...)
	return append(out, m.changedOf(id, all)...)
}

func (m *flagModel) late(claim, v ownValue) (p *domain.PolicyVersion, days int64, slow, late bool) {
	if p = m.integrity(&v.deed); p == nil {
		return nil, 0, false, false
	}
	last := v.deed.Span.Day
	if s := v.deed.Span; s.Clocked() && s.End > s.Start {
		last = (s.End - 1).Day()
	}
	days = 0
	for d := last + 1; d <= claim.on.Day(); d++ {
		if m.works(v.deed.Community, d) {
			days++
		}
	}
	return p, days, p.Integrity.LateDays > 0 && days > p.Integrity.LateDays, m.afterClosing(v)
}

// works asks of one day whether it is worked where a fact was recorded.
func (m *flagModel) works(c domain.CommunityCode, d domain.Day) bool {
	works := (int64(d)%7+7+3)%7 < 5
	p := m.rules.InForce(domain.CalendarKind, c, d)
	if p == nil || d < p.Calendar.From || p.Calendar.To < d {
		return works
	}
	for _, h := range p.Calendar.Holidays {
		works = works && (d < h.From || h.To < d)
	}
	return works || slices.Contains(p.Calendar.Working, d)
}

// afterClosing: the entry came to stand in a period that was closed by then.
func (m *flagModel) afterClosing(v ownValue) bool {
	for _, x := range m.model.values[v.person][v.entry] {
		if x.size == v.took {
			return len(x.late) > 0
		}
	}
	return false
}

// lateSince: a flag of what was recorded soon enough is there since it came
// late, and not since it was claimed.
func (m *flagModel) lateSince(x oddity, v ownValue) oddity {
	x.since, x.newest = v.took+1, v.took
	return x
}

func (m *flagModel) rescheduled(claim ownValue) []oddity {
	first, last, how := nowhen, 0, int64(0)
	for _, c := range m.plans[claim.activity] {
		if !claim.activity.IsZero() && c.revision > claim.read {
			first, last, how = min(first, c.at), max(last, c.at), max(how, c.how)
		}
	}
	if how == 0 {
		return nil
	}
	x := m.ofValues(FlagActivity, claim.person, claim.deed.Span.Day, how, 0, nil, 1, []ownValue{claim})
	x.since, x.newest = max(x.since, first+1), max(x.newest, last)
	return []oddity{x}
}
