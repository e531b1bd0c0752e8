package domain

import "slices"

// Two numbers of one person are merged by an alias: both streams stay as they
// are, and every fold counts the facts of the one for the other. One clerk
// proposes it, another approves.

// PersonMerge is a merge that waits for a second person.
type PersonMerge struct {
	No       ProposalNo
	Into     PersonID
	Proposer Signer
}

// Commands that merge persons; they stand in the stream of the one that is
// merged away.
type (
	ProposePersonMerge struct {
		Person   PersonID
		Into     PersonID
		Reason   string
		Evidence []Evidence
		Seen     PersonSeen // the one merged into
	}
	DecidePersonMerge struct {
		Person   PersonID
		Proposal ProposalNo
		Into     PersonID // as proposed: who approves says what
		Approve  bool
		Reason   string // required when refusing
		Seen     PersonSeen
	}
)

func (c *ProposePersonMerge) Target() string    { return c.Person.Stream() }
func (c *ProposePersonMerge) Operation() string { return "propose-person-merge" }
func (c *DecidePersonMerge) Target() string     { return c.Person.Stream() }
func (c *DecidePersonMerge) Operation() string  { return "decide-person-merge" }

func (c *ProposePersonMerge) Reads() string { return c.Into.Stream() }

func (c *ProposePersonMerge) Given(f Found) Command {
	given := *c
	given.Seen = seePerson(f)
	return &given
}

func (c *DecidePersonMerge) Reads() string { return c.Into.Stream() }

func (c *DecidePersonMerge) Given(f Found) Command {
	given := *c
	given.Seen = seePerson(f)
	return &given
}

// ExpectPersonMerge notes in the stream of the number that stays that another is
// about to be merged into it: from then on a command there asks the other number
// whether it was.
type ExpectPersonMerge struct {
	Person   PersonID
	From     PersonID
	Proposal ProposalNo // in the stream of the other
}

func (c *ExpectPersonMerge) Target() string    { return c.Person.Stream() }
func (c *ExpectPersonMerge) Operation() string { return "expect-person-merge" }

// Before: no fold of the number that stays may miss the merge.
func (c *DecidePersonMerge) Before() Command {
	if !c.Approve {
		return nil
	}
	return &ExpectPersonMerge{c.Into, c.Person, c.Proposal}
}

// expectMerge notes a number once, whatever becomes of its merge.
func (p *Person) expectMerge(c *ExpectPersonMerge, by Actor) ([]Event, error) {
	switch {
	case c.From.IsZero() || c.From == c.Person:
		return refused(FieldInvalid, "from")
	case slices.Contains(p.Expects, c.From):
		return nil, nil
	}
	if err := by.keeps(p); err != nil {
		return nil, err
	}
	return []Event{&PersonMergeExpected{c.Person, c.From, c.Proposal}}, nil
}

// mergeable says why a person cannot be merged into.
func mergeable(into *PersonSeen) error {
	if into.Refusal != "" {
		return Refuse(into.Refusal, "into")
	}
	return nil
}

func (p *Person) proposeMerge(c *ProposePersonMerge, by Actor) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil {
		return nil, err
	}
	switch {
	case c.Into.IsZero():
		return refused(FieldMissing, "into")
	case c.Into == c.Person:
		return refused(FieldInvalid, "into")
	case !validEvidence(c.Evidence):
		return refused(FieldInvalid, "evidence")
	case p.Merge != nil:
		return refused(ProposalPending, "person")
	}
	if err := mergeable(&c.Seen); err != nil {
		return nil, err
	}
	if !by.recordsFor(p.home()) && !by.recordsFor(c.Seen.Home) {
		return refused(WrongOrganisation, "account")
	}
	return []Event{&PersonMergeProposed{c.Person, c.Into, Secret{Plain: c.Reason}, c.Evidence, c.Seen.Read}}, nil
}

func (p *Person) decideMerge(c *DecidePersonMerge, by Actor) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil && !c.Approve {
		return nil, err
	}
	switch {
	case p.Merge != nil && (by.is(c.Person) || by.is(p.Merge.Into)):
		return refused(OwnRecord, "account")
	case p.Merge != nil && p.Merge.Proposer.is(by):
		return refused(SameAccount, "account")
	case p.Merge == nil || p.Merge.No != c.Proposal || p.Merge.Into != c.Into:
		return refused(ProposalUnknown, "proposal")
	case !by.recordsFor(p.home()) || !by.recordsFor(c.Seen.Home):
		// It moves the facts of both.
		return refused(WrongOrganisation, "account")
	case !c.Approve:
		return []Event{&PersonMergeRefused{c.Person, c.Proposal, Secret{Plain: c.Reason}}}, nil
	}
	if err := mergeable(&c.Seen); err != nil {
		return nil, err
	}
	return []Event{&PersonMerged{c.Person, p.Merge.Into, c.Proposal, c.Seen.Read}}, nil
}

// Overlapping lists the pairs of live entries of two persons who turned out to
// be one that share time: each was checked against the person's own entries
// only, so nobody could refuse them.
func Overlapping(a, b *Person) (pairs [][2]EntryNo) {
	for i := range a.Entries {
		for j := range b.Entries {
			x, y := &a.Entries[i], &b.Entries[j]
			if x.Live() && y.Live() && x.Deed.Span.Overlaps(y.Deed.Span) {
				pairs = append(pairs, [2]EntryNo{x.No, y.No})
			}
		}
	}
	return pairs
}
