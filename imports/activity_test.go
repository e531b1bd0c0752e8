package imports

import (
	"strings"
	"testing"

	"zhishu/domain"
	"zhishu/eventstore"
)

// Two sign-in sheets of one day without an activity column differ by the
// activity they were given for.
func TestActivityOfTheJobIsContent(t *testing.T) {
	for kind, text := range map[domain.ImportKind]string{
		domain.ImportStudy:   "学员编号,日期,学习时长(分钟)\nV1,2026-01-05,60\nV2,2026-01-05,60\n",
		domain.ImportService: "志愿者编号,日期,服务时长(分钟)\nV1,2026-01-05,60\nV2,2026-01-05,60\n",
	} {
		l := newLedger(t)
		j := l.job(kind, "a.csv", text)
		j.Activity = "读书会"
		first := l.mustRun(j)
		j.Activity, j.Separate = "合唱班", true
		second := l.mustRun(j)
		if first.Import == second.Import || second.Status != Finished || second.Added != 2 {
			t.Errorf("%s: %+v", kind, second)
		}
		if e := l.person("V1").Entries; len(e) != 2 || e[0].Deed.Title != "读书会" || e[1].Deed.Title != "合唱班" {
			t.Errorf("%s: %+v", kind, e)
		}
		if again := l.mustRun(j); again.Status != AlreadyImported || again.Import != second.Import {
			t.Errorf("%s: %+v", kind, again)
		}
	}
}

// Where every row has its own title the activity of the job says nothing.
func TestActivityBesideAColumnIsNotContent(t *testing.T) {
	l := newLedger(t)
	first := l.mustRun(l.job(domain.ImportService, "a.csv", hours(sevenHours...)))
	j := l.job(domain.ImportService, "a.csv", hours(sevenHours...))
	j.Activity = "清洁日"
	if again := l.mustRun(j); again.Status != AlreadyImported || again.Import != first.Import {
		t.Errorf("%+v", again)
	}
}

// What was done is written down freely and may name people: it is sealed, never
// the title of a service entry.
func TestContentOfServiceIsSealed(t *testing.T) {
	text := "志愿者编号,服务日期,服务内容,服务时长(分钟)\nV1,2026-01-05,陪独居老人赵秀兰13900000007看病,60\n"
	l := newLedger(t)
	size := l.size()
	_, err := l.run(l.job(domain.ImportService, "a.csv", text))
	wantCode(t, err, ActivityMissing)
	if l.size() != size {
		t.Error("something was written")
	}
	j := l.job(domain.ImportService, "a.csv", text)
	j.Activity = "陪诊"
	if res := l.mustRun(j); res.Added != 1 {
		t.Fatalf("%+v", res)
	}
	if e := l.person("V1").Entries[0]; e.Deed.Title != "陪诊" {
		t.Errorf("%+v", e)
	}
	for r, err := range l.store.ReadAll(t.Context(), eventstore.Position{}) {
		if err != nil || strings.Contains(string(r.Data), "赵秀兰") {
			t.Errorf("%v: %s %s", err, r.Type, r.Data)
		}
	}
	if got := l.remarks("V1"); len(got) != 1 || got[0] != "陪独居老人赵秀兰13900000007看病" {
		t.Errorf("%q", got)
	}
}

func TestServiceRowWithoutActivityIsRefused(t *testing.T) {
	l := newLedger(t)
	res := l.mustRun(l.job(domain.ImportService, "a.csv", "志愿者编号,服务日期,活动名称,服务内容,服务时长(分钟)\nV1,2026-01-05,清洁,扫楼道,60\nV1,2026-01-06,,陪赵秀兰看病,60\n"))
	if res.Added != 1 || res.Refused != 1 || res.Errors[0].Row != 3 || res.Errors[0].Code != string(ActivityMissing) || res.Errors[0].Field != "activity" {
		t.Fatalf("%+v", res)
	}
	// What is learned is no such text.
	res = l.mustRun(l.job(domain.ImportStudy, "b.csv", "学员编号,学习日期,学习内容,学习时长(分钟)\nV1,2026-03-01,防火知识,60\n"))
	if res.Added != 1 || l.person("V1").Entries[1].Deed.Title != "防火知识" {
		t.Fatalf("%+v", res)
	}
}

// remarks opens what was sealed about a person's entries.
func (l *ledger) remarks(number string) (all []string) {
	l.t.Helper()
	err := l.handler.Disclose(l.t.Context(), l.person(number).Enrolled.Person.Stream(), func(_ eventstore.Revision, field, plain string) {
		if field == "remark" {
			all = append(all, plain)
		}
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return all
}
