package figures

import (
	"slices"

	"zhishu/domain"
	"zhishu/projections"
)

// Activity is an activity as it stands: a public notice, and what is counted
// of it, for whom it is counted.
type Activity struct {
	ID             string   `json:"id"`
	Stream         string   `json:"stream"`
	Kind           string   `json:"kind" enum:"service,study,talk,course,donation-drive"`
	KindZh         string   `json:"kindZh"`
	Title          string   `json:"title"`
	Category       string   `json:"category,omitempty"`
	Place          string   `json:"place,omitempty"`
	Community      string   `json:"community,omitempty" doc:"That records it"`
	Organisation   string   `json:"organisation,omitempty"`
	Layer          string   `json:"layer,omitempty"`
	Day            string   `json:"day,omitempty" format:"date"`
	Start          string   `json:"start" format:"date-time"`
	End            string   `json:"end" format:"date-time"`
	Capacity       uint32   `json:"capacity,omitempty" doc:"Of sign-ups; absent: no limit"`
	Series         string   `json:"series,omitempty"`
	MakeupOf       string   `json:"makeupOf,omitempty" doc:"The session it stands for (补课)"`
	PersonInCharge string   `json:"personInCharge,omitempty"`
	Status         string   `json:"status" enum:"announced,cancelled,closed,attested"`
	StatusZh       string   `json:"statusZh"`
	Notice         string   `json:"notice,omitempty" doc:"Of the cancellation, or of the last change of plan"`
	SignUp         string   `json:"signUp,omitempty" enum:"open,full" doc:"Whether who signs up now has a place, or waits; absent once it is over, and of the past"`
	SignUpZh       string   `json:"signUpZh,omitempty"`
	People         int64    `json:"people,omitempty" doc:"Present, as counted when it was closed"`
	Places         int64    `json:"places" doc:"Sign-ups within the capacity"`
	Waiting        int64    `json:"waiting" doc:"Sign-ups beyond it; they move up when somebody withdraws"`
	Pending        int64    `json:"pending" doc:"Check-ins without a check-out: no minutes"`
	Claimed        int64    `json:"claimed" doc:"Entries that wait to be confirmed"`
	Confirmed      int64    `json:"confirmed" doc:"Entries that count"`
	Time           Duration `json:"time" doc:"Of the confirmed entries"`

	Suppressed *Suppressed `json:"suppressed,omitempty" doc:"Why the counts of people above are zero: how many came is shown to the staff whose scope holds the activity's community"`
}

var activityKinds = map[domain.ActivityKind]string{
	domain.ServiceActivity: "志愿服务", domain.StudySession: "学习", domain.Talk: "宣讲", domain.Course: "课程", domain.DonationDrive: "募捐",
}

var activityStatuses = map[projections.ActivityStatus]string{
	projections.ActivityAnnounced: "已公布", projections.ActivityCancelled: "已取消", projections.ActivityClosed: "已结束，待签字",
	projections.ActivityAttested: "已签字",
}

// signUpWords say whether there is a place.
var signUpWords = map[string]string{signUpOpen: "有名额", signUpFull: "已满，可候补"}

const (
	signUpOpen = "open"
	signUpFull = "full"
)

// signUpOf is whether somebody who signs up has a place; empty where nobody can.
func signUpOf(a *projections.ActivityInfo, today domain.Day) string {
	switch {
	case a.Status != projections.ActivityAnnounced || a.Plan.End.Day() < today:
		return ""
	case a.Plan.Capacity > 0 && a.Places >= int64(a.Plan.Capacity):
		return signUpFull
	}
	return signUpOpen
}

// activityOf makes an activity, and notes for the validator whether its counts
// are shown.
func (f *Footing) activityOf(a *projections.ActivityInfo, on domain.Day, sight Sight) Activity {
	p := &a.Plan
	out := Activity{
		ID: a.Activity.String(), Stream: a.Activity.Stream(), Kind: string(p.Kind), KindZh: activityKinds[p.Kind],
		Title: p.Title, Category: p.Category, Place: p.Place, Community: code(p.Community), Organisation: id(p.Organisation.UUID),
		Layer: string(p.Layer), Day: day(p.Start.Day()), Start: p.Start.String(), End: p.End.String(), Capacity: p.Capacity,
		Series: p.Series, MakeupOf: id(p.MakeupOf.UUID), PersonInCharge: id(p.PersonInCharge.UUID),
		Status: string(a.Status), StatusZh: activityStatuses[a.Status], Notice: a.Notice, People: a.People,
		Places: a.Places, Waiting: a.Waiting, Pending: a.Pending, Claimed: a.Claimed, Confirmed: a.Confirmed, Time: Time(a.Minutes),
	}
	if sight.Today {
		out.SignUp = signUpOf(a, on)
		out.SignUpZh = signUpWords[out.SignUp]
	}
	if sight.Within(p.Community.Division()) {
		f.note(projections.NotSuppressed)
		return out
	}
	f.note(projections.Internal)
	out.People, out.Places, out.Waiting, out.Pending, out.Claimed, out.Confirmed, out.Time = 0, 0, 0, 0, 0, 0, Time(0)
	out.Suppressed = suppressed(projections.Internal)
	return out
}

// CheckInWindow is when a window was open.
type CheckInWindow struct {
	From  string `json:"from" format:"date-time"`
	Until string `json:"until" format:"date-time"`
}

// PlanVersion is a plan an activity has had.
type PlanVersion struct {
	FromSize uint64 `json:"fromSize" doc:"Ledger size before the event that brought it"`
	Title    string `json:"title"`
	Place    string `json:"place,omitempty"`
	Start    string `json:"start" format:"date-time"`
	End      string `json:"end" format:"date-time"`
	Capacity uint32 `json:"capacity,omitempty"`
	Notice   string `json:"notice,omitempty"`
}

// ActivityDetail is one activity and how it came to be what it is.
type ActivityDetail struct {
	Footing
	Activity Activity        `json:"activity"`
	Windows  []CheckInWindow `json:"windows" doc:"Check-in windows, in order"`
	Plans    []PlanVersion   `json:"plans" doc:"In order; the last one stands"`
	MadeUpBy []string        `json:"madeUpBy" doc:"Sessions that stand for it"`
}

// ActivityOf makes one activity.
func ActivityOf(a projections.ActivityDetail, sight Sight) ActivityDetail {
	out := ActivityDetail{
		Footing: Foot(a.Footing), Windows: []CheckInWindow{}, Plans: []PlanVersion{}, MadeUpBy: []string{},
	}
	out.Activity = out.activityOf(&a.ActivityInfo, a.Day, sight)
	for _, w := range a.Windows {
		out.Windows = append(out.Windows, CheckInWindow{w.From.String(), w.Until.String()})
	}
	for _, p := range a.Plans {
		out.Plans = append(out.Plans, PlanVersion{
			uint64(p.From), p.Plan.Title, p.Plan.Place, p.Plan.Start.String(), p.Plan.End.String(), p.Plan.Capacity, p.Notice,
		})
	}
	for _, m := range a.MadeUp {
		out.MadeUpBy = append(out.MadeUpBy, m.String())
	}
	return out
}

// Timetable lists activities in the order in which they begin (课表).
type Timetable struct {
	Footing
	Division string     `json:"division" doc:"Empty: the whole country"`
	Period   string     `json:"period"`
	Total    int64      `json:"total"`
	Rows     []Activity `json:"rows"`
	Next     string     `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// TimetableOf makes a timetable.
func TimetableOf(t projections.Timetable, sight Sight) Timetable {
	out := Timetable{
		Footing: Foot(t.Footing), Division: t.Division.String(), Period: t.Period.String(), Total: t.Total,
		Rows: make([]Activity, 0, len(t.Rows)), Next: t.Next,
	}
	for i := range t.Rows {
		out.Rows = append(out.Rows, out.activityOf(&t.Rows[i], t.Day, sight))
	}
	return out
}

// ActivityCounts is what is counted of a number of activities.
type ActivityCounts struct {
	Scheduled   int64    `json:"scheduled" doc:"All that were announced"`
	Cancelled   int64    `json:"cancelled"`
	Held        int64    `json:"held" doc:"Closed"`
	Attested    int64    `json:"attested" doc:"Of the held ones, signed by a second person"`
	Makeups     int64    `json:"makeups" doc:"Of the held ones, those that stand for another"`
	People      int64    `json:"people" doc:"Present, as counted by hand; for the staff whose scope it lies in"`
	SignUps     int64    `json:"signUps"`
	Attendances int64    `json:"attendances" doc:"Confirmed; for the staff whose scope it lies in"`
	Claimed     int64    `json:"claimed" doc:"Attendances that wait to be confirmed"`
	Pending     int64    `json:"pending" doc:"Check-ins without a check-out"`
	Time        Duration `json:"time" doc:"Confirmed"`

	Withheld []WithheldCount `json:"withheld,omitempty" doc:"Counts that are not published and read zero"`
}

// WithheldCount is a count that is not published, and why.
type WithheldCount struct {
	Count string `json:"count" enum:"people,signUps,attendances,claimed,pending" doc:"attendances: with their time"`
	Suppressed
}

// activityCounts are the counts of what people did, by what they are called here.
var activityCounts = [projections.ActivityCounts]string{
	projections.SignUpCount: "signUps", projections.AttendanceCount: "attendances", projections.ClaimedCount: "claimed", projections.PendingCount: "pending",
}

// Hides reports whether a count is not published.
func (c *ActivityCounts) Hides(count string) bool {
	return slices.ContainsFunc(c.Withheld, func(w WithheldCount) bool { return w.Count == count })
}

const headCount = "people"

// countsOf makes counts. How many came is for the staff: heads counted by hand are
// those of one activity wherever a sum holds no other, and attendances are part of
// what the figures of study and service count (0126).
func countsOf(s projections.ActivitySum, came bool) ActivityCounts {
	if !came {
		s.People, s.Attendances, s.Minutes = 0, 0, 0
		s.Withheld[projections.AttendanceCount] = projections.Internal
	}
	out := ActivityCounts{
		s.Scheduled, s.Cancelled, s.Held, s.Attested, s.Makeups, s.People, s.SignUps, s.Attendances, s.Claimed, s.Pending, Time(s.Minutes), nil,
	}
	if !came {
		out.Withheld = []WithheldCount{{headCount, *suppressed(projections.Internal)}}
	}
	for count, why := range s.Withheld {
		if why != projections.NotSuppressed {
			out.Withheld = append(out.Withheld, WithheldCount{activityCounts[count], *suppressed(why)})
		}
	}
	return out
}

// ActivityKindCounts counts the activities of a kind.
type ActivityKindCounts struct {
	Kind   string `json:"kind"`
	KindZh string `json:"kindZh"`
	Month  string `json:"month,omitempty"`
	ActivityCounts
}

// SeriesCounts counts the sessions of a course or regular meeting.
type SeriesCounts struct {
	Community string `json:"community"`
	Series    string `json:"series"`
	Kind      string `json:"kind"`
	First     string `json:"first,omitempty" format:"date"`
	Last      string `json:"last,omitempty" format:"date"`
	Next      string `json:"next,omitempty" doc:"Activity that comes next"`
	ActivityCounts
}

// ActivityTotals counts the activities of a division that begin in a period.
type ActivityTotals struct {
	Footing
	Division   string               `json:"division"`
	Period     string               `json:"period"`
	Kinds      []ActivityKindCounts `json:"kinds"`
	Months     []ActivityKindCounts `json:"months"`
	Series     []SeriesCounts       `json:"series" doc:"Courses and regular meetings: a name within its community"`
	Suppressed *Suppressed          `json:"suppressed,omitempty" doc:"Why what people did is withheld throughout; what was held stays"`
}

// ActivityTotalsOf makes totals.
func ActivityTotalsOf(t projections.ActivityTotals, within Within) ActivityTotals {
	out := ActivityTotals{
		Footing: Foot(t.Footing), Division: t.Division.String(), Period: t.Period.String(),
		Kinds: []ActivityKindCounts{}, Months: []ActivityKindCounts{}, Series: []SeriesCounts{}, Suppressed: suppressed(t.Suppressed),
	}
	out.note(t.Suppressed)
	noted := func(s projections.ActivitySum, of domain.Division) ActivityCounts {
		out.note(s.Withheld[:]...)
		came := within(of)
		if !came {
			out.note(projections.Internal)
		}
		return countsOf(s, came)
	}
	for _, k := range t.Kinds {
		out.Kinds = append(out.Kinds, ActivityKindCounts{string(k.Kind), activityKinds[k.Kind], "", noted(k.ActivitySum, t.Division)})
	}
	for _, m := range t.Months {
		out.Months = append(out.Months, ActivityKindCounts{string(m.Kind), activityKinds[m.Kind], m.Month.String(), noted(m.ActivitySum, t.Division)})
	}
	for _, s := range t.Series {
		out.Series = append(out.Series, SeriesCounts{
			code(s.Community), s.Series, string(s.Kind), day(s.First), day(s.Last), id(s.Next.UUID), noted(s.ActivitySum, s.Community.Division()),
		})
	}
	return out
}
