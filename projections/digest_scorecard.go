package projections

import "zhishu/domain"

// scorecardSubjects are the communities' scorecards of the view's year: what the
// figures are, and not what of them may be published, which of the past depends
// on what came after. An item that rests on no fact is left out, and a community
// without any: when a community became known is no figure.
func (v *View) scorecardSubjects(add func(*subjectRow)) {
	whole := *v
	whole.everything = true
	year := domain.YearPeriod(v.day.Year())
	for _, r := range parallel(v.b.communitiesIn(domain.Division{}), func(c codeNumber) *subjectRow {
		card, err := whole.Scorecard(c.code, year)
		if err != nil { // without a policy there is none
			return nil
		}
		r := &subjectRow{}
		r.reset("scorecard")
		r.num(int64(c.code))
		r.policy(card.Policy)
		empty := len(r.b)
		for i := range card.Items {
			if it := &card.Items[i]; it.FactCount > 0 || it.Every == domain.InPercent && it.Value.Den > 0 {
				r.scoreItem(it)
			}
		}
		if len(r.b) == empty {
			return nil
		}
		return r
	}) {
		if r != nil {
			add(r)
		}
	}
}

func (r *subjectRow) scoreItem(it *ScoreItem) {
	r.text(string(it.Item))
	for _, n := range [...]int64{it.Value.Num, it.Value.Den, it.Missing, it.FactCount} {
		r.num(n)
	}
	for _, x := range it.Short {
		r.num(int64(x.From))
		r.num(int64(x.To))
		r.num(x.Value)
	}
	for _, f := range it.Facts {
		r.text(f.Stream)
		r.num(int64(f.Revision))
		r.num(int64(f.Day))
		r.text(f.Title)
		r.num(f.Sessions)
	}
}

// registerSubjects are what each community recorded, year by year: service and
// study, of members and of others.
func (v *View) registerSubjects(add func(*subjectRow)) {
	for _, r := range parallel(v.b.communitiesIn(domain.Division{}), v.recordedBy) {
		if r != nil {
			add(r)
		}
	}
}

// recordedBy is the row of one community; nil where it recorded nothing.
func (v *View) recordedBy(c codeNumber) *subjectRow {
	type sum struct {
		entries, minutes int64
		persons          map[uint32]bool
	}
	years := map[int]*[4]sum{} // by kind, and whether of members
	first, last := 0, 0
	v.recordedHere(c.number, func(r *entryRow) {
		year, s := v.countsOn(r).Year(), v.subjectOf(r.person)
		if years[year] == nil {
			if len(years) == 0 {
				first, last = year, year
			}
			first, last = min(first, year), max(last, year)
			years[year] = &[4]sum{}
		}
		k := 0
		if r.flags&entryStudy != 0 {
			k = 2
		}
		if v.homeOn(s, domain.Day(r.day)) == c.number {
			k++
		}
		x := &years[year][k]
		x.entries++
		x.minutes += int64(r.minutes)
		if x.persons == nil {
			x.persons = map[uint32]bool{}
		}
		x.persons[s.person] = true
	})
	if len(years) == 0 {
		return nil
	}
	out := &subjectRow{}
	out.reset("registers")
	out.num(int64(c.code))
	for year := first; year <= last; year++ {
		if years[year] == nil {
			continue
		}
		out.num(int64(year))
		for _, x := range years[year] {
			out.num(x.entries)
			out.num(x.minutes)
			out.num(int64(len(x.persons)))
		}
	}
	return out
}
