package domain_test

import (
	"fmt"
	"strconv"
	"strings"

	"zhishu/domain"
)

func activity(label string) domain.ActivityID {
	return domain.ActivityID{UUID: id("activity", label)}
}

// codeOf stands for the ledger's secret in scripts.
func codeOf(a domain.ActivityID, window uint32, step int64) string {
	return fmt.Sprintf("%x/%d/%d", a.UUID[:4], window, step)
}

// judgedOn gives a command what it reads of another stream, as the command
// handler does.
func (l *ledger) judgedOn(c domain.Command) domain.Command {
	r, ok := c.(domain.Reader)
	if !ok || r.Reads() == "" {
		return l.besideNumbers(c)
	}
	stream := r.Reads()
	read := domain.Reading{Stream: stream, Revision: uint32(max(0, len(l.streams[stream])-1))}
	return l.besideNumbers(r.Given(domain.Found{Reading: read, State: l.state(stream), Now: l.now, Codes: codeOf}))
}

func (l *ledger) activityVerbs() map[string]func() domain.Command {
	w := l.args
	a := activity(w.at(1))
	return map[string]func() domain.Command{
		"安排": func() domain.Command {
			return &domain.ScheduleActivity{Activity: a, Plan: l.plan(3), Row: row(w.option("行", ""))}
		},
		"改期": func() domain.Command {
			return &domain.RescheduleActivity{Activity: a, Plan: l.plan(3), Notice: w.option("公告", "")}
		},
		"取消":   func() domain.Command { return &domain.CancelActivity{Activity: a, Notice: w.option("公告", "")} },
		"报名":   func() domain.Command { return &domain.SignUpFor{Activity: a, Person: l.personOrNone(w.at(3))} },
		"退报":   func() domain.Command { return &domain.WithdrawSignUp{Activity: a, Person: l.person(w.at(3))} },
		"开放签到": func() domain.Command { return &domain.OpenCheckIn{Activity: a, Until: l.clockOption("至")} },
		"停止签到": func() domain.Command { return &domain.CloseCheckIn{Activity: a} },
		"结束": func() domain.Command {
			return &domain.CloseActivity{Activity: a, People: w.number("人数"), Evidence: l.evidence()}
		},
		"签字": func() domain.Command { return &domain.AttestActivity{Activity: a, Evidence: l.evidence()} },
	}
}

// attendanceVerbs are what a person does at an activity.
func (l *ledger) attendanceVerbs(p domain.PersonID) map[string]func() domain.Command {
	w := l.args
	return map[string]func() domain.Command{
		"签到": func() domain.Command {
			return &domain.CheckInTo{Person: p, Activity: activity(w.at(2)), Code: l.code(w.at(2))}
		},
		"签退": func() domain.Command {
			return &domain.CheckOutOf{Person: p, Activity: activity(w.at(2)), Code: l.code(w.at(2))}
		},
		"补登": func() domain.Command {
			c := &domain.EnterAttendance{
				Person: p, Activity: activity(w.at(2)), Evidence: l.evidence(), Row: row(w.option("行", "")), Remark: w.option("备注", ""),
			}
			if len(w.plain) > 3 {
				c.Span = l.span(w.at(3), w.at(4))
			}
			return c
		},
		"确认出席": func() domain.Command {
			return &domain.ConfirmAttendance{Person: p, Activity: activity(w.at(2))}
		},
	}
}

// plan reads kind, date, times, title and options.
func (l *ledger) plan(i int) domain.Plan {
	w := l.args
	kinds := map[string]domain.ActivityKind{
		"服务": domain.ServiceActivity, "学习": domain.StudySession, "宣讲": domain.Talk, "课程": domain.Course, "募捐": domain.DonationDrive,
	}
	p := domain.Plan{
		Kind: kinds[w.at(i)], Title: w.at(i + 3), Category: w.option("类别", ""), Place: w.option("地点", ""),
		Community: community(w.option("社区", "430702001007")), Organisation: organisation(w.option("单位", "")),
		Layer: domain.Layer(w.option("层次", "")), Capacity: uint32(w.number("名额")), Series: w.option("系列", ""),
		MakeupOf: activity(w.option("补", "")),
	}
	if p.Kind == "" {
		p.Kind = domain.ActivityKind(w.at(i))
	}
	if label := w.option("负责", ""); label != "" {
		p.PersonInCharge = l.person(label)
	}
	if w.at(i+1) != "无日期" {
		s := l.span(w.at(i+1), w.at(i+2))
		p.Start, p.End = s.Start, s.End
	}
	return p
}

func (l *ledger) personOrNone(label string) domain.PersonID {
	if label == "无" {
		return domain.PersonID{}
	}
	return l.person(label)
}

// code is the code a person gives: the one shown now unless 码= says otherwise.
func (l *ledger) code(label string) string {
	step, _ := domain.CodeStep(l.now)
	switch given := l.args.option("码", "现在"); given {
	case "无":
		return ""
	case "现在":
	default:
		n, err := strconv.ParseInt(given, 10, 64)
		if err != nil {
			return given
		}
		step += n // 码=-1: the one of a minute ago
	}
	return codeOf(activity(label), l.state(activity(label).Stream()).(*domain.Activity).Window.No, step)
}

func (l *ledger) clockOption(key string) domain.Instant {
	v := l.args.option(key, "")
	if v == "" {
		return 0
	}
	day := l.now.Day().String()
	if d, clock, ok := strings.Cut(v, "T"); ok {
		day, v = d, clock
	}
	return at(day, v)
}

// evidence reads 证据=签到表,照片.
func (l *ledger) evidence() (list []domain.Evidence) {
	for _, kind := range l.args.list("证据") {
		list = append(list, domain.Evidence{Kind: domain.EvidenceKind(kind)})
	}
	return list
}

// roster lists who has a place and who waits: 甲 乙 候补 丙.
func (l *ledger) roster() string {
	a := l.state(activity(l.args.at(1)).Stream()).(*domain.Activity)
	var places, waits []string
	for _, s := range a.SignUps {
		if _, waiting, _ := a.Place(s.Person); waiting {
			waits = append(waits, l.people[s.Person])
		} else {
			places = append(places, l.people[s.Person])
		}
	}
	if len(waits) > 0 {
		places = append(append(places, "候补"), waits...)
	}
	return strings.Join(places, " ")
}

// pendingCheckIns lists a person's check-ins without a check-out.
func (l *ledger) pendingCheckIns() string {
	var list []string
	for _, c := range l.personState(l.args.at(0)).CheckIns {
		list = append(list, fmt.Sprintf("签到%d 0分", c.No))
	}
	return strings.Join(append(list, fmt.Sprintf("共%d", len(list))), " ")
}
