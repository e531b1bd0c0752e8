package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

func uuid(n byte) domain.UUID { return domain.UUID{6: 0x40, 8: 0x80, 15: n} }

func person(n byte) domain.PersonID { return domain.PersonID{UUID: uuid(n)} }

func date(s string) domain.Day {
	d, err := domain.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func instant(s string) domain.Instant {
	t, err := domain.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return t
}

const here = domain.CommunityCode(430702001007)

var (
	defaults = domain.DefaultPolicies()
	counted  = &defaults[0]
	scheme   = &defaults[1]
	ranking  = &defaults[2]
	rates    = &defaults[3]
)

func foot(versions ...*domain.PolicyVersion) projections.Footing {
	f := projections.Footing{Size: 120_000, Day: date("2026-06-30"), ChangedAt: 119_040}
	for _, v := range versions {
		f.Policies = append(f.Policies, v.Ref())
	}
	return f
}

func star(m domain.Minutes) domain.StarRating {
	return domain.Rate([]domain.Portion{
		{Day: date("2026-01-05"), Hours: domain.Credit, Raw: m / 2, Recognised: m / 2},
		{Day: date("2026-02-06"), Raw: m - m/2 + 30, Recognised: m - m/2},
	}, scheme)
}

func starBoard() projections.StarBoard {
	return projections.StarBoard{
		Footing: foot(counted, scheme), Division: here.Division(), Members: 40, Active: 3, ByStars: []int64{1, 1, 0, 0, 0, 1},
		Totals:  projections.StarTotals{Recognised: 105_770, Credit: 52_885, Honour: 52_885, Raw: 105_860},
		Outside: projections.Outside{Persons: 2, Entries: 5, Minutes: 750}, Next: "inside",
		Rows: []projections.StarRow{
			{Person: person(1), Community: here, Rating: star(90_000), State: projections.PersonState{Publish: true}},
			{Person: person(2), Community: here, Rating: star(100*60 + 200*60 - 380)},
			{Person: person(3), Community: here, Rating: star(150), State: projections.PersonState{Erased: true}},
		},
	}
}

func standingBoard() projections.StandingBoard {
	row := func(rank int64, n byte, t domain.StudyTally, decisive domain.Criterion, gaps ...int64) projections.StandingRow {
		r := projections.StandingRow{Rank: rank, Person: person(n), Tally: t, Decisive: decisive}
		for i, c := range ranking.Standing.Criteria {
			r.Criteria = append(r.Criteria, projections.CriterionValue{Criterion: c, Value: t.Value(c), Gap: gaps[i]})
		}
		return r
	}
	low := row(0, 5, domain.StudyTally{}, domain.BySessions, 7, 2, 480)
	low.Unranked = 1
	return projections.StandingBoard{
		Footing: foot(ranking), Division: here.Division(), Period: domain.YearPeriod(2026), Scheme: ranking,
		Ranked: 4, Unranked: 1, Totals: domain.StudyTally{Sessions: 31, Minutes: 2480},
		Rows: []projections.StandingRow{
			row(1, 1, domain.StudyTally{Sessions: 10, Months: 3, Minutes: 800}, "", 0, 0, 0),
			row(2, 2, domain.StudyTally{Sessions: 7, Months: 3, Minutes: 600}, domain.BySessions, 3, 0, 200),
			row(2, 3, domain.StudyTally{Sessions: 7, Months: 3, Minutes: 600}, "", 0, 0, 0),
			row(4, 4, domain.StudyTally{Sessions: 7, Months: 2, Minutes: 480}, domain.ByMonths, 0, 1, 120), low,
		},
	}
}

func participation() projections.Participation {
	layers := []projections.LayerSessions{{Layer: "老年", Named: 2, Unnamed: 1}}
	return projections.Participation{
		Footing: foot(rates), Division: here.County(), Period: domain.YearPeriod(2026), Definition: rates, On: date("2026-06-30"),
		Participants: 27, PersonTimes: 61, Minutes: 4_880,
		Rates: []projections.Rate{
			{Basis: domain.RegisteredMembers, Population: 40, Participants: 27, PersonTimes: 61, PersonsPerTenThousand: 6750, TimesPerTenThousand: 15_250},
			{Basis: domain.Resident, Population: 3000, Participants: 27, PersonTimes: 61, Missing: []domain.CommunityCode{here + 1}, Suppressed: projections.PartOfBasis},
			{Basis: domain.Household, Suppressed: projections.SmallGroup},
		},
		Months:  []projections.StudyMonth{{Month: date("2026-03-01").Month(), PersonTimes: 61, Minutes: 4_880, Sessions: layers}},
		Outside: projections.Outside{Persons: 1, Entries: 2, PersonTimes: 2, Minutes: 120},
	}
}

func donations() projections.Donations {
	sum := projections.GiftSum{Count: 3, Fen: 128_050, Valued: 9_900, Unvalued: 1}
	return projections.Donations{
		Footing: foot(), Filter: projections.DonationFilter{Division: here.Division(), Period: domain.YearPeriod(2026)}, Total: sum,
		ByMonth:  []projections.MonthGifts{{Month: date("2026-03-01").Month(), GiftSum: sum}},
		ByDonor:  []projections.DonorGifts{{Donor: domain.Individual, GiftSum: sum}},
		ByKind:   []projections.KindGifts{{Kind: domain.Cash, GiftSum: sum}},
		ByImport: []projections.ImportGifts{{GiftSum: projections.GiftSum{Count: 1, Fen: 5}}, {Import: domain.ImportID{UUID: uuid(9)}, GiftSum: sum}},
		Pending:  1,
	}
}

func trail() projections.DonationTrail {
	v := projections.GiftVersion{Offered: 10, From: 10, To: 20, State: projections.GiftSuperseded, Day: date("2026-03-05"),
		Kind: domain.Cash, Amount: 10_000, Community: here, DonorKind: domain.Unit, Import: domain.ImportID{UUID: uuid(9)}, Row: 7}
	w := v
	w.Offered, w.From, w.To, w.State, w.Amount, w.Import, w.Row = 15, 20, 0, projections.GiftStands, 100_000, domain.ImportID{}, 0
	return projections.DonationTrail{
		Footing: foot(), Donation: domain.DonationID{UUID: uuid(4)}, Donor: domain.DonorID{UUID: uuid(77)},
		Versions: []projections.GiftVersion{v, w},
	}
}

func imported() projections.ImportDetail {
	return projections.ImportDetail{
		Footing: foot(counted),
		ImportInfo: projections.ImportInfo{
			Import: domain.ImportID{UUID: uuid(9)}, Kind: domain.ImportDonations, Community: here, Rows: 12, Declared: 1_234_500,
			HasDeclared: true, Recorder: domain.AccountID{UUID: uuid(20)}, Disposition: domain.ReissueOf,
			Earlier: domain.ImportID{UUID: uuid(8)}, StartedAt: 400, StartedOn: date("2026-03-10"), FinishedAt: 420,
			Finished: domain.ImportFinished{Rows: 12, Accepted: 10, Corrected: 1, Refused: 1, Fen: 1_230_000,
				Refusals: []domain.RefusalCount{{Code: "amount-invalid", Count: 1}}},
		},
		Standing: 11, StandingFen: 1_230_000,
	}
}

func statement() projections.Statement {
	clerk, reviewer := domain.AccountID{UUID: uuid(20)}, domain.AccountID{UUID: uuid(21)}
	deed := domain.Deed{
		Kind: domain.Service, Title: "文明交通劝导", Category: "文明劝导", Community: here, Hours: domain.Credit,
		Span: domain.Span{Day: date("2026-03-05"), Start: instant("2026-03-05T01:00:00Z"), End: instant("2026-03-05T11:00:00Z"), Minutes: 600},
	}
	shorter := deed
	shorter.Span.Minutes = 300
	session := deed
	session.Activity = domain.ActivityID{UUID: uuid(30)}
	lesson := domain.Deed{Kind: domain.Study, Title: "党史学习", Layer: "党员", Community: here, Span: domain.Span{Day: date("2026-03-06"), Minutes: 90}}
	life := func(kind string, at int64, by domain.AccountID, d *domain.Deed) projections.LifeEvent {
		e := projections.LifeEvent{Type: kind, At: instant("2026-03-10T04:00:00Z"), By: by, Revision: uint64(at), Deed: d}
		if by == clerk {
			e.Handle, e.Role = "clerk", domain.RoleRecorder
		}
		return e
	}
	capped := []domain.Portion{{Entry: 3, Day: deed.Span.Day, Hours: domain.Credit, Raw: 600, Recognised: 480, Policy: counted,
		Steps: []domain.Step{{Clause: domain.ClauseDayCap, Before: 600, After: 480}}}}
	return projections.Statement{
		Footing: foot(counted, scheme), Person: person(1), Community: here, State: projections.PersonState{Publish: true},
		Memberships: []domain.Membership{{Kind: domain.MemberOfCommunity, Community: here, From: date("2026-01-01"), To: domain.MaxDay, Basis: domain.OnPaper}},
		Service:     domain.Rate(capped, scheme), Study: domain.StudyTally{Sessions: 1, Months: 1, Minutes: 180},
		StudyYears: []projections.StudyYear{{Year: 2026, StudyTally: domain.StudyTally{Sessions: 1, Months: 1, Minutes: 180}}},
		Entries: []projections.StatementEntry{
			{Person: person(1), No: 3, Deed: deed, Status: domain.Confirmed, Raw: 600, Recognised: 480, Portions: capped,
				Life:    []projections.LifeEvent{life(domain.ServiceClaimed, 3, clerk, &deed), life("entry-confirmed", 4, reviewer, nil), life("entry-correction-proposed", 9, clerk, &shorter)},
				Pending: &projections.PendingChange{No: 9, Deed: &shorter, By: clerk, At: instant("2026-03-11T04:00:00Z")}},
			{Person: person(1), No: 5, Deed: lesson, Status: domain.Confirmed, Raw: 90, Attended: 90, PersonTime: true, Life: []projections.LifeEvent{life(domain.StudyClaimed, 5, clerk, &lesson)}},
			{Person: person(1), No: 6, Deed: lesson, Status: domain.Confirmed, Raw: 90, Dispute: 9, Upheld: true},
			{Person: person(1), No: 7, Deed: deed, Status: domain.Claimed, Raw: 600, NotCounted: domain.ClauseNotConfirmed},
			{Person: person(2), No: 3, Deed: deed, Status: domain.Rejected, Raw: 600, NotCounted: domain.ClauseNotConfirmed,
				Life: []projections.LifeEvent{life("entry-rejected", 4, reviewer, nil)}},
			{Person: person(1), No: 8, Deed: deed, Status: domain.Voided, Raw: 600, NotCounted: domain.ClauseVoided,
				Pending: &projections.PendingChange{No: 9, By: clerk, At: instant("2026-03-11T04:00:00Z")}},
			{Person: person(1), No: 12, Deed: session, Status: domain.Claimed, Raw: 600, NotCounted: domain.ClauseNotConfirmed, Session: true,
				Life: []projections.LifeEvent{life("checked-out", 12, clerk, &session)}},
		},
		Pending: []projections.PendingCheckIn{
			{Person: person(1), No: 13, Activity: domain.ActivityID{UUID: uuid(30)}, Title: "清洁日", Kind: domain.Service,
				At: instant("2026-03-13T01:00:00Z"), Until: instant("2026-03-13T03:00:00Z"), Status: projections.ActivityAttested},
			{Person: person(2), No: 4, Activity: domain.ActivityID{UUID: uuid(31)}, Kind: domain.Study,
				At: instant("2026-03-14T01:00:00Z"), Until: instant("2026-03-14T03:00:00Z"), Entered: true},
		},
	}
}
