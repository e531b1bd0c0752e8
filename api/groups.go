package api

import (
	"context"

	"zhishu/domain"
)

// GroupPath is embedded where the path names a household, building,
// organisation or team.
type GroupPath struct {
	Kind  string `path:"kind" enum:"household,building,organisation,team" doc:"户, 楼院·楼组, 单位, 志愿服务队"`
	Group string `path:"id" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"The group's id"`
}

func (in *GroupPath) group() domain.GroupRef {
	return domain.GroupRef{Kind: domain.SubjectKind(in.Kind), ID: domain.GroupID{UUID: uuidOf(in.Group)}}
}

type registerGroupInput struct {
	WriteInput
	Body struct {
		Kind       string `json:"kind" enum:"household,building,organisation,team"`
		Community  string `json:"community" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"It lies in"`
		Name       string `json:"name" minLength:"1" maxLength:"200" doc:"In the clear; a household's is a label of the committee's choosing, never a person's name"`
		Door       string `json:"door,omitempty" maxLength:"500" doc:"Of a household: door number, sealed under the household's own key"`
		Within     string `json:"within,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Of a stairwell: the building it belongs to"`
		CreditCode string `json:"creditCode,omitempty" maxLength:"18" doc:"Of an organisation: unified social credit code with its check digit"`
		From       string `json:"from,omitempty" format:"date" doc:"First day; absent where nobody knows"`
	}
}

type renameGroupInput struct {
	WriteInput
	GroupPath
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"200"`
		Door string `json:"door,omitempty" maxLength:"500" doc:"Of a household; sealed"`
		From string `json:"from" format:"date" doc:"First day of the new name"`
	}
}

type moveGroupInput struct {
	WriteInput
	GroupPath
	Body struct {
		Community string `json:"community" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"It lies in from then on"`
		From      string `json:"from" format:"date" doc:"First day there"`
	}
}

type closeGroupInput struct {
	WriteInput
	GroupPath
	Body struct {
		To string `json:"to" format:"date" doc:"Last day"`
	}
}

// groups registers households, buildings, organisations and teams.
func groups(r *routes) {
	write(r, operation{
		id: "register-group", path: "/v1/groups", tag: "groups", permission: "group.register",
		summary: "Register a household, building, stairwell, organisation or team",
		doc:     "Its id is made here. It follows from account and Idempotency-Key under the ledger's secret, so that a retry meets the same group.",
	}, []domain.Code{domain.SubjectUnknown, domain.SubjectExists, domain.CommunityInvalid, domain.CreditCodeInvalid, domain.CommunityReplaced, domain.GroupClosedCode}, registerGroup)
	write(r, operation{
		id: "rename-group", path: "/v1/groups/{kind}/{id}/name", tag: "groups", permission: "group.register", summary: "Give a group another name from a day on",
	}, []domain.Code{domain.SubjectUnknown, domain.GroupClosedCode}, func(ctx context.Context, s *Server, in *renameGroupInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.RenameGroup{Group: in.group(), Name: in.Body.Name, Door: in.Body.Door, From: read.day(in.Body.From, "from")}
		return s.onGroup(ctx, &in.WriteInput, &read, c.Group, c)
	})
	write(r, operation{
		id: "move-group", path: "/v1/groups/{kind}/{id}/community", tag: "groups", permission: "group.register", summary: "Give a group to another community",
	}, []domain.Code{domain.SubjectUnknown, domain.CommunityInvalid, domain.CommunityReplaced, domain.GroupClosedCode}, func(ctx context.Context, s *Server, in *moveGroupInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.MoveGroup{Group: in.group(), Community: read.community(in.Body.Community, "community"), From: read.day(in.Body.From, "from")}
		return s.onGroup(ctx, &in.WriteInput, &read, c.Group, c)
	})
	write(r, operation{
		id: "close-group", path: "/v1/groups/{kind}/{id}/close", tag: "groups", permission: "group.register", summary: "Say on which day a group ends",
	}, []domain.Code{domain.SubjectUnknown, domain.GroupClosedCode}, func(ctx context.Context, s *Server, in *closeGroupInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.CloseGroup{Group: in.group(), To: read.day(in.Body.To, "to")}
		return s.onGroup(ctx, &in.WriteInput, &read, c.Group, c)
	})
}

func registerGroup(ctx context.Context, s *Server, in *registerGroupInput) (*recordedOutput, error) {
	read := reader{}
	b := &in.Body
	account := s.accountOf(in.Account)
	c := &domain.RegisterGroup{
		Group: domain.GroupRef{
			Kind: domain.SubjectKind(b.Kind),
			ID:   domain.GroupID{UUID: s.cfg.Ledger.Commands.DerivedID("api-group", account.UUID[:], []byte(in.Key))},
		},
		Community: read.community(b.Community, "community"), Name: b.Name, Door: b.Door,
		Within: domain.GroupID{UUID: uuidOf(b.Within)}, CreditCode: b.CreditCode, From: domain.MinDay,
	}
	if b.From != "" {
		c.From = read.day(b.From, "from")
	}
	return s.onGroup(ctx, &in.WriteInput, &read, c.Group, c)
}

// onGroup carries a command on a group out, unless it could not be read.
func (s *Server) onGroup(ctx context.Context, in *WriteInput, read *reader, group domain.GroupRef, c domain.Command) (*recordedOutput, error) {
	if read.err != nil {
		return nil, read.err
	}
	out, err := s.do(ctx, in, c)
	if err == nil {
		out.Body.Group = group.ID.String()
	}
	return out, err
}
