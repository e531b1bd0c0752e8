package imports

import (
	"context"
	"slices"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/vault"
)

const claimsAtOnce = 10_000

// recognise finds out who of the sheet's persons is enrolled. It only reads.
func (r *run) recognise(ctx context.Context) error {
	list := r.sheet.people.list
	for from := 0; from < len(list); from += claimsAtOnce {
		part := list[from:min(from+claimsAtOnce, len(list))]
		if err := r.recognisePart(ctx, part); err != nil {
			return err
		}
	}
	x := r.likeness()
	for _, q := range list {
		if q.isNew || q.code != "" {
			continue
		}
		r.liken(q, x)
	}
	return nil
}

// liken says, now that it is known who it is, what the person's rows look like.
func (r *run) liken(q *person, x *likeness) {
	if !r.deeds() {
		return
	}
	for _, l := range q.lines {
		r.sheet.lines[l].alike = x.of(q.id, &r.sheet.deeds[l])
	}
}

// recognisePart looks a part of the persons up: by number, by ID number, then
// by name and phone. A claim whose person has no stream is left over from an
// import that was interrupted; its id is used again.
func (r *run) recognisePart(ctx context.Context, part []*person) error {
	var claims []vault.Claim
	for _, q := range part {
		claims = append(claims, r.claims(q)...)
	}
	owners, err := r.vault.LookupMany(ctx, claims)
	if err != nil {
		return err
	}
	named := owners
	for _, q := range part {
		if !q.person.IsZero() {
			named = append(named[:len(named):len(named)], vault.Subject(q.person.UUID))
		}
	}
	exists, err := r.existing(ctx, named)
	if err != nil {
		return err
	}
	at := 0
	for _, q := range part {
		n := len(r.claims(q))
		own := owners[at : at+n]
		at += n
		q.formerly = domain.PersonID{}
		for i, o := range own {
			if own[i] = r.stays(o, exists); own[i] != o {
				q.formerly.UUID = domain.UUID(o)
			}
		}
		if err := r.leaveNamesake(ctx, q, own, exists); err != nil {
			return err
		}
		r.settle(q, own, exists)
	}
	return nil
}

// stays follows a merge: what a sheet says under an old number of somebody is
// recorded under the one that stays.
func (r *run) stays(o vault.Subject, exists map[vault.Subject]bool) vault.Subject {
	if o == vault.None || !exists[o] {
		return o
	}
	into := vault.Subject(r.view.Stays(domain.PersonID{UUID: domain.UUID(o)}).UUID)
	exists[into] = true
	return into
}

// leaveNamesake lets name and phone find nobody who has an ID number, where the
// row gives another: father and son may share both.
func (r *run) leaveNamesake(ctx context.Context, q *person, owners []vault.Subject, exists map[vault.Subject]bool) error {
	last := len(owners) - 1
	q.namesake = false
	if q.idNumber == "" || !q.sharesContact() || !exists[owners[last]] || owners[last-1] != vault.None {
		return nil
	}
	state, err := r.handler.State(ctx, domain.PersonID{UUID: domain.UUID(owners[last])}.Stream())
	if p, ok := state.(*domain.Person); ok && p.Identified {
		owners[last], q.namesake = vault.None, true
	}
	return err
}

// settle decides who a person is from the owners of its claims.
func (r *run) settle(q *person, owners []vault.Subject, exists map[vault.Subject]bool) {
	q.id, q.isNew, q.gains, q.named, q.code = domain.PersonID{}, false, false, false, ""
	known, waiting := vault.None, vault.None
	if own := vault.Subject(q.person.UUID); exists[own] {
		if known = r.stays(own, exists); known != own {
			q.formerly = q.person
		}
	} else if own != vault.None {
		q.code = PersonUnknown // nobody is enrolled under a number of the ledger's that it did not give
	}
	for i, o := range owners {
		switch {
		case o == vault.None:
		case !exists[o]:
			if waiting == vault.None {
				waiting = o
			}
		case known == vault.None:
			known = o
		case known != o && i == len(owners)-1 && q.sharesContact():
			q.namesake = true
		case known != o:
			q.code = PersonConflict
		}
	}
	switch {
	case q.code != "":
	case known != vault.None:
		q.id.UUID = domain.UUID(known)
		_, named := commands.ContactOf(q.name, q.phone)
		q.named = named && owners[len(owners)-1] == known
		q.gains = q.number != "" && q.idNumber != "" && owners[0] == vault.None && owners[1] == known
	case !r.job.Enrol:
		q.code = PersonUnknown
	case q.child() && (q.more == nil || q.more.guardian.isZero()):
		q.code = domain.GuardianMissing
	default:
		q.id.UUID, q.isNew = domain.UUID(waiting), true // zero: nothing is reserved yet
	}
}

// addNumbers reserves, for those whom an ID number has recognised, the further
// number that the sheet gives them, so that the number alone finds them later.
// That is a matter of looking up only: the sheet's rows are the person's either
// way, and who is erased loses this claim with the others.
func (r *run) addNumbers(ctx context.Context) error {
	var gaining []*person
	var claims []vault.Claim
	for _, q := range r.sheet.people.list {
		if q.gains && q.code == "" && r.open(q) {
			gaining = append(gaining, q)
			claims = append(claims, r.claims(q)[0])
		}
	}
	owners, err := r.vault.ReserveMany(ctx, claims)
	for i, q := range gaining {
		if err == nil && owners[i] != vault.Subject(q.id.UUID) {
			q.code = PersonConflict // somebody else got it since
		}
	}
	return err
}

// sharesContact: name and phone only decide where nothing better is given.
func (q *person) sharesContact() bool {
	_, ok := commands.ContactOf(q.name, q.phone)
	return ok && (q.number != "" || q.idNumber != "" || !q.person.IsZero())
}

// claims are what is unique to a person, the surest first; name and phone
// last.
func (r *run) claims(q *person) []vault.Claim {
	claims := make([]vault.Claim, 0, 3)
	add := func(space string, hash [32]byte) {
		claims = append(claims, vault.Claim{Space: space, Hash: hash, Subject: vault.Subject(q.id.UUID)})
	}
	if q.number != "" {
		add(r.handler.NumberHash(r.job.Issuer, q.number))
	}
	if q.idNumber != "" {
		add(r.handler.IDNumberHash(q.idNumber))
	}
	if contact, ok := commands.ContactOf(q.name, q.phone); ok {
		add(r.handler.ContactHash(contact))
	}
	return claims
}

// existing finds which owners have a stream.
func (r *run) existing(ctx context.Context, owners []vault.Subject) (map[vault.Subject]bool, error) {
	exists := map[vault.Subject]bool{}
	var distinct []vault.Subject
	for _, o := range owners {
		if _, seen := exists[o]; !seen && o != vault.None {
			exists[o] = false
			distinct = append(distinct, o)
		}
	}
	found := make([]bool, len(distinct))
	var look pool
	err := look.each(ctx, len(distinct), func(int) int { return 1 }, func(int) {}, func(ctx context.Context, i int, _ *written) (err error) {
		found[i], err = r.handler.Exists(ctx, domain.PersonID{UUID: domain.UUID(distinct[i])}.Stream())
		return err
	})
	for i, o := range distinct {
		exists[o] = found[i]
	}
	return exists, err
}

// open reports a person with rows that are still to be written.
func (r *run) open(q *person) bool {
	return slices.ContainsFunc(q.lines, func(l int32) bool { return r.sheet.lines[l].fate.open() })
}

// reserve gives the persons to be enrolled their ids, first in the vault, so
// that whoever imports the same persons at this moment, or after an
// interruption, meets the same ids. Then their keys are made. Done is told up to
// whom, in the order of the sheet, that has been done.
func (r *run) reserve(ctx context.Context, done func(upTo int)) error {
	list := r.sheet.people.list
	part := make([]*person, 0, min(claimsAtOnce, len(list)))
	for i, q := range list {
		if q.isNew && r.open(q) {
			part = append(part, q)
		}
		if len(part) < claimsAtOnce && i+1 < len(list) {
			continue
		}
		if len(part) > 0 {
			if err := r.reservePart(ctx, part); err != nil {
				return err
			}
		}
		part = part[:0]
		done(i + 1)
	}
	return nil
}

func (r *run) reservePart(ctx context.Context, part []*person) error {
	var claims []vault.Claim
	starts := make([]int, len(part))
	for i, q := range part {
		if q.id.IsZero() {
			id, err := randomUUID()
			if err != nil {
				return err
			}
			q.id.UUID = id
		}
		starts[i] = len(claims)
		claims = append(claims, r.claims(q)...)
	}
	owners, err := r.vault.ReserveMany(ctx, claims)
	if err != nil {
		return err
	}
	subjects, x := make([]vault.Subject, len(part)), r.likeness()
	for i, q := range part {
		// The surest claim decides who this is; should the others belong to
		// somebody else by now, enrolling refuses it.
		q.id.UUID = domain.UUID(owners[starts[i]])
		subjects[i] = vault.Subject(q.id.UUID)
		r.liken(q, x)
	}
	return r.vault.EnsureKeys(ctx, subjects)
}
