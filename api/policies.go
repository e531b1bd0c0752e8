package api

import (
	"context"
	"time"

	"zhishu/api/figures"
	"zhishu/domain"
)

type plainQuery struct{ ViewInput }

type adoptInput struct {
	WriteInput
	Body struct {
		Kind          string                     `json:"kind" enum:"counting,stars,standing,households,buildings,organisations,participation,scorecard,closing"`
		Scope         string                     `json:"scope,omitempty" pattern:"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$" patternDescription:"a division code of 2, 4, 6, 9 or 12 digits" doc:"Absent: the whole country"`
		Version       int                        `json:"version" minimum:"1" maximum:"1000000" doc:"Versions rise by one"`
		Title         string                     `json:"title" minLength:"1" maxLength:"200"`
		From          string                     `json:"from" format:"date" doc:"First day in force, not before today"`
		Counting      *figures.CountingPolicy    `json:"counting,omitempty"`
		Stars         *figures.StarScheme        `json:"stars,omitempty"`
		Standing      *figures.StandingScheme    `json:"standing,omitempty"`
		Participation *figures.ParticipationRule `json:"participation,omitempty"`
		Closing       *figures.ClosingRule       `json:"closing,omitempty"`
		Scorecard     *figures.ScorecardRule     `json:"scorecard,omitempty"`
	}
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

func adopt(ctx context.Context, s *Server, in *adoptInput) (*recordedOutput, error) {
	read := reader{}
	b := &in.Body
	p := domain.PolicyVersion{
		ID:      domain.PolicyID{Kind: domain.PolicyKind(b.Kind), Scope: read.division(b.Scope, "scope")},
		Version: b.Version, Title: b.Title, From: read.day(b.From, "from"),
	}
	if c := b.Counting; c != nil {
		p.Counting = &domain.CountingPolicy{
			ExcludedCategories: c.ExcludedCategories, ExcludeHonour: c.ExcludeHonour, Minimum: domain.Minutes(c.Minimum),
			Rounding: domain.Rounding(c.Rounding), Unit: domain.Minutes(c.Unit), EntryCap: domain.Minutes(c.EntryCap), DayCap: domain.Minutes(c.DayCap),
		}
	}
	if c := b.Stars; c != nil {
		p.Stars = &domain.StarScheme{Thresholds: convert[domain.Minutes](c.Thresholds)}
	}
	if c := b.Standing; c != nil {
		p.Standing = &domain.StandingScheme{MinSessions: c.MinSessions, MinMembers: c.MinMembers}
		for _, x := range c.Criteria {
			p.Standing.Criteria = append(p.Standing.Criteria, domain.Criterion(x))
		}
	}
	if c := b.Participation; c != nil {
		p.Participation = &domain.ParticipationDefinition{MinMinutes: domain.Minutes(c.MinMinutes), SmallestSize: c.SmallestSize, TrainingCategories: c.TrainingCategories}
		for _, x := range c.Bases {
			p.Participation.Bases = append(p.Participation.Bases, domain.PopulationBasis(x))
		}
	}
	if c := b.Closing; c != nil {
		p.Closing = &domain.ClosingPolicy{Late: domain.LateRule(c.Late)}
	}
	if c := b.Scorecard; c != nil {
		p.Scorecard = &domain.Scorecard{}
		for _, x := range c.Items {
			p.Scorecard.Items = append(p.Scorecard.Items, domain.ScorecardItem{Item: domain.ScoreItem(x.Item), Target: x.Target, Categories: x.Categories})
		}
	}
	if read.err != nil {
		return nil, read.err
	}
	out, err := s.do(ctx, &in.WriteInput, &domain.AdoptPolicy{Policy: p})
	if err == nil {
		out.Body.Policy = figures.Ref(p.Ref())
	}
	return out, err
}

func convert[To, From ~int64](list []From) []To {
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = To(v)
	}
	return out
}
