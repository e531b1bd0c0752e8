package api

import (
	"context"
	"net/http"
	"slices"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/projections"
)

// SignUpRow is one person who signs up.
type SignUpRow struct {
	Key    string `json:"key" minLength:"1" maxLength:"128" doc:"The row's own idempotency key"`
	Person string `json:"person" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters"`
}

type signUpsInput struct {
	AccountInput
	BehalfInput
	ActivityPath
	Body struct {
		Rows []SignUpRow `json:"rows" minItems:"1" maxItems:"200"`
	}
}

type withdrawSignUpInput struct {
	WriteInput
	ActivityPath
	Body struct {
		Person string `json:"person" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters"`
	}
}

type openCheckInInput struct {
	WriteInput
	ActivityPath
	Body *struct {
		Until string `json:"until,omitempty" format:"date-time" doc:"Absent: half an hour after the activity"`
	}
}

type closeCheckInInput struct {
	WriteInput
	ActivityPath
}

type checkInInput struct {
	WriteInput
	ActivityPath
	Body struct {
		Person string `json:"person" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters"`
		Code   string `json:"code" pattern:"^[0-9]{6}$" patternDescription:"6 digits" doc:"Shown at the place; never stored. A retry may show a newer one"`
	}
}

type checkInCodeQuery struct {
	AccountInput
	ActivityPath
}

// CheckInCode is what the screen at an activity shows.
type CheckInCode struct {
	Code  string `json:"code" example:"048213"`
	Next  string `json:"next" format:"date-time" doc:"When it changes; the code before and the one after are accepted as well"`
	Until string `json:"until" format:"date-time" doc:"When the window closes"`
}

type checkInCodeOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         CheckInCode
}

// AttendanceRow is one line of the paper sheet. What it leaves out of its time
// is the activity's.
type AttendanceRow struct {
	Key    string `json:"key" minLength:"1" maxLength:"128" doc:"The row's own idempotency key"`
	Person string `json:"person" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters"`
	WhenBody
	Remark string `json:"remark,omitempty" maxLength:"500" doc:"Sealed"`
}

type attendanceInput struct {
	AccountInput
	BehalfInput
	ActivityPath
	Body struct {
		Evidence []EvidenceBody  `json:"evidence" minItems:"1" maxItems:"50" doc:"The sign-in sheet"`
		Rows     []AttendanceRow `json:"rows" minItems:"1" maxItems:"200"`
	}
}

type confirmAttendanceInput struct {
	WriteInput
	ActivityPath
	Body *struct {
		Persons  []string       `json:"persons,omitempty" minItems:"1" maxItems:"200" doc:"Absent: the first 200 who claim"`
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

// attendance registers signing up, checking in and out, and what is entered
// from paper.
func attendance(r *routes) {
	rowCodes := []string{CodeAccountMissing, CodeAccountInvalid}
	add(r, operation{
		id: "sign-up", method: http.MethodPost, path: "/v1/activities/{id}/sign-ups", tag: "attendance", permission: "activity.sign-up",
		timeout: listTimeout, codes: rowCodes, summary: "Sign up to 200 people up for an activity",
		doc: "Each row is a command with a key of its own. The answer says who has a place and who waits; a place that falls free goes to who waits longest. " +
			"How many signed up before is told to the staff whose scope holds the activity's community.",
	}, func(ctx context.Context, in *signUpsInput) (*rosterOutput, error) { return r.server.signUps(ctx, in) })
	write(r, operation{
		id: "withdraw-sign-up", path: "/v1/activities/{id}/sign-ups/withdraw", tag: "attendance", permission: "activity.sign-up",
		summary: "Withdraw somebody's sign-up",
	}, append(slices.Clone(runCodes), domain.SignUpUnknown), withdrawSignUp)
	write(r, operation{
		id: "open-check-in", path: "/v1/activities/{id}/check-in-window", tag: "attendance", permission: "activity.run",
		summary: "Open the check-in window from now on", optionalBody: true,
	}, slices.Concat(runCodes, []domain.Code{domain.EndBeforeStart, domain.ActivityNotBegun, domain.ActivityOver}), openCheckIn)
	write(r, operation{
		id: "close-check-in", path: "/v1/activities/{id}/check-in-window/close", tag: "attendance", permission: "activity.run",
		summary: "Close the check-in window before its time",
	}, append(slices.Clone(runCodes), domain.WindowClosed), func(ctx context.Context, s *Server, in *closeCheckInInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.CloseCheckIn{Activity: in.activity()})
	})
	add(r, operation{
		id: "get-check-in-code", method: http.MethodGet, path: "/v1/activities/{id}/check-in-code", tag: "attendance", permission: "activity.run",
		summary: "The code to show at the place; it changes every minute",
		doc:     "For whoever runs the activity, never for a resident's account.",
		codes: []string{CodeAccountMissing, CodeAccountInvalid, string(domain.AccountUnknown), string(domain.AccountClosedCode), string(domain.RoleForbids),
			string(domain.SubjectUnknown), string(domain.WrongOrganisation), string(domain.ActivityCancelledCode), string(domain.ActivityClosedCode), string(domain.WindowClosed)},
	}, func(ctx context.Context, in *checkInCodeQuery) (*checkInCodeOutput, error) {
		c, err := r.server.cfg.Ledger.Commands.CheckInCode(ctx, r.server.accountOf(in.Account), in.activity())
		if err != nil {
			return nil, err
		}
		return &checkInCodeOutput{"no-store", CheckInCode{c.Code, c.Next.String(), c.Until.String()}}, nil
	})
	doorCodes := slices.Concat(personCodes, []domain.Code{domain.ActivityCancelledCode, domain.ActivityClosedCode, domain.ProxyCheckIn,
		domain.WindowClosed, domain.CodeWrong, commands.TooManyCodes, domain.ConsentMissing, domain.Overlap})
	write(r, operation{
		id: "check-in", path: "/v1/activities/{id}/check-in", tag: "attendance", permission: "activity.check-in",
		summary: "Check in with the code shown at the place",
		doc:     "By the person's own account, or by one of the staff that belongs to nobody, such as the device at the door. It has no minutes until the check-out.",
	}, append(slices.Clone(doorCodes), domain.AlreadyCheckedIn), checkIn)
	write(r, operation{
		id: "check-out", path: "/v1/activities/{id}/check-out", tag: "attendance", permission: "activity.check-in",
		summary: "Check out; it makes an entry, with credit hours if it is service",
		doc:     "The entry counts when a second person has attested the activity and confirmed it.",
	}, slices.Concat(doorCodes, []domain.Code{domain.MinutesZero, domain.DayFull, domain.NotCheckedIn}), checkOut)
	add(r, operation{
		id: "enter-attendance", method: http.MethodPost, path: "/v1/activities/{id}/attendance", tag: "attendance", permission: "entry.claim",
		timeout: listTimeout, codes: rowCodes, summary: "Enter up to 200 lines of the paper sign-in sheet",
		doc: "Each row is a command with a key of its own and becomes a claim with honour hours, the sheet as evidence.",
	}, func(ctx context.Context, in *attendanceInput) (*rosterOutput, error) {
		return r.server.enterAttendance(ctx, in)
	})
	add(r, operation{
		id: "confirm-attendance", method: http.MethodPost, path: "/v1/activities/{id}/confirm", tag: "attendance", permission: "entry.confirm",
		timeout: listTimeout, optionalBody: true, summary: "Confirm what people claim of an attested activity",
		codes: slices.Concat(rowCodes, []string{CodeKeyMissing, CodeKeyInvalid, string(domain.SubjectUnknown), CodePositionTimeout, CodeViewHalted}),
		doc:   "Row by row, at most 200 at a time. Given again with the same key, what is confirmed is not confirmed twice; ask again until nobody is left.",
	}, func(ctx context.Context, in *confirmAttendanceInput) (*rosterOutput, error) {
		return r.server.confirmAttendance(ctx, in)
	})
}

func (s *Server) signUps(ctx context.Context, in *signUpsInput) (*rosterOutput, error) {
	list := s.list(ctx, &in.AccountInput, &in.BehalfInput, len(in.Body.Rows))
	for i, row := range in.Body.Rows {
		list.add(i, row.Key, &domain.SignUpFor{Activity: in.activity(), Person: domain.PersonID{UUID: uuidOf(row.Person)}}, nil)
	}
	list.carryOut(ctx)
	// Who has a place is read off all sign-ups, also those before and between.
	activity, counted, err := s.countedFor(ctx, in.Account, in.activity())
	if err != nil {
		return nil, err
	}
	for i, row := range in.Body.Rows {
		r := &list.rows[i]
		if r.Code == "" {
			r.Place, r.Waiting, _ = activity.Place(domain.PersonID{UUID: uuidOf(row.Person)})
		}
		if !counted {
			if r.FirstRevision = nil; !r.Waiting {
				r.Place = 0
			}
		}
	}
	return list.answer(), nil
}

func withdrawSignUp(ctx context.Context, s *Server, in *withdrawSignUpInput) (*recordedOutput, error) {
	out, err := s.do(ctx, &in.WriteInput, &domain.WithdrawSignUp{Activity: in.activity(), Person: domain.PersonID{UUID: uuidOf(in.Body.Person)}})
	if err != nil {
		return nil, err
	}
	_, counted, err := s.countedFor(ctx, in.Account, in.activity())
	if !counted {
		out.Body.FirstRevision, out.Body.LastRevision = nil, nil
	}
	return out, err
}

// countedFor is an activity, and whether an account sees how many signed up: the
// revisions of its stream count them, too.
func (s *Server) countedFor(ctx context.Context, account string, id domain.ActivityID) (*domain.Activity, bool, error) {
	state, err := s.cfg.Ledger.Commands.State(ctx, id.Stream())
	if err != nil {
		return nil, false, err
	}
	activity := state.(*domain.Activity)
	by, refused := s.cfg.Ledger.Commands.Actor(ctx, s.accountOf(account)) // as every row was then
	return activity, refused == nil && asker{by}.within(activity.Plan.Community.Division()), nil
}

func openCheckIn(ctx context.Context, s *Server, in *openCheckInInput) (*recordedOutput, error) {
	read := reader{}
	c := &domain.OpenCheckIn{Activity: in.activity()}
	if in.Body != nil {
		c.Until = read.instant(in.Body.Until, "until")
	}
	if read.err != nil {
		return nil, read.err
	}
	return s.do(ctx, &in.WriteInput, c)
}

func checkIn(ctx context.Context, s *Server, in *checkInInput) (*recordedOutput, error) {
	out, err := s.do(ctx, &in.WriteInput, &domain.CheckInTo{
		Person: domain.PersonID{UUID: uuidOf(in.Body.Person)}, Activity: in.activity(), Code: in.Body.Code,
	})
	if err == nil {
		out.Body.CheckIn = out.Body.FirstRevision // a check-in is named as an entry is
	}
	return out, err
}

func checkOut(ctx context.Context, s *Server, in *checkInInput) (*recordedOutput, error) {
	out, err := s.do(ctx, &in.WriteInput, &domain.CheckOutOf{
		Person: domain.PersonID{UUID: uuidOf(in.Body.Person)}, Activity: in.activity(), Code: in.Body.Code,
	})
	if err == nil {
		out.Body.Entry = out.Body.FirstRevision
	}
	return out, err
}

func (s *Server) enterAttendance(ctx context.Context, in *attendanceInput) (*rosterOutput, error) {
	list := s.list(ctx, &in.AccountInput, &in.BehalfInput, len(in.Body.Rows))
	evidence := s.evidence(in.Body.Evidence)
	for i := range in.Body.Rows {
		row, read := &in.Body.Rows[i], reader{}
		c := &domain.EnterAttendance{
			Person: domain.PersonID{UUID: uuidOf(row.Person)}, Activity: in.activity(), Remark: row.Remark, Evidence: evidence,
		}
		if row.WhenBody != (WhenBody{}) {
			c.Span = row.span(&read)
		}
		list.add(i, row.Key, c, read.err)
	}
	list.carryOut(ctx)
	return list.answer(), nil
}

// confirmAttendance asks the roster who claims. Everything the activity's
// attestation rests on is folded in before it is asked.
func (s *Server) confirmAttendance(ctx context.Context, in *confirmAttendanceInput) (*rosterOutput, error) {
	var persons []domain.PersonID
	var evidence []domain.Evidence
	if in.Body != nil {
		evidence = s.evidence(in.Body.Evidence)
		for _, p := range in.Body.Persons {
			persons = append(persons, domain.PersonID{UUID: uuidOf(p)})
		}
	}
	if len(persons) == 0 {
		var err error
		if persons, err = s.claimants(ctx, in.activity()); err != nil {
			return nil, err
		}
	}
	list := s.list(ctx, &in.AccountInput, &in.BehalfInput, len(persons))
	for i, p := range persons {
		list.add(i, in.Key, &domain.ConfirmAttendance{Person: p, Activity: in.activity(), Evidence: evidence}, nil)
		list.rows[i].Person = p.String()
	}
	list.carryOut(ctx)
	return list.answer(), nil
}

// claimants are the first people of an activity's roster with an entry that
// waits to be confirmed.
func (s *Server) claimants(ctx context.Context, id domain.ActivityID) (persons []domain.PersonID, err error) {
	if err := s.await(ctx, s.cfg.Ledger.Stats().HeadPosition); err != nil {
		return nil, err
	}
	view, err := s.viewAt("", Cursor{})
	if err != nil {
		return nil, err
	}
	page := projections.Page{Limit: projections.MaxLimit}
	for {
		roster, err := view.Roster(id, page)
		if err != nil {
			return nil, err
		}
		for _, row := range roster.Rows {
			claims := slices.ContainsFunc(row.Presence, func(p projections.Presence) bool { return p.Status == domain.Claimed })
			if claims && len(persons) < MaxRowsPerList {
				persons = append(persons, row.Person)
			}
		}
		if page.After = roster.Next; page.After == "" || len(persons) == MaxRowsPerList {
			return persons, nil
		}
	}
}
