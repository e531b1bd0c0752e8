package api

import (
	"context"
	"errors"
	"strings"

	"zhishu/domain"
	"zhishu/imports"
)

// A receipt holds a fact as it was stored: all of it that is not sealed, withheld
// elsewhere or not. Who may have one is decided here and nowhere else, by the kind of
// stream and by how the stream stands today (0136).

// factRule is who may have the facts of one kind of stream.
type factRule struct {
	// anybody: nothing in it is about somebody, or withheld anywhere.
	anybody bool
	// named: its name is for whom it concerns, as a volunteer number is; whoever has
	// the name may have the facts, and whoever has counted up to them may not.
	named bool
	// may refuses an account; it is asked of everybody else.
	may func(a asker, of domain.StreamRef, state domain.State) error
}

// factRules is the closed list. A kind that is not in it is for nobody.
var factRules = map[string]factRule{
	domain.CommunityCategory:    {anybody: true},
	domain.PolicyCategory:       {anybody: true},
	domain.SigningCategory:      {anybody: true},
	domain.PersonCategory:       {named: true, may: personFacts},
	domain.DonationCategory:     {may: giftFacts},
	domain.AccountCategory:      {may: accountFacts},
	domain.ActivityCategory:     {may: activityFacts},
	domain.ImportCategory:       {may: sheetFacts},
	domain.InspectionCategory:   {may: caseFacts},
	domain.HouseholdCategory:    {may: groupFacts},
	domain.BuildingCategory:     {may: groupFacts},
	domain.OrganisationCategory: {may: groupFacts},
	domain.TeamCategory:         {may: groupFacts},
}

// StreamTold is a stream's name for whoever listens: whole where anybody may have its
// facts, and else no more than its kind.
func StreamTold(stream string) string {
	category, _, _ := strings.Cut(stream, "-")
	if factRules[category].anybody {
		return stream
	}
	return category
}

// mayHaveFacts refuses an account the facts of a stream. Where the stream was found by
// counting, a refusal says nothing of what was found.
func (s *Server) mayHaveFacts(ctx context.Context, a asker, stream string, named bool) error {
	ref, _ := domain.ParseStream(stream)
	rule := factRules[ref.Category]
	switch {
	case rule.anybody || rule.named && named:
		return nil
	case a.Role == "":
		return NewProblem(CodeAccountMissing, "")
	case rule.may == nil:
		return domain.Refuse(imports.OutOfScope, "account")
	}
	state, err := s.cfg.Ledger.Commands.State(ctx, stream)
	if err != nil {
		return err
	}
	err = rule.may(a, ref, state)
	if _, refused := errors.AsType[*domain.Refusal](err); refused && !named {
		return domain.Refuse(imports.OutOfScope, "account")
	}
	return err
}

// looksAt refuses whoever is neither of the staff nor an inspector of a division. What
// belongs to no community is covered by the scope of the whole alone.
func (a asker) looksAt(d domain.Division) error {
	switch {
	case a.within(d):
		return nil
	case a.Role == domain.RoleResident:
		return domain.Refuse(domain.RoleForbids, "account")
	}
	return domain.Refuse(imports.OutOfScope, "account")
}

func personFacts(a asker, of domain.StreamRef, state domain.State) error {
	p, ok := state.(*domain.Person)
	switch {
	case !ok || !p.Exists:
		return domain.Refuse(domain.SubjectUnknown, "event")
	case a.Is(domain.PersonID{UUID: of.ID}):
		return nil
	}
	return a.looksAt(domain.Home(p.Memberships, p.Enrolled.Community).Division())
}

// giftFacts: they say who gave, so they are for the giver and for those who may open
// the donor. An inspector may not (0075, 0122).
func giftFacts(a asker, _ domain.StreamRef, state domain.State) error {
	d, ok := state.(*domain.Donation)
	switch {
	case !ok || !d.Exists:
		return domain.Refuse(domain.SubjectUnknown, "event")
	case a.Is(d.Giver):
		return nil
	case a.Role == domain.RoleInspector:
		return domain.Refuse(domain.RoleForbids, "account")
	}
	return a.looksAt(d.Gift.Community.Division())
}

// accountFacts: they say whose account it is.
func accountFacts(a asker, _ domain.StreamRef, state domain.State) error {
	c, ok := state.(*domain.Account)
	switch {
	case !ok || !c.Exists:
		return domain.Refuse(domain.SubjectUnknown, "event")
	case a.Account == c.ID || a.Is(c.Person):
		return nil
	}
	return a.looksAt(c.Scope)
}

// activityFacts: they say who signed up (0126).
func activityFacts(a asker, _ domain.StreamRef, state domain.State) error {
	c, ok := state.(*domain.Activity)
	if !ok || !c.Exists {
		return domain.Refuse(domain.SubjectUnknown, "event")
	}
	return a.looksAt(c.Plan.Community.Division())
}

// sheetFacts: they sum up what few people did (0105).
func sheetFacts(a asker, _ domain.StreamRef, state domain.State) error {
	c, ok := state.(*domain.Import)
	if !ok || !c.Exists {
		return domain.Refuse(domain.SubjectUnknown, "event")
	}
	return a.looksAt(c.Started.Community.Division())
}

// caseFacts: they hold the nonce that tells who was drawn, so they are for those who
// take the bundles of the case away.
func caseFacts(a asker, _ domain.StreamRef, state domain.State) error {
	c, ok := state.(*domain.Inspection)
	if !ok || !c.Exists {
		return domain.Refuse(domain.SubjectUnknown, "event")
	}
	return c.Shows(a.Actor)
}

func groupFacts(a asker, _ domain.StreamRef, state domain.State) error {
	g, ok := state.(*domain.Group)
	if !ok || !g.Exists {
		return domain.Refuse(domain.SubjectUnknown, "event")
	}
	return a.looksAt(g.Community.Division())
}
