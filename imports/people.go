package imports

import (
	"slices"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/sheets"
)

// identity is what a row says of who it is about.
type identity struct {
	number, idNumber, name, phone string
	person                        domain.PersonID // where the sheet gives the ledger's own number
	sex                           domain.Sex
	age                           int
	layer                         domain.Layer
}

// person is somebody the sheet names, with what its rows say together.
type person struct {
	identity
	layers   []domain.Layer
	firstDay domain.Day // of the earliest row
	firstAge int        // age on that day
	row      uint32     // first row that names the person
	print    uint64     // of that row
	lines    []int32    // indices of the person's rows, in order

	more     *particulars    // of a sheet of people
	guardian *person         // of a child in a sheet of people; nil: none that is known
	namesake bool            // somebody else is found by the same name and phone
	named    bool            // found by name and phone, be it beside a number
	formerly domain.PersonID // where the number leads to who was merged away

	id    domain.PersonID
	isNew bool        // to be enrolled
	gains bool        // known by ID number, and the number is nobody's yet
	code  domain.Code // why none of the rows can be recorded
}

// people finds the persons of a sheet by what their rows say.
type people struct {
	list    []*person
	persons map[domain.PersonID]int32
	numbers map[string]int32
	ids     map[string]int32
	contact map[commands.Contact]int32
}

func newPeople() *people {
	return &people{persons: map[domain.PersonID]int32{}, numbers: map[string]int32{}, ids: map[string]int32{}, contact: map[commands.Contact]int32{}}
}

// identity reads who a row is about. A number that is an ID number is taken
// for what it is: it never becomes a volunteer number.
func (r *reader) identity(row sheets.Row) (who identity, err error) {
	if who.number, err = row.Identifier(sheets.PersonNumber); err != nil {
		return who, err
	}
	if who.idNumber, err = row.Identifier(sheets.IDNumber); err != nil {
		return who, err
	}
	if who.phone, err = row.Identifier(sheets.Phone); err != nil {
		return who, err
	}
	who.name = row.Name(sheets.Name)
	if id, err := domain.ParseUUID(who.number); err == nil && !id.IsZero() {
		who.person.UUID, who.number = id, "" // as our own sheets print it
	}
	sex, err := row.Sex()
	if err != nil {
		return who, err
	}
	age, err := row.Whole(sheets.Age)
	if err != nil {
		return who, err
	}
	if len(who.number) == 18 && who.idNumber == "" && domain.ValidIDNumber(who.number) {
		who.number, who.idNumber = "", who.number
	}
	_, reachable := commands.ContactOf(who.name, who.phone)
	switch {
	case who.person.IsZero() && who.number == "" && who.idNumber == "" && row.Has(sheets.Headcount) && who.name == "":
		return who, &rowRefusal{GroupRow, sheets.Headcount}
	case who.person.IsZero() && who.number == "" && who.idNumber == "" && !reachable:
		return who, domain.Refuse(PersonUnnamed, "person")
	case who.idNumber != "" && !domain.ValidIDNumber(who.idNumber):
		return who, &rowRefusal{domain.IDNumberInvalid, sheets.IDNumber}
	case len(who.number) > 64:
		return who, &rowRefusal{domain.FieldInvalid, sheets.PersonNumber}
	case len(who.phone) > 32:
		return who, &rowRefusal{domain.FieldInvalid, sheets.Phone}
	case age > 150:
		return who, &rowRefusal{domain.FieldInvalid, sheets.Age}
	}
	who.sex, who.age, who.layer = domain.Sex(sex), int(age), domain.Layer(r.word(row.Text(sheets.Layer)))
	return who, nil
}

// find gives the person a row is about, the same one for the same number, ID
// number, or name with phone, in this order. Two of them that were seen with
// different persons, or one number with two names, are refused.
func (p *people) find(who identity, row uint32, print uint64, day domain.Day) (int32, error) {
	at := int32(-1)
	clash := false
	see := func(i int32, known bool) {
		switch {
		case !known:
		case at < 0:
			at = i
		case at != i:
			clash = true
		}
	}
	if !who.person.IsZero() {
		i, known := p.persons[who.person]
		see(i, known)
	}
	if who.number != "" {
		i, known := p.numbers[who.number]
		see(i, known)
	}
	if who.idNumber != "" {
		i, known := p.ids[who.idNumber]
		see(i, known)
	}
	if at < 0 {
		see(p.contactOf(who))
	}
	if clash || at >= 0 && !p.list[at].agrees(who) {
		return 0, domain.Refuse(PersonConflict, "person")
	}
	if at < 0 {
		at = int32(len(p.list))
		p.list = append(p.list, &person{identity: who, firstDay: domain.MaxDay, row: row, print: print})
	}
	p.learn(at, who)
	p.list[at].see(who, day)
	return at, nil
}

func (p *people) contactOf(who identity) (int32, bool) {
	contact, ok := commands.ContactOf(who.name, who.phone)
	if !ok {
		return 0, false
	}
	i, known := p.contact[contact]
	return i, known
}

// agrees reports whether nothing a row says contradicts what is known.
func (q *person) agrees(who identity) bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	if !q.person.IsZero() && !who.person.IsZero() && q.person != who.person {
		return false
	}
	return same(q.number, who.number) && same(q.idNumber, who.idNumber) && same(q.name, who.name)
}

func (p *people) learn(at int32, who identity) {
	q := p.list[at]
	q.number, q.idNumber = first(q.number, who.number), first(q.idNumber, who.idNumber)
	q.name, q.phone = first(q.name, who.name), first(q.phone, who.phone)
	if q.sex == "" {
		q.sex = who.sex
	}
	if !who.person.IsZero() {
		q.person = who.person
		p.persons[who.person] = at
	}
	if who.number != "" {
		p.numbers[who.number] = at
	}
	if who.idNumber != "" {
		p.ids[who.idNumber] = at
	}
	if contact, ok := commands.ContactOf(who.name, who.phone); ok {
		if _, known := p.contact[contact]; !known {
			p.contact[contact] = at
		}
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// see keeps what enrolment needs: the earliest day, the age on it, the layers.
func (q *person) see(who identity, day domain.Day) {
	if day < q.firstDay || day == q.firstDay && q.firstAge == 0 {
		q.firstDay, q.firstAge = day, who.age
	}
	if who.layer != "" && len(q.layers) < 50 && !slices.Contains(q.layers, who.layer) {
		q.layers = append(q.layers, who.layer)
	}
}

// enrolment is the command that makes the person exist. Where the sheet has an
// ID number the birth date follows from it, and in the clear only a band of
// five years.
func (q *person) enrolment(job Job, id domain.ImportID) *domain.EnrolPerson {
	e := &domain.EnrolPerson{
		Person: q.id, Community: job.Community, Organisation: job.Organisation, Name: q.name, IDNumber: q.idNumber,
		Phone: q.phone, Sex: q.sex, Layers: q.layers, Basis: domain.Imported,
		AgeOn: domain.NoDay, Row: domain.Row{Import: id, Number: q.row, Print: q.print},
	}
	if q.firstAge > 0 {
		e.Age, e.AgeOn = q.firstAge, q.firstDay
	}
	if q.number != "" {
		e.External = []domain.NumberFrom{{Issuer: job.Issuer, Number: q.number}}
	}
	if q.more != nil {
		e.Address, e.Skills = q.more.address, q.more.skills
	}
	if born, ok := q.born(); ok {
		e.BirthDate = born.String()
		e.BirthYearFrom = born.Year() / 5 * 5
		e.BirthYearTo = e.BirthYearFrom + 4
	}
	return e
}

// born is the day of birth as the ID number or the sheet says.
func (q *person) born() (domain.Day, bool) {
	if born, ok := domain.IDNumberBirth(q.idNumber); ok {
		return born, true
	}
	if q.more != nil && q.more.birth != domain.NoDay {
		return q.more.birth, true
	}
	return domain.NoDay, false
}

// child reports somebody under 14 on the day of the earliest row, for whom a
// guardian must consent.
func (q *person) child() bool {
	if born, ok := q.born(); ok {
		y, m, d := born.Date()
		birthday, ok := domain.DayOf(y+14, m, d)
		if !ok { // born on 29 February
			birthday, _ = domain.DayOf(y+14, 3, 1)
		}
		return q.firstDay < birthday
	}
	return q.firstAge > 0 && q.firstAge < 14
}
