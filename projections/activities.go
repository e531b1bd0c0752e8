package projections

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"zhishu/domain"
)

// ErrUnknownActivity: the ledger did not know the activity at that size.
var ErrUnknownActivity = errors.New("the ledger knows no such activity at this point")

// ActivityStatus is where an activity stands.
type ActivityStatus string

const (
	ActivityAnnounced ActivityStatus = "announced"
	ActivityCancelled ActivityStatus = "cancelled"
	ActivityClosed    ActivityStatus = "closed"
	ActivityAttested  ActivityStatus = "attested"
)

// ActivityInfo is an activity as it stands at a view, with what is counted of
// it. Places and waiting follow from the order of sign-ups.
type ActivityInfo struct {
	Activity  domain.ActivityID
	Plan      domain.Plan
	Status    ActivityStatus
	Notice    string // of the cancellation, or of the last change of plan
	People    int64  // present as counted by hand; once closed
	Places    int64  // sign-ups within the capacity
	Waiting   int64  // sign-ups beyond it
	Pending   int64  // check-ins without a check-out
	Claimed   int64  // entries that wait to be confirmed
	Confirmed int64
	Minutes   domain.Minutes // of the confirmed ones
}

// Window is a check-in window that was opened.
type Window struct {
	From, Until domain.Instant
}

// ActivityDetail adds what a list has no room for.
type ActivityDetail struct {
	Footing
	ActivityInfo
	Windows []Window            // in order
	Plans   []PlanVersion       // in order; the last one stands
	MadeUp  []domain.ActivityID // sessions that stand for this one
}

// PlanVersion is a plan and since when it stood.
type PlanVersion struct {
	From   domain.Size
	Plan   domain.Plan
	Notice string
}

// activity is the row of an activity known at the view.
func (v *View) activity(id domain.ActivityID) (uint32, bool) {
	i := v.b.activityOf.find(id.UUID, hashUUID(id.UUID))
	return i, i != none && v.b.activities.at(i).at < v.size
}

// HasActivity reports whether an activity has a stream at the view: sessions
// that only a sheet names have none.
func (v *View) HasActivity(id domain.ActivityID) bool {
	_, ok := v.activity(id)
	return ok
}

// Activity is one activity at the view.
func (v *View) Activity(id domain.ActivityID) (ActivityDetail, error) {
	i, ok := v.activity(id)
	if !ok {
		return ActivityDetail{}, ErrUnknownActivity
	}
	a := v.b.activities.at(i)
	out := ActivityDetail{ActivityInfo: v.activityInfo(i)}
	for j := atomic.LoadUint32(&a.windows); j != none; j = v.b.windows.at(j).prev {
		if w := v.b.windows.at(j); w.at < v.size {
			out.Windows = append(out.Windows, v.window(w))
		}
	}
	slices.Reverse(out.Windows)
	for j := atomic.LoadUint32(&a.plans); j != none; j = v.b.planRows.at(j).prev {
		if p := v.b.planRows.at(j); p.at < v.size {
			out.Plans = append(out.Plans, PlanVersion{domain.Size(p.at), v.planOf(a, p), v.b.plans.value(p.words).notice})
		}
	}
	slices.Reverse(out.Plans)
	if a.community != none {
		v.activitiesOf(a.community, func(j uint32) {
			if p := v.planRow(v.b.activities.at(j)); p.makeupOf == id {
				out.MadeUp = append(out.MadeUp, v.b.activities.at(j).id)
			}
		})
	}
	slices.Reverse(out.MadeUp)
	out.Footing = v.footing(out.Plan.Community.Division(), touchesActivity)
	return out, nil
}

// touchesActivity: the entries of an activity are recorded by its
// community.
const touchesActivity = 1<<touchActivity | 1<<touchService | 1<<touchStudy

func (v *View) window(w *windowRow) Window {
	until := domain.Instant(w.until)
	if atomic.LoadUint32(&w.stopped) < v.size {
		until = min(until, domain.Instant(w.stop))
	}
	return Window{domain.Instant(w.from), until}
}

// planRow is the plan that stands at the view.
func (v *View) planRow(a *activityRow) *planRow {
	j := atomic.LoadUint32(&a.plans)
	for v.b.planRows.at(j).at >= v.size {
		j = v.b.planRows.at(j).prev
	}
	return v.b.planRows.at(j)
}

func (v *View) planOf(a *activityRow, p *planRow) domain.Plan {
	w := v.b.plans.value(p.words)
	out := domain.Plan{
		Kind: activityKinds[p.kind], Title: w.title, Category: w.category, Place: w.place, Layer: domain.Layer(w.layer),
		Start: domain.Instant(p.start), End: domain.Instant(p.end), Capacity: p.capacity, Series: w.series,
		MakeupOf: p.makeupOf, PersonInCharge: p.inCharge,
	}
	if a.community != none {
		out.Community = v.b.communities.at(a.community).code
	}
	if p.organisation != none {
		out.Organisation.UUID = v.b.groups.value(p.organisation)
	}
	return out
}

func (v *View) statusOf(a *activityRow) ActivityStatus {
	switch {
	case atomic.LoadUint32(&a.cancelled) < v.size:
		return ActivityCancelled
	case atomic.LoadUint32(&a.attested) < v.size:
		return ActivityAttested
	case atomic.LoadUint32(&a.closed) < v.size:
		return ActivityClosed
	}
	return ActivityAnnounced
}

// activityInfo counts an activity.
func (v *View) activityInfo(i uint32) ActivityInfo {
	a := v.b.activities.at(i)
	p := v.planRow(a)
	out := ActivityInfo{Activity: a.id, Plan: v.planOf(a, p), Status: v.statusOf(a), Notice: v.b.plans.value(p.words).notice}
	switch out.Status {
	case ActivityCancelled:
		out.Notice = v.b.plans.value(a.notice).notice
	case ActivityClosed, ActivityAttested:
		out.People = int64(a.people)
	}
	signUps := int64(0)
	v.eachSignUp(a, func(*signUpRow) { signUps++ })
	out.Places = signUps
	if c := int64(p.capacity); c > 0 && signUps > c {
		out.Places, out.Waiting = c, signUps-c
	}
	v.eachAttendance(a, func(r *attendanceRow) {
		if r.pending(v.size) {
			out.Pending++
			return
		}
		switch row, status := v.entryStanding(r.entry); status {
		case domain.Claimed:
			out.Claimed++
		case domain.Confirmed:
			out.Confirmed++
			out.Minutes += domain.Minutes(row.minutes)
		}
	})
	return out
}

// eachSignUp calls f for the sign-ups that hold at the view, the newest first.
func (v *View) eachSignUp(a *activityRow, f func(*signUpRow)) {
	for j := atomic.LoadUint32(&a.signUps); j != none; {
		s := v.b.signUps.at(j)
		if s.at < v.size && atomic.LoadUint32(&s.withdrawn) >= v.size {
			f(s)
		}
		j = s.prev
	}
}

// eachAttendance calls f for who was there as known at the view, the newest
// first.
func (v *View) eachAttendance(a *activityRow, f func(*attendanceRow)) {
	for j := atomic.LoadUint32(&a.attended); j != none; {
		r := v.b.attendances.at(j)
		if r.at < v.size {
			f(r)
		}
		j = r.prev
	}
}

// entryStanding is the value that stands of the entry that a row claimed; a
// rejected or voided entry has its last value.
func (v *View) entryStanding(claim uint32) (*entryRow, domain.EntryStatus) {
	r := v.b.entries.at(claim)
	switch {
	case r.waits(v.size):
		return r, domain.Claimed
	case r.counts(v.size):
		return r, domain.Confirmed
	case atomic.LoadUint32(&r.effective) >= v.size:
		return r, domain.Rejected
	}
	last := r
	for j := atomic.LoadUint32(&v.b.persons.at(r.person).entries); j != none && j != claim; j = v.b.entries.at(j).prev {
		x := v.b.entries.at(j)
		if x.entry != r.entry || atomic.LoadUint32(&x.effective) >= v.size {
			continue
		}
		if x.counts(v.size) {
			return x, domain.Confirmed
		}
		if last == r {
			last = x
		}
	}
	return last, domain.Voided
}

// activitiesOf calls f for a community's activities known at the view, the
// newest first.
func (v *View) activitiesOf(community uint32, f func(uint32)) {
	for j := atomic.LoadUint32(&v.b.communities.at(community).activities); j != none; {
		a := v.b.activities.at(j)
		if a.at < v.size {
			f(j)
		}
		j = a.prevHere
	}
}

// activitiesIn lists the activities of a division's communities whose time
// touches a period, by start and identity. Successions are followed by the day
// of the activity.
func (v *View) activitiesIn(d domain.Division, period domain.Period) []uint32 {
	lists := parallel(v.b.communitiesIn(d), func(c codeNumber) (list []uint32) {
		for _, name := range v.namesOf(c.number) {
			v.activitiesOf(name, func(i uint32) {
				p := v.planRow(v.b.activities.at(i))
				first, last := domain.Instant(p.start).Day(), domain.Instant(p.end-1).Day()
				if first <= period.To && period.From <= last && (v.moved == nil || v.standsFor(name, first) == c.number) {
					list = append(list, i)
				}
			})
		}
		return list
	})
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(i, j uint32) int { return v.compareActivities(i, j) })
	return all
}

func (v *View) compareActivities(i, j uint32) int {
	a, b := v.b.activities.at(i), v.b.activities.at(j)
	return cmp.Or(cmp.Compare(v.planRow(a).start, v.planRow(b).start), slices.Compare(a.id.UUID[:], b.id.UUID[:]))
}

// Timetable lists activities in the order in which they begin.
type Timetable struct {
	Footing
	Division domain.Division
	Period   domain.Period
	Rows     []ActivityInfo
	Total    int64
	Next     string
}

// Timetable lists a division's activities whose time touches a period.
func (v *View) Timetable(d domain.Division, period domain.Period, page Page) (Timetable, error) {
	after, err := parseActivityCursor(page.After)
	if err != nil {
		return Timetable{}, err
	}
	all := v.activitiesIn(d, period)
	out := Timetable{Division: d, Period: period, Total: int64(len(all)), Footing: v.footing(d, touchesActivity)}
	first := 0
	if page.After != "" {
		first, _ = slices.BinarySearchFunc(all, after, func(i uint32, c activityCursor) int {
			a := v.b.activities.at(i)
			if n := cmp.Or(cmp.Compare(v.planRow(a).start, c.start), slices.Compare(a.id.UUID[:], c.id.UUID[:])); n != 0 {
				return n
			}
			return -1 // begin behind it
		})
	}
	rest := all[first:]
	shown := rest[:min(page.limit(), len(rest))]
	out.Rows = parallel(shown, v.activityInfo)
	if len(shown) < len(rest) {
		last := out.Rows[len(out.Rows)-1]
		out.Next = activityCursor{int64(last.Plan.Start), last.Activity}.String()
	}
	return out, nil
}

// activityCursor is the place of an activity in a timetable.
type activityCursor struct {
	start int64
	id    domain.ActivityID
}

func (c activityCursor) String() string { return strconv.FormatInt(c.start, 10) + "." + c.id.String() }

func parseActivityCursor(s string) (c activityCursor, err error) {
	if s == "" {
		return c, nil
	}
	start, id, ok := strings.Cut(s, ".")
	if !ok {
		return c, ErrCursor
	}
	if c.start, err = strconv.ParseInt(start, 10, 64); err != nil {
		return c, ErrCursor
	}
	if c.id.UUID, err = domain.ParseUUID(id); err != nil {
		return c, ErrCursor
	}
	return c, nil
}
