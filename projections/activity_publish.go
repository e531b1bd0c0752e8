package projections

import "zhishu/domain"

// publishTotals withholds what people did where boards of the same division and
// period are withheld, and where so few took part that a sum tells of them.
// Parts of one sum, months of a kind or series, are shown all or none: one that
// is withheld alone would be the sum less the others.
func (v *View) publishTotals(t *ActivityTotals) {
	if v.everything {
		return
	}
	on := v.lastOf(t.Period)
	for _, kind := range [...]figureKind{serviceFigure, studyFigure} {
		if why := v.disclosure(figureRule{kind: kind}, t.Period, on).of(t.Division); why != NotSuppressed {
			t.Suppressed = why
		}
	}
	all, need := t.Suppressed != NotSuppressed, v.smallest(t.Division, on)
	few := map[domain.ActivityKind]bool{}
	for _, m := range t.Months {
		few[m.Kind] = few[m.Kind] || m.few(need)
	}
	for i := range t.Months {
		t.Months[i].withhold(all || few[t.Months[i].Kind])
	}
	for i := range t.Kinds {
		t.Kinds[i].withhold(all || t.Kinds[i].few(need))
	}
	some := false
	for i := range t.Series {
		some = some || t.Series[i].few(need)
	}
	for i := range t.Series {
		t.Series[i].withhold(all || some)
	}
}

// few reports attendances that are some, but too few.
func (s *ActivitySum) few(need int64) bool {
	n := s.Attendances + s.Claimed + s.Pending
	return n > 0 && n < need
}

func (s *ActivitySum) withhold(hidden bool) {
	if hidden {
		s.SignUps, s.Attendances, s.Claimed, s.Pending, s.Minutes, s.Withheld = 0, 0, 0, 0, 0, true
	}
}
