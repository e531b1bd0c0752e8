package projections

import (
	"cmp"
	"slices"
	"strconv"
	"sync/atomic"

	"zhishu/domain"
)

// Roster is who signed up for an activity, who waits, and who was there.
type Roster struct {
	Footing
	ActivityInfo
	Rows  []RosterRow // sign-ups in their order, then those who came without one
	Total int64
	Next  string
}

// RosterRow is one person of a roster.
type RosterRow struct {
	Number   int64 // from 1
	Person   domain.PersonID
	State    PersonState
	SignedUp bool
	Place    int64 // among the places, or on the waiting list; from 1
	Waiting  bool
	Presence []Presence // in the order they became known
}

// Presence is one time somebody was there: a check-in, and what came of it.
type Presence struct {
	CheckIn domain.EntryNo // zero without one
	In      domain.Instant
	Until   domain.Instant // end of the window it was given in
	Read    uint32         // revision of the activity's stream it was judged on
	// Rescheduled and Cancelled: the activity's stream said so only after it was
	// judged on it.
	Rescheduled, Cancelled bool
	Entry                  domain.EntryNo // zero while it is pending
	Status                 domain.EntryStatus
	Span                   domain.Span
	Hours                  domain.HoursKind
}

// Pending reports a check-in without a check-out: it has no minutes.
func (p *Presence) Pending() bool { return p.Entry == 0 }

// Roster lists an activity's people. After of the page is a row's number.
func (v *View) Roster(id domain.ActivityID, page Page) (Roster, error) {
	i, ok := v.activity(id)
	if !ok {
		return Roster{}, ErrUnknownActivity
	}
	first := 0
	if page.After != "" {
		n, err := strconv.ParseUint(page.After, 10, 31)
		if err != nil {
			return Roster{}, ErrCursor
		}
		first = int(n)
	}
	rows := v.rosterOf(i)
	out := Roster{ActivityInfo: v.activityInfo(i), Total: int64(len(rows))}
	out.Footing = v.footing(out.Plan.Community.Division(), touchesActivity)
	rest := rows[min(first, len(rows)):]
	out.Rows = rest[:min(page.limit(), len(rest))]
	if len(out.Rows) < len(rest) {
		out.Next = strconv.Itoa(first + len(out.Rows))
	}
	return out, nil
}

// RosterOf lists of an activity's people those who are one's own, and tells of
// nobody else: the place of somebody who does not wait, and numbers in the list,
// would count those before, and so would the revision somebody was judged on.
func (v *View) RosterOf(id domain.ActivityID, own func(domain.PersonID) bool) (Roster, error) {
	i, ok := v.activity(id)
	if !ok {
		return Roster{}, ErrUnknownActivity
	}
	out := Roster{ActivityInfo: v.activityInfo(i)}
	out.Footing = v.footing(out.Plan.Community.Division(), touchesActivity)
	for _, row := range v.rosterOf(i) {
		if !own(row.Person) {
			continue
		}
		out.Total++
		if row.Number = out.Total; !row.Waiting {
			row.Place = 0
		}
		for i := range row.Presence {
			row.Presence[i].Read = 0
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

func (v *View) rosterOf(i uint32) []RosterRow {
	a := v.b.activities.at(i)
	var signUps []uint32 // persons
	v.eachSignUp(a, func(s *signUpRow) { signUps = append(signUps, s.person) })
	slices.Reverse(signUps)
	place := make(map[uint32]int, len(signUps))
	rows := make([]RosterRow, 0, len(signUps))
	row := func(person uint32) *RosterRow {
		n, ok := place[person]
		if !ok {
			n = len(rows)
			place[person] = n
			p := v.b.persons.at(person)
			rows = append(rows, RosterRow{Number: int64(n + 1), Person: p.id, State: p.state()})
		}
		return &rows[n]
	}
	capacity := int64(v.planRow(a).capacity)
	for n, person := range signUps {
		r := row(person)
		r.SignedUp, r.Place = true, int64(n+1)
		if capacity > 0 && r.Place > capacity {
			r.Place, r.Waiting = r.Place-capacity, true
		}
	}
	var there []*attendanceRow
	v.eachAttendance(a, func(r *attendanceRow) { there = append(there, r) })
	slices.Reverse(there)
	for _, r := range there {
		x := row(r.person)
		x.Presence = append(x.Presence, v.presence(r))
	}
	walkIns := rows[len(signUps):]
	slices.SortFunc(walkIns, func(a, b RosterRow) int {
		return cmp.Or(cmp.Compare(a.Presence[0].begin(), b.Presence[0].begin()), slices.Compare(a.Person.UUID[:], b.Person.UUID[:]))
	})
	for i := range walkIns {
		walkIns[i].Number = int64(len(signUps) + i + 1)
	}
	return rows
}

// begin orders people by when they came.
func (p *Presence) begin() domain.Instant {
	switch {
	case p.In != 0:
		return p.In
	case p.Span.Clocked():
		return p.Span.Start
	}
	return p.Span.Day.Start()
}

func (v *View) presence(r *attendanceRow) Presence {
	out := Presence{In: domain.Instant(r.in), Until: domain.Instant(r.until), Read: r.read}
	if r.checkIn != none {
		out.CheckIn = domain.EntryNo(r.checkIn)
	}
	a := v.b.activities.at(r.activity)
	out.Rescheduled = v.planRow(a).revision > r.read
	out.Cancelled = atomic.LoadUint32(&a.cancelled) < v.size && a.cancelAt > r.read
	if r.pending(v.size) {
		return out
	}
	row, status := v.entryStanding(r.entry)
	out.Entry, out.Status, out.Span = domain.EntryNo(row.entry), status, row.span()
	if row.flags&entryCredit != 0 {
		out.Hours = domain.Credit
	}
	return out
}

// PendingCheckIn is a check-in of a person without a check-out. It counts for
// nothing, and nothing is written because time has passed.
type PendingCheckIn struct {
	Person   domain.PersonID // whose stream it stands in
	No       domain.EntryNo
	Activity domain.ActivityID
	Title    string
	Kind     domain.EntryKind
	At       domain.Instant
	Until    domain.Instant // end of the window it was given in
	Status   ActivityStatus // of the activity
	// Entered: an entry of the same activity was recorded otherwise.
	Entered bool
}

// pendingOf lists a folded person's open check-ins.
func (v *View) pendingOf(id domain.PersonID, p *domain.Person) (out []PendingCheckIn) {
	for _, c := range p.CheckIns {
		x := PendingCheckIn{Person: id, No: c.No, Activity: c.Activity, Kind: c.Kind, At: c.At, Until: c.Until}
		if i, ok := v.activity(c.Activity); ok {
			a := v.b.activities.at(i)
			x.Title, x.Status = v.b.plans.value(v.planRow(a).words).title, v.statusOf(a)
		}
		for i := range p.Entries {
			x.Entered = x.Entered || p.Entries[i].Live() && p.Entries[i].Deed.Activity == c.Activity
		}
		out = append(out, x)
	}
	return out
}
