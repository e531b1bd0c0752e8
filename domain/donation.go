package domain

import "slices"

// Donation is a donation's stream folded.
type Donation struct {
	Exists bool
	Donor  DonorID
	Gift   Gift
	// Row is the newest row that gave the gift a value; a correction by hand
	// leaves it. Rows are all that ever gave one, so that a sheet given again
	// finds its own.
	Row     Row
	Rows    []Row
	Pending *GiftProposal
	Offered []Row // rows that ever offered a correction: each is decided on once
	// Corrections counts the approved ones.
	Corrections int
	Use         GiftUse
	// Publication is what the donor last allowed, in whichever way it was said.
	Publication Publication
	Enquiries   []EnquiryNo // that wait for an answer
	// Giver is the donor, when enrolled; GiverPending waits to change that.
	Giver        PersonID
	GiverPending *GiverProposal
	receiver     Signer
	next         uint32
}

// GiftProposal is a correction that waits for a second person.
type GiftProposal struct {
	No       ProposalNo
	Gift     Gift
	Row      Row
	Proposer Signer
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
		d.Exists, d.Donor, d.Gift, d.receiver, d.Giver = true, e.Donor, e.Gift, signer(m), e.Person
		d.Publication = e.Gift.Publication
		d.take(e.Row)
	case *DonationCorrectionProposed:
		d.Pending = &GiftProposal{ProposalNo(revision), e.Gift, e.Row, signer(m)}
		if !e.Row.Import.IsZero() {
			d.Offered = append(d.Offered, e.Row)
		}
	case *DonationCorrectionApproved:
		if d.Pending != nil {
			if p := d.Pending.Gift.Publication; p != d.Gift.Publication {
				d.Publication = p // else a correction would undo a withdrawal
			}
			d.Gift = d.Pending.Gift
			d.take(d.Pending.Row)
		}
		d.Pending = nil
		d.Corrections++
	case *DonationCorrectionRefused:
		d.Pending = nil
	case *DonationPublicationAgreed:
		d.Publication = e.Publication
	case *DonationPublicationWithdrawn:
		d.Publication = PublishAnonymous
	case *DonationEnquired:
		d.Enquiries = append(d.Enquiries, EnquiryNo(revision))
	case *DonationEnquiryAnswered:
		d.Enquiries = slices.DeleteFunc(d.Enquiries, func(no EnquiryNo) bool { return no == e.Enquiry })
	default:
		d.evolveGiver(e, revision, m)
		d.Use.evolve(e, revision, m)
	}
}

func (d *Donation) take(r Row) {
	if !r.Import.IsZero() {
		d.Row, d.Rows = r, append(d.Rows, r)
	}
}

// taken reports whether a row of a sheet already gave this gift a value.
func (d *Donation) taken(r Row) bool {
	return !r.Import.IsZero() && slices.ContainsFunc(d.Rows, r.same)
}

// Decide judges a command on a donation's stream.
func (d *Donation) Decide(c Command, by Actor, now Instant) ([]Event, error) {
	if err := by.may(c); err != nil {
		return nil, err
	}
	switch c := c.(type) {
	case *ReceiveDonation:
		return d.receive(c, by, now)
	case *ProposeDonationCorrection:
		return d.propose(c, by, now)
	case *DecideDonationCorrection:
		return d.decide(c, by)
	case *AgreePublication:
		return d.agree(c, by, now)
	case *WithdrawPublication:
		return d.withdraw(c, by, now)
	case *AskDonation:
		return d.ask(c, by)
	case *AnswerDonor:
		return d.answer(c, by)
	case *ProposeDonationGiver:
		return d.proposeGiver(c, by)
	case *DecideDonationGiver:
		return d.decideGiver(c, by)
	}
	return d.decideUse(c, by, now)
}

func (d *Donation) receive(c *ReceiveDonation, by Actor, now Instant) ([]Event, error) {
	switch {
	case d.Exists && d.taken(c.Row):
		return nil, nil // recorded before the import was interrupted
	case d.Exists:
		return refused(SubjectExists, "donation")
	case c.Donation.IsZero() || c.Donor.IsZero():
		return refused(FieldMissing, "donation")
	}
	if err := checkGift(c.Gift, c.DonorName, c.Remark, now); err != nil {
		return nil, err
	}
	if !by.RecordsFor(c.Gift.Community) {
		return refused(WrongOrganisation, "community")
	}
	return []Event{&DonationReceived{
		Donation: c.Donation, Donor: c.Donor, Person: c.Person, Gift: c.Gift,
		DonorName: Secret{Plain: c.DonorName}, Remark: Secret{Plain: c.Remark}, Row: c.Row,
	}}, nil
}

// checkGift judges a gift's value by itself.
func checkGift(g Gift, name, remark string, now Instant) error {
	switch {
	case blank(name) && g.Publication != PublishAnonymous:
		return Refuse(FieldMissing, "donorName")
	case !givenDay(g.Day):
		return Refuse(FieldMissing, "day")
	case (g.Kind == Goods || g.Kind == InKind) && len(g.Items) == 0:
		return Refuse(FieldMissing, "items")
	}
	if err := checkGiftFields(g, name, remark); err != nil {
		return err
	}
	switch {
	case g.Community != 0 && !g.Community.Valid() || g.Community == 0 && g.Organisation.IsZero():
		return Refuse(CommunityInvalid, "community")
	case g.Day > now.Day():
		return Refuse(DateInFuture, "day")
	case g.Amount < 0 || g.Amount > MaxGift || g.Kind == Cash && g.Amount == 0:
		return Refuse(AmountInvalid, "amount")
	}
	for _, it := range g.Items {
		if it.Value < 0 || it.Value > MaxGift || (it.Basis == NotValued) != (it.Value == 0) {
			return Refuse(AmountInvalid, "items")
		}
	}
	return nil
}

func checkGiftFields(g Gift, name, remark string) error {
	r := g.Receipt
	switch {
	case len(name) > maxRemark:
		return Refuse(FieldInvalid, "donorName")
	case len(remark) > maxRemark:
		return Refuse(FieldInvalid, "remark")
	case !words(g.Purpose):
		return Refuse(FieldInvalid, "purpose")
	case g.Day < earliestDay:
		return Refuse(FieldInvalid, "day")
	case !validGiftKind(g.Kind):
		return Refuse(FieldInvalid, "kind")
	case !validSupportKind(g.Support) || g.Support != SupportNotGiven && g.Kind != InKind:
		return Refuse(FieldInvalid, "support")
	case !validDonorKind(g.DonorKind):
		return Refuse(FieldInvalid, "donorKind")
	case !validPublication(g.Publication):
		return Refuse(FieldInvalid, "publication")
	case !validReceiptState(r.State) || !words(r.Code) || !words(r.Number) || !words(r.Check):
		return Refuse(FieldInvalid, "receipt")
	case len(g.Items) > maxList:
		return Refuse(FieldInvalid, "items")
	}
	for _, it := range g.Items {
		if blank(it.Name) || !words(it.Name) || !words(it.Unit) || it.Quantity <= 0 || it.Quantity > maxQuantity || !validValuationBasis(it.Basis) {
			return Refuse(FieldInvalid, "items")
		}
	}
	return nil
}

func (d *Donation) propose(c *ProposeDonationCorrection, by Actor, now Instant) ([]Event, error) {
	switch {
	case !d.Exists:
		return refused(SubjectUnknown, "donation")
	case d.taken(c.Row), slices.ContainsFunc(d.Offered, c.Row.same):
		return nil, nil // this row's correction was offered already, whatever came of it
	}
	if err := checkReason(c.Reason); err != nil {
		return nil, err
	}
	if !words(c.Note) {
		return refused(FieldInvalid, "note")
	}
	if err := checkGift(c.Gift, c.DonorName, c.Remark, now); err != nil {
		return nil, err
	}
	switch {
	case d.Pending != nil:
		return refused(ProposalPending, "donation")
	case c.Gift.Community != d.Gift.Community || c.Gift.Organisation != d.Gift.Organisation, d.foreign(by):
		return refused(WrongOrganisation, "community")
	}
	if err := d.Use.fits(c.Gift); err != nil {
		return nil, err
	}
	return []Event{&DonationCorrectionProposed{
		Donation: c.Donation, Donor: d.Donor, Gift: c.Gift, DonorName: Secret{Plain: c.DonorName},
		Remark: Secret{Plain: c.Remark}, Reason: Secret{Plain: c.Reason}, Note: c.Note, Row: c.Row,
	}}, nil
}

// foreign reports an account that may not change what this stream's community
// recorded.
func (d *Donation) foreign(by Actor) bool { return !by.RecordsFor(d.Gift.Community) }

// wordOf judges who says what the donor said: the donor, or the staff that was
// told.
func (d *Donation) wordOf(by Actor) error {
	switch {
	case by.is(d.Giver):
		return nil
	case !by.staff():
		return Refuse(NotConcerned, "account")
	case d.foreign(by):
		return Refuse(WrongOrganisation, "community")
	}
	return nil
}

func (d *Donation) decide(c *DecideDonationCorrection, by Actor) ([]Event, error) {
	byRow := !c.Row.Import.IsZero()
	switch {
	case !d.Exists:
		return refused(SubjectUnknown, "donation")
	case d.taken(c.Row) && c.Approve:
		return nil, nil
	}
	if err := checkReason(c.Reason); err != nil && !c.Approve {
		return nil, err
	}
	switch {
	case by.is(d.Giver):
		return refused(OwnRecord, "account") // nobody decides what they gave
	case d.Pending != nil && d.Pending.Proposer.is(by):
		return refused(SameAccount, "account")
	case d.Pending == nil, byRow && !d.Pending.Row.same(c.Row), !byRow && d.Pending.No != c.Proposal:
		return refused(ProposalUnknown, "proposal")
	case d.foreign(by):
		return refused(WrongOrganisation, "community")
	case c.Approve:
		// More may have been allocated since it was proposed.
		if err := d.Use.fits(d.Pending.Gift); err != nil {
			return nil, err
		}
		return []Event{&DonationCorrectionApproved{c.Donation, d.Pending.No}}, nil
	}
	return []Event{&DonationCorrectionRefused{c.Donation, d.Donor, d.Pending.No, Secret{Plain: c.Reason}}}, nil
}

// SameGift reports whether two gifts have the same clear value.
func SameGift(a, b Gift) bool {
	sameItems := slices.Equal(a.Items, b.Items)
	a.Items, b.Items = nil, nil
	return sameItems && a.Day == b.Day && a.Kind == b.Kind && a.Support == b.Support && a.Amount == b.Amount &&
		a.Community == b.Community && a.Organisation == b.Organisation && a.Handler == b.Handler &&
		a.DonorKind == b.DonorKind && a.Receipt == b.Receipt && a.Publication == b.Publication && a.Purpose == b.Purpose
}
