package api

import (
	"context"
	"slices"

	"zhishu/commands"
	"zhishu/domain"
)

// GroupBody names what a person is a member of: a community by its code,
// everything else by its id.
type GroupBody struct {
	Kind      string `json:"kind" enum:"community,household,building,organisation,team"`
	Community string `json:"community,omitempty" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"Of a community"`
	Group     string `json:"group,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Of everything else"`
}

// UnregisteredBody lets people into a community that nobody has registered: its
// code may be a slip of the hand, and a membership cannot be undone.
type UnregisteredBody struct {
	Unregistered bool `json:"unregistered,omitempty" doc:"The community need not be registered"`
}

// registered refuses a community that is not, unless that is meant.
func (s *Server) registered(ctx context.Context, code domain.CommunityCode, b *UnregisteredBody) error {
	if code == 0 || b.Unregistered {
		return nil
	}
	_, err := s.cfg.Ledger.Commands.Registered(ctx, code)
	return err
}

type joinInput struct {
	WriteInput
	PersonPath
	Body struct {
		GroupBody
		UnregisteredBody
		From  string `json:"from" format:"date" doc:"First day"`
		Basis string `json:"basis,omitempty" maxLength:"200" doc:"On what it rests: paper, residency …"`
	}
}

type leaveInput struct {
	WriteInput
	PersonPath
	Body struct {
		GroupBody
		To string `json:"to" format:"date" doc:"Last day"`
	}
}

type consentInput struct {
	WriteInput
	PersonPath
	Body ConsentBody
}

type withdrawInput struct {
	WriteInput
	PersonPath
	Body struct {
		Kind string `json:"kind" enum:"record,publish"`
		From string `json:"from,omitempty" format:"date" doc:"Absent: today"`
	}
}

var personCodes = []domain.Code{domain.SubjectUnknown, domain.SubjectErased, domain.SubjectMerged, domain.SubjectRestricted}

// belonging registers memberships and consents of a person.
func belonging(r *routes) {
	write(r, operation{
		id: "start-membership", path: "/v1/persons/{id}/memberships", tag: "persons", permission: "person.membership",
		summary: "Say what a person is a member of",
	}, slices.Concat(personCodes, []domain.Code{domain.CommunityInvalid, commands.CommunityUnregistered, domain.MembershipOverlap, domain.GroupClosedCode}), func(ctx context.Context, s *Server, in *joinInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.StartMembership{Person: in.person(), Membership: domain.Membership{
			Kind: domain.MembershipKind(in.Body.Kind), Community: read.community(in.Body.Community, "community"),
			Group: domain.GroupID{UUID: uuidOf(in.Body.Group)}, From: read.day(in.Body.From, "from"), Basis: domain.Basis(in.Body.Basis),
		}}
		if read.err != nil {
			return nil, read.err
		}
		if err := s.registered(ctx, c.Membership.Community, &in.Body.UnregisteredBody); err != nil {
			return nil, err
		}
		return s.do(ctx, &in.WriteInput, c)
	})
	write(r, operation{
		id: "end-membership", path: "/v1/persons/{id}/memberships/end", tag: "persons", permission: "person.membership",
		summary: "Say on which day a membership ends",
	}, slices.Concat(personCodes, []domain.Code{domain.CommunityInvalid, domain.MembershipUnknown}), func(ctx context.Context, s *Server, in *leaveInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.EndMembership{
			Person: in.person(), Kind: domain.MembershipKind(in.Body.Kind), Community: read.community(in.Body.Community, "community"),
			Group: domain.GroupID{UUID: uuidOf(in.Body.Group)}, To: read.day(in.Body.To, "to"),
		}
		if read.err != nil {
			return nil, read.err
		}
		return s.do(ctx, &in.WriteInput, c)
	})
	write(r, operation{
		id: "give-consent", path: "/v1/persons/{id}/consents", tag: "persons", permission: "person.consent",
		summary: "Record what a person agreed to",
	}, slices.Concat(personCodes, []domain.Code{domain.DateInFuture, domain.GuardianMissing}), func(ctx context.Context, s *Server, in *consentInput) (*recordedOutput, error) {
		read := reader{}
		c := s.giveConsent(&read, in.person(), s.accountOf(in.Account), &in.Body)
		if read.err != nil {
			return nil, read.err
		}
		return s.do(ctx, &in.WriteInput, c)
	})
	write(r, operation{
		id: "withdraw-consent", path: "/v1/persons/{id}/consents/withdraw", tag: "persons", permission: "person.consent",
		summary: "Record that a person no longer agrees",
	}, slices.Concat(personCodes, []domain.Code{domain.DateInFuture}), func(ctx context.Context, s *Server, in *withdrawInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.WithdrawConsent{Person: in.person(), Kind: domain.ConsentKind(in.Body.Kind), From: s.cfg.Ledger.Commands.Now().Day()}
		if in.Body.From != "" {
			c.From = read.day(in.Body.From, "from")
		}
		if read.err != nil {
			return nil, read.err
		}
		return s.do(ctx, &in.WriteInput, c)
	})
}
