package imports

import (
	"context"
	"slices"
	"strings"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/sheets"
)

// plan is what a row of a timetable says.
type plan struct {
	id   domain.ActivityID
	plan domain.Plan
}

var planFields = []sheets.Field{sheets.Sequence, sheets.ActivityName, sheets.ActivityNumber, sheets.DateField, sheets.DateEnd, sheets.Start, sheets.End,
	sheets.TimeRange, sheets.Category, sheets.Series, sheets.Place, sheets.Layer, sheets.Capacity, sheets.CommunityCode}

// activity reads a row of a timetable. An activity is known by its number where
// it has one; otherwise by its name and day, as the rows of a study sheet name
// their session, so that those who attended find it.
func (r *reader) activity(row sheets.Row, l line) error {
	if err := r.elsewhere(row); err != nil {
		return err
	}
	if err := row.Require(sheets.ActivityName, sheets.Category); err != nil {
		return err
	}
	from, to, err := r.planned(row)
	if err != nil {
		return err
	}
	p := plan{plan: domain.Plan{
		Title: row.Text(sheets.ActivityName), Place: row.Text(sheets.Place), Series: row.Text(sheets.Series),
		Community: r.job.Community, Organisation: r.job.Organisation, Start: instant(from), End: instant(to),
	}}
	var known bool
	if p.plan.Kind, p.plan.Category, known = activityKind(row.Text(sheets.Category)); !known {
		return &rowRefusal{domain.FieldInvalid, sheets.Category}
	}
	if p.plan.Kind.EntryKind() == domain.Study {
		p.plan.Layer = domain.Layer(row.Text(sheets.Layer))
	}
	if p.plan.Kind == domain.Course && p.plan.Series == "" {
		p.plan.Series = p.plan.Title
	}
	capacity, err := row.Whole(sheets.Capacity)
	if err != nil {
		return err
	}
	p.plan.Capacity = uint32(min(capacity, 1<<32-1)) // the domain refuses far less
	number, err := row.Identifier(sheets.ActivityNumber)
	if err != nil {
		return err
	}
	place := []byte(r.job.Community.String())
	if number != "" {
		p.id.UUID = r.keyed.DerivedID("activity-number", place, []byte(r.job.Issuer), []byte(number))
	} else {
		p.id.UUID = r.keyed.DerivedID("session", place, []byte(day(from.Date).String()), []byte(sheets.Fold(p.plan.Title)))
	}
	if _, err := new(domain.Activity).Decide(&domain.ScheduleActivity{Activity: p.id, Plan: p.plan}, r.by, r.now); err != nil {
		return err
	}
	if r.held[p.id] { // the first row decides
		return &rowRefusal{domain.SubjectExists, sheets.ActivityName}
	}
	r.held[p.id] = true
	r.out.lines = append(r.out.lines, l)
	r.out.plans = append(r.out.plans, p)
	return nil
}

// planned is from when to when an activity takes place.
func (r *reader) planned(row sheets.Row) (from, to sheets.Moment, err error) {
	from, to, ok, err := row.Span()
	if err == nil && !ok {
		err = row.Require(sheets.Start, sheets.End)
	}
	if err != nil {
		return from, to, err
	}
	last, err := row.Date(sheets.DateEnd)
	if last != (sheets.Date{}) {
		to.Date = last
	}
	return from, to, err
}

// activityKind reads the kind of an activity from the words that people use;
// what else they say is its category.
func activityKind(s string) (kind domain.ActivityKind, category string, known bool) {
	for _, k := range []struct {
		kind  domain.ActivityKind
		words []string
	}{
		{domain.DonationDrive, []string{"募捐", "捐", "donation"}},
		{domain.Talk, []string{"宣讲", "talk"}},
		{domain.Course, []string{"课程", "课", "培训", "course"}},
		{domain.StudySession, []string{"学习", "讲座", "读书", "study"}},
		{domain.ServiceActivity, []string{"志愿", "服务", "service"}},
	} {
		for _, w := range k.words {
			if !strings.Contains(strings.ToLower(s), w) {
				continue
			}
			if slices.Contains(plainKinds, strings.ToLower(s)) {
				s = ""
			}
			return k.kind, s, true
		}
	}
	return "", "", false
}

// plainKinds say no more than the kind.
var plainKinds = []string{"志愿服务", "志愿", "服务", "学习", "集中学习", "宣讲", "课程", "课", "募捐", "捐款", "service", "study", "talk", "course", "donation", "donation drive"}

// planPlans finds which activities of a timetable are announced already, and
// which of those otherwise.
func (r *run) planPlans(ctx context.Context) error {
	for i := range r.sheet.plans {
		p, l := &r.sheet.plans[i], &r.sheet.lines[i]
		state, err := r.handler.State(ctx, p.id.Stream())
		if err != nil {
			return err
		}
		switch a, ok := state.(*domain.Activity); {
		case !ok || !a.Exists, a.Row.Import == r.id:
		case a.Plan == p.plan:
			l.fate = fateKnown
		default:
			l.fate = fateCorrect
		}
	}
	return nil
}

const rescheduled = "据重新发布的活动安排调整 / the timetable was issued anew"

// writePlan announces an activity, or that it takes place otherwise than was
// announced. An activity that a run of this import has moved before it was
// interrupted is known by its answer.
func (r *run) writePlan(ctx context.Context, i int, w *written) error {
	p, l := &r.sheet.plans[i], &r.sheet.lines[i]
	var req commands.Request
	switch {
	case l.fate == fateAdd:
		req = r.request(r.job.Recorder, l, "schedule", &domain.ScheduleActivity{Activity: p.id, Plan: p.plan, Row: r.rowOf(l)})
	case l.fate == fateCorrect, l.fate == fateKnown && r.resumed:
		req = r.request(r.job.Recorder, l, "reschedule", &domain.RescheduleActivity{Activity: p.id, Plan: p.plan, Notice: rescheduled})
	default:
		return nil
	}
	out, err := r.do(ctx, []commands.Request{req})
	if err != nil {
		return err
	}
	w.reached(out[0].Position)
	refusal := refusalOf(out[0])
	switch {
	case l.fate == fateKnown && refusal != nil:
	case l.fate == fateKnown:
		l.fate = fateCorrect
	case refusal != nil:
		w.refused(int32(i), refusal)
	case isNew(out[0]) && l.fate == fateAdd:
		w.added++
	case isNew(out[0]):
		w.offered++
		w.taken++
	}
	return nil
}
