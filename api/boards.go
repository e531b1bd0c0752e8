package api

import (
	"context"
	"slices"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type starsQuery struct {
	ViewInput
	DivisionInput
	PageInput
}

type standingsQuery struct {
	ViewInput
	DivisionInput
	PeriodInput
	PageInput
}

type personStandingQuery struct {
	ViewInput
	PersonPath
	DivisionInput
	PeriodInput
}

type participationQuery struct {
	ViewInput
	DivisionInput
	PeriodInput
}

// boards registers stars, standings and participation.
func boards(r *routes) {
	listed := []string{CodeDivisionInvalid, CodeCursorInvalid}
	figure(r, operation{
		id: "list-stars", path: "/v1/stars", tag: "stars", codes: listed,
		summary: "Star board of a division (星级榜)",
		doc:     "The division's members with confirmed service, by recognised time from the highest down. Its pages are read at one ledger size.",
	}, listStars)
	figure(r, operation{
		id: "get-stars", path: "/v1/persons/{id}/stars", tag: "stars", codes: []string{string(domain.SubjectUnknown)},
		summary: "One person's stars, and what is missing to the next",
	}, func(_ context.Context, s *Server, in *personQuery) (figures.Star, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.Star{}, err
		}
		star, err := v.Star(in.person())
		return figures.StarOf(star), err
	})
	figure(r, operation{
		id: "list-standings", path: "/v1/standings/individuals", tag: "standings", codes: slices.Concat(listed, []string{CodePeriodInvalid, CodePeriodTooLong, CodeNoPolicy}),
		summary: "Ranking of learners (学习之星·个人)",
		doc:     "A ranking supports a decision and never makes it. Each row says what the row above has more.",
	}, listStandings)
	figure(r, operation{
		id: "get-standing", path: "/v1/persons/{id}/standing", tag: "standings",
		summary: "One person's place in a division; absent: the person's community",
		codes:   []string{string(domain.SubjectUnknown), CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong, CodeNoPolicy},
	}, personStanding)
	figure(r, operation{
		id: "get-participation", path: "/v1/participation", tag: "standings", codes: []string{CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong, CodeNoPolicy},
		summary: "Participation rates (参学率) with numerator, denominator and basis",
		doc:     "Groups too small to be published carry the reason in place of their figures.",
	}, participation)
}

func listStars(_ context.Context, s *Server, in *starsQuery) (figures.StarBoard, error) {
	d, err := in.division()
	if err != nil {
		return figures.StarBoard{}, err
	}
	p, err := s.page(&in.PageInput, in.AsOf, "list-stars", d.String())
	if err != nil {
		return figures.StarBoard{}, err
	}
	board, err := p.view.Stars(d, projections.Page{Limit: in.Rows(), After: string(p.cursor.Key)})
	out := figures.Stars(board)
	out.Next = p.next(s, board.Next)
	return out, err
}

func listStandings(_ context.Context, s *Server, in *standingsQuery) (figures.StandingBoard, error) {
	d, err := in.division()
	if err != nil {
		return figures.StandingBoard{}, err
	}
	p, err := s.page(&in.PageInput, in.AsOf, "list-standings", d.String(), in.Period)
	if err != nil {
		return figures.StandingBoard{}, err
	}
	period, err := in.period(p.view)
	if err != nil {
		return figures.StandingBoard{}, err
	}
	board, err := p.view.Standing(d, period, projections.Page{Limit: in.Rows(), After: string(p.cursor.Key)})
	out := figures.Standing(board)
	out.Next = p.next(s, board.Next)
	return out, err
}

func personStanding(_ context.Context, s *Server, in *personStandingQuery) (figures.PersonStanding, error) {
	d, err := in.division()
	if err != nil {
		return figures.PersonStanding{}, err
	}
	v, err := s.viewAt(in.AsOf, Cursor{})
	if err != nil {
		return figures.PersonStanding{}, err
	}
	period, err := in.period(v)
	if err != nil {
		return figures.PersonStanding{}, err
	}
	if in.Division == "" {
		p, err := v.Person(in.person())
		if err != nil {
			return figures.PersonStanding{}, err
		}
		if p.Community != 0 {
			d = p.Community.Division()
		}
	}
	row, foot, err := v.StandingOf(in.person(), d, period)
	return figures.StandingOf(row, foot, d, period), err
}

func participation(_ context.Context, s *Server, in *participationQuery) (figures.Participation, error) {
	d, err := in.division()
	if err != nil {
		return figures.Participation{}, err
	}
	v, err := s.viewAt(in.AsOf, Cursor{})
	if err != nil {
		return figures.Participation{}, err
	}
	period, err := in.period(v)
	if err != nil {
		return figures.Participation{}, err
	}
	p, err := v.Participation(d, period)
	return figures.ParticipationOf(p), err
}
