package domain_test

import (
	"testing"

	"pgregory.net/rapid"
	"zhishu/domain"
)

// plausible makes commands that mostly make sense, on few subjects, so that the
// same thing is asked for again and again and is undone in between. A command
// that may answer without an event belongs here.
func plausible(t *rapid.T) domain.Command {
	pick := func(label string, n int) int { return rapid.IntRange(0, n-1).Draw(t, label) }
	p := domain.PersonID{UUID: id("person", "甲")}
	row := func() domain.Row {
		return domain.Row{Import: domain.ImportID{UUID: id("import", []string{"A", "B"}[pick("sheet", 2)])}, Number: uint32(1 + pick("row", 2))}
	}
	on := day("2026-03-01") + domain.Day(pick("day", 4))
	deed := domain.Deed{Kind: domain.Service, Title: "巡逻", Community: lifeCode,
		Span: domain.Span{Day: on, Minutes: domain.Minutes(60 + pick("minutes", 3))}}
	gift := domain.Gift{Day: on, Kind: domain.Cash, Amount: domain.Fen(100 + pick("fen", 3)), Community: lifeCode, DonorKind: domain.Individual}
	d := donation("G1")
	kind := []domain.ConsentKind{domain.ConsentRecord, domain.ConsentPublish}[pick("consent", 2)]
	member := domain.Membership{Kind: domain.MemberOfCommunity, Community: lifeCode, From: on}
	if pick("team", 2) == 0 {
		member = domain.Membership{Kind: domain.MemberOfTeam, Group: domain.GroupID{UUID: id("group", "红马甲")}, From: on}
	}
	if pick("undated", 4) == 0 {
		member.From = domain.NoDay
	}
	entry, proposal := domain.EntryNo(pick("entry", 12)), domain.ProposalNo(pick("proposal", 12))
	approve := pick("approve", 2) == 0
	sheet := row().Import
	a := account("clerk")
	meeting := activity("清洁日")
	plan := domain.Plan{Kind: domain.ServiceActivity, Title: "清洁日", Community: lifeCode, Start: on.Start(), End: on.Start() + 30*86_400_000,
		Capacity: uint32(1 + pick("capacity", 2))}
	seen := domain.ActivitySeen{Exists: true, Attested: pick("attested", 2) == 0, Plan: plan, CodeRight: true,
		Window: domain.Window{From: plan.Start, Until: plan.End}}
	agreed := domain.AgreePublication{Donation: d, Publication: domain.PublishName, Basis: domain.OnPaper, Day: on}
	month, err := domain.ParsePeriod([]string{"2026-01", "2026-02"}[pick("month", 2)])
	if err != nil {
		t.Fatal(err)
	}
	team, home := groupRef("队", "红马甲"), groupRef("户", "一号")
	return []domain.Command{
		&domain.EnrolPerson{Person: p, Community: lifeCode, Name: "甲", Row: row()},
		&domain.GiveConsent{Person: p, Consent: domain.Consent{Kind: kind, Basis: domain.OnPaper, From: domain.NoDay}},
		&domain.WithdrawConsent{Person: p, Kind: kind, From: on},
		&domain.StartMembership{Person: p, Membership: member, Seen: domain.GroupSeen{Exists: true, From: domain.MinDay, To: domain.MaxDay}},
		&domain.EndMembership{Person: p, Kind: member.Kind, Community: member.Community, Group: member.Group, To: on},
		&domain.ClaimEntry{Person: p, Deed: deed, Row: row()},
		&domain.ConfirmEntry{Person: p, Row: row()},
		&domain.RejectEntry{Person: p, Entry: entry, Reason: "不符"},
		&domain.ProposeCorrection{Person: p, Entry: entry, Deed: deed, Reason: "更正", Row: row()},
		&domain.ProposeVoid{Person: p, Entry: entry, Reason: "重复"},
		&domain.DecideProposal{Person: p, Entry: entry, Proposal: proposal, Approve: approve, Reason: "核对"},
		&domain.DecideProposal{Person: p, Entry: entry, Row: row(), Approve: approve, Reason: "核对"},
		&domain.ReceiveDonation{Donation: d, Donor: domain.DonorID{UUID: id("donor", "某")}, DonorName: "某", Gift: gift, Row: row()},
		&domain.ProposeDonationCorrection{Donation: d, DonorName: "某", Gift: gift, Reason: "更正", Row: row()},
		&domain.DecideDonationCorrection{Donation: d, Row: row(), Approve: approve, Reason: "核对"},
		&domain.RegisterCommunity{Code: lifeCode, Name: []string{"红旗", "东风"}[pick("name", 2)], From: on},
		&domain.OpenAccount{Account: a, Handle: "clerk", Role: domain.RoleRecorder},
		&domain.LinkPerson{Account: a, Person: p},
		&domain.CloseAccount{Account: a},
		&domain.StartImport{Started: domain.ImportStarted{Import: sheet, Kind: domain.ImportService, Recorder: a}},
		&domain.FinishImport{Finished: domain.ImportFinished{Import: sheet}},
		&domain.ScheduleActivity{Activity: meeting, Plan: plan, Row: row()},
		&domain.RescheduleActivity{Activity: meeting, Plan: plan},
		&domain.CancelActivity{Activity: meeting},
		&domain.SignUpFor{Activity: meeting, Person: p, Seen: domain.PersonSeen{Consented: true}},
		&domain.WithdrawSignUp{Activity: meeting, Person: p},
		&domain.OpenCheckIn{Activity: meeting},
		&domain.CloseCheckIn{Activity: meeting},
		&domain.CloseActivity{Activity: meeting, People: int64(pick("people", 2))},
		&domain.AttestActivity{Activity: meeting},
		&domain.CheckInTo{Person: p, Activity: meeting, Seen: seen},
		&domain.CheckOutOf{Person: p, Activity: meeting, Seen: seen},
		&domain.EnterAttendance{Person: p, Activity: meeting, Row: row(), Evidence: []domain.Evidence{{Kind: "签到表"}}, Seen: seen},
		&domain.ConfirmAttendance{Person: p, Activity: meeting, Seen: seen},
		&domain.RegisterGroup{Group: team, Community: lifeCode, Name: []string{"红马甲", "护学队"}[pick("name", 2)], From: domain.MinDay,
			In: domain.CommunitySeen{Exists: true}},
		&domain.RenameGroup{Group: team, Name: []string{"红马甲", "护学队"}[pick("name", 2)], From: on},
		&domain.MoveGroup{Group: team, Community: lifeCode + domain.CommunityCode(pick("move", 2)), From: on, In: domain.CommunitySeen{Exists: true}},
		&domain.CloseGroup{Group: team, To: on},
		&domain.MoveMembership{Person: p, Membership: member},
		&domain.ChangeLayers{Person: p, Layers: []domain.Layer{"老年", "党员"}[:1+pick("layers", 2)], From: on},
		&domain.SucceedCommunity{Code: lifeCode, Successors: []domain.CommunityCode{lifeCode + 1}, From: on + 1, Next: domain.CommunitySeen{Exists: true}},
		&domain.DesignateLearning{Code: lifeCode, Subject: home, From: on, Seen: domain.GroupSeen{Exists: true, Community: lifeCode, To: domain.MaxDay}},
		&domain.EndDesignation{Code: lifeCode, Subject: home, To: on},
		&domain.CountFact{Code: lifeCode, Kind: domain.Posters, Day: on, Count: 1, Evidence: []domain.Evidence{{Kind: "photo"}}},
		&domain.WithdrawCount{Code: lifeCode, Fact: uint32(pick("fact", 12)), Reason: "数错"},
		&domain.ClosePeriod{Code: lifeCode, Period: month},
		&domain.ProposeReopening{Code: lifeCode, Period: month, Reason: "补录"},
		&domain.DecideReopening{Code: lifeCode, Period: month, Proposal: proposal, Approve: approve, Reason: "核对"},
		&domain.ReportMissingEntry{Person: p, Deed: deed},
		&domain.DeclineMissingEntry{Person: p, Report: domain.ReportNo(entry), Reason: "不符"},
		&domain.AcceptMissingEntry{Person: p, Report: domain.ReportNo(entry)},
		&agreed,
		&domain.WithdrawPublication{Donation: d, Day: on},
		&domain.ProposeDonationGiver{Donation: d, Giver: p, Reason: "本人"},
		&domain.DecideDonationGiver{Donation: d, Giver: p, Proposal: proposal, Approve: approve, Reason: "核对"},
	}[pick("command", 55)]
}

// TestWhatIsSoStaysSo: a command that is answered without an event leaves no
// trace by which a late retry of it could be known. So whatever happens to the
// stream afterwards, the retry must record nothing.
func TestWhatIsSoStaysSo(t *testing.T) {
	met := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		type answered struct {
			command domain.Command
			by      domain.Actor
		}
		states := map[string]domain.State{}
		unchanged := map[string][]answered{}
		now := at("2026-03-10", "12:00")
		for range rapid.IntRange(0, 80).Draw(t, "commands") {
			now += domain.Instant(rapid.Int64Range(0, 86_400_000).Draw(t, "later"))
			c := plausible(t)
			stream := c.Target()
			if states[stream] == nil {
				ref, _ := domain.ParseStream(stream)
				states[stream] = domain.NewState(ref.Category)
			}
			by := domain.Actor{Account: account(rapid.SampledFrom([]string{"clerk", "reviewer"}).Draw(t, "by")), Role: domain.RoleOperator}
			events, err := states[stream].Decide(c, by, now)
			for _, e := range events {
				states[stream].Evolve(e, domain.Meta{Account: by.Account})
			}
			if err == nil && len(events) == 0 {
				unchanged[stream] = append(unchanged[stream], answered{c, by})
				met[c.Operation()] = true
			}
			for _, u := range unchanged[stream] {
				if late, _ := states[stream].Decide(u.command, u.by, now); len(late) > 0 {
					t.Fatalf("%s was answered as so already; given again after %s it records %s", u.command.Operation(), c.Operation(), late[0].Type())
				}
			}
		}
	})
	if len(met) < 8 {
		t.Errorf("of the commands only %v were ever answered as so already", met)
	}
}
