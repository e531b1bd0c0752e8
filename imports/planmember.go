package imports

import (
	"context"

	"zhishu/domain"
)

// planMembers finds out who of a sheet of people is enrolled already, who the
// guardians of its children are, and who looks like somebody else.
func (r *run) planMembers(ctx context.Context) error {
	if err := r.recognise(ctx); err != nil {
		return err
	}
	for _, q := range r.sheet.people.list {
		if q.isNew || q.code != "" {
			continue
		}
		known := true
		if r.resumed {
			p, err := r.personState(ctx, q.id)
			if err != nil {
				return err
			}
			known = p.Enrolled.Row.Import != r.id // else by this sheet, before an interruption
		}
		for _, l := range q.lines {
			if known {
				r.sheet.lines[l].fate = fateKnown
			}
		}
	}
	r.flagNamesakes()
	if err := r.findGroups(ctx); err != nil {
		return err
	}
	return r.findGuardians(ctx)
}

func (r *run) personState(ctx context.Context, id domain.PersonID) (*domain.Person, error) {
	state, err := r.handler.State(ctx, id.Stream())
	if err != nil {
		return nil, err
	}
	return state.(*domain.Person), nil
}

// findGuardians finds the guardians of children to be enrolled: in the same
// sheet, or among those who are enrolled.
func (r *run) findGuardians(ctx context.Context) error {
	var wards, sought []*person
	for _, q := range r.sheet.people.list {
		q.guardian = nil
		if !q.isNew || !q.child() {
			continue
		}
		if q.guardian = r.sheet.people.named(q.more.guardian); q.guardian == nil {
			wards, sought = append(wards, q), append(sought, &person{identity: q.more.guardian})
		}
	}
	if err := r.recognisePart(ctx, sought); err != nil {
		return err
	}
	for i, q := range wards {
		if q.guardian = sought[i]; q.guardian.isNew {
			q.guardian.code = PersonUnknown
		}
	}
	for _, q := range r.sheet.people.list {
		if g := q.guardian; g != nil && (g == q || g.code != "" || g.isNew && g.child()) {
			q.code = GuardianUnknown
		}
	}
	return nil
}

// named is the person of the sheet that a guardian's cells point to, or nil.
func (p *people) named(who identity) *person {
	if i, ok := p.numbers[who.number]; ok && who.number != "" {
		return p.list[i]
	}
	if i, ok := p.ids[who.idNumber]; ok && who.idNumber != "" {
		return p.list[i]
	}
	if i, ok := p.contactOf(who); ok {
		return p.list[i]
	}
	return nil
}

// flagNamesakes marks the rows of people to be enrolled who share a name and the
// day of birth with somebody of the sheet, or name and phone with somebody who
// is enrolled. They are enrolled all the same.
func (r *run) flagNamesakes() {
	type likeness struct {
		name string
		born domain.Day
	}
	seen := map[likeness]bool{}
	for _, q := range r.sheet.people.list {
		born, _ := q.born()
		like := likeness{q.name, born}
		alike := q.namesake || born != domain.NoDay && seen[like]
		seen[like] = true
		if alike && q.isNew {
			r.sheet.lines[q.lines[0]].alikes = true
		}
	}
}

// guardiansFirst orders the persons so that children come last; grown counts
// those before them.
func (r *run) guardiansFirst() (order []int, grown int) {
	var wards []int
	for i, q := range r.sheet.people.list {
		if q.guardian == nil {
			order = append(order, i)
		} else {
			wards = append(wards, i)
		}
	}
	return append(order, wards...), len(order)
}
