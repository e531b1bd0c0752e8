package api

import (
	"context"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

// DiffInput is embedded in the input of every difference: its two points of
// view, and the rules supposed at them.
type DiffInput struct {
	ReadInput
	ConditionalInput
	From      string `query:"from" required:"true" minLength:"1" maxLength:"32" doc:"The earlier point of view: a ledger size (120000) or the end of a day (2026-03-31)" example:"120000"`
	To        string `query:"to" maxLength:"32" doc:"The later one; absent: now. The same as from, with under, compares two rules"`
	Under     string `query:"under" maxLength:"64" doc:"Rule supposed at the later point of view: a version that was adopted, or an example of GET /v1/policy-examples" example:"counting-half-hours"`
	FromUnder string `query:"fromUnder" maxLength:"64" doc:"Rule supposed at the earlier one"`
}

// LimitInput is embedded where a list is cut off and not paged.
type LimitInput struct {
	Limit int `query:"limit" default:"50" minimum:"1" maximum:"500" doc:"Rows at most; how many were left out is said"`
}

// between makes both views.
func (in *DiffInput) between(s *Server) (before, after *projections.View, suppose func(*figures.Between), err error) {
	if after, err = s.viewAt(in.To, Cursor{}); err != nil {
		return nil, nil, nil, err
	}
	if before, err = s.viewAt(in.From, Cursor{}); err != nil {
		return nil, nil, nil, err
	}
	if before.Size() > after.Size() {
		return nil, nil, nil, NewProblem(CodeDiffBackwards, "")
	}
	before, after, suppose, ok := figures.Differ(before, after, in.FromUnder, in.Under)
	if !ok {
		return nil, nil, nil, NewProblem(CodeNoSuchRule, "")
	}
	return before, after, suppose, nil
}

type diffStatementQuery struct {
	DiffInput
	Person string `query:"person" required:"true" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Volunteer number"`
}

type diffStarsQuery struct {
	DiffInput
	DivisionInput
	LimitInput
}

type diffPeriodQuery struct {
	DiffInput
	DivisionInput
	PeriodInput
	LimitInput
}

// differences registers what changed in a figure between two points of view.
func differences(r *routes) {
	codes := func(more ...string) []string { return append([]string{CodeDiffBackwards, CodeNoSuchRule}, more...) }
	figure(r, operation{
		id: "diff-statement", path: "/v1/diff/statement", tag: "persons", codes: codes(string(domain.SubjectUnknown)),
		summary: "What changed in a person's statement, entry by entry",
		doc:     "Each entry that came, went or changed, with the events that did it and what else did, in plain sentences. The changes of the entries sum to that of the total.",
	}, func(ctx context.Context, s *Server, in *diffStatementQuery) (out figures.StatementDiff, err error) {
		before, after, suppose, err := in.between(s)
		if err != nil {
			return out, err
		}
		d, err := s.cfg.Ledger.DiffStatement(ctx, before, after, domain.PersonID{UUID: uuidOf(in.Person)})
		out = figures.StatementDiffOf(d)
		suppose(&out.Between)
		return out, err
	})
	figure(r, operation{
		id: "diff-stars", path: "/v1/diff/stars", tag: "stars", codes: codes(CodeDivisionInvalid),
		summary: "What changed on a star board, person by person",
		doc:     "Withheld where either board is.",
	}, func(_ context.Context, s *Server, in *diffStarsQuery) (out figures.StarsDiff, err error) {
		d, err := in.division()
		if err != nil {
			return out, err
		}
		before, after, suppose, err := in.between(s)
		if err != nil {
			return out, err
		}
		out = figures.StarsDiffOf(after.DiffStars(before, d, in.Limit))
		suppose(&out.Between)
		return out, nil
	})
	figure(r, operation{
		id: "diff-standing", path: "/v1/diff/standing", tag: "standings", codes: codes(CodeDivisionInvalid, CodePeriodInvalid, CodeNoPolicy),
		summary: "What changed in the ranking of learners, person by person",
		doc:     "Withheld where either ranking is.",
	}, func(_ context.Context, s *Server, in *diffPeriodQuery) (out figures.StandingDiff, err error) {
		before, after, d, period, suppose, err := in.read(s)
		if err != nil {
			return out, err
		}
		diff, err := after.DiffStanding(before, d, period, in.Limit)
		out = figures.StandingDiffOf(diff)
		suppose(&out.Between)
		return out, err
	})
	figure(r, operation{
		id: "diff-participation", path: "/v1/diff/participation", tag: "standings", codes: codes(CodeDivisionInvalid, CodePeriodInvalid, CodeNoPolicy),
		summary: "What changed in the participation rates: numerator, denominator, definition and facts",
		doc:     "Withheld where either figure is, or where the persons who tell them apart are too few. The facts of a community's own division are listed.",
	}, func(_ context.Context, s *Server, in *diffPeriodQuery) (out figures.ParticipationDiff, err error) {
		before, after, d, period, suppose, err := in.read(s)
		if err != nil {
			return out, err
		}
		diff, err := after.DiffParticipation(before, d, period, in.Limit)
		if err != nil {
			return out, err
		}
		out = figures.ParticipationDiffOf(diff)
		suppose(&out.Between)
		return out, nil
	})
}

// read makes everything a difference over a period needs.
func (in *diffPeriodQuery) read(s *Server) (before, after *projections.View, d domain.Division, period domain.Period, suppose func(*figures.Between), err error) {
	if d, err = in.division(); err != nil {
		return
	}
	if before, after, suppose, err = in.between(s); err != nil {
		return
	}
	period, err = in.period(after)
	return
}
