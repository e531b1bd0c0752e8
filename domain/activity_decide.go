package domain

// Commands on an activity's stream. Seen is filled in by Given and is no part
// of what is asked.
type (
	ScheduleActivity struct {
		Activity ActivityID
		Plan     Plan
		Row      Row
		Seen     ActivitySeen `json:"-"` // the session it makes up for
	}
	RescheduleActivity struct {
		Activity ActivityID
		Plan     Plan
		Notice   string
		Seen     ActivitySeen `json:"-"`
	}
	CancelActivity struct {
		Activity ActivityID
		Notice   string
	}
	SignUpFor struct {
		Activity ActivityID
		Person   PersonID
		Seen     PersonSeen `json:"-"`
	}
	WithdrawSignUp struct {
		Activity ActivityID
		Person   PersonID
	}
	// OpenCheckIn opens the window from now on. Without an end it lasts until
	// half an hour after the activity.
	OpenCheckIn struct {
		Activity ActivityID
		Until    Instant
	}
	CloseCheckIn  struct{ Activity ActivityID }
	CloseActivity struct {
		Activity ActivityID
		People   int64
		Evidence []Evidence
	}
	AttestActivity struct {
		Activity ActivityID
		Evidence []Evidence
	}
)

func (c *ScheduleActivity) Target() string      { return c.Activity.Stream() }
func (c *ScheduleActivity) Operation() string   { return "schedule-activity" }
func (c *RescheduleActivity) Target() string    { return c.Activity.Stream() }
func (c *RescheduleActivity) Operation() string { return "reschedule-activity" }
func (c *CancelActivity) Target() string        { return c.Activity.Stream() }
func (c *CancelActivity) Operation() string     { return "cancel-activity" }
func (c *SignUpFor) Target() string             { return c.Activity.Stream() }
func (c *SignUpFor) Operation() string          { return "sign-up" }
func (c *WithdrawSignUp) Target() string        { return c.Activity.Stream() }
func (c *WithdrawSignUp) Operation() string     { return "withdraw-sign-up" }
func (c *OpenCheckIn) Target() string           { return c.Activity.Stream() }
func (c *OpenCheckIn) Operation() string        { return "open-check-in" }
func (c *CloseCheckIn) Target() string          { return c.Activity.Stream() }
func (c *CloseCheckIn) Operation() string       { return "close-check-in" }
func (c *CloseActivity) Target() string         { return c.Activity.Stream() }
func (c *CloseActivity) Operation() string      { return "close-activity" }
func (c *AttestActivity) Target() string        { return c.Activity.Stream() }
func (c *AttestActivity) Operation() string     { return "attest-activity" }

func (c *ScheduleActivity) Reads() string   { return c.Plan.makeupStream() }
func (c *RescheduleActivity) Reads() string { return c.Plan.makeupStream() }
func (c *SignUpFor) Reads() string          { return c.Person.Stream() }

func (c *ScheduleActivity) Given(f Found) Command {
	given := *c
	given.Seen = seeActivity(f, c.Plan.MakeupOf, "")
	return &given
}

func (c *RescheduleActivity) Given(f Found) Command {
	given := *c
	given.Seen = seeActivity(f, c.Plan.MakeupOf, "")
	return &given
}

func (c *SignUpFor) Given(f Found) Command {
	given := *c
	given.Seen = seePerson(f)
	return &given
}

func (p *Plan) makeupStream() string {
	if p.MakeupOf.IsZero() {
		return ""
	}
	return p.MakeupOf.Stream()
}

const (
	maxCapacity  = 100_000
	maxAhead     = 5 * 366 * millisPerDay // a plan further ahead is a slip of the pen
	aroundHours  = 12 * 60 * millisPerMinute
	defaultAfter = 30 * millisPerMinute
)

// Decide judges a command on an activity's stream.
func (a *Activity) Decide(c Command, by Actor, now Instant) ([]Event, error) {
	if err := by.may(c); err != nil {
		return nil, err
	}
	if c, ok := c.(*ScheduleActivity); ok {
		return a.schedule(c, by, now)
	}
	if !a.Exists {
		return refused(SubjectUnknown, "activity")
	}
	switch c := c.(type) {
	case *RescheduleActivity:
		return a.reschedule(c, by, now)
	case *CancelActivity:
		return a.cancel(c, by)
	case *SignUpFor:
		return a.signUp(c, by, now)
	case *WithdrawSignUp:
		return a.withdraw(c, by)
	case *OpenCheckIn:
		return a.openCheckIn(c, by, now)
	case *CloseCheckIn:
		return a.closeCheckIn(c, by, now)
	case *CloseActivity:
		return a.close(c, by, now)
	case *AttestActivity:
		return a.attest(c, by)
	}
	return refused(FieldInvalid, "command")
}

func (a *Activity) schedule(c *ScheduleActivity, by Actor, now Instant) ([]Event, error) {
	switch {
	case a.Exists && a.Plan == c.Plan:
		return nil, nil
	case a.Exists && !c.Row.Import.IsZero() && a.Row.same(c.Row):
		return nil, nil // the same sheet, given again to finish it
	case a.Exists:
		return refused(SubjectExists, "activity")
	}
	if err := c.Plan.check(c.Activity, c.Seen, now); err != nil {
		return nil, err
	}
	if err := by.records(c.Plan.Community, "account"); err != nil {
		return nil, err
	}
	return []Event{&ActivityScheduled{c.Activity, c.Plan, c.Seen.Read, c.Row}}, nil
}

// check judges a plan by itself and against the session it makes up for.
func (p *Plan) check(id ActivityID, makesUp ActivitySeen, now Instant) error {
	switch {
	case !p.MakeupOf.IsZero() && (!makesUp.Exists || p.MakeupOf == id):
		return Refuse(SubjectUnknown, "makeupOf")
	case id.IsZero():
		return Refuse(FieldMissing, "activity")
	case blank(p.Title):
		return Refuse(FieldMissing, "title")
	case p.Start == 0:
		return Refuse(FieldMissing, "start")
	case p.End == 0:
		return Refuse(FieldMissing, "end")
	case p.Kind == Course && blank(p.Series):
		return Refuse(FieldMissing, "series")
	case !validActivityKind(p.Kind):
		return Refuse(FieldInvalid, "kind")
	case !words(p.Title):
		return Refuse(FieldInvalid, "title")
	case !words(p.Category):
		return Refuse(FieldInvalid, "category")
	case !words(p.Place):
		return Refuse(FieldInvalid, "place")
	case !words(string(p.Layer)):
		return Refuse(FieldInvalid, "layer")
	case !words(p.Series):
		return Refuse(FieldInvalid, "series")
	case p.Capacity > maxCapacity:
		return Refuse(FieldInvalid, "capacity")
	case p.Start < earliestDay.Start() || p.Start > now+maxAhead:
		return Refuse(FieldInvalid, "start")
	case p.End > p.Start && p.End-p.Start > maxSpan:
		return Refuse(FieldInvalid, "end")
	case !p.Community.Valid():
		return Refuse(CommunityInvalid, "community")
	case p.End < p.Start:
		return Refuse(EndBeforeStart, "end")
	case p.End-p.Start < millisPerMinute:
		return Refuse(MinutesZero, "end")
	case !p.MakeupOf.IsZero() && makesUp.Plan.Community != p.Community:
		return Refuse(WrongOrganisation, "makeupOf")
	}
	return nil
}

func (a *Activity) reschedule(c *RescheduleActivity, by Actor, now Instant) ([]Event, error) {
	if !words(c.Notice) {
		return refused(FieldInvalid, "notice")
	}
	if err := c.Plan.check(c.Activity, c.Seen, now); err != nil {
		return nil, err
	}
	switch {
	case c.Plan.Kind != a.Plan.Kind:
		return refused(FieldInvalid, "kind")
	case c.Plan == a.Plan:
		return refused(NothingChanges, "plan")
	case c.Plan.Community != a.Plan.Community || c.Plan.Organisation != a.Plan.Organisation:
		return refused(WrongOrganisation, "community")
	}
	if err := a.running(by); err != nil {
		return nil, err
	}
	return []Event{&ActivityRescheduled{c.Activity, c.Plan, c.Notice, c.Seen.Read}}, nil
}

// Shows says why an account may not show the check-in code; nil: it may. Whoever
// takes part reads it at the place.
func (a *Activity) Shows(by Actor, now Instant) error {
	switch {
	case !a.Exists:
		return Refuse(SubjectUnknown, "activity")
	case !by.staff():
		return Refuse(RoleForbids, "account")
	}
	if err := a.running(by); err != nil {
		return err
	}
	if !a.Window.open(now) {
		return Refuse(WindowClosed, "activity")
	}
	return nil
}

// running: neither cancelled nor closed, and the actor's to run.
func (a *Activity) running(by Actor) error {
	switch {
	case !by.recordsFor(a.Plan.Community):
		return Refuse(WrongOrganisation, "account")
	case a.Cancelled:
		return Refuse(ActivityCancelledCode, "activity")
	case a.Closed:
		return Refuse(ActivityClosedCode, "activity")
	}
	return nil
}

func (a *Activity) cancel(c *CancelActivity, by Actor) ([]Event, error) {
	switch {
	case !words(c.Notice):
		return refused(FieldInvalid, "notice")
	case a.Cancelled:
		return nil, nil
	}
	if err := a.running(by); err != nil {
		return nil, err
	}
	return []Event{&ActivityCancelled{c.Activity, c.Notice}}, nil
}

func (a *Activity) signUp(c *SignUpFor, by Actor, now Instant) ([]Event, error) {
	_, _, known := a.Place(c.Person)
	switch {
	case c.Person.IsZero():
		return refused(FieldMissing, "person")
	case c.Seen.Refusal != "":
		return refused(c.Seen.Refusal, "person")
	case !c.Seen.Consented:
		return refused(ConsentMissing, "person")
	case !by.speaksFor(c.Person, a.Plan.Community):
		return refused(NotConcerned, "account")
	case a.Cancelled:
		return refused(ActivityCancelledCode, "activity")
	case a.Closed:
		return refused(ActivityClosedCode, "activity")
	case now >= a.Plan.End:
		return refused(ActivityOver, "activity")
	case known: // it may be withdrawn later, so it is not "so already"
		return refused(AlreadySignedUp, "person")
	}
	return []Event{&SignedUp{c.Activity, c.Person, c.Seen.Read}}, nil
}

func (a *Activity) withdraw(c *WithdrawSignUp, by Actor) ([]Event, error) {
	_, _, known := a.Place(c.Person)
	switch {
	case !by.speaksFor(c.Person, a.Plan.Community):
		return refused(NotConcerned, "account")
	case a.Cancelled:
		return refused(ActivityCancelledCode, "activity")
	case a.Closed:
		return refused(ActivityClosedCode, "activity")
	case !known:
		return refused(SignUpUnknown, "person")
	}
	return []Event{&SignUpWithdrawn{c.Activity, c.Person}}, nil
}

func (a *Activity) openCheckIn(c *OpenCheckIn, by Actor, now Instant) ([]Event, error) {
	until, latest := c.Until, a.Plan.End+aroundHours
	if until == 0 {
		until = min(max(a.Plan.End, now)+defaultAfter, latest)
	}
	switch {
	case c.Until > latest:
		return refused(FieldInvalid, "until")
	case c.Until != 0 && c.Until <= now:
		return refused(EndBeforeStart, "until")
	}
	if err := a.running(by); err != nil {
		return nil, err
	}
	switch {
	case now < a.Plan.Start-aroundHours:
		return refused(ActivityNotBegun, "activity")
	case now >= latest:
		return refused(ActivityOver, "activity")
	}
	return []Event{&CheckInOpened{c.Activity, now, until}}, nil
}

func (a *Activity) closeCheckIn(c *CloseCheckIn, by Actor, now Instant) ([]Event, error) {
	if err := a.running(by); err != nil {
		return nil, err
	}
	if !a.Window.open(now) {
		return refused(WindowClosed, "activity")
	}
	return []Event{&CheckInClosed{c.Activity, now}}, nil
}

func (a *Activity) close(c *CloseActivity, by Actor, now Instant) ([]Event, error) {
	switch {
	case c.People < 0 || c.People > maxCapacity:
		return refused(FieldInvalid, "people")
	case !validEvidence(c.Evidence):
		return refused(FieldInvalid, "evidence")
	case a.Closed && a.People == c.People:
		return nil, nil
	}
	if err := a.running(by); err != nil {
		return nil, err
	}
	if now < a.Plan.Start {
		return refused(ActivityNotBegun, "activity")
	}
	return []Event{&ActivityClosed{c.Activity, c.People, c.Evidence}}, nil
}

// attest: the second signature is of neither who set the plan that stands, nor
// who closed it, nor of the person in charge.
func (a *Activity) attest(c *AttestActivity, by Actor) ([]Event, error) {
	switch {
	case a.Attested:
		return nil, nil
	case a.Plan.Kind == Talk && len(c.Evidence) == 0:
		return refused(FieldMissing, "evidence")
	case !validEvidence(c.Evidence):
		return refused(FieldInvalid, "evidence")
	case by.is(a.Plan.PersonInCharge):
		return refused(OwnRecord, "account")
	case a.Planner.is(by), a.Closed && a.Closer.is(by):
		return refused(SameAccount, "account")
	case !by.recordsFor(a.Plan.Community):
		return refused(WrongOrganisation, "account")
	case a.Cancelled:
		return refused(ActivityCancelledCode, "activity")
	case !a.Closed:
		return refused(ActivityNotClosed, "activity")
	}
	return []Event{&ActivityAttested{c.Activity, c.Evidence}}, nil
}
