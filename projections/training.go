package projections

import (
	"slices"

	"zhishu/domain"
)

// Training is the training rate of a division (培训率): distinct members with at
// least one attendance of a course to registered members.
type Training struct {
	Footing
	Division   domain.Division
	Period     domain.Period
	On         domain.Day
	Definition *domain.PolicyVersion
	Categories []string // forms of study that count
	Trained    int64
	Members    int64
	Suppressed Suppression // then both are zero

	apart []apartFrom // of the members without a course
}

// apartFrom counts members of a division who took no course in it and one in a
// division above: they are among the rest here and not among the rest there.
type apartFrom struct {
	above   domain.Division
	persons int64
}

// Training gives the training rate in a period.
func (v *View) Training(d domain.Division, period domain.Period) (Training, error) {
	on := v.lastOf(period)
	definition := v.rules.InForceFor(domain.ParticipationKind, d, on)
	if definition == nil {
		return Training{}, ErrNoPolicy
	}
	rule := definition.Participation
	const kinds = touchMembers | 1<<touchCommunity
	key := cacheKey{part: partTraining, division: d, period: period, number: int64(on), text: refKey(definition)}
	changed := func() uint32 { return v.b.changedAt(d, kinds) }
	counts := trainingRule(rule)
	out := *part(v, key, changed, func(*Training) int { return 128 }, func() *Training {
		out := &Training{Division: d, Period: period, On: on, Definition: definition, Categories: counts.categories, Members: v.members(d, on), apart: above(d)}
		v.eachMember(d, func(s subject) {
			if v.trained(s, d, period, counts) {
				out.Trained++
			} else if v.inDivision(d, v.homeOn(s, on)) {
				v.noteApart(out.apart, s, period, counts)
			}
		})
		return out
	})
	v.publishTraining(&out, rule)
	out.Footing = v.footing(d, kinds, definition)
	return out, nil
}

// above has nobody yet for each division that a division is part of.
func above(d domain.Division) (out []apartFrom) {
	for _, up := range upwards(d) {
		out = append(out, apartFrom{above: up})
	}
	return out
}

// upwards lists the divisions that a division is part of, the nearest first.
func upwards(d domain.Division) (out []domain.Division) {
	for _, digits := range slices.Backward(segments[:]) {
		if digits < d.Digits() {
			out = append(out, d.Up(digits))
		}
	}
	if d.Digits() > 0 {
		out = append(out, domain.Division{})
	}
	return out
}

// noteApart notes a member without a course in every division above in which
// they took one, before they moved.
func (v *View) noteApart(apart []apartFrom, s subject, period domain.Period, rule figureRule) {
	for i := range apart {
		if v.trained(s, apart[i].above, period, rule) {
			apart[i].persons++
		}
	}
}

// eachMember calls f for everyone who ever belonged to a division, once.
func (v *View) eachMember(d domain.Division, f func(subject)) {
	seen := map[uint32]bool{}
	for _, c := range v.b.communitiesIn(d) {
		v.membersOf(c.number, func(s subject, _ bool) {
			if !seen[s.person] {
				seen[s.person] = true
				f(s)
			}
		})
	}
}

func (v *View) trained(s subject, d domain.Division, period domain.Period, rule figureRule) (found bool) {
	v.eachRow(s, func(r *entryRow) {
		day := domain.Day(r.day)
		if found || r.flags&entryStudy == 0 || !period.Contains(v.countsOn(r)) || !slices.Contains(rule.categories, v.b.labels.value(r.label).a) {
			return
		}
		found = v.inDivision(d, v.homeOn(s, day)) && v.enough(s, r, rule.least)
	})
	return found
}
