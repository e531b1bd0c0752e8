package projections

import (
	"cmp"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// act is what an account did about an entry.
type act struct {
	role    FlagRole
	account uint32
	at      uint32
	idle    bool // it came to nothing so far
}

// actsOf lists what was done about an entry and known at the view.
func (v *View) actsOf(l *life, out []act) []act {
	for _, j := range l.rows {
		r, s := v.b.entries.at(j), v.b.signs.at(j)
		effective, closed := atomic.LoadUint32(&r.effective), atomic.LoadUint32(&r.closed)
		offered, decided, refused := RoleRecorded, RoleConfirmed, RoleRejected
		if r.flags&entryCorrection != 0 {
			offered, decided, refused = RoleProposed, RoleDecided, RoleDecided
		}
		out = append(out, act{offered, s.recorder, r.at, offered == RoleProposed && effective >= v.size})
		switch {
		case effective < v.size:
			out = append(out, act{decided, atomic.LoadUint32(&s.decider), effective, false})
		case closed < v.size:
			out = append(out, act{refused, atomic.LoadUint32(&s.decider), closed, false})
		}
	}
	if k := v.b.signs.at(l.claim()).attendance; k != none {
		a := v.b.activities.at(v.b.attendances.at(k).activity)
		if at := atomic.LoadUint32(&a.attested); at < v.size {
			out = append(out, act{RoleAttested, a.attester, at, false})
		}
	}
	for _, a := range v.actsAbout(l) {
		if a.kind == actVoidProposed {
			out = append(out, act{RoleProposed, a.account, a.at, true})
		} else {
			out = append(out, act{RoleDecided, a.account, a.at, false})
		}
	}
	return slices.DeleteFunc(out, func(a act) bool { return a.account == none })
}

// actsAbout are those that brought no value.
func (v *View) actsAbout(l *life) (out []actRow) {
	v.b.mu.RLock()
	rows := v.b.acts[l.person]
	v.b.mu.RUnlock()
	for _, a := range rows {
		if a.at < v.size && a.entry == v.b.entries.at(l.claim()).entry {
			out = append(out, a)
		}
	}
	return out
}

// circle looks for accounts close to the person among those that dealt with an
// entry that stands.
func (f *flagFold) circle(s subject, l *life) {
	var x Flag
	for _, a := range f.acts {
		behind, linked := f.v.linkedTo(a.account)
		if a.idle || behind == (domain.UUID{}) {
			continue
		}
		k := f.v.b.personOf.find(behind, hashUUID(behind))
		if k == none || f.v.b.persons.at(k).at >= f.v.size {
			continue
		}
		how, since := f.v.closeness(f.v.subjectOf(k), s, domain.Day(f.v.b.entries.at(l.value).day))
		if how == 0 {
			continue
		}
		if x.Kind == "" {
			x = f.flagOf(FlagCircle, l, l.value)
		}
		if x.Value == 0 || how < x.Value {
			x.Value = how
		}
		f.note(&x, l, a, max(a.at, linked, since))
	}
	f.raiseActs(x, l.claim())
}

// closeness says how close two subjects are on a day: the closest kind, and the
// size it was known at.
func (v *View) closeness(a, b subject, day domain.Day) (how int64, since uint32) {
	if a.person == b.person {
		return CircleOneself, 0
	}
	since = never
	for _, x := range v.householdsOn(a, day) {
		for _, y := range v.householdsOn(b, day) {
			if x.subject == y.subject {
				how, since = CircleHousehold, min(since, max(x.at, y.at))
			}
		}
	}
	if how != 0 {
		return how, since
	}
	for _, pair := range [...][2]subject{{a, b}, {b, a}} {
		if at := v.guards(pair[0], pair[1]); at != never {
			how, since = CircleGuardian, min(since, at)
		}
	}
	return how, since
}

// householdsOn are the rows by which a subject belongs to households on a day.
func (v *View) householdsOn(s subject, day domain.Day) (out []*membershipRow) {
	for _, i := range append([]uint32{s.person}, s.others...) {
		for j := atomic.LoadUint32(&v.b.persons.at(i).memberships); j != none; {
			m := v.b.memberships.at(j)
			if v.b.isHousehold(m) && m.covers(day, v.size) {
				out = append(out, m)
			}
			j = m.prev
		}
	}
	return out
}

// guards is the size at which a subject was first said to be another's guardian.
func (v *View) guards(guardian, child subject) (at uint32) {
	at = never
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	for _, i := range append([]uint32{child.person}, child.others...) {
		for _, r := range v.b.guardians[i] {
			for _, k := range append([]uint32{guardian.person}, guardian.others...) {
				if r.at < v.size && v.b.persons.at(k).id.UUID == r.guardian {
					at = min(at, r.at)
				}
			}
		}
	}
	return at
}

// outside looks for accounts of another organisation among those that confirmed,
// changed or decided on an entry. An account's organisation is the division it
// was opened for; a claim may be confirmed by the one above or below, but only
// the one that recorded it changes it.
func (f *flagFold) outside(l *life) {
	recorder := f.v.b.signs.at(l.claim()).recorder
	own, opened := f.v.scopeOf(recorder)
	if opened == never {
		return
	}
	var x Flag
	for _, a := range f.acts {
		scope, since := f.v.scopeOf(a.account)
		switch {
		case since == never, scope == own, a.role == RoleRecorded:
		case (a.role == RoleConfirmed || a.role == RoleAttested) && inLine(scope, own):
		default:
			if x.Kind == "" {
				x = f.flagOf(FlagOutside, l, l.claim())
			}
			f.note(&x, l, a, max(a.at, since, opened))
		}
	}
	x.Value = int64(len(x.Acts))
	f.raiseActs(x, l.claim())
}

// scopeOf is the division an account was opened for, as its duty holds it, and
// the size of that; never while it is not known.
func (v *View) scopeOf(account uint32) (scope uint64, at uint32) {
	if account == none {
		return 0, never
	}
	a := v.b.accounts.at(account)
	if at = atomic.LoadUint32(&a.openedAt); at >= v.size {
		return 0, never
	}
	return atomic.LoadUint64(&a.duty) >> dutyDigits, at
}

// inLine reports whether of two scopes one lies in the other.
func inLine(a, b uint64) bool {
	x, m := a&0xf, a>>dutyDigits // digits, and their number
	y, n := b&0xf, b>>dutyDigits
	for ; x > y; x-- {
		m /= 10
	}
	for ; y > x; y-- {
		n /= 10
	}
	return m == n
}

// note adds an act to a flag, which was there to be seen from a size on.
func (f *flagFold) note(x *Flag, l *life, a act, at uint32) {
	entry := uint64(f.v.b.entries.at(l.claim()).entry)
	if len(x.Facts) == 0 {
		x.Since, x.Facts = domain.Size(at)+1, []FlagFact{{x.Person.Stream(), entry, domain.Size(a.at)}}
	}
	x.Since, x.Facts[0].Size = min(x.Since, domain.Size(at)+1), max(x.Facts[0].Size, domain.Size(a.at))
	behind, _ := f.v.linkedTo(a.account)
	made := FlagAct{a.role, f.v.accountOf(a.account), domain.PersonID{UUID: behind}}
	if !slices.Contains(x.Acts, made) {
		x.Acts = append(x.Acts, made)
	}
}

// raiseActs adds a flag that rests on what was done about one entry.
func (f *flagFold) raiseActs(x Flag, row uint32) {
	if len(x.Acts) == 0 {
		return
	}
	slices.SortFunc(x.Acts, func(a, b FlagAct) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), slices.Compare(a.Account.UUID[:], b.Account.UUID[:]))
	})
	x.Community, x.Account = f.v.claimedBy(row)
	x.Count = int64(len(x.Facts))
	f.out = append(f.out, x)
}
