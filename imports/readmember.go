package imports

import (
	"strings"

	"zhishu/domain"
	"zhishu/sheets"
)

// member is what a row of people says of belonging and of consent.
type member struct {
	joined, left domain.Day // NoDay: not said
	consent      domain.Basis
	publish      bool
	groups       []groupNamed
}

// particulars are what a sheet of people says of somebody beside what every
// sheet does.
type particulars struct {
	birth    domain.Day
	address  string
	skills   []string
	guardian identity
}

var memberFields = []sheets.Field{sheets.Sequence, sheets.PersonNumber, sheets.Name, sheets.IDNumber, sheets.Phone, sheets.Sex, sheets.Age,
	sheets.BirthDate, sheets.Address, sheets.Layer, sheets.Joined, sheets.Left, sheets.Skills, sheets.Consent, sheets.PublishConsent,
	sheets.Household, sheets.Building, sheets.Organisation, sheets.Team,
	sheets.GuardianName, sheets.GuardianNumber, sheets.GuardianIDNumber, sheets.GuardianPhone, sheets.CommunityCode}

// member reads a row of people. Somebody may stand in several rows, which then
// say more of the same person.
func (r *reader) member(row sheets.Row, l line) error {
	if err := r.elsewhere(row); err != nil {
		return err
	}
	if err := row.Require(sheets.Name); err != nil {
		return err
	}
	about, err := r.identity(row)
	if err != nil {
		return err
	}
	layers := list(string(about.layer))
	about.layer = ""
	m, err := r.belonging(row)
	if err != nil {
		return err
	}
	more, err := r.particulars(row, about)
	if err != nil {
		return err
	}
	if err := r.judgeMember(about, more, layers); err != nil {
		return err
	}
	at, err := r.out.people.find(about, l.number, l.print, r.now.Day())
	if err != nil {
		return err
	}
	who := r.out.people.list[at]
	if err := who.tell(more, layers); err != nil {
		return err
	}
	who.lines = append(who.lines, int32(len(r.out.lines)))
	r.out.lines = append(r.out.lines, l)
	r.out.members = append(r.out.members, m)
	return nil
}

// belonging reads from when to when somebody is a member, and whether the row
// says that they agreed. A column of consent that is empty, or says no, means
// that they did not; one that says neither yes nor no is asked about.
func (r *reader) belonging(row sheets.Row) (m member, err error) {
	joined, err := row.Date(sheets.Joined)
	if err != nil {
		return m, err
	}
	left, err := row.Date(sheets.Left)
	if err != nil {
		return m, err
	}
	m = member{joined: day(joined), left: day(left), consent: r.job.ConsentBasis}
	if m.left != domain.NoDay && m.joined != domain.NoDay && m.left < m.joined {
		return m, &rowRefusal{domain.EndBeforeStart, sheets.Left}
	}
	if r.out.table.Has(sheets.Consent) {
		var said answer
		m.consent, said = consentIn(row.Text(sheets.Consent), r.job.ConsentBasis)
		switch {
		case said == unclear:
			return m, &rowRefusal{domain.FieldInvalid, sheets.Consent}
		case said == no:
			return m, &rowRefusal{domain.ConsentMissing, sheets.Consent}
		case m.consent == "":
			return m, &rowRefusal{ConsentBasisMissing, sheets.Consent}
		}
	}
	if m.groups, err = r.groups(row); err != nil {
		return m, err
	}
	publish := publishIn(row.Text(sheets.PublishConsent))
	if publish == unclear {
		return m, &rowRefusal{domain.FieldInvalid, sheets.PublishConsent}
	}
	m.publish = publish == yes
	return m, nil
}

// particulars reads the rest of what is said of the person.
func (r *reader) particulars(row sheets.Row, about identity) (more particulars, err error) {
	date, err := row.Date(sheets.BirthDate)
	if err != nil {
		return more, err
	}
	more = particulars{birth: day(date), address: row.Text(sheets.Address), skills: list(row.Text(sheets.Skills))}
	if born, ok := domain.IDNumberBirth(about.idNumber); ok && more.birth != domain.NoDay && more.birth != born {
		return more, &rowRefusal{PersonConflict, sheets.BirthDate}
	}
	g := &more.guardian
	if g.number, err = row.Identifier(sheets.GuardianNumber); err != nil {
		return more, err
	}
	if g.idNumber, err = row.Identifier(sheets.GuardianIDNumber); err != nil {
		return more, err
	}
	if g.phone, err = row.Identifier(sheets.GuardianPhone); err != nil {
		return more, err
	}
	g.name = row.Name(sheets.GuardianName)
	if g.idNumber != "" && !domain.ValidIDNumber(g.idNumber) {
		return more, &rowRefusal{domain.IDNumberInvalid, sheets.GuardianIDNumber}
	}
	return more, nil
}

// list splits a cell that holds several words.
func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、，,；;／/|\n ", r) })
}

// judgeMember asks the domain whether such a person may be enrolled.
func (r *reader) judgeMember(about identity, more particulars, layers []string) error {
	q := person{identity: about, more: &more, firstDay: r.now.Day(), firstAge: about.age}
	for _, l := range layers {
		q.layers = append(q.layers, domain.Layer(l))
	}
	q.id = probe.person
	_, err := new(domain.Person).Decide(q.enrolment(r.job, domain.ImportID{}), r.by, r.now)
	return err
}

// tell adds what a further row says of the person. Another birth date, address
// or guardian is a contradiction.
func (q *person) tell(more particulars, layers []string) error {
	if q.more == nil {
		q.more = &particulars{birth: domain.NoDay}
	}
	p := q.more
	switch {
	case p.birth != domain.NoDay && more.birth != domain.NoDay && p.birth != more.birth,
		p.address != "" && more.address != "" && p.address != more.address,
		!p.guardian.isZero() && !more.guardian.isZero() && p.guardian != more.guardian:
		return domain.Refuse(PersonConflict, "person")
	}
	if p.birth == domain.NoDay {
		p.birth = more.birth
	}
	p.address = first(p.address, more.address)
	if p.guardian.isZero() {
		p.guardian = more.guardian
	}
	p.skills = union(p.skills, more.skills)
	for _, l := range layers {
		q.see(identity{layer: domain.Layer(l)}, q.firstDay)
	}
	return nil
}

func union(all, more []string) []string {
	for _, s := range more {
		found := false
		for _, x := range all {
			found = found || x == s
		}
		if !found && len(all) < 50 {
			all = append(all, s)
		}
	}
	return all
}

func (who identity) isZero() bool { return who == identity{} }
