package domain

import "strings"

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
func (c *WithdrawConsent) Target() string    { return c.Person.Stream() }
func (c *WithdrawConsent) Operation() string { return "withdraw-consent" }

// Decide judges a command on a person's stream.
func (p *Person) Decide(c Command, by Actor, now Instant) ([]Event, error) {
	if c, ok := c.(*EnrolPerson); ok {
		return p.enrol(c, now)
	}
	if err := p.available(); err != nil {
		return nil, err
	}
	switch c := c.(type) {
	case *StartMembership:
		return p.join(c)
	case *EndMembership:
		return p.leave(c)
	case *GiveConsent:
		return p.consent(c)
	case *WithdrawConsent:
		if !p.Consented(c.Kind) {
			return nil, nil
		}
		return []Event{&ConsentWithdrawn{c.Person, c.Kind, c.From}}, nil
	case *ClaimEntry:
		return p.claim(c, now)
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
	}
	return refused(FieldInvalid, "command")
}

// available says why nothing may be recorded for this person at all.
func (p *Person) available() error {
	switch {
	case !p.Exists:
		return Refuse(SubjectUnknown, "person")
	case p.Erased:
		return Refuse(SubjectErased, "person")
	case !p.MergedInto.IsZero():
		return Refuse(SubjectMerged, "person")
	case p.Restricted:
		return Refuse(SubjectRestricted, "person")
	}
	return nil
}

func (p *Person) enrol(c *EnrolPerson, now Instant) ([]Event, error) {
	switch {
	case p.Exists && c.Row.Import == p.Enrolled.Row.Import && !c.Row.Import.IsZero():
		return nil, nil // the same sheet, given again to finish it
	case p.Exists:
		return refused(SubjectExists, "person")
	case c.Person.IsZero():
		return refused(FieldMissing, "person")
	case strings.TrimSpace(c.Name) == "" && len(c.External) == 0:
		return refused(FieldMissing, "name")
	case len(c.Name) > maxRemark || len(c.Address) > maxRemark || len(c.Phone) > maxWords:
		return refused(FieldInvalid, "name")
	case !validSex(c.Sex):
		return refused(FieldInvalid, "sex")
	case len(c.Layers) > maxList || len(c.Skills) > maxList || len(c.External) > maxList:
		return refused(FieldInvalid, "layers")
	case c.Age < 0 || c.Age > 150 || c.BirthYearFrom > c.BirthYearTo:
		return refused(FieldInvalid, "age")
	case c.IDNumber != "" && !ValidIDNumber(c.IDNumber):
		return refused(IDNumberInvalid, "idNumber")
	case c.Community == 0:
		return refused(CommunityInvalid, "community")
	}
	for _, l := range c.Layers {
		if l == "" || !words(string(l)) {
			return refused(FieldInvalid, "layers")
		}
	}
	if c.BirthDate != "" {
		d, err := ParseDay(c.BirthDate)
		if err != nil {
			return refused(FieldInvalid, "birthDate")
		}
		if d > now.Day() {
			return refused(DateInFuture, "birthDate")
		}
	}
	e := &PersonEnrolled{
		Person: c.Person, Community: c.Community, Organisation: c.Organisation,
		Name: Secret{Plain: c.Name}, IDNumber: Secret{Plain: c.IDNumber}, Phone: Secret{Plain: c.Phone},
		BirthDate: Secret{Plain: c.BirthDate}, Address: Secret{Plain: c.Address}, Sex: c.Sex,
		BirthYearFrom: c.BirthYearFrom, BirthYearTo: c.BirthYearTo, Age: c.Age, AgeOn: c.AgeOn,
		Layers: c.Layers, Skills: c.Skills, Basis: c.Basis, Row: c.Row,
	}
	for _, n := range c.External {
		e.External = append(e.External, ExternalNumber{n.Issuer, Secret{Plain: n.Number}})
	}
	return []Event{e}, nil
}

func (p *Person) join(c *StartMembership) ([]Event, error) {
	m := c.Membership
	m.To = MaxDay
	switch {
	case !validMembershipKind(m.Kind) || m.From == NoDay:
		return refused(FieldInvalid, "membership")
	case m.Kind == MemberOfCommunity && m.Community == 0:
		return refused(CommunityInvalid, "community")
	case m.Kind != MemberOfCommunity && m.Group.IsZero():
		return refused(FieldMissing, "group")
	}
	for _, x := range p.Memberships {
		if x.Kind != m.Kind || x.To < m.From {
			continue
		}
		if x.To == MaxDay && x.Community == m.Community && x.Group == m.Group && x.From <= m.From {
			return nil, nil // already a member
		}
		// One is a member of one community, household and building at a time,
		// and of any number of organisations and teams, but of each only once.
		if m.Kind != MemberOfOrganisation && m.Kind != MemberOfTeam || x.Group == m.Group {
			return refused(MembershipOverlap, "membership")
		}
	}
	return []Event{&MembershipStarted{c.Person, m}}, nil
}

func (p *Person) leave(c *EndMembership) ([]Event, error) {
	i := p.openMembership(c.Kind, c.Community, c.Group)
	switch {
	case i < 0:
		return refused(MembershipUnknown, "membership")
	case c.To == NoDay || c.To < p.Memberships[i].From:
		return refused(FieldInvalid, "to")
	}
	return []Event{&MembershipEnded{c.Person, c.Kind, c.Community, c.Group, c.To}}, nil
}

func (p *Person) consent(c *GiveConsent) ([]Event, error) {
	switch {
	case c.Consent.Kind != ConsentRecord && c.Consent.Kind != ConsentPublish:
		return refused(FieldInvalid, "consent")
	case c.Consent.Basis != OnPaper && c.Consent.Basis != Online:
		return refused(FieldInvalid, "basis")
	case p.Consented(c.Consent.Kind):
		return nil, nil
	}
	return []Event{&ConsentGiven{c.Person, c.Consent}}, nil
}
