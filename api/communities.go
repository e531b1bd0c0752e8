package api

import (
	"context"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type communitiesQuery struct {
	ViewInput
	DivisionInput
	PageInput
}

type registerInput struct {
	WriteInput
	Body struct {
		Code   string `json:"code" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"Statistical division code"`
		Name   string `json:"name" minLength:"1" maxLength:"200" doc:"Names are not unique"`
		From   string `json:"from,omitempty" format:"date" doc:"First day; absent where nobody knows"`
		Source string `json:"source,omitempty" maxLength:"200" doc:"Where the figure comes from"`
	}
}

type populationInput struct {
	WriteInput
	Code string `path:"code" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"Community code"`
	Body struct {
		Day      string         `json:"day" format:"date" doc:"The day the figure holds for"`
		Basis    string         `json:"basis" enum:"resident,household" doc:"常住 or 户籍; registered members are counted by the ledger itself"`
		Count    int64          `json:"count" minimum:"0" maximum:"100000000"`
		Source   string         `json:"source" minLength:"1" maxLength:"200"`
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

// communities registers places and how many people live there.
func communities(r *routes) {
	figure(r, operation{
		id: "list-communities", path: "/v1/communities", tag: "communities", summary: "Communities of a division, by code",
		codes: []string{CodeDivisionInvalid, CodeCursorInvalid},
	}, listCommunities)
	write(r, operation{
		id: "register-community", path: "/v1/communities", tag: "communities", permission: "community.register",
		summary: "Register a community",
	}, []domain.Code{domain.SubjectExists, domain.CommunityInvalid}, func(ctx context.Context, s *Server, in *registerInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.RegisterCommunity{
			Code: read.community(in.Body.Code, "code"), Name: in.Body.Name, From: domain.MinDay, Source: in.Body.Source,
		}
		if in.Body.From != "" {
			c.From = read.day(in.Body.From, "from")
		}
		if read.err != nil {
			return nil, read.err
		}
		return s.do(ctx, &in.WriteInput, c)
	})
	write(r, operation{
		id: "record-population", path: "/v1/communities/{code}/population", tag: "communities", permission: "community.population",
		summary: "Record a population figure",
	}, []domain.Code{domain.SubjectUnknown, domain.CommunityInvalid, domain.DateInFuture}, func(ctx context.Context, s *Server, in *populationInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.RecordPopulation{
			Code: read.community(in.Code, "code"), Day: read.day(in.Body.Day, "day"), Basis: domain.PopulationBasis(in.Body.Basis),
			Count: in.Body.Count, Source: in.Body.Source, Evidence: s.evidence(in.Body.Evidence),
		}
		if read.err != nil {
			return nil, read.err
		}
		return s.do(ctx, &in.WriteInput, c)
	})
}

func listCommunities(_ context.Context, s *Server, in *communitiesQuery) (figures.Communities, error) {
	d, err := in.division()
	if err != nil {
		return figures.Communities{}, err
	}
	p, err := s.page(&in.PageInput, in.AsOf, "list-communities", d.String())
	if err != nil {
		return figures.Communities{}, err
	}
	all := p.view.Communities(d)
	rows, next := cut(&p, &in.PageInput, all.Communities, func(c *projections.Community) string { return c.Code.String() })
	out := figures.CommunitiesOf(all, rows)
	out.Next = p.next(s, next)
	return out, nil
}
