package domain

// Policy is a policy's stream folded.
type Policy struct {
	Latest *PolicyVersion
}

// AdoptPolicy adopts the next version of a policy.
type AdoptPolicy struct {
	Policy PolicyVersion // Adopted is set from the clock
	// Beginning marks the defaults a new ledger begins with: in force from the
	// beginning of time. It is refused once a version exists, and for any scope
	// but the whole country.
	Beginning bool
}

func (c *AdoptPolicy) Target() string    { return c.Policy.ID.Stream() }
func (c *AdoptPolicy) Operation() string { return "adopt-policy" }

// Evolve folds an event in.
func (p *Policy) Evolve(e Event, _ Meta) {
	if e, ok := e.(*PolicyAdopted); ok {
		p.Latest = &e.Policy
	}
}

// Decide judges a command on a policy's stream.
func (p *Policy) Decide(c Command, _ Actor, now Instant) ([]Event, error) {
	a, ok := c.(*AdoptPolicy)
	if !ok {
		return refused(FieldInvalid, "command")
	}
	v := a.Policy
	v.Adopted = now.Day()
	if a.Beginning {
		v.From, v.Adopted = MinDay, MinDay
	}
	latest := 0
	if p.Latest != nil {
		latest = p.Latest.Version
	}
	if err := v.check(); err != nil {
		return nil, err
	}
	switch {
	case v.Version != latest+1 || a.Beginning && latest > 0:
		return refused(PolicyVersionOrder, "version")
	case a.Beginning && v.ID.Scope.Digits() > 0:
		// A local rule from the beginning of time would rewrite every figure.
		return refused(PolicyRetroactive, "beginning")
	case v.From == NoDay || v.From < v.Adopted:
		return refused(PolicyRetroactive, "from")
	}
	return []Event{&PolicyAdopted{v}}, nil
}
