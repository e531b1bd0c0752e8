package projections

import "zhishu/domain"

// Community is a community as of a view.
type Community struct {
	Code        domain.CommunityCode
	Name        string // empty when it was never registered
	Registered  bool
	From        domain.Day
	Successors  []domain.CommunityCode
	SucceedsOn  domain.Day // NoDay without successors
	Members     int64      // on the view's day
	Populations []Population
}

// Population is the latest dated figure of a basis on or before the view's day.
type Population struct {
	Basis  domain.PopulationBasis
	Day    domain.Day
	Count  int64
	Source string
}

// Knows refuses a community's code that no event names so far: its figures would
// all be too small to be published, as those of a community with few members
// are. At a point before the first such event there are figures, all of them
// empty; and of a wider division anything may be asked.
func (v *View) Knows(d domain.Division) error {
	if d.Digits() == communityDigits && len(v.b.communitiesIn(d)) == 0 {
		return ErrUnknownCommunity
	}
	return nil
}

const communityDigits = 12

// Communities lists the communities of a division in code order.
type Communities struct {
	Footing
	Division    domain.Division
	Communities []Community
}

// Communities lists the communities of a division known at the view: those
// registered, and those that facts or memberships name.
func (v *View) Communities(d domain.Division) Communities {
	out := Communities{Division: d}
	for _, c := range v.b.communitiesIn(d) {
		r, registered := v.registration(c.number)
		if !registered && !v.inUse(c.number) {
			continue
		}
		row := Community{
			Code: c.code, Name: r.name, Registered: registered, From: r.from, SucceedsOn: domain.NoDay,
			Members: v.membersOn(c, v.day),
		}
		if s, ok := v.succession(c.number); ok {
			row.SucceedsOn = s.from
			for _, to := range s.to {
				row.Successors = append(row.Successors, v.b.communities.at(to).code)
			}
		}
		for _, basis := range [...]domain.PopulationBasis{domain.Resident, domain.Household} {
			if p, ok := v.populationOn(c.number, basis, v.day); ok {
				row.Populations = append(row.Populations, Population{basis, p.day, p.count, p.source})
			}
		}
		out.Communities = append(out.Communities, row)
	}
	out.Footing = v.footing(d, touchMembers|1<<touchCommunity)
	return out
}
