package projections

import (
	"context"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// keeps holds every part that is answered from the cache against what it would
// be if it were made anew, and counts them.
func keeps(t tb, e *Engine) map[partKind]int {
	hits := map[partKind]int{}
	e.cache.again = func(v *View, key cacheKey, kept, made any) {
		hits[key.part]++
		if !sameFigures(kept, made) {
			t.Fatalf("part %d of %v in %v at size %d of %d, kept: %+v, made anew: %+v", key.part, key.division, key.period, v.size, v.b.size, kept, made)
		}
	}
	return hits
}

// sameFigures compares two parts by their figures alone: not by the days a part
// holds for, nor by when a community without anybody became known.
func sameFigures(kept, made any) bool {
	switch a := kept.(type) {
	case *starPart:
		x, y := *a, *made.(*starPart)
		x.made, x.until, y.made, y.until = 0, 0, 0, 0
		return reflect.DeepEqual(x, y)
	case *disclosure:
		b := made.(*disclosure)
		for _, withheld := range []map[domain.Division]Suppression{a.withheld, b.withheld} {
			for d := range withheld {
				if a.of(d) != b.of(d) {
					return false
				}
			}
		}
		return true
	}
	return reflect.DeepEqual(kept, made)
}

// TestWhatIsKeptIsWhatItWouldBe asks for every figure over and over while a
// history goes on, now and as of the past, and finds each part that is kept
// equal to one made anew.
func TestWhatIsKeptIsWhatItWouldBe(t *testing.T) {
	hits := map[partKind]int{}
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 60)
		e := h.engine(Options{Batch: rapid.SampledFrom([]int{1, 7, 1000}).Draw(t, "batch")})
		found := keeps(t, e)
		period := rapid.SampledFrom([]domain.Period{domain.AllTime, domain.YearPeriod(2025), domain.YearPeriod(2026)}).Draw(t, "period")
		for range 4 {
			for range h.pick("steps", 5) {
				h.step()
			}
			if err := e.CatchUp(context.Background()); err != nil {
				t.Fatalf("catch up: %v", err)
			}
			d := division(t, rapid.SampledFrom(divisions).Draw(t, "division"))
			earlier := domain.Size(rapid.IntRange(0, len(h.steps)).Draw(t, "earlier"))
			for _, v := range []*View{h.view(e, Now()), h.view(e, AtSize(earlier))} {
				v.Digests()
				everyFigure(published(v), d, h.community(), period)
			}
		}
		for part, n := range found {
			hits[part] += n
		}
	})
	for part := range partKinds {
		if hits[part] == 0 {
			t.Errorf("part %d was never answered from the cache", part)
		}
	}
}

// everyFigure asks for the figures that are kept.
func everyFigure(v *View, d domain.Division, c domain.CommunityCode, period domain.Period) {
	_, _ = v.Stars(d, Page{})
	_, _ = v.Standing(d, period, Page{})
	_, _ = v.Participation(d, period)
	_, _ = v.Training(d, period)
	_, _ = v.Donations(DonationFilter{Division: d, Period: period})
	_, _ = v.GiftList(DonationFilter{Division: d, Period: period}, Page{})
	v.ActivityTotals(d, period)
	v.Sessions(d, period)
	_, _ = v.GroupStanding(d, domain.SubjectHousehold, period)
	_, _ = v.Scorecard(c, period)
}
