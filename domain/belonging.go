package domain

// A person belongs to one community, household and building at a time, and to
// any number of organisations and teams, to each of them once.

// MoveMembership ends one membership and starts the next of its kind the day
// after: a move, or the assignment of a person whose community was split.
type MoveMembership struct {
	Person     PersonID
	Membership Membership // where to, from which day; To is ignored
	Seen       GroupSeen
}

// ChangeLayers says which layers a person is of from a day on.
type ChangeLayers struct {
	Person PersonID
	Layers []Layer
	From   Day
}

func (c *MoveMembership) Target() string    { return c.Person.Stream() }
func (c *MoveMembership) Operation() string { return "move-membership" }
func (c *ChangeLayers) Target() string      { return c.Person.Stream() }
func (c *ChangeLayers) Operation() string   { return "change-layers" }

func (c *MoveMembership) Reads() string { return c.Membership.reads() }

func (c *MoveMembership) Given(f Found) Command {
	given := *c
	given.Seen = seeGroup(f)
	return &given
}

func (c *StartMembership) Reads() string { return c.Membership.reads() }

func (c *StartMembership) Given(f Found) Command {
	given := *c
	given.Seen = seeGroup(f)
	return &given
}

// GroupRef is the group of a membership of one.
func (m *Membership) GroupRef() GroupRef { return GroupRef{SubjectKind(m.Kind), m.Group} }

// reads: who joins a group joins one that exists. Communities need not be
// registered: a sheet may name one before anybody did.
func (m *Membership) reads() string {
	if m.Kind == MemberOfCommunity || !validMembershipKind(m.Kind) || m.Group.IsZero() {
		return ""
	}
	return m.GroupRef().Stream()
}

// joinable: the group exists on the membership's first day.
func (m *Membership) joinable(g *GroupSeen) error {
	switch {
	case m.Kind == MemberOfCommunity:
		return nil
	case !g.Exists:
		return Refuse(SubjectUnknown, "group")
	case !g.openOn(m.From):
		return Refuse(GroupClosedCode, "group")
	}
	return nil
}

func checkMembership(m *Membership) error {
	switch {
	case validMembershipKind(m.Kind) && m.Kind != MemberOfCommunity && m.Group.IsZero():
		return Refuse(FieldMissing, "group")
	case !validMembershipKind(m.Kind) || m.From == NoDay || m.From >= MaxDay || !words(string(m.Basis)):
		return Refuse(FieldInvalid, "membership")
	case m.Kind == MemberOfCommunity && !m.Community.Valid():
		return Refuse(CommunityInvalid, "community")
	}
	return nil
}

func (p *Person) join(c *StartMembership, by Actor) ([]Event, error) {
	m := c.Membership
	m.To = MaxDay
	if err := checkMembership(&m); err != nil {
		return nil, err
	}
	if err := p.takenInBy(by, &m, &c.Seen); err != nil {
		return nil, err
	}
	for _, x := range p.Memberships {
		if x.Kind != m.Kind || x.To < m.From {
			continue
		}
		if x.To == MaxDay && x.Community == m.Community && x.Group == m.Group {
			if x.From <= m.From {
				return refused(MembershipOverlap, "membership")
			}
			continue // a member from an earlier day than was known
		}
		if !m.Kind.several() || x.Group == m.Group {
			return refused(MembershipOverlap, "membership")
		}
	}
	if err := m.joinable(&c.Seen); err != nil {
		return nil, err
	}
	return []Event{&MembershipStarted{c.Person, m, c.Seen.Read}}, nil
}

// takenInBy: a community takes its members in itself, also those it takes over
// from another; a group's member is entered where the group lies or where the
// person is kept.
func (p *Person) takenInBy(by Actor, m *Membership, g *GroupSeen) error {
	switch {
	case m.Kind == MemberOfCommunity:
		return by.records(m.Community, "account")
	case by.recordsFor(g.Community):
		return nil
	}
	return by.keeps(p)
}

// several: one may belong to more than one of the kind at a time, to each of
// them once.
func (k MembershipKind) several() bool { return k == MemberOfOrganisation || k == MemberOfTeam }

// firstDay lets a membership without a first day begin today. The command does
// not say so itself: a retry after midnight must be the same command.
func firstDay(c *StartMembership, now Instant) *StartMembership {
	if c.Membership.From != NoDay {
		return c
	}
	dated := *c
	dated.Membership.From = now.Day()
	return &dated
}

func (p *Person) leave(c *EndMembership, by Actor) ([]Event, error) {
	i := p.openMembership(c.Kind, c.Community, c.Group)
	keeper := p.home()
	if c.Kind == MemberOfCommunity {
		keeper = c.Community
	}
	switch {
	case !givenDay(c.To), i >= 0 && c.To < p.Memberships[i].From:
		return refused(FieldInvalid, "to") // MaxDay would end nothing
	case !by.recordsFor(keeper):
		return refused(WrongOrganisation, "account")
	case i < 0:
		return refused(MembershipUnknown, "membership")
	}
	return []Event{&MembershipEnded{c.Person, c.Kind, c.Community, c.Group, c.To}}, nil
}

func (p *Person) moveTo(c *MoveMembership, by Actor) ([]Event, error) {
	m := c.Membership
	m.To = MaxDay
	if err := checkMembership(&m); err != nil {
		return nil, err
	}
	if m.Kind.several() || !givenDay(m.From) {
		return refused(FieldInvalid, "membership") // which one is left would be a guess
	}
	if err := p.takenInBy(by, &m, &c.Seen); err != nil {
		return nil, err
	}
	open := -1
	for i, x := range p.Memberships {
		if x.Kind == m.Kind && x.To == MaxDay {
			open = i
		}
	}
	if open < 0 {
		return refused(MembershipUnknown, "membership")
	}
	left := p.Memberships[open]
	switch {
	case left.Community == m.Community && left.Group == m.Group, m.From <= left.From:
		return refused(MembershipOverlap, "membership")
	}
	if err := m.joinable(&c.Seen); err != nil {
		return nil, err
	}
	return []Event{
		&MembershipEnded{c.Person, left.Kind, left.Community, left.Group, m.From - 1},
		&MembershipStarted{c.Person, m, c.Seen.Read},
	}, nil
}

func (p *Person) changeLayers(c *ChangeLayers, by Actor, now Instant) ([]Event, error) {
	from := c.From
	if from == NoDay {
		from = now.Day()
	}
	switch {
	case !validLayers(c.Layers):
		return refused(FieldInvalid, "layers")
	case !givenDay(from) || from < earliestDay:
		return refused(FieldInvalid, "from")
	case from > now.Day():
		return refused(DateInFuture, "from")
	case from >= p.LayersFrom && sameLayers(p.Layers, c.Layers):
		return refused(NothingChanges, "layers")
	}
	if err := by.keeps(p); err != nil {
		return nil, err
	}
	return []Event{&LayersChanged{c.Person, c.Layers, from}}, nil
}

func validLayers(layers []Layer) bool {
	for _, l := range layers {
		if l == "" || !words(string(l)) {
			return false
		}
	}
	return len(layers) <= maxList
}

func sameLayers(a, b []Layer) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
