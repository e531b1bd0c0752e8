package projections

import (
	"fmt"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// groupLife does something with households, buildings, organisations or teams,
// or with what communities say about their programme.
func (h *history) groupLife() {
	actions := []func(){h.groupRegistered, h.groupRegistered, h.groupJoined, h.groupJoined, h.groupJoined, h.groupChanged, h.designated, h.counted, h.layered}
	actions[h.pick("group action", len(actions))]()
}

var groupKindNames = []domain.SubjectKind{domain.SubjectHousehold, domain.SubjectBuilding, domain.SubjectOrganisation, domain.SubjectTeam}

func (h *history) someGroup() domain.GroupRef {
	kind := h.pick("kind", len(groupKindNames))
	return domain.GroupRef{Kind: groupKindNames[kind], ID: domain.GroupID{UUID: testID(11, uint64(kind*10+h.pick("group", 3)))}}
}

func (h *history) groupRegistered() {
	c := h.community()
	_ = h.do(recorder, &domain.RegisterCommunity{Code: c, Name: "社区" + c.String(), From: h.day(), Source: "表"})
	g := &domain.RegisterGroup{Group: h.someGroup(), Community: c, Name: fmt.Sprint("组", h.pick("name", 3)), From: domain.MinDay}
	if h.chance("dated", 3) {
		g.From = h.day()
	}
	if g.Group.Kind == domain.SubjectBuilding && h.chance("stairwell", 2) {
		g.Within = h.someGroup().ID
		if b, ok := h.state(domain.GroupRef{Kind: domain.SubjectBuilding, ID: g.Within}.Stream()).(*domain.Group); ok && b.Exists {
			g.Community = b.Community
		}
	}
	_ = h.do(recorder, g)
}

func (h *history) groupJoined() {
	g, id := h.someGroup(), h.person()
	m := domain.Membership{Kind: domain.MembershipKind(g.Kind), Group: g.ID, From: h.day(), Basis: domain.OnPaper}
	if h.chance("move", 4) {
		_ = h.do(recorder, &domain.MoveMembership{Person: id, Membership: m})
		return
	}
	_ = h.do(recorder, &domain.StartMembership{Person: id, Membership: m})
	if h.chance("leave", 5) {
		_ = h.do(recorder, &domain.EndMembership{Person: id, Kind: m.Kind, Group: m.Group, To: h.day()})
	}
}

func (h *history) groupChanged() {
	g := h.someGroup()
	switch h.pick("change", 4) {
	case 0:
		_ = h.do(recorder, &domain.CloseGroup{Group: g, To: h.day()})
	case 1:
		_ = h.do(recorder, &domain.MoveGroup{Group: g, Community: h.community(), From: h.day()})
	default:
		_ = h.do(recorder, &domain.RenameGroup{Group: g, Name: fmt.Sprint("组", h.pick("name", 3)), From: h.day()})
	}
}

func (h *history) designated() {
	g := h.someGroup()
	s, ok := h.state(g.Stream()).(*domain.Group)
	if !ok || !s.Exists {
		return
	}
	if h.chance("end", 3) {
		_ = h.do(recorder, &domain.EndDesignation{Code: s.Community, Subject: g, To: h.day()})
		return
	}
	_ = h.do(recorder, &domain.DesignateLearning{Code: s.Community, Subject: g, From: h.day()})
}

func (h *history) counted() {
	kinds := []domain.CountKind{domain.LibraryBooks, domain.NoticeBoard, domain.Posters, domain.ActivityRoom, domain.ExercisePoint, domain.CommitteeMeeting}
	kind := kinds[h.pick("count", len(kinds))]
	c := &domain.CountFact{Code: h.community(), Kind: kind, Day: h.day(), Evidence: []domain.Evidence{{Kind: "photo"}}}
	rule := domain.CountKinds[kind]
	if rule.Counted {
		c.Count = int64(1 + h.pick("n", 60))
	}
	if rule.Titled {
		c.Title = fmt.Sprint("处", h.pick("title", 2))
	}
	_ = h.do(recorder, c)
	if facts := h.state(c.Code.Stream()).(*domain.Community).Facts; len(facts) > 0 && h.chance("withdraw", 4) {
		_ = h.do(recorder, &domain.WithdrawCount{Code: c.Code, Fact: facts[h.pick("fact", len(facts))].Revision, Reason: "数错"})
	}
}

func (h *history) layered() {
	layers := []domain.Layer{"居民", "老年", "党员"}[:rapid.IntRange(0, 3).Draw(h.t, "layers")]
	_ = h.do(recorder, &domain.ChangeLayers{Person: h.person(), Layers: layers, From: h.day()})
}
