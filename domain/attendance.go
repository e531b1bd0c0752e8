package domain

import "slices"

// CheckIn is a check-in that was not followed by a check-out yet. It stays
// open: nothing is written because time has passed.
type CheckIn struct {
	No       EntryNo // revision of its event
	Activity ActivityID
	Kind     EntryKind
	At       Instant
	Until    Instant
}

// Commands on taking part in an activity, in the person's stream. Seen is
// filled in by Given; Code is proof of being there and no part of what is
// asked, so that a retry may show a newer one.
type (
	CheckInTo struct {
		Person   PersonID
		Activity ActivityID
		Code     string       `json:"-"`
		Seen     ActivitySeen `json:"-"`
	}
	CheckOutOf struct {
		Person   PersonID
		Activity ActivityID
		Code     string       `json:"-"`
		Seen     ActivitySeen `json:"-"`
	}
	// EnterAttendance enters a line of the paper sheet afterwards: honour
	// hours with the sheet as evidence. A zero span is the activity's own.
	EnterAttendance struct {
		Person   PersonID
		Activity ActivityID
		Span     Span
		Remark   string
		Evidence []Evidence
		Row      Row
		Seen     ActivitySeen `json:"-"`
	}
	// ConfirmAttendance confirms what the person claims of an activity that a
	// second person has attested.
	ConfirmAttendance struct {
		Person   PersonID
		Activity ActivityID
		Evidence []Evidence
		Seen     ActivitySeen `json:"-"`
	}
)

func (c *CheckInTo) Target() string            { return c.Person.Stream() }
func (c *CheckInTo) Operation() string         { return "check-in" }
func (c *CheckOutOf) Target() string           { return c.Person.Stream() }
func (c *CheckOutOf) Operation() string        { return "check-out" }
func (c *EnterAttendance) Target() string      { return c.Person.Stream() }
func (c *EnterAttendance) Operation() string   { return "enter-attendance" }
func (c *ConfirmAttendance) Target() string    { return c.Person.Stream() }
func (c *ConfirmAttendance) Operation() string { return "confirm-attendance" }

func (c *CheckInTo) Reads() string         { return c.Activity.Stream() }
func (c *CheckOutOf) Reads() string        { return c.Activity.Stream() }
func (c *EnterAttendance) Reads() string   { return c.Activity.Stream() }
func (c *ConfirmAttendance) Reads() string { return c.Activity.Stream() }

func (c *CheckInTo) Given(f Found) Command {
	given := *c
	given.Seen = seeActivity(f, c.Activity, c.Code)
	return &given
}

func (c *CheckOutOf) Given(f Found) Command {
	given := *c
	given.Seen = seeActivity(f, c.Activity, c.Code)
	return &given
}

func (c *EnterAttendance) Given(f Found) Command {
	given := *c
	given.Seen = seeActivity(f, c.Activity, "")
	return &given
}

func (c *ConfirmAttendance) Given(f Found) Command {
	given := *c
	given.Seen = seeActivity(f, c.Activity, "")
	return &given
}

// admits: the activity takes place, its window is open, and who asks is the
// person or an account of the staff that is nobody's own, such as the one at
// the door.
func (s *ActivitySeen) admits(person PersonID, by Actor, now Instant) error {
	switch {
	case s.Cancelled:
		return Refuse(ActivityCancelledCode, "activity")
	case s.Closed:
		return Refuse(ActivityClosedCode, "activity")
	case !by.is(person) && (!by.Person.IsZero() || !by.recordsFor(s.Plan.Community)):
		return Refuse(ProxyCheckIn, "account")
	case !s.Window.open(now):
		return Refuse(WindowClosed, "activity")
	case !s.CodeRight:
		return Refuse(CodeWrong, "code")
	}
	return nil
}

// openCheckIn finds the check-in to an activity that is open, or nil.
func (p *Person) openCheckIn(a ActivityID) *CheckIn {
	for i := range p.CheckIns {
		if p.CheckIns[i].Activity == a {
			return &p.CheckIns[i]
		}
	}
	return nil
}

func (p *Person) checkIn(c *CheckInTo, by Actor, now Instant) ([]Event, error) {
	if !c.Seen.Exists {
		return refused(SubjectUnknown, "activity")
	}
	if !p.Consented(ConsentRecord) {
		return refused(ConsentMissing, "person")
	}
	busy := false
	p.taken(nil, func(d *Deed) bool {
		busy = d.Span.Clocked() && d.Span.Start <= now && now < d.Span.End
		return !busy
	})
	for _, x := range p.openCheckIns() {
		busy = busy || x.Activity != c.Activity && now < x.Until // still at another activity
	}
	if busy {
		return refused(Overlap, "start")
	}
	if err := c.Seen.admits(c.Person, by, now); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(p.openCheckIns(), func(x CheckIn) bool { return x.Activity == c.Activity }) {
		return refused(AlreadyCheckedIn, "activity")
	}
	return []Event{&CheckedIn{c.Person, c.Activity, c.Seen.Plan.Kind.EntryKind(), now, c.Seen.Window.Until, c.Seen.Read}}, nil
}

func (p *Person) checkOut(c *CheckOutOf, by Actor, now Instant) ([]Event, error) {
	if !c.Seen.Exists {
		return refused(SubjectUnknown, "activity")
	}
	open := p.openCheckIn(c.Activity)
	if open == nil {
		if err := c.Seen.admits(c.Person, by, now); err != nil {
			return nil, err
		}
		return refused(NotCheckedIn, "activity")
	}
	deed, err := checkDeed(c.Seen.Plan.Deed(c.Activity, Span{Start: open.At, End: now}, Credit), "", nil, now)
	if err != nil {
		return nil, err
	}
	deed.Scheduled = c.Seen.scheduled(&deed)
	if !p.agreed() {
		return refused(ConsentMissing, "person")
	}
	if err := p.room(deed.Span, nil); err != nil {
		return nil, err
	}
	if err := c.Seen.admits(c.Person, by, now); err != nil {
		return nil, err
	}
	return []Event{&CheckedOut{c.Person, open.No, deed, c.Seen.Read}}, nil
}

func (p *Person) enterAttendance(c *EnterAttendance, by Actor, now Instant) ([]Event, error) {
	if !c.Row.Import.IsZero() && p.EntryOfRow(c.Row) != nil {
		return nil, nil // this row was recorded before the import was interrupted
	}
	plan := &c.Seen.Plan
	if !c.Seen.Exists {
		return refused(SubjectUnknown, "activity")
	}
	if len(c.Evidence) == 0 {
		return refused(FieldMissing, "evidence")
	}
	span := c.Span
	if span == (Span{}) || span == (Span{Day: NoDay}) {
		span = Span{Start: plan.Start, End: plan.End}
	}
	deed, err := checkDeed(c.Seen.Plan.Deed(c.Activity, span, Honour), c.Remark, c.Evidence, now)
	if err != nil {
		return nil, err
	}
	if !plan.covers(deed.Span) {
		return refused(DayOffPlan, "day")
	}
	deed.Scheduled = c.Seen.scheduled(&deed)
	if !p.Consented(ConsentRecord) {
		return refused(ConsentMissing, "person")
	}
	if err := by.records(plan.Community, "account"); err != nil {
		return nil, err
	}
	if err := p.room(deed.Span, nil); err != nil {
		return nil, err
	}
	if p.outlasts(&deed, plan) {
		return refused(ExceedsActivity, "minutes")
	}
	if c.Seen.Cancelled {
		return refused(ActivityCancelledCode, "activity")
	}
	again := false
	p.taken(nil, func(d *Deed) bool { // without clock times nothing shows that it is another
		again = d.Activity == c.Activity && d.Span.Day == deed.Span.Day && !(d.Span.Clocked() && deed.Span.Clocked())
		return !again
	})
	if again {
		return refused(AlreadyCheckedIn, "activity")
	}
	return []Event{&EntryClaimed{Person: c.Person, Deed: deed, Remark: Secret{Plain: c.Remark}, Evidence: c.Evidence, Row: c.Row, Read: c.Seen.Read}}, nil
}

// outlasts reports whether minutes without clock times are more than who came to
// the activity can have spent on it, with what is recorded of its other day.
func (p *Person) outlasts(d *Deed, plan *Plan) bool {
	length := plan.length()
	if d.Span.Clocked() || length == 0 {
		return false
	}
	minutes := d.Span.Minutes
	p.taken(nil, func(e *Deed) bool {
		if e.Activity == d.Activity && e.Span.Day != d.Span.Day && plan.on(e.Span.Day) {
			minutes += e.Span.Minutes
		}
		return true
	})
	return minutes > length+setUpAndTidy
}

func (p *Person) confirmAttendance(c *ConfirmAttendance, by Actor) ([]Event, error) {
	if !c.Seen.Exists {
		return refused(SubjectUnknown, "activity")
	}
	if !validEvidence(c.Evidence) {
		return refused(FieldInvalid, "evidence")
	}
	var events []Event
	confirmed := false
	for i := range p.Entries {
		x := &p.Entries[i]
		if x.Deed.Activity != c.Activity {
			continue
		}
		confirmed = confirmed || x.Status == Confirmed
		if x.Status != Claimed {
			continue
		}
		if err := p.decidable(c.Person, x, by); err != nil {
			return nil, err
		}
		events = append(events, &EntryConfirmed{c.Person, x.No, c.Evidence, c.Seen.Read})
	}
	switch {
	case len(events) == 0 && confirmed: // a later claim must not be confirmed by a late retry
		return refused(EntryNotClaimed, "activity")
	case len(events) == 0:
		return refused(EntryUnknown, "activity")
	case !c.Seen.Attested:
		return refused(ActivityNotAttested, "activity")
	}
	return events, nil
}
