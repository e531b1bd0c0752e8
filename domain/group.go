package domain

// GroupRef names a household, building, organisation or team.
type GroupRef struct {
	Kind SubjectKind
	ID   GroupID
}

// Stream names the group's stream; its category is the kind.
func (r GroupRef) Stream() string { return string(r.Kind) + "-" + r.ID.String() }

// Group is the stream of a household, building, stairwell, organisation or
// team folded.
type Group struct {
	Kind       SubjectKind
	Exists     bool
	ID         GroupID
	Community  CommunityCode // today's
	Name       string
	Within     GroupID // of a stairwell: its building
	CreditCode string
	From       Day
	MovedOn    Day // the day it came to the community; From at first
	To         Day // last day; MaxDay while it lasts
}

// GroupSeen is what of a group's stream a command elsewhere is judged on.
type GroupSeen struct {
	Read      Reading
	Exists    bool
	Community CommunityCode
	Within    GroupID
	From, To  Day
}

func seeGroup(f Found) GroupSeen {
	g, ok := f.State.(*Group)
	if !ok || !g.Exists {
		return GroupSeen{Read: f.Reading}
	}
	return GroupSeen{f.Reading, true, g.Community, g.Within, g.From, g.To}
}

// openOn reports whether the group exists on a day.
func (g *GroupSeen) openOn(d Day) bool { return g.Exists && g.From <= d && d <= g.To }

// CommunitySeen is what of a community's stream a command elsewhere is judged on.
type CommunitySeen struct {
	Read       Reading
	Exists     bool
	Succeeded  bool
	SucceedsOn Day
}

func seeCommunity(f Found) CommunitySeen {
	s, ok := f.State.(*Community)
	if !ok || !s.Exists {
		return CommunitySeen{Read: f.Reading}
	}
	return CommunitySeen{f.Reading, true, len(s.Successors) > 0, s.SucceedsOn}
}

// open: the community is registered and stands for itself on the day.
func (s *CommunitySeen) open(on Day) error {
	switch {
	case !s.Exists:
		return Refuse(SubjectUnknown, "community")
	case s.Succeeded && s.SucceedsOn <= on:
		return Refuse(CommunityReplaced, "community")
	}
	return nil
}

// readable is the community's stream; empty for a code that has none.
func (c CommunityCode) readable() string {
	if !c.Valid() {
		return ""
	}
	return c.Stream()
}

// Commands on a group's stream.
type (
	RegisterGroup struct {
		Group      GroupRef
		Community  CommunityCode
		Name       string  // a household's is a label of the committee's choosing
		Door       string  // of a household: its door number; sealed
		Within     GroupID // of a stairwell: its building
		CreditCode string  // of an organisation: unified social credit code
		From       Day     // MinDay where nobody knows since when
		In         CommunitySeen
		Building   GroupSeen
	}
	RenameGroup struct {
		Group GroupRef
		Name  string
		Door  string
		From  Day
	}
	// MoveGroup gives a group to another community, as a split of its old one
	// makes necessary.
	MoveGroup struct {
		Group     GroupRef
		Community CommunityCode
		From      Day
		In        CommunitySeen
	}
	CloseGroup struct {
		Group GroupRef
		To    Day // last day
	}
)

func (c *RegisterGroup) Target() string    { return c.Group.Stream() }
func (c *RegisterGroup) Operation() string { return "register-group" }
func (c *RenameGroup) Target() string      { return c.Group.Stream() }
func (c *RenameGroup) Operation() string   { return "rename-group" }
func (c *MoveGroup) Target() string        { return c.Group.Stream() }
func (c *MoveGroup) Operation() string     { return "move-group" }
func (c *CloseGroup) Target() string       { return c.Group.Stream() }
func (c *CloseGroup) Operation() string    { return "close-group" }

// Reads names the building of a stairwell, which lies in a community already,
// and otherwise the community.
func (c *RegisterGroup) Reads() string {
	if !c.Within.IsZero() {
		return GroupRef{SubjectBuilding, c.Within}.Stream()
	}
	return c.Community.readable()
}

func (c *RegisterGroup) Given(f Found) Command {
	given := *c
	if c.Within.IsZero() {
		given.In = seeCommunity(f)
	} else {
		given.Building = seeGroup(f)
	}
	return &given
}

func (c *MoveGroup) Reads() string { return c.Community.readable() }

func (c *MoveGroup) Given(f Found) Command {
	given := *c
	given.In = seeCommunity(f)
	return &given
}

// Evolve folds an event in.
func (g *Group) Evolve(e Event, _ Meta) {
	switch e := e.(type) {
	case *GroupRegistered:
		g.Exists, g.ID, g.Community, g.Name, g.Within, g.CreditCode = true, e.Group, e.Community, e.Name, e.Within, e.CreditCode
		g.From, g.MovedOn, g.To = e.From, e.From, MaxDay
	case *GroupRenamed:
		g.Name = e.Name
	case *GroupMoved:
		g.Community, g.MovedOn = e.Community, e.From
	case *GroupClosed:
		g.To = e.To
	}
}

// Decide judges a command on a group's stream.
func (g *Group) Decide(c Command, by Actor, _ Instant) ([]Event, error) {
	if err := by.may(c); err != nil {
		return nil, err
	}
	if c, ok := c.(*RegisterGroup); ok {
		return g.register(c, by)
	}
	if !g.Exists {
		return refused(SubjectUnknown, "group")
	}
	switch c := c.(type) {
	case *RenameGroup:
		return g.rename(c, by)
	case *MoveGroup:
		return g.move(c, by)
	case *CloseGroup:
		switch {
		case g.To == c.To:
			return nil, nil
		case !givenDay(c.To) || c.To < g.From:
			return refused(FieldInvalid, "to")
		case !by.recordsFor(g.Community):
			return refused(WrongOrganisation, "account")
		case g.To != MaxDay:
			return refused(GroupClosedCode, "group")
		}
		return []Event{&GroupClosed{c.Group.ID, c.To}}, nil
	}
	return refused(FieldInvalid, "command")
}

func (g *Group) register(c *RegisterGroup, by Actor) ([]Event, error) {
	switch {
	case c.Group.Kind != g.Kind:
		return refused(FieldInvalid, "kind")
	case g.Exists && g.Community == c.Community && g.Name == c.Name && g.Within == c.Within && g.CreditCode == c.CreditCode:
		return nil, nil
	case g.Exists:
		return refused(SubjectExists, "group")
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := by.records(c.Community, "account"); err != nil {
		return nil, err
	}
	read := c.In.Read
	if c.Within.IsZero() {
		if err := c.In.open(c.From); err != nil {
			return nil, err
		}
	} else {
		read = c.Building.Read
		switch b := &c.Building; {
		case !b.Exists:
			return refused(SubjectUnknown, "within")
		case !b.Within.IsZero(), b.Community != c.Community: // a stairwell has none of its own
			return refused(FieldInvalid, "within")
		case !b.openOn(c.From):
			return refused(GroupClosedCode, "within")
		}
	}
	return []Event{&GroupRegistered{
		Group: c.Group.ID, Community: c.Community, Name: c.Name, Within: c.Within, CreditCode: c.CreditCode, From: c.From,
		Door: Secret{Plain: c.Door}, Read: read,
	}}, nil
}

// check judges each field by itself.
func (c *RegisterGroup) check() error {
	switch {
	case c.Group.ID.IsZero():
		return Refuse(FieldMissing, "group")
	case c.From == NoDay:
		return Refuse(FieldMissing, "from")
	case c.Door != "" && c.Group.Kind != SubjectHousehold:
		return Refuse(FieldInvalid, "door")
	case !c.Within.IsZero() && (c.Group.Kind != SubjectBuilding || c.Within == c.Group.ID):
		return Refuse(FieldInvalid, "within")
	case c.CreditCode != "" && c.Group.Kind != SubjectOrganisation:
		return Refuse(FieldInvalid, "creditCode")
	case c.From >= MaxDay:
		return Refuse(FieldInvalid, "from")
	}
	if err := checkGroupName(c.Name, c.Door); err != nil {
		return err
	}
	switch {
	case c.CreditCode != "" && !ValidCreditCode(c.CreditCode):
		return Refuse(CreditCodeInvalid, "creditCode")
	case !c.Community.Valid():
		return Refuse(CommunityInvalid, "community")
	}
	return nil
}

func checkGroupName(name, door string) error {
	switch {
	case blank(name):
		return Refuse(FieldMissing, "name")
	case !words(name):
		return Refuse(FieldInvalid, "name")
	case len(door) > maxRemark:
		return Refuse(FieldInvalid, "door")
	}
	return nil
}

func (g *Group) rename(c *RenameGroup, by Actor) ([]Event, error) {
	if err := checkGroupName(c.Name, c.Door); err != nil {
		return nil, err
	}
	switch {
	case c.Door != "" && g.Kind != SubjectHousehold:
		return refused(FieldInvalid, "door")
	case !givenDay(c.From) || c.From < g.From:
		return refused(FieldInvalid, "from")
	case g.Name == c.Name && c.Door == "":
		return refused(NothingChanges, "name")
	case !by.recordsFor(g.Community):
		return refused(WrongOrganisation, "account")
	case c.From > g.To:
		return refused(GroupClosedCode, "group")
	}
	return []Event{&GroupRenamed{Group: c.Group.ID, Name: c.Name, From: c.From, Door: Secret{Plain: c.Door}}}, nil
}

func (g *Group) move(c *MoveGroup, by Actor) ([]Event, error) {
	switch {
	case !givenDay(c.From) || c.From <= g.MovedOn:
		return refused(FieldInvalid, "from")
	case !c.Community.Valid():
		return refused(CommunityInvalid, "community")
	case g.Community == c.Community:
		return refused(NothingChanges, "community")
	case !by.recordsFor(g.Community) || !by.recordsFor(c.Community):
		return refused(WrongOrganisation, "account") // whoever divides records for both sides
	case c.From > g.To:
		return refused(GroupClosedCode, "group")
	}
	if err := c.In.open(c.From); err != nil {
		return nil, err
	}
	return []Event{&GroupMoved{c.Group.ID, c.Community, c.From, c.In.Read}}, nil
}
