package domain_test

import "zhishu/domain"

// numbersOf lists the numbers a person goes by, the one that stays first.
func (l *ledger) numbersOf(id domain.PersonID) []domain.PersonID {
	numbers, err := domain.NumbersOf(id, func(id domain.PersonID) (domain.Alias, error) {
		return l.state(id.Stream()).(*domain.Person).Alias(), nil
	})
	if err != nil {
		l.t.Fatalf("%v", err)
	}
	return numbers
}

// acting is an account as commands see it: by every number of its person.
func (l *ledger) acting(by domain.Actor) domain.Actor {
	if !by.Person.IsZero() {
		numbers := l.numbersOf(by.Person)
		by.Person, by.Also = numbers[0], numbers[1:]
	}
	return by
}

// besideNumbers gives a command on a person the person's other numbers.
func (l *ledger) besideNumbers(c domain.Command) domain.Command {
	ref, _ := domain.ParseStream(c.Target())
	if ref.Category != domain.PersonCategory {
		return c
	}
	var others []domain.Number
	for _, id := range l.numbersOf(domain.PersonID{UUID: ref.ID}) {
		if id.UUID != ref.ID {
			others = append(others, domain.SeeNumber(id, l.state(id.Stream()).(*domain.Person)))
		}
	}
	if len(others) == 0 {
		return c
	}
	return &domain.BesideNumbers{Command: c, Others: others}
}

// precede records what a command presupposes in another stream.
func (l *ledger) precede(c domain.Command, by domain.Actor) error {
	p, ok := c.(domain.Preceded)
	if !ok || p.Before() == nil {
		return nil
	}
	_, err := l.decide(p.Before(), by)
	return err
}
