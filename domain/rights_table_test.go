package domain_test

import (
	"strings"

	"zhishu/domain"
)

// rights is the table: every command of the domain, and whom it is refused to.
// A command that is not in it fails TestRights.
func (w *rightsWorld) rights() map[string]right {
	all := map[string]right{}
	for _, part := range []map[string]right{
		rightsOfPersons, rightsOfEntries, rightsOfActivities, rightsOfGifts, rightsOfPlaces, rightsOfTheLedger,
	} {
		for name, r := range part {
			all[name] = r
		}
	}
	return all
}

var rightsOfPersons = map[string]right{
	"EnrolPerson": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.EnrolPerson{Person: w.person("新"), Community: lifeCode, Name: "新"}
	}),
	"StartMembership": forStaff(func(w *rightsWorld) domain.Command {
		m := membership("户", "一号")
		m.From = day("2026-01-01")
		return &domain.StartMembership{Person: w.self, Membership: m}
	}),
	"EndMembership": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.EndMembership{Person: w.self, Kind: domain.MemberOfTeam, Group: group("红马甲"), To: day("2026-02-01")}
	}),
	"MoveMembership": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.MoveMembership{Person: w.self, Membership: domain.Membership{Kind: domain.MemberOfCommunity, Community: lifeCode + 1, From: day("2026-02-01")}}
	}),
	"ChangeLayers": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ChangeLayers{Person: w.self, Layers: []domain.Layer{"党员"}, From: day("2026-02-01")}
	}),
	"ChangeContact": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ChangeContact{Person: w.self, Phone: "13800000009"}
	}),
	"GiveConsent": forConcerned(func(w *rightsWorld) domain.Command {
		return &domain.GiveConsent{Person: w.self, Consent: domain.Consent{Kind: domain.ConsentPublish, Basis: domain.Online, From: domain.NoDay}}
	}, stays),
	"WithdrawConsent": forConcerned(func(w *rightsWorld) domain.Command {
		return &domain.WithdrawConsent{Person: w.self, Kind: domain.ConsentRecord, From: day("2026-02-01")}
	}, stays),
	"ProposePersonMerge": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ProposePersonMerge{Person: w.self, Into: w.other, Reason: "同一人"}
	}),
	"DecidePersonMerge": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.DecidePersonMerge{Person: w.late, Proposal: w.merge, Into: w.other, Approve: true}
	}),
	"ProposePersonUnmerge": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ProposePersonUnmerge{Person: w.merged, Into: w.other, Reason: "不是同一人"}
	}),
	"DecidePersonUnmerge": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.DecidePersonUnmerge{Person: w.parting, Proposal: w.unmerge, Into: w.other, Approve: true}
	}),
	"ExpectPersonMerge": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ExpectPersonMerge{Person: w.other, From: w.self, Proposal: w.merge}
	}),
	"ReviewFlag": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ReviewFlag{Person: w.self, Flag: [16]byte{1}, Kind: "repeat", Entries: []domain.EntryNo{w.claimed}, Outcome: domain.FlagExplained, Reason: "已核对"}
	}),
	"ExportPersonalKey": {
		command: func(w *rightsWorld) domain.Command {
			return &domain.ExportPersonalKey{Person: w.self, Inspection: w.open("案").Inspection, Recipient: recipient("q")}
		},
		outside: foreign, resident: forbids, own: forbids,
		staff: map[domain.Role]domain.Code{domain.RoleRecorder: caseOf, domain.RoleConfirmer: caseOf},
	},
}

var rightsOfEntries = map[string]right{
	"ClaimEntry": {
		command: func(w *rightsWorld) domain.Command { return &domain.ClaimEntry{Person: w.self, Deed: w.deed(9)} },
		outside: foreign, resident: stays, own: may, inspector: forbids,
	},
	"ConfirmEntry": forStaff(func(w *rightsWorld) domain.Command { return &domain.ConfirmEntry{Person: w.self, Entry: w.claimed} }),
	"RejectEntry": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.RejectEntry{Person: w.self, Entry: w.claimed, Reason: "未到"}
	}),
	"ProposeCorrection": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ProposeCorrection{Person: w.self, Entry: w.confirmed, Deed: w.deed(9), Reason: "抄错"}
	}),
	"ProposeVoid": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ProposeVoid{Person: w.self, Entry: w.confirmed, Reason: "误记"}
	}),
	"DecideProposal": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.DecideProposal{Person: w.self, Entry: w.changing, Proposal: w.correction, Approve: true}
	}),
	"DisputeEntry": forConcerned(func(w *rightsWorld) domain.Command {
		return &domain.DisputeEntry{Person: w.self, Entry: w.confirmed, Reason: "时长不对"}
	}, stays),
	"AnswerDispute": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.AnswerDispute{Person: w.self, Entry: w.disputed, Dispute: w.dispute, Finding: "无误"}
	}),
	"ReportMissingEntry": forConcerned(func(w *rightsWorld) domain.Command {
		return &domain.ReportMissingEntry{Person: w.self, Deed: w.deed(9)}
	}, stays),
	"AcceptMissingEntry": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.AcceptMissingEntry{Person: w.self, Report: w.report}
	}),
	"DeclineMissingEntry": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.DeclineMissingEntry{Person: w.self, Report: w.report, Reason: "查无此事"}
	}),
	"CheckInTo": forConcerned(func(w *rightsWorld) domain.Command {
		return &domain.CheckInTo{Person: w.self, Activity: w.running, Code: w.shown(w.running)}
	}, proxy),
	"CheckOutOf": forConcerned(func(w *rightsWorld) domain.Command {
		return &domain.CheckOutOf{Person: w.asked, Activity: w.running, Code: w.shown(w.running)}
	}, proxy),
	"EnterAttendance": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.EnterAttendance{Person: w.self, Activity: w.running, Evidence: []domain.Evidence{{Kind: "签到表"}},
			Span: domain.Span{Start: at("2026-03-10", "23:00"), End: at("2026-03-10", "23:30")}}
	}),
	"ConfirmAttendance": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ConfirmAttendance{Person: w.other, Activity: w.attested}
	}),
}

var rightsOfActivities = map[string]right{
	"ScheduleActivity": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ScheduleActivity{Activity: activity("新办"), Plan: w.activityPlan("读书会")}
	}),
	"RescheduleActivity": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.RescheduleActivity{Activity: w.begun, Plan: w.activityPlan("大扫除")}
	}),
	"CancelActivity": forStaff(func(w *rightsWorld) domain.Command { return &domain.CancelActivity{Activity: w.begun} }),
	"SignUpFor": forConcerned(func(w *rightsWorld) domain.Command {
		return &domain.SignUpFor{Activity: w.begun, Person: w.self}
	}, stays),
	"WithdrawSignUp": forConcerned(func(w *rightsWorld) domain.Command {
		return &domain.WithdrawSignUp{Activity: w.running, Person: w.self}
	}, stays),
	"OpenCheckIn":  forStaff(func(w *rightsWorld) domain.Command { return &domain.OpenCheckIn{Activity: w.begun} }),
	"CloseCheckIn": forStaff(func(w *rightsWorld) domain.Command { return &domain.CloseCheckIn{Activity: w.running} }),
	"CloseActivity": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.CloseActivity{Activity: w.running, People: 1}
	}),
	"AttestActivity": forStaff(func(w *rightsWorld) domain.Command { return &domain.AttestActivity{Activity: w.closed} }),
}

var rightsOfGifts = map[string]right{
	"ReceiveDonation": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ReceiveDonation{Donation: donation("G3"), Donor: domain.DonorID{UUID: id("donor", "甲")}, Person: w.self, DonorName: "甲", Gift: w.gift(100)}
	}),
	"ProposeDonationCorrection": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ProposeDonationCorrection{Donation: w.given, DonorName: "甲", Gift: w.gift(300), Reason: "抄错"}
	}),
	"DecideDonationCorrection": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.DecideDonationCorrection{Donation: w.changed, Proposal: w.giftChange, Approve: true}
	}),
	"AllocateDonation": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.AllocateDonation{Donation: w.given, Amount: 10, Purpose: "助学", Day: day("2026-03-02")}
	}),
	"DeliverDonation": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.DeliverDonation{Donation: w.given, Allocation: w.allocation, Amount: 5, Day: day("2026-03-03")}
	}),
	"ReturnDonation": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ReturnDonation{Donation: w.given, Amount: 5, Day: day("2026-03-03"), Reason: "用不上"}
	}),
	"ReverseDonationUse": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ReverseDonationUse{Donation: w.given, Allocation: w.allocation, Step: domain.StepAllocation, Amount: 5, Day: day("2026-03-03"), Reason: "改用"}
	}),
	"AgreePublication":    forDonor(func(w *rightsWorld) domain.Command { return w.agree() }),
	"WithdrawPublication": forDonor(func(w *rightsWorld) domain.Command { return w.withdrawal() }),
	"AskDonation": {
		command: func(w *rightsWorld) domain.Command {
			return &domain.AskDonation{Donation: w.given, Question: "用在哪里"}
		},
		outside: may, resident: stays, own: may, inspector: forbids, // whoever the donor asks types it in
	},
	"AnswerDonor": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.AnswerDonor{Donation: w.given, Enquiry: w.enquiry, Answer: "助学"}
	}),
	"ProposeDonationGiver": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ProposeDonationGiver{Donation: w.given, Giver: w.other, Reason: "认错人"}
	}),
	"DecideDonationGiver": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.DecideDonationGiver{Donation: w.changed, Proposal: w.giverChange, Giver: w.other, Approve: true}
	}),
}

// forDonor is what a donor says, or has the staff say.
func forDonor(command func(w *rightsWorld) domain.Command) right {
	r := forConcerned(command, stays)
	r.outside = foreign
	return r
}

func (w *rightsWorld) agree() domain.Command {
	return &domain.AgreePublication{Donation: w.given, Publication: domain.PublishName, Basis: domain.OnPaper, Day: day("2026-03-02")}
}

func (w *rightsWorld) withdrawal() domain.Command {
	return &domain.WithdrawPublication{Donation: w.changed, Day: day("2026-03-02")}
}

var rightsOfPlaces = map[string]right{
	"RegisterCommunity": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.RegisterCommunity{Code: lifeCode + 2, Name: "新社区", From: domain.MinDay}
	}),
	"RecordPopulation": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.RecordPopulation{Code: lifeCode, Day: day("2025-12-31"), Basis: domain.Resident, Count: 3000, Source: "公报"}
	}),
	"SucceedCommunity": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.SucceedCommunity{Code: lifeCode, Successors: []domain.CommunityCode{lifeCode + 1}, From: day("2026-03-01")}
	}),
	"DesignateLearning": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.DesignateLearning{Code: lifeCode, Subject: groupRef("户", "一号"), From: day("2026-01-01")}
	}),
	"EndDesignation": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.EndDesignation{Code: lifeCode, Subject: groupRef("户", "二号"), To: day("2026-02-01")}
	}),
	"CountFact": forStaff(func(w *rightsWorld) domain.Command { return w.count() }),
	"WithdrawCount": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.WithdrawCount{Code: lifeCode, Fact: w.fact, Reason: "数错"}
	}),
	"ClosePeriod": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ClosePeriod{Code: lifeCode, Period: domain.Period{From: day("2025-01-01"), To: day("2025-12-31")}}
	}),
	"ProposeReopening": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ProposeReopening{Code: lifeCode, Period: domain.Period{From: day("2026-01-01"), To: day("2026-01-31")}, Reason: "补录"}
	}),
	"DecideReopening": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.DecideReopening{Code: lifeCode, Period: domain.Period{From: day("2026-02-01"), To: day("2026-02-28")}, Proposal: w.reopening, Approve: true}
	}),
	"ReviewCommunityFlag": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ReviewCommunityFlag{Code: lifeCode, Flag: [16]byte{1}, Kind: "burst", Recorder: account("clerk"), Outcome: domain.FlagExplained, Reason: "已核对"}
	}),
	"RegisterGroup": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.RegisterGroup{Group: groupRef("户", "三号"), Community: lifeCode, Name: "三号", From: domain.MinDay}
	}),
	"RenameGroup": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.RenameGroup{Group: groupRef("户", "一号"), Name: "壹号", From: day("2026-01-01")}
	}),
	"MoveGroup": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.MoveGroup{Group: groupRef("户", "一号"), Community: lifeCode + 1, From: day("2026-01-01")}
	}),
	"CloseGroup": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.CloseGroup{Group: groupRef("户", "一号"), To: day("2026-01-01")}
	}),
}

var rightsOfTheLedger = map[string]right{
	"OpenAccount": forOperators(func(w *rightsWorld) domain.Command {
		return &domain.OpenAccount{Account: account("new"), Handle: "new", Role: domain.RoleRecorder, Scope: rightsCounty}
	}, foreign),
	"LinkPerson": forStaff(func(w *rightsWorld) domain.Command { // of a resident's account
		return &domain.LinkPerson{Account: account("free"), Person: w.self}
	}),
	"CloseAccount": forOperators(func(w *rightsWorld) domain.Command {
		return &domain.CloseAccount{Account: account("helper")}
	}, foreign),
	"AdoptPolicy": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.AdoptPolicy{Policy: w.rule(domain.CountingKind)}
	}),
	"ProposePolicy": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.ProposePolicy{Policy: w.rule(domain.CountingKind), Reason: "追溯"}
	}),
	"DecidePolicy": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.DecidePolicy{Policy: w.rule(domain.StarsKind).ID, Proposal: w.ruling, Approve: true}
	}),
	"StartImport": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.StartImport{Started: domain.ImportStarted{Import: row("A/1").Import, Kind: domain.ImportService, Community: lifeCode, Recorder: account("asks")}}
	}),
	"FinishImport": forStaff(func(w *rightsWorld) domain.Command {
		return &domain.FinishImport{Finished: domain.ImportFinished{Import: row("B/1").Import}}
	}),
	// What the whole ledger vouches for is the operator's who runs all of it.
	"BeginSigning": forNobodyWithin(func(w *rightsWorld) domain.Command {
		return &domain.BeginSigning{Signing: domain.SigningID{UUID: id("signing", "新")}, Origin: "zhishu/new", Key: strings.Repeat("1", 64)}
	}),
	"AddLogKey": forNobodyWithin(func(w *rightsWorld) domain.Command {
		return &domain.AddLogKey{Signing: w.signing(), Key: strings.Repeat("2", 64)}
	}),
	"RetireLogKey": forNobodyWithin(func(w *rightsWorld) domain.Command {
		return &domain.RetireLogKey{Signing: w.overlapping(), Number: 1}
	}),
	"DeclareLoss": forNobodyWithin(func(w *rightsWorld) domain.Command {
		return &domain.DeclareLoss{Signing: w.signing(), Kept: 1, LastOrigin: "zhishu/test", LastSize: 2, LastRoot: strings.Repeat("3", 64)}
	}),
	"OpenInspection": forInspectors(func(w *rightsWorld) domain.Command { return w.open("新案") }),
	"DrawSample": forInspectors(func(w *rightsWorld) domain.Command {
		return &domain.DrawSample{Inspection: w.open("案").Inspection, Nonce: hex64("a"), Size: 1, Root: hex64("c"), Population: 4, Count: 2}
	}),
	"CloseInspection": forInspectors(func(w *rightsWorld) domain.Command {
		return &domain.CloseInspection{Inspection: w.open("案").Inspection}
	}),
	"BeginBundle": forExporters(func(w *rightsWorld) domain.Command {
		return &domain.BeginBundle{Inspection: w.open("案").Inspection, Export: id("export", "又"), Size: 1}
	}),
	"ExportBundle": forExporters(func(w *rightsWorld) domain.Command {
		return &domain.ExportBundle{Inspection: w.open("案").Inspection, Export: id("export", "一"), Size: 1, Manifest: hex64("d")}
	}),
	"BreakOffBundle": forExporters(func(w *rightsWorld) domain.Command {
		return &domain.BreakOffBundle{Inspection: w.open("案").Inspection, Export: id("export", "一"), Cause: domain.SourceFailed}
	}),
}

// forExporters: the inspector of the case, and operators of its division.
func forExporters(command func(w *rightsWorld) domain.Command) right {
	return right{command: command, resident: forbids, own: forbids, outside: caseOf,
		staff: map[domain.Role]domain.Code{domain.RoleRecorder: caseOf, domain.RoleConfirmer: caseOf}}
}

func forNobodyWithin(command func(w *rightsWorld) domain.Command) right {
	r := forStaff(command)
	r.staff = map[domain.Role]domain.Code{domain.RoleOperator: forbids, domain.RoleRecorder: forbids, domain.RoleConfirmer: forbids}
	r.whole = true
	return r
}

func forInspectors(command func(w *rightsWorld) domain.Command) right {
	return right{command: command, outside: foreign, resident: forbids, own: forbids, staff: map[domain.Role]domain.Code{
		domain.RoleOperator: caseOf, domain.RoleRecorder: caseOf, domain.RoleConfirmer: caseOf,
	}}
}
