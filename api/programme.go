package api

import (
	"context"

	"zhishu/domain"
)

type succeedInput struct {
	WriteInput
	CommunityPath
	Body struct {
		Successors []string `json:"successors" minItems:"1" maxItems:"50" doc:"Codes that stand for it: one after a merger, several after a split"`
		From       string   `json:"from" format:"date" doc:"First day of the successors"`
		Source     string   `json:"source,omitempty" maxLength:"200"`
	}
}

// LearningBody names a household or organisation.
type LearningBody struct {
	Kind  string `json:"kind" enum:"household,organisation"`
	Group string `json:"group" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters"`
}

func (b *LearningBody) group() domain.GroupRef {
	return domain.GroupRef{Kind: domain.SubjectKind(b.Kind), ID: domain.GroupID{UUID: uuidOf(b.Group)}}
}

type designateInput struct {
	WriteInput
	CommunityPath
	Body struct {
		LearningBody
		From string `json:"from" format:"date" doc:"First day"`
	}
}

type endDesignationInput struct {
	WriteInput
	CommunityPath
	Body struct {
		LearningBody
		To string `json:"to" format:"date" doc:"Last day"`
	}
}

type countInput struct {
	WriteInput
	CommunityPath
	Body struct {
		Kind     string         `json:"kind" enum:"group-service,group-study,library-books,notice-board,posters,activity-room,exercise-point,committee-meeting"`
		Day      string         `json:"day" format:"date" doc:"It happened on, or was counted on"`
		Title    string         `json:"title,omitempty" maxLength:"200" doc:"Which one: of a room, an exercise point, a group's activity"`
		Count    int64          `json:"count,omitempty" minimum:"0" maximum:"100000000"`
		People   int64          `json:"people,omitempty" minimum:"0" maximum:"100000000" doc:"Of a group sheet without names"`
		Minutes  int64          `json:"minutes,omitempty" minimum:"0" doc:"Of all of them together"`
		Evidence []EvidenceBody `json:"evidence" minItems:"1" maxItems:"50"`
	}
}

type withdrawCountInput struct {
	WriteInput
	CommunityPath
	Fact uint32 `path:"fact" maximum:"4294967295" doc:"Number of the count"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"In the clear: it is about a count, not about a person"`
	}
}

// programme registers what becomes of communities, and what they say about
// their learning programme.
func programme(r *routes) {
	write(r, operation{
		id: "succeed-community", path: "/v1/communities/{code}/succession", tag: "communities", permission: "community.register",
		summary: "Say which communities stand for one from a day on",
		doc:     "Facts follow a single successor by themselves. After a split each person and group is moved by hand.",
	}, []domain.Code{domain.SubjectUnknown, domain.CommunityInvalid, domain.CommunityReplaced}, func(ctx context.Context, s *Server, in *succeedInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.SucceedCommunity{Code: read.community(in.Code, "code"), From: read.day(in.Body.From, "from"), Source: in.Body.Source}
		for _, code := range in.Body.Successors {
			c.Successors = append(c.Successors, read.community(code, "successors"))
		}
		return s.unlessUnread(ctx, &in.WriteInput, &read, c)
	})
	write(r, operation{
		id: "designate-learning", path: "/v1/communities/{code}/designations", tag: "communities", permission: "community.programme",
		summary: "Name a household or organisation a learning one (学习型家庭, 学习型单位)",
	}, []domain.Code{domain.SubjectUnknown, domain.CommunityInvalid, domain.WrongOrganisation, domain.GroupClosedCode, domain.DateInFuture}, func(ctx context.Context, s *Server, in *designateInput) (*recordedOutput, error) {
		read := reader{}
		return s.unlessUnread(ctx, &in.WriteInput, &read, &domain.DesignateLearning{
			Code: read.community(in.Code, "code"), Subject: in.Body.group(), From: read.day(in.Body.From, "from"),
		})
	})
	write(r, operation{
		id: "end-designation", path: "/v1/communities/{code}/designations/end", tag: "communities", permission: "community.programme",
		summary: "Say until when a household or organisation was a learning one",
	}, []domain.Code{domain.SubjectUnknown, domain.CommunityInvalid, domain.DesignationUnknown}, func(ctx context.Context, s *Server, in *endDesignationInput) (*recordedOutput, error) {
		read := reader{}
		return s.unlessUnread(ctx, &in.WriteInput, &read, &domain.EndDesignation{
			Code: read.community(in.Code, "code"), Subject: in.Body.group(), To: read.day(in.Body.To, "to"),
		})
	})
	write(r, operation{
		id: "count-fact", path: "/v1/communities/{code}/counts", tag: "communities", permission: "community.programme",
		summary: "Enter a count with its evidence, for the scorecard or of a group without names",
	}, []domain.Code{domain.SubjectUnknown, domain.CommunityInvalid, domain.DateInFuture}, func(ctx context.Context, s *Server, in *countInput) (*recordedOutput, error) {
		read := reader{}
		b := &in.Body
		return s.unlessUnread(ctx, &in.WriteInput, &read, &domain.CountFact{
			Code: read.community(in.Code, "code"), Kind: domain.CountKind(b.Kind), Day: read.day(b.Day, "day"), Title: b.Title,
			Count: b.Count, People: b.People, Minutes: domain.Minutes(b.Minutes), Evidence: s.evidence(b.Evidence),
		})
	})
	write(r, operation{
		id: "withdraw-count", path: "/v1/communities/{code}/counts/{fact}/withdraw", tag: "communities", permission: "community.programme",
		summary: "Take back a count that was entered wrongly",
	}, []domain.Code{domain.SubjectUnknown, domain.CommunityInvalid, domain.CountUnknown}, func(ctx context.Context, s *Server, in *withdrawCountInput) (*recordedOutput, error) {
		read := reader{}
		return s.unlessUnread(ctx, &in.WriteInput, &read, &domain.WithdrawCount{
			Code: read.community(in.Code, "code"), Fact: in.Fact, Reason: in.Body.Reason,
		})
	})
}

// unlessUnread carries a command out, unless the request could not be read.
func (s *Server) unlessUnread(ctx context.Context, in *WriteInput, read *reader, c domain.Command) (*recordedOutput, error) {
	if read.err != nil {
		return nil, read.err
	}
	return s.do(ctx, in, c)
}
