package api

import (
	"context"
	"net/http"
	"time"

	"zhishu/api/figures"
	"zhishu/domain"
)

type plainQuery struct{ ViewInput }

// PolicyBody is a version to be adopted or proposed.
type PolicyBody struct {
	Kind    string `json:"kind" enum:"counting,stars,standing,households,buildings,organisations,participation,scorecard,closing,integrity,calendar"`
	Scope   string `json:"scope,omitempty" pattern:"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$" patternDescription:"a division code of 2, 4, 6, 9 or 12 digits" doc:"Absent: the whole country"`
	Version int    `json:"version" minimum:"1" maximum:"1000000" doc:"Versions rise by one"`
	Title   string `json:"title" minLength:"1" maxLength:"200"`
	From    string `json:"from" format:"date" doc:"First day in force; one that is past can only be proposed"`
	figures.PolicyBodies
}

type adoptInput struct {
	WriteInput
	Body PolicyBody
}

// ProposeBody is a version with the reason for it.
type ProposeBody struct {
	PolicyBody
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"In the clear: a rule is explained to everybody"`
}

type proposePolicyInput struct {
	WriteInput
	Body ProposeBody
}

// PolicyPath names a policy and a proposal of it.
type PolicyPath struct {
	Policy   string `path:"policy" pattern:"^[a-z]+-(all|[0-9]{2,12})$" patternDescription:"kind and scope, such as counting-430702" doc:"The policy, without a version" example:"counting-430702"`
	Proposal uint32 `path:"proposal" maximum:"4294967295" doc:"Number of the proposal"`
}

func (in *PolicyPath) id() (domain.PolicyID, error) {
	id, ok := domain.ParsePolicyID(in.Policy)
	if !ok {
		return id, domain.Refuse(domain.FieldInvalid, "policy")
	}
	return id, nil
}

type approvePolicyInput struct {
	WriteInput
	PolicyPath
}

type refusePolicyInput struct {
	WriteInput
	PolicyPath
	Body ReasonBody
}

const digestTimeout = 2 * time.Minute

// policies registers the rules, and the digests of what is made with them.
func policies(r *routes) {
	figure(r, operation{
		id: "list-policies", path: "/v1/policies", tag: "policies", summary: "Policy versions adopted up to the point of view",
	}, func(_ context.Context, s *Server, in *plainQuery) (figures.Policies, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.Policies{}, err
		}
		return figures.PoliciesOf(v.Policies(), footing(v)), nil
	})
	write(r, operation{
		id: "adopt-policy", path: "/v1/policies", tag: "policies", permission: "policy.adopt",
		summary: "Adopt the next version of a policy", doc: "The body that kind names is needed; households, buildings and organisations take a standing.",
	}, []domain.Code{domain.PolicyInvalid, domain.PolicyVersionOrder, domain.PolicyRetroactive}, adopt)
	policyProposals(r)
	add(r, operation{
		id: "list-policy-examples", method: http.MethodGet, path: "/v1/policy-examples", tag: "policies", permission: "figure.read",
		summary: "Counting policies and star schemes found in practice, to adopt or to try out, and working calendars",
	}, func(context.Context, *struct{ ReadInput }) (*examplesOutput, error) {
		return &examplesOutput{figures.Examples()}, nil
	})
	figure(r, operation{
		id: "list-digests", path: "/v1/digests", tag: "ledger", timeout: digestTimeout,
		summary: "What every read model holds, in 32 bytes each", doc: "Equal digests mean equal figures.",
	}, func(_ context.Context, s *Server, in *plainQuery) (figures.Digests, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.Digests{}, err
		}
		return figures.DigestsOf(v.Digests(), footing(v)), nil
	})
}

type examplesOutput struct{ Body figures.PolicyExamples }

// policyProposals registers versions that a second person approves: all that
// are to be in force from a day that is past.
func policyProposals(r *routes) {
	codes := []domain.Code{domain.SameAccount, domain.ProposalUnknown}
	write(r, operation{
		id: "propose-policy", path: "/v1/policies/proposals", tag: "policies", permission: "policy.adopt",
		summary: "Propose a version, also a retroactive one, for another person to approve",
	}, []domain.Code{domain.PolicyInvalid, domain.PolicyVersionOrder, domain.ProposalPending}, func(ctx context.Context, s *Server, in *proposePolicyInput) (*recordedOutput, error) {
		p, err := in.Body.version()
		if err != nil {
			return nil, err
		}
		out, err := s.do(ctx, &in.WriteInput, &domain.ProposePolicy{Policy: p, Reason: in.Body.Reason})
		if err == nil {
			out.Body.Policy, out.Body.Proposal = figures.Ref(p.Ref()), out.Body.FirstRevision
		}
		return out, err
	})
	decide := func(ctx context.Context, s *Server, in *WriteInput, path *PolicyPath, approve bool, reason string) (*recordedOutput, error) {
		id, err := path.id()
		if err != nil {
			return nil, err
		}
		return s.do(ctx, in, &domain.DecidePolicy{Policy: id, Proposal: domain.ProposalNo(path.Proposal), Approve: approve, Reason: reason})
	}
	write(r, operation{
		id: "approve-policy", path: "/v1/policies/{policy}/proposals/{proposal}/approve", tag: "policies", permission: "policy.adopt",
		summary: "Approve, and so adopt, a version that another person proposed",
	}, append(codes, domain.PolicyVersionOrder), func(ctx context.Context, s *Server, in *approvePolicyInput) (*recordedOutput, error) {
		return decide(ctx, s, &in.WriteInput, &in.PolicyPath, true, "")
	})
	write(r, operation{
		id: "refuse-policy", path: "/v1/policies/{policy}/proposals/{proposal}/refuse", tag: "policies", permission: "policy.adopt",
		summary: "Refuse a version that another person proposed",
	}, codes, func(ctx context.Context, s *Server, in *refusePolicyInput) (*recordedOutput, error) {
		return decide(ctx, s, &in.WriteInput, &in.PolicyPath, false, in.Body.Reason)
	})
}

// version reads the body.
func (b *PolicyBody) version() (domain.PolicyVersion, error) {
	read := reader{}
	p := domain.PolicyVersion{
		ID:      domain.PolicyID{Kind: domain.PolicyKind(b.Kind), Scope: read.division(b.Scope, "scope")},
		Version: b.Version, Title: b.Title, From: read.day(b.From, "from"),
	}
	if read.err != nil {
		return p, read.err
	}
	if field, err := b.Fill(&p); err != nil {
		return p, domain.Refuse(domain.FieldInvalid, field)
	}
	return p, nil
}

func adopt(ctx context.Context, s *Server, in *adoptInput) (*recordedOutput, error) {
	p, err := in.Body.version()
	if err != nil {
		return nil, err
	}
	out, err := s.do(ctx, &in.WriteInput, &domain.AdoptPolicy{Policy: p})
	if err == nil {
		out.Body.Policy = figures.Ref(p.Ref())
	}
	return out, err
}
