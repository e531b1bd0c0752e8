package domain

// Community is a community's stream folded.
type Community struct {
	Exists     bool
	Code       CommunityCode
	Name       string
	From       Day
	Successors []CommunityCode
	SucceedsOn Day
	Closed     []ClosedPeriod // closed periods that were not reopened
	Learning   []Designation
	Facts      []CountedFact
	next       uint32 // revision of the next event
}

// Commands on a community's stream.
type (
	RegisterCommunity struct {
		Code   CommunityCode
		Name   string
		From   Day
		Source string
	}
	RecordPopulation struct {
		Code     CommunityCode
		Day      Day
		Basis    PopulationBasis
		Count    int64
		Source   string
		Evidence []Evidence
	}
)

func (c *RegisterCommunity) Target() string    { return c.Code.Stream() }
func (c *RegisterCommunity) Operation() string { return "register-community" }
func (c *RecordPopulation) Target() string     { return c.Code.Stream() }
func (c *RecordPopulation) Operation() string  { return "record-population" }

// Evolve folds an event in.
func (s *Community) Evolve(e Event, m Meta) {
	revision := s.next
	s.next++
	switch e := e.(type) {
	case *CommunityRegistered:
		s.Exists, s.Code, s.Name, s.From = true, e.Code, e.Name, e.From
	case *CommunitySucceeded:
		s.Successors, s.SucceedsOn = e.Successors, e.From
	case *LearningDesignated:
		s.Learning = append(s.Learning, Designation{GroupRef{e.Kind, GroupID{e.Subject}}, e.From, MaxDay})
	case *LearningDesignationEnded:
		s.endLearning(GroupRef{e.Kind, GroupID{e.Subject}}, e.To)
	case *FactCounted:
		s.Facts = append(s.Facts, CountedFact{Revision: revision, Kind: CountKind(e.Kind)})
	case *CountWithdrawn:
		for i := range s.Facts {
			s.Facts[i].Withdrawn = s.Facts[i].Withdrawn || s.Facts[i].Revision == e.Fact
		}
	default:
		s.evolvePeriod(e, m, revision)
	}
}

// Decide judges a command on a community's stream.
func (s *Community) Decide(c Command, by Actor, now Instant) ([]Event, error) {
	if err := by.may(c); err != nil {
		return nil, err
	}
	switch c := c.(type) {
	case *SucceedCommunity:
		return s.succeed(c, by)
	case *DesignateLearning, *EndDesignation, *CountFact, *WithdrawCount:
		return s.programme(c, by, now)
	case *RegisterCommunity:
		switch {
		case s.Exists && s.Name == c.Name:
			return nil, nil
		case s.Exists:
			return refused(SubjectExists, "code")
		case blank(c.Name):
			return refused(FieldMissing, "name")
		case c.From == NoDay:
			return refused(FieldMissing, "from") // MinDay where nobody knows since when
		case !words(c.Name):
			return refused(FieldInvalid, "name")
		case !words(c.Source):
			return refused(FieldInvalid, "source")
		case !c.Code.Valid():
			return refused(CommunityInvalid, "code")
		case !by.recordsFor(c.Code):
			return refused(WrongOrganisation, "account")
		}
		return []Event{&CommunityRegistered{c.Code, c.Name, c.From, c.Source}}, nil
	case *RecordPopulation:
		switch {
		case !s.Exists:
			return refused(SubjectUnknown, "community")
		case blank(c.Source):
			return refused(FieldMissing, "source")
		case !validPopulationBasis(c.Basis) || c.Basis == RegisteredMembers:
			return refused(FieldInvalid, "basis") // members are counted, not recorded
		case c.Count < 0 || c.Count > 100_000_000:
			return refused(FieldInvalid, "count")
		case !words(c.Source):
			return refused(FieldInvalid, "source")
		case !validEvidence(c.Evidence):
			return refused(FieldInvalid, "evidence")
		case !givenDay(c.Day) || c.Day < earliestDay:
			return refused(FieldInvalid, "day")
		case c.Day > now.Day():
			return refused(DateInFuture, "day")
		case !by.recordsFor(c.Code):
			return refused(WrongOrganisation, "account")
		}
		return []Event{&PopulationRecorded{c.Code, c.Day, c.Basis, c.Count, c.Source, c.Evidence}}, nil
	case *ReviewCommunityFlag:
		return s.reviewFlag(c, by)
	case *ClosePeriod:
		return s.closePeriod(c, by, now)
	case *ProposeReopening:
		return s.proposeReopening(c, by)
	case *DecideReopening:
		return s.decideReopening(c, by)
	}
	return refused(FieldInvalid, "command")
}
