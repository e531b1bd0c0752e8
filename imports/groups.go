package imports

import (
	"context"
	"strings"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/sheets"
)

// groupNamed is a household, building, organisation or team as a cell names it.
type groupNamed struct {
	kind domain.MembershipKind
	name string
}

// groupFound is the group that a name stands for.
type groupFound struct {
	ref   domain.GroupRef
	isNew bool        // to be registered
	code  domain.Code // why nobody can join it
}

// groupFields are the columns that name groups. Somebody belongs to one
// household and one building, and to any number of organisations and teams.
var groupFields = []struct {
	field sheets.Field
	kind  domain.MembershipKind
	many  bool
}{
	{sheets.Household, domain.MemberOfHousehold, false}, {sheets.Building, domain.MemberOfBuilding, false},
	{sheets.Organisation, domain.MemberOfOrganisation, true}, {sheets.Team, domain.MemberOfTeam, true},
}

// groups reads to what else than the community somebody belongs.
func (r *reader) groups(row sheets.Row) (all []groupNamed, err error) {
	for _, g := range groupFields {
		names := []string{row.Text(g.field)}
		if g.many {
			names = strings.FieldsFunc(names[0], func(r rune) bool { return strings.ContainsRune("、，,；;\n", r) })
		}
		for _, name := range names {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			named := groupNamed{g.kind, r.word(name)}
			if _, err := (&domain.Group{Kind: domain.SubjectKind(g.kind)}).Decide(named.register(probe.group, r.job.Community), r.by, r.now); err != nil {
				return nil, &rowRefusal{domain.FieldInvalid, g.field}
			}
			all = append(all, named)
		}
	}
	return all, nil
}

// register is the command that makes the group exist. What a list calls a
// household is a door number, or whose house it is: it is sealed, and the label
// in the clear says nothing.
func (g groupNamed) register(id domain.GroupID, c domain.CommunityCode) *domain.RegisterGroup {
	cmd := &domain.RegisterGroup{
		Group: domain.GroupRef{Kind: domain.SubjectKind(g.kind), ID: id}, Community: c, Name: g.name, From: domain.MinDay,
		In: domain.CommunitySeen{Exists: true},
	}
	if g.kind == domain.MemberOfHousehold {
		cmd.Name, cmd.Door = "户"+id.String()[:8], g.name
	}
	return cmd
}

// findGroups finds the groups that the sheet names, by the ledger's number or by
// the name they are known under in the community.
func (r *run) findGroups(ctx context.Context) error {
	r.groups = map[groupNamed]*groupFound{}
	for i := range r.sheet.members {
		for _, g := range r.sheet.members[i].groups {
			if r.groups[g] != nil {
				continue
			}
			found, err := r.findGroup(ctx, g)
			if err != nil {
				return err
			}
			r.groups[g] = found
		}
	}
	return nil
}

func (r *run) findGroup(ctx context.Context, g groupNamed) (*groupFound, error) {
	found := &groupFound{ref: domain.GroupRef{Kind: domain.SubjectKind(g.kind)}}
	own, err := domain.ParseUUID(g.name)
	if byNumber := err == nil; byNumber {
		found.ref.ID.UUID = own
	} else if found.ref.ID, err = r.handler.GroupNamed(ctx, found.ref.Kind, r.job.Community, g.name); err != nil {
		return nil, err
	}
	if !found.ref.ID.IsZero() {
		exists, err := r.handler.Exists(ctx, found.ref.Stream())
		if err != nil || exists {
			return found, err
		}
		if found.ref.ID.UUID == own {
			found.code = domain.SubjectUnknown
			return found, nil
		}
	}
	found.isNew = true
	if found.ref.ID.IsZero() {
		found.ref.ID.UUID = r.handler.DerivedID("group", []byte(r.job.Community.String()), []byte(g.kind), []byte(sheets.Fold(g.name)))
	}
	return found, nil
}

// registerGroups makes the groups exist that nobody has registered yet. A group
// that cannot be is told with each row that names it.
func (r *run) registerGroups(ctx context.Context) error {
	for g, found := range r.groups {
		if !found.isNew {
			continue
		}
		cmd := g.register(found.ref.ID, r.job.Community)
		out, err := r.do(ctx, []commands.Request{{Caller: r.caller(r.job.Recorder), Command: cmd, Digest: r.sheet.content[:],
			Key: "import/" + r.id.String() + "/group/" + found.ref.ID.String()}})
		if err != nil {
			return err
		}
		r.pool.reached(out[0].Position)
		if refusal := refusalOf(out[0]); refusal != nil {
			found.code = refusal.Code
		}
	}
	return nil
}

// join asks for the memberships of groups that a row states.
func (m *memberRequests) join(i int32, said *member) {
	for _, g := range said.groups {
		found := m.r.groups[g]
		switch {
		case found.code != "":
			m.refused = append(m.refused, verdict{line: i, code: found.code, field: string(g.kind), stays: true})
			continue
		case found.isNew:
			m.would = append(m.would, commands.Would{Stream: found.ref.Stream(),
				State: &domain.Group{Kind: found.ref.Kind, Exists: true, ID: found.ref.ID, Community: m.r.job.Community, From: domain.MinDay, To: domain.MaxDay}})
		}
		to := domain.Membership{Kind: g.kind, Group: found.ref.ID, From: said.joined, To: domain.MaxDay, Basis: domain.ByRoster}
		if said.joined == domain.NoDay {
			to.Basis = domain.Imported
		}
		if !m.belongs(&to, said.left) {
			m.add(i, "join/"+found.ref.ID.String(), opFurther, &domain.StartMembership{Person: m.q.id, Membership: to})
			m.steps[len(m.steps)-1].field = string(g.kind)
			if said.left != domain.NoDay {
				m.add(i, "leave/"+found.ref.ID.String(), opFurther, &domain.EndMembership{Person: m.q.id, Kind: g.kind, Group: found.ref.ID, To: said.left})
				m.steps[len(m.steps)-1].field = string(g.kind)
			}
			if to.From == domain.NoDay {
				to.From = m.r.handler.Now().Day()
			}
			m.before.Evolve(&domain.MembershipStarted{Membership: to}, domain.Meta{})
		}
	}
}

// belongs reports that what a row states is recorded already.
func (m *memberRequests) belongs(to *domain.Membership, left domain.Day) bool {
	for _, x := range m.before.Memberships {
		if x.Kind == to.Kind && x.Group == to.Group && (to.From == domain.NoDay && (x.To == domain.MaxDay || x.To == left) ||
			to.From != domain.NoDay && x.From <= to.From && to.From <= x.To) {
			return true
		}
	}
	return false
}
