package imports

import (
	"context"

	"zhishu/domain"
	"zhishu/sheets"
)

// signInSheet is what the rows of a roster rest on.
const signInSheet domain.EvidenceKind = "sign-in-sheet"

// attended is the activity of a roster: its rows say who was there, the
// activity what it was.
type attended struct {
	plan domain.Plan
	day  sheets.Date
	text *deedText
}

// attended finds the activity of a roster, and records its rows where the
// activity is recorded. It is nil for every other kind of sheet.
func (im *Importer) attended(ctx context.Context, job *Job) (*attended, error) {
	if job.Kind != domain.ImportRoster {
		return nil, nil
	}
	state, err := im.handler.State(ctx, job.Attended.Stream())
	if err != nil {
		return nil, err
	}
	a, ok := state.(*domain.Activity)
	switch {
	case !ok || !a.Exists:
		return nil, domain.Refuse(domain.SubjectUnknown, "attended")
	case job.Community != 0 && job.Community != a.Plan.Community:
		return nil, domain.Refuse(CommunityDiffers, "community")
	case a.Cancelled:
		return nil, domain.Refuse(domain.ActivityCancelledCode, "attended")
	}
	job.Community, job.Organisation = a.Plan.Community, a.Plan.Organisation
	d := a.Plan.Deed(job.Attended, domain.Span{}, domain.Honour)
	y, m, n := a.Plan.Start.Day().Date()
	return &attended{plan: a.Plan, day: sheets.Date{Year: y, Month: m, Day: n}, text: &deedText{
		title: d.Title, category: d.Category, place: d.Place, layer: d.Layer, hours: d.Hours, activity: job.Attended, inCharge: d.PersonInCharge, kind: d.Kind,
	}}, nil
}

var rosterFields = []sheets.Field{sheets.Sequence, sheets.PersonNumber, sheets.Name, sheets.IDNumber, sheets.Phone, sheets.Sex, sheets.Age,
	sheets.DateField, sheets.Start, sheets.End, sheets.TimeRange, sheets.Duration, sheets.DurationHours, sheets.DurationMinutes,
	sheets.Attended, sheets.Layer, sheets.Remark, sheets.CommunityCode}

// attendance reads a row of a roster: somebody who signed the sheet.
func (r *reader) attendance(row sheets.Row, l line) error {
	if err := r.elsewhere(row); err != nil {
		return err
	}
	if err := r.stated(row); err != nil {
		return err
	}
	span, err := r.attendedSpan(row)
	if err != nil {
		return err
	}
	return r.keep(row, l, deed{span: span, text: r.event.text, remark: row.Text(sheets.Remark)})
}

// attendedSpan is when somebody was there: the times of the row, or its length
// on the day, or where it says neither the whole activity. Who signed in with a
// time and did not sign out is asked for the other.
func (r *reader) attendedSpan(row sheets.Row) (s domain.Span, err error) {
	from, to, clocked, err := row.SpanOn(r.event.day)
	if err != nil {
		return s, err
	}
	if !clocked {
		if from, to, clocked, err = r.signed(row); err != nil {
			return s, err
		}
	}
	given, isGiven, err := row.Minutes()
	if err != nil {
		return s, err
	}
	s.Minutes = domain.Minutes(given)
	switch {
	case clocked:
		s.Day, s.Start, s.End = day(from.Date), instant(from), instant(to)
	case isGiven:
		on, err := row.Date(sheets.DateField)
		if err != nil {
			return s, err
		}
		if s.Day = day(on); s.Day == domain.NoDay {
			s.Day = day(r.event.day)
		}
	default:
		s.Day, s.Start, s.End = r.event.plan.Start.Day(), r.event.plan.Start, r.event.plan.End
	}
	return s, nil
}

// signed reads times that stand where people sign, such as 14:05 under 签到.
func (r *reader) signed(row sheets.Row) (from, to sheets.Moment, ok bool, err error) {
	in, code := sheets.ParseClock(row.Text(sheets.Attended))
	out, none := sheets.ParseClock(row.Text(sheets.End))
	switch {
	case code == "" && none == "":
		return sheets.Moment{Date: r.event.day, Clock: in}, sheets.Moment{Date: r.event.day, Clock: out}, true, nil
	case row.Has(sheets.Start) != row.Has(sheets.End) && none == "", row.Has(sheets.Start) && !row.Has(sheets.End):
		return from, to, false, row.Require(sheets.Start, sheets.End)
	}
	return from, to, false, nil // a signature, or a tick, says that somebody was there
}

// judge asks the domain what it would say to such a row.
func (e *attended) judge(p *domain.Person, d *deed, by domain.Actor, now domain.Instant) error {
	_, err := p.Decide(&domain.EnterAttendance{
		Person: probe.person, Activity: e.text.activity, Span: d.span, Remark: d.remark, Evidence: []domain.Evidence{{Kind: signInSheet}},
		Seen: domain.ActivitySeen{Exists: true, Plan: e.plan},
	}, by, now)
	return err
}

// evidence is what the rows of a roster rest on: the sheet, by its content.
func (r *run) evidence() []domain.Evidence {
	if r.job.Kind != domain.ImportRoster {
		return nil
	}
	return []domain.Evidence{{Hash: [16]byte(r.sheet.content[:16]), Kind: signInSheet}}
}

// claimOf is the command that records a row.
func (r *run) claimOf(q *person, d *deed, row domain.Row, a *asked) domain.Command {
	if r.job.Kind == domain.ImportRoster {
		return &domain.EnterAttendance{Person: q.id, Activity: d.text.activity, Span: d.span, Remark: d.remark, Evidence: r.evidence(), Row: row}
	}
	a.claims = append(a.claims, domain.ClaimEntry{Person: q.id, Deed: d.command(&r.job), Remark: d.remark, Row: row})
	return &a.claims[len(a.claims)-1]
}

// sameActivity refuses to re-issue the roster of another activity.
func (r *run) sameActivity(ctx context.Context) error {
	if r.job.Kind != domain.ImportRoster || len(r.earlier) == 0 {
		return nil
	}
	p, err := r.fold(ctx, r.earlier[0].Person, map[domain.PersonID]*domain.Person{})
	if err != nil {
		return err
	}
	if e := p.Entry(r.earlier[0].Entry); e != nil && e.Deed.Activity != r.job.Attended {
		return domain.Refuse(ReissueElsewhere, "reissueOf")
	}
	return nil
}
