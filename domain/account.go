package domain

// Account is an account's stream folded. An account says who recorded a fact;
// what it may do is judged where the command is, by role and scope.
type Account struct {
	Exists bool
	Closed bool
	ID     AccountID
	Handle string
	Role   Role
	Scope  Division
	Person PersonID
}

// Commands on an account's stream.
type (
	OpenAccount struct {
		Account AccountID
		Handle  string
		Role    Role
		Scope   Division
		Holder  string // whose account it is; sealed
	}
	LinkPerson struct {
		Account AccountID
		Person  PersonID
		Seen    PersonSeen `json:"-"`
	}
	CloseAccount struct{ Account AccountID }
)

func (c *OpenAccount) Target() string     { return c.Account.Stream() }
func (c *OpenAccount) Operation() string  { return "open-account" }
func (c *LinkPerson) Target() string      { return c.Account.Stream() }
func (c *LinkPerson) Operation() string   { return "link-person" }
func (c *CloseAccount) Target() string    { return c.Account.Stream() }
func (c *CloseAccount) Operation() string { return "close-account" }

func (c *LinkPerson) Reads() string {
	if c.Person.IsZero() {
		return ""
	}
	return c.Person.Stream()
}

func (c *LinkPerson) Given(f Found) Command {
	given := *c
	given.Seen = seePerson(f)
	return &given
}

// Actor is the account as commands see it, or why it may not act.
func (a *Account) Actor() (Actor, error) {
	switch {
	case !a.Exists:
		return Actor{}, Refuse(AccountUnknown, "account")
	case a.Closed:
		return Actor{}, Refuse(AccountClosedCode, "account")
	}
	return Actor{Account: a.ID, Role: a.Role, Scope: a.Scope, Person: a.Person}, nil
}

// Evolve folds an event in.
func (a *Account) Evolve(e Event, _ Meta) {
	switch e := e.(type) {
	case *AccountOpened:
		a.Exists, a.ID, a.Handle, a.Role, a.Scope = true, e.Account, e.Handle, e.Role, e.Scope
	case *AccountLinked:
		a.Person = e.Person
	case *AccountClosed:
		a.Closed = true
	}
}

// Decide judges a command on an account's stream.
func (a *Account) Decide(c Command, by Actor, _ Instant) ([]Event, error) {
	if err := by.may(c); err != nil {
		return nil, err
	}
	if c, ok := c.(*OpenAccount); ok {
		switch {
		case a.Closed:
			return refused(AccountClosedCode, "account")
		case a.Exists && a.Handle == c.Handle && a.Role == c.Role && a.Scope == c.Scope:
			return nil, nil
		case !by.manages(c.Role):
			return refused(RoleForbids, "account")
		case a.Exists:
			return refused(SubjectExists, "account")
		case c.Account.IsZero():
			return refused(FieldMissing, "account")
		case c.Handle == "":
			return refused(FieldMissing, "handle")
		case !ValidHandle(c.Handle):
			return refused(FieldInvalid, "handle")
		case !validRole(c.Role):
			return refused(FieldInvalid, "role")
		case len(c.Holder) > maxRemark:
			return refused(FieldInvalid, "holder")
		}
		if err := by.governs(c.Scope); err != nil {
			return nil, err
		}
		return []Event{&AccountOpened{c.Account, c.Handle, c.Role, c.Scope, Secret{Plain: c.Holder}}}, nil
	}
	if !a.Exists {
		return refused(SubjectUnknown, "account")
	}
	_, closing := c.(*CloseAccount)
	if a.Closed && closing {
		return nil, nil
	}
	if a.Closed {
		return refused(AccountClosedCode, "account")
	}
	if own := by.Account == a.ID; !by.manages(a.Role) && !(own && closing) {
		return refused(RoleForbids, "account")
	}
	switch c := c.(type) {
	case *LinkPerson:
		switch {
		case c.Person.IsZero():
			return refused(FieldMissing, "person")
		case a.Person == c.Person:
			return nil, nil
		case !a.Person.IsZero():
			return refused(SubjectExists, "person") // who is behind an account never changes
		case c.Seen.Refusal != "":
			return refused(c.Seen.Refusal, "person")
		case !by.Scope.Covers(a.Scope):
			return refused(WrongOrganisation, "account")
		case !by.recordsFor(c.Seen.Home): // the account may then read about the person
			return refused(WrongOrganisation, "person")
		}
		return []Event{&AccountLinked{c.Account, c.Person, c.Seen.Read}}, nil
	case *CloseAccount:
		if by.Account != a.ID && !by.Scope.Covers(a.Scope) {
			return refused(WrongOrganisation, "account")
		}
		return []Event{&AccountClosed{c.Account}}, nil
	}
	return refused(FieldInvalid, "command")
}

// ValidHandle: 2 to 32 of a–z, 0–9 and inner hyphens, at least one of them a
// letter, so that no name in characters and no number of a person fits.
func ValidHandle(s string) bool {
	if len(s) < 2 || len(s) > 32 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	letters := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z':
			letters++
		case c >= '0' && c <= '9' || c == '-':
		default:
			return false
		}
	}
	return letters > 0
}
