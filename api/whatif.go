package api

import (
	"context"
	"errors"
	"slices"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

// SupposeInput is embedded where a figure is asked for under another rule.
type SupposeInput struct {
	Policy  string `query:"policy" maxLength:"40" doc:"A version that was adopted; this or example is needed" example:"counting-all/1"`
	Example string `query:"example" maxLength:"64" doc:"An example of GET /v1/policy-examples" example:"counting-half-hours"`
	Scope   string `query:"scope" maxLength:"12" doc:"Division for which it is supposed; absent: the version's own, or the whole country"`
}

// suppose finds the rule, which must be one that the figure goes by, and makes
// the view under it.
func (in *SupposeInput) suppose(v *projections.View, goesBy []domain.PolicyKind) (*domain.PolicyVersion, *projections.View, error) {
	p, err := figures.Suppose(v, in.Policy, in.Example, goesBy)
	if err != nil {
		return nil, nil, ruleProblem(err)
	}
	if in.Scope != "" {
		scope, err := domain.ParseDivision(in.Scope)
		if err != nil {
			return nil, nil, NewProblem(CodeDivisionInvalid, "")
		}
		p.ID.Scope = scope
	}
	return p, v.WhatIf(p), nil
}

// ruleProblem is why a rule cannot be supposed.
func ruleProblem(err error) error {
	var other *figures.OtherKindError
	if errors.As(err, &other) {
		return NewProblem(CodeRuleOfOtherKind, "It goes by: "+other.Kinds()+".")
	}
	return NewProblem(CodeNoSuchRule, "")
}

type whatIfStatementQuery struct {
	ViewInput
	SupposeInput
	PersonPath
}

type whatIfStarsQuery struct {
	ViewInput
	SupposeInput
	DivisionInput
	PageInput
}

type whatIfStandingsQuery struct {
	ViewInput
	SupposeInput
	DivisionInput
	PeriodInput
	PageInput
}

type whatIfParticipationQuery struct {
	ViewInput
	SupposeInput
	DivisionInput
	PeriodInput
}

// whatIf registers figures under rules that are not in force. Nothing of them
// is recorded, and none is published that would not be under those in force.
func whatIf(r *routes) {
	codes := []string{CodeNoSuchRule, CodeRuleOfOtherKind, CodeDivisionInvalid}
	figure(r, operation{
		id: "what-if-statement", path: "/v1/what-if/persons/{id}/statement", tag: "policies", codes: append(codes, string(domain.SubjectUnknown)),
		summary: "A person's service under another rule, with the difference fact by fact",
	}, func(ctx context.Context, s *Server, in *whatIfStatementQuery) (out figures.WhatIfStatement, err error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return out, err
		}
		p, w, err := in.suppose(v, projections.ServiceRules)
		if err != nil {
			return out, err
		}
		before, err := s.cfg.Ledger.Statement(ctx, v, in.person())
		if err != nil {
			return out, err
		}
		after, err := s.cfg.Ledger.Statement(ctx, w, in.person())
		return figures.WhatIfStatementOf(p, before, after), err
	})
	figure(r, operation{
		id: "what-if-stars", path: "/v1/what-if/stars", tag: "policies", codes: append(slices.Clone(codes), CodeCursorInvalid),
		summary: "A star board under another rule, beside the one in force",
	}, whatIfStars)
	figure(r, operation{
		id: "what-if-standings", path: "/v1/what-if/standings/individuals", tag: "policies",
		codes:   append(slices.Clone(codes), CodeCursorInvalid, CodePeriodInvalid, CodePeriodTooLong, CodeNoPolicy),
		summary: "The ranking of learners under another rule, beside the one in force",
	}, whatIfStandings)
	figure(r, operation{
		id: "what-if-participation", path: "/v1/what-if/participation", tag: "policies", codes: append(slices.Clone(codes), CodePeriodInvalid, CodePeriodTooLong, CodeNoPolicy),
		summary: "Participation rates under another definition, beside those in force",
	}, func(_ context.Context, s *Server, in *whatIfParticipationQuery) (out figures.WhatIfParticipation, err error) {
		d, err := in.division()
		if err != nil {
			return out, err
		}
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return out, err
		}
		p, w, err := in.suppose(v, projections.RateRules)
		if err != nil {
			return out, err
		}
		period, err := in.period(v)
		if err != nil {
			return out, err
		}
		before, err := v.Participation(d, period)
		if err != nil {
			return out, err
		}
		after, err := w.Participation(d, period)
		return figures.WhatIfParticipationOf(p, before, after), err
	})
}

func whatIfStars(_ context.Context, s *Server, in *whatIfStarsQuery) (out figures.WhatIfStars, err error) {
	d, err := in.division()
	if err != nil {
		return out, err
	}
	page, err := s.page(&in.PageInput, in.AsOf, "what-if-stars", d.String(), in.Policy, in.Example, in.Scope)
	if err != nil {
		return out, err
	}
	p, w, err := in.suppose(page.view, projections.ServiceRules)
	if err != nil {
		return out, err
	}
	before, err := page.view.Stars(d, projections.Page{Limit: 1})
	if err != nil {
		return out, err
	}
	after, err := w.Stars(d, projections.Page{Limit: in.Rows(), After: string(page.cursor.Key)})
	if err != nil {
		return out, err
	}
	out, err = figures.WhatIfStarsOf(p, before, after, func(id domain.PersonID) (domain.StarRating, error) {
		star, err := page.view.Star(id)
		return star.Rating, err
	})
	out.Next = page.next(s, after.Next)
	return out, err
}

func whatIfStandings(_ context.Context, s *Server, in *whatIfStandingsQuery) (out figures.WhatIfStanding, err error) {
	d, err := in.division()
	if err != nil {
		return out, err
	}
	page, err := s.page(&in.PageInput, in.AsOf, "what-if-standings", d.String(), in.Period, in.Policy, in.Example, in.Scope)
	if err != nil {
		return out, err
	}
	p, w, err := in.suppose(page.view, projections.StudyRules)
	if err != nil {
		return out, err
	}
	period, err := in.period(page.view)
	if err != nil {
		return out, err
	}
	after, err := w.Standing(d, period, projections.Page{Limit: in.Rows(), After: string(page.cursor.Key)})
	if err != nil {
		return out, err
	}
	out, err = figures.WhatIfStandingOf(p, after, func(id domain.PersonID) (projections.StandingRow, projections.Footing, error) {
		return page.view.StandingOf(id, d, period)
	})
	out.Next = page.next(s, after.Next)
	return out, err
}
