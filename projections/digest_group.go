package projections

import "zhishu/domain"

var groupKinds = [...]domain.SubjectKind{domain.SubjectHousehold, domain.SubjectBuilding, domain.SubjectOrganisation, domain.SubjectTeam}

// groupSubjects: what is known of each group, and its figures of the view's year.
func (v *View) groupSubjects(add func(*subjectRow)) {
	year := domain.YearPeriod(v.day.Year())
	var groups []*groupBook
	for _, kind := range groupKinds {
		groups = append(groups, v.groupsIn(domain.Division{}, kind, v.day)...)
	}
	rows := parallel(groups, func(g *groupBook) *subjectRow {
		r := &subjectRow{}
		r.reset("groups")
		r.text(string(g.ref.Kind))
		r.id(g.ref.ID.UUID)
		r.text(v.groupName(g, v.day))
		r.num(int64(v.b.communities.at(v.groupHome(g, v.day)).code))
		r.id(g.within.UUID)
		r.num(int64(g.from))
		r.num(int64(v.lastDayOf(g)))
		if v.learning(g.ref, v.day) {
			r.num(1)
		}
		if g.ref.Kind == domain.SubjectTeam {
			fold := serviceFold{v: v}
			t := fold.team(g, year, v.day)
			for _, n := range [...]int64{t.Members, t.Active, t.Entries, int64(t.Minutes), int64(t.Recognised), t.Days} {
				r.num(n)
			}
			return r
		}
		t := v.groupTally(g, year, v.day)
		for _, n := range [...]int64{t.Members, t.Participants, t.PersonTimes, int64(t.Minutes)} {
			r.num(n)
		}
		return r
	})
	for _, r := range rows {
		add(r)
	}
}

// programmeSubjects are the counts that staff entered.
func (v *View) programmeSubjects(add func(*subjectRow)) {
	v.b.mu.RLock()
	counts := map[domain.CommunityCode][]countRow{}
	for c, rows := range v.b.group.counts {
		for _, r := range rows {
			if r.at < v.size && r.withdrawnAt >= v.size {
				code := v.b.communities.at(c).code
				counts[code] = append(counts[code], r)
			}
		}
	}
	v.b.mu.RUnlock()
	var r subjectRow
	for code, rows := range counts {
		for _, x := range rows {
			r.reset("counts")
			r.num(int64(code))
			r.num(int64(x.revision))
			r.text(string(x.kind))
			r.num(int64(x.day))
			r.text(x.title)
			r.num(x.count)
			add(&r)
		}
	}
}
