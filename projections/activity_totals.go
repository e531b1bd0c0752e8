package projections

import (
	"cmp"
	"slices"

	"zhishu/domain"
)

// ActivityTotals counts a division's activities for the communities that
// record them.
type ActivityTotals struct {
	Footing
	Division domain.Division
	Period   domain.Period
	Kinds    []KindTotal   // by kind
	Months   []MonthTotal  // by month of the start, and kind
	Series   []SeriesTotal // courses and regular meetings, by community and name
	// Suppressed says why what people did is withheld everywhere above; what was
	// held is no one's personal data and always stays.
	Suppressed Suppression
}

// ActivitySum is what is counted of activities. Held are those that were
// closed; what a cancelled one had is not counted.
type ActivitySum struct {
	Scheduled   int64 // all that were announced
	Cancelled   int64
	Held        int64
	Attested    int64 // of the held ones
	Makeups     int64 // of the held ones, those that stand for another
	People      int64 // present as counted by hand
	SignUps     int64
	Attendances int64 // confirmed
	Claimed     int64 // attendances that wait to be confirmed
	Pending     int64 // check-ins without a check-out
	Minutes     domain.Minutes
	// Withheld says of each count why it is not published, and reads zero.
	Withheld [ActivityCounts]Suppression
}

type KindTotal struct {
	Kind domain.ActivityKind
	ActivitySum
}

type MonthTotal struct {
	Month domain.Month
	Kind  domain.ActivityKind
	ActivitySum
}

// SeriesTotal is a course or another regular meeting.
type SeriesTotal struct {
	Community domain.CommunityCode
	Series    string
	Kind      domain.ActivityKind // of its first session
	First     domain.Day          // of its sessions that were not cancelled
	Last      domain.Day
	Next      domain.ActivityID // first session that is neither cancelled nor closed
	ActivitySum
}

// ActivityTotals sums the activities that begin within a period.
func (v *View) ActivityTotals(d domain.Division, period domain.Period) ActivityTotals {
	parts := parallel(v.b.communitiesIn(d), func(c codeNumber) *activityPart { return v.activityPart(c, period) })
	months := map[monthKind]*ActivitySum{}
	kinds := map[domain.ActivityKind]*ActivitySum{}
	out := ActivityTotals{Division: d, Period: period, Footing: v.footing(d, touchesActivity)}
	for _, p := range parts {
		for _, m := range p.months {
			sumOf(months, monthKind{m.Month, m.Kind}).add(m.ActivitySum)
			sumOf(kinds, m.Kind).add(m.ActivitySum)
		}
		out.Series = append(out.Series, p.series...)
	}
	for k, s := range kinds {
		out.Kinds = append(out.Kinds, KindTotal{k, *s})
	}
	for k, s := range months {
		out.Months = append(out.Months, MonthTotal{k.month, k.kind, *s})
	}
	slices.SortFunc(out.Kinds, func(a, b KindTotal) int { return cmp.Compare(a.Kind, b.Kind) })
	slices.SortFunc(out.Months, compareMonths)
	v.publishTotals(&out)
	return out
}

func compareMonths(a, b MonthTotal) int {
	return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Kind, b.Kind))
}

type monthKind struct {
	month domain.Month
	kind  domain.ActivityKind
}

func sumOf[K comparable](m map[K]*ActivitySum, k K) *ActivitySum {
	if m[k] == nil {
		m[k] = &ActivitySum{}
	}
	return m[k]
}

func (s *ActivitySum) add(x ActivitySum) {
	s.Scheduled += x.Scheduled
	s.Cancelled += x.Cancelled
	s.Held += x.Held
	s.Attested += x.Attested
	s.Makeups += x.Makeups
	s.People += x.People
	s.SignUps += x.SignUps
	s.Attendances += x.Attendances
	s.Claimed += x.Claimed
	s.Pending += x.Pending
	s.Minutes += x.Minutes
}

// activityPart is what one community's activities come to.
type activityPart struct {
	months []MonthTotal
	series []SeriesTotal
}

func (p *activityPart) weight() int { return 176*len(p.months) + 240*len(p.series) }

func (v *View) activityPart(c codeNumber, period domain.Period) *activityPart {
	key := cacheKey{part: partActivities, division: c.code.Division(), period: period}
	return part(v, key, v.changed(c, touchesActivity), (*activityPart).weight, func() *activityPart {
		out := &activityPart{}
		months := map[monthKind]*ActivitySum{}
		place := map[string]int{}
		for _, i := range v.activitiesIn(c.code.Division(), period) {
			info := v.activityInfo(i)
			day := info.Plan.Start.Day()
			if !period.Contains(day) {
				continue
			}
			s := info.sum()
			sumOf(months, monthKind{day.Month(), info.Plan.Kind}).add(s)
			if name := info.Plan.Series; name != "" {
				n, ok := place[name]
				if !ok {
					n = len(out.series)
					place[name] = n
					out.series = append(out.series, SeriesTotal{
						Community: c.code, Series: name, Kind: info.Plan.Kind, First: domain.NoDay, Last: domain.NoDay,
					})
				}
				out.series[n].take(&info, s)
			}
		}
		for k, s := range months {
			out.months = append(out.months, MonthTotal{k.month, k.kind, *s})
		}
		slices.SortFunc(out.months, compareMonths)
		slices.SortFunc(out.series, func(a, b SeriesTotal) int { return cmp.Compare(a.Series, b.Series) })
		return out
	})
}

func (a *ActivityInfo) sum() ActivitySum {
	if a.Status == ActivityCancelled {
		return ActivitySum{Scheduled: 1, Cancelled: 1}
	}
	s := ActivitySum{
		Scheduled: 1, People: a.People, SignUps: a.Places + a.Waiting, Attendances: a.Confirmed, Claimed: a.Claimed,
		Pending: a.Pending, Minutes: a.Minutes,
	}
	if a.Status == ActivityAnnounced {
		return s
	}
	s.Held = 1
	if a.Status == ActivityAttested {
		s.Attested = 1
	}
	if !a.Plan.MakeupOf.IsZero() {
		s.Makeups = 1
	}
	return s
}

// take adds a session; sessions come in order of their start.
func (t *SeriesTotal) take(a *ActivityInfo, s ActivitySum) {
	t.add(s)
	if a.Status == ActivityCancelled {
		return
	}
	day := a.Plan.Start.Day()
	if t.First == domain.NoDay {
		t.First = day
	}
	t.Last = max(t.Last, day)
	if a.Status == ActivityAnnounced && t.Next.IsZero() {
		t.Next = a.Activity
	}
}
