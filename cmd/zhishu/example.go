package main

import (
	"errors"

	"zhishu/domain"
	"zhishu/projections"
)

type example struct {
	community domain.CommunityCode
	name      string
	person    domain.PersonID
}

// exampleOf finds a community with active volunteers and its best one.
func exampleOf(l *ledger) (example, error) {
	view, err := l.engine.At(projections.Now())
	if err != nil {
		return example{}, err
	}
	for _, c := range view.Communities(domain.Division{}).Communities {
		board, err := view.Stars(c.Code.Division(), projections.Page{Limit: 1})
		if err == nil && len(board.Rows) > 0 {
			return example{c.Code, c.Name, board.Rows[0].Person}, nil
		}
	}
	return example{}, errors.New("no community has an active volunteer yet")
}
