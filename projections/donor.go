package projections

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"zhishu/domain"
	"zhishu/eventstore"
)

// ErrUnknownDonor: the ledger did not know the donor at that size.
var ErrUnknownDonor = errors.New("the ledger knows no such donor at this point")

// DonorAccount is what a donor may see: every gift, what the donor got for it,
// and what became of it. It is folded from the gifts' own streams.
type DonorAccount struct {
	Footing
	Donor domain.DonorID
	Gifts []DonorGift // in the order they were recorded
}

// DonorGift is one gift with everything that happened to it.
type DonorGift struct {
	Donation    domain.DonationID
	Gift        domain.Gift
	Level       domain.Publication // what may be published today
	Left        domain.Share
	Allocations []DonorAllocation
	Returns     []GiftStep
	Corrections []GiftCorrection
	Enquiries   []DonorEnquiry
}

// DonorAllocation is a part of a gift set aside for a use.
type DonorAllocation struct {
	No           domain.AllocationNo
	Purpose      string
	Organisation domain.OrganisationID
	Community    domain.CommunityCode
	Open         domain.Share // not delivered yet
	Delivered    domain.Share
	Steps        []GiftStep // allocated, delivered, reversed, in order
}

// GiftStep is one step in what became of a gift.
type GiftStep struct {
	Type     string // stored event type
	Step     domain.UseStep
	Day      domain.Day
	Share    domain.Share
	Evidence int // how many pieces back it
	At       domain.Instant
}

// DonorEnquiry is a question of the donor. Its text is sealed.
type DonorEnquiry struct {
	No       domain.EnquiryNo
	AskedAt  domain.Instant
	Answered bool
	AnswerNo uint64 // revision of the answer
	AnswerAt domain.Instant
}

// DonorOf is the donor of a donation.
func (v *View) DonorOf(id domain.DonationID) (domain.DonorID, error) {
	i := v.b.donationOf.find(id.UUID, hashUUID(id.UUID))
	if i == none || v.b.donations.at(i).at >= v.size {
		return domain.DonorID{}, ErrUnknownDonation
	}
	return v.b.donations.at(i).donor, nil
}

// DonationsOf lists a donor's donations, the oldest first.
func (v *View) DonationsOf(id domain.DonorID) (out []domain.DonationID) {
	j := v.b.donorOf.find(id.UUID, hashUUID(id.UUID))
	if j == none {
		return nil
	}
	for i := atomic.LoadUint32(&v.b.donors.at(j).donations); i != none; {
		d := v.b.donations.at(i)
		if d.at < v.size {
			out = append(out, d.id)
		}
		i = d.prevGiven
	}
	slices.Reverse(out)
	return out
}

// Donor folds the streams of a donor's gifts up to the view.
func (v *View) Donor(ctx context.Context, streams eventstore.StreamReader, id domain.DonorID) (DonorAccount, error) {
	out := DonorAccount{Donor: id, Footing: v.giftFooting(domain.Division{})}
	c := v.cut()
	for _, donation := range v.DonationsOf(id) {
		g, _, err := v.donorGift(ctx, streams, donation, &c, func(domain.Event, domain.Meta, uint64) {})
		if err != nil {
			return DonorAccount{}, err
		}
		out.Gifts = append(out.Gifts, g)
	}
	if len(out.Gifts) == 0 {
		return DonorAccount{}, ErrUnknownDonor
	}
	return out, nil
}

// donorGift folds a gift's stream; also sees every event of it.
func (v *View) donorGift(ctx context.Context, streams eventstore.StreamReader, id domain.DonationID, c *cut, also func(domain.Event, domain.Meta, uint64)) (DonorGift, *domain.Donation, error) {
	f := donorFold{gift: DonorGift{Donation: id}}
	err := v.eachEvent(ctx, streams, id.Stream(), c, func(e domain.Event, m domain.Meta, revision uint64) {
		f.state.Evolve(e, m)
		f.note(e, m, revision)
		also(e, m, revision)
	})
	if err != nil {
		return f.gift, &f.state, err
	}
	d := v.b.donations.at(v.b.donationOf.find(id.UUID, hashUUID(id.UUID)))
	f.gift.Gift, f.gift.Level, f.gift.Left, f.gift.Corrections = f.state.Gift, d.allows(), f.state.Left(), v.corrections(d)
	for i, a := range f.state.Use.Allocations {
		f.gift.Allocations[i].Open, f.gift.Allocations[i].Delivered = a.Open, a.Delivered
	}
	return f.gift, &f.state, nil
}

// donorFold writes the life of one gift down.
type donorFold struct {
	state domain.Donation
	gift  DonorGift
}

func (f *donorFold) note(e domain.Event, m domain.Meta, revision uint64) {
	step := GiftStep{Type: e.Type(), At: m.RecordedAt}
	switch e := e.(type) {
	case *domain.DonationAllocated:
		step.Day, step.Share = e.Day, domain.Share{Amount: e.Amount, Items: e.Items}
		f.gift.Allocations = append(f.gift.Allocations, DonorAllocation{
			No: domain.AllocationNo(revision), Purpose: e.Purpose, Organisation: e.Organisation, Community: e.Community,
			Steps: []GiftStep{step},
		})
	case *domain.DonationDelivered:
		step.Day, step.Share, step.Evidence = e.Day, domain.Share{Amount: e.Amount, Items: e.Items}, len(e.Evidence)
		f.step(e.Allocation, step)
	case *domain.DonationUseReversed:
		step.Day, step.Share, step.Step = e.Day, domain.Share{Amount: e.Amount, Items: e.Items}, e.Step
		f.step(e.Allocation, step)
	case *domain.DonationReturned:
		step.Day, step.Share = e.Day, domain.Share{Amount: e.Amount, Items: e.Items}
		f.gift.Returns = append(f.gift.Returns, step)
	case *domain.DonationEnquired:
		f.gift.Enquiries = append(f.gift.Enquiries, DonorEnquiry{No: domain.EnquiryNo(revision), AskedAt: m.RecordedAt})
	case *domain.DonationEnquiryAnswered:
		for i := range f.gift.Enquiries {
			if q := &f.gift.Enquiries[i]; q.No == e.Enquiry {
				q.Answered, q.AnswerNo, q.AnswerAt = true, revision, m.RecordedAt
			}
		}
	}
}

func (f *donorFold) step(no domain.AllocationNo, s GiftStep) {
	for i := range f.gift.Allocations {
		if a := &f.gift.Allocations[i]; a.No == no {
			a.Steps = append(a.Steps, s)
		}
	}
}
