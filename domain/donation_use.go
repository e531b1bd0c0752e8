package domain

import "slices"

// GiftUse is what became of a gift: it is allocated to a use, delivered, or
// goes back to the donor.
type GiftUse struct {
	Allocations []Allocation
	Returned    Share
	ReturnedOn  Day // the first day something went back; of no meaning before
}

// Allocation is a part set aside for a use.
type Allocation struct {
	No        AllocationNo
	Day       Day
	Open      Share // allocated and not delivered
	Delivered Share
	signer    Signer
}

// Commands on the use of a gift.
type (
	AllocateDonation struct {
		Donation     DonationID
		Amount       Fen
		Items        []Item // name, unit and quantity only
		Purpose      string
		Organisation OrganisationID
		Community    CommunityCode
		Day          Day
	}
	DeliverDonation struct {
		Donation     DonationID
		Allocation   AllocationNo
		Amount       Fen
		Items        []Item
		Organisation OrganisationID
		Day          Day
		Evidence     []Evidence
	}
	ReturnDonation struct {
		Donation DonationID
		Amount   Fen
		Items    []Item
		Day      Day
		Reason   string
	}
	ReverseDonationUse struct {
		Donation   DonationID
		Allocation AllocationNo
		Step       UseStep
		Amount     Fen
		Items      []Item
		Day        Day
		Reason     string
	}
)

func (c *AllocateDonation) Target() string      { return c.Donation.Stream() }
func (c *AllocateDonation) Operation() string   { return "allocate-donation" }
func (c *DeliverDonation) Target() string       { return c.Donation.Stream() }
func (c *DeliverDonation) Operation() string    { return "deliver-donation" }
func (c *ReturnDonation) Target() string        { return c.Donation.Stream() }
func (c *ReturnDonation) Operation() string     { return "return-donation" }
func (c *ReverseDonationUse) Target() string    { return c.Donation.Stream() }
func (c *ReverseDonationUse) Operation() string { return "reverse-donation-use" }

func (u *GiftUse) evolve(e Event, revision uint32, m Meta) {
	switch e := e.(type) {
	case *DonationAllocated:
		u.Allocations = append(u.Allocations, Allocation{
			No: AllocationNo(revision), Day: e.Day, Open: Share{}.plus(Share{e.Amount, e.Items}, 1), signer: signer(m),
		})
	case *DonationDelivered:
		u.move(e.Allocation, Share{e.Amount, e.Items}, -1, 1)
	case *DonationReturned:
		if u.Returned.exceeds(Share{}) == "" || e.Day < u.ReturnedOn {
			u.ReturnedOn = e.Day
		}
		u.Returned = u.Returned.plus(Share{e.Amount, e.Items}, 1)
	case *DonationUseReversed:
		delivered := int64(0)
		if e.Step == StepDelivery {
			delivered = 1
		}
		// A delivery falls back into what is open, an allocation out of it.
		u.move(e.Allocation, Share{e.Amount, e.Items}, 2*delivered-1, -delivered)
	}
}

// move adds a share to what of an allocation is open and delivered.
func (u *GiftUse) move(no AllocationNo, s Share, open, delivered int64) {
	if a := u.allocation(no); a != nil {
		a.Open, a.Delivered = a.Open.plus(s, open), a.Delivered.plus(s, delivered)
	}
}

func (u *GiftUse) allocation(no AllocationNo) *Allocation {
	i := slices.IndexFunc(u.Allocations, func(a Allocation) bool { return a.No == no })
	if i < 0 {
		return nil
	}
	return &u.Allocations[i]
}

// spent is what can no longer be allocated.
func (u *GiftUse) spent() Share {
	s := u.Returned.plus(Share{}, 1)
	for _, a := range u.Allocations {
		s = s.plus(a.Open, 1).plus(a.Delivered, 1)
	}
	return s
}

// Left is what of the gift is neither allocated nor returned.
func (d *Donation) Left() Share { return worth(d.Gift).plus(d.Use.spent(), -1) }

// usedOn is the first day of what became of the gift and was not taken back.
func (u *GiftUse) usedOn() Day {
	first := MaxDay
	if u.Returned.exceeds(Share{}) != "" {
		first = u.ReturnedOn
	}
	for _, a := range u.Allocations {
		if a.Open.exceeds(Share{}) != "" || a.Delivered.exceeds(Share{}) != "" {
			first = min(first, a.Day)
		}
	}
	return first
}

// fits refuses a value of the gift that is less than what was made of it, or
// that came after it.
func (u *GiftUse) fits(g Gift) error {
	if u.usedOn() < g.Day {
		return Refuse(DateTooEarly, "day")
	}
	if field := u.spent().exceeds(worth(g)); field != "" {
		return Refuse(UndercutsUse, field)
	}
	return nil
}

// decideUse judges a command on what becomes of the gift. What leaves the house
// (a delivery, a return) is recorded by somebody else than who allocated it or
// took it in.
func (d *Donation) decideUse(c Command, by Actor, now Instant) ([]Event, error) {
	switch c := c.(type) {
	case *AllocateDonation:
		return d.allocate(c, by, now)
	case *DeliverDonation:
		return d.deliver(c, by, now)
	case *ReturnDonation:
		return d.giveBack(c, by, now)
	case *ReverseDonationUse:
		return d.reverse(c, by, now)
	}
	return refused(FieldInvalid, "command")
}

// checkUse judges the fields that all of them have; missing and wrong are what
// a command says of its own.
func (d *Donation) checkUse(day Day, amount Fen, items []Item, missing, wrong error) (Share, error) {
	switch {
	case !d.Exists:
		return Share{}, Refuse(SubjectUnknown, "donation")
	case missing != nil:
		return Share{}, missing
	case !givenDay(day):
		return Share{}, Refuse(FieldMissing, "day")
	}
	s, err := checkShare(amount, items)
	if err == nil {
		err = wrong
	}
	return s, err
}

// checkUseValues judges day and amount by themselves.
func checkUseValues(day Day, amount Fen, now Instant) error {
	switch {
	case day > now.Day():
		return Refuse(DateInFuture, "day")
	case amount < 0 || amount > MaxGift:
		return Refuse(AmountInvalid, "amount")
	}
	return nil
}

func (d *Donation) allocate(c *AllocateDonation, by Actor, now Instant) ([]Event, error) {
	var missing, wrong error
	if blank(c.Purpose) && c.Organisation.IsZero() && c.Community == 0 {
		missing = Refuse(FieldMissing, "purpose")
	}
	if !words(c.Purpose) {
		wrong = Refuse(FieldInvalid, "purpose")
	}
	s, err := d.checkUse(c.Day, c.Amount, c.Items, missing, wrong)
	if err != nil {
		return nil, err
	}
	if c.Community != 0 && !c.Community.Valid() {
		return refused(CommunityInvalid, "community")
	}
	if err := checkUseValues(c.Day, c.Amount, now); err != nil {
		return nil, err
	}
	switch {
	case d.foreign(by):
		return refused(WrongOrganisation, "community")
	case c.Day < d.Gift.Day:
		return refused(DateTooEarly, "day")
	}
	if field := s.exceeds(d.Left()); field != "" {
		return refused(MoreThanReceived, field)
	}
	return []Event{&DonationAllocated{
		Donation: c.Donation, Amount: s.Amount, Items: s.Items, Purpose: c.Purpose, Organisation: c.Organisation,
		Community: c.Community, Day: c.Day,
	}}, nil
}

func (d *Donation) deliver(c *DeliverDonation, by Actor, now Instant) ([]Event, error) {
	var wrong error
	if !validEvidence(c.Evidence) {
		wrong = Refuse(FieldInvalid, "evidence")
	}
	s, err := d.checkUse(c.Day, c.Amount, c.Items, nil, wrong)
	if err != nil {
		return nil, err
	}
	a := d.Use.allocation(c.Allocation)
	if err := checkUseValues(c.Day, c.Amount, now); err != nil {
		return nil, err
	}
	switch {
	case a != nil && a.signer.is(by):
		return refused(SameAccount, "account")
	case d.foreign(by):
		return refused(WrongOrganisation, "community")
	case a != nil && c.Day < a.Day:
		return refused(DateTooEarly, "day")
	case a == nil:
		return refused(AllocationUnknown, "allocation")
	}
	if field := s.exceeds(a.Open); field != "" {
		return refused(MoreThanAllocated, field)
	}
	return []Event{&DonationDelivered{
		Donation: c.Donation, Allocation: c.Allocation, Amount: s.Amount, Items: s.Items, Organisation: c.Organisation,
		Day: c.Day, Evidence: c.Evidence,
	}}, nil
}

func (d *Donation) giveBack(c *ReturnDonation, by Actor, now Instant) ([]Event, error) {
	s, err := d.checkUse(c.Day, c.Amount, c.Items, checkReason(c.Reason), nil)
	if err != nil {
		return nil, err
	}
	if err := checkUseValues(c.Day, c.Amount, now); err != nil {
		return nil, err
	}
	switch {
	case d.receiver.is(by):
		return refused(SameAccount, "account")
	case d.foreign(by):
		return refused(WrongOrganisation, "community")
	case c.Day < d.Gift.Day:
		return refused(DateTooEarly, "day")
	}
	if field := s.exceeds(d.Left()); field != "" {
		return refused(MoreThanReceived, field)
	}
	return []Event{&DonationReturned{
		Donation: c.Donation, Amount: s.Amount, Items: s.Items, Day: c.Day, Donor: d.Donor, Reason: Secret{Plain: c.Reason},
	}}, nil
}

func (d *Donation) reverse(c *ReverseDonationUse, by Actor, now Instant) ([]Event, error) {
	var wrong error
	if c.Step != StepAllocation && c.Step != StepDelivery {
		wrong = Refuse(FieldInvalid, "step")
	}
	s, err := d.checkUse(c.Day, c.Amount, c.Items, checkReason(c.Reason), wrong)
	if err != nil {
		return nil, err
	}
	a := d.Use.allocation(c.Allocation)
	if err := checkUseValues(c.Day, c.Amount, now); err != nil {
		return nil, err
	}
	switch {
	case d.foreign(by):
		return refused(WrongOrganisation, "community")
	case a != nil && c.Day < a.Day:
		return refused(DateTooEarly, "day")
	case a == nil:
		return refused(AllocationUnknown, "allocation")
	}
	from := a.Open
	if c.Step == StepDelivery {
		from = a.Delivered
	}
	if field := s.exceeds(from); field != "" {
		return refused(MoreThanAllocated, field)
	}
	return []Event{&DonationUseReversed{
		Donation: c.Donation, Donor: d.Donor, Allocation: c.Allocation, Step: c.Step, Amount: s.Amount, Items: s.Items,
		Day: c.Day, Reason: Secret{Plain: c.Reason},
	}}, nil
}
