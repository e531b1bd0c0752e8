package domain

// Scheduled is how long the activity of an entry was to last by the plan that
// stood when the entry was judged, and the revision of the activity's stream it
// was read at. Zero minutes: no plan says. What the plan becomes afterwards does
// not change the entry; a correction reads it again.
type Scheduled struct {
	Minutes  Minutes
	Revision uint32
}

// scheduled is what the activity's plan says of an entry. It says nothing of one
// on another day, nor when it is no session but a span of days, nor once the
// activity was cancelled.
func (s *ActivitySeen) scheduled(d *Deed) Scheduled {
	if d.Activity.IsZero() || !s.Exists || s.Cancelled || !s.Plan.around(d.Span) {
		return Scheduled{}
	}
	length := s.Plan.length()
	if length == 0 {
		return Scheduled{}
	}
	return Scheduled{length, s.Read.Revision}
}

// setUpAndTidy is how much longer than its activity somebody can have been there by
// a sheet without clock times: half an hour to set up and half an hour to tidy up, as
// long as check-in stays open afterwards. Nothing else shows that it was longer.
const setUpAndTidy = 2 * defaultAfter / millisPerMinute

// length is how long a session was to last; zero: it is none, but a span of days in
// which something takes place.
func (p *Plan) length() Minutes {
	if m := Minutes((p.End - p.Start) / millisPerMinute); m <= DayMinutes {
		return m
	}
	return 0
}

// on reports whether a civil day is one of the plan's: one across midnight has two.
func (p *Plan) on(d Day) bool { return p.Start.Day() <= d && d <= (p.End-1).Day() }

// covers reports whether a line of the sheet can be of what was planned: half a day
// before and after it by clock times, its own days without.
func (p *Plan) covers(s Span) bool {
	return p.around(s) && (s.Clocked() || p.on(s.Day))
}

// around reports whether a span can be attendance of what was planned: half a day
// before and after it, by clock times, or a day without.
func (p *Plan) around(s Span) bool {
	if s.Clocked() {
		return s.Start >= p.Start-aroundHours && s.End <= p.End+aroundHours
	}
	return s.Day >= p.Start.Day()-1 && s.Day <= p.End.Day()+1
}

// readable names the stream of the activity a deed names; empty: it names none.
func (d *Deed) readable() string {
	if d.Activity.IsZero() {
		return ""
	}
	return d.Activity.Stream()
}

// same reports whether two deeds are the same value. When their plan was read is
// no part of it.
func (d Deed) same(e Deed) bool {
	d.Scheduled.Revision = e.Scheduled.Revision
	return d == e
}

// Presence is how much of something somebody was there for, and what share of it
// a rule asks for.
type Presence struct {
	Given     Minutes
	Whole     Minutes // zero: nothing says, as of a paper sheet with minutes alone
	Scheduled bool    // Whole is what the activity was scheduled for, or else the time by the clock
	Percent   int64
}

// PresenceOf is what a span is of the length its activity was scheduled for, or
// where that is not known of its own time by the clock.
func PresenceOf(s Span, scheduled Minutes, percent int64) Presence {
	p := Presence{Given: s.Minutes, Whole: scheduled, Scheduled: scheduled > 0, Percent: percent}
	if !p.Scheduled && s.Clocked() {
		p.Whole = Minutes((s.End - s.Start) / millisPerMinute)
	}
	return p
}

// Enough reports whether the share asked for was reached.
func (p Presence) Enough() bool { return int64(p.Given)*100 >= p.Percent*int64(p.Whole) }

// Least is what an attendance of study must come to before a rate counts it.
// Zero values ask for nothing.
type Least struct {
	Minutes Minutes // of the attendance
	Percent int64   // of a named session, by all a person's attendances of it together
}
