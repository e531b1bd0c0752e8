package projections

import (
	"context"
	"testing"

	"zhishu/domain"
)

func TestOneYearOfAStreet(t *testing.T) {
	w := newWorld(t).withPolicies()
	east, west := code(t, "430702001001"), code(t, "430702001002")
	w.must(recorder, &domain.RegisterCommunity{Code: east, Name: "东社区", From: domain.MinDay})
	w.must(recorder, &domain.RegisterCommunity{Code: west, Name: "西社区", From: domain.MinDay})
	w.must(recorder, &domain.RecordPopulation{Code: east, Day: day(t, "2025-12-31"), Basis: domain.Resident, Count: 200, Source: "街道"})
	a, b := w.enrol(1, east, "2025-01-01"), w.enrol(2, east, "2025-01-01")
	for i := 3; i <= 7; i++ {
		w.enrol(i, east, "2025-01-01")
	}
	c := w.enrol(8, west, "2025-01-01")

	w.confirmed(a, w.service(east, "2025-03-01", 600))
	voided := w.confirmed(a, w.service(east, "2025-03-02", 600))
	for d := day(t, "2025-04-01"); d < day(t, "2025-04-11"); d++ {
		deed := w.service(east, d.String(), 600)
		w.confirmed(a, deed)
	}
	w.confirmed(c, w.service(east, "2025-03-01", 30)) // 外来
	w.must(recorder, &domain.ClaimEntry{Person: b, Deed: w.service(east, "2025-05-01", 60)})
	before := domain.Size(len(w.steps))
	w.must(recorder, &domain.ProposeVoid{Person: a, Entry: voided, Reason: "重复"})
	w.must(confirmer, &domain.DecideProposal{Person: a, Entry: voided, Proposal: domain.ProposalNo(w.counts[a.Stream()] - 1), Approve: true})
	w.must(confirmer, &domain.ConfirmEntry{Person: b, Entry: w.lastEntry(b)})

	w.confirmed(a, w.study(east, "2025-06-05", "党课", 60))
	w.confirmed(a, w.study(east, "2025-06-05", "党课", 30)) // a repeat: minutes, but no person-time
	w.confirmed(b, w.study(west, "2025-06-05", "读书会", 60))
	w.confirmed(b, w.study(east, "2025-07-05", "读书会", 60))
	w.confirmed(c, w.study(east, "2025-07-05", "读书会", 45))

	e := w.engine(Options{})
	county, year := division(t, "430702"), domain.YearPeriod(2025)
	now := w.view(e, Now())

	star, err := now.Star(a)
	want(t, "error", err, nil)
	want(t, "recognised", star.Rating.Recognised, 6600)
	want(t, "stars", star.Rating.Stars, 1)
	want(t, "reached on", star.Rating.ReachedOn, day(t, "2025-04-09"))
	was, err := w.view(e, AtSize(before)).Star(a)
	want(t, "error", err, nil)
	want(t, "recognised before the void", was.Rating.Recognised, 7200)
	was, err = w.view(e, AtSize(before)).Star(b)
	want(t, "error", err, nil)
	want(t, "waiting before the confirmation", was.Waiting, 1)
	want(t, "counted before the confirmation", was.Entries, 0)

	board, err := now.Stars(east.Division(), Page{})
	want(t, "error", err, nil)
	want(t, "members", board.Members, 7)
	want(t, "active", board.Active, 2)
	want(t, "without a star", board.ByStars[0], 1)
	want(t, "with one star", board.ByStars[1], 1)
	want(t, "visitors' minutes", board.Outside, Outside{Persons: 1, Entries: 1, Minutes: 30})
	board, err = now.Stars(county, Page{})
	want(t, "error", err, nil)
	want(t, "visitors of the county", board.Outside, Outside{})
	want(t, "first", board.Rows[0].Person, a)
	want(t, "third", board.Rows[2].Person, c)

	ranking, err := now.Standing(county, year, Page{})
	want(t, "error", err, nil)
	want(t, "ranked", ranking.Ranked, 3)
	want(t, "first", ranking.Rows[0].Person, b)
	want(t, "of b", ranking.Rows[0].Tally, domain.StudyTally{Sessions: 2, Months: 2, Minutes: 120})
	want(t, "of a", ranking.Rows[1].Tally, domain.StudyTally{Sessions: 1, Months: 1, Minutes: 90})
	want(t, "decisive", ranking.Rows[1].Decisive, domain.BySessions)
	want(t, "gap", ranking.Rows[1].Criteria[0].Gap, 1)
	want(t, "decisive", ranking.Rows[2].Decisive, domain.ByMinutes)
	mine, _, err := now.StandingOf(c, county, year)
	want(t, "error", err, nil)
	want(t, "own rank", mine.Rank, 3)
	want(t, "own gap", mine.Criteria[2].Gap, 45)

	rates, err := now.Participation(east.Division(), year)
	want(t, "error", err, nil)
	want(t, "participants", rates.Participants, 2)
	want(t, "person-times", rates.PersonTimes, 3)
	want(t, "visitors", rates.Outside, Outside{Persons: 1, Entries: 1, PersonTimes: 1, Minutes: 45})
	want(t, "bases", len(rates.Rates), 2)
	want(t, "members", rates.Rates[0].Population, 7)
	want(t, "residents", rates.Rates[1].Population, 200)
	want(t, "rate", rates.Rates[1].TimesPerTenThousand, 150)
	want(t, "sessions in June", rates.Months[0].Sessions[0], LayerSessions{Layer: "居民", Unnamed: 1})
	small, err := published(now).Participation(west.Division(), year)
	want(t, "error", err, nil)
	want(t, "of one member", small.Suppressed, SmallGroup)
	want(t, "participants withheld", small.Participants, 0)

	s, err := now.Statement(context.Background(), w.store, a)
	want(t, "error", err, nil)
	want(t, "statement", s.Service.Recognised, star.Rating.Recognised)
	want(t, "study", s.Study, ranking.Rows[1].Tally)
	want(t, "person-time of its own", s.Entries[len(s.Entries)-2].PersonTime, true)
	want(t, "a repeat", s.Entries[len(s.Entries)-1].PersonTime, false)
	want(t, "voided", s.Entries[1].NotCounted, domain.ClauseVoided)
	want(t, "its life", len(s.Entries[1].Life), 4)
	s, err = w.view(e, AtSize(before)).Statement(context.Background(), w.store, a)
	want(t, "error", err, nil)
	want(t, "statement before the void", s.Service.Recognised, 7200)
	want(t, "no study yet", s.Study, domain.StudyTally{})

	people, err := now.Person(a)
	want(t, "error", err, nil)
	want(t, "community", people.Community, east)
	want(t, "layers", len(people.Layers), 1)
	list := now.Communities(county)
	want(t, "communities", len(list.Communities), 2)
	want(t, "name", list.Communities[1].Name, "西社区")
}

func TestViewsOfAnEmptyLedger(t *testing.T) {
	w := newWorld(t)
	v := w.view(w.engine(Options{}), Now())
	want(t, "size", v.Size(), 0)
	if _, err := v.Star(person(1)); err == nil {
		t.Error("an empty ledger knows a person")
	}
	board, err := v.Stars(domain.Division{}, Page{})
	if err != nil || board.Members != 0 || len(board.Rows) != 0 {
		t.Errorf("stars = %+v, %v", board, err)
	}
	_, err = v.Standing(domain.Division{}, domain.AllTime, Page{})
	wantErr(t, "standing without a policy", err, ErrNoPolicy)
	_, err = w.engine(Options{}).At(AtSize(1))
	wantErr(t, "a size beyond the ledger", err, ErrBeyondLedger)
}
