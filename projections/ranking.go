package projections

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"zhishu/domain"
)

// ranking is a study part in the order of a standing scheme.
type ranking struct {
	of       *studyPart
	rows     []studyRow // with a rank, best first, then by person id
	unranked int64
	totals   domain.StudyTally
}

func (r *ranking) weight() int { return 16 * len(r.rows) }

func (v *View) rank(p *studyPart, s *domain.StandingScheme) *ranking {
	out := &ranking{of: p, rows: make([]studyRow, 0, len(p.rows))}
	for i := range p.rows {
		t := p.rows[i].tally()
		out.totals.Sessions += t.Sessions
		out.totals.Minutes += t.Minutes
		if s.Ranked(t) {
			out.rows = append(out.rows, p.rows[i])
		} else {
			out.unranked++
		}
	}
	slices.SortFunc(out.rows, func(a, b studyRow) int { return v.compareStudy(s, &a, &b) })
	return out
}

func (v *View) compareStudy(s *domain.StandingScheme, a, b *studyRow) int {
	if c, _ := domain.CompareTallies(s, a.tally(), b.tally()); c != 0 {
		return c
	}
	return v.compareIDs(a.person, b.person)
}

func (v *View) compareIDs(a, b uint32) int {
	x, y := &v.b.persons.at(a).id, &v.b.persons.at(b).id
	return bytes.Compare(x.UUID[:], y.UUID[:])
}

// rankings are the sorted parts of a division.
func (v *View) rankings(d domain.Division, period domain.Period, s *domain.StandingScheme) []*ranking {
	name := schemeKey(s)
	parts := v.studyParts(d, period, domain.Least{})
	return parallel(parts, func(p *studyPart) *ranking {
		if p.community.code == 0 {
			return v.rank(p, s) // the unsettled ones
		}
		key := cacheKey{part: partRanking, division: p.community.code.Division(), period: period, text: name}
		r := part(v, key, v.changed(p.community, 1<<touchStudy), (*ranking).weight, func() *ranking { return v.rank(p, s) })
		if r.of != p {
			// Who is summed apart is known from today's books, so that a part made
			// anew of the past may leave out whom a kept ranking holds.
			r = v.rank(p, s)
			v.cache.put(v, key, r, r.weight())
		}
		return r
	})
}

// schemeKey tells schemes apart that order differently.
func schemeKey(s *domain.StandingScheme) string {
	var b strings.Builder
	for _, c := range s.Criteria {
		b.WriteString(string(c) + ",")
	}
	return b.String() + strconv.FormatInt(s.MinSessions, 10)
}
