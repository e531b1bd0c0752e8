package projections

import (
	"bytes"
	"errors"
	"slices"

	"zhishu/domain"
)

// ErrGroupKind: teams are not ranked by study.
var ErrGroupKind = errors.New("households, buildings and organisations are ranked, nothing else")

// GroupRow is one group's place, explained clause by clause.
type GroupRow struct {
	Rank     int64 // zero when not ranked
	Group    domain.GroupRef
	Name     string
	Tally    domain.GroupTally
	Criteria []GroupValue // in the scheme's order
	// Decisive is the criterion that put the row below the one above it; empty
	// on a tie and in the first row.
	Decisive domain.Criterion
	// Suppressed says why tally, criteria and what decided are withheld: a rank is
	// what is published of a small group (0038).
	Suppressed Suppression
	// MissingTimes and MissingMembers say how much a group misses of the
	// scheme's minimum.
	MissingTimes, MissingMembers int64
}

// GroupValue is a clause of the scheme with the row's figure.
type GroupValue struct {
	Criterion domain.Criterion
	Value     domain.Ratio
}

// GroupBoard is the 学习之星 ranking of households, buildings or organisations.
// Person-times count by membership on the day of the fact; members, and the
// share that took part, are those of the day On. Buildings are ranked with
// their stairwells, which are not ranked by themselves.
type GroupBoard struct {
	Footing
	Division domain.Division
	Kind     domain.SubjectKind
	Period   domain.Period
	On       domain.Day // the period's last day, or the view's if that is earlier
	Scheme   *domain.PolicyVersion
	Ranked   int64
	Unranked int64 // below the scheme's minimum
	Rows     []GroupRow
	Total    int64 // rows of the whole board
}

// GroupStanding ranks the groups of a kind that lie in a division.
func (v *View) GroupStanding(d domain.Division, kind domain.SubjectKind, period domain.Period) (GroupBoard, error) {
	policy := domain.StandingKindOf(kind)
	if policy == "" {
		return GroupBoard{}, ErrGroupKind
	}
	on := v.lastOf(period)
	scheme := v.rules.InForceFor(policy, d, on)
	if scheme == nil {
		return GroupBoard{}, ErrNoPolicy
	}
	key := cacheKey{part: partGroupBoard, division: d, period: period, number: int64(on), text: string(kind) + " " + refKey(scheme)}
	weigh := func(b *GroupBoard) int { return 200 * len(b.Rows) }
	board := *part(v, key, v.groupChanged, weigh, func() *GroupBoard { return v.rankGroups(d, kind, period, on, scheme) })
	board.Footing = v.groupFooting(d, scheme)
	board.Rows = slices.Clone(board.Rows)
	for i := range board.Rows {
		v.publishGroup(&board.Rows[i], groupFigure{true, period, on})
	}
	return board, nil
}

// publishGroup takes away of a row what may not be published, as was decided
// when it was made.
func (v *View) publishGroup(r *GroupRow, f groupFigure) {
	if r.Suppressed == NotSuppressed && v.groupFewDiffer(r.Group, f) {
		r.Suppressed = Difference
	}
	if v.everything {
		r.Suppressed = NotSuppressed
	}
	if r.Suppressed != NotSuppressed {
		r.Tally, r.Criteria, r.Decisive, r.MissingTimes, r.MissingMembers = domain.GroupTally{}, nil, "", 0, 0
	}
}

func (v *View) rankGroups(d domain.Division, kind domain.SubjectKind, period domain.Period, on domain.Day, scheme *domain.PolicyVersion) *GroupBoard {
	s := scheme.Standing
	out := &GroupBoard{Division: d, Kind: kind, Period: period, On: on, Scheme: scheme}
	for _, g := range v.groupsIn(d, kind, on) {
		if !g.within.IsZero() {
			continue
		}
		t := v.groupTally(g, period, on)
		if !s.RankedGroup(t) {
			out.Unranked++
			continue
		}
		out.Rows = append(out.Rows, GroupRow{Group: g.ref, Name: v.groupName(g, on), Tally: t, Suppressed: v.groupWithheld(g, groupFigure{true, period, on})})
	}
	slices.SortStableFunc(out.Rows, func(a, b GroupRow) int {
		if c, _ := domain.CompareGroups(s, a.Tally, b.Tally); c != 0 {
			return c
		}
		return bytes.Compare(a.Group.ID.UUID[:], b.Group.ID.UUID[:])
	})
	out.Ranked, out.Total = int64(len(out.Rows)), int64(len(out.Rows))
	for i := range out.Rows {
		row := &out.Rows[i]
		for _, c := range s.Criteria {
			row.Criteria = append(row.Criteria, GroupValue{c, row.Tally.Value(c)})
		}
		row.Rank = int64(i + 1)
		if i > 0 {
			if _, row.Decisive = domain.CompareGroups(s, out.Rows[i-1].Tally, row.Tally); row.Decisive == "" {
				row.Rank = out.Rows[i-1].Rank
			}
		}
	}
	return out
}

// groupTally is a group's study in a period.
func (v *View) groupTally(g *groupBook, period domain.Period, on domain.Day) (t domain.GroupTally) {
	fold := studyFold{v: v, period: period, cells: map[domain.Month]*studyCell{}}
	for _, s := range v.everMembers(g) {
		own := fold.tally(s, func(day domain.Day) bool { return v.belongs(s, g, day) })
		t.PersonTimes += own.Sessions
		t.Minutes += own.Minutes
		if v.belongs(s, g, on) {
			t.Members++
			if own.Sessions > 0 {
				t.Participants++
			}
		}
	}
	return t
}

// GroupStandingOf is one group's place; below the scheme's minimum it has no
// rank and says what is missing.
func (v *View) GroupStandingOf(ref domain.GroupRef, d domain.Division, period domain.Period) (GroupRow, Footing, error) {
	board, err := v.GroupStanding(d, ref.Kind, period)
	if err != nil {
		return GroupRow{}, Footing{}, err
	}
	for _, r := range board.Rows {
		if r.Group == ref {
			return r, board.Footing, nil
		}
	}
	v.b.mu.RLock()
	g := v.b.group.of[ref]
	v.b.mu.RUnlock()
	if g == nil || g.at >= v.size {
		return GroupRow{}, Footing{}, ErrUnknownGroup
	}
	s := board.Scheme.Standing
	row := GroupRow{Group: ref, Name: v.groupName(g, board.On), Tally: v.groupTally(g, period, board.On)}
	row.MissingTimes = max(0, max(1, s.MinSessions)-row.Tally.PersonTimes)
	row.MissingMembers = max(0, max(1, s.MinMembers)-row.Tally.Members)
	for _, c := range s.Criteria {
		row.Criteria = append(row.Criteria, GroupValue{c, row.Tally.Value(c)})
	}
	f := groupFigure{true, period, board.On}
	row.Suppressed = v.groupWithheld(g, f)
	v.publishGroup(&row, f)
	return row, board.Footing, nil
}

// ErrUnknownGroup: the ledger did not know the group at that size.
var ErrUnknownGroup = errors.New("the ledger knows no such group at this point")
