package domain

import "slices"

// Commands that carry what a donor says about a gift.
type (
	// AgreePublication records what the donor said when asked how the gift may
	// be commended in public.
	AgreePublication struct {
		Donation    DonationID
		Publication Publication
		Alias       string // with PublishAlias
		Basis       Basis
		Day         Day
	}
	WithdrawPublication struct {
		Donation DonationID
		Day      Day
	}
	AskDonation struct {
		Donation DonationID
		Question string
	}
	AnswerDonor struct {
		Donation DonationID
		Enquiry  EnquiryNo
		Answer   string
	}
)

func (c *AgreePublication) Target() string       { return c.Donation.Stream() }
func (c *AgreePublication) Operation() string    { return "agree-donation-publication" }
func (c *WithdrawPublication) Target() string    { return c.Donation.Stream() }
func (c *WithdrawPublication) Operation() string { return "withdraw-donation-publication" }
func (c *AskDonation) Target() string            { return c.Donation.Stream() }
func (c *AskDonation) Operation() string         { return "ask-donation" }
func (c *AnswerDonor) Target() string            { return c.Donation.Stream() }
func (c *AnswerDonor) Operation() string         { return "answer-donor" }

func (d *Donation) agree(c *AgreePublication, by Actor, now Instant) ([]Event, error) {
	alias, foreign := c.Publication == PublishAlias, d.wordOf(by)
	switch {
	case !d.Exists:
		return refused(SubjectUnknown, "donation")
	case c.Publication == PublishNotAsked:
		return refused(FieldMissing, "publication")
	case blank(string(c.Basis)):
		return refused(FieldMissing, "basis")
	case alias && blank(c.Alias):
		return refused(FieldMissing, "alias")
	case !givenDay(c.Day):
		return refused(FieldMissing, "day")
	case !validPublication(c.Publication):
		return refused(FieldInvalid, "publication")
	case !words(string(c.Basis)):
		return refused(FieldInvalid, "basis")
	case !words(c.Alias) || !alias && c.Alias != "":
		return refused(FieldInvalid, "alias")
	case c.Day > now.Day():
		return refused(DateInFuture, "day")
	case foreign != nil:
		return nil, foreign
	} // what was agreed already is recorded again, as consents are: it may be withdrawn later
	return []Event{&DonationPublicationAgreed{
		Donation: c.Donation, Donor: d.Donor, Publication: c.Publication, Alias: Secret{Plain: c.Alias}, Basis: c.Basis, Day: c.Day,
	}}, nil
}

func (d *Donation) withdraw(c *WithdrawPublication, by Actor, now Instant) ([]Event, error) {
	foreign := d.wordOf(by)
	switch {
	case !d.Exists:
		return refused(SubjectUnknown, "donation")
	case !givenDay(c.Day):
		return refused(FieldMissing, "day")
	case c.Day > now.Day():
		return refused(DateInFuture, "day")
	case foreign != nil:
		return nil, foreign
	}
	return []Event{&DonationPublicationWithdrawn{c.Donation, c.Day}}, nil
}

// ask takes a question of the donor, who mostly has no account: then whoever is
// asked types it in, wherever that is.
func (d *Donation) ask(c *AskDonation, by Actor) ([]Event, error) {
	switch {
	case !d.Exists:
		return refused(SubjectUnknown, "donation")
	case blank(c.Question):
		return refused(FieldMissing, "question")
	case len(c.Question) > maxRemark:
		return refused(FieldInvalid, "question")
	case !by.staff() && !by.is(d.Giver):
		return refused(NotConcerned, "account")
	case len(d.Enquiries) >= maxList:
		return refused(ProposalPending, "donation")
	}
	return []Event{&DonationEnquired{c.Donation, d.Donor, Secret{Plain: c.Question}}}, nil
}

func (d *Donation) answer(c *AnswerDonor, by Actor) ([]Event, error) {
	switch {
	case !d.Exists:
		return refused(SubjectUnknown, "donation")
	case blank(c.Answer):
		return refused(FieldMissing, "answer")
	case len(c.Answer) > maxRemark:
		return refused(FieldInvalid, "answer")
	case d.foreign(by):
		return refused(WrongOrganisation, "community")
	case !slices.Contains(d.Enquiries, c.Enquiry):
		return refused(EnquiryUnknown, "enquiry")
	}
	return []Event{&DonationEnquiryAnswered{c.Donation, d.Donor, c.Enquiry, Secret{Plain: c.Answer}}}, nil
}
