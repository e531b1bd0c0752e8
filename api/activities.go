package api

import (
	"context"
	"slices"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

// ActivityPath is embedded where the path names an activity.
type ActivityPath struct {
	Activity string `path:"id" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters"`
}

func (in *ActivityPath) activity() domain.ActivityID {
	return domain.ActivityID{UUID: uuidOf(in.Activity)}
}

// PlanBody is the whole value of an activity: a public notice, without names.
type PlanBody struct {
	Kind           string `json:"kind" enum:"service,study,talk,course,donation-drive"`
	Title          string `json:"title" minLength:"1" maxLength:"200"`
	Category       string `json:"category,omitempty" maxLength:"200" doc:"Service category, or form of study (讲座, 课程 …)"`
	Place          string `json:"place,omitempty" maxLength:"200"`
	Community      string `json:"community" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"That records it"`
	Organisation   string `json:"organisation,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"That records it; absent: the community's committee"`
	Layer          string `json:"layer,omitempty" maxLength:"200" doc:"For whom; of study"`
	Start          string `json:"start" format:"date-time" doc:"RFC 3339" example:"2026-03-05T01:00:00Z"`
	End            string `json:"end" format:"date-time"`
	Capacity       uint32 `json:"capacity,omitempty" maximum:"100000" doc:"Of sign-ups; absent: no limit"`
	Series         string `json:"series,omitempty" maxLength:"200" doc:"The course or regular meeting it is a session of; a course needs one"`
	MakeupOf       string `json:"makeupOf,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"The session it stands for (补课)"`
	PersonInCharge string `json:"personInCharge,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"负责人; cannot attest it"`
}

func (b *PlanBody) plan(r *reader) domain.Plan {
	return domain.Plan{
		Kind: domain.ActivityKind(b.Kind), Title: b.Title, Category: b.Category, Place: b.Place,
		Community: r.community(b.Community, "community"), Organisation: domain.OrganisationID{UUID: uuidOf(b.Organisation)},
		Layer: domain.Layer(b.Layer), Start: r.instant(b.Start, "start"), End: r.instant(b.End, "end"), Capacity: b.Capacity,
		Series: b.Series, MakeupOf: domain.ActivityID{UUID: uuidOf(b.MakeupOf)}, PersonInCharge: domain.PersonID{UUID: uuidOf(b.PersonInCharge)},
	}
}

type scheduleInput struct {
	WriteInput
	Body PlanBody
}

type rescheduleInput struct {
	WriteInput
	ActivityPath
	Body struct {
		PlanBody
		Notice string `json:"notice,omitempty" maxLength:"200" doc:"To be published with it; without names"`
	}
}

type cancelInput struct {
	WriteInput
	ActivityPath
	Body *struct {
		Notice string `json:"notice,omitempty" maxLength:"200" doc:"To be published with it; without names"`
	}
}

type closeActivityInput struct {
	WriteInput
	ActivityPath
	Body *struct {
		People   int64          `json:"people,omitempty" minimum:"0" maximum:"100000" doc:"Present, named or not, as counted"`
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

type attestInput struct {
	WriteInput
	ActivityPath
	Body *struct {
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50" doc:"The signed and sealed registration form; a talk needs it"`
	}
}

type activityQuery struct {
	ViewInput
	AskerInput
	ActivityPath
}

type timetableQuery struct {
	ViewInput
	AskerInput
	DivisionInput
	PeriodInput
	PageInput
}

type rosterQuery struct {
	ViewInput
	AskerInput
	ActivityPath
	PageInput
}

type activityTotalsQuery struct {
	ViewInput
	AskerInput
	DivisionInput
	PeriodInput
}

var (
	planCodes = []domain.Code{domain.SubjectUnknown, domain.CommunityInvalid, domain.EndBeforeStart, domain.MinutesZero, domain.WrongOrganisation}
	runCodes  = []domain.Code{domain.SubjectUnknown, domain.WrongOrganisation, domain.ActivityCancelledCode, domain.ActivityClosedCode}
)

// activities registers what is announced, and what became of it.
func activities(r *routes) {
	const countedForStaff = "How many signed up and came is shown to accounts of the staff and of inspectors whose scope holds the activity's community; " +
		"everybody else sees whether there is a place."
	unknown := append([]string{string(domain.SubjectUnknown)}, askerCodes...)
	figure(r, operation{
		id: "list-activities", path: "/v1/activities", tag: "activities", codes: append([]string{CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong, CodeCursorInvalid}, askerCodes...),
		summary: "Timetable of a division (课表)", doc: "Activities whose time touches the period, in the order in which they begin. " + countedForStaff,
	}, timetable)
	figure(r, operation{
		id: "get-activity", path: "/v1/activities/{id}", tag: "activities", codes: unknown,
		summary: "One activity, with every plan it has had", doc: countedForStaff,
	}, func(ctx context.Context, s *Server, in *activityQuery) (figures.ActivityDetail, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.ActivityDetail{}, err
		}
		a, err := v.Activity(in.activity())
		if err != nil {
			return figures.ActivityDetail{}, err
		}
		asker, err := s.asker(ctx, in.Asker)
		return figures.ActivityOf(a, asker.sight(in.AsOf)), err
	})
	figure(r, operation{
		id: "get-roster", path: "/v1/activities/{id}/roster", tag: "activities", codes: append(slices.Clone(unknown), CodeCursorInvalid),
		summary: "Who signed up, who waits, who was there, and who did not check out (名册)",
		doc: "For accounts of the staff and of inspectors whose scope holds the activity's community. Of everybody else the roster lists the account's own person, " +
			"and says whether there is a place.",
	}, activityRoster)
	figure(r, operation{
		id: "sum-activities", path: "/v1/activity-totals", tag: "activities", codes: append([]string{CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong}, askerCodes...),
		summary: "Activities of a division counted by kind, month and series",
		doc: "They count for the community that records them. A series is a name within its community: a course, or another regular meeting. " +
			"How many came, as confirmed with their time and as counted by hand, is shown to accounts of the staff and of inspectors whose scope holds the division.",
	}, activityTotals)
	signInSheets(r)

	write(r, operation{
		id: "schedule-activity", path: "/v1/activities", tag: "activities", permission: "activity.schedule", summary: "Schedule an activity",
		doc: "Its identity is made here and follows from account and Idempotency-Key under the ledger's secret, so that a retry meets the same activity.",
	}, planCodes, schedule)
	write(r, operation{
		id: "reschedule-activity", path: "/v1/activities/{id}/reschedule", tag: "activities", permission: "activity.schedule",
		summary: "Replace an activity's plan whole; kind and community stay",
	}, slices.Concat(planCodes, runCodes, []domain.Code{domain.NothingChanges}), func(ctx context.Context, s *Server, in *rescheduleInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.RescheduleActivity{Activity: in.activity(), Plan: in.Body.plan(&read), Notice: in.Body.Notice}
		if read.err != nil {
			return nil, read.err
		}
		return s.do(ctx, &in.WriteInput, c)
	})
	write(r, operation{
		id: "cancel-activity", path: "/v1/activities/{id}/cancel", tag: "activities", permission: "activity.schedule",
		summary: "Cancel an activity", optionalBody: true,
	}, runCodes, func(ctx context.Context, s *Server, in *cancelInput) (*recordedOutput, error) {
		c := &domain.CancelActivity{Activity: in.activity()}
		if in.Body != nil {
			c.Notice = in.Body.Notice
		}
		return s.do(ctx, &in.WriteInput, c)
	})
	write(r, operation{
		id: "close-activity", path: "/v1/activities/{id}/close", tag: "activities", permission: "activity.run",
		summary: "Close an activity that has taken place", optionalBody: true,
		doc: "Nobody checks in or out after it. A second person then attests it.",
	}, append(slices.Clone(runCodes), domain.ActivityNotBegun), func(ctx context.Context, s *Server, in *closeActivityInput) (*recordedOutput, error) {
		c := &domain.CloseActivity{Activity: in.activity()}
		if in.Body != nil {
			c.People, c.Evidence = in.Body.People, s.evidence(in.Body.Evidence)
		}
		return s.do(ctx, &in.WriteInput, c)
	})
	write(r, operation{
		id: "attest-activity", path: "/v1/activities/{id}/attest", tag: "activities", permission: "activity.attest",
		summary: "Sign and seal a closed activity as a second person", optionalBody: true,
		doc: "Neither who set its plan, nor who closed it, nor the person in charge. What people claim of it is confirmed afterwards, one by one.",
	}, []domain.Code{domain.SubjectUnknown, domain.OwnRecord, domain.SameAccount, domain.WrongOrganisation, domain.ActivityCancelledCode, domain.ActivityNotClosed},
		func(ctx context.Context, s *Server, in *attestInput) (*recordedOutput, error) {
			c := &domain.AttestActivity{Activity: in.activity()}
			if in.Body != nil {
				c.Evidence = s.evidence(in.Body.Evidence)
			}
			return s.do(ctx, &in.WriteInput, c)
		})
}

func schedule(ctx context.Context, s *Server, in *scheduleInput) (*recordedOutput, error) {
	read := reader{}
	account := s.accountOf(in.Account)
	id := domain.ActivityID{UUID: s.cfg.Ledger.Commands.DerivedID("api-activity", account.UUID[:], []byte(in.Key))}
	c := &domain.ScheduleActivity{Activity: id, Plan: in.Body.plan(&read)}
	if read.err != nil {
		return nil, read.err
	}
	out, err := s.do(ctx, &in.WriteInput, c)
	if err == nil {
		out.Body.Activity = id.String()
	}
	return out, err
}

func timetable(ctx context.Context, s *Server, in *timetableQuery) (figures.Timetable, error) {
	d, err := in.division()
	if err != nil {
		return figures.Timetable{}, err
	}
	p, err := s.page(&in.PageInput, in.AsOf, "list-activities", d.String(), in.Period)
	if err != nil {
		return figures.Timetable{}, err
	}
	period, err := in.period(p.view)
	if err != nil {
		return figures.Timetable{}, err
	}
	t, err := p.view.Timetable(d, period, projections.Page{Limit: in.Rows(), After: string(p.cursor.Key)})
	if err != nil {
		return figures.Timetable{}, err
	}
	asker, err := s.asker(ctx, in.Asker)
	out := figures.TimetableOf(t, asker.sight(in.AsOf))
	out.Next = p.next(s, t.Next)
	return out, err
}

func activityRoster(ctx context.Context, s *Server, in *rosterQuery) (figures.ActivityRoster, error) {
	p, err := s.page(&in.PageInput, in.AsOf, "get-roster", in.Activity)
	if err != nil {
		return figures.ActivityRoster{}, err
	}
	asker, err := s.asker(ctx, in.Asker)
	if err != nil {
		return figures.ActivityRoster{}, err
	}
	r, err := p.view.Roster(in.activity(), projections.Page{Limit: in.Rows(), After: string(p.cursor.Key)})
	if err == nil && !asker.within(r.Plan.Community.Division()) {
		r, err = p.view.RosterOf(in.activity(), asker.Is)
	}
	if err != nil {
		return figures.ActivityRoster{}, err
	}
	out := figures.RosterOf(r, asker.sight(in.AsOf))
	out.Next = p.next(s, r.Next)
	return out, nil
}

func activityTotals(ctx context.Context, s *Server, in *activityTotalsQuery) (figures.ActivityTotals, error) {
	d, err := in.division()
	if err != nil {
		return figures.ActivityTotals{}, err
	}
	v, err := s.viewAt(in.AsOf, Cursor{})
	if err != nil {
		return figures.ActivityTotals{}, err
	}
	period, err := in.period(v)
	if err != nil {
		return figures.ActivityTotals{}, err
	}
	asker, err := s.asker(ctx, in.Asker)
	return figures.ActivityTotalsOf(v.ActivityTotals(d, period), asker.within), err
}
