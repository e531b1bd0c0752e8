package domain

// Who gave a gift is mostly known when it is received. Where it comes out later
// that the donor is enrolled, or that another person was taken for the donor, one
// clerk says so and another approves: from then on the gift stands in that
// person's statement, and the person speaks for it. A name alone says nothing.

// GiverProposal is a word about who gave a gift that waits for a second person.
type GiverProposal struct {
	No       ProposalNo
	Giver    PersonID // zero: nobody who is enrolled
	Proposer Signer
}

// Events about who gave a gift; they stand in the donation's stream.
type (
	DonationGiverProposed struct {
		Donation DonationID
		Donor    DonorID
		Giver    PersonID // zero: nobody who is enrolled
		Reason   Secret
		Evidence []Evidence
		Read     Reading // of the giver's stream
	}
	DonationGiverApproved struct {
		Donation DonationID
		Giver    PersonID
		Proposal ProposalNo
		Read     Reading
	}
	DonationGiverRefused struct {
		Donation DonationID
		Donor    DonorID
		Proposal ProposalNo
		Reason   Secret
	}
)

func (*DonationGiverProposed) Type() string { return "donation-giver-proposed" }
func (*DonationGiverApproved) Type() string { return "donation-giver-approved" }
func (*DonationGiverRefused) Type() string  { return "donation-giver-refused" }

func (e *DonationGiverProposed) Subject() UUID { return e.Donor.UUID }
func (e *DonationGiverProposed) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *DonationGiverRefused) Subject() UUID { return e.Donor.UUID }
func (e *DonationGiverRefused) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

// Commands that say who gave a gift.
type (
	ProposeDonationGiver struct {
		Donation DonationID
		Giver    PersonID // zero: nobody who is enrolled
		Reason   string
		Evidence []Evidence
		Seen     PersonSeen // the giver
	}
	DecideDonationGiver struct {
		Donation DonationID
		Proposal ProposalNo
		Giver    PersonID // as proposed: who approves says who
		Approve  bool
		Reason   string // required when refusing
		Seen     PersonSeen
	}
)

func (c *ProposeDonationGiver) Target() string    { return c.Donation.Stream() }
func (c *ProposeDonationGiver) Operation() string { return "propose-donation-giver" }
func (c *DecideDonationGiver) Target() string     { return c.Donation.Stream() }
func (c *DecideDonationGiver) Operation() string  { return "decide-donation-giver" }

func (c *ProposeDonationGiver) Reads() string { return streamOf(c.Giver) }

func (c *ProposeDonationGiver) Given(f Found) Command {
	given := *c
	given.Seen = seePerson(f)
	return &given
}

func (c *DecideDonationGiver) Reads() string { return streamOf(c.Giver) }

func (c *DecideDonationGiver) Given(f Found) Command {
	given := *c
	given.Seen = seePerson(f)
	return &given
}

// streamOf is the stream of a person; of nobody there is none.
func streamOf(p PersonID) string {
	if p.IsZero() {
		return ""
	}
	return p.Stream()
}

func (d *Donation) proposeGiver(c *ProposeDonationGiver, by Actor) ([]Event, error) {
	switch {
	case !d.Exists:
		return refused(SubjectUnknown, "donation")
	case c.Seen.Refusal != "":
		return refused(c.Seen.Refusal, "person")
	}
	if err := checkReason(c.Reason); err != nil {
		return nil, err
	}
	switch {
	case !validEvidence(c.Evidence):
		return refused(FieldInvalid, "evidence")
	case d.GiverPending != nil:
		return refused(ProposalPending, "donation")
	case c.Giver == d.Giver:
		return refused(NothingChanges, "person")
	case d.foreign(by):
		return refused(WrongOrganisation, "community")
	}
	return []Event{&DonationGiverProposed{c.Donation, d.Donor, c.Giver, Secret{Plain: c.Reason}, c.Evidence, c.Seen.Read}}, nil
}

// decideGiver: neither who was taken for the donor nor who is to be decides.
func (d *Donation) decideGiver(c *DecideDonationGiver, by Actor) ([]Event, error) {
	p := d.GiverPending
	switch {
	case !d.Exists:
		return refused(SubjectUnknown, "donation")
	case c.Approve && c.Seen.Refusal != "":
		return refused(c.Seen.Refusal, "person")
	}
	if err := checkReason(c.Reason); err != nil && !c.Approve {
		return nil, err
	}
	switch {
	case p != nil && (by.is(d.Giver) || by.is(p.Giver)):
		return refused(OwnRecord, "account")
	case p != nil && p.Proposer.is(by):
		return refused(SameAccount, "account")
	case p == nil || p.No != c.Proposal || p.Giver != c.Giver:
		return refused(ProposalUnknown, "proposal")
	case d.foreign(by):
		return refused(WrongOrganisation, "community")
	case !c.Approve:
		return []Event{&DonationGiverRefused{c.Donation, d.Donor, c.Proposal, Secret{Plain: c.Reason}}}, nil
	}
	return []Event{&DonationGiverApproved{c.Donation, c.Giver, c.Proposal, c.Seen.Read}}, nil
}

// evolveGiver folds what is said about the giver.
func (d *Donation) evolveGiver(e Event, revision uint32, m Meta) {
	switch e := e.(type) {
	case *DonationGiverProposed:
		d.GiverPending = &GiverProposal{ProposalNo(revision), e.Giver, signer(m)}
	case *DonationGiverApproved:
		d.Giver, d.GiverPending = e.Giver, nil
	case *DonationGiverRefused:
		d.GiverPending = nil
	}
}
