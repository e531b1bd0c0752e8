package api

import (
	"context"

	"zhishu/domain"
)

// CommunityPath is embedded where the path names a community.
type CommunityPath struct {
	Code string `path:"code" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"Community code"`
}

type closeInput struct {
	WriteInput
	CommunityPath
	Body struct {
		Period string `json:"period" minLength:"4" maxLength:"7" doc:"A calendar month or year that is over" example:"2026-02"`
	}
}

// PeriodPath is embedded where the path names a closed period.
type PeriodPath struct {
	CommunityPath
	Period string `path:"period" maxLength:"7" doc:"The month or year, as it was closed"`
}

type reopenInput struct {
	WriteInput
	PeriodPath
	Body ReasonBody
}

// ReopeningPath is embedded where the path names a proposal to reopen.
type ReopeningPath struct {
	PeriodPath
	Proposal uint32 `path:"proposal" maximum:"4294967295" doc:"Number of the proposal"`
}

type approveReopeningInput struct {
	WriteInput
	ReopeningPath
}

type refuseReopeningInput struct {
	WriteInput
	ReopeningPath
	Body ReasonBody
}

// closings registers the closing of a community's months and years.
func closings(r *routes) {
	codes := []domain.Code{domain.SubjectUnknown, domain.CommunityInvalid, domain.WrongOrganisation}
	reopen := append(codes, domain.PeriodNotClosed)
	decide := append(reopen, domain.SameAccount, domain.ProposalUnknown)
	write(r, operation{
		id: "close-period", path: "/v1/communities/{code}/periods", tag: "communities", permission: "community.close",
		summary: "Close a month or year of a community",
		doc:     "What occurred in it may still be recorded and confirmed: such late entries are flagged, and the closing policy says which figures they enter. What is claimed and waits comes late as well once it is confirmed, so look at what waits first.",
	}, append(codes, domain.DateInFuture, domain.SubjectExists), func(ctx context.Context, s *Server, in *closeInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.ClosePeriod{Code: read.community(in.Code, "code"), Period: read.period(in.Body.Period, "period")}
		if read.err != nil {
			return nil, read.err
		}
		return s.do(ctx, &in.WriteInput, c)
	})
	write(r, operation{
		id: "propose-reopening", path: "/v1/communities/{code}/periods/{period}/reopening", tag: "communities", permission: "community.close",
		summary: "Propose to open a closed period again",
	}, append(reopen, domain.ProposalPending), func(ctx context.Context, s *Server, in *reopenInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.ProposeReopening{Code: read.community(in.Code, "code"), Period: read.period(in.Period, "period"), Reason: in.Body.Reason}
		if read.err != nil {
			return nil, read.err
		}
		return s.propose(ctx, &in.WriteInput, c)
	})
	write(r, operation{
		id: "approve-reopening", path: "/v1/communities/{code}/periods/{period}/reopening/{proposal}/approve", tag: "communities",
		permission: "community.close", summary: "Approve a reopening that another account proposed",
	}, decide, func(ctx context.Context, s *Server, in *approveReopeningInput) (*recordedOutput, error) {
		return s.decideReopening(ctx, &in.WriteInput, &in.ReopeningPath, true, "")
	})
	write(r, operation{
		id: "refuse-reopening", path: "/v1/communities/{code}/periods/{period}/reopening/{proposal}/refuse", tag: "communities",
		permission: "community.close", summary: "Refuse a reopening that another account proposed",
	}, decide, func(ctx context.Context, s *Server, in *refuseReopeningInput) (*recordedOutput, error) {
		return s.decideReopening(ctx, &in.WriteInput, &in.ReopeningPath, false, in.Body.Reason)
	})
}

func (s *Server) decideReopening(ctx context.Context, in *WriteInput, at *ReopeningPath, approve bool, reason string) (*recordedOutput, error) {
	read := reader{}
	c := &domain.DecideReopening{
		Code: read.community(at.Code, "code"), Period: read.period(at.Period, "period"), Proposal: domain.ProposalNo(at.Proposal),
		Approve: approve, Reason: reason,
	}
	if read.err != nil {
		return nil, read.err
	}
	return s.do(ctx, in, c)
}

func (r *reader) period(s, field string) domain.Period {
	p, err := domain.ParsePeriod(s)
	if err != nil {
		r.refuse(domain.FieldInvalid, field)
	}
	return p
}
