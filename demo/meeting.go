package demo

import (
	"context"
	"strings"

	"zhishu/domain"
)

// meeting is an activity that a community announces, on its way from the
// evening before to the confirmation two evenings after.
type meeting struct {
	c      *community
	id     domain.ActivityID
	plan   domain.Plan
	people []*person
	paper  bool // signed on a sheet instead of at the door
}

// announces reports whether a community announces what it holds; the others
// enter it afterwards, as all did before.
func announces(index int) bool { return index%5 < 2 }

// Where the day's meetings with check-in begin and end; the doors of a day open
// together, so that a day is entered in a few strokes.
const (
	doorsOpen = 8*60 + 45 // minutes of the day
	begins    = 9 * 60
	endsEarly = 10*60 + 30
	endsLate  = 11*60 + 30
)

func clockOn(day domain.Day, minutes int) domain.Instant {
	return day.Start() + domain.Instant(minutes)*60_000
}

// announce schedules a meeting on the evening before, and who signs up does so
// at once.
func (p *player) announce(m *meeting, capacity int) {
	if len(m.people) == 0 {
		return
	}
	day := m.plan.Start.Day()
	m.plan.Capacity = uint32(capacity)
	m.plan.MakeupOf = m.c.missed[m.plan.Series]
	cmds := []domain.Command{&domain.ScheduleActivity{Activity: m.id, Plan: m.plan}}
	if p.r.IntN(100) < 3 {
		moved := m.plan
		moved.Place += "二楼"
		cmds = append(cmds, &domain.RescheduleActivity{Activity: m.id, Plan: moved, Notice: "改在二楼"})
		m.plan = moved
	}
	for _, x := range m.people {
		if p.r.IntN(100) < 55 {
			cmds = append(cmds, &domain.SignUpFor{Activity: m.id, Person: x.id})
		}
	}
	if p.r.IntN(100) < 2 {
		cmds = append(cmds, &domain.CancelActivity{Activity: m.id, Notice: "因故取消，另行补课"})
		if m.plan.Series != "" {
			m.c.missed[m.plan.Series] = m.id
		}
		p.tonight(m.c.clerk, cmds...)
		return
	}
	delete(m.c.missed, m.plan.Series)
	p.tonight(m.c.clerk, cmds...)
	p.meetings = append(p.meetings, m)
	p.due = append(p.due, task{day + 1, m.attest}, task{day + 2, m.confirm})
}

// task is something that is done on a later evening.
type task struct {
	day domain.Day
	do  func(*player)
}

// doors has the people of the day's meetings check in and out.
func (p *player) doors(ctx context.Context, clock *Clock, day domain.Day) error {
	var open []*meeting
	for _, m := range p.meetings {
		if !m.paper {
			open = append(open, m)
			p.tonight(m.c.clerk, &domain.OpenCheckIn{Activity: m.id})
		}
	}
	if len(open) == 0 {
		return nil
	}
	if err := p.at(clock, clockOn(day, doorsOpen)); err != nil {
		return err
	}
	for _, minutes := range [...]int{begins - 4, endsEarly, endsLate} {
		now := clockOn(day, minutes)
		if err := p.at(clock, now); err != nil {
			return err
		}
		for _, m := range open {
			if now > m.plan.Start && now != m.plan.End {
				continue
			}
			shown, err := p.h.CheckInCode(ctx, m.c.clerk, m.id)
			if err != nil {
				return err
			}
			if now < m.plan.Start {
				p.arrive(m, shown.Code)
			} else {
				p.leave(m, shown.Code)
			}
		}
		if err := p.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) arrive(m *meeting, code string) {
	for _, x := range m.people {
		p.tonight(m.c.clerk, &domain.CheckInTo{Person: x.id, Activity: m.id, Code: code})
	}
}

// at moves the clock on and enters what is queued.
func (p *player) at(clock *Clock, t domain.Instant) error {
	clock.now.Store(int64(t))
	return p.flush()
}

// leave checks the people of a meeting out at its end; a few forget it.
func (p *player) leave(m *meeting, code string) {
	stayed := m.people[:0]
	for _, x := range m.people {
		if p.r.IntN(100) < 3 {
			continue
		}
		stayed = append(stayed, x)
		p.served[x.id] += domain.Minutes((m.plan.End - m.plan.Start) / 60_000)
		p.tonight(m.c.clerk, &domain.CheckOutOf{Person: x.id, Activity: m.id, Code: code})
	}
	m.people = stayed
}

// close ends the day's meetings; the sheets of those with paper are entered.
func (p *player) close() {
	sheet := []domain.Evidence{{Kind: "签到表", Place: "社区档案柜"}}
	for _, m := range p.meetings {
		if m.paper {
			for _, x := range m.people {
				p.tonight(m.c.clerk, &domain.EnterAttendance{Person: x.id, Activity: m.id, Evidence: sheet})
			}
		}
		p.tonight(m.c.clerk, &domain.CloseActivity{Activity: m.id, People: int64(len(m.people) + p.r.IntN(4)), Evidence: sheet})
	}
	p.meetings = p.meetings[:0]
}

func (m *meeting) attest(p *player) {
	p.tonight(m.c.reviewer, &domain.AttestActivity{Activity: m.id, Evidence: []domain.Evidence{{Kind: "登记表", Place: "社区档案柜"}}})
}

func (m *meeting) confirm(p *player) {
	for _, x := range m.people {
		p.tonight(m.c.reviewer, &domain.ConfirmAttendance{Person: x.id, Activity: m.id})
	}
}

// serviceMeeting is a service, with check-in at the door.
func (p *player) serviceMeeting(c *community, day domain.Day, o offer, n int) {
	end := endsEarly
	if p.r.IntN(2) == 0 {
		end = endsLate
	}
	p.announce(&meeting{c: c, id: domain.ActivityID{UUID: seeded(p.r, 4)}, people: c.draw(p.r, n, day, knownBefore(day)), plan: domain.Plan{
		Kind: domain.ServiceActivity, Title: o.title, Category: o.category, Place: c.name, Community: c.code,
		Start: clockOn(day, begins), End: clockOn(day, end),
	}}, n*3/4+1)
}

// studyMeeting is a session of study, signed on paper. Courses and study days
// are sessions of a series.
func (p *player) studyMeeting(c *community, day domain.Day, o offer, layer string, n int, want func(*person) bool) {
	plan := domain.Plan{
		Kind: domain.StudySession, Title: o.title, Category: o.category, Place: c.name, Community: c.code, Layer: domain.Layer(layer),
		Start: clockOn(day, 15*60), End: clockOn(day, 16*60+30*p.r.IntN(3)),
	}
	switch {
	case o.category == "课程":
		plan.Kind, plan.Series = domain.Course, o.title
	case o.category == "宣讲":
		plan.Kind = domain.Talk
	case strings.Contains(o.category, "集中"):
		plan.Series = o.title
	}
	known := knownBefore(day)
	people := c.draw(p.r, n, day, func(x *person) bool { return want(x) && known(x) })
	p.announce(&meeting{c: c, id: domain.ActivityID{UUID: seeded(p.r, 4)}, plan: plan, people: people, paper: true}, 0)
}

// knownBefore: who is enrolled on the evening before, or later, is not known yet
// when the meeting is announced.
func knownBefore(day domain.Day) func(*person) bool {
	return func(x *person) bool { return x.joined < day-1 }
}

// tonight queues commands on one stream, to be entered with the next flush.
func (p *player) tonight(by domain.AccountID, cmds ...domain.Command) {
	p.put(&p.queue, []domain.AccountID{by}, cmds)
}
