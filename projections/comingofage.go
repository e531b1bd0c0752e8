package projections

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"zhishu/domain"
)

// ComingOfAge lists the persons of a division whose consent is the one a
// guardian gave, by the day from which they consent for themselves.
type ComingOfAge struct {
	Footing
	Division domain.Division
	Period   domain.Period // of the days
	Due      int64         // of the period: their day has come
	Coming   int64
	Unknown  int64 // of the division: nothing said how old they are
	Rows     []ComingRow
	Next     string
}

// ComingRow is one of them.
type ComingRow struct {
	Person    domain.PersonID
	State     PersonState
	Community domain.CommunityCode // where the person belongs, or was enrolled
	Day       domain.Day           // from which the person is taken to be fourteen
	Due       bool
	Guardian  domain.PersonID
	Kinds     []domain.ConsentKind // that rest on the guardian
	Since     Step                 // the oldest of them
}

// ComingOfAge lists who is, or becomes, old enough to consent in a period. A
// guardian's consent goes on to hold, so that nothing stops on the day; what is
// missing is the person's own.
func (v *View) ComingOfAge(d domain.Division, period domain.Period, page Page) (ComingOfAge, error) {
	out := ComingOfAge{Division: d, Period: period}
	var rows []ComingRow
	for _, r := range v.guardedIn(d) {
		switch {
		case r.Day == domain.MinDay:
			out.Unknown++
			continue
		case !period.Contains(r.Day):
			continue
		}
		if r.Due = r.Day <= v.day; r.Due {
			out.Due++
		} else {
			out.Coming++
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b ComingRow) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), bytes.Compare(a.Person.UUID[:], b.Person.UUID[:]))
	})
	var err error
	out.Rows, out.Next, err = cutAfter(rows, page, func(r *ComingRow) string { return fmt.Sprintf("%s.%s", r.Day, r.Person) })
	out.Footing = v.footing(d, touchMembers)
	out.ChangedAt = domain.Size(v.size) // a consent has no stamp of its own
	return out, err
}

// guardedIn collects the persons of a division for whom a guardian consents.
func (v *View) guardedIn(d domain.Division) (rows []ComingRow) {
	place := map[uint32]int{}
	for j := range v.b.guards.seen() {
		g := v.b.guards.at(j)
		if g.at >= v.size {
			break
		}
		if !g.holds(v.size) || v.subjectOf(g.person).person != g.person {
			continue
		}
		n, known := place[g.person]
		if !known {
			p := v.b.persons.at(g.person)
			community := v.homeOn(subject{person: g.person}, v.day)
			if community == none {
				community = p.enrolledBy
			}
			if d.Digits() > 0 && (community == none || !v.standsIn(community, d)) {
				continue
			}
			n = len(rows)
			place[g.person] = n
			row := ComingRow{Person: p.id, State: p.state(), Day: p.consentsFrom(), Guardian: g.guardian, Since: Step{Size: domain.Size(g.at) + 1, Day: v.b.dayOf(g.at + 1)}}
			if community != none {
				row.Community = v.b.communities.at(community).code
			}
			rows = append(rows, row)
		}
		rows[n].Kinds = append(rows[n].Kinds, consentKinds[g.kind])
	}
	return rows
}

// consentsFrom is the day from which a person consents alone, as the domain
// reads it from the enrolment.
func (p *personRow) consentsFrom() domain.Day {
	said := domain.PersonEnrolled{Age: int(p.age), AgeOn: domain.Day(p.ageOn), BirthYearFrom: int(p.birthFrom), BirthYearTo: int(p.birthTo)}
	return said.ConsentsFrom()
}

// cutAfter takes a page out of a list that is ordered by a key.
func cutAfter[T any](all []T, page Page, key func(*T) string) (rows []T, next string, err error) {
	first := 0
	if page.After != "" {
		if strings.Count(page.After, ".") == 0 {
			return nil, "", ErrCursor
		}
		for first < len(all) && key(&all[first]) != page.After {
			first++
		}
		if first++; first > len(all) {
			return nil, "", ErrCursor
		}
	}
	last := min(first+page.limit(), len(all))
	if last < len(all) {
		next = key(&all[last-1])
	}
	return all[first:last], next, nil
}

// guardSubjects are the consents that guardians gave.
func (v *View) guardSubjects(add func(*subjectRow)) {
	var r subjectRow
	for j := range v.b.guards.seen() {
		g := v.b.guards.at(j)
		if !g.holds(v.size) {
			continue
		}
		p := v.b.persons.at(g.person)
		r.reset("guardians")
		r.id(p.id.UUID)
		r.id(g.guardian.UUID)
		r.text(string(consentKinds[g.kind]))
		r.num(int64(p.consentsFrom()))
		add(&r)
	}
}
