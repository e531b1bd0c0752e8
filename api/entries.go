package api

import (
	"context"
	"slices"

	"zhishu/domain"
)

type claimInput struct {
	WriteInput
	PersonPath
	Body struct {
		DeedBody
		Remark   string         `json:"remark,omitempty" maxLength:"500" doc:"Sealed"`
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

// EntryPath is embedded where the path names an entry.
type EntryPath struct {
	PersonPath
	Entry uint32 `path:"no" maximum:"4294967295" doc:"Number of the entry within the person's record"`
}

type confirmInput struct {
	WriteInput
	EntryPath
	Body *struct {
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

type rejectInput struct {
	WriteInput
	EntryPath
	Body ReasonBody
}

type correctInput struct {
	WriteInput
	EntryPath
	Body struct {
		DeedBody
		ReasonBody
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

type voidInput struct {
	WriteInput
	EntryPath
	Body struct {
		ReasonBody
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

var (
	deedCodes = []domain.Code{domain.CommunityInvalid, domain.EndBeforeStart, domain.MinutesZero, domain.MinutesExceedSpan,
		domain.MinutesExceedDay, domain.DateInFuture, domain.Overlap, domain.DayFull}
	decideCodes = []domain.Code{domain.EntryUnknown, domain.OwnRecord, domain.SameAccount}
	changeCodes = []domain.Code{domain.EntryUnknown, domain.EntryNotConfirmed, domain.ProposalPending, domain.DisputePending, domain.WrongOrganisation}
)

// entries registers service and study, from the claim on.
func entries(r *routes) {
	write(r, operation{
		id: "claim-entry", path: "/v1/persons/{id}/entries", tag: "entries", permission: "entry.claim",
		summary: "Claim service or study", doc: "It counts when a second person has confirmed it.",
	}, slices.Concat(personCodes, deedCodes, []domain.Code{domain.ConsentMissing}), claim)
	write(r, operation{
		id: "confirm-entry", path: "/v1/persons/{id}/entries/{no}/confirm", tag: "entries", permission: "entry.confirm",
		summary: "Confirm a claim of somebody else", optionalBody: true,
	}, slices.Concat(personCodes, decideCodes, []domain.Code{domain.EntryNotClaimed}), func(ctx context.Context, s *Server, in *confirmInput) (*recordedOutput, error) {
		c := &domain.ConfirmEntry{Person: in.person(), Entry: domain.EntryNo(in.Entry)}
		if in.Body != nil {
			c.Evidence = s.evidence(in.Body.Evidence)
		}
		return s.do(ctx, &in.WriteInput, c)
	})
	write(r, operation{
		id: "reject-entry", path: "/v1/persons/{id}/entries/{no}/reject", tag: "entries", permission: "entry.confirm",
		summary: "Reject a claim of somebody else",
	}, slices.Concat(personCodes, decideCodes, []domain.Code{domain.EntryNotClaimed}), func(ctx context.Context, s *Server, in *rejectInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.RejectEntry{Person: in.person(), Entry: domain.EntryNo(in.Entry), Reason: in.Body.Reason})
	})
	write(r, operation{
		id: "propose-correction", path: "/v1/persons/{id}/entries/{no}/corrections", tag: "entries", permission: "entry.correct",
		summary: "Propose the whole new value of an entry", doc: "The entry keeps its value until a second person approves.",
	}, slices.Concat(personCodes, deedCodes, changeCodes, []domain.Code{domain.NothingChanges}), proposeCorrection)
	write(r, operation{
		id: "propose-void", path: "/v1/persons/{id}/entries/{no}/void", tag: "entries", permission: "entry.correct",
		summary: "Propose to void an entry", doc: "It keeps counting until a second person approves.",
	}, slices.Concat(personCodes, changeCodes), func(ctx context.Context, s *Server, in *voidInput) (*recordedOutput, error) {
		return s.propose(ctx, &in.WriteInput, &domain.ProposeVoid{
			Person: in.person(), Entry: domain.EntryNo(in.Entry), Reason: in.Body.Reason, Evidence: s.evidence(in.Body.Evidence),
		})
	})
	proposals(r)
}

func claim(ctx context.Context, s *Server, in *claimInput) (*recordedOutput, error) {
	read := reader{}
	c := &domain.ClaimEntry{
		Person: in.person(), Deed: in.Body.deed(&read), Remark: in.Body.Remark, Evidence: s.evidence(in.Body.Evidence),
	}
	if read.err != nil {
		return nil, read.err
	}
	out, err := s.do(ctx, &in.WriteInput, c)
	if err == nil {
		out.Body.Entry = out.Body.FirstRevision // an entry is named by its claim
	}
	return out, err
}

func proposeCorrection(ctx context.Context, s *Server, in *correctInput) (*recordedOutput, error) {
	read := reader{}
	c := &domain.ProposeCorrection{
		Person: in.person(), Entry: domain.EntryNo(in.Entry), Deed: in.Body.deed(&read),
		Reason: in.Body.Reason, Evidence: s.evidence(in.Body.Evidence),
	}
	if read.err != nil {
		return nil, read.err
	}
	return s.propose(ctx, &in.WriteInput, c)
}

// propose answers with the proposal's number: the revision of its event.
func (s *Server) propose(ctx context.Context, in *WriteInput, c domain.Command) (*recordedOutput, error) {
	out, err := s.do(ctx, in, c)
	if err == nil {
		out.Body.Proposal = out.Body.FirstRevision
	}
	return out, err
}
