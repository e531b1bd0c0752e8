package projections

import (
	"slices"

	"zhishu/domain"
)

// RatesDiff is what changed in the participation of a division and period
// between two points of view. Where either figure is withheld, or too few
// persons tell one from the other, both are.
type RatesDiff struct {
	Before, After Participation
	Rules         []AdoptedRule // adopted between, of the kinds the rates rest on
	Came, Went    int64         // values of entries that count at one of the two only
	Persons       int64         // whose they are
	Facts         []FactMove    // of a community's own division, the first of them
	Suppressed    Suppression
}

// Moves are the facts that are listed, for NameMoves.
func (r RatesDiff) Moves() []*FactMove { return pointers(r.Facts) }

// DiffParticipation compares the participation rates of a division and period at
// an earlier point of view with those at this one. The facts are listed for a
// community's own division, at most limit of them.
func (v *View) DiffParticipation(before *View, d domain.Division, period domain.Period, limit int) (out RatesDiff, err error) {
	if out.Before, err = before.Participation(d, period); err != nil {
		return out, err
	}
	if out.After, err = v.Participation(d, period); err != nil {
		return out, err
	}
	out.Rules = v.adoptedSince(before, RateRules...)
	leastWas, least := out.Before.Definition.Participation.Least(), out.After.Definition.Participation.Least()
	counts := studyOfEach(d, period, map[*View]domain.Least{before: leastWas, v: least})
	for _, person := range v.studiers(before, d, period, leastWas, least) {
		moves := v.moves(before, person, false, counts)
		for _, m := range moves {
			if m.Came {
				out.Came++
			} else {
				out.Went++
			}
		}
		if len(moves) > 0 {
			out.Persons++
		}
		if d.Digits() == 12 && len(out.Facts) < limit {
			out.Facts = append(out.Facts, moves[:min(len(moves), limit-len(out.Facts))]...)
		}
	}
	out.withhold(v, max(before.smallest(d, out.Before.On), v.smallest(d, out.After.On)))
	return out, nil
}

// withhold takes everything away that tells of too few persons.
func (r *RatesDiff) withhold(v *View, smallest int64) {
	switch {
	case v.everything:
		return
	case r.Before.Suppressed != NotSuppressed:
		r.Suppressed = r.Before.Suppressed
	case r.After.Suppressed != NotSuppressed:
		r.Suppressed = r.After.Suppressed
	case 0 < r.Persons && r.Persons < smallest:
		r.Suppressed = Difference
	default:
		return
	}
	r.Came, r.Went, r.Persons, r.Facts = 0, 0, 0, nil
}

// studiers lists everybody with study in the figure at one of the two views.
func (v *View) studiers(before *View, d domain.Division, period domain.Period, leastWas, least domain.Least) (out []uint32) {
	for person := range before.studiedSince(d, period, leastWas, 0) {
		out = append(out, v.subjectOf(person).person)
	}
	for person := range v.studiedSince(d, period, least, 0) {
		out = append(out, person)
	}
	slices.SortFunc(out, v.compareIDs)
	return slices.Compact(out)
}

// studyOf counts the confirmed study of a division's members in a period.
func studyOf(d domain.Division, period domain.Period) counting {
	return studyOfEach(d, period, nil)
}

// studyOfEach is studyOf where each view asks for so much of an attendance.
func studyOfEach(d domain.Division, period domain.Period, least map[*View]domain.Least) counting {
	return func(v *View, s subject, r *entryRow) bool {
		return r.flags&entryStudy != 0 && period.Contains(v.countsOn(r)) &&
			v.inDivision(d, v.homeOn(s, domain.Day(r.day))) && v.enough(s, r, least[v])
	}
}
