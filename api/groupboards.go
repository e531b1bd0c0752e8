package api

import (
	"context"
	"slices"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type groupsQuery struct {
	ViewInput
	DivisionInput
	PageInput
	Kind string `query:"kind" required:"true" enum:"household,building,organisation,team" doc:"户, 楼院, 单位, 志愿服务队"`
}

type groupStandingsQuery struct {
	ViewInput
	DivisionInput
	PeriodInput
	PageInput
	Kind string `path:"kind" enum:"households,buildings,organisations"`
}

type spanQuery struct {
	ViewInput
	DivisionInput
	PeriodInput
}

type scorecardQuery struct {
	ViewInput
	CommunityPath
	PeriodInput
}

var rankedKinds = map[string]domain.SubjectKind{
	"households": domain.SubjectHousehold, "buildings": domain.SubjectBuilding, "organisations": domain.SubjectOrganisation,
}

// groupBoards registers what is known of groups, and the figures made of them.
func groupBoards(r *routes) {
	listed := []string{CodeDivisionInvalid, CodeCursorInvalid}
	ruled := []string{CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong, CodeNoPolicy}
	figure(r, operation{
		id: "list-groups", path: "/v1/groups", tag: "groups", codes: listed, summary: "Households, buildings, organisations or teams of a division",
	}, listGroups)
	figure(r, operation{
		id: "list-group-standings", path: "/v1/standings/{kind}", tag: "standings", codes: slices.Concat(ruled, []string{CodeCursorInvalid}),
		summary: "Ranking of households, buildings or organisations (学习之星)",
		doc:     "Person-times count by membership on the day of each, to the members on the period's last day.",
	}, groupStandings)
	figure(r, operation{
		id: "list-teams", path: "/v1/teams", tag: "groups", codes: ruled, summary: "Volunteer teams: members, service and days",
	}, func(_ context.Context, s *Server, in *spanQuery) (figures.Teams, error) {
		return spanFigure(s, in, (*projections.View).Teams, figures.TeamsOf)
	})
	figure(r, operation{
		id: "get-training", path: "/v1/training", tag: "standings", codes: ruled, summary: "Training rate (培训率)",
	}, func(_ context.Context, s *Server, in *spanQuery) (figures.Training, error) {
		return spanFigure(s, in, (*projections.View).Training, figures.TrainingOf)
	})
	figure(r, operation{
		id: "list-sessions", path: "/v1/sessions", tag: "standings", codes: []string{CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong},
		summary: "Study sessions a month and layer, beside the target",
	}, func(_ context.Context, s *Server, in *spanQuery) (figures.LayerMonths, error) {
		sessions := func(v *projections.View, d domain.Division, p domain.Period) (projections.LayerMonths, error) {
			return v.Sessions(d, p), nil
		}
		return spanFigure(s, in, sessions, figures.SessionsOf)
	})
	figure(r, operation{
		id: "get-scorecard", path: "/v1/communities/{code}/scorecard", tag: "communities",
		codes:   []string{string(domain.CommunityInvalid), CodeNoSuchCommunity, CodePeriodInvalid, CodePeriodTooLong, CodeNoPolicy},
		summary: "Standard of a learning community (学习型社区标准): target, value, and what is missing",
	}, func(_ context.Context, s *Server, in *scorecardQuery) (figures.Scorecard, error) {
		code, err := domain.ParseCommunityCode(in.Code)
		if err != nil {
			return figures.Scorecard{}, domain.Refuse(domain.CommunityInvalid, "code")
		}
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.Scorecard{}, err
		}
		if err := v.Knows(code.Division()); err != nil {
			return figures.Scorecard{}, err
		}
		period, err := in.period(v)
		if err != nil {
			return figures.Scorecard{}, err
		}
		card, err := v.Scorecard(code, period)
		return figures.ScorecardOf(card), err
	})
}

// spanFigure answers with a figure of a division and period.
func spanFigure[P, F any](s *Server, in *spanQuery, make func(*projections.View, domain.Division, domain.Period) (P, error), of func(P) F) (F, error) {
	var none F
	d, err := in.division()
	if err != nil {
		return none, err
	}
	v, err := s.viewAt(in.AsOf, Cursor{})
	if err != nil {
		return none, err
	}
	period, err := in.period(v)
	if err != nil {
		return none, err
	}
	made, err := make(v, d, period)
	return of(made), err
}

func listGroups(_ context.Context, s *Server, in *groupsQuery) (figures.Groups, error) {
	d, err := in.division()
	if err != nil {
		return figures.Groups{}, err
	}
	p, err := s.page(&in.PageInput, in.AsOf, "list-groups", d.String(), in.Kind)
	if err != nil {
		return figures.Groups{}, err
	}
	all := p.view.Groups(d, domain.SubjectKind(in.Kind))
	rows, next := cut(&p, &in.PageInput, all.Groups, func(g *projections.Group) string { return g.Ref.ID.String() })
	out := figures.GroupsOf(all, rows)
	out.Next = p.next(s, next)
	return out, nil
}

func groupStandings(_ context.Context, s *Server, in *groupStandingsQuery) (figures.GroupBoard, error) {
	d, err := in.division()
	if err != nil {
		return figures.GroupBoard{}, err
	}
	p, err := s.page(&in.PageInput, in.AsOf, "list-group-standings", d.String(), in.Kind, in.Period)
	if err != nil {
		return figures.GroupBoard{}, err
	}
	period, err := in.period(p.view)
	if err != nil {
		return figures.GroupBoard{}, err
	}
	board, err := p.view.GroupStanding(d, rankedKinds[in.Kind], period)
	if err != nil {
		return figures.GroupBoard{}, err
	}
	rows, next := cut(&p, &in.PageInput, board.Rows, func(r *projections.GroupRow) string { return r.Group.ID.String() })
	out := figures.GroupBoardOf(board, rows)
	out.Next = p.next(s, next)
	return out, nil
}
