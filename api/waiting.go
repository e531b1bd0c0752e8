package api

import (
	"context"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type waitingQuery struct {
	ViewInput
	DivisionInput
	PageInput
	Kind    string `query:"kind" enum:"claim,correction,void,dispute,remedy,report,merge,unmerge,gift-correction,giver,enquiry,attestation,reopening,policy" doc:"Absent: every kind"`
	Account string `query:"account" maxLength:"32" doc:"Handle; what this account may not answer is left out" example:"reviewer"`
}

type proposalsQuery struct {
	ViewInput
	DivisionInput
	PageInput
	Kind   string `query:"kind" enum:"counting,stars,standing,households,buildings,organisations,participation,scorecard,closing,integrity,calendar" doc:"Absent: every kind"`
	Status string `query:"status" enum:"waiting,decided" doc:"Absent: both"`
}

type remainingQuery struct {
	ViewInput
	DivisionInput
	PageInput
}

type comingQuery struct {
	ViewInput
	DivisionInput
	PageInput
	Period string `query:"period" maxLength:"22" doc:"Of the days: a year (2026), a month (2026-03), two dates (2026-01-01..2026-06-30, at most 20 years) or all; absent: all" example:"2026"`
}

// waitingLists registers what a committee has yet to answer.
func waitingLists(r *routes) {
	figure(r, operation{
		id: "list-waiting", path: "/v1/waiting", tag: "waiting",
		codes:   []string{CodeDivisionInvalid, CodeCursorInvalid, string(domain.AccountUnknown)},
		summary: "What waits for an answer in a division, the oldest first (待办)",
		doc:     "Claims, corrections, voidings, disputes, reports of missing entries, merges, corrections and questions about donations, activities to be signed, reopenings and proposed policies, each with who may answer it and by which operation.",
	}, listWaiting)
	figure(r, operation{
		id: "list-policy-proposals", path: "/v1/policies/proposals", tag: "policies", codes: []string{CodeDivisionInvalid, CodeCursorInvalid},
		summary: "Proposed policy versions that concern a division, the newest first, and what became of them",
	}, listProposals)
	figure(r, operation{
		id: "list-remaining", path: "/v1/remaining", tag: "waiting", codes: []string{CodeDivisionInvalid, CodeCursorInvalid},
		summary: "Persons and groups left in communities that were split: each is moved by hand (待迁)",
	}, listRemaining)
	figure(r, operation{
		id: "list-coming-of-age", path: "/v1/coming-of-age", tag: "waiting", codes: []string{CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong, CodeCursorInvalid},
		summary: "Persons for whom a guardian consented, by the day from which they consent for themselves (满十四周岁)",
		doc:     "The guardian's consent goes on to hold until the person's own is recorded or it is withdrawn.",
	}, listComingOfAge)
}

func listRemaining(_ context.Context, s *Server, in *remainingQuery) (figures.Remaining, error) {
	d, err := in.division()
	if err != nil {
		return figures.Remaining{}, err
	}
	p, err := s.page(&in.PageInput, in.AsOf, "list-remaining", d.String())
	if err != nil {
		return figures.Remaining{}, err
	}
	list, err := p.view.Remaining(d, projections.Page{Limit: in.Rows(), After: string(p.cursor.Key)})
	if err != nil {
		return figures.Remaining{}, err
	}
	out := figures.RemainingOf(list)
	out.Next = p.next(s, list.Next)
	return out, nil
}

func listComingOfAge(_ context.Context, s *Server, in *comingQuery) (figures.ComingOfAge, error) {
	d, err := in.division()
	if err != nil {
		return figures.ComingOfAge{}, err
	}
	period := domain.AllTime
	if in.Period != "" {
		if period, err = domain.AskPeriod(in.Period); err != nil {
			return figures.ComingOfAge{}, periodProblem(err)
		}
	}
	p, err := s.page(&in.PageInput, in.AsOf, "list-coming-of-age", d.String(), in.Period)
	if err != nil {
		return figures.ComingOfAge{}, err
	}
	list, err := p.view.ComingOfAge(d, period, projections.Page{Limit: in.Rows(), After: string(p.cursor.Key)})
	if err != nil {
		return figures.ComingOfAge{}, err
	}
	out := figures.ComingOfAgeOf(list)
	out.Next = p.next(s, list.Next)
	return out, nil
}

func listWaiting(_ context.Context, s *Server, in *waitingQuery) (figures.Waiting, error) {
	d, err := in.division()
	if err != nil {
		return figures.Waiting{}, err
	}
	p, err := s.page(&in.PageInput, in.AsOf, "list-waiting", d.String(), in.Kind, in.Account)
	if err != nil {
		return figures.Waiting{}, err
	}
	filter := projections.WaitFilter{Kind: projections.WaitKind(in.Kind)}
	if in.Account != "" {
		actor, ok := p.view.Actor(in.Account)
		if !ok {
			return figures.Waiting{}, domain.Refuse(domain.AccountUnknown, "account")
		}
		filter.For = &actor
	}
	list, err := p.view.Waiting(d, filter, projections.Page{Limit: in.Rows(), After: string(p.cursor.Key)})
	if err != nil {
		return figures.Waiting{}, err
	}
	out := figures.WaitingOf(list, in.Account)
	out.Next = p.next(s, list.Next)
	return out, nil
}

func listProposals(_ context.Context, s *Server, in *proposalsQuery) (figures.PolicyProposals, error) {
	d, err := in.division()
	if err != nil {
		return figures.PolicyProposals{}, err
	}
	p, err := s.page(&in.PageInput, in.AsOf, "list-policy-proposals", d.String(), in.Kind, in.Status)
	if err != nil {
		return figures.PolicyProposals{}, err
	}
	list, err := p.view.PolicyProposals(d, projections.ProposalFilter{Kind: domain.PolicyKind(in.Kind), State: in.Status},
		projections.Page{Limit: in.Rows(), After: string(p.cursor.Key)})
	if err != nil {
		return figures.PolicyProposals{}, err
	}
	out := figures.PolicyProposalsOf(list)
	out.Next = p.next(s, list.Next)
	return out, nil
}
