package projections

import "zhishu/domain"

// numbersOf lists the numbers a person goes by, as the write side finds them.
func (w *world) numbersOf(id domain.PersonID) []domain.PersonID {
	numbers, err := domain.NumbersOf(id, func(id domain.PersonID) (domain.Alias, error) {
		return w.state(id.Stream()).(*domain.Person).Alias(), nil
	})
	if err != nil {
		w.t.Fatalf("numbers: %v", err)
	}
	return numbers
}

// acting is an account as commands see it: by every number of its person.
func (w *world) acting(by domain.Actor) domain.Actor {
	if !by.Person.IsZero() {
		numbers := w.numbersOf(by.Person)
		by.Person, by.Also = numbers[0], numbers[1:]
	}
	return by
}

// mergeNow records a merge as its approval does, whatever would be refused.
func (w *world) mergeNow(a, b domain.PersonID) {
	w.record(b.Stream(), &domain.PersonMergeExpected{Person: b, From: a}, recorder)
	w.record(a.Stream(), &domain.PersonMerged{Person: a, Into: b}, recorder)
}

// besideNumbers gives a command on a person the person's other numbers.
func (w *world) besideNumbers(c domain.Command) domain.Command {
	ref, _ := domain.ParseStream(c.Target())
	if ref.Category != domain.PersonCategory {
		return c
	}
	var others []domain.Number
	for _, id := range w.numbersOf(domain.PersonID{UUID: ref.ID}) {
		if id.UUID != ref.ID {
			others = append(others, domain.SeeNumber(id, w.state(id.Stream()).(*domain.Person)))
		}
	}
	if len(others) == 0 {
		return c
	}
	return &domain.BesideNumbers{Command: c, Others: others}
}
