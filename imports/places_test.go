package imports

import (
	"testing"

	"zhishu/domain"
)

func TestCommunitiesAreRegistered(t *testing.T) {
	l := newLedger(t)
	narrow := l.handler.AccountOf("narrow")
	division, _ := domain.ParseDivision("430702")
	l.do(narrow, &domain.OpenAccount{Account: narrow, Handle: "narrow", Role: domain.RoleRecorder, Scope: division})
	j := l.job(domain.ImportCommunities, "c.csv", "code,name,street\n430702001007,甲社区,一街\n430702001008,乙社区,一街\n430702001000,一街,一街\n430703001001,丙社区,二街\n430702001007,甲社区新村,一街\n,丁社区,二街\n")
	j.Recorder = narrow
	res := l.mustRun(j)
	want := map[int]string{4: "community-invalid", 5: string(OutOfScope), 6: "subject-exists", 7: "value-missing"}
	for _, e := range res.Errors {
		if want[e.Row] != e.Code {
			t.Errorf("row %d: %s, want %s", e.Row, e.Code, want[e.Row])
		}
		delete(want, e.Row)
	}
	if len(want) > 0 || res.Added != 2 || res.Accepted != 2 || res.Rows != 6 || len(res.Sheet.Unused) != 1 {
		t.Fatalf("not named %v: %+v", want, res)
	}
	state, err := l.handler.State(t.Context(), here.Stream())
	if c := state.(*domain.Community); err != nil || c.Name != "甲社区" {
		t.Fatalf("%+v %v", state, err)
	}
	// The same communities in another sheet: nothing new is to be said of them.
	j = l.job(domain.ImportCommunities, "d.csv", "代码,名称\n430702001007,甲社区\n430702001009,戊社区\n")
	if res := l.mustRun(j); res.Added != 1 || res.Accepted != 2 {
		t.Fatalf("%+v", res)
	}
}
