package api

import (
	"context"
	"encoding/hex"
	"slices"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type flagsQuery struct {
	ViewInput
	DivisionInput
	PageInput
	Kind   string `query:"kind" enum:"day-minutes,mixed-day,shared-time,burst,own-circle,outside-change,late,account-closed,activity-changed,repeat,look-alike,reversal,closed-changed,retroactive-policy" doc:"Absent: every kind"`
	Status string `query:"status" enum:"open,reviewed" doc:"Absent: both"`
}

type reviewInput struct {
	WriteInput
	Flag string `path:"flag" pattern:"^[0-9a-f]{32}$" patternDescription:"32 hexadecimal digits" doc:"Id of the flag"`
	Body struct {
		Outcome string `json:"outcome" enum:"explained,corrects" doc:"It is as it should be, or it leads to a correction or voiding"`
		ReasonBody
	}
}

// flags registers what about recorded facts somebody should look at, and what
// was found.
func flags(r *routes) {
	figure(r, operation{
		id: "list-flags", path: "/v1/flags", tag: "flags", codes: []string{CodeDivisionInvalid, CodeCursorInvalid},
		summary: "Integrity flags of a division, the newest first (核查标记)",
		doc:     "A flag accuses nobody and changes no figure. Its thresholds are those of the integrity policy in force on the day.",
	}, listFlags)
	write(r, operation{
		id: "review-flag", path: "/v1/flags/{flag}/review", tag: "flags", permission: "flag.review",
		summary: "Say what a look at a flag has shown",
		doc:     "By another person than the subject and than whoever recorded, confirmed, changed or decided on what is flagged. A newer fact opens the flag again. A retroactive policy is reviewed by whoever approves it.",
	}, slices.Concat(personCodes, []domain.Code{domain.OwnRecord, domain.SameAccount, domain.EntryUnknown, domain.WrongOrganisation}), reviewFlag)
}

func listFlags(_ context.Context, s *Server, in *flagsQuery) (figures.Flags, error) {
	d, err := in.division()
	if err != nil {
		return figures.Flags{}, err
	}
	p, err := s.page(&in.PageInput, in.AsOf, "list-flags", d.String(), in.Kind, in.Status)
	if err != nil {
		return figures.Flags{}, err
	}
	board, err := p.view.Flags(d, projections.FlagFilter{Kind: projections.FlagKind(in.Kind), Status: in.Status}, projections.Page{Limit: in.Rows(), After: string(p.cursor.Key)})
	if err != nil {
		return figures.Flags{}, err
	}
	out := figures.FlagsOf(board)
	out.Next = p.next(s, board.Next)
	return out, nil
}

func reviewFlag(ctx context.Context, s *Server, in *reviewInput) (*recordedOutput, error) {
	v, err := s.viewAt("", Cursor{})
	if err != nil {
		return nil, err
	}
	var flag [16]byte
	if _, err := hex.Decode(flag[:], []byte(in.Flag)); err != nil {
		return nil, domain.Refuse(domain.FieldInvalid, "flag")
	}
	x, ok := v.Flag(flag)
	switch {
	case !ok:
		return nil, domain.Refuse(domain.SubjectUnknown, "flag")
	case x.Kind == projections.FlagPolicy:
		return nil, domain.Refuse(domain.FieldInvalid, "flag")
	case x.Person.IsZero():
		return s.do(ctx, &in.WriteInput, &domain.ReviewCommunityFlag{
			Code: x.Community, Flag: flag, Kind: string(x.Kind), Recorder: x.Account, Outcome: domain.FlagOutcome(in.Body.Outcome), Reason: in.Body.Reason,
		})
	}
	c := &domain.ReviewFlag{Person: x.Person, Flag: flag, Kind: string(x.Kind), Outcome: domain.FlagOutcome(in.Body.Outcome), Reason: in.Body.Reason}
	for _, a := range x.Acts {
		c.Actors = append(c.Actors, domain.Signer{Account: a.Account, Person: a.Person})
	}
	for _, f := range x.Facts {
		if no := domain.EntryNo(f.Revision); f.Stream == x.Person.Stream() && !slices.Contains(c.Entries, no) {
			c.Entries = append(c.Entries, no)
		}
	}
	return s.do(ctx, &in.WriteInput, c)
}
