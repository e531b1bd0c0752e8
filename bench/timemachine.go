package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"zhishu/demo"
	"zhishu/domain"
	"zhishu/eventstore/embedded"
	"zhishu/projections"
)

// pastSizes are sizes near to each other: one question in a while meets a
// collection of garbage.
const pastSizes = 5

// timeMachine measures P8: figures as of a size in the middle of the ledger,
// asked for the first time, beside the same ones as of now.
func (r *run) timeMachine(dir string, built demo.Summary) error {
	log, engine, err := following(r.ctx, dir)
	if err != nil {
		return err
	}
	defer log.Close()
	now, err := engine.At(projections.Now())
	if err != nil {
		return err
	}
	year, err := domain.ParsePeriod("2025")
	if err != nil {
		return err
	}
	county := built.Example.County
	for _, q := range []struct {
		work   string
		target time.Duration
		ask    func(*projections.View) error
	}{
		{"statement", 20 * time.Millisecond, func(v *projections.View) error { return statementOf(r.ctx, v, log, built.Example.Person) }},
		{"standing, top 100 of a county", time.Second, func(v *projections.View) error {
			_, err := v.Standing(county, year, projections.Page{Limit: 100})
			return err
		}},
		{"standing, top 100 of everybody", time.Second, func(v *projections.View) error {
			_, err := v.Standing(domain.Division{}, year, projections.Page{Limit: 100})
			return err
		}},
		{"integrity flags of a county", time.Second, func(v *projections.View) error {
			_, err := v.Flags(county, projections.FlagFilter{}, projections.Page{Limit: 100})
			return err
		}},
		{"ranking of the buildings of a county", time.Second, func(v *projections.View) error {
			_, err := v.GroupStanding(county, domain.SubjectBuilding, year)
			return err
		}},
		{"training of a county", time.Second, func(v *projections.View) error {
			_, err := v.Training(county, year)
			return err
		}},
		{"participation of a county", time.Second, func(v *projections.View) error {
			_, err := v.Participation(county, year)
			return err
		}},
	} {
		live, err := timed(func() error { return q.ask(now) })
		if err != nil {
			return err
		}
		ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
		took := make([]float64, pastSizes)
		for i := range took {
			past, err := engine.At(projections.AtSize(now.Size()*3/4 - domain.Size(i)*997))
			if err != nil {
				return err
			}
			then, err := timed(func() error { return q.ask(past) })
			if err != nil {
				return err
			}
			took[i] = ms(then)
		}
		r.report(Row{ID: "P8", Work: fmt.Sprintf("%s as of three quarters of %d events", q.work, now.Size()), Figure: median(took), Limit: ms(live), Unit: "ms",
			Target: fmt.Sprintf("≤ %v", q.target), Met: median(took) <= ms(q.target),
			Detail: fmt.Sprintf("median of %d sizes, slowest %.1f ms; limit: the same as of now; all asked for the first time", pastSizes, slices.Max(took))})
	}
	return nil
}

func statementOf(ctx context.Context, v *projections.View, log *embedded.Reader, id domain.PersonID) error {
	_, err := v.Statement(ctx, log, id)
	return err
}

func timed(f func() error) (time.Duration, error) {
	began := time.Now()
	err := f()
	return time.Since(began), err
}
