package projections

import (
	"cmp"
	"slices"

	"zhishu/domain"
)

// TeamRow is one volunteer team: its members on the day, and their service on
// the days they belonged to it.
type TeamRow struct {
	Team       domain.GroupRef
	Name       string
	Community  domain.CommunityCode
	Members    int64
	Active     int64 // of whoever belonged to it, with service
	Entries    int64
	Minutes    domain.Minutes // as recorded
	Recognised domain.Minutes // as the counting policies count them
	Days       int64          // on which somebody of the team served
	Suppressed Suppression
}

// Teams lists the teams of a division. Teams with few members show no figures.
type Teams struct {
	Footing
	Division   domain.Division
	Period     domain.Period
	On         domain.Day
	Definition *domain.PolicyVersion // whose smallest size withholds figures
	Rows       []TeamRow             // by minutes from the highest down, then name; withheld ones last
}

// Teams sums the confirmed service of each team's members in a period.
func (v *View) Teams(d domain.Division, period domain.Period) (Teams, error) {
	on := v.lastOf(period)
	definition := v.rules.InForceFor(domain.ParticipationKind, d, on)
	if definition == nil {
		return Teams{}, ErrNoPolicy
	}
	out := Teams{Division: d, Period: period, On: on, Definition: definition}
	fold := serviceFold{v: v}
	for _, g := range v.groupsIn(d, domain.SubjectTeam, on) {
		row := fold.team(g, period, on)
		if why := v.teamWithheld(g, groupFigure{false, period, on}); why != NotSuppressed {
			row = TeamRow{Team: row.Team, Name: row.Name, Community: row.Community, Suppressed: why}
		}
		out.Rows = append(out.Rows, row)
	}
	slices.SortStableFunc(out.Rows, func(a, b TeamRow) int { return cmp.Compare(b.Minutes, a.Minutes) })
	out.Footing = v.groupFooting(d, append(fold.used, definition)...)
	return out, nil
}

// teamWithheld is why a team's figures are withheld.
func (v *View) teamWithheld(g *groupBook, f groupFigure) (why Suppression) {
	switch why = v.groupWithheld(g, f); {
	case v.everything:
		return NotSuppressed
	case why == NotSuppressed && v.teamFewDiffer(g, f):
		return Difference
	}
	return why
}

// teamFewDiffer reports whether a team's figures of the past tell too few persons
// apart from today's: what they are made of, or the days on which it served. Who goes
// out with others on a day adds none.
func (v *View) teamFewDiffer(g *groupBook, f groupFigure) bool {
	if v.groupFewDiffer(g.ref, f) {
		return true
	}
	live := v.today()
	if live == nil || v.groupChanged() <= v.size || v.everything {
		return false
	}
	need := v.smallest(v.b.communities.at(v.groupHome(g, f.on)).code.Division(), f.on)
	return daysTell(v.daysServed(g, f), live.daysServed(g, f), need)
}

// daysServed are the days on which somebody of a team served, and who did.
func (v *View) daysServed(g *groupBook, f groupFigure) map[domain.Day][]uint32 {
	out := map[domain.Day][]uint32{}
	for _, s := range v.everMembers(g) {
		v.eachGroupFact(s, f, func(r *entryRow) {
			if on := v.countsOn(r); v.belongs(s, g, domain.Day(r.day)) {
				out[on] = append(out[on], s.person)
			}
		})
	}
	return out
}

// daysTell reports whether days at two points of view cut a month into parts in
// which too few served: the days of both, and those of one alone. Today's scorecard
// may tell the month, so that one part is found as soon as the others are.
func daysTell(then, today map[domain.Day][]uint32, need int64) bool {
	parts := map[domain.Month]*[3][]uint32{} // of both, then alone, today alone
	note := func(on domain.Day, part int, people []uint32) {
		if parts[on.Month()] == nil {
			parts[on.Month()] = &[3][]uint32{}
		}
		x := parts[on.Month()]
		x[part] = append(x[part], people...)
	}
	for on, people := range then {
		if _, both := today[on]; both {
			note(on, 0, people)
		} else {
			note(on, 1, people)
		}
	}
	for on, people := range today {
		if _, both := then[on]; both {
			note(on, 0, people)
		} else {
			note(on, 2, people)
		}
	}
	for _, x := range parts {
		if len(x[1])+len(x[2]) > 0 && slices.ContainsFunc(x[:], func(people []uint32) bool { return few(distinct(people), need) }) {
			return true
		}
	}
	return false
}

// team sums what the members of a team did on days they belonged to it. What a
// day cap leaves of a day goes to its entries in their order, whether they count
// for the team or not.
func (f *serviceFold) team(g *groupBook, period domain.Period, on domain.Day) TeamRow {
	v := f.v
	row := TeamRow{Team: g.ref, Name: v.groupName(g, on), Community: v.b.communities.at(v.groupHome(g, on)).code}
	days := map[domain.Day]bool{}
	for _, s := range v.everMembers(g) {
		if v.belongs(s, g, on) {
			row.Members++
		}
		var rows []*entryRow
		own := map[domain.EntryNo]bool{} // place in rows
		v.eachRow(s, func(r *entryRow) {
			if r.flags&entryStudy == 0 {
				rows = append(rows, r)
			}
		})
		slices.SortStableFunc(rows, func(a, b *entryRow) int { return cmp.Compare(a.entry, b.entry) })
		f.facts = f.facts[:0]
		for i, r := range rows {
			fact, day := v.factOf(s, r), domain.Day(r.day)
			fact.Entry = domain.EntryNo(i) // entries of merged persons may share a number
			f.facts = append(f.facts, fact)
			if period.Contains(v.countsOn(r)) && v.belongs(s, g, day) {
				own[fact.Entry] = true
				row.Entries++
				row.Minutes += domain.Minutes(r.minutes)
				days[day] = true
			}
		}
		if len(own) == 0 {
			continue
		}
		row.Active++
		for _, p := range domain.Count(f.facts, v.rules, false) {
			if own[p.Entry] {
				row.Recognised += p.Recognised
				f.use(p.Policy)
			}
		}
	}
	row.Days = int64(len(days))
	return row
}
