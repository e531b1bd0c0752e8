package domain_test

import (
	"testing"
	"time"

	"zhishu/domain"
)

// WorkingDays is held against counting day by day with package time.
func TestWorkingDays(t *testing.T) {
	first := day("2025-12-25")
	for from := first; from < first+20; from++ {
		n := int64(0)
		for to := from; to < from+40; to++ {
			if to > from {
				if w := time.UnixMilli(int64(to.Start())).In(beijing).Weekday(); w != time.Saturday && w != time.Sunday {
					n++
				}
			}
			if got := domain.WorkingDays(from, to); got != n {
				t.Fatalf("%s to %s: %d working days, want %d", from, to, got, n)
			}
		}
	}
	if got := domain.WorkingDays(first, first-3); got != 0 {
		t.Errorf("backwards: %d", got)
	}
}
