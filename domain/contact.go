package domain

// ChangeContact says the name or the phone a person has from now on; what is
// empty stays as it is. An ID number and a birth date do not change.
type ChangeContact struct {
	Person PersonID
	Name   string
	Phone  string
	Row    Row
	Held   Contact // as it stands; the state knows no personal value
}

// Contact is a name with a phone, in plain.
type Contact struct{ Name, Phone string }

// ContactPart is what of a contact changed.
type ContactPart string

const (
	ContactName  ContactPart = "name"
	ContactPhone ContactPart = "phone"
)

func (c *ChangeContact) Target() string    { return c.Person.Stream() }
func (c *ChangeContact) Operation() string { return "change-contact" }

// changeContact records only what differs, so that nobody can say afterwards
// that a name was changed which was only repeated.
func (p *Person) changeContact(c *ChangeContact, by Actor) ([]Event, error) {
	switch {
	case c.Name == "" && c.Phone == "":
		return refused(FieldMissing, "name")
	case c.Name != "" && blank(c.Name), len(c.Name) > maxRemark:
		return refused(FieldInvalid, "name")
	case c.Phone != "" && blank(c.Phone), len(c.Phone) > maxWords:
		return refused(FieldInvalid, "phone")
	}
	if err := by.keeps(p); err != nil {
		return nil, err
	}
	e := &ContactChanged{Person: c.Person, Row: c.Row}
	if c.Name != "" && c.Name != c.Held.Name {
		e.Name.Plain, e.Changed = c.Name, append(e.Changed, ContactName)
	}
	if c.Phone != "" && c.Phone != c.Held.Phone {
		e.Phone.Plain, e.Changed = c.Phone, append(e.Changed, ContactPhone)
	}
	switch {
	case len(e.Changed) > 0:
		return []Event{e}, nil
	case c.Name == "":
		return refused(NothingChanges, "phone")
	}
	return refused(NothingChanges, "name")
}
