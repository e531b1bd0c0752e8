package projections

import (
	"fmt"
	"testing"

	"zhishu/domain"
)

// TestATeamIsNoStarBoardAndThoseWhoMoved: star boards count all service where its
// person belongs today, so a team less the board of those who stayed would be what
// the few did who moved and left it.
func TestATeamIsNoStarBoardAndThoseWhoMoved(t *testing.T) {
	for moved, why := range map[int]Suppression{0: NotSuppressed, 4: Complementary, 5: NotSuppressed} {
		t.Run(fmt.Sprint(moved), func(t *testing.T) {
			w := newWorld(t).withPolicies()
			c, next := code(t, "430702001001"), code(t, "430702001002")
			w.now = day(t, "2026-03-20").Start()
			w.villagers(next, 20, 30)
			team := groupAt(0, 3, 0)
			w.must(recorder, &domain.RegisterCommunity{Code: c, Name: "甲", From: domain.MinDay, Source: "表"})
			w.must(recorder, &domain.RegisterGroup{Group: team, Community: c, Name: "队", From: domain.MinDay})
			for n := range w.villagers(c, 0, 10) {
				w.must(recorder, &domain.StartMembership{Person: person(n), Membership: domain.Membership{
					Kind: domain.MemberOfTeam, Group: team.ID, From: day(t, "2025-01-01"), Basis: domain.OnPaper}})
			}
			for n := range moved {
				last := day(t, "2026-02-01")
				w.must(recorder, &domain.EndMembership{Person: person(n), Kind: domain.MemberOfTeam, Group: team.ID, To: last})
				w.must(recorder, &domain.EndMembership{Person: person(n), Kind: domain.MemberOfCommunity, Community: c, To: last})
				w.must(recorder, &domain.StartMembership{Person: person(n), Membership: domain.Membership{
					Kind: domain.MemberOfCommunity, Community: next, From: last + 1, Basis: domain.OnPaper}})
			}
			v := published(w.view(w.engine(Options{}), Now()))
			for _, d := range []domain.CommunityCode{c, next} {
				board, err := v.Stars(d.Division(), Page{})
				want(t, "error", err, nil)
				want(t, "board of "+d.String(), board.Suppressed, NotSuppressed)
			}
			teams, err := v.Teams(domain.Division{}, domain.AllTime)
			want(t, "error", err, nil)
			want(t, "team", teams.Rows[0].Suppressed, why)
		})
	}
}

// teamOf makes a team of a community's people.
func (w *world) teamOf(c domain.CommunityCode, n int, people []domain.PersonID) domain.GroupRef {
	w.t.Helper()
	team := groupAt(0, 3, n)
	w.must(recorder, &domain.RegisterGroup{Group: team, Community: c, Name: fmt.Sprint("队", n), From: domain.MinDay})
	for _, id := range people {
		w.must(recorder, &domain.StartMembership{Person: id, Membership: domain.Membership{
			Kind: domain.MemberOfTeam, Group: team.ID, From: day(w.t, "2025-01-01"), Basis: domain.OnPaper}})
	}
	return team
}

// TestAMonthLessTheDaysOfAnotherTeam: the days of a team that went out in April alone
// are those of its year, so that April less them would be what two of another did.
func TestAMonthLessTheDaysOfAnotherTeam(t *testing.T) {
	for went, facts := range map[int]int64{2: 0, 5: 3} {
		w := newWorld(t).withPolicies()
		c := code(t, "430702001001")
		w.must(recorder, &domain.RegisterCommunity{Code: c, Name: "红旗", From: domain.MinDay})
		people := w.crowdOf(c, 0, 30)
		w.teamOf(c, 0, people[:10])
		w.teamOf(c, 1, people[10:20])
		w.studied(people[:went], w.service(c, "2025-04-02", 60))
		w.studied(people[:10], w.service(c, "2025-05-02", 60))
		w.studied(people[10:20], w.service(c, "2025-04-03", 60))
		v := published(w.view(w.engine(Options{}), Now()))
		teams, err := v.Teams(c.Division(), domain.YearPeriod(2025))
		want(t, "error", err, nil)
		want(t, "days of the teams", fmt.Sprint(teams.Rows[0].Days+teams.Rows[1].Days, teams.Rows[0].Suppressed, teams.Rows[1].Suppressed), "3")
		card, err := v.Scorecard(c, domain.Period{From: day(t, "2025-04-01"), To: day(t, "2025-05-31")})
		want(t, "error", err, nil)
		item := scored(t, card, domain.ScoreTeams)
		want(t, fmt.Sprint("team days when ", went, " went"), fmt.Sprint(item.Value, item.Suppressed, item.FactCount), fmt.Sprint(domain.Ratio{Num: 2, Den: 2}, NotSuppressed, facts))
	}
}

// TestADayThatOneAddsToATeam: five who come to a day that there was add minutes and no
// day, and do not hide the one who went out alone since.
func TestADayThatOneAddsToATeam(t *testing.T) {
	for alone, why := range map[int]Suppression{0: NotSuppressed, 1: Difference, 5: NotSuppressed} {
		w := newWorld(t).withPolicies()
		c := code(t, "430702001001")
		w.must(recorder, &domain.RegisterCommunity{Code: c, Name: "红旗", From: domain.MinDay})
		people := w.crowdOf(c, 0, 30)
		w.teamOf(c, 0, people[:20])
		w.studied(people[:10], w.service(c, "2025-04-02", 60))
		e, before := w.engine(Options{}), domain.Size(len(w.steps))
		w.studied(people[10:15], w.service(c, "2025-04-02", 60))
		w.studied(people[:alone], w.service(c, "2025-04-09", 60))
		w.catchUp(e)
		v := published(w.view(e, AtSize(before)))
		teams, err := v.Teams(c.Division(), domain.YearPeriod(2025))
		want(t, "error", err, nil)
		want(t, fmt.Sprint("the team then, when ", alone, " went since"), teams.Rows[0].Suppressed, why)
		card, err := v.Scorecard(c, domain.Period{From: day(t, "2025-04-01"), To: day(t, "2025-04-30")})
		want(t, "error", err, nil)
		want(t, "its scorecard then", scored(t, card, domain.ScoreTeams).Suppressed, why)
	}
}
