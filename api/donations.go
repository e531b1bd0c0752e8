package api

import (
	"context"
	"slices"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

// DonationPath is embedded where the path names a donation.
type DonationPath struct {
	Donation string `path:"id" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Donation"`
}

func (in *DonationPath) donation() domain.DonationID {
	return domain.DonationID{UUID: uuidOf(in.Donation)}
}

// GiftFilterInput is embedded where a figure is of gifts.
type GiftFilterInput struct {
	DivisionInput
	Organisation string `query:"organisation" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Gifts this organisation received; goes before division"`
	Period       string `query:"period" maxLength:"22" doc:"A year, a month, two dates or all; absent: all" example:"2026"`
}

type donationsQuery struct {
	ViewInput
	GiftFilterInput
}

type donationQuery struct {
	ViewInput
	DonationPath
}

type receiveInput struct {
	WriteInput
	Body struct {
		GiftBody
		Donor  string `json:"donor,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"A donor who gave before; absent: a new one"`
		Person string `json:"person,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"When the donor is enrolled"`
	}
}

type correctGiftInput struct {
	WriteInput
	DonationPath
	Body struct {
		GiftBody
		ReasonBody
		Note string `json:"note,omitempty" maxLength:"200" doc:"更正说明, published with the correction"`
	}
}

type approveGiftInput struct {
	WriteInput
	DonationPath
	Proposal uint32 `path:"proposal" maximum:"4294967295" doc:"Number of the proposal"`
}

type refuseGiftInput struct {
	WriteInput
	DonationPath
	Proposal uint32 `path:"proposal" maximum:"4294967295" doc:"Number of the proposal"`
	Body     ReasonBody
}

// donations registers gifts, their sums and their corrections.
func donations(r *routes) {
	figure(r, operation{
		id: "sum-donations", path: "/v1/donations", tag: "donations", summary: "Sums of the gifts that stand",
		codes: []string{CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong, CodeSumOutOfRange},
	}, sumDonations)
	figure(r, operation{
		id: "get-donation", path: "/v1/donations/{id}", tag: "donations", summary: "Every value a donation has had",
		codes: []string{string(domain.SubjectUnknown)},
	}, func(_ context.Context, s *Server, in *donationQuery) (figures.DonationTrail, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.DonationTrail{}, err
		}
		trail, err := v.Donation(in.donation())
		return figures.Trail(trail), err
	})
	gift := []domain.Code{domain.CommunityInvalid, domain.DateInFuture, domain.AmountInvalid}
	write(r, operation{
		id: "receive-donation", path: "/v1/donations", tag: "donations", permission: "donation.receive",
		summary: "Record a gift", doc: "Donation and donor get ids that follow from account and Idempotency-Key, as persons do.",
	}, slices.Concat(gift, []domain.Code{domain.SubjectUnknown}), receiveDonation)
	write(r, operation{
		id: "correct-donation", path: "/v1/donations/{id}/corrections", tag: "donations", permission: "donation.correct",
		summary: "Propose the whole new value of a gift",
	}, slices.Concat(gift, []domain.Code{domain.SubjectUnknown, domain.ProposalPending, domain.WrongOrganisation, domain.UndercutsUse}), func(ctx context.Context, s *Server, in *correctGiftInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.ProposeDonationCorrection{
			Donation: in.donation(), Gift: s.gift(&read, &in.Body.GiftBody), DonorName: in.Body.DonorName,
			Remark: in.Body.Remark, Reason: in.Body.Reason, Note: in.Body.Note,
		}
		if read.err != nil {
			return nil, read.err
		}
		return s.propose(ctx, &in.WriteInput, c)
	})
	decide := []domain.Code{domain.SubjectUnknown, domain.SameAccount, domain.OwnRecord, domain.WrongOrganisation, domain.ProposalUnknown, domain.UndercutsUse}
	write(r, operation{
		id: "approve-donation", path: "/v1/donations/{id}/corrections/{proposal}/approve", tag: "donations", permission: "donation.decide",
		summary: "Approve a correction that another account proposed",
	}, decide, func(ctx context.Context, s *Server, in *approveGiftInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.DecideDonationCorrection{
			Donation: in.donation(), Proposal: domain.ProposalNo(in.Proposal), Approve: true,
		})
	})
	write(r, operation{
		id: "refuse-donation", path: "/v1/donations/{id}/corrections/{proposal}/refuse", tag: "donations", permission: "donation.decide",
		summary: "Refuse a correction that another account proposed",
	}, decide, func(ctx context.Context, s *Server, in *refuseGiftInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.DecideDonationCorrection{
			Donation: in.donation(), Proposal: domain.ProposalNo(in.Proposal), Reason: in.Body.Reason,
		})
	})
	givers(r)
}

func sumDonations(_ context.Context, s *Server, in *donationsQuery) (figures.Donations, error) {
	f, err := in.filter()
	if err != nil {
		return figures.Donations{}, err
	}
	v, err := s.viewAt(in.AsOf, Cursor{})
	if err != nil {
		return figures.Donations{}, err
	}
	sums, err := v.Donations(f)
	return figures.DonationsOf(sums), err
}

// filter reads which gifts a query asks for.
func (in *GiftFilterInput) filter() (f projections.DonationFilter, err error) {
	f.Organisation.UUID, f.Period = uuidOf(in.Organisation), domain.AllTime
	if f.Division, err = in.division(); err != nil {
		return f, err
	}
	if in.Period != "" {
		if f.Period, err = domain.AskPeriod(in.Period); err != nil {
			return f, periodProblem(err)
		}
	}
	return f, nil
}

func receiveDonation(ctx context.Context, s *Server, in *receiveInput) (*recordedOutput, error) {
	read := reader{}
	person := domain.PersonID{UUID: uuidOf(in.Body.Person)}
	if !person.IsZero() {
		exists, err := s.cfg.Ledger.Commands.Exists(ctx, person.Stream())
		if err != nil {
			return nil, err
		}
		if !exists {
			return nil, domain.Refuse(domain.SubjectUnknown, "person")
		}
	}
	donor := domain.DonorID{UUID: uuidOf(in.Body.Donor)}
	if !donor.IsZero() {
		if err := s.knowsDonor(ctx, donor); err != nil {
			return nil, err
		}
	}
	account := s.accountOf(in.Account)
	derived := func(what string) domain.UUID {
		return s.cfg.Ledger.Commands.DerivedID(what, account.UUID[:], []byte(in.Key))
	}
	if donor.IsZero() {
		donor.UUID = derived("api-donor")
	}
	c := &domain.ReceiveDonation{
		Donation: domain.DonationID{UUID: derived("api-donation")}, Donor: donor, Person: person,
		Gift: s.gift(&read, &in.Body.GiftBody), DonorName: in.Body.DonorName, Remark: in.Body.Remark,
	}
	if read.err != nil {
		return nil, read.err
	}
	out, err := s.do(ctx, &in.WriteInput, c)
	if err == nil {
		out.Body.Donation, out.Body.Donor = c.Donation.String(), donor.String()
	}
	return out, err
}

// knowsDonor refuses a donor who never gave. The first gift may have been
// recorded a moment ago: before it says no, the view has everything there is.
func (s *Server) knowsDonor(ctx context.Context, donor domain.DonorID) error {
	for range 2 {
		v, err := s.viewAt("", Cursor{})
		if err != nil || len(v.DonationsOf(donor)) > 0 {
			return err
		}
		if head := s.cfg.Ledger.Stats().HeadPosition; head != "" && s.cfg.WaitFor != nil {
			if err := s.cfg.WaitFor(ctx, head); err != nil {
				return err
			}
		}
	}
	return domain.Refuse(domain.SubjectUnknown, "donor")
}
