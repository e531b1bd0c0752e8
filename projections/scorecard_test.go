package projections

import (
	"fmt"
	"testing"

	"zhishu/domain"
)

// TestAScorecardWorkedOutByHand: one community in the first quarter of 2026, of
// which the view sees January and February whole.
func TestAScorecardWorkedOutByHand(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	w.must(recorder, &domain.RegisterCommunity{Code: c, Name: "红旗", From: domain.MinDay})
	for i := range 6 {
		w.enrol(i, c, "2025-01-01")
	}
	w.now = day(t, "2026-03-10").Start()
	count := func(kind domain.CountKind, on, title string, n int64) {
		w.must(recorder, &domain.CountFact{Code: c, Kind: kind, Day: day(t, on), Title: title, Count: n, Evidence: []domain.Evidence{{Kind: "照片"}}})
	}
	count(domain.LibraryBooks, "2026-01-05", "", 1900)
	count(domain.LibraryBooks, "2026-02-05", "", 1995) // the newer count stands
	count(domain.ActivityRoom, "2026-01-05", "二楼", 40)
	count(domain.ActivityRoom, "2026-01-05", "一楼", 60) // one large enough is enough
	count(domain.ExercisePoint, "2026-01-05", "东", 3)
	count(domain.ExercisePoint, "2026-01-05", "西", 1) // the worst one tells
	count(domain.Posters, "2026-01-05", "", 2)
	count(domain.Posters, "2026-01-20", "", 1)
	count(domain.Posters, "2026-02-20", "", 9)
	w.must(recorder, &domain.WithdrawCount{Code: c, Fact: uint32(w.counts[c.Stream()] - 1), Reason: "数错"})
	count(domain.CommitteeMeeting, "2026-01-05", "", 0)
	count(domain.CommitteeMeeting, "2026-02-28", "", 0)
	study := func(n int, on, title, category string) {
		d := w.study(c, on, title, 60) // of the layer 居民
		d.Category = category
		w.confirmed(person(n), d)
	}
	for i := range 5 {
		study(i, "2026-01-08", "学习日", "集中学习")
	}
	study(0, "2026-01-22", "书法", "课程")
	study(0, "2026-02-05", "学习日", "集中学习")

	v := published(w.view(w.engine(Options{}), Now()))
	card, err := v.Scorecard(c, domain.Period{From: day(t, "2026-01-01"), To: day(t, "2026-03-31")})
	want(t, "error", err, nil)
	got := map[domain.ScoreItem]string{}
	for _, it := range card.Items {
		got[it.Item] = fmt.Sprint(it.Value.Num, "/", it.Value.Den, " ", it.Met, " ", it.Missing, " ", len(it.Short), " ", it.FactCount, it.Unknown, it.Suppressed)
	}
	for item, wanted := range map[domain.ScoreItem]string{
		domain.ScoreSessions:      "0/0 false 0 0 2 truesmall-group", // January two, February one of a single person
		domain.ScoreParticipation: "7/6 true 0 0 0 false",            // seven person-times of six members
		domain.ScoreTraining:      "0/0 false 0 0 0 truesmall-group", // one was trained: too few to tell
		domain.ScoreCourses:       "0/0 false 0 0 0 truesmall-group", // 书法, which one studied
		domain.ScoreTalks:         "0/2 false 2 2 0 false",           //
		domain.ScoreTeams:         "0/2 false 2 2 0 false",           //
		domain.ScoreDonations:     "0/0 false 0 0 0 true",            // the quarter is not over
		domain.ScoreOrganisations: "0/0 false 0 0 0 true",            //
		domain.ScoreLibrary:       "1995/1 false 5 0 1 false",        //
		domain.ScoreRoom:          "60/1 true 0 0 2 false",           //
		domain.ScoreInstructors:   "1/1 false 1 0 2 false",           //
		domain.ScorePosters:       "1/2 false 1 1 2 false",           // February's were withdrawn
		domain.ScoreMeetings:      "2/2 true 0 0 2 false",            //
		domain.ScoreNotices:       "0/9 false 9 9 0 false",           // Mondays from 5 January to 2 March
	} {
		want(t, string(item), got[item], wanted)
	}
	want(t, "met", card.Met, 3)
}

// TestSessionsOfAScorecardCountOnce: an attested activity, the study that names
// it and a sheet of its title and day are one session, and the sessions of a
// series are one course.
func TestSessionsOfAScorecardCountOnce(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	w.enrol(0, c, "2025-01-01")
	w.now = day(t, "2025-12-31").Start()
	hold := func(n int, kind domain.ActivityKind, on, title, series string, attest bool) {
		start := day(t, on).Start() + 9*3_600_000
		w.now = start - 3_600_000
		w.must(recorder, &domain.ScheduleActivity{Activity: activity(n), Plan: domain.Plan{
			Kind: kind, Title: title, Series: series, Community: c, Start: start, End: start + 3_600_000}})
		w.now = start + 4_000_000
		w.must(recorder, &domain.CloseActivity{Activity: activity(n), People: 9})
		if attest {
			w.must(confirmer, &domain.AttestActivity{Activity: activity(n), Evidence: []domain.Evidence{{Kind: "登记表"}}})
		}
	}
	study := func(on, title, category string, named int) {
		d := w.study(c, on, title, 60)
		d.Category = category
		if named > 0 {
			d.Activity = activity(named)
		}
		w.confirmed(person(0), d)
	}
	hold(1, domain.Talk, "2026-01-05", "防火", "", true)  // a talk nobody's record names
	hold(2, domain.Talk, "2026-01-12", "防汛", "", false) // not attested: no session yet
	hold(3, domain.Course, "2026-01-13", "书法一", "书法", true)
	hold(4, domain.Course, "2026-01-20", "书法二", "书法", true)
	hold(5, domain.Course, "2026-01-27", "舞蹈一", "舞蹈", false)
	w.now = day(t, "2026-02-10").Start()
	study("2026-01-05", "防火", "宣讲", 0) // its sheet, which does not name it
	study("2026-01-06", "防火", "宣讲", 0) // another day, another talk
	study("2026-01-13", "书法一", "课程", 3)
	study("2026-01-14", "书法", "课程", 0) // the same course, from a sheet
	study("2026-01-27", "舞蹈一", "课程", 5)

	card, err := w.view(w.engine(Options{}), Now()).Scorecard(c, domain.Period{From: day(t, "2026-01-01"), To: day(t, "2026-01-31")})
	want(t, "error", err, nil)
	for _, it := range card.Items {
		switch it.Item {
		case domain.ScoreTalks:
			want(t, "talks", fmt.Sprint(it.FactCount, it.Met, it.Facts[0]), fmt.Sprint(2, true, FactRef{Stream: activity(1).Stream(), Revision: 2, Day: day(t, "2026-01-05"), Title: "防火"}))
		case domain.ScoreCourses:
			want(t, "courses", fmt.Sprint(it.Value, it.FactCount), fmt.Sprint(domain.Ratio{Num: 2, Den: 1}, 2)) // 书法 and 舞蹈
			// 舞蹈 is known by what somebody studied, and therefore counted only.
			want(t, "courses named", fmt.Sprint(it.Facts), fmt.Sprint([]FactRef{{Stream: activity(3).Stream(), Revision: 2, Day: day(t, "2026-01-13"), Title: "书法一", Sessions: 3}}))
		}
	}
}

// The revisions of an activity's stream count who signed up.
func TestAnActivityIsCitedWithoutARevision(t *testing.T) {
	held, counted := FactRef{Stream: activity(1).Stream(), Revision: 14}, FactRef{Stream: "community-430702001007", Revision: 2}
	if held.Told() != nil || held.Place() != held.Stream {
		t.Errorf("%s", held.Place())
	}
	if r := counted.Told(); r == nil || *r != 2 || counted.Place() != counted.Stream+"@2" {
		t.Errorf("%s", counted.Place())
	}
}
