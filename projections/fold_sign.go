package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

// signRow says who recorded the entry row of the same number and who decided on
// it, and when. It never outgrows 20 bytes: there are as many as entry rows.
type signRow struct {
	recorder   uint32 // account
	minute     uint32 // since 1970
	decider    uint32 // account; valid once the row took effect or was closed before it did; atomic
	decided    uint32 // minute; as decider
	attendance uint32 // at the activity it was entered by; none without one
}

func (s *signRow) day() domain.Day { return dayOfMinute(s.minute) }

func dayOfMinute(m uint32) domain.Day { return (domain.Instant(m) * 60_000).Day() }

func minuteOf(t domain.Instant) uint32 { return uint32(min(max(0, int64(t)/60_000), int64(never))) }

// actRow is what was done about an entry without bringing a value of it.
type actRow struct {
	at      uint32
	entry   uint32
	account uint32
	minute  uint32
	kind    actKind
}

type actKind uint8

const (
	actVoidProposed actKind = iota
	actVoidApproved
	actVoidRefused
	actDisputeAnswered
)

// guardianRow says that a child's guardian has given consent.
type guardianRow struct {
	at       uint32
	guardian domain.UUID
}

// sign notes who recorded the entry row that was just appended.
func (b *books) sign(f *fact) {
	b.signs.push(signRow{b.accountNumber(f.account), minuteOf(f.recorded), none, 0, none})
}

// decide notes who decided on an entry row, before its size is set: a reader
// that sees that it was decided sees by whom.
func (b *books) decide(row uint32, f *fact) {
	s := b.signs.at(row)
	atomic.StoreUint32(&s.decided, minuteOf(f.recorded))
	atomic.StoreUint32(&s.decider, b.accountNumber(f.account))
}

// act notes what somebody did about an entry.
func (b *books) act(i uint32, p *personRow, no uint32, kind actKind, f *fact) {
	row := actRow{b.size, no, b.accountNumber(f.account), minuteOf(f.recorded), kind}
	b.mu.Lock()
	if b.acts == nil {
		b.acts = map[uint32][]actRow{}
	}
	b.acts[i] = append(b.acts[i], row)
	b.mu.Unlock()
	b.suspect(i, p)
}

// guard notes a child's guardian.
func (b *books) guard(i uint32, guardian domain.PersonID) {
	if guardian.IsZero() {
		return
	}
	b.addGuardian(i, guardianRow{b.size, guardian.UUID})
	b.suspectCircle(i)
}

func (b *books) addGuardian(i uint32, row guardianRow) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.guardians == nil {
		b.guardians, b.wards = map[uint32][]guardianRow{}, map[domain.UUID][]uint32{}
	}
	b.guardians[i] = append(b.guardians[i], row)
	b.wards[row.guardian] = append(b.wards[row.guardian], i)
}

// suspect notes that a person's flags may have changed.
func (b *books) suspect(i uint32, p *personRow) {
	b.suspects.touch(p.id.UUID)
	if p.flags&personMerged != 0 {
		for _, member := range b.groupOf(i, never) {
			b.suspects.touch(b.persons.at(member).id.UUID)
		}
	}
}

// suspectCircle notes the same of everybody to whom the person is or was close:
// an account of the person may have recorded their facts.
func (b *books) suspectCircle(i uint32) {
	for _, member := range b.groupOf(i, never) {
		b.suspect(member, b.persons.at(member))
		b.eachClose(member, func(k uint32) { b.suspect(k, b.persons.at(k)) })
	}
}

// eachClose calls f for everybody who is or was of a person's households, and for
// the person's guardians and wards.
func (b *books) eachClose(i uint32, f func(person uint32)) {
	p := b.persons.at(i)
	for j := atomic.LoadUint32(&p.memberships); j != none; j = b.memberships.at(j).prev {
		if m := b.memberships.at(j); b.isHousehold(m) {
			b.mu.RLock()
			members := b.group.members[b.groupRefOf(m)]
			b.mu.RUnlock()
			for _, k := range members {
				f(b.memberships.at(k).person)
			}
		}
	}
	b.mu.RLock()
	guardians, wards := b.guardians[i], b.wards[p.id.UUID]
	b.mu.RUnlock()
	for _, r := range guardians {
		if k := b.personOf.find(r.guardian, hashUUID(r.guardian)); k != none {
			f(k)
		}
	}
	for _, k := range wards {
		f(k)
	}
}

func (b *books) isHousehold(m *membershipRow) bool {
	return m.kind != communityMembership && b.labels.value(m.label).a == string(domain.MemberOfHousehold)
}

// suspectAttendance notes that the flags of everybody who was entered by an
// activity may have changed.
func (b *books) suspectAttendance(a *activityRow) {
	for j := a.attended; j != none; j = b.attendances.at(j).prev {
		i := b.attendances.at(j).person
		b.suspect(i, b.persons.at(i))
	}
}
