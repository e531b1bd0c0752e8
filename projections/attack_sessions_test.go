package projections

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// meeting of people without a number: what it is called says when it was, of which
// layer and of which form, so that every sum counts it once.
var (
	gatheringLayers = []domain.Layer{"老年", "青年", ""}
	gatheringForms  = []string{"集中学习", "讲座", "课程"}
)

// gather lets some people of a community, and now and then visitors, come together.
func (h *history) gather() {
	n, c := h.pick("title", 27), h.community()
	d := h.study(c, (day(h.t, "2025-01-05") + domain.Day(20*(n%3))).String(), fmt.Sprint("集", n), 60)
	d.Layer, d.Category = gatheringLayers[n/3%3], gatheringForms[n/9]
	if h.chance("numbered", 6) {
		d.Activity = activity(500 + n)
	}
	from := h.person()
	for k := range 1 + h.pick("came", 9) {
		id := h.person()
		if k == 0 {
			id = from
		}
		home := domain.CommunityOn(h.state(id.Stream()).(*domain.Person).Memberships, d.Span.Day)
		if home != c && !h.chance("visits", 8) {
			continue
		}
		if h.do(recorder, &domain.ClaimEntry{Person: id, Deed: d}) == nil {
			h.must(confirmer, &domain.ConfirmEntry{Person: id, Entry: h.lastEntry(id)})
		}
	}
}

// happened is something that is counted once, whoever was there.
type happened struct {
	community domain.CommunityCode
	layer     domain.Layer
	form      string
	month     domain.Month
	people    []domain.PersonID
}

// gathered are the sessions without a number, by community, layer, title and day.
func (m *model) gathered(p domain.Period) map[string]*happened {
	out := map[string]*happened{}
	for _, id := range m.canonicals() {
		for _, e := range m.confirmed(id, domain.Study) {
			x := &e.Deed
			if c := m.standsFor(x.Community, x.Span.Day); x.Activity.IsZero() && p.Contains(e.on) {
				key := fmt.Sprint(c, " ", x.Layer, " ", x.Title, " ", x.Span.Day)
				if out[key] == nil {
					out[key] = &happened{c, x.Layer, x.Category, e.on.Month(), nil}
				}
				out[key].people = append(out[key].people, id)
			}
		}
	}
	return out
}

// total learns how many of some sessions there were.
func (a *attacker) total(t tb, what string, published int64, of map[string]*happened, in func(*happened) bool) {
	t.Helper()
	f := heldFigure{what, map[int]bool{}}
	for key, x := range of {
		if !in(x) {
			continue
		}
		if _, known := a.index[key]; !known {
			a.index[key] = len(a.facts)
			a.facts = append(a.facts, heldFact{})
		}
		i := a.index[key]
		a.facts[i].people = append(a.facts[i].people, x.people...)
		f.of[i] = true
	}
	want(t, what, published, int64(len(f.of)))
	if len(f.of) > 0 {
		a.figures = append(a.figures, f)
	}
}

// gatherSessions learns what is published of sessions without a number at a point
// of view, by month and layer, and what the scorecards add to it.
func gatherSessions(t tb, a *attacker, when string, v *View, m *model, divisions []domain.Division, codes []domain.CommunityCode, year domain.Period) (shown, hidden int) {
	all := m.gathered(year)
	for _, d := range divisions {
		for _, month := range v.Sessions(d, year).Months {
			for _, layer := range append([]domain.Layer{"居民"}, gatheringLayers...) {
				i := slices.IndexFunc(month.Layers, func(l LayerSessions) bool { return l.Layer == layer })
				row := LayerSessions{Suppressed: month.Withheld}
				if i >= 0 {
					row = month.Layers[i]
				}
				if row.Suppressed != NotSuppressed {
					want(t, "withheld", row.Unnamed, 0)
					hidden++
					continue
				}
				shown += int(row.Unnamed)
				a.total(t, fmt.Sprint(month.Month, " ", layer, " of ", d, when), row.Unnamed, all, func(x *happened) bool {
					return in(d, x.community) && x.month == month.Month && x.layer == layer
				})
			}
		}
	}
	for _, c := range codes {
		card, err := v.Scorecard(c, year)
		want(t, "error", err, nil)
		whole := *v
		whole.everything = true
		full, err := whole.Scorecard(c, year)
		want(t, "error", err, nil)
		for _, it := range card.Items {
			var forms []string
			switch it.Item {
			case domain.ScoreTalks:
				forms = []string{"讲座"}
			case domain.ScoreCourses:
				forms = []string{"课程"}
			default:
				continue
			}
			all := map[string]*happened{}
			for key, x := range m.gathered(year) {
				if x.community == c && slices.Contains(forms, x.form) {
					all[key] = x
				}
			}
			// Those with a number are known to everybody.
			numbered := scored(t, full, it.Item).FactCount - int64(len(all))
			if it.FactCount == numbered { // nothing was told, or there is nothing
				hidden++
				continue
			}
			shown++
			a.total(t, fmt.Sprint(it.Item, " of ", c, when), it.FactCount-numbered, all, func(*happened) bool { return true })
			for _, x := range it.Short {
				a.total(t, fmt.Sprint(it.Item, " of ", c, " in ", x.From, when), x.Value, all, func(s *happened) bool { return s.month == x.From.Month() })
			}
		}
	}
	return shown, hidden
}

// TestNobodyIsFoundInSessions gives the attacker how many sessions without a number
// there were, in every division, month and layer, now and at an earlier size, and
// how many of them were talks and courses.
func TestNobodyIsFoundInSessions(t *testing.T) {
	year, shown, hidden, then := domain.YearPeriod(2025), 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		h := crowded(t)
		for range h.pick("gatherings", 60) {
			h.gather()
		}
		e := h.engine(Options{})
		whole := h.view(e, Now())
		a := &attacker{index: map[string]int{}}
		now, m := published(whole), modelOf(h.steps)
		s, n := gatherSessions(t, a, "", now, m, everyDivision(whole), h.codes, year)
		shown, hidden = shown+s, hidden+n
		a.check(t, smallestGroup)

		size := h.earlierSize(120)
		before, was := published(h.view(e, AtSize(domain.Size(size)))), modelOf(h.steps[:size])
		for _, d := range everyDivision(whole) {
			a, codes := &attacker{index: map[string]int{}}, []domain.CommunityCode(nil)
			if i := slices.IndexFunc(h.codes, func(c domain.CommunityCode) bool { return c.Division() == d }); i >= 0 {
				codes = h.codes[i : i+1]
			}
			gatherSessions(t, a, "", now, m, []domain.Division{d}, codes, year)
			n := len(a.figures)
			gatherSessions(t, a, " before", before, was, []domain.Division{d}, codes, year)
			then += len(a.figures) - n
			a.check(t, smallestGroup)
		}
	})
	if shown == 0 || hidden == 0 || then == 0 {
		t.Errorf("%d shown, %d withheld, %d figures of the past shown", shown, hidden, then)
	}
	t.Logf("%d shown, %d withheld, %d figures of the past shown", shown, hidden, then)
}
