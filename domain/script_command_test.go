package domain_test

import (
	"maps"
	"strconv"
	"strings"

	"zhishu/domain"
)

// setups are the lines that expect nothing, because they cannot be refused.
func (l *ledger) setups() map[string]func() {
	return map[string]func(){
		"今天": func() {
			clock := "23:59"
			if len(l.args.plain) > 2 {
				clock = l.args.at(2)
			}
			l.now = at(l.args.at(1), clock)
		},
		"备": func() {
			p, c, from := l.person(l.args.at(1)), community(l.args.at(2)), day(l.args.option("自", "2020-01-01"))
			l.must(&domain.EnrolPerson{Person: p, Community: c, Name: l.args.at(1)})
			l.must(&domain.StartMembership{Person: p, Membership: domain.Membership{Kind: domain.MemberOfCommunity, Community: c, From: from}})
			l.must(&domain.GiveConsent{Person: p, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, From: from}})
		},
		"备组": func() {
			c := community(l.args.at(1))
			if !l.state(c.Stream()).(*domain.Community).Exists {
				l.must(&domain.RegisterCommunity{Code: c, Name: "社区", From: domain.MinDay})
			}
			for _, g := range l.args.plain[2:] {
				kind, label, _ := strings.Cut(g, ":")
				l.must(&domain.RegisterGroup{Group: groupRef(kind, label), Community: c, Name: label, From: domain.MinDay})
			}
		},
		"史实": l.history,
	}
}

// history records what no command of this release asks for yet: 史实 甲 已注销.
func (l *ledger) history() {
	p := l.person(l.args.at(1))
	events := map[string]func() domain.Event{
		"已注销":  func() domain.Event { return &domain.PersonErased{Person: p} },
		"限制处理": func() domain.Event { return &domain.ProcessingRestricted{Person: p} },
		"解除限制": func() domain.Event { return &domain.RestrictionLifted{Person: p} },
		"并入":   func() domain.Event { return &domain.PersonMerged{Person: p, Into: l.person(l.args.at(3))} },
	}
	e := events[l.args.at(2)]
	if e == nil {
		bad("%q is not a piece of history", l.args.at(2))
	}
	l.record(p.Stream(), e(), domain.Actor{Account: account("clerk")})
}

// command is what a line asks for; the first word says on what.
func (l *ledger) command() domain.Command {
	w := l.args
	subjects := map[string]func() map[string]func() domain.Command{
		"账号": l.accountVerbs, "社区": l.communityVerbs, "规则": l.policyVerbs, "捐赠": l.donationVerbs, "导入": l.importVerbs,
		"活动": l.activityVerbs, "签名": l.signingVerbs, "督查": l.inspectionVerbs,
		"户": l.groupVerbs, "楼院": l.groupVerbs, "单位": l.groupVerbs, "队": l.groupVerbs,
	}
	of, verb := map[string]func() domain.Command(nil), ""
	if verbs := subjects[w.at(0)]; verbs != nil {
		of, verb = verbs(), w.at(2)
	} else {
		of, verb = l.personVerbs(l.person(w.at(0))), w.at(1)
	}
	make := of[verb]
	if make == nil && subjects[w.at(0)] == nil {
		make = l.attendanceVerbs(l.person(w.at(0)))[verb]
	}
	if make == nil {
		bad("%s cannot %q", w.at(0), verb)
	}
	return make()
}

func (l *ledger) personVerbs(p domain.PersonID) map[string]func() domain.Command {
	w := l.args
	verbs := map[string]func() domain.Command{
		"登记":   func() domain.Command { return l.enrol(p) },
		"交付密钥": func() domain.Command { return l.exportKey(p) },
		"加入": func() domain.Command {
			m := membership(w.at(2), w.at(3))
			m.From, m.Basis = day(w.option("自", "")), domain.Basis(w.option("依据", ""))
			return &domain.StartMembership{Person: p, Membership: m}
		},
		"退出": func() domain.Command {
			m := membership(w.at(2), w.at(3))
			return &domain.EndMembership{Person: p, Kind: m.Kind, Community: m.Community, Group: m.Group, To: day(w.option("至", ""))}
		},
		"同意": func() domain.Command {
			return &domain.GiveConsent{Person: p, Consent: domain.Consent{
				Kind: consentKind(w.at(2)), Basis: domain.Basis(w.at(3)), From: day(w.option("自", l.now.Day().String())),
				Guardian: l.guardian(),
			}}
		},
		"迁": func() domain.Command {
			m := membership(w.at(2), w.at(3))
			m.From = day(w.option("自", ""))
			return &domain.MoveMembership{Person: p, Membership: m}
		},
		"层次": func() domain.Command {
			return &domain.ChangeLayers{Person: p, Layers: layers(w.list("为")), From: day(w.option("自", ""))}
		},
		"联系": func() domain.Command {
			return &domain.ChangeContact{Person: p, Name: w.option("姓名", ""), Phone: w.option("电话", ""),
				Held: domain.Contact{Name: w.option("原姓名", ""), Phone: w.option("原电话", "")}}
		},
		"并入": func() domain.Command {
			into := domain.PersonID{}
			if w.at(2) != "无" {
				into = l.person(w.at(2))
			}
			return &domain.ProposePersonMerge{Person: p, Into: into, Reason: w.option("理由", "")}
		},
		"准并": func() domain.Command {
			return &domain.DecidePersonMerge{Person: p, Proposal: proposalNo(w.at(2)), Into: l.person(w.at(3)), Approve: true}
		},
		"不准并": func() domain.Command {
			return &domain.DecidePersonMerge{Person: p, Proposal: proposalNo(w.at(2)), Into: l.person(w.at(3)), Reason: w.option("理由", "")}
		},
		"分号": func() domain.Command {
			return &domain.ProposePersonUnmerge{Person: p, Into: l.personOrNone(w.at(2)), Reason: w.option("理由", "")}
		},
		"准分": func() domain.Command {
			return &domain.DecidePersonUnmerge{Person: p, Proposal: proposalNo(w.at(2)), Into: l.person(w.at(3)), Approve: true}
		},
		"不准分": func() domain.Command {
			return &domain.DecidePersonUnmerge{Person: p, Proposal: proposalNo(w.at(2)), Into: l.person(w.at(3)), Reason: w.option("理由", "")}
		},
		"撤回": func() domain.Command {
			return &domain.WithdrawConsent{Person: p, Kind: consentKind(w.at(2)), From: day(w.option("自", l.now.Day().String()))}
		},
		"服务": func() domain.Command { return l.claim(p, domain.Service) },
		"学习": func() domain.Command { return l.claim(p, domain.Study) },
		"确认": func() domain.Command { return &domain.ConfirmEntry{Person: p, Entry: entryNo(w.at(2))} },
		"确认行": func() domain.Command {
			return &domain.ConfirmEntry{Person: p, Row: row(w.at(2))}
		},
		"确认场次": func() domain.Command {
			return &domain.ConfirmEntry{Person: p, Activity: domain.ActivityID{UUID: id("activity", w.at(2))}}
		},
		"驳回": func() domain.Command {
			return &domain.RejectEntry{Person: p, Entry: entryNo(w.at(2)), Reason: w.option("理由", "")}
		},
		"更正": func() domain.Command {
			kind := domain.Service
			if w.option("种类", "服务") == "学习" {
				kind = domain.Study
			}
			return &domain.ProposeCorrection{
				Person: p, Entry: entryNo(w.at(2)), Deed: l.deed(p, kind, 3), Reason: w.option("理由", ""),
			}
		},
		"作废": func() domain.Command {
			return &domain.ProposeVoid{Person: p, Entry: entryNo(w.at(2)), Reason: w.option("理由", "")}
		},
		"批准": func() domain.Command {
			return &domain.DecideProposal{Person: p, Entry: entryNo(w.at(2)), Proposal: proposalNo(w.at(3)), Approve: true}
		},
		"不准": func() domain.Command {
			return &domain.DecideProposal{Person: p, Entry: entryNo(w.at(2)), Proposal: proposalNo(w.at(3)), Reason: w.option("理由", "")}
		},
	}
	maps.Copy(verbs, l.disputeVerbs(p))
	return verbs
}

func (l *ledger) enrol(p domain.PersonID) domain.Command {
	w := l.args
	c := &domain.EnrolPerson{
		Person: p, Community: community(w.at(2)), Name: w.option("姓名", w.at(0)), IDNumber: w.option("身份证", ""),
		BirthDate: w.option("出生", ""), Sex: domain.Sex(w.option("性别", "")), Age: int(w.number("年龄")),
		AgeOn: l.now.Day(), Row: row(w.option("行", "")), Skills: w.list("特长"),
	}
	if w.at(0) == "无" {
		c.Person = domain.PersonID{}
	}
	c.Layers = layers(w.list("层次"))
	if from, to, ok := strings.Cut(w.option("生年", ""), "-"); ok {
		c.BirthYearFrom, _ = strconv.Atoi(from)
		c.BirthYearTo, _ = strconv.Atoi(to)
	}
	return c
}

func (l *ledger) claim(p domain.PersonID, kind domain.EntryKind) domain.Command {
	return &domain.ClaimEntry{Person: p, Deed: l.deed(p, kind, 2), Remark: l.args.option("备注", ""), Row: row(l.args.option("行", ""))}
}

// deed reads a whole value: date, times or duration, title, and options. The
// community is the one that enrolled the person unless 社区= says otherwise.
func (l *ledger) deed(p domain.PersonID, kind domain.EntryKind, i int) domain.Deed {
	w := l.args
	d := domain.Deed{
		Kind: kind, Span: l.span(w.at(i), w.at(i+1)), Title: w.at(i + 2), Category: w.option("类别", ""),
		Place: w.option("地点", ""), Organisation: organisation(w.option("单位", "")), Layer: domain.Layer(w.option("层次", "")),
		Activity: domain.ActivityID{UUID: id("activity", w.option("场次", ""))},
	}
	if code := w.option("社区", ""); code != "" {
		d.Community = community(code)
	} else {
		d.Community = l.state(p.Stream()).(*domain.Person).Enrolled.Community
		if d.Community == 0 {
			d.Community = community("430702001007")
		}
	}
	if w.option("时数", "荣誉") == "信用" {
		d.Hours = domain.Credit
	}
	return d
}

func (l *ledger) accountVerbs() map[string]func() domain.Command {
	w := l.args
	return map[string]func() domain.Command{
		"开设": func() domain.Command {
			handle := w.option("代号", w.at(1))
			return &domain.OpenAccount{Account: account(w.at(1)), Handle: handle, Role: domain.Role(w.at(3)), Scope: division(w.at(4))}
		},
		"关联": func() domain.Command {
			p := domain.PersonID{}
			if w.at(3) != "无" {
				p = l.person(w.at(3))
			}
			return &domain.LinkPerson{Account: account(w.at(1)), Person: p}
		},
		"停用": func() domain.Command { return &domain.CloseAccount{Account: account(w.at(1))} },
	}
}

func (l *ledger) communityVerbs() map[string]func() domain.Command {
	w := l.args
	verbs := map[string]func() domain.Command{
		"登记": func() domain.Command {
			return &domain.RegisterCommunity{Code: community(w.at(1)), Name: w.at(3), From: since(w.option("自", "起初"))}
		},
		"人口": func() domain.Command {
			n, err := strconv.ParseInt(w.at(5), 10, 64)
			if err != nil {
				bad("%v", err)
			}
			return &domain.RecordPopulation{
				Code: community(w.at(1)), Day: day(w.at(3)), Basis: basis(w.at(4)), Count: n, Source: w.option("来源", "派出所"),
			}
		},
		"接替": l.succession, "登记数": l.counted,
		"命名": func() domain.Command {
			return &domain.DesignateLearning{Code: community(w.at(1)), Subject: groupRef(w.at(3), w.at(4)), From: day(w.option("自", ""))}
		},
		"撤名": func() domain.Command {
			return &domain.EndDesignation{Code: community(w.at(1)), Subject: groupRef(w.at(3), w.at(4)), To: day(w.option("至", ""))}
		},
		"撤回数": func() domain.Command {
			n, err := strconv.ParseUint(w.at(3), 10, 32)
			if err != nil {
				bad("%v", err)
			}
			return &domain.WithdrawCount{Code: community(w.at(1)), Fact: uint32(n), Reason: w.option("理由", "")}
		},
	}
	maps.Copy(verbs, l.periodVerbs())
	return verbs
}

func (l *ledger) importVerbs() map[string]func() domain.Command {
	w := l.args
	sheet := domain.ImportID{UUID: id("import", w.at(1))}
	return map[string]func() domain.Command{
		"开始": func() domain.Command {
			return &domain.StartImport{Started: domain.ImportStarted{
				Import: sheet, Kind: domain.ImportKind(w.at(3)), Rows: w.number("行数"),
				Recorder: account(w.option("录入", "clerk")), Confirmer: account(w.option("复核", "reviewer")),
				Disposition: domain.ImportDisposition(w.option("处置", "")), Earlier: domain.ImportID{UUID: id("import", w.option("前表", ""))},
			}}
		},
		"完成": func() domain.Command {
			return &domain.FinishImport{Finished: domain.ImportFinished{
				Import: sheet, Rows: w.number("行数"), Accepted: w.number("录入"), Refused: w.number("退回"),
			}}
		},
	}
}

// since reads 起初 as the beginning of time, where nobody knows since when.
func since(s string) domain.Day {
	if s == "起初" {
		return domain.MinDay
	}
	return day(s)
}

var membershipKinds = map[string]domain.MembershipKind{
	"社区": domain.MemberOfCommunity, "户": domain.MemberOfHousehold, "楼院": domain.MemberOfBuilding,
	"单位": domain.MemberOfOrganisation, "队": domain.MemberOfTeam,
}

func membership(kind, of string) domain.Membership {
	m := domain.Membership{Kind: membershipKinds[kind]}
	switch m.Kind {
	case "":
		m.Kind = domain.MembershipKind(kind) // the domain is to refuse it
	case domain.MemberOfCommunity:
		m.Community = community(of)
	default:
		m.Group = group(of)
	}
	return m
}

func consentKind(s string) domain.ConsentKind {
	if k, ok := map[string]domain.ConsentKind{"记录": domain.ConsentRecord, "公开": domain.ConsentPublish}[s]; ok {
		return k
	}
	return domain.ConsentKind(s)
}

func basis(s string) domain.PopulationBasis {
	if b, ok := map[string]domain.PopulationBasis{
		"登记成员": domain.RegisteredMembers, "户籍": domain.Household, "常住": domain.Resident,
	}[s]; ok {
		return b
	}
	return domain.PopulationBasis(s)
}

func entryNo(s string) domain.EntryNo {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "记录"), 10, 32)
	if err != nil {
		bad("%q is not an entry", s)
	}
	return domain.EntryNo(n)
}

func proposalNo(s string) domain.ProposalNo {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "申请"), 10, 32)
	if err != nil {
		bad("%q is not a proposal", s)
	}
	return domain.ProposalNo(n)
}
