package projections

import (
	"fmt"
	"testing"

	"zhishu/domain"
)

// crowdOf enrols people of a community, numbered on from those there are.
func (w *world) crowdOf(c domain.CommunityCode, from, n int) (ids []domain.PersonID) {
	w.t.Helper()
	for i := range n {
		ids = append(ids, w.enrol(from+i, c, "2025-01-01"))
	}
	return ids
}

// studied lets each of some people study.
func (w *world) studied(people []domain.PersonID, d domain.Deed) {
	w.t.Helper()
	for _, id := range people {
		w.confirmed(id, d)
	}
}

// heldIn says what is published of a division's sessions in a month, as the
// monthly sessions and as the participation figure say it.
func heldIn(t tb, v *View, d domain.Division, month string) string {
	t.Helper()
	year, m := domain.YearPeriod(2025), day(t, month+"-01").Month()
	rates, err := published(v).Participation(d, year)
	want(t, "error", err, nil)
	said := ""
	for _, x := range rates.Months {
		if x.Month == m {
			said = fmt.Sprint(x.Sessions, x.Withheld)
		}
	}
	for _, x := range published(v).Sessions(d, year).Months {
		if x.Month == m {
			want(t, "sessions of the participation figure in "+month, said, fmt.Sprint(x.Layers, x.Withheld))
			return fmt.Sprint(x.Layers, x.Layered, x.Missing, " ", x.Unknown, x.Withheld)
		}
	}
	return said
}

// TestSessionsOfAFew: in April one person studied alone, of a layer nobody else
// was of. How often, and of which layer, the monthly sessions do not tell, and
// neither do the year's others.
func TestSessionsOfAFew(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	people := w.crowdOf(c, 0, 12)
	w.studied(people[:6], w.study(c, "2025-03-01", "读书会", 60))
	w.studied(people[:6], w.study(c, "2025-04-01", "读书会", 60))
	alone := w.study(c, "2025-04-02", "拼布", 60)
	alone.Layer = "老年"
	w.studied(people[:1], alone)
	numbered := w.study(c, "2025-05-02", "讲座", 60)
	numbered.Activity = activity(1)
	w.studied(people[:1], numbered)
	numbered.Activity = domain.ActivityID{}
	w.studied(people[1:2], numbered)
	v := w.view(w.engine(Options{}), Now())
	want(t, "in March, of many", heldIn(t, v, c.Division(), "2025-03"), "[{居民 0 1 }] 1 1 false")
	want(t, "in April, one of a layer of its own", heldIn(t, v, c.Division(), "2025-04"), "[{居民 0 1 }] 1 0 truesmall-group")
	want(t, "in May, one with a number and one without", heldIn(t, v, c.Division(), "2025-05"), "[{居民 1 0 small-group}] 1 0 truesmall-group")
	want(t, "the whole of May", fmt.Sprint(v.Sessions(c.Division(), domain.YearPeriod(2025)).Months[4].Layers), "[{居民 1 1 }]")

	card, err := published(v).Scorecard(c, domain.YearPeriod(2025))
	want(t, "error", err, nil)
	item := scored(t, card, domain.ScoreSessions)
	want(t, "sessions of the scorecard", fmt.Sprint(item.Suppressed, item.Value, item.Short, item.Missing, item.FactCount), fmt.Sprint(SmallGroup, domain.Ratio{}, []ScoreSpan(nil), 0, 3))
}

// TestSessionsOfNeighbours: what few did in one community of a street is not the
// street's less its other communities'.
func TestSessionsOfNeighbours(t *testing.T) {
	w := newWorld(t).withPolicies()
	tiny, middle, large := code(t, "430702001001"), code(t, "430702001002"), code(t, "430702001003")
	for i, c := range []domain.CommunityCode{tiny, middle, large} {
		people := w.crowdOf(c, 100*i, 20)
		w.studied(people[:2+4*i], w.study(c, "2025-03-01", "读书会", 60))
		w.studied(people[:9], w.study(c, "2025-04-01", "读书会", 60))
	}
	v := w.view(w.engine(Options{}), Now())
	for c, wanted := range map[domain.CommunityCode]string{
		tiny: "[] 0 0 truesmall-group", middle: "[] 0 0 truecomplementary", large: "[{居民 0 1 }] 1 1 false",
	} {
		want(t, "March of "+c.String(), heldIn(t, v, c.Division(), "2025-03"), wanted)
		want(t, "April of "+c.String(), heldIn(t, v, c.Division(), "2025-04"), "[{居民 0 1 }] 1 1 false")
	}
	want(t, "March of the street", heldIn(t, v, large.Division().Up(9), "2025-03"), "[{居民 0 3 }] 3 0 false")
}

// TestSessionsThenAndNow: what one person adds is not found as today's sessions
// less those of the past.
func TestSessionsThenAndNow(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	people := w.crowdOf(c, 0, 12)
	w.studied(people, w.study(c, "2025-03-01", "读书会", 60))
	e, before := w.engine(Options{}), domain.Size(len(w.steps))
	past := func() string {
		t.Helper()
		w.catchUp(e)
		return heldIn(t, w.view(e, AtSize(before)), c.Division(), "2025-03")
	}
	const shown, hidden = "[{居民 0 1 }] 1 1 false", "[] 0 0 truedifference"
	want(t, "then", past(), shown)
	w.studied(people[:1], w.study(c, "2025-03-02", "插花", 60))
	want(t, "after what one did", past(), hidden)
	w.studied(people[1:4], w.study(c, "2025-03-02", "插花", 60))
	want(t, "after what four did", past(), hidden)
	w.studied(people[4:5], w.study(c, "2025-03-02", "插花", 60))
	want(t, "after what five did", past(), shown)
}

// TestTalksAndCoursesOfAFew: a scorecard's talks and courses tell of no session
// without a number at which few were, nor of those at which all others were.
func TestTalksAndCoursesOfAFew(t *testing.T) {
	for _, x := range []struct {
		what                   string
		talks, courses, others int // who was there
		talk, course           Suppression
		talkFacts, courseFacts int64
	}{
		{what: "many of each", talks: 6, courses: 6, others: 6, talkFacts: 1, courseFacts: 1},
		{what: "one at the talk", talks: 1, courses: 6, others: 6, talk: SmallGroup, courseFacts: 1},
		{what: "one at the course", talks: 6, courses: 1, others: 6, course: SmallGroup, talkFacts: 1},
		{what: "one at neither", talks: 6, courses: 6, others: 1, course: Complementary, talkFacts: 1},
		{what: "nobody else", talks: 6, talkFacts: 1},
	} {
		w := newWorld(t).withPolicies()
		c := code(t, "430702001001")
		people := w.crowdOf(c, 0, 20)
		hold := func(n int, on, title, form string) {
			d := w.study(c, on, title, 60)
			d.Category = form
			w.studied(people[:n], d)
		}
		hold(x.talks, "2025-03-01", "防火", "宣讲")
		hold(x.courses, "2025-03-02", "书法", "课程")
		hold(x.others, "2025-03-03", "读书会", "集中学习")
		v := w.view(w.engine(Options{}), Now())
		card, err := published(v).Scorecard(c, domain.YearPeriod(2025))
		want(t, "error", err, nil)
		talk, course := scored(t, card, domain.ScoreTalks), scored(t, card, domain.ScoreCourses)
		want(t, x.what+": talks", fmt.Sprint(talk.Suppressed, talk.FactCount), fmt.Sprint(x.talk, x.talkFacts))
		want(t, x.what+": courses", fmt.Sprint(course.Suppressed, course.FactCount), fmt.Sprint(x.course, x.courseFacts))
		if x.talk != NotSuppressed {
			want(t, x.what+": value", fmt.Sprint(talk.Value, talk.Short), fmt.Sprint(domain.Ratio{}, []ScoreSpan(nil)))
		}
	}
}

// TestTalksThenAndNow: a scorecard of the past does not tell what one did since.
func TestTalksThenAndNow(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	people := w.crowdOf(c, 0, 12)
	talk := func(n int, on string) {
		d := w.study(c, on, "防火", 60)
		d.Category = "宣讲"
		w.studied(people[:n], d)
	}
	talk(12, "2025-03-01")
	before := domain.Size(len(w.steps))
	talk(1, "2025-03-08")
	e := w.engine(Options{})
	for when, wanted := range map[AsOf]Suppression{Now(): NotSuppressed, AtSize(before): Difference} {
		card, err := published(w.view(e, when)).Scorecard(c, domain.YearPeriod(2025))
		want(t, "error", err, nil)
		want(t, "talks", scored(t, card, domain.ScoreTalks).Suppressed, wanted)
	}
}

// TestTeamDaysOfAFew: on how many days a team served is not told where its own
// figure is withheld, or where in a month too few of it did.
func TestTeamDaysOfAFew(t *testing.T) {
	for _, x := range []struct {
		what         string
		members, may int // who served, in April and in May
		value        domain.Ratio
		why          Suppression
		facts        int64
	}{
		{what: "all", members: 6, may: 6, value: domain.Ratio{Num: 2, Den: 12}, facts: 2},
		{what: "a team of two", members: 2, may: 2, why: SmallGroup},
		{what: "one in May", members: 6, may: 1, value: domain.Ratio{Num: 2, Den: 12}},
	} {
		w := newWorld(t).withPolicies()
		c, team := code(t, "430702001001"), domain.GroupRef{Kind: domain.SubjectTeam, ID: domain.GroupID{UUID: testID(11, 7)}}
		w.must(recorder, &domain.RegisterCommunity{Code: c, Name: "红旗", From: domain.MinDay})
		w.must(recorder, &domain.RegisterGroup{Group: team, Community: c, Name: "巡逻队", From: domain.MinDay})
		people := w.crowdOf(c, 0, 20)
		for _, id := range people[:x.members] {
			w.must(recorder, &domain.StartMembership{Person: id, Membership: domain.Membership{Kind: domain.MembershipKind(team.Kind), Group: team.ID, From: day(t, "2025-01-01"), Basis: domain.OnPaper}})
		}
		w.studied(people, w.service(c, "2025-03-02", 60)) // of many who are not in it
		w.studied(people[:x.members], w.service(c, "2025-04-02", 60))
		w.studied(people[:x.may], w.service(c, "2025-05-02", 60))
		card, err := published(w.view(w.engine(Options{}), Now())).Scorecard(c, domain.Period{From: day(t, "2025-04-01"), To: day(t, "2025-05-31")})
		want(t, "error", err, nil)
		if x.why == NotSuppressed {
			x.value.Den = 2
		}
		item := scored(t, card, domain.ScoreTeams)
		want(t, x.what, fmt.Sprint(item.Value, item.Suppressed, item.FactCount), fmt.Sprint(x.value, x.why, x.facts))
	}
}

// TestMonthsThenAndNow: a session with a number counts in the month of the first
// attendance. Whoever came to it before moves with it, and one who did so alone is
// not found in the months of the past less today's.
func TestMonthsThenAndNow(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	people := w.crowdOf(c, 0, 30)
	w.studied(people, w.study(c, "2025-03-01", "读书会", 60))
	w.studied(people, w.study(c, "2025-04-01", "读书会", 60))
	course := func(on string) domain.Deed {
		d := w.study(c, on, "书法", 60)
		d.Activity = activity(1)
		return d
	}
	w.studied(people[:1], course("2025-04-05"))
	e, before := w.engine(Options{}), domain.Size(len(w.steps))
	w.studied(people[:6], course("2025-03-05"))
	w.catchUp(e)
	then, err := published(w.view(e, AtSize(before))).Participation(c.Division(), domain.YearPeriod(2025))
	want(t, "error", err, nil)
	want(t, "the year", then.Suppressed, NotSuppressed)
	want(t, "its months, of which April is told from today's by one", then.Monthly, Difference)
}

// TestVisitorsOfStarBoardsThenAndNow: what one visitor served since is not the
// difference of two boards.
func TestVisitorsOfStarBoardsThenAndNow(t *testing.T) {
	w := newWorld(t).withPolicies()
	here, there := code(t, "430702001001"), code(t, "430702001002")
	own, guests := w.crowdOf(here, 0, 12), w.crowdOf(there, 100, 12)
	w.studied(own, w.service(here, "2025-03-01", 60))
	w.studied(guests, w.service(there, "2025-03-01", 60))
	w.studied(guests[:6], w.service(here, "2025-03-02", 60))
	e, before := w.engine(Options{}), domain.Size(len(w.steps))
	past := func() Suppression {
		t.Helper()
		w.catchUp(e)
		board, err := published(w.view(e, AtSize(before))).Stars(here.Division(), Page{})
		want(t, "error", err, nil)
		want(t, "shown", board.Outside.Minutes > 0, board.Outside.Suppressed == NotSuppressed)
		return board.Outside.Suppressed
	}
	want(t, "then", past(), NotSuppressed)
	w.studied(guests[:1], w.service(here, "2025-03-03", 60))
	want(t, "after what one did", past(), Difference)
	w.studied(guests[1:6], w.service(here, "2025-03-03", 60))
	want(t, "after what six did", past(), NotSuppressed)
}
