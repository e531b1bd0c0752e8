package domain

// ActivityKind is what kind of activity is held.
type ActivityKind string

const (
	ServiceActivity ActivityKind = "service"        // 志愿服务
	StudySession    ActivityKind = "study"          // 集中学习, 读书会 …
	Talk            ActivityKind = "talk"           // 宣讲: its registration form is signed by a second person
	Course          ActivityKind = "course"         // 课程: one session of a series
	DonationDrive   ActivityKind = "donation-drive" // 募捐: who helps there serves
)

func validActivityKind(k ActivityKind) bool {
	switch k {
	case ServiceActivity, StudySession, Talk, Course, DonationDrive:
		return true
	}
	return false
}

// EntryKind is what taking part in it is recorded as.
func (k ActivityKind) EntryKind() EntryKind {
	if k == ServiceActivity || k == DonationDrive {
		return Service
	}
	return Study
}

// Plan is the whole value of an activity: a public notice. Rescheduling
// replaces it whole.
type Plan struct {
	Kind           ActivityKind
	Title          string
	Category       string // service category, or form of study
	Place          string
	Community      CommunityCode  // the community that records it
	Organisation   OrganisationID // the recording organisation; zero: the community's committee
	Layer          Layer          // for whom; study only
	Start, End     Instant
	Capacity       uint32     // of sign-ups; zero: no limit
	Series         string     // the course or regular meeting it is a session of; within its community
	MakeupOf       ActivityID // 补课: the session it stands for
	PersonInCharge PersonID   // 负责人
}

// Deed is taking part in the activity for a span.
func (p *Plan) Deed(id ActivityID, span Span, hours HoursKind) Deed {
	d := Deed{
		Kind: p.Kind.EntryKind(), Span: span, Title: p.Title, Category: p.Category, Place: p.Place, Community: p.Community,
		Organisation: p.Organisation, Activity: id, PersonInCharge: p.PersonInCharge,
	}
	if d.Kind == Service {
		d.Hours = hours
	} else {
		d.Layer = p.Layer
	}
	if d.Category == "" {
		d.Category = map[ActivityKind]string{Talk: "宣讲", Course: "课程"}[p.Kind]
	}
	return d
}

// Activity is an activity's stream folded: what was announced, who signed up,
// and who answers for it.
type Activity struct {
	Exists    bool
	ID        ActivityID
	Plan      Plan
	Row       Row    // of the sheet it was scheduled by
	Planner   Signer // of the plan that stands
	Cancelled bool
	Closed    bool
	People    int64 // present, as counted when it was closed
	Closer    Signer
	Attested  bool
	Attester  Signer
	Window    Window
	SignUps   []SignUp // in order; withdrawn ones are gone
	next      uint32   // revision of the next event
}

// SignUp holds a place, or a place on the waiting list.
type SignUp struct {
	Person   PersonID
	Revision uint32
}

// Window is when people may check in and out. It is named by the revision of
// the event that opened it; the code that is shown derives from it.
type Window struct {
	No          uint32
	From, Until Instant
}

func (w Window) open(at Instant) bool { return w.From <= at && at < w.Until }

// Place is where a person stands among the sign-ups, from 1. Who is beyond the
// capacity waits, and moves up when somebody before withdraws or the capacity
// grows: nothing is written for it.
func (a *Activity) Place(p PersonID) (place int, waiting, ok bool) {
	for i := range a.SignUps {
		if a.SignUps[i].Person != p {
			continue
		}
		if c := int(a.Plan.Capacity); c > 0 && i >= c {
			return i - c + 1, true, true
		}
		return i + 1, false, true
	}
	return 0, false, false
}

// Evolve folds an event in.
func (a *Activity) Evolve(e Event, m Meta) {
	revision := a.next
	a.next++
	switch e := e.(type) {
	case *ActivityScheduled:
		a.Exists, a.ID, a.Plan, a.Row, a.Planner = true, e.Activity, e.Plan, e.Row, signer(m)
	case *ActivityRescheduled:
		a.Plan, a.Planner = e.Plan, signer(m)
	case *ActivityCancelled:
		a.Cancelled = true
	case *SignedUp:
		a.SignUps = append(a.SignUps, SignUp{e.Person, revision})
	case *SignUpWithdrawn:
		kept := a.SignUps[:0]
		for _, s := range a.SignUps {
			if s.Person != e.Person {
				kept = append(kept, s)
			}
		}
		a.SignUps = kept
	case *CheckInOpened:
		a.Window = Window{revision, e.From, e.Until}
	case *CheckInClosed:
		a.Window.Until = min(a.Window.Until, e.At)
	case *ActivityClosed:
		a.Closed, a.People, a.Closer = true, e.People, signer(m)
	case *ActivityAttested:
		a.Attested, a.Attester = true, signer(m)
	}
}
