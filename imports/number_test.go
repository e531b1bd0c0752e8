package imports

import (
	"testing"

	"zhishu/domain"
	"zhishu/vault"
)

// Somebody known by ID number who comes with a further number is known by that
// number alone from then on.
func TestFurtherNumberOfAKnownPerson(t *testing.T) {
	l := newLedger(t)
	head := "志愿者编号,身份证号,姓名,服务日期,活动名称,服务时长(分钟)\n"
	l.mustRun(l.job(domain.ImportService, "a.csv", head+"V1,11010519491231002X,王伟,2026-01-05,清洁,60\n"))
	second := l.job(domain.ImportService, "b.csv", head+"V9,11010519491231002X,王伟,2026-01-06,清洁,60\n")
	second.DryRun = true
	l.mustRun(second)
	if id, err := l.handler.PersonByNumber(t.Context(), here.String(), "V9"); err != nil || !id.IsZero() {
		t.Fatalf("a dry run reserved V9 for %s, %v", id, err)
	}
	second.DryRun = false
	l.mustRun(second)
	res := l.mustRun(l.job(domain.ImportService, "c.csv", "志愿者编号,姓名,服务日期,活动名称,服务时长(分钟)\nV9,王伟,2026-01-07,清洁,60\n"))
	if res.Enrolled != 0 || res.Added != 1 || l.events()["person-enrolled"] != 1 || len(l.person("V1").Entries) != 3 {
		t.Fatalf("%+v %v", res, l.events())
	}
	if err := l.vault.Erase(t.Context(), vault.Subject(l.person("V1").Enrolled.Person.UUID)); err != nil {
		t.Fatal(err)
	}
	if id, err := l.handler.PersonByNumber(t.Context(), here.String(), "V9"); err != nil || !id.IsZero() {
		t.Errorf("erased, V9 still finds %s, %v", id, err)
	}
}
