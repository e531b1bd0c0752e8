package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

func (b *books) applyActivity(f *fact) error {
	i := b.activityOf.find(f.ref.ID, f.hash)
	if i == none {
		if f.revision != 0 {
			return gap(f, 0)
		}
		e, ok := f.event.(*domain.ActivityScheduled)
		if !ok {
			return malformed("an activity begins with something else than its plan")
		}
		i = b.newActivity(domain.ActivityID{UUID: f.ref.ID}, e.Plan.Community, f.hash)
	}
	a := b.activities.at(i)
	if f.revision != uint64(a.next) {
		return gap(f, a.next)
	}
	if err := b.foldActivity(i, a, f); err != nil {
		return err
	}
	b.waitInActivity(i, a, f)
	b.touchActivity(a)
	b.clock(f.recorded)
	a.next++
	return nil
}

func (b *books) newActivity(id domain.ActivityID, c domain.CommunityCode, hash uint64) uint32 {
	community := b.communityOf(c)
	row := activityRow{
		id: id, plans: none, signUps: none, windows: none, attended: none, prevHere: none, community: community,
		at: b.size, cancelled: never, closed: never, attested: never,
	}
	if community != none {
		row.prevHere = b.communities.at(community).activities
		if row.prevHere == none {
			b.touch(community, 1<<touchCommunity) // it came into use
		}
	}
	i := b.activities.push(row)
	b.activityOf.insert(i, hash)
	if community != none {
		atomic.StoreUint32(&b.communities.at(community).activities, i)
	}
	return i
}

func (b *books) foldActivity(i uint32, a *activityRow, f *fact) error {
	switch e := f.event.(type) {
	case *domain.ActivityScheduled:
		b.plan(a, &e.Plan, "")
	case *domain.ActivityRescheduled:
		b.plan(a, &e.Plan, e.Notice)
		b.suspectAttendance(a)
	case *domain.ActivityCancelled:
		if a.cancelled != never {
			break
		}
		a.notice, a.cancelAt = b.plans.add(planWords{notice: e.Notice}), a.next
		atomic.StoreUint32(&a.cancelled, b.size) // a reader that sees it sees the notice, too
		b.suspectAttendance(a)
	case *domain.SignedUp:
		p, err := b.participant(e.Person)
		if err != nil {
			return err
		}
		if p == none {
			break
		}
		j := b.signUps.push(signUpRow{person: p, prev: a.signUps, at: b.size, withdrawn: never})
		atomic.StoreUint32(&a.signUps, j)
	case *domain.SignUpWithdrawn:
		p, err := b.participant(e.Person)
		if err != nil {
			return err
		}
		if p == none {
			break
		}
		if s := b.openSignUp(a, p); s != nil {
			atomic.StoreUint32(&s.withdrawn, b.size)
		}
	case *domain.CheckInOpened:
		j := b.windows.push(windowRow{from: int64(e.From), until: int64(e.Until), prev: a.windows, at: b.size, stopped: never})
		atomic.StoreUint32(&a.windows, j)
	case *domain.CheckInClosed:
		if w := b.lastWindow(a); w != nil {
			w.stop = int64(e.At)
			atomic.StoreUint32(&w.stopped, b.size)
		}
	case *domain.ActivityClosed:
		if a.closed != never {
			break
		}
		a.people = uint32(min(max(e.People, 0), int64(many)))
		atomic.StoreUint32(&a.closed, b.size)
	case *domain.ActivityAttested:
		if a.attested == never {
			a.attestAt, a.attester = a.next, b.accountNumber(f.account)
			atomic.StoreUint32(&a.attested, b.size) // a reader that sees it sees the account, too
			b.suspectAttendance(a)
		}
	}
	return nil
}

func (b *books) plan(a *activityRow, p *domain.Plan, notice string) {
	row := planRow{
		makeupOf: p.MakeupOf, inCharge: p.PersonInCharge, start: int64(p.Start), end: int64(p.End), prev: a.plans, at: b.size,
		words:        b.plans.add(planWords{p.Title, p.Category, p.Place, string(p.Layer), p.Series, notice}),
		organisation: none, capacity: p.Capacity, revision: a.next, kind: kindOf(p.Kind),
	}
	if !p.Organisation.IsZero() {
		row.organisation = b.groups.add(p.Organisation.UUID)
	}
	j := b.planRows.push(row)
	atomic.StoreUint32(&a.plans, j)
}

// lastWindow is the newest window, where nothing has closed it before its time.
func (b *books) lastWindow(a *activityRow) *windowRow {
	if a.windows == none || b.windows.at(a.windows).stopped != never {
		return nil
	}
	return b.windows.at(a.windows)
}

// participant is who signed up: the sign-up was judged on the person's stream,
// so the ledger knows the person.
func (b *books) participant(id domain.PersonID) (uint32, error) {
	i := b.personOf.find(id.UUID, hashUUID(id.UUID))
	if i == none && !b.partial {
		return none, malformed("somebody the ledger does not know signed up")
	}
	return i, nil
}

func (b *books) openSignUp(a *activityRow, person uint32) *signUpRow {
	for j := a.signUps; j != none; j = b.signUps.at(j).prev {
		if s := b.signUps.at(j); s.person == person && s.withdrawn == never {
			return s
		}
	}
	return nil
}

// checkIn notes a check-in, which counts for nothing yet.
func (b *books) checkIn(i uint32, e *domain.CheckedIn, f *fact) error {
	a := b.activityOf.find(e.Activity.UUID, hashUUID(e.Activity.UUID))
	if a == none && b.partial {
		return nil
	}
	if a == none {
		return malformed("a check-in to an activity the ledger does not know")
	}
	j := b.attend(a, attendanceRow{
		in: int64(e.At), until: int64(e.Until), person: i, checkIn: uint32(f.revision), read: e.Read.Revision, out: never,
	})
	b.openCheckIns[checkInKey{i, uint32(f.revision)}] = j
	return nil
}

// checkOut makes an entry, which waits to be confirmed, of a check-in.
func (b *books) checkOut(i uint32, p *personRow, e *domain.CheckedOut, f *fact) error {
	entry, err := b.offer(i, p, domain.EntryNo(f.revision), &e.Deed, f, 0)
	if err != nil {
		return err
	}
	key := checkInKey{i, uint32(e.CheckIn)}
	j, ok := b.openCheckIns[key]
	if !ok {
		return nil // its check-in was to no activity of the ledger's
	}
	delete(b.openCheckIns, key)
	row := b.attendances.at(j)
	row.entry = entry
	b.signs.at(entry).attendance = j
	atomic.StoreUint32(&row.out, b.size)
	b.touchActivity(b.activities.at(row.activity))
	return nil
}

// present notes an entry that was entered by the activity's own stream. A session
// that only a sheet names has no stream, and no roster.
func (b *books) present(entry uint32, e *domain.EntryClaimed) {
	if e.Deed.Activity.IsZero() || e.Read.Stream == "" {
		return
	}
	if a := b.activityOf.find(e.Deed.Activity.UUID, hashUUID(e.Deed.Activity.UUID)); a != none {
		b.signs.at(entry).attendance = b.attend(a, attendanceRow{
			person: b.entries.at(entry).person, checkIn: none, read: e.Read.Revision, entry: entry, out: b.size,
		})
	}
}

func (b *books) attend(activity uint32, row attendanceRow) uint32 {
	a := b.activities.at(activity)
	row.activity, row.prev, row.at = activity, a.attended, b.size
	j := b.attendances.push(row)
	atomic.StoreUint32(&a.attended, j)
	b.touchActivity(a)
	return j
}

func (b *books) touchActivity(a *activityRow) {
	b.happening.touch(a.id.UUID)
	if a.community != none {
		b.touchStanding(a.community, 1<<touchActivity)
	}
}
