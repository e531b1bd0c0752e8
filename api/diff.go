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

func (in *DiffInput) pointOfView() string { return in.To }

// LimitInput is embedded where a list is cut off and not paged.
type LimitInput struct {
	Limit int `query:"limit" default:"50" minimum:"1" maximum:"500" doc:"Rows at most; how many were left out is said"`
}

// twoViews are the two points of view of a difference.
type twoViews struct {
	before, after *projections.View
	suppose       func(*figures.Between)
}

// between makes both views of a figure that goes by rules of some kinds.
func (in *DiffInput) between(s *Server, goesBy []domain.PolicyKind) (w twoViews, err error) {
	if w.after, err = s.viewAt(in.To, Cursor{}); err != nil {
		return w, err
	}
	if w.before, err = s.viewAt(in.From, Cursor{}); err != nil {
		return w, err
	}
	from, _ := projections.ParseAsOf(in.From) // both were read to make the views
	to, _ := projections.ParseAsOf(in.To)
	if w.before.Size() > w.after.Size() || from.LaterThan(to) {
		return w, NewProblem(CodeDiffBackwards, "")
	}
	if w.before, w.after, w.suppose, err = figures.Differ(w.before, w.after, in.FromUnder, in.Under, goesBy); err != nil {
		return w, ruleProblem(err)
	}
	return w, nil
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
	codes := func(more ...string) []string {
		return append([]string{CodeDiffBackwards, CodeNoSuchRule, CodeRuleOfOtherKind}, more...)
	}
	figure(r, operation{
		id: "diff-statement", path: "/v1/diff/statement", tag: "persons", codes: codes(string(domain.SubjectUnknown)),
		summary: "What changed in a person's statement, entry by entry",
		doc: "Each entry that came, went or changed, with the events that did it and what else did, in plain sentences. The changes of the entries sum to that of the total. " +
			"Reports of missing entries and check-ins without a check-out are compared, too.",
	}, func(ctx context.Context, s *Server, in *diffStatementQuery) (out figures.StatementDiff, err error) {
		w, err := in.between(s, projections.ServiceRules)
		if err != nil {
			return out, err
		}
		d, err := s.cfg.Ledger.DiffStatement(ctx, w.before, w.after, domain.PersonID{UUID: uuidOf(in.Person)})
		if err != nil {
			return out, err
		}
		out = figures.StatementDiffOf(d)
		w.suppose(&out.Between)
		return out, nil
	})
	figure(r, operation{
		id: "diff-stars", path: "/v1/diff/stars", tag: "stars", codes: codes(CodeDivisionInvalid),
		summary: "What changed on a star board, person by person",
		doc:     "Withheld where either board is. A fact that an event moved names it, with its ledger size and the account that recorded it.",
	}, func(ctx context.Context, s *Server, in *diffStarsQuery) (out figures.StarsDiff, err error) {
		d, err := in.division()
		if err != nil {
			return out, err
		}
		w, err := in.between(s, projections.ServiceRules)
		if err != nil {
			return out, err
		}
		diff := w.after.DiffStars(w.before, d, in.Limit)
		if err := s.cfg.Ledger.NameMoves(ctx, w.after, diff.Moves()); err != nil {
			return out, err
		}
		out = figures.StarsDiffOf(diff)
		w.suppose(&out.Between)
		return out, nil
	})
	diffPeriod(r, operation{
		id: "diff-standings", path: "/v1/diff/standings", tag: "standings", codes: codes(CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong, CodeNoPolicy),
		summary: "What changed in the ranking of learners, person by person",
		doc:     "Withheld where either ranking is. A fact that an event moved names it, with its ledger size and the account that recorded it.",
	}, projections.StudyRules, (*projections.View).DiffStanding, figures.StandingDiffOf, func(d *figures.StandingDiff) *figures.Between { return &d.Between })
	diffPeriod(r, operation{
		id: "diff-participation", path: "/v1/diff/participation", tag: "standings", codes: codes(CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong, CodeNoPolicy),
		summary: "What changed in the participation rates: numerator, denominator, definition and facts",
		doc: "Withheld where either figure is, or where the persons who tell them apart are too few. The facts of a community's own division are listed, " +
			"each with the event that moved it and the account that recorded it.",
	}, projections.RateRules, (*projections.View).DiffParticipation, figures.ParticipationDiffOf, func(d *figures.ParticipationDiff) *figures.Between { return &d.Between })
}

// diffPeriod registers a difference of a figure of a division and a period.
func diffPeriod[D projections.Differs, T any](r *routes, op operation, goesBy []domain.PolicyKind,
	compare func(after, before *projections.View, d domain.Division, period domain.Period, limit int) (D, error),
	tell func(D) T, between func(*T) *figures.Between,
) {
	figure(r, op, func(ctx context.Context, s *Server, in *diffPeriodQuery) (out T, err error) {
		d, err := in.division()
		if err != nil {
			return out, err
		}
		w, err := in.between(s, goesBy)
		if err != nil {
			return out, err
		}
		period, err := in.period(w.after)
		if err != nil {
			return out, err
		}
		diff, err := compare(w.after, w.before, d, period, in.Limit)
		if err != nil {
			return out, err
		}
		if err := s.cfg.Ledger.NameMoves(ctx, w.after, diff.Moves()); err != nil {
			return out, err
		}
		out = tell(diff)
		w.suppose(between(&out))
		return out, nil
	})
}
