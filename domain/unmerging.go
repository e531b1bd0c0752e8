package domain

// A merge that was wrong is undone as it was made: one clerk proposes it, another
// approves. Every fact goes back to whom its number is; what was recorded under
// the number that stayed, meanwhile, is that one's, and is voided and recorded
// anew where it is not.

// Events that undo a merge; they stand in the stream of the number that was
// merged away.
type (
	PersonUnmergeProposed struct {
		Person   PersonID
		Into     PersonID // that it was merged into
		Reason   Secret
		Evidence []Evidence
		Read     Reading
	}
	PersonUnmergeRefused struct {
		Person   PersonID
		Proposal ProposalNo
		Reason   Secret
	}
	PersonUnmerged struct {
		Person   PersonID
		Into     PersonID
		Proposal ProposalNo // that was approved
		Read     Reading
	}
)

func (*PersonUnmergeProposed) Type() string { return "person-unmerge-proposed" }
func (*PersonUnmergeRefused) Type() string  { return "person-unmerge-refused" }
func (*PersonUnmerged) Type() string        { return "person-unmerged" }

func (e *PersonUnmergeProposed) Subject() UUID { return e.Person.UUID }
func (e *PersonUnmergeProposed) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *PersonUnmergeRefused) Subject() UUID { return e.Person.UUID }
func (e *PersonUnmergeRefused) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

// Commands that undo a merge.
type (
	ProposePersonUnmerge struct {
		Person   PersonID
		Into     PersonID
		Reason   string
		Evidence []Evidence
		Seen     PersonSeen // the one merged into
	}
	DecidePersonUnmerge struct {
		Person   PersonID
		Proposal ProposalNo
		Into     PersonID
		Approve  bool
		Reason   string // required when refusing
		Seen     PersonSeen
	}
)

func (c *ProposePersonUnmerge) Target() string    { return c.Person.Stream() }
func (c *ProposePersonUnmerge) Operation() string { return "propose-person-unmerge" }
func (c *DecidePersonUnmerge) Target() string     { return c.Person.Stream() }
func (c *DecidePersonUnmerge) Operation() string  { return "decide-person-unmerge" }

func (c *ProposePersonUnmerge) Reads() string { return c.Into.Stream() }

func (c *ProposePersonUnmerge) Given(f Found) Command {
	given := *c
	given.Seen = seePerson(f)
	return &given
}

func (c *DecidePersonUnmerge) Reads() string { return c.Into.Stream() }

func (c *DecidePersonUnmerge) Given(f Found) Command {
	given := *c
	given.Seen = seePerson(f)
	return &given
}

func (p *Person) proposeUnmerge(c *ProposePersonUnmerge, by Actor) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil {
		return nil, err
	}
	switch {
	case c.Into.IsZero():
		return refused(FieldMissing, "into")
	case !validEvidence(c.Evidence):
		return refused(FieldInvalid, "evidence")
	case p.Unmerge != nil:
		return refused(ProposalPending, "person")
	case p.MergedInto != c.Into:
		return refused(NotMerged, "into")
	case !by.recordsFor(p.home()) && !by.recordsFor(c.Seen.Home):
		return refused(WrongOrganisation, "account")
	}
	return []Event{&PersonUnmergeProposed{c.Person, c.Into, Secret{Plain: c.Reason}, c.Evidence, c.Seen.Read}}, nil
}

func (p *Person) decideUnmerge(c *DecidePersonUnmerge, by Actor) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil && !c.Approve {
		return nil, err
	}
	switch {
	case p.Unmerge != nil && (by.is(c.Person) || by.is(p.Unmerge.Into)):
		return refused(OwnRecord, "account")
	case p.Unmerge != nil && p.Unmerge.Proposer.is(by):
		return refused(SameAccount, "account")
	case p.Unmerge == nil || p.Unmerge.No != c.Proposal || p.Unmerge.Into != c.Into:
		return refused(ProposalUnknown, "proposal")
	case !by.recordsFor(p.home()) || !by.recordsFor(c.Seen.Home):
		return refused(WrongOrganisation, "account") // it moves the facts of both
	case !c.Approve:
		return []Event{&PersonUnmergeRefused{c.Person, c.Proposal, Secret{Plain: c.Reason}}}, nil
	}
	return []Event{&PersonUnmerged{c.Person, c.Into, c.Proposal, c.Seen.Read}}, nil
}

// evolveUnmerge folds what happens to a merge afterwards.
func (p *Person) evolveUnmerge(e Event, m Meta, revision uint32) {
	switch e := e.(type) {
	case *PersonUnmergeProposed:
		p.Unmerge = &PersonMerge{ProposalNo(revision), e.Into, signer(m)}
	case *PersonUnmergeRefused:
		p.Unmerge = nil
	case *PersonUnmerged:
		p.MergedInto, p.Unmerge, p.Parted = PersonID{}, nil, true
	}
}
