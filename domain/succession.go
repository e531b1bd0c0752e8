package domain

import "slices"

// SucceedCommunity says that from a day on others stand for a community: one
// after a merger, several after a split. Facts follow one successor by
// themselves; after a split every person and group is moved by hand.
type SucceedCommunity struct {
	Code       CommunityCode
	Successors []CommunityCode
	From       Day
	Source     string
	Next       CommunitySeen // of a single successor
}

func (c *SucceedCommunity) Target() string    { return c.Code.Stream() }
func (c *SucceedCommunity) Operation() string { return "succeed-community" }

// Reads names a single successor, because facts follow it: it must not lead
// back. Those of a split are only named.
func (c *SucceedCommunity) Reads() string {
	if len(c.Successors) != 1 {
		return ""
	}
	return c.Successors[0].readable()
}

func (c *SucceedCommunity) Given(f Found) Command {
	given := *c
	given.Next = seeCommunity(f)
	return &given
}

// succeed refuses a successor that was itself succeeded: without that no circle
// can come about. Who enters old history begins with the oldest.
func (s *Community) succeed(c *SucceedCommunity, by Actor) ([]Event, error) {
	switch {
	case !s.Exists:
		return refused(SubjectUnknown, "community")
	case len(c.Successors) == 0:
		return refused(FieldMissing, "successors")
	case len(c.Successors) > maxList:
		return refused(FieldInvalid, "successors")
	case !givenDay(c.From) || c.From <= s.From:
		return refused(FieldInvalid, "from")
	case !words(c.Source):
		return refused(FieldInvalid, "source")
	}
	for i, code := range c.Successors {
		switch {
		case !code.Valid():
			return refused(CommunityInvalid, "successors")
		case code == c.Code || slices.Contains(c.Successors[:i], code):
			return refused(FieldInvalid, "successors")
		}
	}
	switch {
	case s.SucceedsOn == c.From && slices.Equal(s.Successors, c.Successors):
		return nil, nil
	case !by.recordsFor(c.Code) || slices.ContainsFunc(c.Successors, func(s CommunityCode) bool { return !by.recordsFor(s) }):
		return refused(WrongOrganisation, "account") // neither gives its facts away nor takes others
	case len(s.Successors) > 0:
		return refused(CommunityReplaced, "community")
	}
	if len(c.Successors) == 1 {
		switch {
		case !c.Next.Exists:
			return refused(SubjectUnknown, "successors")
		case c.Next.Succeeded:
			return refused(CommunityReplaced, "successors")
		}
	}
	return []Event{&CommunitySucceeded{c.Code, c.Successors, c.From, c.Source, c.Next.Read}}, nil
}

// programme judges what a community says about its learning programme.
func (s *Community) programme(c Command, by Actor, now Instant) ([]Event, error) {
	if !s.Exists {
		return refused(SubjectUnknown, "community")
	}
	switch c := c.(type) {
	case *DesignateLearning:
		return s.designate(c, by, now)
	case *EndDesignation:
		return s.endDesignation(c, by)
	case *CountFact:
		return s.count(c, by, now)
	case *WithdrawCount:
		return s.withdrawCount(c, by)
	}
	return refused(FieldInvalid, "command")
}
