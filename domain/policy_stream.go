package domain

// Policy is a policy's stream folded.
type Policy struct {
	Latest  *PolicyVersion
	Pending *PolicyProposal
	next    uint32
}

// PolicyProposal is a version that waits for a second person.
type PolicyProposal struct {
	No       ProposalNo
	Version  PolicyVersion
	Proposer Signer
}

// Commands on a policy's stream.
type (
	// AdoptPolicy adopts the next version of a policy.
	AdoptPolicy struct {
		Policy PolicyVersion // Adopted is set from the clock
		// Beginning marks the defaults a new ledger begins with: in force from the
		// beginning of time. It is refused once a version exists, and for any scope
		// but the whole country.
		Beginning bool
	}
	// ProposePolicy proposes a version, also one that is to be in force from a day
	// that is past.
	ProposePolicy struct {
		Policy PolicyVersion
		Reason string // clear: a rule is explained to everybody
	}
	// DecidePolicy approves or refuses what another person proposed.
	DecidePolicy struct {
		Policy   PolicyID
		Proposal ProposalNo
		Approve  bool
		Reason   string // required when refusing
	}
)

func (c *AdoptPolicy) Target() string      { return c.Policy.ID.Stream() }
func (c *AdoptPolicy) Operation() string   { return "adopt-policy" }
func (c *ProposePolicy) Target() string    { return c.Policy.ID.Stream() }
func (c *ProposePolicy) Operation() string { return "propose-policy" }
func (c *DecidePolicy) Target() string     { return c.Policy.Stream() }
func (c *DecidePolicy) Operation() string  { return "decide-policy" }

// Evolve folds an event in.
func (p *Policy) Evolve(e Event, m Meta) {
	revision := p.next
	p.next++
	switch e := e.(type) {
	case *PolicyAdopted:
		p.Latest = &e.Policy
	case *PolicyProposed:
		p.Pending = &PolicyProposal{ProposalNo(revision), e.Policy, signer(m)}
	case *PolicyApproved, *PolicyRefused:
		p.Pending = nil
	}
}

// Decide judges a command on a policy's stream.
func (p *Policy) Decide(c Command, by Actor, now Instant) ([]Event, error) {
	if err := by.may(c); err != nil {
		return nil, err
	}
	switch c := c.(type) {
	case *AdoptPolicy:
		return p.adopt(c, by, now)
	case *ProposePolicy:
		return p.propose(c, by)
	case *DecidePolicy:
		return p.decide(c, by, now)
	}
	return refused(FieldInvalid, "command")
}

func (p *Policy) latest() int {
	if p.Latest == nil {
		return 0
	}
	return p.Latest.Version
}

func (p *Policy) adopt(a *AdoptPolicy, by Actor, now Instant) ([]Event, error) {
	v := a.Policy
	v.Adopted = now.Day()
	if a.Beginning {
		v.From, v.Adopted = MinDay, MinDay
	}
	if err := by.governs(v.ID.Scope); err != nil {
		return nil, err
	}
	if err := v.check(); err != nil {
		return nil, err
	}
	switch {
	case v.Version != p.latest()+1 || a.Beginning && p.latest() > 0:
		return refused(PolicyVersionOrder, "version")
	case a.Beginning && v.ID.Scope.Digits() > 0:
		// A local rule from the beginning of time would rewrite every figure.
		return refused(PolicyRetroactive, "beginning")
	case v.From == NoDay || v.From < v.Adopted:
		return refused(PolicyRetroactive, "from")
	}
	return []Event{&PolicyAdopted{v}}, nil
}

func (p *Policy) propose(c *ProposePolicy, by Actor) ([]Event, error) {
	v := c.Policy
	v.Adopted = MinDay // nobody has adopted it
	if err := checkReason(c.Reason); err != nil {
		return nil, err
	}
	if err := by.governs(v.ID.Scope); err != nil {
		return nil, err
	}
	if err := v.check(); err != nil {
		return nil, err
	}
	switch {
	case p.Pending != nil:
		return refused(ProposalPending, "policy")
	case v.Version != p.latest()+1:
		return refused(PolicyVersionOrder, "version")
	case !givenDay(v.From) || v.From < earliestDay:
		return refused(PolicyInvalid, "from")
	}
	return []Event{&PolicyProposed{v, c.Reason}}, nil
}

// decide: what is approved is adopted with it, on the day of the approval.
func (p *Policy) decide(c *DecidePolicy, by Actor, now Instant) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil && (!c.Approve || c.Reason != "") {
		return nil, err
	}
	foreign := by.governs(c.Policy.Scope)
	switch {
	case p.Pending != nil && p.Pending.Proposer.is(by):
		return refused(SameAccount, "account")
	case p.Pending == nil || p.Pending.No != c.Proposal:
		return refused(ProposalUnknown, "proposal")
	case foreign != nil:
		return nil, foreign
	case !c.Approve:
		return []Event{&PolicyRefused{c.Policy, c.Proposal, c.Reason}}, nil
	case p.Pending.Version.Version != p.latest()+1:
		return refused(PolicyVersionOrder, "version") // another was adopted meanwhile
	}
	v := p.Pending.Version
	v.Adopted = now.Day()
	return []Event{&PolicyApproved{c.Policy, c.Proposal}, &PolicyAdopted{v}}, nil
}
