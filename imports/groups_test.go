package imports

import (
	"slices"
	"testing"

	"zhishu/domain"
)

const groupHead = "姓名,编号,户号,楼院,单位,志愿服务队,加入日期,离开日期\n"

// groupOf is the group that a name finds in the community.
func (l *ledger) groupOf(kind domain.SubjectKind, name string) domain.GroupID {
	l.t.Helper()
	id, err := l.handler.GroupNamed(l.t.Context(), kind, here, name)
	if err != nil {
		l.t.Fatal(err)
	}
	return id
}

func (l *ledger) belongsTo(number string, kind domain.MembershipKind, group domain.GroupID) bool {
	return slices.ContainsFunc(l.person(number).Memberships, func(m domain.Membership) bool { return m.Kind == kind && m.Group == group && !group.IsZero() })
}

func TestPeopleBelongToGroups(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.do(l.recorder, &domain.RegisterCommunity{Code: here, Name: "示例社区", From: domain.MinDay})
	team := domain.GroupRef{Kind: domain.SubjectTeam, ID: domain.GroupID{UUID: domain.UUID{3}}}
	l.do(l.recorder, &domain.RegisterGroup{Group: team, Community: here, Name: "红马甲 服务队", From: domain.MinDay})
	j := l.roster(groupHead + "王伟,R1,1栋101,1栋,示例小学、示例医院,红马甲服务队,2021-01-01,\n李强,R2,1栋101,1栋,,,2021-01-01,2022-01-01\n陈明,R3,1栋102,1栋,,没有的队,,\n")
	j.DryRun = true
	foretold := l.mustRun(j)
	j.DryRun = false
	res := l.mustRun(j)
	if res.Enrolled != 3 || res.Unconfirmed != 0 || figures(res) != figures(foretold) || foretold.Unconfirmed != 0 || l.events()["group-registered"] != 1+2+1+2+1 {
		t.Fatalf("%+v %v", res, l.events())
	}
	home := l.groupOf(domain.SubjectHousehold, "1栋101")
	if !l.belongsTo("R1", domain.MemberOfHousehold, home) || !l.belongsTo("R2", domain.MemberOfHousehold, home) || l.belongsTo("R3", domain.MemberOfHousehold, home) {
		t.Error("the household is not told")
	}
	if !l.belongsTo("R1", domain.MemberOfTeam, team.ID) || !l.belongsTo("R1", domain.MemberOfOrganisation, l.groupOf(domain.SubjectOrganisation, "示例医院")) {
		t.Errorf("%+v", l.person("R1").Memberships)
	}
	for _, m := range l.person("R2").Memberships {
		if m.To != mustDay(t, "2022-01-01") {
			t.Errorf("%+v", m)
		}
	}
	// A household's name may be somebody's, or an address.
	state, err := l.handler.State(t.Context(), domain.GroupRef{Kind: domain.SubjectHousehold, ID: home}.Stream())
	if g := state.(*domain.Group); err != nil || g.Name == "1栋101" || g.Name == "" {
		t.Errorf("%+v, %v", g, err)
	}

	// A list that comes later, with a name and with the ledger's number, says
	// what is new only; who lives elsewhere by now is told.
	size := l.size()
	later := l.mustRun(l.roster(groupHead + "王伟,R1,1栋101,1栋,示例小学,,2021-01-01,\n陈明,R3,1栋101,,," + team.ID.String() + ",,\n陈明,R3,,,,00000000-0000-4000-8000-000000000009,,\n"))
	if later.Accepted != 3 || later.Recognised != 3 || later.Added != 1 || later.Unconfirmed != 2 || l.size() != size+3 {
		t.Fatalf("%+v, %d events", later, l.size()-size)
	}
	codes := []string{later.Errors[0].Code + " " + later.Errors[0].Field, later.Errors[1].Code + " " + later.Errors[1].Field}
	slices.Sort(codes)
	if !slices.Equal(codes, []string{"membership-overlap household", "subject-unknown team"}) {
		t.Errorf("%v", codes)
	}
}

// Where the community is not registered its groups cannot be; the people are.
func TestGroupsNeedTheirCommunity(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	res := l.mustRun(l.roster(groupHead + "王伟,R1,1栋101,,,,,\n"))
	if res.Enrolled != 1 || res.Accepted != 1 || res.Unconfirmed != 1 || res.Errors[0].Code != string(domain.SubjectUnknown) {
		t.Fatalf("%+v", res)
	}
}
