package imports

import (
	"context"
	"errors"

	"zhishu/commands"
	"zhishu/domain"
)

// tellApart finds the persons of a sheet of deeds whom a number leads to
// somebody recorded under another name. One digit amiss, and the hours would be
// somebody else's.
func (r *run) tellApart(ctx context.Context) error {
	if !r.deeds() {
		return nil
	}
	var doubted []*person
	for _, q := range r.sheet.people.list {
		if q.code == "" && !q.isNew && !q.named && r.open(q) {
			doubted = append(doubted, q)
		}
	}
	var look pool
	return look.each(ctx, len(doubted), func(int) int { return 1 }, func(int) {}, func(ctx context.Context, i int, _ *written) error {
		return r.holdAgainst(ctx, doubted[i])
	})
}

// holdAgainst compares what the sheet calls somebody with every name that the
// person has had, and whoever was merged into them: an old sheet may know an old
// one. Mostly that is a look at the enrolment. Without a name the phone decides,
// and what is not known on both sides says nothing.
func (r *run) holdAgainst(ctx context.Context, q *person) error {
	if q.isNew || q.named || q.name == "" && q.phone == "" {
		return nil
	}
	compared := false
	for _, id := range []domain.PersonID{q.id, q.formerly} {
		if id.IsZero() {
			continue
		}
		for held, err := range r.handler.ContactsHeld(ctx, id) {
			if _, refused := errors.AsType[*domain.Refusal](err); refused {
				return nil // without the key nothing is recorded, and that is the reason to give
			}
			if err != nil {
				return err
			}
			if !q.differsFrom(held) {
				return nil
			}
			compared = true
		}
	}
	if compared {
		q.code = ContactDiffers
	}
	return nil
}

// differsFrom: a name that is the same outweighs another phone.
func (q *person) differsFrom(held domain.Contact) bool {
	known := func(s string) bool { return s != "" && s != commands.ErasedName && !masked(s) }
	if known(q.name) {
		return known(held.Name) && otherName(q.name, held.Name)
	}
	_, reachable := commands.ContactOf("-", held.Phone)
	return reachable && known(held.Phone) && otherPhone(q.phone, held.Phone)
}
