package domain

import "slices"

// Commands on an entry of a person's stream.
type (
	ClaimEntry struct {
		Person   PersonID
		Deed     Deed
		Remark   string
		Evidence []Evidence
		Row      Row
		Seen     ActivitySeen `json:"-"` // the activity it names
	}
	// ConfirmEntry names the entry by number or, when it is confirmed together
	// with the claim and the number is not known yet, by the import row or the
	// activity it came from.
	ConfirmEntry struct {
		Person   PersonID
		Entry    EntryNo
		Row      Row
		Activity ActivityID
		Evidence []Evidence
	}
	RejectEntry struct {
		Person PersonID
		Entry  EntryNo
		Reason string
	}
	ProposeCorrection struct {
		Person   PersonID
		Entry    EntryNo
		Deed     Deed // the whole new value
		Reason   string
		Evidence []Evidence
		Row      Row
		Seen     ActivitySeen `json:"-"` // the activity it names
	}
	ProposeVoid struct {
		Person   PersonID
		Entry    EntryNo
		Reason   string
		Evidence []Evidence
	}
	// DecideProposal approves or refuses what another account proposed.
	DecideProposal struct {
		Person   PersonID
		Entry    EntryNo
		Proposal ProposalNo // zero with Row set: the proposal that row made
		Row      Row
		Approve  bool
		Reason   string // required when refusing
	}
)

func (c *ClaimEntry) Target() string           { return c.Person.Stream() }
func (c *ConfirmEntry) Target() string         { return c.Person.Stream() }
func (c *ConfirmEntry) Operation() string      { return "confirm-entry" }
func (c *RejectEntry) Target() string          { return c.Person.Stream() }
func (c *RejectEntry) Operation() string       { return "reject-entry" }
func (c *ProposeCorrection) Target() string    { return c.Person.Stream() }
func (c *ProposeCorrection) Operation() string { return "propose-correction" }
func (c *ProposeVoid) Target() string          { return c.Person.Stream() }
func (c *ProposeVoid) Operation() string       { return "propose-void" }
func (c *DecideProposal) Target() string       { return c.Person.Stream() }
func (c *DecideProposal) Operation() string    { return "decide-proposal" }

func (c *ClaimEntry) Reads() string        { return c.Deed.readable() }
func (c *ProposeCorrection) Reads() string { return c.Deed.readable() }

func (c *ClaimEntry) Given(f Found) Command {
	given := *c
	given.Seen = seeActivity(f, c.Deed.Activity, "")
	return &given
}

func (c *ProposeCorrection) Given(f Found) Command {
	given := *c
	given.Seen = seeActivity(f, c.Deed.Activity, "")
	return &given
}

func (c *ClaimEntry) Operation() string {
	switch c.Deed.Kind {
	case Service:
		return "claim-service"
	case Study:
		return "claim-study"
	}
	return "claim-"
}

func (p *Person) claim(c *ClaimEntry, by Actor, now Instant) ([]Event, error) {
	if !c.Row.Import.IsZero() && p.EntryOfRow(c.Row) != nil {
		return nil, nil // this row was recorded before the import was interrupted
	}
	deed, err := p.claimable(c, by, now)
	if err != nil {
		return nil, err
	}
	return c.claimed(deed), nil
}

func (c *ClaimEntry) claimed(deed Deed) []Event {
	return []Event{&EntryClaimed{Person: c.Person, Deed: deed, Remark: Secret{Plain: c.Remark}, Evidence: c.Evidence, Row: c.Row}}
}

// claimable is the deed as a claim would record it, or why it may not.
func (p *Person) claimable(c *ClaimEntry, by Actor, now Instant) (Deed, error) {
	deed, err := checkDeed(c.Deed, c.Remark, c.Evidence, now)
	deed.Scheduled = c.Seen.scheduled(&deed)
	switch {
	case err != nil:
		return deed, err
	case !p.agreed():
		return deed, Refuse(ConsentMissing, "person")
	case !by.is(c.Person) && !by.staff():
		return deed, Refuse(NotConcerned, "account")
	case !by.is(c.Person) && !by.recordsFor(deed.Community): // who claims for herself is confirmed there all the same
		return deed, Refuse(WrongOrganisation, "account")
	}
	return deed, p.room(deed.Span, nil)
}

// JudgeClaim is what Decide would say to a claim of somebody with consent and
// without any other entry. A sheet asks it of every row.
func JudgeClaim(c *ClaimEntry, by Actor, now Instant) error {
	_, err := claimant.claimable(c, by, now)
	return err
}

var claimant = Person{Exists: true, Consents: []Consent{{Kind: ConsentRecord}}}

// checkDeed judges what can be judged without the person's other entries, and
// fills in what follows from the clock times.
func checkDeed(d Deed, remark string, evidence []Evidence, now Instant) (Deed, error) {
	if err := checkDeedFields(&d, remark, evidence); err != nil {
		return d, err
	}
	d.Scheduled = Scheduled{} // it is read, whatever the command says
	s := &d.Span
	span := DayMinutes
	if s.Clocked() {
		if s.End < s.Start {
			return d, Refuse(EndBeforeStart, "end")
		}
		span = Minutes((s.End - s.Start) / millisPerMinute)
		s.Day = s.Start.Day()
		if s.Minutes == 0 {
			s.Minutes = span
		}
	}
	switch {
	case s.Minutes <= 0:
		return d, Refuse(MinutesZero, "minutes")
	case s.Clocked() && s.Minutes > span:
		return d, Refuse(MinutesExceedSpan, "minutes")
	case s.Minutes > span:
		return d, Refuse(MinutesExceedDay, "minutes")
	case s.End > now || s.Day > now.Day():
		return d, Refuse(DateInFuture, "day")
	}
	return d, nil
}

// checkDeedFields: each field by itself.
func checkDeedFields(d *Deed, remark string, evidence []Evidence) error {
	s := d.Span
	switch {
	case blank(d.Title):
		return Refuse(FieldMissing, "title")
	case s.Clocked() && (s.Start == 0 || s.End == 0):
		return Refuse(FieldMissing, "end")
	case !s.Clocked() && !givenDay(s.Day):
		return Refuse(FieldMissing, "day")
	case d.Kind != Service && d.Kind != Study:
		return Refuse(FieldInvalid, "kind")
	case !words(d.Title):
		return Refuse(FieldInvalid, "title")
	case !words(d.Category):
		return Refuse(FieldInvalid, "category")
	case !words(d.Place):
		return Refuse(FieldInvalid, "place")
	case !words(string(d.Layer)):
		return Refuse(FieldInvalid, "layer")
	case d.Hours > Credit || d.Kind == Study && d.Hours == Credit:
		return Refuse(FieldInvalid, "hours")
	case len(remark) > maxRemark:
		return Refuse(FieldInvalid, "remark")
	case !validEvidence(evidence):
		return Refuse(FieldInvalid, "evidence")
	case s.Clocked() && s.Start < earliestDay.Start(), !s.Clocked() && s.Day < earliestDay:
		return Refuse(FieldInvalid, "day")
	case s.End > s.Start && s.End-s.Start > maxSpan:
		return Refuse(FieldInvalid, "end")
	case !d.Community.Valid():
		return Refuse(CommunityInvalid, "community")
	}
	return nil
}

// room checks a span against the person's live entries under every number,
// leaving out the entry it is to replace. It looks at every entry of one person:
// hundreds, not millions.
func (p *Person) room(s Span, except *Entry) (no error) {
	p.taken(except, func(d *Deed) bool {
		if d.Span.Overlaps(s) {
			no = Refuse(Overlap, "start")
		}
		return no == nil
	})
	if no != nil {
		return no
	}
	s.ByDay(func(day Day, m Minutes) bool {
		p.taken(except, func(d *Deed) bool {
			m += d.Span.on(day)
			return true
		})
		if m > DayMinutes {
			no = Refuse(DayFull, "minutes")
		}
		return no == nil
	})
	return no
}

// on is the minutes of the span that fall on a civil day: what ByDay gives for
// it, without walking there.
func (s Span) on(day Day) Minutes {
	if !s.Clocked() {
		if s.Day == day {
			return s.Minutes
		}
		return 0
	}
	return s.before((day + 1).Start()) - s.before(day.Start())
}

// before is the minutes used up by an instant; a minute begun counts whole.
func (s Span) before(t Instant) Minutes {
	t = min(t, s.End)
	if t <= s.Start {
		return 0
	}
	return min(s.Minutes, Minutes((int64(t-s.Start)+millisPerMinute-1)/millisPerMinute))
}

func (p *Person) confirm(c *ConfirmEntry, by Actor) ([]Event, error) {
	if !validEvidence(c.Evidence) {
		return refused(FieldInvalid, "evidence")
	}
	entry := p.Entry(c.Entry)
	switch {
	case !c.Row.Import.IsZero():
		if entry = p.EntryOfRow(c.Row); entry != nil && entry.Status == Confirmed {
			return nil, nil // confirmed before the import was interrupted
		}
	case !c.Activity.IsZero():
		entry = p.EntryOfActivity(c.Activity)
	}
	if err := p.decidable(c.Person, entry, by); err != nil {
		return nil, err
	}
	return []Event{&EntryConfirmed{Person: c.Person, Entry: entry.No, Evidence: c.Evidence}}, nil
}

func (p *Person) reject(c *RejectEntry, by Actor) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil {
		return nil, err
	}
	entry := p.Entry(c.Entry)
	if err := p.decidable(c.Person, entry, by); err != nil {
		return nil, err
	}
	return []Event{&EntryRejected{c.Person, entry.No, Secret{Plain: c.Reason}}}, nil
}

// decidable: a claim is decided by another person and another account.
func (p *Person) decidable(person PersonID, entry *Entry, by Actor) error {
	switch {
	case by.is(person):
		return Refuse(OwnRecord, "account")
	case entry == nil:
		return Refuse(EntryUnknown, "entry")
	case entry.Recorder.is(by):
		return Refuse(SameAccount, "account")
	case entry.Status != Claimed:
		return Refuse(EntryNotClaimed, "entry")
	case !by.recordsFor(entry.Deed.Community):
		return Refuse(WrongOrganisation, "account")
	}
	return nil
}

// changeable: only a confirmed entry without a waiting proposal is changed,
// and only within the scope that recorded it.
func (p *Person) changeable(entry *Entry, by Actor) error {
	switch {
	case entry == nil:
		return Refuse(EntryUnknown, "entry")
	case entry.Status != Confirmed:
		return Refuse(EntryNotConfirmed, "entry")
	case entry.Pending != nil:
		return Refuse(ProposalPending, "entry")
	case entry.Dispute != nil && !entry.Dispute.Upheld:
		return Refuse(DisputePending, "entry") // it is answered first
	case !by.recordsFor(entry.Deed.Community):
		return Refuse(WrongOrganisation, "account")
	}
	return nil
}

func (p *Person) proposeCorrection(c *ProposeCorrection, by Actor, now Instant) ([]Event, error) {
	if e := p.Entry(c.Entry); e != nil && (e.gave(c.Row) || slices.ContainsFunc(e.Offered, c.Row.same)) {
		return nil, nil // this row's correction was offered already, whatever came of it
	}
	if err := checkReason(c.Reason); err != nil {
		return nil, err
	}
	deed, err := checkDeed(c.Deed, "", c.Evidence, now)
	if err != nil {
		return nil, err
	}
	deed.Scheduled = c.Seen.scheduled(&deed)
	entry := p.Entry(c.Entry)
	if err := p.changeable(entry, by); err != nil {
		return nil, err
	}
	switch {
	case deed.same(entry.Deed):
		return refused(NothingChanges, "deed")
	case deed.Kind != entry.Deed.Kind:
		return refused(FieldInvalid, "kind")
	case deed.Community != entry.Deed.Community || deed.Organisation != entry.Deed.Organisation:
		return refused(WrongOrganisation, "community")
	}
	if err := p.room(deed.Span, entry); err != nil {
		return nil, err
	}
	return []Event{&EntryCorrectionProposed{c.Person, c.Entry, deed, Secret{Plain: c.Reason}, c.Evidence, c.Row, entry.upheld()}}, nil
}

func (p *Person) proposeVoid(c *ProposeVoid, by Actor) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil {
		return nil, err
	}
	if !validEvidence(c.Evidence) {
		return refused(FieldInvalid, "evidence")
	}
	entry := p.Entry(c.Entry)
	if err := p.changeable(entry, by); err != nil {
		return nil, err
	}
	return []Event{&EntryVoidProposed{c.Person, c.Entry, Secret{Plain: c.Reason}, c.Evidence, entry.upheld()}}, nil
}

func (p *Person) decideProposal(c *DecideProposal, by Actor, now Instant) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil && !c.Approve {
		return nil, err
	}
	entry := p.Entry(c.Entry)
	byRow := !c.Row.Import.IsZero()
	switch {
	case entry != nil && entry.gave(c.Row) && c.Approve:
		return nil, nil // approved before the import was interrupted
	case by.is(c.Person):
		return refused(OwnRecord, "account")
	case entry != nil && entry.Pending != nil && entry.Pending.Proposer.is(by):
		return refused(SameAccount, "account")
	case entry == nil:
		return refused(EntryUnknown, "entry")
	case entry.Pending == nil, byRow && !entry.Pending.Row.same(c.Row), !byRow && entry.Pending.No != c.Proposal:
		return refused(ProposalUnknown, "proposal")
	case !by.recordsFor(entry.Deed.Community):
		return refused(WrongOrganisation, "account")
	}
	reason := Secret{Plain: c.Reason}
	deed := entry.Pending.Deed
	switch {
	case deed != nil && c.Approve:
		// Other entries may have come since it was proposed.
		if err := p.room(deed.Span, entry); err != nil {
			return nil, err
		}
		return []Event{&EntryCorrectionApproved{c.Person, c.Entry, entry.Pending.No}}, nil
	case deed != nil:
		return []Event{&EntryCorrectionRefused{c.Person, c.Entry, entry.Pending.No, reason}}, nil
	case c.Approve:
		return []Event{&EntryVoidApproved{c.Person, c.Entry, entry.Pending.No}}, nil
	default:
		return []Event{&EntryVoidRefused{c.Person, c.Entry, entry.Pending.No, reason}}, nil
	}
}
