package api

import (
	"context"
	"slices"

	"zhishu/domain"
)

// MergeBody names the number that stays.
type MergeBody struct {
	Into string `json:"into" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Number that stays, or stayed; every fact counts for it"`
}

func (b *MergeBody) into() domain.PersonID { return domain.PersonID{UUID: uuidOf(b.Into)} }

type proposeMergeInput struct {
	WriteInput
	PersonPath
	Body struct {
		MergeBody
		ReasonBody
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

type approveMergeInput struct {
	WriteInput
	PersonPath
	Proposal uint32 `path:"proposal" maximum:"4294967295" doc:"Number of the proposal"`
	Body     MergeBody
}

type refuseMergeInput struct {
	WriteInput
	PersonPath
	Proposal uint32 `path:"proposal" maximum:"4294967295" doc:"Number of the proposal"`
	Body     struct {
		MergeBody
		ReasonBody
	}
}

// numbers registers two numbers of one person becoming one, and parting again.
func numbers(r *routes) {
	write(r, operation{
		id: "propose-person-merge", path: "/v1/persons/{id}/merges", tag: "persons", permission: "person.merge",
		summary: "Propose that two numbers are one person's",
		doc:     "Both numbers stay; every fact of the one counts for the other once a second person has approved.",
	}, slices.Concat(personCodes, []domain.Code{domain.ProposalPending}), func(ctx context.Context, s *Server, in *proposeMergeInput) (*recordedOutput, error) {
		out, err := s.do(ctx, &in.WriteInput, &domain.ProposePersonMerge{
			Person: in.person(), Into: in.Body.into(), Reason: in.Body.Reason, Evidence: s.evidence(in.Body.Evidence),
		})
		if err == nil {
			out.Body.Proposal = out.Body.FirstRevision
		}
		return out, err
	})
	decide := slices.Concat(personCodes, []domain.Code{domain.OwnRecord, domain.SameAccount, domain.ProposalUnknown})
	write(r, operation{
		id: "approve-person-merge", path: "/v1/persons/{id}/merges/{proposal}/approve", tag: "persons", permission: "person.merge",
		summary: "Approve a merge that another account proposed",
	}, decide, func(ctx context.Context, s *Server, in *approveMergeInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.DecidePersonMerge{
			Person: in.person(), Proposal: domain.ProposalNo(in.Proposal), Into: in.Body.into(), Approve: true,
		})
	})
	write(r, operation{
		id: "refuse-person-merge", path: "/v1/persons/{id}/merges/{proposal}/refuse", tag: "persons", permission: "person.merge",
		summary: "Refuse a merge that another account proposed",
	}, decide, func(ctx context.Context, s *Server, in *refuseMergeInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.DecidePersonMerge{
			Person: in.person(), Proposal: domain.ProposalNo(in.Proposal), Into: in.Body.into(), Reason: in.Body.Reason,
		})
	})
	write(r, operation{
		id: "propose-person-unmerge", path: "/v1/persons/{id}/unmerges", tag: "persons", permission: "person.merge",
		summary: "Propose to undo a merge: the two numbers are not one person's",
		doc: "The path names the number that was merged away. Once a second person has approved, each number counts by itself again. " +
			"What was recorded meanwhile stays under the number it was recorded under; where it belongs to the other, it is voided and claimed anew.",
	}, slices.Concat(personCodes, []domain.Code{domain.ProposalPending, domain.NotMerged}), func(ctx context.Context, s *Server, in *proposeMergeInput) (*recordedOutput, error) {
		out, err := s.do(ctx, &in.WriteInput, &domain.ProposePersonUnmerge{
			Person: in.person(), Into: in.Body.into(), Reason: in.Body.Reason, Evidence: s.evidence(in.Body.Evidence),
		})
		if err == nil {
			out.Body.Proposal = out.Body.FirstRevision
		}
		return out, err
	})
	write(r, operation{
		id: "approve-person-unmerge", path: "/v1/persons/{id}/unmerges/{proposal}/approve", tag: "persons", permission: "person.merge",
		summary: "Approve the undoing of a merge that another account proposed",
	}, decide, func(ctx context.Context, s *Server, in *approveMergeInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.DecidePersonUnmerge{
			Person: in.person(), Proposal: domain.ProposalNo(in.Proposal), Into: in.Body.into(), Approve: true,
		})
	})
	write(r, operation{
		id: "refuse-person-unmerge", path: "/v1/persons/{id}/unmerges/{proposal}/refuse", tag: "persons", permission: "person.merge",
		summary: "Refuse the undoing of a merge that another account proposed",
	}, decide, func(ctx context.Context, s *Server, in *refuseMergeInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.DecidePersonUnmerge{
			Person: in.person(), Proposal: domain.ProposalNo(in.Proposal), Into: in.Body.into(), Reason: in.Body.Reason,
		})
	})
}
