package api

import (
	"context"
	"slices"

	"zhishu/domain"
)

type approveInput struct {
	WriteInput
	EntryPath
	Proposal uint32 `path:"proposal" maximum:"4294967295" doc:"Number of the proposal"`
}

type refuseInput struct {
	WriteInput
	EntryPath
	Proposal uint32 `path:"proposal" maximum:"4294967295" doc:"Number of the proposal"`
	Body     ReasonBody
}

// proposals registers what a second person decides about an entry.
func proposals(r *routes) {
	codes := slices.Concat(personCodes, decideCodes, []domain.Code{domain.ProposalUnknown})
	write(r, operation{
		id: "approve-proposal", path: "/v1/persons/{id}/entries/{no}/proposals/{proposal}/approve", tag: "entries", permission: "entry.decide",
		summary: "Approve a correction or a voiding that another account proposed",
	}, slices.Concat(codes, []domain.Code{domain.Overlap, domain.DayFull}), func(ctx context.Context, s *Server, in *approveInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.DecideProposal{
			Person: in.person(), Entry: domain.EntryNo(in.Entry), Proposal: domain.ProposalNo(in.Proposal), Approve: true,
		})
	})
	write(r, operation{
		id: "refuse-proposal", path: "/v1/persons/{id}/entries/{no}/proposals/{proposal}/refuse", tag: "entries", permission: "entry.decide",
		summary: "Refuse a correction or a voiding that another account proposed",
	}, codes, func(ctx context.Context, s *Server, in *refuseInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.DecideProposal{
			Person: in.person(), Entry: domain.EntryNo(in.Entry), Proposal: domain.ProposalNo(in.Proposal), Reason: in.Body.Reason,
		})
	})
}
