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
	Kind    string `query:"kind" enum:"claim,correction,void,dispute,remedy,report,merge,gift-correction,enquiry,attestation,reopening,policy" doc:"Absent: every kind"`
	Account string `query:"account" maxLength:"32" doc:"Handle; what this account may not answer is left out" example:"reviewer"`
}

type proposalsQuery struct {
	ViewInput
	DivisionInput
	PageInput
	Kind   string `query:"kind" enum:"counting,stars,standing,households,buildings,organisations,participation,scorecard,closing,integrity" doc:"Absent: every kind"`
	Status string `query:"status" enum:"waiting,decided" doc:"Absent: both"`
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
