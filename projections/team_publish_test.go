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
