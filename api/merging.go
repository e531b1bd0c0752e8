package api

import (
	"context"
	"slices"

	"zhishu/commands"
	"zhishu/domain"
)

type moveInput struct {
	WriteInput
	PersonPath
	Body struct {
		Kind string `json:"kind" enum:"community,household,building" doc:"One belongs to one of each at a time"`
		UnregisteredBody
		Community string `json:"community,omitempty" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"Where to, of a community"`
		Group     string `json:"group,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Where to, of everything else"`
		From      string `json:"from" format:"date" doc:"First day there; the membership before ends the day before"`
		Basis     string `json:"basis,omitempty" maxLength:"200" doc:"On what it rests: paper, residency …"`
	}
}

type layersInput struct {
	WriteInput
	PersonPath
	Body struct {
		Layers []string `json:"layers" maxItems:"50" doc:"All of them, from that day on"`
		From   string   `json:"from,omitempty" format:"date" doc:"Absent: today"`
	}
}

type contactInput struct {
	WriteInput
	PersonPath
	Body struct {
		Name  string `json:"name,omitempty" maxLength:"200" doc:"Sealed; absent: as it is"`
		Phone string `json:"phone,omitempty" maxLength:"40" doc:"Sealed; absent: as it is"`
	}
}

// merging registers moves, changes of layer, of name and phone, and what becomes of
// two numbers of one person.
func merging(r *routes) {
	write(r, operation{
		id: "move-membership", path: "/v1/persons/{id}/memberships/move", tag: "persons", permission: "person.membership",
		summary: "End one membership and start the next of its kind",
	}, slices.Concat(personCodes, []domain.Code{domain.CommunityInvalid, commands.CommunityUnregistered, domain.MembershipOverlap, domain.MembershipUnknown, domain.GroupClosedCode}), func(ctx context.Context, s *Server, in *moveInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.MoveMembership{Person: in.person(), Membership: domain.Membership{
			Kind: domain.MembershipKind(in.Body.Kind), Community: read.community(in.Body.Community, "community"),
			Group: domain.GroupID{UUID: uuidOf(in.Body.Group)}, From: read.day(in.Body.From, "from"), Basis: domain.Basis(in.Body.Basis),
		}}
		if read.err == nil {
			read.err = s.registered(ctx, c.Membership.Community, &in.Body.UnregisteredBody)
		}
		return s.unlessUnread(ctx, &in.WriteInput, &read, c)
	})
	write(r, operation{
		id: "change-layers", path: "/v1/persons/{id}/layers", tag: "persons", permission: "person.membership",
		summary: "Say which layers a person is of from a day on (层次)",
	}, slices.Concat(personCodes, []domain.Code{domain.DateInFuture}), func(ctx context.Context, s *Server, in *layersInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.ChangeLayers{Person: in.person(), From: read.day(in.Body.From, "from")}
		for _, l := range in.Body.Layers {
			c.Layers = append(c.Layers, domain.Layer(l))
		}
		return s.unlessUnread(ctx, &in.WriteInput, &read, c)
	})
	write(r, operation{
		id: "change-contact", path: "/v1/persons/{id}/contact", tag: "persons", permission: "person.contact",
		summary: "Say the name or the phone a person has from now on",
		doc: "Both are sealed; what is absent stays as it is. The earlier ones stay in the ledger, " +
			"and lists find the person under the old name and phone and under the new.",
	}, slices.Concat(personCodes, []domain.Code{domain.NothingChanges}), func(ctx context.Context, s *Server, in *contactInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.ChangeContact{Person: in.person(), Name: in.Body.Name, Phone: in.Body.Phone})
	})
	numbers(r)
}
