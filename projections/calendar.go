package projections

import "zhishu/domain"

// workKey names a working calendar: the number of policy versions adopted, and
// the division as far as any calendar tells divisions apart.
type workKey struct {
	policies int
	division domain.Division
}

// calendar is the working calendar of a division at the view.
func (v *View) calendar(d domain.Division) *domain.WorkCalendar {
	digits := 0
	if all := v.rules.Versions(domain.CalendarKind); len(all) > 0 {
		digits = all[0].ID.Scope.Digits() // the narrowest stands first
	}
	if digits < d.Digits() {
		d = d.Up(digits)
	}
	return v.cache.calendar(workKey{v.policies, d}, v.rules)
}

func (c *cache) calendar(key workKey, rules *domain.Rulebook) *domain.WorkCalendar {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w, ok := c.work[key]; ok {
		return w
	}
	if len(c.work) > 10_000 {
		clear(c.work)
	}
	w := rules.Calendar(key.division)
	c.work[key] = w
	return w
}

// calendarsFor lists the calendars that concern a division.
func (v *View) calendarsFor(d domain.Division) (out []*domain.PolicyVersion) {
	all := v.rules.Versions(domain.CalendarKind)
	for i := range all {
		if scope := all[i].ID.Scope; scope.Covers(d) || d.Covers(scope) {
			out = append(out, &all[i])
		}
	}
	return out
}
