package domain_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// Between is held against asking of every single day which calendar is in force
// and what it says of that day.
func TestWorkingDaysByCalendars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := day("2025-11-01")
		pick := func(name string, n int) domain.Day { return first + domain.Day(rapid.IntRange(0, n-1).Draw(t, name)) }
		var versions []domain.PolicyVersion
		for i := range rapid.IntRange(0, 5).Draw(t, "versions") {
			c := &domain.Calendar{From: pick("covers", 120)}
			c.To = c.From + domain.Day(rapid.IntRange(0, 100).Draw(t, "days"))
			for d := c.From; d <= c.To; {
				d += domain.Day(rapid.IntRange(0, 30).Draw(t, "until"))
				h := domain.Holiday{Name: "假", From: d, To: d + domain.Day(rapid.IntRange(0, 8).Draw(t, "off"))}
				if h.To <= c.To {
					c.Holidays = append(c.Holidays, h)
				}
				for x := h.To + 1; x <= min(h.To+9, c.To) && len(c.Working) < 40; x++ {
					if w := x.Start().Day(); weekend(w) && rapid.Bool().Draw(t, "worked") {
						c.Working = append(c.Working, x)
					}
				}
				d = h.To + 10
			}
			id := domain.PolicyID{Kind: domain.CalendarKind, Scope: division([]string{"全国", "4307", "11"}[rapid.IntRange(0, 2).Draw(t, "scope")])}
			p := domain.PolicyVersion{ID: id, Version: i + 1, Title: "日历", From: pick("from", 200), Calendar: c}
			versions = append(versions, p)
			if _, err := (&domain.Policy{Latest: &domain.PolicyVersion{Version: i}}).Decide(&domain.AdoptPolicy{Policy: p}, founder, 0); err != nil {
				t.Fatalf("%+v: %v", c, err)
			}
		}
		rules := domain.NewRulebook(versions)
		here := community("430702001007")
		after := pick("after", 200)
		to := after + domain.Day(rapid.IntRange(-3, 200).Draw(t, "to"))
		want, byWeek := int64(0), false
		var used []string
		for d := after + 1; d <= to; d++ {
			works, v := !weekend(d), rules.InForce(domain.CalendarKind, here, d)
			if v == nil || d < v.Calendar.From || v.Calendar.To < d {
				byWeek = true
			} else {
				if name := v.Ref(); !slices.Contains(used, name.ID.String()+string(rune(name.Version))) {
					used = append(used, name.ID.String()+string(rune(name.Version)))
				}
				for _, h := range v.Calendar.Holidays {
					works = works && (d < h.From || h.To < d)
				}
				works = works || slices.Contains(v.Calendar.Working, d)
			}
			if works {
				want++
			}
		}
		got := rules.Calendar(here.Division()).Between(after, to)
		var named []string
		for _, v := range got.Versions {
			named = append(named, v.ID.String()+string(rune(v.Version)))
		}
		if got.Days != want || got.ByWeek != byWeek || !slices.Equal(named, used) {
			t.Fatalf("%s to %s: %+v %v, want %d %v by week %v", after, to, got, named, want, used, byWeek)
		}
	})
}

func weekend(d domain.Day) bool {
	w := time.UnixMilli(int64(d.Start())).In(beijing).Weekday()
	return w == time.Saturday || w == time.Sunday
}
