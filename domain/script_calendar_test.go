package domain_test

import (
	"fmt"
	"strings"

	"zhishu/domain"
)

// calendar reads 日历=2026 放假=元旦:2026-01-01..2026-01-03,… 上班=2026-01-04,….
func (l *ledger) calendar() *domain.Calendar {
	w := l.args
	c := &domain.Calendar{}
	if from, to, two := strings.Cut(w.option("日历", "2026"), ".."); two {
		c.From, c.To = day(from), day(to) // also one that ends before it begins
	} else {
		covers := period(from)
		c.From, c.To = covers.From, covers.To
	}
	for _, s := range w.list("放假") {
		name, days, _ := strings.Cut(s, ":")
		from, to, _ := strings.Cut(days, "..")
		if to == "" {
			to = from
		}
		c.Holidays = append(c.Holidays, domain.Holiday{Name: literal(name), From: day(from), To: day(to)})
	}
	for _, s := range w.list("上班") {
		c.Working = append(c.Working, day(s))
	}
	return c
}

func (l *ledger) workingDays() string {
	w := l.args
	n := l.rules().Calendar(community(w.at(1)).Division()).Between(day(w.at(2)), day(w.at(3)))
	answer := fmt.Sprintf("%d 个", n.Days)
	for _, v := range n.Versions {
		answer += fmt.Sprintf(" %s/%d", v.ID, v.Version)
	}
	if n.ByWeek {
		answer += " 按周"
	}
	return answer
}
