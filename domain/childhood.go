package domain

// ageOfConsent is the age from which a person consents for themselves; before
// it a guardian does (个人信息保护法, article 31).
const ageOfConsent = 14

// ConsentsFrom is the first day on which a person is taken to be fourteen, by
// what enrolment says in clear. An age on a day leaves at most a year open and
// is read in the child's favour; a band of birth years leaves several, and only
// who must be under fourteen by it is a child. MinDay: nothing was said.
func (e *PersonEnrolled) ConsentsFrom() Day {
	switch {
	case e.Age > 0 && givenDay(e.AgeOn):
		return yearsAfter(e.AgeOn, ageOfConsent-e.Age)
	case e.BirthYearFrom > 0:
		return civil(e.BirthYearFrom+ageOfConsent, 1, 1)
	}
	return MinDay
}

// tellAge says in clear how old a person is whose day of birth is given, which
// is sealed: who is a child must be known without opening it.
func (e *PersonEnrolled) tellAge(c *EnrolPerson, today Day) {
	born, ok := IDNumberBirth(c.IDNumber)
	if d, err := ParseDay(c.BirthDate); err == nil {
		born, ok = d, true
	}
	if ok && c.Age == 0 {
		e.Age, e.AgeOn = ageOn(born, today), today
		if e.Age == 0 && e.BirthYearTo == 0 { // an age of zero reads as none
			e.BirthYearFrom = born.Year() / 5 * 5
			e.BirthYearTo = e.BirthYearFrom + 4
		}
	}
	if e.Age == 0 {
		e.AgeOn = NoDay
	}
}

// yearsAfter is the same date in another year; 29 February becomes 1 March.
func yearsAfter(d Day, years int) Day {
	y, m, dd := d.Date()
	if r, ok := DayOf(y+years, m, dd); ok {
		return r
	}
	return civil(y+years, m, dd)
}

// ageOn is a person's age in whole years on a day.
func ageOn(born, d Day) int {
	by, bm, bd := born.Date()
	y, m, dd := d.Date()
	age := y - by
	if m < bm || m == bm && dd < bd {
		age--
	}
	return age
}

// guarded judges who consents: for a child, a guardian who is enrolled and is
// none.
func (p *Person) guarded(c *GiveConsent) error {
	child := c.Consent.From < p.Enrolled.ConsentsFrom()
	if c.Consent.Guardian.IsZero() {
		if child {
			return Refuse(GuardianMissing, "guardian")
		}
		return nil
	}
	switch g := &c.Seen; {
	case c.Consent.Guardian == c.Person:
		return Refuse(FieldInvalid, "guardian")
	case g.Refusal != "":
		return Refuse(g.Refusal, "guardian")
	case c.Consent.From < g.ConsentsFrom:
		return Refuse(GuardianMissing, "guardian")
	}
	return nil
}
