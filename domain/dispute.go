package domain

// Dispute is an objection to a confirmed entry. While it is open the entry
// keeps counting. An answer that does not uphold it ends it; one that does
// leaves it open until a correction or voiding that names it is approved.
type Dispute struct {
	No     DisputeNo
	By     Signer
	Upheld bool
}

// Commands on a dispute.
type (
	DisputeEntry struct {
		Person   PersonID
		Entry    EntryNo
		Reason   string
		Evidence []Evidence
	}
	// AnswerDispute is the recording organisation's.
	AnswerDispute struct {
		Person  PersonID
		Entry   EntryNo
		Dispute DisputeNo
		Upheld  bool
		Finding string
	}
)

func (c *DisputeEntry) Target() string     { return c.Person.Stream() }
func (c *DisputeEntry) Operation() string  { return "dispute-entry" }
func (c *AnswerDispute) Target() string    { return c.Person.Stream() }
func (c *AnswerDispute) Operation() string { return "answer-dispute" }

func (p *Person) dispute(c *DisputeEntry, by Actor) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil {
		return nil, err
	}
	if !validEvidence(c.Evidence) {
		return refused(FieldInvalid, "evidence")
	}
	entry := p.Entry(c.Entry)
	switch {
	case entry == nil:
		return refused(EntryUnknown, "entry")
	case !by.speaksFor(c.Person, entry.Deed.Community):
		return refused(NotConcerned, "account")
	case entry.Status != Confirmed:
		return refused(EntryNotConfirmed, "entry")
	case entry.Dispute != nil:
		return refused(DisputePending, "entry")
	}
	return []Event{&EntryDisputed{c.Person, c.Entry, Secret{Plain: c.Reason}, c.Evidence}}, nil
}

func (p *Person) answerDispute(c *AnswerDispute, by Actor) ([]Event, error) {
	if err := checkReason(c.Finding); err != nil {
		return nil, Refuse(codeOf(err), "finding")
	}
	entry := p.Entry(c.Entry)
	switch {
	case by.is(c.Person):
		return refused(OwnRecord, "account")
	case entry != nil && entry.Dispute != nil && entry.Dispute.By.is(by):
		return refused(SameAccount, "account")
	case entry == nil:
		return refused(EntryUnknown, "entry")
	case entry.Dispute == nil, entry.Dispute.No != c.Dispute, entry.Dispute.Upheld:
		return refused(DisputeUnknown, "dispute")
	case !by.recordsFor(entry.Deed.Community):
		return refused(WrongOrganisation, "account")
	}
	return []Event{&DisputeAnswered{c.Person, c.Entry, c.Dispute, c.Upheld, Secret{Plain: c.Finding}}}, nil
}

// answered folds an answer in.
func (e *Entry) answered(upheld bool) {
	if e.Dispute == nil {
		return
	}
	if !upheld {
		e.Dispute = nil
		return
	}
	answered := *e.Dispute
	answered.Upheld = true
	e.Dispute = &answered
}

// upheld is the dispute a change of the entry answers to; zero when none is
// upheld.
func (e *Entry) upheld() DisputeNo {
	if e.Dispute != nil && e.Dispute.Upheld {
		return e.Dispute.No
	}
	return 0
}

// settle ends the dispute that an approved change names.
func (e *Entry) settle() {
	if e.Pending != nil && e.Dispute != nil && e.Pending.Dispute == e.Dispute.No {
		e.Dispute = nil
	}
}
