package projections

import "sync/atomic"

// chain follows a chain to its newest row that came before the capture.
func (c *capture) chain(head *uint32, at, prev func(uint32) uint32) uint32 {
	j := atomic.LoadUint32(head)
	for j != none && at(j) >= c.size {
		j = prev(j)
	}
	return j
}

func (c *capture) activitiesHere(x *communityRow) uint32 {
	return c.chain(&x.activities,
		func(j uint32) uint32 { return c.b.activities.at(j).at }, func(j uint32) uint32 { return c.b.activities.at(j).prevHere })
}

func putActivity(c *capture, b []byte, a *activityRow, i uint32) {
	e := encoder{b}
	e.uuid(a.id.UUID)
	e.u32s(
		c.chain(&a.plans, func(j uint32) uint32 { return c.b.planRows.at(j).at }, func(j uint32) uint32 { return c.b.planRows.at(j).prev }),
		c.chain(&a.signUps, func(j uint32) uint32 { return c.b.signUps.at(j).at }, func(j uint32) uint32 { return c.b.signUps.at(j).prev }),
		c.chain(&a.windows, func(j uint32) uint32 { return c.b.windows.at(j).at }, func(j uint32) uint32 { return c.b.windows.at(j).prev }),
		c.chain(&a.attended, func(j uint32) uint32 { return c.b.attendances.at(j).at }, func(j uint32) uint32 { return c.b.attendances.at(j).prev }),
	)
	cancelled, closed, attested := c.before(&a.cancelled), c.before(&a.closed), c.before(&a.attested)
	notice, cancelAt, people, attestAt, attester := uint32(0), uint32(0), uint32(0), uint32(0), uint32(0)
	if cancelled != never {
		notice, cancelAt = a.notice, a.cancelAt
	}
	if closed != never {
		people = a.people
	}
	if attested != never {
		attestAt, attester = a.attestAt, a.attester
	}
	e.u32s(a.prevHere, a.community, a.at, c.activities[i], cancelled, closed, attested, notice, people, cancelAt, attestAt, attester)
}

func getActivity(b []byte, a *activityRow, i uint32, k *counts) bool {
	d := decoder{b}
	a.id.UUID = d.uuid()
	a.plans, a.signUps, a.windows, a.attended = d.u32(), d.u32(), d.u32(), d.u32()
	a.prevHere, a.community, a.at, a.next = d.u32(), d.u32(), d.u32(), d.u32()
	a.cancelled, a.closed, a.attested, a.notice, a.people, a.cancelAt = d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	a.attestAt, a.attester = d.u32(), d.u32()
	return a.at < k.size && k.came(a.cancelled) && k.came(a.closed) && k.came(a.attested) && a.plans < k.plans &&
		orNone(a.signUps, k.signUps) && orNone(a.windows, k.windows) && orNone(a.attended, k.attendances) &&
		earlier(a.prevHere, i) && orNone(a.community, k.communities) && (a.cancelled == never || a.notice < k.words) &&
		(a.attested == never || orNone(a.attester, k.accounts))
}

func putPlan(_ *capture, b []byte, p *planRow, _ uint32) {
	e := encoder{b}
	e.uuid(p.makeupOf.UUID)
	e.uuid(p.inCharge.UUID)
	e.u64(uint64(p.start))
	e.u64(uint64(p.end))
	e.u32s(p.prev, p.at, p.words, p.organisation, p.capacity, p.revision)
	e.u8(uint8(p.kind))
}

func getPlan(b []byte, p *planRow, i uint32, k *counts) bool {
	d := decoder{b}
	p.makeupOf.UUID, p.inCharge.UUID = d.uuid(), d.uuid()
	p.start, p.end = int64(d.u64()), int64(d.u64())
	p.prev, p.at, p.words, p.organisation, p.capacity, p.revision = d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	p.kind = activityKind(d.u8())
	return p.at < k.size && earlier(p.prev, i) && p.words < k.words && orNone(p.organisation, k.groups) &&
		int(p.kind) < len(activityKinds)
}

func putSignUp(c *capture, b []byte, s *signUpRow, _ uint32) {
	e := encoder{b}
	e.u32s(s.person, s.prev, s.at, c.before(&s.withdrawn))
}

func getSignUp(b []byte, s *signUpRow, i uint32, k *counts) bool {
	d := decoder{b}
	s.person, s.prev, s.at, s.withdrawn = d.u32(), d.u32(), d.u32(), d.u32()
	return s.at < k.size && k.came(s.withdrawn) && s.person < k.persons && earlier(s.prev, i)
}

func putWindow(c *capture, b []byte, w *windowRow, _ uint32) {
	e := encoder{b}
	stopped, stop := c.before(&w.stopped), int64(0)
	if stopped != never {
		stop = w.stop
	}
	e.u64(uint64(w.from))
	e.u64(uint64(w.until))
	e.u64(uint64(stop))
	e.u32s(w.prev, w.at, stopped)
}

func getWindow(b []byte, w *windowRow, i uint32, k *counts) bool {
	d := decoder{b}
	w.from, w.until, w.stop = int64(d.u64()), int64(d.u64()), int64(d.u64())
	w.prev, w.at, w.stopped = d.u32(), d.u32(), d.u32()
	return w.at < k.size && k.came(w.stopped) && earlier(w.prev, i)
}

func putAttendance(c *capture, b []byte, r *attendanceRow, _ uint32) {
	e := encoder{b}
	out, entry := c.before(&r.out), uint32(0)
	if out != never {
		entry = r.entry
	}
	e.u64(uint64(r.in))
	e.u64(uint64(r.until))
	e.u32s(r.activity, r.person, r.prev, r.at, r.checkIn, r.read, entry, out)
}

func getAttendance(b []byte, r *attendanceRow, i uint32, k *counts) bool {
	d := decoder{b}
	r.in, r.until = int64(d.u64()), int64(d.u64())
	r.activity, r.person, r.prev, r.at, r.checkIn, r.read, r.entry, r.out =
		d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32(), d.u32()
	return r.at < k.size && k.came(r.out) && r.activity < k.activities && r.person < k.persons && earlier(r.prev, i) &&
		(r.out == never || r.entry < k.entries)
}

func (w planWords) stored() [6]string {
	return [6]string{w.title, w.category, w.place, w.layer, w.series, w.notice}
}

func planWordsOf(s [6]string) planWords { return planWords{s[0], s[1], s[2], s[3], s[4], s[5]} }

// indexActivities finds activities and open check-ins again.
func (b *books) indexActivities() {
	b.activityOf.reserve(int(b.activities.n))
	for i := range b.activities.n {
		b.activityOf.insert(i, hashUUID(b.activities.at(i).id.UUID))
	}
	for i := range b.attendances.n {
		if r := b.attendances.at(i); r.out == never {
			b.openCheckIns[checkInKey{r.person, r.checkIn}] = i
		}
	}
}

// activityTables are the tables of fixed rows that activities have.
var activityTables = []table{
	tableOf("activities", 80, func(b *books) *column[activityRow] { return &b.activities }, putActivity, getActivity),
	tableOf("plans", 73, func(b *books) *column[planRow] { return &b.planRows }, putPlan, getPlan),
	tableOf("signups", 16, func(b *books) *column[signUpRow] { return &b.signUps }, putSignUp, getSignUp),
	tableOf("windows", 36, func(b *books) *column[windowRow] { return &b.windows }, putWindow, getWindow),
	tableOf("attendances", 48, func(b *books) *column[attendanceRow] { return &b.attendances }, putAttendance, getAttendance),
}
