package projections

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// keeping counts the parts that were answered from the cache, and remembers one
// that was not what it should be.
type keeping struct {
	mu    sync.Mutex // parts are made in parallel
	hits  map[partKind]int
	fault string
}

// keeps holds every part that is answered from the cache against what it would
// be if it were made anew.
func keeps(e *Engine) *keeping {
	k := &keeping{hits: map[partKind]int{}}
	e.cache.again = func(v *View, key cacheKey, kept, made any) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.hits[key.part]++
		if !sameFigures(v, key, kept, made) {
			k.fault = fmt.Sprintf("part %d of %v in %v at size %d of %d, kept: %+v, made anew: %+v", key.part, key.division, key.period, v.size, v.b.size, kept, made)
		}
	}
	return k
}

func (k *keeping) check(t tb) {
	t.Helper()
	if k.fault != "" {
		t.Fatalf("%s", k.fault)
	}
}

// sameFigures compares two parts by their figures alone: not by the days a part
// holds for, nor by when a community without anybody became known, nor by who is
// summed apart, which is known from today's books.
func sameFigures(v *View, key cacheKey, kept, made any) bool {
	switch a := kept.(type) {
	case *starPart:
		x, y := *a, *made.(*starPart)
		x.made, x.until, y.made, y.until = 0, 0, 0, 0
		return reflect.DeepEqual(x, y)
	case *studyPart:
		rows, cells := summed(v, key, a)
		again, cellsAgain := summed(v, key, made.(*studyPart))
		return slices.Equal(rows, again) && slices.Equal(cells, cellsAgain)
	case *monthlyPart:
		return slices.Equal(summedMonths(v, key, a), summedMonths(v, key, made.(*monthlyPart)))
	case *ranking:
		b := made.(*ranking)
		return a.of != b.of || slices.Equal(a.rows, b.rows) && a.unranked == b.unranked && a.totals == b.totals
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

// summed is what a part comes to with those who are summed apart.
func summed(v *View, key cacheKey, p *studyPart) (rows []studyRow, cells []studyCell) {
	apart := v.unsettledStudy(key.division, p.unsettled, key.period, leastOf(key))
	rows = slices.Concat(p.rows, apart.rows)
	slices.SortFunc(rows, func(a, b studyRow) int { return cmp.Compare(a.person, b.person) })
	_, cells = sumStudy([]*studyPart{p, apart})
	return rows, cells
}

// leastOf is what a part of a key asks for.
func leastOf(key cacheKey) domain.Least {
	return domain.Least{Minutes: domain.Minutes(key.number >> 8), Percent: key.number & 0xff}
}

// summedMonths does the same month by month.
func summedMonths(v *View, key cacheKey, p *monthlyPart) []monthlyRow {
	rows := slices.Clone(p.rows)
	fold := studyFold{v: v, period: key.period, least: leastOf(key), cells: map[domain.Month]*studyCell{}}
	for _, person := range p.unsettled {
		s := v.subjectOf(person)
		rows = append(rows, fold.months(s, func(day domain.Day) bool { return v.inDivision(key.division, v.homeOn(s, day)) })...)
	}
	slices.SortFunc(rows, func(a, b monthlyRow) int {
		return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.month, b.month))
	})
	return rows
}

// TestWhatIsKeptIsWhatItWouldBe asks for every figure over and over while a
// history goes on, now and as of the past, and finds each part that is kept
// equal to one made anew.
func TestWhatIsKeptIsWhatItWouldBe(t *testing.T) {
	hits := map[partKind]int{}
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 60)
		h.alike()
		e := h.engine(Options{Batch: rapid.SampledFrom([]int{1, 7, 1000}).Draw(t, "batch")})
		found := keeps(e)
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
			found.check(t)
		}
		for part, n := range found.hits {
			hits[part] += n
		}
	})
	for part := range partKinds {
		if hits[part] == 0 {
			t.Errorf("part %d was never answered from the cache", part)
		}
	}
}

// answers remembers figures by question, and the newest answer to each.
type answers map[string]any

// remember holds an answer against the one before: what says that nothing can
// have changed must be the same, but for the size it is told at.
func (a answers) remember(t tb, question string, figure any) {
	x := reflect.New(reflect.TypeOf(figure)).Elem()
	x.Set(reflect.ValueOf(figure))
	x.FieldByName("Footing").FieldByName("Size").SetUint(0)
	footing := func(x any) string { return fmt.Sprintf("%+v", reflect.ValueOf(x).FieldByName("Footing")) }
	before, asked := a[question]
	a[question] = x.Interface()
	if asked && footing(before) == footing(a[question]) && !reflect.DeepEqual(before, a[question]) {
		t.Fatalf("%s: with the same footing %s\n%+v\nand\n%+v", question, footing(before), before, a[question])
	}
}

// TestAFootingMovesWithItsFigure: two answers of one footing are equal, and what
// is kept is good after every single event.
func TestAFootingMovesWithItsFigure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 40)
		e := h.engine(Options{Batch: rapid.SampledFrom([]int{1, 7, 1000}).Draw(t, "batch")})
		kept := keeps(e)
		a, period := answers{}, rapid.SampledFrom([]domain.Period{domain.AllTime, domain.YearPeriod(2025), domain.YearPeriod(2026)}).Draw(t, "period")
		d := division(t, rapid.SampledFrom(divisions).Draw(t, "division"))
		rare := []func(){h.arrange, h.arrange, h.takePart, h.groupLife, h.adopt, h.lateRules, h.closing, h.register, h.count, h.succeed, h.merge, h.closing, h.earlier, h.leave, h.useGift}
		for range 20 {
			if h.chance("rare", 2) {
				rare[h.pick("which", len(rare))]()
			} else {
				h.step()
			}
			if err := e.CatchUp(context.Background()); err != nil {
				t.Fatalf("catch up: %v", err)
			}
			v := h.view(e, Now())
			if figure, err := v.Participation(d, period); err == nil {
				a.remember(t, "participation", figure)
			}
			if figure, err := v.Training(d, period); err == nil {
				a.remember(t, "training", figure)
			}
			if figure, err := v.Donations(DonationFilter{Division: d, Period: period}); err == nil {
				a.remember(t, "donations", figure)
			}
			if figure, err := v.Teams(d, period); err == nil {
				a.remember(t, "teams", figure)
			}
			if figure, err := v.GroupStanding(d, domain.SubjectHousehold, period); err == nil {
				a.remember(t, "households", figure)
			}
			for _, c := range h.codes {
				if figure, err := v.Scorecard(c, period); err == nil {
					a.remember(t, "scorecard of "+c.String(), figure)
				}
			}
			a.remember(t, "sessions", v.Sessions(d, period))
			a.remember(t, "activities", v.ActivityTotals(d, period))
			a.remember(t, "teams known", v.Groups(d, domain.SubjectTeam))
			a.remember(t, "communities", v.Communities(d))
			if figure, err := v.Stars(d, Page{}); err == nil {
				for i := range figure.Rows {
					figure.Rows[i].State = PersonState{} // today's
				}
				a.remember(t, "stars", figure)
			}
			if figure, err := v.Standing(d, period, Page{}); err == nil {
				for i := range figure.Rows {
					figure.Rows[i].State = PersonState{}
				}
				a.remember(t, "standing", figure)
			}
			kept.check(t)
		}
	})
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
	_, _ = v.Waiting(d, WaitFilter{}, Page{})
	_, _ = v.Flags(d, FlagFilter{}, Page{})
	_, _ = v.Flags(domain.Division{}, FlagFilter{}, Page{})
	for _, c := range v.b.communitiesIn(domain.Division{}) {
		v.borne(c, groupFigure{true, period, v.day})
		v.borne(c, groupFigure{false, period, v.day})
		v.monthlyPart(c, period, domain.Least{})
	}
}
