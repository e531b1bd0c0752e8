package domain

import "slices"

// A person whose numbers were merged goes by several of them. Each stays a
// stream of its own, which nobody can append to together with another; a
// command on one is judged beside the others, as they stood when they were read.

// Alias is what a number's stream says of its merges.
type Alias struct {
	Into PersonID // the number it was merged into; zero: it stays by itself
	// Expects are the numbers whose merge into this one was approved. Whether it
	// was recorded, and still holds, each of them says itself.
	Expects []PersonID
}

// Alias reads it.
func (p *Person) Alias() Alias { return Alias{p.MergedInto, slices.Clone(p.Expects)} }

// NumbersOf lists the numbers a person goes by: the one that stays first. Two
// numbers merged into one another at the same moment are one person as well.
func NumbersOf(id PersonID, alias func(PersonID) (Alias, error)) ([]PersonID, error) {
	seen := []PersonID{id}
	head := id
	for {
		a, err := alias(head)
		if err != nil {
			return nil, err
		}
		if a.Into.IsZero() || slices.Contains(seen, a.Into) {
			break
		}
		head = a.Into
		seen = append(seen, head)
	}
	numbers := []PersonID{head}
	for i := 0; i < len(numbers); i++ {
		a, err := alias(numbers[i])
		if err != nil {
			return nil, err
		}
		for _, from := range a.Expects {
			other, err := alias(from)
			if err != nil {
				return nil, err
			}
			if other.Into == numbers[i] && !slices.Contains(numbers, from) {
				numbers = append(numbers, from)
			}
		}
	}
	for _, s := range seen { // merged before anything was noted
		if !slices.Contains(numbers, s) {
			numbers = append(numbers, s)
		}
	}
	return numbers, nil
}

// Number is another number of the person a command is about.
type Number struct {
	Person     PersonID
	Stays      bool // the others were merged into it
	Erased     bool
	Restricted bool
	Consented  bool
	Held       []Deed // of the entries that take up time
	CheckIns   []CheckIn
}

// SeeNumber reads what a command on another number is judged on. It keeps
// nothing of the state.
func SeeNumber(id PersonID, p *Person) Number {
	n := Number{
		Person: id, Stays: p.MergedInto.IsZero(), Erased: p.Erased, Restricted: p.Restricted,
		Consented: p.Consented(ConsentRecord), CheckIns: slices.Clone(p.CheckIns),
	}
	for i := range p.Entries {
		if e := &p.Entries[i]; e.Live() {
			n.Held = append(n.Held, e.Deed)
		}
	}
	return n
}

// BesideNumbers is a command on a person's stream with the person's other
// numbers.
type BesideNumbers struct {
	Command
	Others []Number
}

// beside is the person with the other numbers.
func (p *Person) beside(others []Number) *Person {
	whole := *p
	whole.others = others
	return &whole
}

// curable: what the command is about stands under the number already. It is
// brought to its end there, also once the number was merged into another: an
// entry is named by the stream that claimed it. What is new goes under the
// number that stays.
func curable(c Command) bool {
	switch c.(type) {
	case *ConfirmEntry, *RejectEntry, *ConfirmAttendance, *CheckOutOf,
		*ProposeCorrection, *ProposeVoid, *DecideProposal, *DisputeEntry, *AnswerDispute,
		*AcceptMissingEntry, *DeclineMissingEntry, *ReviewFlag, *ExportPersonalKey,
		*ProposePersonUnmerge, *DecidePersonUnmerge:
		return true
	}
	return false
}

// agreed reports consent to be recorded: of a number that was merged, what the
// one that stays says.
func (p *Person) agreed() bool {
	if !p.MergedInto.IsZero() {
		for i := range p.others {
			if p.others[i].Stays {
				return p.others[i].Consented
			}
		}
	}
	return p.Consented(ConsentRecord)
}

// taken calls f for the deeds that take up the person's time under any number,
// leaving out one entry, until f answers false.
func (p *Person) taken(except *Entry, f func(*Deed) bool) {
	for i := range p.Entries {
		if e := &p.Entries[i]; e != except && e.Live() && !f(&e.Deed) {
			return
		}
	}
	for i := range p.others {
		for k := range p.others[i].Held {
			if !f(&p.others[i].Held[k]) {
				return
			}
		}
	}
}

// openCheckIns lists the check-ins without a check-out under every number.
func (p *Person) openCheckIns() []CheckIn {
	open := p.CheckIns
	for i := range p.others {
		open = append(slices.Clip(open), p.others[i].CheckIns...)
	}
	return open
}
