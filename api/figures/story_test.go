package figures

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zhishu/domain"
	"zhishu/projections"
)

// told are the stored names of the events that belong to an entry or a report:
// those that name one, or carry the value of one. A new event cannot be
// forgotten here, as it could in a list.
func told(t *testing.T) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob("../../domain/*.go")
	if err != nil {
		t.Fatal(err)
	}
	concerns, names := map[string]bool{}, map[string]string{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if s, ok := n.Type.(*ast.StructType); ok {
					concerns[n.Name.Name] = concernsEntry(s)
				}
			case *ast.FuncDecl:
				if n.Name.Name == "Type" && n.Recv != nil {
					goType := n.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name
					if r, ok := n.Body.List[len(n.Body.List)-1].(*ast.ReturnStmt); ok {
						if lit, ok := r.Results[0].(*ast.BasicLit); ok {
							names[goType], _ = strconv.Unquote(lit.Value)
						}
					}
				}
			}
			return true
		})
	}
	all := map[string]bool{domain.ServiceClaimed: true, domain.StudyClaimed: true}
	for goType, name := range names {
		if concerns[goType] {
			all[name] = true
		}
	}
	if len(all) < 16 {
		t.Fatalf("only %d events found", len(all))
	}
	return all
}

func concernsEntry(s *ast.StructType) bool {
	for _, f := range s.Fields.List {
		if x, ok := f.Type.(*ast.Ident); ok && (x.Name == "EntryNo" || x.Name == "ReportNo" || x.Name == "Deed") {
			return true
		}
	}
	return false
}

// Every event of an entry or a report has a sentence in both languages, and
// what stands between its braces is filled in.
func TestEveryEventIsTold(t *testing.T) {
	deed := domain.Deed{Kind: domain.Service, Title: "巡逻", Span: domain.Span{Day: date("2026-03-05"), Minutes: 60}}
	for kind := range told(t) {
		if _, ok := sentences[kind]; !ok {
			t.Errorf("api/figures/sentences.go does not tell %s", kind)
		}
	}
	for kind, s := range sentences {
		for _, w := range []words{s.short, s.tells} {
			if w.zh == "" || w.en == "" {
				t.Errorf("%s is not told in both languages", kind)
			}
		}
		name, upheld := strings.CutSuffix(kind, " upheld")
		e := projections.LifeEvent{Type: name, Upheld: upheld, Deed: &deed, Handle: "clerk", Role: domain.RoleRecorder, At: instant("2026-03-10T04:00:00Z")}
		tell := teller{stands: &domain.Deed{}, offered: map[uint64]*domain.Deed{}}
		tell.tell(&e)
		for _, text := range []string{tell.out[0].Zh, tell.out[0].En} {
			if strings.ContainsAny(text, "{}") || strings.Contains(text, "  ") {
				t.Errorf("%s: %s", kind, text)
			}
		}
	}
}

// Time that two numbers of a person share is explained with the entry that keeps it.
func TestSharedTimeIsTold(t *testing.T) {
	e := projections.StatementEntry{
		No: 4, Status: domain.Confirmed, Deed: domain.Deed{Kind: domain.Service}, Raw: 120, NotCounted: domain.ClauseOverlap,
		Portions: []domain.Portion{{Day: date("2026-03-05"), Raw: 120, Policy: counted,
			Steps: []domain.Step{{Clause: domain.ClauseOverlap, Before: 120, With: 3, Under: person(1)}}}},
	}
	number := person(1).String()
	want := []Sentence{
		{Zh: "与本人另一编号的记录同时，重叠的只计一次。", En: "At the same time as an entry under another number of the person: shared time counts once."},
		{Zh: "2026-03-05：记录 2 小时，按规则 counting-all/1“按分钟如实计算”认定 0 分（与本人编号 " + number + " 的第 3 号记录同时，重叠的只计一次：120→0分钟）。",
			En: "2026-03-05: 2 h recorded, 0 min recognised under policy counting-all/1 (at the same time as entry 3 under the person's number " + number + ", so shared time counts once: 120→0 minutes)."},
	}
	if got := storyOf(&e, nil); !slices.Equal(got, want) {
		t.Errorf("told %+v", got)
	}
	if c := step(e.Portions[0].Steps[0]); c.Person != number || c.Entry != 3 {
		t.Errorf("the clause names %+v", c)
	}
}

// The story of a disputed entry, as a resident reads it.
func TestStory(t *testing.T) {
	deed := domain.Deed{Kind: domain.Service, Title: "巡逻", Place: "东门", Community: here,
		Span: domain.Span{Day: date("2026-03-05"), Start: instant("2026-03-05T01:00:00Z"), End: instant("2026-03-05T02:00:00Z"), Minutes: 60}}
	longer := deed
	longer.Span.End, longer.Span.Minutes, longer.Place = instant("2026-03-05T16:30:00Z"), 930, ""
	revision := uint64(2)
	step := func(kind, handle string, change func(*projections.LifeEvent)) projections.LifeEvent {
		revision++
		e := projections.LifeEvent{Type: kind, Handle: handle, Role: domain.RoleRecorder, Revision: revision, At: instant("2026-03-10T04:00:00Z")}
		if change != nil {
			change(&e)
		}
		return e
	}
	e := projections.StatementEntry{
		No: 3, Deed: longer, Status: domain.Confirmed, Raw: 930, Recognised: 480,
		Portions: []domain.Portion{
			{Day: date("2026-03-05"), Raw: 900, Recognised: 480, Policy: counted, Steps: []domain.Step{{Clause: domain.ClauseDayCap, Before: 900, After: 480}}},
			{Day: date("2026-03-06"), Raw: 30},
		},
		Life: []projections.LifeEvent{
			step(domain.ServiceClaimed, "clerk", func(e *projections.LifeEvent) { e.Deed, e.OnBehalf = &deed, true }),
			step("entry-confirmed", "reviewer", func(e *projections.LifeEvent) { e.Role = domain.RoleConfirmer }),
			step("entry-disputed", "jia", func(e *projections.LifeEvent) { e.Own, e.Role = true, domain.RoleResident }),
			step("dispute-answered", "reviewer", func(e *projections.LifeEvent) { e.Dispute, e.Upheld = 5, true }),
			step("entry-correction-proposed", "clerk", func(e *projections.LifeEvent) { e.Deed, e.Dispute = &longer, 5 }),
			step("entry-correction-approved", "third", func(e *projections.LifeEvent) { e.Proposal = 7 }),
		},
	}
	zh := []string{
		"2026-03-10 12:00，录入员 clerk 代本人申报2026-03-05 09:00–10:00 志愿服务“巡逻”，1 小时，荣誉时数，地点 东门。",
		"2026-03-10 12:00，复核员 reviewer 确认了这条记录，从此计入。",
		"2026-03-10 12:00，本人（账号 jia）提出异议（第 5 号），答复之前照常计入；理由：“少记”。",
		"2026-03-10 12:00，录入员 reviewer 答复第 5 号异议：成立，由两人更正或作废之前照原值计入。",
		"2026-03-10 12:00，录入员 clerk 提出更正（第 7 号申请），因第 5 号异议成立：时间由 2026-03-05 09:00–10:00 改为 2026-03-05 09:00–2026-03-06 00:30；时长由 1 小时 改为 15 小时 30 分；地点由 “东门” 改为 —。",
		"2026-03-10 12:00，录入员 third 批准第 7 号申请，更正生效。",
		"计 8 小时。",
		"2026-03-05：记录 15 小时，按规则 counting-all/1“按分钟如实计算”认定 8 小时（当日上限：900→480分钟）。",
		"2026-03-06：记录 30 分，按没有适用的规则认定 0 分。",
	}
	en := []string{
		"2026-03-10 12:00: recorder clerk, at the person's word, claimed volunteer service “巡逻” on 2026-03-05 09:00–10:00, 1 h, honour hours, place 东门.",
		"2026-03-10 12:00: confirmer reviewer confirmed the entry: from here on it counts.",
		"2026-03-10 12:00: the person (account jia) disputed the entry (no. 5); it keeps counting until decided. Reason: “少记”.",
		"2026-03-10 12:00: recorder reviewer answered dispute no. 5: upheld; the present value counts until two persons have corrected or voided it.",
		"2026-03-10 12:00: recorder clerk proposed a correction (no. 7) because dispute no. 5 was upheld: time from 2026-03-05 09:00–10:00 to 2026-03-05 09:00–2026-03-06 00:30; length from 1 h to 15 h 30 min; place from “东门” to —.",
		"2026-03-10 12:00: recorder third approved proposal no. 7: the correction takes effect.",
		"Counts 8 h.",
		"2026-03-05: 15 h recorded, 8 h recognised under policy counting-all/1 (day cap: 900→480 minutes).",
		"2026-03-06: 30 min recorded, 0 min recognised under no policy.",
	}
	opened := storyOf(&e, func(_ domain.PersonID, revision uint64) (string, bool) {
		return map[uint64]string{5: "少记"}[revision], revision == 5
	})
	if len(opened) != len(zh) {
		t.Fatalf("%d sentences: %+v", len(opened), opened)
	}
	for i, s := range opened {
		if s.Zh != zh[i] || s.En != en[i] {
			t.Errorf("sentence %d\ngot  %s\n     %s\nwant %s\n     %s", i, s.Zh, s.En, zh[i], en[i])
		}
	}
	for i, s := range storyOf(&e, nil) { // sealed: the same, without a word of it
		if strings.Contains(s.Zh+s.En, "少记") || i == 2 && !strings.Contains(s.Zh, "理由（内容封存）") {
			t.Errorf("sealed sentence %d: %s", i, s.Zh)
		}
	}
}
