package domain_test

import (
	"fmt"
	"strconv"
	"strings"

	"zhishu/domain"
)

// disputeVerbs are what a resident raises and what the organisation answers.
func (l *ledger) disputeVerbs(p domain.PersonID) map[string]func() domain.Command {
	w := l.args
	return map[string]func() domain.Command{
		"异议": func() domain.Command {
			return &domain.DisputeEntry{Person: p, Entry: entryNo(w.at(2)), Reason: w.option("理由", ""), Evidence: evidence(w)}
		},
		"答复": func() domain.Command {
			upheld := map[string]bool{"成立": true, "不成立": false}
			if _, ok := upheld[w.at(4)]; !ok {
				bad("%q is neither 成立 nor 不成立", w.at(4))
			}
			return &domain.AnswerDispute{
				Person: p, Entry: entryNo(w.at(2)), Dispute: domain.DisputeNo(number("异议", w.at(3))), Upheld: upheld[w.at(4)],
				Finding: w.option("结论", ""),
			}
		},
		"漏记": func() domain.Command {
			return &domain.ReportMissingEntry{Person: p, Deed: l.deed(p, l.kind(), 2), Remark: w.option("备注", ""), Evidence: evidence(w)}
		},
		"受理": func() domain.Command {
			c := &domain.AcceptMissingEntry{Person: p, Report: domain.ReportNo(number("漏记", w.at(2))), Evidence: evidence(w)}
			switch {
			case len(w.plain) == 3:
			case strings.HasPrefix(w.at(3), "记录"):
				c.Entry = entryNo(w.at(3))
				if len(w.plain) > 4 {
					c.Deed = &domain.Deed{}
				}
			default:
				deed := l.deed(p, l.kind(), 3)
				c.Deed = &deed
			}
			return c
		},
		"核查": func() domain.Command {
			c := &domain.ReviewFlag{Person: p, Flag: flagID(w), Kind: w.option("标记", ""), Outcome: outcomeOf(w), Reason: w.option("结论", "")}
			for _, no := range w.list("记录") {
				c.Entries = append(c.Entries, entryNo(no))
			}
			for _, handle := range w.list("经手") {
				c.Actors = append(c.Actors, domain.Signer{Account: account(handle)})
			}
			return c
		},
		"不受理": func() domain.Command {
			return &domain.DeclineMissingEntry{Person: p, Report: domain.ReportNo(number("漏记", w.at(2))), Reason: w.option("理由", "")}
		},
	}
}

// flagID makes a flag of its label: 编号=A.
func flagID(w words) [16]byte { return id("flag", w.option("编号", "")) }

func outcomeOf(w words) domain.FlagOutcome {
	return domain.FlagOutcome(w.option("处理", "explained"))
}

func (l *ledger) kind() domain.EntryKind {
	if l.args.option("种类", "服务") == "学习" {
		return domain.Study
	}
	return domain.Service
}

// evidence reads 证据=照片.
func evidence(w words) []domain.Evidence {
	if kind := w.option("证据", ""); kind != "" {
		return []domain.Evidence{{Kind: domain.EvidenceKind(kind)}}
	}
	return nil
}

// number reads 异议5 or 漏记7.
func number(word, s string) uint32 {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, word), 10, 32)
	if err != nil {
		bad("%q is not a %s", s, word)
	}
	return uint32(n)
}

// reports lists the reports nobody has answered: 甲 待答复.
func (l *ledger) reports() string {
	var open []string
	for _, r := range l.personState(l.args.at(0)).Reports {
		open = append(open, fmt.Sprintf("漏记%d %s %s", r.No, r.Deed.Span.Day, r.Deed.Title))
	}
	if len(open) == 0 {
		return "无"
	}
	return strings.Join(open, "，")
}

// periodVerbs close and reopen: 社区 代码 关账 2026-02.
func (l *ledger) periodVerbs() map[string]func() domain.Command {
	w := l.args
	code := community(w.at(1))
	return map[string]func() domain.Command{
		"核查": func() domain.Command {
			return &domain.ReviewCommunityFlag{Code: code, Flag: flagID(w), Kind: w.option("标记", ""), Recorder: account(w.option("录入", "clerk")),
				Outcome: outcomeOf(w), Reason: w.option("结论", "")}
		},
		"关账": func() domain.Command { return &domain.ClosePeriod{Code: code, Period: period(w.at(3))} },
		"申请重开": func() domain.Command {
			return &domain.ProposeReopening{Code: code, Period: period(w.at(3)), Reason: w.option("理由", "")}
		},
		"准予重开": func() domain.Command {
			return &domain.DecideReopening{Code: code, Period: period(w.at(3)), Proposal: proposalNo(w.at(4)), Approve: true}
		},
		"不予重开": func() domain.Command {
			return &domain.DecideReopening{Code: code, Period: period(w.at(3)), Proposal: proposalNo(w.at(4)), Reason: w.option("理由", "")}
		},
	}
}

// closedPeriods lists a community's closed periods: 社区 代码 已关账.
func (l *ledger) closedPeriods() string {
	var closed []string
	for _, c := range l.state(community(l.args.at(1)).Stream()).(*domain.Community).Closed {
		text := c.Period.String()
		if c.Reopen != nil {
			text += fmt.Sprintf("(申请%d)", c.Reopen.No)
		}
		closed = append(closed, text)
	}
	if len(closed) == 0 {
		return "无"
	}
	return strings.Join(closed, " ")
}
