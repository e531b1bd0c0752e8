package projections

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhishu/domain"
)

// scoreModel measures a scorecard's items from the domain's states, day by day.
type scoreModel struct {
	*groupModel
	code   domain.CommunityCode
	period domain.Period
	on     domain.Day
}

// checkScorecard compares every item of a community's scorecard.
func checkScorecard(t tb, v *View, m *groupModel, code domain.CommunityCode, p domain.Period) {
	t.Helper()
	on := min(p.To, v.Day())
	policy := m.rules.InForceFor(domain.ScorecardKind, code.Division(), on)
	got, err := v.Scorecard(code, p)
	if policy == nil {
		want(t, "scorecard: error", err, ErrNoPolicy)
		return
	}
	want(t, "scorecard: error", err, nil)
	want(t, "scorecard: policy", got.Policy.Ref(), policy.Ref())
	s := &scoreModel{m, code, p, on}
	met := int64(0)
	for i, it := range policy.Scorecard.Items {
		wanted := s.measure(it)
		if wanted.Met {
			met++
		}
		want(t, fmt.Sprint("scorecard: ", it.Item, " of ", code, " in ", p), scoreLine(&got.Items[i]), scoreLine(&wanted))
	}
	want(t, "scorecard: met", got.Met, met)
}

func scoreLine(s *ScoreItem) string {
	var sessions []int64
	for _, f := range s.Facts {
		if strings.HasPrefix(f.Stream, "person-") {
			return "names a person: " + f.Stream
		}
		if f.Sessions > 0 {
			sessions = append(sessions, f.Sessions)
		}
	}
	slices.Sort(sessions)
	return fmt.Sprint(s.Target, ": ", s.Value, " met ", s.Met, " missing ", s.Missing, s.Short, " unknown ", s.Unknown, " ", s.Suppressed, " facts ", s.FactCount, sessions)
}

func (s *scoreModel) measure(it domain.ScorecardItem) ScoreItem {
	out := ScoreItem{Item: it.Item, Target: it.Target}
	d := s.code.Division()
	switch it.Item {
	case domain.ScoreSessions:
		s.often(&out, "month", s.held(func(e *domain.Deed) bool { return e.Layer != "" }))
	case domain.ScoreTalks:
		var days []domain.Day
		for _, x := range s.sessions(domain.Talk, it.Categories) {
			days = append(days, x.day)
		}
		s.often(&out, "month", days)
	case domain.ScoreTeams:
		s.often(&out, "month", s.teamDays())
	case domain.ScoreNotices:
		s.stated(&out, "week", domain.NoticeBoard)
	case domain.ScorePosters:
		s.stated(&out, "month", domain.Posters)
	case domain.ScoreMeetings:
		s.stated(&out, "month", domain.CommitteeMeeting)
	case domain.ScoreDonations:
		s.donated(&out)
	case domain.ScoreCourses:
		courses, attested := map[string]int64{}, map[string]bool{}
		for _, x := range s.sessions(domain.Course, it.Categories) {
			courses[x.course]++
			attested[x.course] = attested[x.course] || x.attested
		}
		plain(&out, int64(len(courses)), true)
		out.FactCount = int64(len(courses))
		for course, n := range courses {
			if attested[course] {
				out.Facts = append(out.Facts, FactRef{Sessions: n})
			}
		}
	case domain.ScoreLibrary:
		s.there(&out, domain.LibraryBooks, func(a, b int64) int64 { return a + b })
	case domain.ScoreRoom:
		s.there(&out, domain.ActivityRoom, func(a, b int64) int64 { return max(a, b) })
	case domain.ScoreInstructors:
		s.there(&out, domain.ExercisePoint, func(a, b int64) int64 { return min(a, b) })
	case domain.ScoreOrganisations:
		all := s.in(d, domain.SubjectOrganisation, s.on)
		learning := slices.DeleteFunc(slices.Clone(all), func(g domain.GroupRef) bool { return !s.isLearning(g, s.on) })
		percent(&out, int64(len(learning)), int64(len(all)))
		out.FactCount = int64(len(learning))
	case domain.ScoreHouseholds:
		s.campaign(&out, domain.SubjectHousehold, it.Categories)
	case domain.ScoreBuildings:
		s.campaign(&out, domain.SubjectBuilding, it.Categories)
	case domain.ScoreParticipation, domain.ScoreTraining:
		rule := s.rules.InForceFor(domain.ParticipationKind, d, s.on)
		if rule == nil {
			percent(&out, 0, 0)
			break
		}
		num, den := int64(0), int64(0)
		if it.Item == domain.ScoreTraining {
			num, den = int64(len(s.trained(d, s.period, rule.Participation))), s.members(d, s.on)
		} else if den = s.members(d, s.on); den == 0 || den < rule.Participation.SmallestSize {
			den, out.Suppressed = 0, SmallGroup
		} else {
			_, num, _, _ = s.rates(d, s.period, rule.Participation.Least())
		}
		percent(&out, num, den)
	}
	return out
}

// spans cuts the days of the period into whole weeks, months or quarters.
func (s *scoreModel) spans(every string) (out []domain.Period) {
	if s.period.From <= domain.MinDay {
		return nil
	}
	of := func(d domain.Day) string {
		at := time.Unix(int64(d)*86400, 0).UTC()
		year, week := at.ISOWeek()
		return map[string]string{
			"week": fmt.Sprint(year, " ", week), "month": at.Format("2006-01"), "quarter": fmt.Sprint(at.Year(), " ", (at.Month()-1)/3),
		}[every]
	}
	for d := s.period.From; d <= min(s.period.To, s.on); d++ {
		if of(d) != of(d-1) {
			out = append(out, domain.Period{From: d, To: d - 1})
		}
		if len(out) > 0 {
			out[len(out)-1].To = d
		}
	}
	if n := len(out); n > 0 && of(out[n-1].To) == of(out[n-1].To+1) {
		out = out[:n-1]
	}
	return out
}

// often judges days on which something happened, one element each.
func (s *scoreModel) often(out *ScoreItem, every string, days []domain.Day) {
	for _, span := range s.spans(every) {
		n := int64(0)
		for _, d := range days {
			if span.Contains(d) {
				n++
			}
		}
		out.Value.Den++
		if n >= out.Target {
			out.Value.Num++
		} else {
			out.Missing++
			out.Short = append(out.Short, ScoreSpan{span.From, span.To, n})
		}
	}
	out.Unknown = out.Value.Den == 0
	out.Met = !out.Unknown && out.Missing == 0
	out.FactCount = int64(len(days))
}

func plain(out *ScoreItem, value int64, known bool) {
	out.Value, out.Unknown, out.Met = domain.Ratio{Num: value, Den: 1}, !known, known && value >= out.Target
	if value < out.Target {
		out.Missing = out.Target - value
	}
}

func percent(out *ScoreItem, num, den int64) {
	out.Value, out.Unknown = domain.Ratio{Num: num, Den: den}, den == 0
	for den > 0 && (num+out.Missing)*100 < out.Target*den {
		out.Missing++
	}
	out.Met = den > 0 && out.Missing == 0
}

// eachHeld calls f for the confirmed study the community recorded, with the day
// it counts on.
func (s *scoreModel) eachHeld(f func(*domain.Deed, domain.Day)) {
	for _, id := range s.canonicals() {
		for _, e := range s.confirmed(id, domain.Study) {
			if s.standsFor(e.Deed.Community, e.Deed.Span.Day) == s.code && s.period.Contains(e.on) {
				f(&e.Deed, e.on)
			}
		}
	}
}

// held lists sessions by the first day they count on, layers apart.
func (s *scoreModel) held(fits func(*domain.Deed) bool) (days []domain.Day) {
	first := map[string]domain.Day{}
	s.eachHeld(func(e *domain.Deed, on domain.Day) {
		k := string(e.Layer) + "/" + content(e)
		if at, ok := first[k]; fits(e) && (!ok || on < at) {
			first[k] = on
		}
	})
	for _, d := range first {
		days = append(days, d)
	}
	return days
}

// modelSession is a talk or a session of a course.
type modelSession struct {
	day      domain.Day
	course   string
	attested bool
}

// sessions are told by whoever signed for an activity, and by confirmed study.
func (s *scoreModel) sessions(kind domain.ActivityKind, categories []string) map[string]modelSession {
	out := map[string]modelSession{}
	var ids []domain.ActivityID // of the community, by their beginning
	for id, x := range s.meetings {
		if x.state.Exists && s.standsFor(x.state.Plan.Community, x.state.Plan.Start.Day()) == s.code {
			ids = append(ids, id)
		}
	}
	plan := func(id domain.ActivityID) *domain.Plan { return &s.meetings[id].state.Plan }
	slices.SortFunc(ids, func(a, b domain.ActivityID) int {
		return cmp.Or(cmp.Compare(plan(a).Start, plan(b).Start), bytes.Compare(a.UUID[:], b.UUID[:]))
	})
	course := func(id domain.ActivityID) string {
		if p := plan(id); p.Series == "" {
			return "titled " + p.Title
		}
		return "titled " + plan(id).Series
	}
	concerns := func(id domain.ActivityID) bool {
		p := plan(id)
		return p.Kind == kind || slices.Contains([]domain.ActivityKind{domain.StudySession, domain.Talk, domain.Course}, p.Kind) && slices.Contains(categories, p.Category)
	}
	signed := func(id domain.ActivityID) bool {
		return slices.Contains(ids, id) && concerns(id) && s.meetings[id].state.Attested
	}
	for _, id := range ids {
		if day := plan(id).Start.Day(); signed(id) && s.period.Contains(day) {
			out[id.String()] = modelSession{day, course(id), true}
		}
	}
	named := map[domain.ActivityID]bool{}
	note := func(key, course string, on domain.Day) {
		if x, known := out[key]; !known || on < x.day {
			out[key] = modelSession{on, course, false}
		}
	}
	s.eachHeld(func(e *domain.Deed, on domain.Day) {
		switch {
		case !slices.Contains(categories, e.Category) || e.Activity.IsZero():
		case signed(e.Activity):
		case slices.Contains(ids, e.Activity):
			named[e.Activity] = true
			note(e.Activity.String(), course(e.Activity), on)
		default:
			note(e.Activity.String(), e.Activity.String(), on)
		}
	})
	s.eachHeld(func(e *domain.Deed, on domain.Day) {
		if !slices.Contains(categories, e.Category) || !e.Activity.IsZero() {
			return
		}
		of := "titled " + e.Title
		for i := len(ids) - 1; i >= 0; i-- {
			if id := ids[i]; concerns(id) && plan(id).Title == e.Title && plan(id).Start.Day() == e.Span.Day {
				of = course(id)
				if signed(id) || named[id] {
					return
				}
			}
		}
		note(fmt.Sprint(e.Title, " on ", e.Span.Day), of, on)
	})
	return out
}

func (s *scoreModel) teamDays() (days []domain.Day) {
	for _, g := range s.in(s.code.Division(), domain.SubjectTeam, s.on) {
		served := map[domain.Day]bool{}
		for _, id := range s.canonicals() {
			for _, e := range s.confirmed(id, domain.Service) {
				if s.period.Contains(e.on) && s.member(id, g, e.Deed.Span.Day) && !served[e.on] {
					served[e.on] = true
					days = append(days, e.on)
				}
			}
		}
	}
	return days
}

// facts lists what staff entered of a kind and did not withdraw.
func (s *scoreModel) facts(kind domain.CountKind) (out []domain.FactCounted) {
	for _, key := range s.order {
		e, stands := s.counts[key]
		if stands && domain.CountKind(e.Kind) == kind && e.Day <= s.on && s.standsFor(e.Code, e.Day) == s.code {
			out = append(out, e)
		}
	}
	return out
}

// stated judges what was counted in the period.
func (s *scoreModel) stated(out *ScoreItem, every string, kind domain.CountKind) {
	var days []domain.Day
	facts := int64(0)
	for _, e := range s.facts(kind) {
		if !s.period.Contains(e.Day) {
			continue
		}
		facts++
		for range max(1, e.Count) {
			days = append(days, e.Day)
		}
	}
	s.often(out, every, days)
	out.FactCount = facts
}

// there sums the newest counts of each title; of two of one day that of the
// community itself, or else of the higher code.
func (s *scoreModel) there(out *ScoreItem, kind domain.CountKind, join func(a, b int64) int64) {
	newest := map[string]domain.FactCounted{}
	for _, e := range s.facts(kind) {
		old, ok := newest[e.Title]
		if own := e.Code == s.code; ok && e.Day == old.Day && e.Code != old.Code {
			if own || old.Code != s.code && e.Code > old.Code {
				newest[e.Title] = e
			}
			continue
		}
		if !ok || e.Day >= old.Day {
			newest[e.Title] = e
		}
	}
	value, found := int64(0), false
	for _, e := range newest {
		if value = join(value, e.Count); !found {
			value, found = e.Count, true
		}
	}
	plain(out, value, found)
	out.FactCount = int64(len(newest))
}

func (s *scoreModel) donated(out *ScoreItem) {
	var quarters []domain.Day
	gifts := int64(0)
	for _, span := range s.spans("quarter") {
		total, _, _, _ := s.donations(DonationFilter{Division: s.code.Division(), Period: span})
		for range total.Count {
			quarters = append(quarters, span.From)
		}
		gifts += total.Count
	}
	s.often(out, "quarter", quarters)
	out.FactCount = gifts
}

func (s *scoreModel) campaign(out *ScoreItem, kind domain.SubjectKind, categories []string) {
	part, all := int64(0), int64(0)
	for _, g := range s.in(s.code.Division(), kind, s.on) {
		inhabited, took := false, false
		for _, id := range s.canonicals() {
			inhabited = inhabited || s.member(id, g, s.on)
			for _, e := range slices.Concat(s.confirmed(id, domain.Service), s.confirmed(id, domain.Study)) {
				if slices.Contains(categories, e.Deed.Category) && s.period.Contains(e.on) && e.on <= s.on && s.member(id, g, e.Deed.Span.Day) {
					took = true
				}
			}
		}
		if !inhabited || !s.groups[g].registered.Within.IsZero() {
			continue
		}
		all++
		if took {
			part++
		}
	}
	rule := s.rules.InForceFor(domain.ParticipationKind, s.code.Division(), s.on)
	if all > 0 && (rule == nil || all < rule.Participation.SmallestSize) {
		part, all, out.Suppressed = 0, 0, SmallGroup
	}
	percent(out, part, all)
}

// scorecardFor is a scorecard whose items random histories can meet.
func (h *history) scorecardFor() *domain.Scorecard {
	card := domain.DefaultScorecard()
	for i := range card.Items {
		it := &card.Items[i]
		it.Target = int64(1 + h.pick("target", 40))
		if domain.ScoreRules[it.Item].Every != domain.InPercent {
			it.Target = min(it.Target, 3)
		}
		if strings.HasSuffix(string(it.Item), "campaigns") {
			it.Categories = []string{"环保", "课程"}
		}
	}
	return card
}

// course holds sessions of one series or a few talks, as a committee knows them:
// signed, told of by study, both, or neither.
func (h *history) course() {
	c, series := h.community(), fmt.Sprint("系列", h.pick("series", 2))
	kind := []domain.ActivityKind{domain.Course, domain.Course, domain.Talk}[h.pick("programme", 3)]
	for range 1 + h.pick("sessions", 3) {
		id := activity(100 + h.meets)
		h.meets++
		plan := domain.Plan{Kind: kind, Title: fmt.Sprint("第", h.pick("title", 3), "课"), Community: c, Series: series, Start: h.now, End: h.now + 3_600_000}
		if h.do(recorder, &domain.ScheduleActivity{Activity: id, Plan: plan}) != nil {
			return
		}
		_ = h.do(recorder, &domain.CloseActivity{Activity: id, People: 9})
		if h.chance("signed", 2) {
			_ = h.do(confirmer, &domain.AttestActivity{Activity: id, Evidence: []domain.Evidence{{Kind: "登记表"}}})
		}
		if h.chance("told of", 2) {
			p := h.person()
			d := plan.Deed(domain.ActivityID{}, domain.Span{Day: h.now.Day(), Minutes: 60}, domain.Honour)
			if h.chance("named", 2) {
				d.Activity = id
			}
			if h.do(recorder, &domain.ClaimEntry{Person: p, Deed: d}) == nil {
				_ = h.do(confirmer, &domain.ConfirmEntry{Person: p, Entry: h.lastEntry(p)})
			}
		}
		h.now += domain.Instant(h.pick("days between", 3)) * 24 * 3_600_000
	}
}
