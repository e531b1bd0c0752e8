package projections

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"zhishu/domain"
	"zhishu/eventstore"
)

// StatementGift is a gift in the statement of the person who gave it, with
// everything that happened to it.
type StatementGift struct {
	DonorGift
	Person  domain.PersonID   // number it was given under
	Pending domain.ProposalNo // a correction that waits; zero: none
	Life    []GiftEvent
}

// GiftEvent is a step in the life of a gift. Which of its fields are set is the
// type's.
type GiftEvent struct {
	LifeEvent              // Revision is the donation's stream's
	Gift      *domain.Gift // received, or proposed
	Note      string       // 更正说明
	Day       domain.Day
	Share     domain.Share
	Step      domain.UseStep
	Use       GiftPurpose
	Evidence  int // how many pieces back it
	Allowed   domain.Publication
	Basis     domain.Basis
	// Allocation names an allocation, and Enquiry an enquiry, that the event is about.
	Allocation domain.AllocationNo
	Enquiry    domain.EnquiryNo
	Giver      domain.PersonID // who is said to have given it; zero: nobody who is enrolled
}

// GiftPurpose is what a part of a gift is for, or who took it over.
type GiftPurpose struct {
	Words        string
	Organisation domain.OrganisationID
	Community    domain.CommunityCode
}

// GiftsOf lists what a person gave, by day, then
// number, folded from the gifts' own streams:
// every gift that was recorded as given under one of the person's numbers. They are
// no part of Statement, which counts time, is recomputed from a person's stream
// alone and is told to whoever asks: these are for the person and for who may
// open who gave each of them.
func (v *View) GiftsOf(ctx context.Context, streams eventstore.StreamReader, id domain.PersonID) ([]StatementGift, error) {
	i, ok := v.person(id)
	if !ok {
		return nil, ErrUnknownPerson
	}
	s := v.subjectOf(i)
	c := v.cut()
	var given []uint32
	for _, member := range append([]uint32{s.person}, s.others...) {
		given = append(given, v.givenBy(v.b.persons.at(member).id)...)
	}
	var out []StatementGift
	for _, donation := range given {
		g, err := v.statementGift(ctx, streams, v.b.donations.at(donation), &c)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b StatementGift) int {
		return cmp.Or(cmp.Compare(a.Gift.Day, b.Gift.Day), bytes.Compare(a.Donation.UUID[:], b.Donation.UUID[:]))
	})
	return out, nil
}

func (v *View) statementGift(ctx context.Context, streams eventstore.StreamReader, d *donationRow, c *cut) (StatementGift, error) {
	out := StatementGift{Person: v.giverOf(d)}
	gift, state, err := v.donorGift(ctx, streams, d.id, c, func(e domain.Event, m domain.Meta, revision uint64) {
		out.Life = append(out.Life, giftEventOf(e, v.lifeOf(out.Person, e, m, revision)))
	})
	out.DonorGift = gift
	if state.Pending != nil {
		out.Pending = state.Pending.No
	}
	return out, err
}

// giftEventOf takes over what an event of a donation's stream says.
func giftEventOf(e domain.Event, life LifeEvent) GiftEvent {
	out := GiftEvent{LifeEvent: life}
	switch e := e.(type) {
	case *domain.DonationReceived:
		out.Gift = &e.Gift
	case *domain.DonationCorrectionProposed:
		out.Gift, out.Note = &e.Gift, e.Note
	case *domain.DonationCorrectionApproved:
		out.Proposal = e.Proposal
	case *domain.DonationCorrectionRefused:
		out.Proposal = e.Proposal
	case *domain.DonationAllocated:
		out.Day, out.Share, out.Allocation = e.Day, domain.Share{Amount: e.Amount, Items: e.Items}, domain.AllocationNo(life.Revision)
		out.Use = GiftPurpose{e.Purpose, e.Organisation, e.Community}
	case *domain.DonationDelivered:
		out.Day, out.Share, out.Allocation = e.Day, domain.Share{Amount: e.Amount, Items: e.Items}, e.Allocation
		out.Use.Organisation, out.Evidence = e.Organisation, len(e.Evidence)
	case *domain.DonationReturned:
		out.Day, out.Share = e.Day, domain.Share{Amount: e.Amount, Items: e.Items}
	case *domain.DonationUseReversed:
		out.Day, out.Share, out.Allocation, out.Step = e.Day, domain.Share{Amount: e.Amount, Items: e.Items}, e.Allocation, e.Step
	case *domain.DonationPublicationAgreed:
		out.Day, out.Allowed, out.Basis = e.Day, e.Publication, e.Basis
	case *domain.DonationPublicationWithdrawn:
		out.Day = e.Day
	case *domain.DonationEnquired:
		out.Enquiry = domain.EnquiryNo(life.Revision)
	case *domain.DonationEnquiryAnswered:
		out.Enquiry = e.Enquiry
	case *domain.DonationGiverProposed:
		out.Giver, out.Evidence = e.Giver, len(e.Evidence)
	case *domain.DonationGiverApproved:
		out.Giver, out.Proposal = e.Giver, e.Proposal
	case *domain.DonationGiverRefused:
		out.Proposal = e.Proposal
	}
	return out
}
