package projections

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// teamed draws a ledger of some communities with a team or two each, of which now
// all, now some and now one goes out.
func teamed(t *rapid.T) *history {
	h := &history{world: newWorld(t), t: t}
	for _, s := range []string{"430702001001", "430702001002", "430703001001"} {
		h.codes = append(h.codes, code(t, s))
	}
	for _, rule := range domain.DefaultPolicies() {
		if rule.Scorecard != nil { // of a month that meets the target only that is told
			rule.Scorecard = &domain.Scorecard{Items: []domain.ScorecardItem{{Item: domain.ScoreTeams, Target: int64(1 + h.pick("target", 7))}}}
		}
		h.must(recorder, &domain.AdoptPolicy{Policy: rule, Beginning: true})
	}
	h.ruled = len(h.steps)
	for i, c := range h.codes {
		h.must(recorder, &domain.RegisterCommunity{Code: c, Name: c.String(), From: domain.MinDay, Source: "表"})
		teams, stray := 1+h.pick("teams", 2), 4+h.pick("stray", 40)
		for n := range teams {
			h.must(recorder, &domain.RegisterGroup{Group: groupAt(i, 3, n), Community: c, Name: fmt.Sprint("队", n), From: domain.MinDay})
		}
		for n := range 6 + h.pick("people", 20) {
			h.enrol(h.people, c, "2025-01-01")
			team := groupAt(i, 3, n%teams)
			if h.chance("stray", stray) {
				team = groupAt(h.pick("community", i+1), 3, 0)
			}
			h.must(recorder, &domain.StartMembership{Person: person(h.people), Membership: domain.Membership{
				Kind: domain.MemberOfTeam, Group: team.ID, From: day(t, "2025-01-01"), Basis: domain.OnPaper}})
			h.people++
		}
	}
	for range 10 + h.pick("outings", 50) {
		h.goOut()
	}
	return h
}

// goOut lets some of a team serve on one day, and now and then one of it alone.
func (h *history) goOut() {
	i := h.pick("community", len(h.codes))
	team := groupAt(i, 3, h.pick("team", 2))
	d := h.service(h.codes[i], (day(h.t, "2025-01-03") + domain.Day(6*h.pick("day", 14))).String(), 60)
	alone, many := h.chance("alone", 5), 1+h.pick("many", 3)
	for n := range h.people {
		x := person(n)
		in := slices.ContainsFunc(h.state(x.Stream()).(*domain.Person).Memberships, func(m domain.Membership) bool { return m.Group == team.ID })
		if !in || !h.chance("goes", many) {
			continue
		}
		if h.do(recorder, &domain.ClaimEntry{Person: x, Deed: d}) == nil {
			h.must(confirmer, &domain.ConfirmEntry{Person: x, Entry: h.lastEntry(x)})
		}
		if alone {
			return
		}
	}
}

// outings are the days on which teams served, each counted once, whoever did.
func (m *groupModel) outings(p domain.Period, on domain.Day) map[string]*happened {
	out := map[string]*happened{}
	for _, g := range m.in(domain.Division{}, domain.SubjectTeam, on) {
		for _, id := range m.canonicals() {
			for _, e := range m.confirmed(id, domain.Service) {
				if !p.Contains(e.on) || !m.member(id, g, e.Deed.Span.Day) {
					continue
				}
				key := fmt.Sprint(g, " ", e.on)
				if out[key] == nil {
					out[key] = &happened{community: m.homeOf(g, on), form: g.ID.String(), month: e.on.Month()}
				}
				out[key].people = append(out[key].people, id)
			}
		}
	}
	return out
}

// gatherTeams learns on how many days teams served, as the board of teams says it of
// each and the scorecards of all of a community.
func gatherTeams(t tb, a *attacker, when string, v *View, m *groupModel, codes []domain.CommunityCode, year domain.Period) (shown, hidden int) {
	on := min(year.To, v.Day())
	all := m.outings(year, on)
	for _, c := range codes {
		teams, err := v.Teams(c.Division(), year)
		want(t, "error", err, nil)
		for _, row := range teams.Rows {
			if row.Suppressed != NotSuppressed {
				want(t, "withheld", row.Days, 0)
				hidden++
				continue
			}
			a.total(t, fmt.Sprint("days of ", row.Team, when), row.Days, all, func(x *happened) bool { return x.form == row.Team.ID.String() })
		}
		card, err := v.Scorecard(c, year)
		want(t, "error", err, nil)
		item := scored(t, card, domain.ScoreTeams)
		if item.Suppressed != NotSuppressed {
			want(t, "withheld", fmt.Sprint(item.Value, item.FactCount, item.Short), fmt.Sprint(domain.Ratio{}, 0, []ScoreSpan(nil)))
			hidden++
			continue
		}
		here := func(x *happened) bool { return x.community == c }
		if item.FactCount > 0 {
			shown++
			a.total(t, fmt.Sprint("team days of ", c, when), item.FactCount, all, here)
		}
		for _, s := range item.Short {
			a.total(t, fmt.Sprint("team days of ", c, " in ", s.From, when), s.Value, all, func(x *happened) bool { return here(x) && x.month == s.From.Month() })
		}
	}
	return shown, hidden
}

// TestNobodyIsFoundInTeamDays gives the attacker on how many days teams served, of
// each team and of all of a community month by month, now and as of the past.
func TestNobodyIsFoundInTeamDays(t *testing.T) {
	year, shown, hidden, then := domain.YearPeriod(2025), 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		h := teamed(t)
		e := h.engine(Options{})
		whole := h.view(e, Now())
		a := &attacker{index: map[string]int{}}
		now, m := published(whole), groupModelOf(modelOf(h.steps))
		s, n := gatherTeams(t, a, "", now, m, h.codes, year)
		shown, hidden = shown+s, hidden+n
		a.check(t, smallestGroup)

		size := h.earlierSize(120)
		before, was := published(h.view(e, AtSize(domain.Size(size)))), groupModelOf(modelOf(h.steps[:size]))
		for _, c := range h.codes {
			a := &attacker{index: map[string]int{}}
			gatherTeams(t, a, "", now, m, []domain.CommunityCode{c}, year)
			n := len(a.figures)
			gatherTeams(t, a, " before", before, was, []domain.CommunityCode{c}, year)
			then += len(a.figures) - n
			a.check(t, smallestGroup)
		}
	})
	if shown == 0 || hidden == 0 || then == 0 {
		t.Errorf("%d shown, %d withheld, %d figures of the past shown", shown, hidden, then)
	}
	t.Logf("%d shown, %d withheld, %d figures of the past shown", shown, hidden, then)
}
