package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

// ViewInput is embedded in the input of every figure: its point of view, and
// the conditions under which it is answered.
type ViewInput struct {
	ReadInput
	ConditionalInput
	AsOf string `query:"asOf" maxLength:"32" doc:"The ledger as it was: at a size (120000) or at the end of a day (2026-03-31)" example:"2026-03-31"`
}

// DivisionInput is embedded where a figure is of a division.
type DivisionInput struct {
	Division string `query:"division" maxLength:"12" doc:"Division code of 2, 4, 6, 9 or 12 digits; absent: the whole country" example:"430702001007"`
}

func (in *DivisionInput) division() (domain.Division, error) {
	d, err := domain.ParseDivision(in.Division)
	if err != nil {
		return d, NewProblem(CodeDivisionInvalid, "")
	}
	return d, nil
}

// PeriodInput is embedded where a figure is of a period on the occurred axis.
type PeriodInput struct {
	Period string `query:"period" maxLength:"22" doc:"A year (2026), a month (2026-03), two dates (2026-01-01..2026-06-30, at most 20 years) or all; absent: the year of the point of view" example:"2026"`
}

func (in *PeriodInput) period(v *projections.View) (domain.Period, error) {
	if in.Period == "" {
		return domain.YearPeriod(v.Day().Year()), nil
	}
	p, err := domain.AskPeriod(in.Period)
	if err != nil {
		return p, periodProblem(err)
	}
	return p, nil
}

// periodProblem says why a period is not one that a figure is asked of.
func periodProblem(err error) error {
	if errors.Is(err, domain.ErrPeriodLong) {
		return NewProblem(CodePeriodTooLong, "")
	}
	return NewProblem(CodePeriodInvalid, "")
}

// pointOf reads asOf: nothing, a ledger size, or a day that has come.
func (s *Server) pointOf(asOf string) (projections.AsOf, error) {
	point, err := projections.ParseAsOf(asOf)
	if err != nil {
		return point, NewProblem(CodeAsOfInvalid, "")
	}
	today := s.cfg.Ledger.Commands.Now().Day()
	if now, err := s.cfg.Ledger.Views.At(projections.Now()); err == nil {
		today = max(today, now.Day())
	}
	return point, point.Come(today)
}

// viewAt makes the point of view of a query. The pages of a list belong to the
// ledger size of its first one; where that view cannot be made again, because
// a day that is not over has moved on, the list begins again.
func (s *Server) viewAt(asOf string, at Cursor) (*projections.View, error) {
	point, err := s.pointOf(asOf)
	if err != nil {
		return nil, err
	}
	view, err := s.cfg.Ledger.Views.At(point)
	if err != nil || at.Key == nil || view.Size() == domain.Size(at.Size) {
		return view, err
	}
	first, err := s.cfg.Ledger.Views.At(projections.AtSize(domain.Size(at.Size)))
	if err != nil {
		return nil, err
	}
	if !point.IsNow() && first.Day() != view.Day() {
		return nil, NewProblem(CodeCursorInvalid, "")
	}
	return first, nil
}

// figureOutput is the answer to a query for a figure.
type figureOutput[F any] struct {
	Tagged
	Body F
}

// ofDivision is the input of a figure of a division at a point of view.
type ofDivision interface {
	division() (domain.Division, error)
	pointOfView() string
}

func (in *ViewInput) pointOfView() string { return in.AsOf }

// known refuses the code of a community that there is not.
func (s *Server) known(in ofDivision) error {
	d, err := in.division()
	if err != nil {
		return err
	}
	v, err := s.viewAt(in.pointOfView(), Cursor{})
	if err != nil {
		return err
	}
	return v.Knows(d)
}

// figure registers a query that is answered with a figure, or with 304 to who
// already holds it.
func figure[I, F any](r *routes, op operation, answer func(ctx context.Context, s *Server, in *I) (F, error)) {
	op.method, op.permission = http.MethodGet, "figure.read"
	op.codes = append(op.codes, CodeAsOfInvalid, CodeAsOfFuture, CodeBeyondLedger, CodePositionTimeout, CodeViewHalted)
	if _, ok := any(new(I)).(ofDivision); ok {
		op.codes = append(op.codes, CodeNoSuchCommunity)
	}
	add(r, op, func(ctx context.Context, in *I) (*figureOutput[F], error) {
		if of, ok := any(in).(ofDivision); ok {
			if err := r.server.known(of); err != nil {
				return nil, err
			}
		}
		body, err := answer(ctx, r.server, in)
		if err != nil {
			return nil, err
		}
		tag := tagOfFigure(any(&body).(figures.Footed).Validator())
		query := any(in).(interface{ Unchanged(ETag) error })
		if err := query.Unchanged(tag); err != nil {
			return nil, err
		}
		return &figureOutput[F]{tagged(tag), body}, nil
	})
}

// paging is one page of a list: which list, where the page begins, and the
// view all its pages are read at.
type paging struct {
	list   string
	cursor Cursor
	view   *projections.View
}

// page opens the cursor of a query. The filters name everything that decides
// what the list holds.
func (s *Server) page(in *PageInput, asOf string, filters ...string) (p paging, err error) {
	p.list = strings.Join(append(filters, asOf), "|")
	if p.cursor, err = s.cursors.Open(p.list, in.Cursor); err != nil {
		return p, err
	}
	p.view, err = s.viewAt(asOf, p.cursor)
	return p, err
}

// next seals where the next page begins; there is none after the last.
func (p *paging) next(s *Server, key string) string {
	if key == "" {
		return ""
	}
	return s.cursors.Seal(p.list, Cursor{Size: uint64(p.view.Size()), Key: []byte(key)})
}

// cut takes a page out of a whole list: what follows the row with the cursor's
// key, and the key of its last row when more follow.
func cut[T any](p *paging, in *PageInput, all []T, keyOf func(*T) string) (rows []T, next string) {
	first := 0
	if p.cursor.Key != nil {
		for first < len(all) && keyOf(&all[first]) != string(p.cursor.Key) {
			first++
		}
		first = min(first+1, len(all))
	}
	last := min(first+in.Rows(), len(all))
	if last < len(all) {
		next = keyOf(&all[last-1])
	}
	return all[first:last], next
}
