package domain

// Designation says that a community has named a household or organisation a
// learning one (学习型家庭, 学习型单位).
type Designation struct {
	Subject  GroupRef
	From, To Day // To is MaxDay while it lasts
}

// CountedFact is a count a community entered.
type CountedFact struct {
	Revision  uint32
	Kind      CountKind
	Withdrawn bool
}

// Commands on a community's stream about its programme.
type (
	DesignateLearning struct {
		Code    CommunityCode
		Subject GroupRef
		From    Day
		Seen    GroupSeen
	}
	EndDesignation struct {
		Code    CommunityCode
		Subject GroupRef
		To      Day // last day
	}
	CountFact struct {
		Code     CommunityCode
		Kind     CountKind
		Day      Day
		Title    string
		People   int64
		Minutes  Minutes
		Count    int64
		Evidence []Evidence
	}
	// WithdrawCount takes a count back that was entered wrongly; the right one
	// is entered anew.
	WithdrawCount struct {
		Code   CommunityCode
		Fact   uint32 // the revision of the count
		Reason string // in clear: it is about a count, not about a person
	}
)

func (c *DesignateLearning) Target() string    { return c.Code.Stream() }
func (c *DesignateLearning) Operation() string { return "designate-learning" }
func (c *EndDesignation) Target() string       { return c.Code.Stream() }
func (c *EndDesignation) Operation() string    { return "end-designation" }
func (c *CountFact) Target() string            { return c.Code.Stream() }
func (c *CountFact) Operation() string         { return "count-fact" }
func (c *WithdrawCount) Target() string        { return c.Code.Stream() }
func (c *WithdrawCount) Operation() string     { return "withdraw-count" }

func (c *DesignateLearning) Reads() string {
	if c.Subject.Kind != SubjectHousehold && c.Subject.Kind != SubjectOrganisation {
		return ""
	}
	return c.Subject.Stream()
}

func (c *DesignateLearning) Given(f Found) Command {
	given := *c
	given.Seen = seeGroup(f)
	return &given
}

func (s *Community) designate(c *DesignateLearning, by Actor, now Instant) ([]Event, error) {
	switch {
	case c.Subject.Kind != SubjectHousehold && c.Subject.Kind != SubjectOrganisation:
		return refused(FieldInvalid, "kind")
	case !givenDay(c.From) || c.From < earliestDay:
		return refused(FieldInvalid, "from")
	case c.From > now.Day():
		return refused(DateInFuture, "from")
	case !by.recordsFor(c.Code):
		return refused(WrongOrganisation, "account")
	}
	for _, d := range s.Learning {
		if d.Subject == c.Subject && d.To >= c.From {
			return refused(SubjectExists, "subject")
		}
	}
	switch g := &c.Seen; {
	case !g.Exists:
		return refused(SubjectUnknown, "subject")
	case g.Community != c.Code:
		return refused(WrongOrganisation, "subject")
	case !g.openOn(c.From):
		return refused(GroupClosedCode, "subject")
	}
	return []Event{&LearningDesignated{c.Code, c.Subject.Kind, c.Subject.ID.UUID, c.From, c.Seen.Read}}, nil
}

func (s *Community) endDesignation(c *EndDesignation, by Actor) ([]Event, error) {
	for _, d := range s.Learning {
		if d.Subject != c.Subject || d.To != MaxDay {
			continue
		}
		if !givenDay(c.To) || c.To < d.From {
			return refused(FieldInvalid, "to")
		}
		if !by.recordsFor(c.Code) {
			break
		}
		return []Event{&LearningDesignationEnded{c.Code, c.Subject.Kind, c.Subject.ID.UUID, c.To}}, nil
	}
	if err := by.records(c.Code, "account"); err != nil {
		return nil, err
	}
	return refused(DesignationUnknown, "subject")
}

// endLearning closes the designation that lasts.
func (s *Community) endLearning(ref GroupRef, to Day) {
	for i := range s.Learning {
		if d := &s.Learning[i]; d.Subject == ref && d.To == MaxDay {
			d.To = to
		}
	}
}

func (s *Community) count(c *CountFact, by Actor, now Instant) ([]Event, error) {
	kind, known := CountKinds[c.Kind]
	switch {
	case len(c.Evidence) == 0:
		return refused(FieldMissing, "evidence") // a count without any is a claim
	case kind.Titled && blank(c.Title):
		return refused(FieldMissing, "title")
	case !known:
		return refused(FieldInvalid, "kind")
	case !words(c.Title):
		return refused(FieldInvalid, "title")
	case c.Count < 0 || c.Count > maxCount || kind.Counted != (c.Count > 0):
		return refused(FieldInvalid, "count")
	case c.People < 0 || c.People > maxCount || kind.People != (c.People > 0):
		return refused(FieldInvalid, "people")
	case c.Minutes < 0 || c.Minutes > Minutes(c.People)*DayMinutes || kind.People != (c.Minutes > 0):
		return refused(FieldInvalid, "minutes")
	case !validEvidence(c.Evidence):
		return refused(FieldInvalid, "evidence")
	case !givenDay(c.Day) || c.Day < earliestDay:
		return refused(FieldInvalid, "day")
	case c.Day > now.Day():
		return refused(DateInFuture, "day")
	case !by.recordsFor(c.Code):
		return refused(WrongOrganisation, "account")
	}
	return []Event{&FactCounted{c.Code, string(c.Kind), c.Day, c.Title, c.People, c.Minutes, c.Count, c.Evidence}}, nil
}

const maxCount = 100_000_000

func (s *Community) withdrawCount(c *WithdrawCount, by Actor) ([]Event, error) {
	switch {
	case blank(c.Reason):
		return refused(FieldMissing, "reason")
	case !words(c.Reason):
		return refused(FieldInvalid, "reason")
	case !by.recordsFor(c.Code):
		return refused(WrongOrganisation, "account")
	}
	for _, f := range s.Facts {
		switch {
		case f.Revision != c.Fact:
		case f.Withdrawn:
			return nil, nil
		default:
			return []Event{&CountWithdrawn{c.Code, c.Fact, c.Reason}}, nil
		}
	}
	return refused(CountUnknown, "fact")
}

// CountKind is what a count is of. The list is closed: a scorecard asks for
// them by name.
type CountKind string

const (
	GroupService     CountKind = "group-service"     // 团体服务: “10人 20小时”, without names
	GroupStudy       CountKind = "group-study"       // 团体学习
	LibraryBooks     CountKind = "library-books"     // 图书室藏书, as counted on the day
	NoticeBoard      CountKind = "notice-board"      // 公告栏更新一次
	Posters          CountKind = "posters"           // 宣传海报
	ActivityRoom     CountKind = "activity-room"     // 活动室 and how many people it holds
	ExercisePoint    CountKind = "exercise-point"    // 健身点 and its instructors
	CommitteeMeeting CountKind = "committee-meeting" // 领导小组会议
)

// CountRule says which fields a kind of count has.
type CountRule struct {
	Counted bool // Count is given and above zero
	People  bool // People and Minutes are given
	Titled  bool // Title names which one
	Stock   bool // what there is on a day, not what happened on it
}

// CountKinds is the closed list.
var CountKinds = map[CountKind]CountRule{
	GroupService: {People: true, Titled: true}, GroupStudy: {People: true, Titled: true},
	LibraryBooks: {Counted: true, Stock: true}, NoticeBoard: {}, Posters: {Counted: true},
	ActivityRoom: {Counted: true, Titled: true, Stock: true}, ExercisePoint: {Counted: true, Titled: true, Stock: true},
	CommitteeMeeting: {},
}
