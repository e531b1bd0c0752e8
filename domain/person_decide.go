package domain

import "slices"

// Commands on a person's stream. Personal values are plain here; the command
// handler seals them in the events Decide returns.
type (
	EnrolPerson struct {
		Person        PersonID
		Community     CommunityCode
		Organisation  OrganisationID
		Name          string
		IDNumber      string
		Phone         string
		BirthDate     string // YYYY-MM-DD
		Address       string
		Sex           Sex
		BirthYearFrom int
		BirthYearTo   int
		Age           int
		AgeOn         Day
		Layers        []Layer
		Skills        []string
		External      []NumberFrom
		Basis         Basis
		Row           Row
	}
	NumberFrom struct{ Issuer, Number string }

	StartMembership struct {
		Person     PersonID
		Membership Membership // To is ignored
		Seen       GroupSeen
	}
	EndMembership struct {
		Person    PersonID
		Kind      MembershipKind
		Community CommunityCode
		Group     GroupID
		To        Day
	}
	GiveConsent struct {
		Person  PersonID
		Consent Consent
		Seen    PersonSeen // the guardian
	}
	WithdrawConsent struct {
		Person PersonID
		Kind   ConsentKind
		From   Day
	}
)

func (c *EnrolPerson) Target() string        { return c.Person.Stream() }
func (c *EnrolPerson) Operation() string     { return "enrol-person" }
func (c *StartMembership) Target() string    { return c.Person.Stream() }
func (c *StartMembership) Operation() string { return "start-membership" }
func (c *EndMembership) Target() string      { return c.Person.Stream() }
func (c *EndMembership) Operation() string   { return "end-membership" }
func (c *GiveConsent) Target() string        { return c.Person.Stream() }
func (c *GiveConsent) Operation() string     { return "give-consent" }
func (c *GiveConsent) Reads() string {
	if c.Consent.Guardian.IsZero() {
		return ""
	}
	return c.Consent.Guardian.Stream()
}

func (c *GiveConsent) Given(f Found) Command {
	given := *c
	given.Seen = seePerson(f)
	return &given
}

func (c *WithdrawConsent) Target() string    { return c.Person.Stream() }
func (c *WithdrawConsent) Operation() string { return "withdraw-consent" }

// Decide judges a command on a person's stream.
func (p *Person) Decide(c Command, by Actor, now Instant) ([]Event, error) {
	if c, ok := c.(*BesideNumbers); ok {
		return p.beside(c.Others).Decide(c.Command, by, now)
	}
	if err := by.may(c); err != nil {
		return nil, err
	}
	if c, ok := c.(*EnrolPerson); ok {
		return p.enrol(c, by, now)
	}
	if err := p.available(c); err != nil {
		return nil, err
	}
	switch c := c.(type) {
	case *ExportPersonalKey:
		return p.exportKey(c, by)
	case *StartMembership:
		return p.join(firstDay(c, now), by)
	case *EndMembership:
		return p.leave(c, by)
	case *MoveMembership:
		return p.moveTo(c, by)
	case *ChangeLayers:
		return p.changeLayers(c, by, now)
	case *ChangeContact:
		return p.changeContact(c, by)
	case *ProposePersonMerge:
		return p.proposeMerge(c, by)
	case *DecidePersonMerge:
		return p.decideMerge(c, by)
	case *ExpectPersonMerge:
		return p.expectMerge(c, by)
	case *ProposePersonUnmerge:
		return p.proposeUnmerge(c, by)
	case *DecidePersonUnmerge:
		return p.decideUnmerge(c, by)
	case *GiveConsent:
		return p.consent(c, by, now)
	case *WithdrawConsent:
		return p.withdraw(c, by, now)
	case *ClaimEntry:
		return p.claim(c, by, now)
	case *ConfirmEntry:
		return p.confirm(c, by)
	case *RejectEntry:
		return p.reject(c, by)
	case *ProposeCorrection:
		return p.proposeCorrection(c, by, now)
	case *ProposeVoid:
		return p.proposeVoid(c, by)
	case *DecideProposal:
		return p.decideProposal(c, by, now)
	case *CheckInTo:
		return p.checkIn(c, by, now)
	case *CheckOutOf:
		return p.checkOut(c, by, now)
	case *EnterAttendance:
		return p.enterAttendance(c, by, now)
	case *ConfirmAttendance:
		return p.confirmAttendance(c, by)
	case *ReviewFlag:
		return p.reviewFlag(c, by)
	case *DisputeEntry:
		return p.dispute(c, by)
	case *AnswerDispute:
		return p.answerDispute(c, by)
	case *ReportMissingEntry:
		return p.reportMissing(c, by, now)
	case *AcceptMissingEntry:
		return p.acceptMissing(c, by, now)
	case *DeclineMissingEntry:
		return p.declineMissing(c, by)
	}
	return refused(FieldInvalid, "command")
}

// available says why a command may not be recorded for this person, whatever it
// is about.
func (p *Person) available(c Command) error {
	if r := p.unavailable(c); r != nil {
		return r
	}
	return nil
}

// unavailable is why nothing new may be recorded, or, of a command, why this may
// not.
func (p *Person) unavailable(c Command) *Refusal {
	switch {
	case !p.Exists:
		return Refuse(SubjectUnknown, "person")
	case p.Erased || slices.ContainsFunc(p.others, func(n Number) bool { return n.Erased }):
		return Refuse(SubjectErased, "person")
	case !p.MergedInto.IsZero() && !curable(c):
		return Refuse(SubjectMerged, "person")
	case p.Restricted || slices.ContainsFunc(p.others, func(n Number) bool { return n.Restricted }):
		return Refuse(SubjectRestricted, "person")
	}
	return nil
}

func (p *Person) enrol(c *EnrolPerson, by Actor, now Instant) ([]Event, error) {
	switch {
	case p.Exists && c.Row.Import == p.Enrolled.Row.Import && !c.Row.Import.IsZero():
		return nil, nil // the same sheet, given again to finish it
	case p.Exists:
		return refused(SubjectExists, "person")
	case p.Erased: // before anybody was enrolled: the id was given up
		return refused(SubjectErased, "person")
	}
	if err := c.check(now); err != nil {
		return nil, err
	}
	if err := by.records(c.Community, "account"); err != nil {
		return nil, err
	}
	e := &PersonEnrolled{
		Person: c.Person, Community: c.Community, Organisation: c.Organisation,
		Name: Secret{Plain: c.Name}, IDNumber: Secret{Plain: c.IDNumber}, Phone: Secret{Plain: c.Phone},
		BirthDate: Secret{Plain: c.BirthDate}, Address: Secret{Plain: c.Address}, Sex: c.Sex,
		BirthYearFrom: c.BirthYearFrom, BirthYearTo: c.BirthYearTo, Age: c.Age, AgeOn: c.AgeOn,
		Layers: c.Layers, Skills: c.Skills, Basis: c.Basis, Row: c.Row,
	}
	e.tellAge(c, now.Day())
	for _, n := range c.External {
		e.External = append(e.External, ExternalNumber{n.Issuer, Secret{Plain: n.Number}})
	}
	return []Event{e}, nil
}

// check judges each field by itself. A birth year before this earliest one is
// a slip of the pen.
func (c *EnrolPerson) check(now Instant) error {
	const earliestBirth = 1850
	born, errBorn := ParseDay(c.BirthDate)
	switch {
	case c.Person.IsZero():
		return Refuse(FieldMissing, "person")
	case blank(c.Name) && len(c.External) == 0:
		return Refuse(FieldMissing, "name")
	case len(c.Name) > maxRemark:
		return Refuse(FieldInvalid, "name")
	case len(c.Address) > maxRemark:
		return Refuse(FieldInvalid, "address")
	case len(c.Phone) > maxWords:
		return Refuse(FieldInvalid, "phone")
	case !validSex(c.Sex):
		return Refuse(FieldInvalid, "sex")
	case c.BirthDate != "" && errBorn != nil:
		return Refuse(FieldInvalid, "birthDate")
	case c.Age < 0 || c.Age > 150 || c.Age > 0 && !givenDay(c.AgeOn):
		return Refuse(FieldInvalid, "age")
	case c.BirthYearFrom > c.BirthYearTo, c.BirthYearFrom > now.Day().Year(),
		c.BirthYearTo != 0 && c.BirthYearFrom < earliestBirth:
		return Refuse(FieldInvalid, "birthYear")
	case !words(string(c.Basis)):
		return Refuse(FieldInvalid, "basis")
	}
	if err := c.checkLists(); err != nil {
		return err
	}
	switch {
	case c.IDNumber != "" && !ValidIDNumber(c.IDNumber):
		return Refuse(IDNumberInvalid, "idNumber")
	case !c.Community.Valid():
		return Refuse(CommunityInvalid, "community")
	case c.BirthDate != "" && born > now.Day():
		return Refuse(DateInFuture, "birthDate")
	}
	return nil
}

func (c *EnrolPerson) checkLists() error {
	if !validLayers(c.Layers) {
		return Refuse(FieldInvalid, "layers")
	}
	for _, s := range c.Skills {
		if s == "" || !words(s) {
			return Refuse(FieldInvalid, "skills")
		}
	}
	for _, n := range c.External {
		if blank(n.Issuer) || !words(n.Issuer) || blank(n.Number) || !words(n.Number) {
			return Refuse(FieldInvalid, "external")
		}
	}
	switch {
	case len(c.Skills) > maxList:
		return Refuse(FieldInvalid, "skills")
	case len(c.External) > maxList:
		return Refuse(FieldInvalid, "external")
	}
	return nil
}

// consent: what is agreed to holds from a day that has come; a later one would
// be taken for today's. It is recorded also of somebody who consents already:
// an answer that leaves no event could be given again, late, and would then
// undo a withdrawal. The same goes for withdrawing.
func (p *Person) consent(c *GiveConsent, by Actor, now Instant) ([]Event, error) {
	if c.Consent.From == NoDay {
		dated := *c
		dated.Consent.From = now.Day()
		c = &dated
	}
	switch {
	case !validConsentKind(c.Consent.Kind):
		return refused(FieldInvalid, "consent")
	case c.Consent.Basis != OnPaper && c.Consent.Basis != Online:
		return refused(FieldInvalid, "basis")
	case c.Consent.From > now.Day():
		return refused(DateInFuture, "from")
	}
	if err := p.guarded(c); err != nil {
		return nil, err
	}
	if !by.is(c.Person) && !by.is(c.Consent.Guardian) && !by.recordsFor(p.home()) {
		return refused(NotConcerned, "account")
	}
	return []Event{&ConsentGiven{c.Person, c.Consent, c.Seen.Read}}, nil
}

func (p *Person) withdraw(c *WithdrawConsent, by Actor, now Instant) ([]Event, error) {
	switch {
	case !validConsentKind(c.Kind):
		return refused(FieldInvalid, "consent")
	case c.From > now.Day():
		return refused(DateInFuture, "from")
	case !by.is(c.Person) && !p.inCareOf(by, c.Kind) && !by.recordsFor(p.home()):
		return refused(NotConcerned, "account")
	}
	return []Event{&ConsentWithdrawn{c.Person, c.Kind, c.From}}, nil
}

// inCareOf: a consent that a guardian gave may be withdrawn by the guardian.
func (p *Person) inCareOf(by Actor, kind ConsentKind) bool {
	return slices.ContainsFunc(p.Consents, func(c Consent) bool { return c.Kind == kind && by.is(c.Guardian) })
}
