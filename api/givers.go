package api

import (
	"context"
	"slices"

	"zhishu/domain"
)

// GiverBody names the person who gave a gift.
type GiverBody struct {
	Person string `json:"person,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Volunteer number of who gave it; absent: nobody who is enrolled"`
}

func (b *GiverBody) giver() domain.PersonID { return domain.PersonID{UUID: uuidOf(b.Person)} }

type proposeGiverInput struct {
	WriteInput
	DonationPath
	Body struct {
		GiverBody
		ReasonBody
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

type approveGiverInput struct {
	WriteInput
	DonationPath
	Proposal uint32 `path:"proposal" maximum:"4294967295" doc:"Number of the proposal"`
	Body     GiverBody
}

type refuseGiverInput struct {
	WriteInput
	DonationPath
	Proposal uint32 `path:"proposal" maximum:"4294967295" doc:"Number of the proposal"`
	Body     struct {
		GiverBody
		ReasonBody
	}
}

// givers registers that it comes out, or turns out otherwise, who gave a gift.
func givers(r *routes) {
	codes := []domain.Code{domain.SubjectUnknown, domain.SubjectErased, domain.SubjectMerged, domain.SubjectRestricted, domain.WrongOrganisation}
	write(r, operation{
		id: "propose-donation-giver", path: "/v1/donations/{id}/givers", tag: "donations", permission: "donation.giver",
		summary: "Propose which enrolled person gave a gift (认赠)",
		doc: "Once a second person has approved, the gift stands in that person's story, and the person speaks for it. " +
			"A name alone says nothing: the reason tells what shows it.",
	}, slices.Concat(codes, []domain.Code{domain.ProposalPending, domain.NothingChanges}), func(ctx context.Context, s *Server, in *proposeGiverInput) (*recordedOutput, error) {
		return s.propose(ctx, &in.WriteInput, &domain.ProposeDonationGiver{
			Donation: in.donation(), Giver: in.Body.giver(), Reason: in.Body.Reason, Evidence: s.evidence(in.Body.Evidence),
		})
	})
	decide := slices.Concat(codes, []domain.Code{domain.OwnRecord, domain.SameAccount, domain.ProposalUnknown})
	write(r, operation{
		id: "approve-donation-giver", path: "/v1/donations/{id}/givers/{proposal}/approve", tag: "donations", permission: "donation.giver",
		summary: "Approve who gave a gift, as another account proposed",
	}, decide, func(ctx context.Context, s *Server, in *approveGiverInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.DecideDonationGiver{
			Donation: in.donation(), Proposal: domain.ProposalNo(in.Proposal), Giver: in.Body.giver(), Approve: true,
		})
	})
	write(r, operation{
		id: "refuse-donation-giver", path: "/v1/donations/{id}/givers/{proposal}/refuse", tag: "donations", permission: "donation.giver",
		summary: "Refuse who gave a gift, as another account proposed",
	}, decide, func(ctx context.Context, s *Server, in *refuseGiverInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.DecideDonationGiver{
			Donation: in.donation(), Proposal: domain.ProposalNo(in.Proposal), Giver: in.Body.giver(), Reason: in.Body.Reason,
		})
	})
}
