package demo

import (
	"fmt"
	"math/rand/v2"

	"zhishu/domain"
)

// group is a household, building, organisation or team of a community.
type group struct {
	domain.RegisterGroup
	people []int // of a household or building: who lives there
}

const householdsPerBuilding = 48

// keepsHouseholds reports whether a community keeps its households and buildings
// in the ledger; the others have come as far as organisations and teams.
func keepsHouseholds(index int) bool { return index%5 == 0 }

var (
	units = []string{"中心小学", "幼儿园", "卫生服务站", "物业服务中心", "农贸市场", "供电所", "银行网点", "派出所"}
	teams = []string{"红马甲志愿服务队", "银龄志愿服务队", "文艺志愿服务队", "平安巡防队"}
)

// gather draws who lives with whom, who works where, and who serves in which
// team. It draws from a generator of the community's own, so that the rest of
// the city is the same with it and without.
func gather(c *community, households bool) {
	c.own = rand.New(rand.NewPCG(uint64(c.code), 3))
	if households {
		house(c)
	}
	c.units = newGroups(c, domain.SubjectOrganisation, len(units), func(i int) string { return c.name + units[i] })
	c.teams = newGroups(c, domain.SubjectTeam, len(teams), func(i int) string { return teams[i] })
	for i := range c.people {
		x := &c.people[i]
		if x.layer == "在职" && c.own.IntN(100) < 20 {
			x.belongs = append(x.belongs, c.units[c.own.IntN(len(units))].Group)
		}
		if x.effort > 1 && c.own.IntN(100) < 25 {
			x.belongs = append(x.belongs, c.teams[c.own.IntN(len(teams))].Group)
		}
	}
}

// house puts the members into households, and these into buildings. Only those
// households are there that have somebody on record: about a third of all.
func house(c *community) {
	c.buildings = newGroups(c, domain.SubjectBuilding, max(1, c.households/householdsPerBuilding), func(i int) string { return fmt.Sprintf("%d栋", i+1) })
	for order := c.own.Perm(len(c.people)); len(order) > 0; {
		n := min(len(order), sizeOfHousehold(c.own))
		at := c.own.IntN(len(c.buildings))
		home := newGroup(c, domain.SubjectHousehold, fmt.Sprintf("第%d户", len(c.homes)+1))
		home.Door = fmt.Sprintf("%d栋%d0%d", at+1, 1+c.own.IntN(6), 1+c.own.IntN(8))
		home.people = order[:n]
		building := &c.buildings[at]
		building.people = append(building.people, order[:n]...)
		for _, i := range order[:n] {
			c.people[i].belongs = append(c.people[i].belongs, home.Group, building.Group)
		}
		c.homes = append(c.homes, home)
		order = order[n:]
	}
}

// sizeOfHousehold says how many of a household are on record.
func sizeOfHousehold(own *rand.Rand) int {
	switch x := own.IntN(100); {
	case x < 45:
		return 1
	case x < 80:
		return 2
	case x < 95:
		return 3
	}
	return 4
}

func newGroup(c *community, kind domain.SubjectKind, name string) group {
	return group{RegisterGroup: domain.RegisterGroup{
		Group: domain.GroupRef{Kind: kind, ID: domain.GroupID{UUID: seeded(c.own, 4)}}, Community: c.code, Name: name, From: domain.MinDay,
	}}
}

func newGroups(c *community, kind domain.SubjectKind, n int, name func(int) string) []group {
	out := make([]group, n)
	for i := range out {
		out[i] = newGroup(c, kind, name(i))
	}
	return out
}

// divide registers what the communities are divided into.
func (p *player) divide(city []community) error {
	for i := range city {
		c := &city[i]
		for _, list := range [][]group{c.buildings, c.homes, c.units, c.teams} {
			for j := range list {
				p.tonight(c.clerk, &list[j].RegisterGroup)
			}
		}
	}
	return p.flush()
}

// joins are the memberships of groups that begin with somebody's enrolment.
func (x *person) joins(day domain.Day) (cmds []domain.Command) {
	for _, g := range x.belongs {
		cmds = append(cmds, &domain.StartMembership{Person: x.id, Membership: domain.Membership{
			Kind: domain.MembershipKind(g.Kind), Group: g.ID, From: day, Basis: domain.OnPaper,
		}})
	}
	return cmds
}
