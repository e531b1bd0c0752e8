package imports

import (
	"context"
	"slices"
	"strings"

	"zhishu/commands"
	"zhishu/domain"
)

// contact looks whether the list gives somebody known another name or phone than
// is recorded. That is recorded where the list is given to update, and else only
// reported: a slip in a column of numbers would rename everybody.
func (m *memberRequests) contact(ctx context.Context) error {
	r, q := m.r, m.q
	at := slices.IndexFunc(q.lines, func(i int32) bool { return r.sheet.lines[i].fate.open() })
	if q.isNew || at < 0 || m.before.Erased || q.name == "" && q.phone == "" {
		return nil
	}
	held, err := r.handler.ContactHeld(ctx, q.id)
	if err != nil {
		return err
	}
	change, field := &domain.ChangeContact{Person: q.id}, ""
	if otherPhone(q.phone, held.Phone) {
		change.Phone, field = q.phone, "phone"
	}
	if otherName(q.name, held.Name) {
		change.Name, field = q.name, "name"
	}
	line := q.lines[at]
	switch {
	case field == "":
	case r.job.Update:
		change.Row = r.rowOf(&r.sheet.lines[line])
		// By the run: what was changed again since is changed back only by who gives the list once more.
		m.add(line, "contact/"+r.under.String(), opContact, change)
		m.steps[len(m.steps)-1].field = field
	default:
		m.refused = append(m.refused, verdict{line: line, code: ContactDiffers, field: field, stays: true})
	}
	return nil
}

// otherName: blanks and widths make no other name, and a masked one says nothing.
func otherName(said, held string) bool {
	a, _ := commands.ContactOf(said, "")
	b, _ := commands.ContactOf(held, "")
	return said != "" && !masked(said) && a != b
}

// otherPhone is otherName of phones; what stands for want of one is none.
func otherPhone(said, held string) bool {
	a, isOne := commands.ContactOf("-", said)
	b, _ := commands.ContactOf("-", held)
	return isOne && !masked(said) && a != b
}

func masked(s string) bool { return strings.ContainsAny(s, "*＊×○") }
