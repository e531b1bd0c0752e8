package domain

import (
	"slices"
	"strings"
)

// Donation is a donation's stream folded.
type Donation struct {
	Exists  bool
	Donor   DonorID
	Gift    Gift
	Row     Row
	Pending *GiftProposal
	// Corrections counts the approved ones.
	Corrections int
	next        uint32
}

// GiftProposal is a correction that waits for a second person.
type GiftProposal struct {
	No       ProposalNo
	Gift     Gift
	Row      Row
	Proposer AccountID
}

// Commands on a donation's stream.
type (
	ReceiveDonation struct {
		Donation  DonationID
		Donor     DonorID
		Person    PersonID // when the donor is enrolled
		Gift      Gift
		DonorName string
		Remark    string
		Row       Row
	}
	ProposeDonationCorrection struct {
		Donation  DonationID
		Gift      Gift // the whole new value
		DonorName string
		Remark    string
		Reason    string
		Note      string
		Row       Row
	}
	DecideDonationCorrection struct {
		Donation DonationID
		Proposal ProposalNo // zero with Row set: the proposal that row made
		Row      Row
		Approve  bool
		Reason   string
	}
)

func (c *ReceiveDonation) Target() string              { return c.Donation.Stream() }
func (c *ReceiveDonation) Operation() string           { return "receive-donation" }
func (c *ProposeDonationCorrection) Target() string    { return c.Donation.Stream() }
func (c *ProposeDonationCorrection) Operation() string { return "propose-donation-correction" }
func (c *DecideDonationCorrection) Target() string     { return c.Donation.Stream() }
func (c *DecideDonationCorrection) Operation() string  { return "decide-donation-correction" }

// Evolve folds an event in.
func (d *Donation) Evolve(e Event, m Meta) {
	revision := d.next
	d.next++
	switch e := e.(type) {
	case *DonationReceived:
		d.Exists, d.Donor, d.Gift, d.Row = true, e.Donor, e.Gift, e.Row
	case *DonationCorrectionProposed:
		d.Pending = &GiftProposal{ProposalNo(revision), e.Gift, e.Row, m.Account}
	case *DonationCorrectionApproved:
		if d.Pending != nil {
			d.Gift, d.Row = d.Pending.Gift, d.Pending.Row
		}
		d.Pending = nil
		d.Corrections++
	case *DonationCorrectionRefused:
		d.Pending = nil
	}
}

// Decide judges a command on a donation's stream.
func (d *Donation) Decide(c Command, by Actor, now Instant) ([]Event, error) {
	switch c := c.(type) {
	case *ReceiveDonation:
		return d.receive(c, now)
	case *ProposeDonationCorrection:
		return d.propose(c, by, now)
	case *DecideDonationCorrection:
		return d.decide(c, by)
	}
	return refused(FieldInvalid, "command")
}

func (d *Donation) receive(c *ReceiveDonation, now Instant) ([]Event, error) {
	switch {
	case d.Exists && !c.Row.Import.IsZero() && d.Row.Import == c.Row.Import:
		return nil, nil // recorded before the import was interrupted
	case d.Exists:
		return refused(SubjectExists, "donation")
	case c.Donation.IsZero() || c.Donor.IsZero():
		return refused(FieldMissing, "donation")
	}
	if err := checkGift(c.Gift, c.DonorName, c.Remark, now); err != nil {
		return nil, err
	}
	return []Event{&DonationReceived{
		Donation: c.Donation, Donor: c.Donor, Person: c.Person, Gift: c.Gift,
		DonorName: Secret{Plain: c.DonorName}, Remark: Secret{Plain: c.Remark}, Row: c.Row,
	}}, nil
}

func checkGift(g Gift, name, remark string, now Instant) error {
	switch {
	case strings.TrimSpace(name) == "" && g.Publication != PublishAnonymous:
		return Refuse(FieldMissing, "donorName")
	case len(name) > maxRemark || len(remark) > maxRemark || !words(g.Purpose) || len(g.Items) > maxList:
		return Refuse(FieldInvalid, "donorName")
	case g.Day <= MinDay || g.Day >= MaxDay:
		return Refuse(FieldMissing, "day")
	case g.Kind != Cash && g.Kind != Goods && g.Kind != InKind:
		return Refuse(FieldInvalid, "kind")
	case g.DonorKind != Individual && g.DonorKind != Unit && g.DonorKind != UnknownDonor:
		return Refuse(FieldInvalid, "donorKind")
	case g.Kind != Cash && len(g.Items) == 0:
		return Refuse(FieldMissing, "items")
	case g.Community == 0 && g.Organisation.IsZero():
		return Refuse(CommunityInvalid, "community")
	case g.Day > now.Day():
		return Refuse(DateInFuture, "day")
	case g.Amount < 0 || g.Amount > MaxGift || g.Kind == Cash && g.Amount == 0:
		return Refuse(AmountInvalid, "amount")
	}
	for _, it := range g.Items {
		switch {
		case strings.TrimSpace(it.Name) == "" || !words(it.Name) || !words(it.Unit) || it.Quantity <= 0:
			return Refuse(FieldInvalid, "items")
		case it.Value < 0 || it.Value > MaxGift || (it.Basis == NotValued) != (it.Value == 0):
			return Refuse(AmountInvalid, "items")
		}
	}
	return nil
}

func (d *Donation) propose(c *ProposeDonationCorrection, by Actor, now Instant) ([]Event, error) {
	switch {
	case !d.Exists:
		return refused(SubjectUnknown, "donation")
	case !c.Row.Import.IsZero() && d.Row.Import == c.Row.Import:
		return nil, nil // this row's correction was already taken
	case !c.Row.Import.IsZero() && d.Pending != nil && d.Pending.Row == c.Row:
		return nil, nil // or is waiting
	case strings.TrimSpace(c.Reason) == "":
		return refused(FieldMissing, "reason")
	}
	if err := checkGift(c.Gift, c.DonorName, c.Remark, now); err != nil {
		return nil, err
	}
	switch {
	case d.Pending != nil:
		return refused(ProposalPending, "donation")
	case c.Gift.Community != d.Gift.Community || c.Gift.Organisation != d.Gift.Organisation,
		d.Gift.Community != 0 && !by.Scope.Contains(d.Gift.Community):
		return refused(WrongOrganisation, "community")
	}
	return []Event{&DonationCorrectionProposed{
		Donation: c.Donation, Donor: d.Donor, Gift: c.Gift, DonorName: Secret{Plain: c.DonorName},
		Remark: Secret{Plain: c.Remark}, Reason: Secret{Plain: c.Reason}, Note: c.Note, Row: c.Row,
	}}, nil
}

func (d *Donation) decide(c *DecideDonationCorrection, by Actor) ([]Event, error) {
	byRow := !c.Row.Import.IsZero()
	switch {
	case !d.Exists:
		return refused(SubjectUnknown, "donation")
	case byRow && d.Row == c.Row:
		return nil, nil // already taken
	case !c.Approve && strings.TrimSpace(c.Reason) == "":
		return refused(FieldMissing, "reason")
	case d.Pending != nil && d.Pending.Proposer == by.Account:
		return refused(SameAccount, "account")
	case d.Pending == nil, byRow && d.Pending.Row != c.Row, !byRow && d.Pending.No != c.Proposal:
		return refused(ProposalUnknown, "proposal")
	case c.Approve:
		return []Event{&DonationCorrectionApproved{c.Donation, d.Pending.No}}, nil
	}
	return []Event{&DonationCorrectionRefused{c.Donation, d.Donor, d.Pending.No, Secret{Plain: c.Reason}}}, nil
}

// SameGift reports whether two gifts have the same clear value.
func SameGift(a, b Gift) bool {
	sameItems := slices.Equal(a.Items, b.Items)
	a.Items, b.Items = nil, nil
	return sameItems && a.Day == b.Day && a.Kind == b.Kind && a.Amount == b.Amount &&
		a.Community == b.Community && a.Organisation == b.Organisation && a.Handler == b.Handler &&
		a.DonorKind == b.DonorKind && a.Receipt == b.Receipt && a.Publication == b.Publication && a.Purpose == b.Purpose
}
