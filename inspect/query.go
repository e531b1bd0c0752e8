package inspect

import (
	"context"
	"errors"
	"fmt"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/projections"
)

// Query asks for one figure of a bundle.
type Query struct {
	Kind     string `json:"kind"` // stars, standing, participation, statement
	Division string `json:"division,omitempty"`
	Period   string `json:"period,omitempty"`
	Person   string `json:"person,omitempty"`
}

const (
	starsQuery         = "stars"
	standingQuery      = "standing"
	participationQuery = "participation"
	statementQuery     = "statement"
)

// path is where the answer to the n-th query stands.
func (q Query) path(n int) string { return fmt.Sprintf("%s%03d-%s.json", resultsDir, n+1, q.Kind) }

// Queries are what a bundle answers: stars, standing and rates of the division,
// and a statement for every person of the sample.
func Queries(division, period string, sample []string) []Query {
	queries := []Query{
		{Kind: starsQuery, Division: division},
		{Kind: standingQuery, Division: division, Period: period},
		{Kind: participationQuery, Division: division, Period: period},
	}
	for _, person := range sample {
		queries = append(queries, Query{Kind: statementQuery, Person: person})
	}
	return queries
}

var errQuery = errors.New("no such query")

// answer computes a figure as canonical JSON: the figures' own fields in their
// order, indented by two spaces, a line feed at the end.
func (q Query) answer(ctx context.Context, v *projections.View, streams eventstore.StreamReader) ([]byte, error) {
	figure, err := q.figure(ctx, v, streams)
	if err != nil {
		return nil, err
	}
	return canonical(figure)
}

func (q Query) figure(ctx context.Context, v *projections.View, streams eventstore.StreamReader) (any, error) {
	division, err := domain.ParseDivision(q.Division)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errQuery, err)
	}
	if q.Kind == statementQuery {
		id, err := domain.ParseUUID(q.Person)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errQuery, err)
		}
		s, err := v.Statement(ctx, streams, domain.PersonID{UUID: id})
		settle(&s.Footing)
		return figures.StatementOf(s), err
	}
	if q.Kind == starsQuery {
		var board projections.StarBoard
		err := pages(func(page projections.Page) (string, error) {
			part, err := v.Stars(division, page)
			part.Rows = append(board.Rows, part.Rows...)
			board = part
			return part.Next, err
		})
		settle(&board.Footing)
		return figures.Stars(board), err
	}
	period, err := domain.AskPeriod(q.Period)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errQuery, err)
	}
	switch q.Kind {
	case standingQuery:
		var board projections.StandingBoard
		err := pages(func(page projections.Page) (string, error) {
			part, err := v.Standing(division, period, page)
			part.Rows = append(board.Rows, part.Rows...)
			board = part
			return part.Next, err
		})
		settle(&board.Footing)
		return figures.Standing(board), err
	case participationQuery:
		rates, err := v.Participation(division, period)
		settle(&rates.Footing)
		return figures.ParticipationOf(rates), err
	}
	return nil, fmt.Errorf("%w: kind %.32q", errQuery, q.Kind)
}

// settle leaves out of a figure when it last changed: that is a bound for caches,
// and depends on how the facts came in.
func settle(f *projections.Footing) { f.ChangedAt = f.Size }

// pages asks for one page after the other to the end.
func pages(next func(projections.Page) (after string, err error)) error {
	page := projections.Page{Limit: projections.MaxLimit}
	for {
		after, err := next(page)
		if err != nil || after == "" {
			return err
		}
		page.After = after
	}
}

// policiesOf lists the policy versions adopted up to the view, as the API does.
func policiesOf(v *projections.View) figures.Policies {
	return figures.PoliciesOf(v.Policies(), projections.Footing{Size: v.Size(), Day: v.Day()})
}
