package domain

import (
	"cmp"
	"math/bits"
)

// StudyTally is one person's study in a period, as a standing sees it.
type StudyTally struct {
	Sessions int64 // person-times: (day, content) once
	Months   int64 // months with at least one person-time
	Minutes  Minutes
}

// Value is the tally's figure for a criterion.
func (t StudyTally) Value(c Criterion) int64 {
	switch c {
	case BySessions:
		return t.Sessions
	case ByMonths:
		return t.Months
	default:
		return int64(t.Minutes)
	}
}

// CompareTallies orders two tallies under a scheme: negative when a stands
// before b, zero when they share a rank. Decisive is the criterion that told
// them apart, empty on a tie.
func CompareTallies(s *StandingScheme, a, b StudyTally) (order int, decisive Criterion) {
	for _, c := range s.Criteria {
		if o := cmp.Compare(b.Value(c), a.Value(c)); o != 0 {
			return o, c
		}
	}
	return 0, ""
}

// Ranked reports whether a tally takes part in the ranking at all.
func (s *StandingScheme) Ranked(t StudyTally) bool { return t.Sessions >= max(1, s.MinSessions) }

// Ratio is an exact ratio of two counts; a denominator of zero means none.
type Ratio struct{ Num, Den int64 }

// Compare orders two ratios of non-negative numbers without dividing. A ratio
// without a denominator is zero.
func (r Ratio) Compare(s Ratio) int {
	if r.Den <= 0 {
		r = Ratio{0, 1}
	}
	if s.Den <= 0 {
		s = Ratio{0, 1}
	}
	ahi, alo := bits.Mul64(uint64(max(0, r.Num)), uint64(s.Den))
	bhi, blo := bits.Mul64(uint64(max(0, s.Num)), uint64(r.Den))
	return cmp.Or(cmp.Compare(ahi, bhi), cmp.Compare(alo, blo))
}

// GroupTally is the study of a group's members in a period, each on the days of
// their membership.
type GroupTally struct {
	Members      int64 // on the day the scheme takes them
	Participants int64 // of these members, who took part
	PersonTimes  int64 // of everybody who was a member on the day
	Minutes      Minutes
}

// Value is the tally's figure for a criterion.
func (t GroupTally) Value(c Criterion) Ratio {
	switch c {
	case ByTimesPerMember:
		return Ratio{t.PersonTimes, t.Members}
	case ByShare:
		return Ratio{t.Participants, t.Members}
	case BySessions:
		return Ratio{t.PersonTimes, 1}
	default:
		return Ratio{int64(t.Minutes), 1}
	}
}

// CompareGroups orders two groups under a scheme, as CompareTallies does
// persons.
func CompareGroups(s *StandingScheme, a, b GroupTally) (order int, decisive Criterion) {
	for _, c := range s.Criteria {
		if o := b.Value(c).Compare(a.Value(c)); o != 0 {
			return o, c
		}
	}
	return 0, ""
}

// RankedGroup reports whether a group takes part in the ranking at all.
func (s *StandingScheme) RankedGroup(t GroupTally) bool {
	return t.PersonTimes >= max(1, s.MinSessions) && t.Members >= max(1, s.MinMembers)
}

// StandingKindOf is the kind of the scheme that ranks a kind of groups; empty
// for teams, which are not ranked by study.
func StandingKindOf(k SubjectKind) PolicyKind {
	switch k {
	case SubjectHousehold:
		return HouseholdsKind
	case SubjectBuilding:
		return BuildingsKind
	case SubjectOrganisation:
		return OrganisationsKind
	}
	return ""
}
