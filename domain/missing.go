package domain

// Report is a person's word that an entry is missing: what, when, where and by
// whom it was organised. It counts for nothing and takes up no time; it is open
// until the organisation accepts or declines it.
type Report struct {
	No   ReportNo
	Deed Deed
	By   Signer
}

// Events of a report, in the person's stream.
type (
	MissingEntryReported struct {
		Person   PersonID
		Deed     Deed
		Remark   Secret
		Evidence []Evidence
	}
	MissingEntryAccepted struct {
		Person PersonID
		Report ReportNo
		Entry  EntryNo // the entry claimed for it
	}
	MissingEntryDeclined struct {
		Person PersonID
		Report ReportNo
		Reason Secret
	}
)

func (*MissingEntryReported) Type() string { return "missing-entry-reported" }
func (*MissingEntryAccepted) Type() string { return "missing-entry-accepted" }
func (*MissingEntryDeclined) Type() string { return "missing-entry-declined" }

func (e *MissingEntryReported) Subject() UUID { return e.Person.UUID }
func (e *MissingEntryReported) Secrets(visit func(string, *Secret)) {
	visit("remark", &e.Remark)
}

func (e *MissingEntryDeclined) Subject() UUID { return e.Person.UUID }
func (e *MissingEntryDeclined) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

// Commands on a report.
type (
	ReportMissingEntry struct {
		Person   PersonID
		Deed     Deed
		Remark   string
		Evidence []Evidence
		Seen     ActivitySeen `json:"-"` // the activity it names
	}
	// AcceptMissingEntry claims an entry of the report's value, or of Deed where
	// the organisation's papers say otherwise; or it names an entry that was
	// claimed meanwhile. A second person confirms the claim, as always.
	AcceptMissingEntry struct {
		Person   PersonID
		Report   ReportNo
		Entry    EntryNo // zero: claim one
		Deed     *Deed
		Evidence []Evidence
		Seen     ActivitySeen `json:"-"` // the activity that Deed names
	}
	DeclineMissingEntry struct {
		Person PersonID
		Report ReportNo
		Reason string
	}
)

func (c *ReportMissingEntry) Target() string     { return c.Person.Stream() }
func (c *ReportMissingEntry) Operation() string  { return "report-missing-entry" }
func (c *AcceptMissingEntry) Target() string     { return c.Person.Stream() }
func (c *AcceptMissingEntry) Operation() string  { return "accept-missing-entry" }
func (c *DeclineMissingEntry) Target() string    { return c.Person.Stream() }
func (c *DeclineMissingEntry) Operation() string { return "decline-missing-entry" }

func (c *ReportMissingEntry) Reads() string { return c.Deed.readable() }

func (c *AcceptMissingEntry) Reads() string {
	if c.Deed == nil {
		return "" // the report has read it
	}
	return c.Deed.readable()
}

func (c *ReportMissingEntry) Given(f Found) Command {
	given := *c
	given.Seen = seeActivity(f, c.Deed.Activity, "")
	return &given
}

func (c *AcceptMissingEntry) Given(f Found) Command {
	given := *c
	given.Seen = seeActivity(f, c.Deed.Activity, "")
	return &given
}

// reportMissing takes any piece of service or study that may have happened.
// Whether there is room for it is seen when it is claimed.
func (p *Person) reportMissing(c *ReportMissingEntry, by Actor, now Instant) ([]Event, error) {
	deed, err := checkDeed(c.Deed, c.Remark, c.Evidence, now)
	if err != nil {
		return nil, err
	}
	if !p.Consented(ConsentRecord) {
		return refused(ConsentMissing, "person")
	}
	if !by.speaksFor(c.Person, deed.Community) {
		return refused(NotConcerned, "account")
	}
	deed.Scheduled = c.Seen.scheduled(&deed)
	for _, r := range p.Reports {
		if r.Deed.Scheduled = deed.Scheduled; r.Deed == deed {
			return refused(SubjectExists, "report") // it waits; once it is answered it may be reported again, so it is not "so already"
		}
	}
	return []Event{&MissingEntryReported{c.Person, deed, Secret{Plain: c.Remark}, c.Evidence}}, nil
}

func (p *Person) acceptMissing(c *AcceptMissingEntry, by Actor, now Instant) ([]Event, error) {
	report, err := p.answerable(c.Person, c.Report, by)
	if err != nil {
		return nil, err
	}
	if c.Entry != 0 {
		switch entry := p.Entry(c.Entry); {
		case entry == nil:
			return refused(EntryUnknown, "entry")
		case c.Deed != nil || !entry.Live() || entry.Deed.Kind != report.Deed.Kind || entry.Deed.Community != report.Deed.Community:
			return refused(FieldInvalid, "entry")
		}
		return []Event{&MissingEntryAccepted{c.Person, c.Report, c.Entry}}, nil
	}
	deed := report.Deed
	if c.Deed != nil {
		deed = *c.Deed
		if deed.Kind != report.Deed.Kind {
			return refused(FieldInvalid, "kind")
		}
		if deed.Community != report.Deed.Community {
			return refused(WrongOrganisation, "community")
		}
	}
	claim := &ClaimEntry{Person: c.Person, Deed: deed, Evidence: c.Evidence, Seen: c.Seen}
	claimed, err := p.claimable(claim, by, now)
	if err != nil {
		return nil, err
	}
	if c.Deed == nil {
		claimed.Scheduled = report.Deed.Scheduled
	}
	return append(claim.claimed(claimed), &MissingEntryAccepted{c.Person, c.Report, EntryNo(p.next)}), nil
}

func (p *Person) declineMissing(c *DeclineMissingEntry, by Actor) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil {
		return nil, err
	}
	if _, err := p.answerable(c.Person, c.Report, by); err != nil {
		return nil, err
	}
	return []Event{&MissingEntryDeclined{c.Person, c.Report, Secret{Plain: c.Reason}}}, nil
}

// answerable finds the open report that an account of the recording
// organisation may answer: never the person, never who typed the report in.
func (p *Person) answerable(person PersonID, no ReportNo, by Actor) (Report, error) {
	var report Report
	for _, r := range p.Reports {
		if r.No == no {
			report = r
		}
	}
	switch {
	case by.is(person):
		return report, Refuse(OwnRecord, "account")
	case report.No != 0 && report.By.is(by):
		return report, Refuse(SameAccount, "account")
	case report.No == 0:
		return report, Refuse(ReportUnknown, "report")
	case !by.recordsFor(report.Deed.Community):
		return report, Refuse(WrongOrganisation, "account")
	}
	return report, nil
}

// evolveReport folds what happens to reports.
func (p *Person) evolveReport(e Event, m Meta, revision uint32) {
	switch e := e.(type) {
	case *MissingEntryReported:
		p.Reports = append(p.Reports, Report{ReportNo(revision), e.Deed, signer(m)})
	case *MissingEntryAccepted:
		p.endReport(e.Report)
	case *MissingEntryDeclined:
		p.endReport(e.Report)
	}
}

func (p *Person) endReport(no ReportNo) {
	for i, r := range p.Reports {
		if r.No == no {
			p.Reports = append(p.Reports[:i:i], p.Reports[i+1:]...)
			return
		}
	}
}
