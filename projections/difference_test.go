package projections

import (
	"testing"

	"zhishu/domain"
)

// TestAWholeBesideTodaysMonths: twelve of one community studied in March. Since
// then two of another, which had nothing before, are recorded for March and five
// for May. Seven tell the year as it was from today's, but the year as it was and
// today's March are two apart.
func TestAWholeBesideTodaysMonths(t *testing.T) {
	w := newWorld(t).withPolicies()
	first, second, year := code(t, "430702001001"), code(t, "430702001002"), domain.YearPeriod(2025)
	for n := range 12 {
		w.confirmed(w.enrol(n, first, "2025-01-01"), w.study(first, "2025-03-01", "读书会", 60))
	}
	for n := range 7 {
		w.enrol(20+n, second, "2025-01-01")
	}
	e := w.engine(Options{})
	before := domain.Size(len(w.steps))
	study := func(from, to int, on string) {
		for n := from; n < to; n++ {
			w.confirmed(person(20+n), w.study(second, on, "书法", 60))
		}
	}
	check := func(size domain.Size, why Suppression) {
		t.Helper()
		w.catchUp(e)
		rates, err := published(w.view(e, AtSize(size))).Participation(division(t, "430702001"), year)
		want(t, "error", err, nil)
		want(t, "the street's year", rates.Suppressed, why)
	}
	check(before, NotSuppressed)
	study(0, 2, "2025-03-02")
	study(2, 7, "2025-05-02")
	check(before, Difference)
	check(domain.Size(len(w.steps)), NotSuppressed)
}
