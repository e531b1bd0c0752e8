package projections

import (
	"cmp"
	"slices"

	"zhishu/domain"
)

// LayerMonths is what a community held of layered study, month by month, beside
// the scorecard's target.
type LayerMonths struct {
	Footing
	Division domain.Division
	Period   domain.Period
	Policy   *domain.PolicyVersion // the scorecard; nil when none is in force
	Target   int64                 // layered sessions a month; zero: the scorecard asks for none
	Months   []LayerMonth
}

// LayerMonth is one month. Layered counts sessions with a layer alone.
type LayerMonth struct {
	Month   domain.Month
	Over    bool // the month is over at the view
	Layered int64
	Missing int64 // to the target
	Layers  []LayerSessions
	// Withheld says why sessions without a number are missing from the above.
	// Unknown: what is shown does not reach the target, and those might.
	Withheld Suppression
	Unknown  bool
}

// Sessions lists every month of a period that has begun at the view. A period
// without bounds is that of the sessions there are.
func (v *View) Sessions(d domain.Division, period domain.Period) LayerMonths {
	on := v.lastOf(period)
	out := LayerMonths{Division: d, Period: period, Policy: v.rules.InForceFor(domain.ScorecardKind, d, on)}
	if out.Policy != nil {
		for _, it := range out.Policy.Scorecard.Items {
			if it.Item == domain.ScoreSessions {
				out.Target = it.Target
			}
		}
	}
	hidden := v.hiddenSessions(d, period, on)
	months := map[domain.Month]*StudyMonth{}
	first, last := on.Month()+1, on.Month()
	for _, p := range v.studyHereParts(d, period, domain.Least{}) {
		for _, s := range p.sessions {
			if months[s.month] == nil {
				months[s.month] = &StudyMonth{Month: s.month}
			}
			months[s.month].hold(s)
			first = min(first, s.month)
		}
	}
	if period.From > domain.MinDay {
		first = period.From.Month()
	}
	for m := first; m <= last; m++ {
		row := LayerMonth{Month: m, Over: m.Last() <= on}
		if held := months[m]; held != nil {
			slices.SortFunc(held.Sessions, func(a, b LayerSessions) int { return cmp.Compare(a.Layer, b.Layer) })
			row.Layers, row.Withheld = hidden.publish(m, held.Sessions)
		}
		for _, l := range row.Layers {
			if l.Layer != "" {
				row.Layered += l.Named + l.Unnamed
			}
		}
		row.Missing = max(0, out.Target-row.Layered)
		if row.Withheld != NotSuppressed && row.Missing > 0 {
			row.Missing, row.Unknown = 0, true
		}
		out.Months = append(out.Months, row)
	}
	out.Footing = v.footing(d, touchMembers|1<<touchCommunity, out.Policy)
	return out
}
