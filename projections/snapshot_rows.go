package projections

import (
	"encoding/binary"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// A snapshot holds the tables of fixed rows as they stood at one size. Writers
// run beside the folding goroutine, so a field that changed at or after that
// size is written as it was before, and a chain begins at its newest row of
// that time.

// table is one of them: how wide a row is, and how it is written and read. What
// is read was written by whoever holds the file: get refuses a row that cannot be
// one of a snapshot with so many rows of everything.
type table struct {
	name  string
	width int
	rows  func(*books) uint32
	plan  func(b *books, n uint32)
	grow  func(b *books, first, n uint32)
	put   func(c *capture, dst []byte, first, n uint32)
	get   func(b *books, k *counts, src []byte, first, n uint32) bool
}

var tables = slices.Concat([]table{
	tableOf("persons", 58, func(b *books) *column[personRow] { return &b.persons }, putPerson, getPerson),
	tableOf("memberships", 45, func(b *books) *column[membershipRow] { return &b.memberships }, putMembership, getMembership),
	tableOf("signs", 20, func(b *books) *column[signRow] { return &b.signs }, putSign, getSign),
	tableOf("entries", 64, func(b *books) *column[entryRow] { return &b.entries }, putEntry, getEntry),
	tableOf("donations", 60, func(b *books) *column[donationRow] { return &b.donations }, putDonation, getDonation),
	tableOf("gifts", 80, func(b *books) *column[giftRow] { return &b.gifts }, putGift, getGift),
	tableOf("items", 21, func(b *books) *column[itemRow] { return &b.items }, putItem, getItem),
	tableOf("uses", 29, func(b *books) *column[useRow] { return &b.uses }, putUse, getUse),
	tableOf("donors", 20, func(b *books) *column[donorRow] { return &b.donors }, putDonor, getDonor),
	tableOf("givers", 20, func(b *books) *column[giverRow] { return &b.givers }, putGiver, getGiver),
	tableOf("links", 24, func(b *books) *column[linkRow] { return &b.links }, putLink, getLink),
	tableOf("prints", 37, func(b *books) *column[printRow] { return &b.prints }, putPrint, getPrint),
	tableOf("accounts", 60, func(b *books) *column[accountRow] { return &b.accounts }, putAccount, getAccount),
	tableOf("communities", 20, func(b *books) *column[communityRow] { return &b.communities }, putCommunity, getCommunity),
	tableOf("groups", 16, func(b *books) *column[domain.UUID] { return &b.groups.values }, putGroup, getGroup),
	tableOf("waits", 33, func(b *books) *column[waitRow] { return &b.waits }, putWait, getWait),
	tableOf("guards", 29, func(b *books) *column[guardRow] { return &b.guards }, putGuard, getGuard),
	tableOf("marks", 16, func(b *books) *column[markRow] { return &b.marks }, putMark, getMark),
}, activityTables)

func tableOf[T any](name string, width int, of func(*books) *column[T], put func(*capture, []byte, *T, uint32), get func([]byte, *T, uint32, *counts) bool) table {
	return table{
		name: name, width: width,
		rows: func(b *books) uint32 { return of(b).seen() },
		plan: func(b *books, n uint32) { of(b).plan(n) },
		grow: func(b *books, first, n uint32) { of(b).grow(first, n) },
		put: func(c *capture, dst []byte, first, n uint32) {
			for i, rows := first, of(c.b); i < first+n; i++ {
				put(c, dst[int(i-first)*width:], rows.at(i), i)
			}
		},
		get: func(b *books, k *counts, src []byte, first, n uint32) bool {
			sound := true
			for i, rows := first, of(b); i < first+n; i++ {
				sound = get(src[int(i-first)*width:], rows.at(i), i, k) && sound
			}
			return sound
		},
	}
}

// encoder and decoder walk over one row.
type encoder struct{ b []byte }

func (e *encoder) u8(v uint8)         { e.b[0] = v; e.b = e.b[1:] }
func (e *encoder) u16(v uint16)       { binary.LittleEndian.PutUint16(e.b, v); e.b = e.b[2:] }
func (e *encoder) u32(v uint32)       { binary.LittleEndian.PutUint32(e.b, v); e.b = e.b[4:] }
func (e *encoder) u64(v uint64)       { binary.LittleEndian.PutUint64(e.b, v); e.b = e.b[8:] }
func (e *encoder) uuid(v domain.UUID) { copy(e.b, v[:]); e.b = e.b[16:] }
func (e *encoder) u32s(v ...uint32) {
	for _, x := range v {
		e.u32(x)
	}
}

type decoder struct{ b []byte }

func (d *decoder) u8() (v uint8)         { v = d.b[0]; d.b = d.b[1:]; return }
func (d *decoder) u16() (v uint16)       { v = binary.LittleEndian.Uint16(d.b); d.b = d.b[2:]; return }
func (d *decoder) u32() (v uint32)       { v = binary.LittleEndian.Uint32(d.b); d.b = d.b[4:]; return }
func (d *decoder) u64() (v uint64)       { v = binary.LittleEndian.Uint64(d.b); d.b = d.b[8:]; return }
func (d *decoder) uuid() (v domain.UUID) { copy(v[:], d.b); d.b = d.b[16:]; return }

// before is a field that holds a size, as it was at the capture's size.
func (c *capture) before(field *uint32) uint32 {
	if at := atomic.LoadUint32(field); at < c.size {
		return at
	}
	return never
}

func putPerson(c *capture, b []byte, p *personRow, i uint32) {
	e := encoder{b}
	entries := atomic.LoadUint32(&p.entries)
	for entries != none && c.b.entries.at(entries).at >= c.size {
		entries = c.b.entries.at(entries).prev
	}
	memberships := atomic.LoadUint32(&p.memberships)
	for memberships != none && c.b.memberships.at(memberships).at >= c.size {
		memberships = c.b.memberships.at(memberships).prev
	}
	e.uuid(p.id.UUID)
	e.u32s(entries, memberships, p.at, c.persons[i], c.flags[i], p.enrolledBy, p.layers)
	e.u32s(uint32(p.ageOn), uint32(p.birthFrom), uint32(p.birthTo))
	e.u8(p.age)
	e.u8(p.sex)
}

func getPerson(b []byte, p *personRow, i uint32, k *counts) bool {
	d := decoder{b}
	p.id.UUID = d.uuid()
	p.entries, p.memberships, p.at, p.next = d.u32(), d.u32(), d.u32(), d.u32()
	p.flags, p.enrolledBy, p.layers = d.u32(), d.u32(), d.u32()
	p.ageOn, p.birthFrom, p.birthTo = int32(d.u32()), int32(d.u32()), int32(d.u32())
	p.age, p.sex = d.u8(), d.u8()
	p.home = none // found again from the memberships
	return p.at < k.size && orNone(p.entries, k.entries) && orNone(p.memberships, k.memberships) &&
		orNone(p.enrolledBy, k.communities) && p.layers < k.layers && int(p.sex) < len(sexes)
}

func putMembership(c *capture, b []byte, m *membershipRow, _ uint32) {
	e := encoder{b}
	endedAt := c.before(&m.endedAt)
	ended := int32(0)
	if endedAt != never {
		ended = m.ended
	}
	e.u32s(m.person, m.prev, m.prevHere, m.subject, m.label, m.at, uint32(m.from), uint32(m.until), uint32(ended), endedAt, c.before(&m.replaced))
	e.u8(uint8(m.kind))
}

func getMembership(b []byte, m *membershipRow, i uint32, k *counts) bool {
	d := decoder{b}
	m.person, m.prev, m.prevHere, m.subject, m.label = d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	m.at, m.from, m.until, m.ended, m.endedAt = d.u32(), int32(d.u32()), int32(d.u32()), int32(d.u32()), d.u32()
	m.replaced = d.u32()
	m.kind = membershipKind(d.u8())
	return m.at < k.size && k.came(m.endedAt) && k.came(m.replaced) && m.person < k.persons && earlier(m.prev, i) &&
		earlier(m.prevHere, i) && m.label < k.labels && m.kind <= communityMembership &&
		(m.kind == communityMembership && m.subject < k.communities || m.kind == otherMembership && m.subject < k.groups)
}

func putEntry(c *capture, b []byte, r *entryRow, _ uint32) {
	e := encoder{b}
	effective, late := c.before(&r.effective), lateness(0)
	if effective != never {
		late = r.late
	}
	e.u64(r.content)
	e.u32s(r.person, r.prev, r.prevHere, r.entry, r.at, effective, c.before(&r.closed))
	e.u32s(uint32(r.day), r.minutes, r.start, r.length, r.community, r.label)
	e.u16(r.lengthMs)
	e.u8(r.flags)
	e.u8(uint8(late))
}

func getEntry(b []byte, r *entryRow, i uint32, k *counts) bool {
	d := decoder{b}
	r.content, r.person, r.prev, r.prevHere, r.entry = d.u64(), d.u32(), d.u32(), d.u32(), d.u32()
	r.at, r.effective, r.closed = d.u32(), d.u32(), d.u32()
	r.day, r.minutes, r.start, r.length, r.community, r.label = int32(d.u32()), d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	r.lengthMs, r.flags, r.late = d.u16(), d.u8(), lateness(d.u8())
	return r.at < k.size && k.came(r.effective) && k.came(r.closed) && r.person < k.persons && earlier(r.prev, i) &&
		earlier(r.prevHere, i) && r.community < k.communities && r.label < k.labels && domain.Day(r.day) > domain.MinDay &&
		domain.Day(r.day) < domain.MaxDay
}

func putSign(c *capture, b []byte, s *signRow, i uint32) {
	e := encoder{b}
	decider, decided := none, uint32(0)
	if r := c.b.entries.at(i); c.before(&r.effective) != never || c.before(&r.closed) != never {
		decider, decided = atomic.LoadUint32(&s.decider), atomic.LoadUint32(&s.decided)
	}
	e.u32s(s.recorder, s.minute, decider, decided, s.attendance)
}

func getSign(b []byte, s *signRow, _ uint32, k *counts) bool {
	d := decoder{b}
	s.recorder, s.minute, s.decider, s.decided, s.attendance = d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	return orNone(s.recorder, k.accounts) && orNone(s.decider, k.accounts) && orNone(s.attendance, k.attendances)
}

func putDonation(c *capture, b []byte, x *donationRow, i uint32) {
	e := encoder{b}
	gifts := atomic.LoadUint32(&x.gifts)
	for gifts != none && c.b.gifts.at(gifts).at >= c.size {
		gifts = c.b.gifts.at(gifts).prev
	}
	uses := atomic.LoadUint32(&x.uses)
	for uses != none && c.b.uses.at(uses).at >= c.size {
		uses = c.b.uses.at(uses).prev
	}
	e.uuid(x.id.UUID)
	e.uuid(x.donor.UUID)
	link := atomic.LoadUint32(&x.link)
	for link != none && c.b.links.at(link).at >= c.size {
		link = c.b.links.at(link).before
	}
	e.u32s(gifts, uses, link, x.prevGiven, c.levels[i], x.at, c.donations[i])
}

func getDonation(b []byte, x *donationRow, i uint32, k *counts) bool {
	d := decoder{b}
	x.id.UUID, x.donor.UUID = d.uuid(), d.uuid()
	x.gifts, x.uses, x.link, x.prevGiven, x.level, x.at, x.next = d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	return x.at < k.size && orNone(x.gifts, k.gifts) && orNone(x.uses, k.uses) && orNone(x.link, k.links) &&
		earlier(x.prevGiven, i) && int(x.level) < len(levels)
}

func putGift(c *capture, b []byte, g *giftRow, _ uint32) {
	e := encoder{b}
	e.u64(uint64(g.amount))
	e.u64(uint64(g.valued))
	e.u32s(g.donation, g.prev, g.at, c.before(&g.effective), c.before(&g.closed), uint32(g.day))
	e.u32s(g.community, g.organisation, g.label, g.imported, g.number, g.flags, g.firstItem, g.items, g.note, g.revision)
}

func getGift(b []byte, g *giftRow, i uint32, k *counts) bool {
	d := decoder{b}
	g.amount, g.valued = int64(d.u64()), int64(d.u64())
	g.donation, g.prev, g.at, g.effective, g.closed, g.day = d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), int32(d.u32())
	g.community, g.organisation, g.label, g.imported, g.number, g.flags = d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	g.firstItem, g.items, g.note, g.revision = d.u32(), d.u32(), d.u32(), d.u32()
	return g.at < k.size && k.came(g.effective) && k.came(g.closed) && g.donation < k.donations && earlier(g.prev, i) &&
		orNone(g.community, k.communities) && orNone(g.organisation, k.groups) && g.label < k.givings &&
		orNone(g.imported, k.imports) && orNone(g.note, k.notes) && uint64(g.firstItem)+uint64(g.items) <= uint64(k.items)
}

func putItem(_ *capture, b []byte, x *itemRow, _ uint32) {
	e := encoder{b}
	e.u64(uint64(x.quantity))
	e.u64(uint64(x.value))
	e.u32(x.thing)
	e.u8(uint8(x.basis))
}

func getItem(b []byte, x *itemRow, _ uint32, k *counts) bool {
	d := decoder{b}
	x.quantity, x.value, x.thing, x.basis = int64(d.u64()), int64(d.u64()), d.u32(), valuation(d.u8())
	return x.thing < k.things && int(x.basis) < len(valuations)
}

func putUse(_ *capture, b []byte, u *useRow, _ uint32) {
	e := encoder{b}
	e.u64(uint64(u.quantity))
	e.u32s(u.donation, u.prev, u.at, uint32(u.day), u.thing)
	e.u8(uint8(u.kind))
}

func getUse(b []byte, u *useRow, i uint32, k *counts) bool {
	d := decoder{b}
	u.quantity = int64(d.u64())
	u.donation, u.prev, u.at, u.day, u.thing = d.u32(), d.u32(), d.u32(), int32(d.u32()), d.u32()
	u.kind = useKind(d.u8())
	return u.at < k.size && u.donation < k.donations && earlier(u.prev, i) && u.names(k)
}

func putDonor(c *capture, b []byte, x *donorRow, _ uint32) {
	e := encoder{b}
	donations := atomic.LoadUint32(&x.donations)
	for donations != none && c.b.donations.at(donations).at >= c.size {
		donations = c.b.donations.at(donations).prevGiven
	}
	e.uuid(x.id.UUID)
	e.u32(donations)
}

func getDonor(b []byte, x *donorRow, _ uint32, k *counts) bool {
	d := decoder{b}
	x.id.UUID, x.donations = d.uuid(), d.u32()
	return orNone(x.donations, k.donations)
}

func putGiver(c *capture, b []byte, x *giverRow, _ uint32) {
	e := encoder{b}
	links := atomic.LoadUint32(&x.links)
	for links != none && c.b.links.at(links).at >= c.size {
		links = c.b.links.at(links).prev
	}
	e.uuid(x.id.UUID)
	e.u32(links)
}

func getGiver(b []byte, x *giverRow, _ uint32, k *counts) bool {
	d := decoder{b}
	x.id.UUID, x.links = d.uuid(), d.u32()
	return orNone(x.links, k.links)
}

func putLink(c *capture, b []byte, l *linkRow, _ uint32) {
	e := encoder{b}
	e.u32s(l.donation, l.giver, l.prev, l.before, l.at, c.before(&l.until))
}

func getLink(b []byte, l *linkRow, i uint32, k *counts) bool {
	d := decoder{b}
	l.donation, l.giver, l.prev, l.before, l.at, l.until = d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	return l.at < k.size && k.came(l.until) && l.donation < k.donations && l.giver < k.givers && earlier(l.prev, i) && earlier(l.before, i)
}

func putPrint(_ *capture, b []byte, p *printRow, _ uint32) {
	e := encoder{b}
	e.u64(p.print)
	e.u64(p.alike)
	e.u32s(p.imported, p.prev, p.number, p.target, p.at)
	if p.gift {
		e.u8(1)
	} else {
		e.u8(0)
	}
}

func getPrint(b []byte, p *printRow, i uint32, k *counts) bool {
	d := decoder{b}
	p.print, p.alike = d.u64(), d.u64()
	p.imported, p.prev, p.number, p.target, p.at = d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	p.gift = d.u8() == 1
	return p.at < k.size && p.imported < k.imports && earlier(p.prev, i) &&
		(p.gift && p.target < k.gifts || !p.gift && p.target < k.entries)
}

func putAccount(c *capture, b []byte, a *accountRow, i uint32) {
	e := encoder{b}
	linkedAt, person := c.before(&a.linkedAt), domain.UUID{}
	if linkedAt != never {
		person = a.person
	}
	e.uuid(a.id)
	e.uuid(person)
	e.u32s(c.accounts[i], c.handles[i], c.before(&a.openedAt), linkedAt, c.before(&a.closedAt))
	e.u64(c.duties[i])
}

func getAccount(b []byte, a *accountRow, _ uint32, k *counts) bool {
	d := decoder{b}
	a.id, a.person = d.uuid(), d.uuid()
	a.next, a.handle, a.openedAt, a.linkedAt, a.closedAt = d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	a.duty = d.u64()
	return orNone(a.handle, k.handles) && k.came(a.openedAt) && k.came(a.linkedAt) && k.came(a.closedAt)
}

func putCommunity(c *capture, b []byte, x *communityRow, _ uint32) {
	e := encoder{b}
	memberships := atomic.LoadUint32(&x.memberships)
	for memberships != none && c.b.memberships.at(memberships).at >= c.size {
		memberships = c.b.memberships.at(memberships).prevHere
	}
	entries := atomic.LoadUint32(&x.entries)
	for entries != none && c.b.entries.at(entries).at >= c.size {
		entries = c.b.entries.at(entries).prevHere
	}
	e.u64(uint64(x.code))
	e.u32s(memberships, entries, c.activitiesHere(x))
}

func getCommunity(b []byte, x *communityRow, _ uint32, k *counts) bool {
	d := decoder{b}
	x.code, x.memberships, x.entries, x.activities = domain.CommunityCode(d.u64()), d.u32(), d.u32(), d.u32()
	return orNone(x.memberships, k.memberships) && orNone(x.entries, k.entries) && orNone(x.activities, k.activities) &&
		x.code.Valid()
}

func putWait(c *capture, b []byte, r *waitRow, _ uint32) {
	e := encoder{b}
	e.u32s(r.subject, r.at, c.before(&r.until), r.by, r.community, r.no, r.entry, r.other)
	e.u8(uint8(r.kind))
}

func getWait(b []byte, r *waitRow, _ uint32, k *counts) bool {
	d := decoder{b}
	r.subject, r.at, r.until, r.by, r.community, r.no, r.entry, r.other = d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	r.kind = waitKind(d.u8())
	return r.at < k.size && k.came(r.until) && orNone(r.by, k.accounts) && orNone(r.community, k.communities) &&
		r.names(k)
}

func putGuard(c *capture, b []byte, r *guardRow, _ uint32) {
	e := encoder{b}
	e.uuid(r.guardian.UUID)
	e.u32s(r.person, r.at, c.before(&r.until))
	e.u8(uint8(r.kind))
}

func getGuard(b []byte, r *guardRow, _ uint32, k *counts) bool {
	d := decoder{b}
	r.guardian.UUID = d.uuid()
	r.person, r.at, r.until = d.u32(), d.u32(), d.u32()
	r.kind = consentKind(d.u8())
	return r.at < k.size && k.came(r.until) && r.person < k.persons && int(r.kind) < len(consentKinds)
}

func putGroup(_ *capture, b []byte, u *domain.UUID, _ uint32) { copy(b, u[:]) }
func getGroup(b []byte, u *domain.UUID, _ uint32, _ *counts) bool {
	copy(u[:], b)
	return true
}

func putMark(_ *capture, b []byte, m *markRow, _ uint32) {
	e := encoder{b}
	e.u64(m.hi)
	e.u64(m.lo)
}

func getMark(b []byte, m *markRow, _ uint32, _ *counts) bool {
	d := decoder{b}
	m.hi, m.lo = d.u64(), d.u64()
	return true
}
