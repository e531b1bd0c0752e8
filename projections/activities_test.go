package projections

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// judgedOn gives a command what it reads of another stream, as the command
// handler does.
func (w *world) judgedOn(c domain.Command) domain.Command {
	r, ok := c.(domain.Reader)
	if !ok || r.Reads() == "" {
		return w.besideNumbers(c)
	}
	read := domain.Reading{Stream: r.Reads(), Revision: uint32(max(1, w.counts[r.Reads()]) - 1)}
	return w.besideNumbers(r.Given(domain.Found{Reading: read, State: w.state(r.Reads()), Now: w.now,
		Codes: func(domain.ActivityID, uint32, int64) string { return "code" }}))
}

// readOf is what a step's event says it was judged on.
func readOf(e domain.Event) domain.Reading {
	switch e := e.(type) {
	case *domain.ActivityScheduled:
		return e.Read
	case *domain.ActivityRescheduled:
		return e.Read
	case *domain.SignedUp:
		return e.Read
	case *domain.CheckedIn:
		return e.Read
	case *domain.CheckedOut:
		return e.Read
	case *domain.EntryClaimed:
		return e.Read
	case *domain.EntryConfirmed:
		return e.Read
	}
	return domain.Reading{}
}

// mayFollow reports whether what a step was judged on is in the log.
func (w *world) mayFollow(s step) bool {
	read := readOf(s.event)
	return read.Stream == "" || w.counts[read.Stream] > uint64(read.Revision)
}

var kindsOfMeetings = []domain.ActivityKind{
	domain.ServiceActivity, domain.StudySession, domain.Talk, domain.Course, domain.DonationDrive,
}

func (h *history) meeting() domain.ActivityID {
	return activity(100 + h.pick("meeting", max(1, h.meets)))
}

func (h *history) planned(start domain.Instant) domain.Plan {
	p := domain.Plan{
		Kind: kindsOfMeetings[h.pick("kind", len(kindsOfMeetings))], Title: fmt.Sprint("活动", h.pick("title", 3)), Place: "广场",
		Category:  []string{"", "", "课程", "宣讲"}[h.pick("category", 4)],
		Community: h.community(), Start: start, End: start + domain.Instant(h.pick("length", 120)+1)*60_000,
		Capacity: uint32(h.pick("capacity", 4)), PersonInCharge: person(h.pick("in charge", 3)),
	}
	if p.Kind == domain.Course || h.chance("series", 3) {
		p.Series = fmt.Sprint("系列", h.pick("series", 2))
	}
	if h.chance("makeup", 5) {
		p.MakeupOf = h.meeting()
	}
	return p
}

// meet holds an activity from its plan to its end, leaving steps out.
func (h *history) meet() {
	id := activity(100 + h.meets)
	h.meets++
	plan := h.planned(h.now + domain.Instant(h.pick("ahead", 30))*60_000)
	if h.do(recorder, &domain.ScheduleActivity{Activity: id, Plan: plan}) != nil {
		return
	}
	for range h.pick("sign-ups", 4) {
		_ = h.do(recorder, &domain.SignUpFor{Activity: id, Person: h.person()})
	}
	_ = h.do(recorder, &domain.OpenCheckIn{Activity: id})
	for range h.pick("check-ins", 6) {
		_ = h.do(recorder, &domain.CheckInTo{Person: h.person(), Activity: id, Code: "code"})
	}
	if h.chance("shut", 4) {
		_ = h.do(recorder, &domain.CloseCheckIn{Activity: id})
	}
	h.now = max(h.now, plan.Start) + domain.Instant(h.pick("stay", 60))*60_000
	for n := range h.people {
		if p := person(n); h.chance("check-out", 2) && len(h.state(p.Stream()).(*domain.Person).CheckIns) > 0 {
			_ = h.do(recorder, &domain.CheckOutOf{Person: p, Activity: id, Code: "code"})
		}
	}
	if h.chance("signed", 2) {
		_ = h.do(recorder, &domain.CloseActivity{Activity: id, People: int64(h.pick("people", 20))})
		_ = h.do(confirmer, &domain.AttestActivity{Activity: id, Evidence: []domain.Evidence{{Kind: "登记表"}}})
	}
}

// arrange changes an activity.
func (h *history) arrange() {
	id := h.meeting()
	switch h.pick("arrange", 7) {
	case 0:
		old := h.state(id.Stream()).(*domain.Activity).Plan
		p := h.planned(old.Start + domain.Instant(h.pick("later", 3*24))*3_600_000)
		p.Kind, p.Community, p.Series = old.Kind, old.Community, "系列"
		_ = h.do(recorder, &domain.RescheduleActivity{Activity: id, Plan: p, Notice: "改期"})
	case 1:
		_ = h.do(recorder, &domain.CancelActivity{Activity: id, Notice: "停电"})
	case 2:
		_ = h.do(recorder, &domain.OpenCheckIn{Activity: id})
	case 3:
		_ = h.do(recorder, &domain.CloseCheckIn{Activity: id})
	case 4:
		_ = h.do(recorder, &domain.CloseActivity{Activity: id, People: 3})
	default:
		_ = h.do(confirmer, &domain.AttestActivity{Activity: id, Evidence: []domain.Evidence{{Kind: "登记表"}}})
	}
}

// takePart is something a person does at an activity, or that is done for it.
func (h *history) takePart() {
	id, p := h.meeting(), h.person()
	switch h.pick("take part", 6) {
	case 0:
		_ = h.do(recorder, &domain.SignUpFor{Activity: id, Person: p})
	case 1:
		for _, s := range h.state(id.Stream()).(*domain.Activity).SignUps {
			p = s.Person
		}
		_ = h.do(recorder, &domain.WithdrawSignUp{Activity: id, Person: p})
	case 2:
		_ = h.do(recorder, &domain.CheckOutOf{Person: p, Activity: id, Code: "code"})
	case 3:
		c := &domain.EnterAttendance{Person: p, Activity: id, Evidence: []domain.Evidence{{Kind: "签到表"}}}
		if h.chance("a part", 2) {
			c.Span = domain.Span{Day: h.state(id.Stream()).(*domain.Activity).Plan.Start.Day(), Minutes: domain.Minutes(1 + h.pick("part", 60))}
		}
		_ = h.do(recorder, c)
	default:
		_ = h.do(confirmer, &domain.ConfirmAttendance{Person: p, Activity: id})
	}
}

// meeting is an activity as the model keeps it.
type meeting struct {
	state *domain.Activity
	plans int
	next  uint32 // revision of the next event
	plan  uint32 // revision of the plan that stands
	off   uint32 // revision of the cancellation
	last  string // notice
	there []presence
}

type presence struct {
	person  domain.PersonID
	checkIn domain.EntryNo
	in      domain.Instant
	entry   domain.EntryNo
	read    uint32
}

// meet notes what a step says of an activity, after it was folded.
func (m *model) meet(ref domain.StreamRef, s step, after domain.State) {
	id := domain.PersonID{UUID: ref.ID}
	no := domain.EntryNo(0)
	if p, ok := after.(*domain.Person); ok && len(p.Entries) > 0 {
		no = p.Entries[len(p.Entries)-1].No
	}
	if x := m.meetings[domain.ActivityID{UUID: ref.ID}]; x != nil && ref.Category == domain.ActivityCategory {
		x.next++
	}
	switch e := s.event.(type) {
	case *domain.ActivityScheduled:
		m.meetings[e.Activity].plans++
	case *domain.ActivityRescheduled:
		x := m.meetings[e.Activity]
		x.plans++
		x.last, x.plan = e.Notice, x.next-1
	case *domain.ActivityCancelled:
		x := m.meetings[e.Activity]
		x.last, x.off = e.Notice, x.next-1
	case *domain.CheckedIn:
		x := m.meetings[e.Activity]
		open := after.(*domain.Person).CheckIns
		x.there = append(x.there, presence{id, open[len(open)-1].No, e.At, 0, e.Read.Revision})
	case *domain.CheckedOut:
		x := m.meetings[e.Deed.Activity]
		for i := range x.there {
			if x.there[i].person == id && x.there[i].checkIn == e.CheckIn {
				x.there[i].entry = no
			}
		}
	case *domain.EntryClaimed:
		if e.Read.Stream != "" {
			x := m.meetings[e.Deed.Activity]
			x.there = append(x.there, presence{person: id, entry: no, read: e.Read.Revision})
		}
	}
}

// info is what the model counts of an activity.
func (m *model) info(id domain.ActivityID) ActivityInfo {
	x := m.meetings[id]
	a := x.state
	out := ActivityInfo{Activity: id, Plan: a.Plan, Status: ActivityAnnounced, Notice: x.last}
	switch {
	case a.Cancelled:
		out.Status = ActivityCancelled
	case a.Attested:
		out.Status, out.People = ActivityAttested, a.People
	case a.Closed:
		out.Status, out.People = ActivityClosed, a.People
	}
	for _, s := range a.SignUps {
		if _, waiting, _ := a.Place(s.Person); waiting {
			out.Waiting++
		} else {
			out.Places++
		}
	}
	for _, p := range x.there {
		if p.entry == 0 {
			out.Pending++
			continue
		}
		switch e := m.people[p.person].Entry(p.entry); e.Status {
		case domain.Claimed:
			out.Claimed++
		case domain.Confirmed:
			out.Confirmed++
			out.Minutes += e.Deed.Span.Minutes
		}
	}
	return out
}

func checkRosters(t tb, v *View, m *model) {
	t.Helper()
	for id := range m.meetings {
		a := m.meetings[id].state
		if !a.Exists {
			continue
		}
		detail, err := v.Activity(id)
		want(t, "activity", err, nil)
		want(t, "activity", detail.ActivityInfo, m.info(id))
		want(t, "plans", len(detail.Plans), m.meetings[id].plans)
		want(t, "the last plan", detail.Plans[len(detail.Plans)-1].Plan, a.Plan)
		rows := everyRow(t, 2, func(p Page) ([]RosterRow, string, error) {
			r, err := v.Roster(id, p)
			return r.Rows, r.Next, err
		})
		var got, wanted []string
		for i, r := range rows {
			want(t, "number", r.Number, int64(i+1))
			if r.SignedUp {
				got = append(got, fmt.Sprint(r.Person, r.Place, r.Waiting))
			}
			for _, p := range r.Presence {
				got = append(got, fmt.Sprint("there ", r.Person, p.CheckIn, p.In, p.Entry, p.Status, p.Rescheduled, p.Cancelled))
			}
		}
		for _, s := range a.SignUps {
			place, waiting, _ := a.Place(s.Person)
			wanted = append(wanted, fmt.Sprint(s.Person, place, waiting))
		}
		for _, p := range m.meetings[id].there {
			status := domain.EntryStatus(0)
			if p.entry != 0 {
				status = m.people[p.person].Entry(p.entry).Status
			}
			wanted = append(wanted, fmt.Sprint("there ", p.person, p.checkIn, p.in, p.entry, status, m.meetings[id].plan > p.read, m.meetings[id].off > p.read))
		}
		slices.Sort(got)
		slices.Sort(wanted)
		want(t, "roster", fmt.Sprint(got), fmt.Sprint(wanted))
	}
}

func checkTimetable(t tb, v *View, m *model, d domain.Division, period domain.Period) {
	t.Helper()
	var wanted []ActivityInfo
	sums := map[domain.ActivityKind]ActivitySum{}
	series := map[string]ActivitySum{}
	for id, x := range m.meetings {
		p := x.state.Plan
		if !x.state.Exists || !in(d, m.standsFor(p.Community, p.Start.Day())) || p.Start.Day() > period.To || (p.End-1).Day() < period.From {
			continue
		}
		info := m.info(id)
		wanted = append(wanted, info)
		if !period.Contains(p.Start.Day()) {
			continue
		}
		s := sums[p.Kind]
		s.add(sumByHand(info))
		sums[p.Kind] = s
		if p.Series != "" {
			key := fmt.Sprint(m.standsFor(p.Community, p.Start.Day()), p.Series)
			s := series[key]
			s.add(sumByHand(info))
			series[key] = s
		}
	}
	slices.SortFunc(wanted, func(a, b ActivityInfo) int {
		return cmp.Or(cmp.Compare(a.Plan.Start, b.Plan.Start), slices.Compare(a.Activity.UUID[:], b.Activity.UUID[:]))
	})
	got := everyRow(t, 3, func(p Page) ([]ActivityInfo, string, error) {
		table, err := v.Timetable(d, period, p)
		return table.Rows, table.Next, err
	})
	want(t, "timetable", fmt.Sprint(got), fmt.Sprint(wanted))
	whole := *v
	whole.everything = true
	totals := whole.ActivityTotals(d, period)
	for _, k := range totals.Kinds {
		want(t, "totals of "+string(k.Kind), k.ActivitySum, sums[k.Kind])
	}
	want(t, "kinds", len(totals.Kinds), len(sums))
	for _, s := range totals.Series {
		want(t, "totals of "+s.Series, s.ActivitySum, series[fmt.Sprint(s.Community, s.Series)])
	}
	want(t, "series", len(totals.Series), len(series))
}

func sumByHand(a ActivityInfo) ActivitySum {
	s := ActivitySum{Scheduled: 1}
	if a.Status == ActivityCancelled {
		s.Cancelled = 1
		return s
	}
	s.People, s.SignUps, s.Attendances, s.Claimed, s.Pending, s.Minutes = a.People, a.Places+a.Waiting, a.Confirmed, a.Claimed, a.Pending, a.Minutes
	if a.Status == ActivityClosed || a.Status == ActivityAttested {
		s.Held = 1
		if !a.Plan.MakeupOf.IsZero() {
			s.Makeups = 1
		}
	}
	if a.Status == ActivityAttested {
		s.Attested = 1
	}
	return s
}

// TestAnActivityFromItsPlanToItsStatement follows one activity by hand.
func TestAnActivityFromItsPlanToItsStatement(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	p1, p2, p3 := w.enrol(1, c, "2024-01-01"), w.enrol(2, c, "2024-01-01"), w.enrol(3, c, "2024-01-01")
	id := activity(1)
	w.now = day(t, "2026-03-10").Start() + 8*3_600_000
	const minute = domain.Instant(60_000)
	plan := domain.Plan{Kind: domain.ServiceActivity, Title: "清洁日", Community: c, Start: w.now, End: w.now + 120*minute, Capacity: 1}
	w.must(recorder, &domain.ScheduleActivity{Activity: id, Plan: plan})
	w.must(recorder, &domain.SignUpFor{Activity: id, Person: p1})
	w.must(recorder, &domain.SignUpFor{Activity: id, Person: p2})
	w.must(recorder, &domain.OpenCheckIn{Activity: id})
	for _, p := range []domain.PersonID{p1, p2, p3} {
		w.must(recorder, &domain.CheckInTo{Person: p, Activity: id, Code: "code"})
	}
	here := domain.Size(len(w.steps))
	w.now += 90 * minute
	w.must(recorder, &domain.CheckOutOf{Person: p1, Activity: id, Code: "code"})
	w.must(recorder, &domain.CheckOutOf{Person: p3, Activity: id, Code: "code"})
	w.must(recorder, &domain.WithdrawSignUp{Activity: id, Person: p1})
	w.must(recorder, &domain.CloseActivity{Activity: id, People: 3})
	w.must(confirmer, &domain.AttestActivity{Activity: id})
	w.must(confirmer, &domain.ConfirmAttendance{Person: p1, Activity: id})
	e := w.engine(Options{})
	v := w.view(e, Now())
	got, err := v.Activity(id)
	want(t, "error", err, nil)
	want(t, "now", got.ActivityInfo, ActivityInfo{
		Activity: id, Plan: plan, Status: ActivityAttested, People: 3, Places: 1, Pending: 1, Claimed: 1, Confirmed: 1, Minutes: 90,
	})
	before, err := w.view(e, AtSize(here)).Activity(id)
	want(t, "error", err, nil)
	want(t, "before the check-outs", before.ActivityInfo, ActivityInfo{
		Activity: id, Plan: plan, Status: ActivityAnnounced, Places: 1, Waiting: 1, Pending: 3,
	})
	s, err := v.Statement(context.Background(), w.store, p1)
	want(t, "error", err, nil)
	want(t, "credit", s.Service.Credit, 90)
	want(t, "session", s.Entries[0].Session, true)
	want(t, "pending", len(s.Pending), 0)
	s, err = v.Statement(context.Background(), w.store, p2)
	want(t, "error", err, nil)
	want(t, "entries", len(s.Entries), 0)
	want(t, "pending", s.Pending[0], PendingCheckIn{
		Person: p2, No: 3, Activity: id, Title: "清洁日", Kind: domain.Service, At: w.now - 90*minute, Until: plan.End + 30*minute, Status: ActivityAttested,
	})
	_, err = v.Activity(activity(2))
	wantErr(t, "nobody", err, ErrUnknownActivity)
	_, err = v.Roster(id, Page{After: "x"})
	wantErr(t, "cursor", err, ErrCursor)
	_, err = v.Timetable(domain.Division{}, domain.AllTime, Page{After: "1.x"})
	wantErr(t, "cursor", err, ErrCursor)
	checkRosters(t, v, modelOf(w.steps))
}

// TestActivitiesMeetEveryOutcome sees to it that random histories reach what
// they are to test.
func TestActivitiesMeetEveryOutcome(t *testing.T) {
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 160)
		for range 20 {
			h.meet()
			h.arrange()
			h.takePart()
		}
		for _, s := range h.steps {
			seen[s.event.Type()]++
		}
	})
	for _, typ := range []string{
		"activity-scheduled", "activity-rescheduled", "activity-cancelled", "signed-up", "sign-up-withdrawn", "check-in-opened",
		"check-in-closed", "activity-closed", "activity-attested", "checked-in", "checked-out",
	} {
		if seen[typ] == 0 {
			t.Errorf("no history has %s", typ)
		}
	}
}
