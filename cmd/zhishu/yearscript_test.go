package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"zhishu/domain"
)

// play runs the script's lines: macros (定义 … 完), weekly lines (每周), expected
// figures (核对), and facts.
func (y *year) play(lines []string) {
	for i := 0; i < len(lines); i++ {
		line, _, _ := strings.Cut(lines[i], "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		y.line = line
		switch words[0] {
		case "定义":
			m := macro{parameter: words[2]}
			for i++; strings.TrimSpace(lines[i]) != "完"; i++ {
				m.lines = append(m.lines, lines[i])
			}
			y.macros[words[1]] = m
		case "每周":
			for day := y.day(words[1]); day <= y.day(words[2]); day += 7 {
				y.play([]string{strings.ReplaceAll(strings.Join(words[3:], " "), "{日}", day.String())})
			}
		case "核对":
			ask, want, _ := strings.Cut(strings.Join(words[1:], " "), "->")
			y.checks = append(y.checks, newQuestion(strings.Fields(ask), strings.TrimSpace(want)))
		default:
			if m, ok := y.macros[words[0]]; ok {
				var body []string
				for _, l := range m.lines {
					body = append(body, strings.ReplaceAll(l, "{"+m.parameter+"}", words[1]))
				}
				y.play(body)
				continue
			}
			y.fact(expand(words))
		}
	}
}

func (y *year) day(s string) domain.Day {
	d, err := domain.ParseDay(s)
	if err != nil {
		y.fail("%v", err)
	}
	return d
}

var span = regexp.MustCompile(`^([A-Z])(\d+)\.\.[A-Z](\d+)$`)

// expand writes P01..P05 out.
func expand(words []string) (out []string) {
	for _, w := range words {
		m := span.FindStringSubmatch(w)
		if m == nil {
			out = append(out, w)
			continue
		}
		from, _ := strconv.Atoi(m[2])
		to, _ := strconv.Atoi(m[3])
		for n := from; n <= to; n++ {
			out = append(out, fmt.Sprintf("%s%02d", m[1], n))
		}
	}
	return out
}

// taken is a line of facts: subjects in front, a verb, and what follows it.
type taken struct {
	subjects []string
	words    []string
	options  []string // name=value, 自 as from=
}

func (t *taken) at(i int) string { return t.words[i] }

// take splits a line at its verb.
func (y *year) take(words []string, verbs ...string) (t *taken, verb string) {
	for i, w := range words {
		for _, v := range verbs {
			if w != v {
				continue
			}
			t := &taken{subjects: words[:i]}
			for rest := words[i+1:]; len(rest) > 0; rest = rest[1:] {
				switch {
				case rest[0] == "自":
					t.options = append(t.options, "from="+rest[1])
					rest = rest[1:]
				case strings.Contains(rest[0], "="):
					t.options = append(t.options, rest[0])
				default:
					t.words = append(t.words, rest[0])
				}
			}
			return t, v
		}
	}
	y.fail("no verb that is known")
	return nil, ""
}

var groupKinds = map[string]string{"户": "household", "楼": "building", "单位": "organisation", "队": "team"}

// chineseNames are the script's names of fields.
var chineseNames = map[string]string{"层次": "layer", "类别": "category", "系列": "series", "数": "count", "题": "title"}

func named(options []string) (out []string) {
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		if english, ok := chineseNames[name]; ok {
			name = english
		}
		out = append(out, name+"="+value)
	}
	return out
}

const onPaper = `evidence=[{"kind":"签到表"}]`

func (y *year) fact(words []string) {
	switch words[0] {
	case "今天":
		y.until(words[1], words[2])
	case "规则":
		y.policy(words)
	case "社区":
		y.community(words)
	case "活动":
		y.activity(words)
	case "捐赠":
		y.gift(words)
	case "服务", "学习":
		y.claim(words)
	case "户", "楼", "单位", "队":
		t, _ := y.take(words[1:], "设")
		for _, name := range t.subjects {
			out := y.call("register-group", "clerk", append(t.options, "kind="+groupKinds[words[0]], "name="+name, "community="+y.ids[t.at(0)])...)
			y.label(name, out["group"])
		}
	default:
		y.person(words)
	}
}

func (y *year) label(name string, id any) {
	if id == nil {
		y.fail("the answer names nothing")
	}
	y.ids[name], y.names[fmt.Sprint(id)] = fmt.Sprint(id), name
}

func (y *year) policy(words []string) {
	t, _ := y.take(words, "规则")
	version := strings.TrimSuffix(strings.TrimPrefix(t.at(2), "第"), "版")
	y.call("adopt-policy", "operator", append(t.options, "kind="+t.at(0), "scope="+y.ids[t.at(1)], "version="+version, "title="+t.at(3))...)
}

func (y *year) community(words []string) {
	t, verb := y.take(words[1:], "登记", "人口", "并入", "计数", "命名", "关账")
	name := t.subjects[0]
	switch verb {
	case "登记":
		y.call("register-community", "operator", "code="+t.at(0), "name="+t.at(1), "from=2020-01-01")
		y.label(name, t.at(0))
	case "人口":
		basis := map[string]string{"常住": "resident", "户籍": "household"}[t.at(1)]
		y.call("record-population", "clerk", "code="+y.ids[name], "day="+t.at(0), "basis="+basis, "count="+t.at(2), "source=年报")
	case "并入":
		y.call("succeed-community", "operator", append(t.options, "code="+y.ids[name], "successors="+y.ids[t.at(0)])...)
	case "计数":
		y.until(t.at(1), "20:00")
		y.call("count-fact", "clerk", append(named(t.options), "code="+y.ids[name], "kind="+t.at(0), "day="+t.at(1), `evidence=[{"kind":"照片"}]`)...)
	case "命名":
		y.call("designate-learning", "operator", append(t.options, "code="+y.ids[name], "kind="+groupKinds[t.at(0)], "group="+y.ids[t.at(1)])...)
	case "关账":
		y.call("close-period", "operator", "code="+y.ids[name], "period="+t.at(0))
	}
}

// activity is announced, held, entered from its sheet, closed, signed by a
// second person, and confirmed. 补 enters the sheet at the present time; without
// names there is no sheet, and 签字=否 leaves the signature out.
func (y *year) activity(words []string) {
	t, verb := y.take(words[1:], "办", "补")
	label := t.subjects[0]
	day := t.at(1)
	start, end, _ := strings.Cut(t.at(2), "-")
	fields := named(t.options)
	community := "青柳"
	people, signed := "people=0", true
	fields = slices.DeleteFunc(fields, func(f string) bool {
		key, value, _ := strings.Cut(f, "=")
		switch key {
		case "社区":
			community = value
		case "人数":
			people = "people=" + value
		case "签字":
			signed = value == "是"
		default:
			return false
		}
		return true
	})
	if verb == "办" {
		y.until(day, "07:30")
	}
	out := y.call("schedule-activity", "clerk", append(fields, "kind="+t.at(0), "title="+t.at(3), "community="+y.ids[community],
		"start="+day+"T"+start+":00+08:00", "end="+day+"T"+end+":00+08:00")...)
	y.label(label, out["activity"])
	y.until(day, "20:00")
	var rows []map[string]string
	for _, p := range t.words[5:] {
		rows = append(rows, map[string]string{"key": y.ids[label] + p, "person": y.ids[p]})
	}
	sheet, err := json.Marshal(rows)
	if err != nil {
		y.fail("%v", err)
	}
	id := "id=" + y.ids[label]
	if len(rows) > 0 {
		y.call("enter-attendance", "clerk", id, "rows="+string(sheet), onPaper)
	}
	y.call("close-activity", "clerk", id, people, onPaper)
	if signed {
		y.call("attest-activity", "reviewer", id, onPaper)
	}
	if len(rows) > 0 {
		y.call("confirm-attendance", "reviewer", id)
	}
}

// claim: 服务 P01 日期 起-止 名称 = 标签.
func (y *year) claim(words []string) {
	day := words[2]
	y.until(day, "20:00")
	kind := map[string]string{"服务": "service", "学习": "study"}[words[0]]
	person := words[1]
	start, end, _ := strings.Cut(words[3], "-")
	out := y.call("claim-entry", "clerk", "id="+y.ids[person], "community="+y.ids["青柳"], "kind="+kind, "title="+words[4],
		"start="+day+"T"+start+":00+08:00", "end="+day+"T"+end+":00+08:00", onPaper)
	e := &entryLabel{person: person, no: number(out["entry"])}
	y.entries[words[6]] = e
	y.call("confirm-entry", "reviewer", "id="+y.ids[person], fmt.Sprintf("no=%d", e.no))
}

func number(v any) uint64 {
	n, _ := strconv.ParseUint(fmt.Sprint(v), 10, 64)
	return n
}

func (y *year) gift(words []string) {
	t, verb := y.take(words[1:], "收", "拨付", "交付")
	name := t.subjects[0]
	y.until(t.at(0), "20:00")
	fields := append(t.options, "day="+t.at(0))
	switch verb {
	case "收":
		kind := "donorKind=individual"
		for _, f := range fields {
			if strings.HasPrefix(f, "donorKind=") {
				kind = f
			}
		}
		out := y.call("receive-donation", "clerk", append(fields, "kind="+t.at(1), "community="+y.ids[t.at(2)], kind)...)
		y.label(name, out["donation"])
	case "拨付":
		out := y.call("allocate-donation", "clerk", append(fields, "id="+y.ids[name])...)
		y.entries[name] = &entryLabel{no: number(out["allocation"])}
	case "交付":
		y.call("deliver-donation", "reviewer", append(fields, "id="+y.ids[name], fmt.Sprintf("no=%d", y.entries[name].no), onPaper)...)
	}
}

func (y *year) person(words []string) {
	if e := y.entries[words[0]]; e != nil {
		y.entry(e, words)
		return
	}
	t, verb := y.take(words, "登记", "加入", "迁", "漏记")
	for i, name := range t.subjects {
		id := "id=" + y.ids[name]
		switch verb {
		case "登记":
			fields := []string{"community=" + y.ids[t.at(0)], "name=" + name, "consent.kind=record", "consent.basis=paper"}
			for _, o := range t.options {
				o = strings.Replace(strings.Replace(o, "from=", "memberFrom=", 1), "层次=", "layers=", 1)
				fields = append(fields, o)
			}
			y.label(name, y.call("enrol-person", "clerk", fields...)["person"])
		case "加入":
			group := t.words[1:][i%len(t.words[1:])] // one for all, or one for each
			y.call("start-membership", "clerk", append(t.options, id, "kind="+groupKinds[t.at(0)], "group="+y.ids[group])...)
		case "迁":
			y.call("move-membership", "clerk", append(t.options, id, "kind="+groupKinds[t.at(0)], "group="+y.ids[t.at(1)])...)
		case "漏记":
			start, end, _ := strings.Cut(t.at(1), "-")
			out := y.call("report-missing-entry", "clerk", id, "community="+y.ids["青柳"], "kind=service", "title="+t.at(2),
				"start="+t.at(0)+"T"+start+":00+08:00", "end="+t.at(0)+"T"+end+":00+08:00")
			out = y.call("accept-missing-entry", "reviewer", id, fmt.Sprintf("report=%d", number(out["report"])))
			e := &entryLabel{person: name, no: number(out["entry"])}
			y.entries[t.at(3)] = e
			y.call("confirm-entry", "clerk", id, fmt.Sprintf("no=%d", e.no))
		}
	}
}

// entry is what happens to an entry after it counts.
func (y *year) entry(e *entryLabel, words []string) {
	id, no := "id="+y.ids[e.person], fmt.Sprintf("no=%d", e.no)
	switch words[1] {
	case "异议":
		e.dispute = number(y.call("dispute-entry", "clerk", id, no, "reason="+words[2])["dispute"])
	case "答复":
		y.call("answer-dispute", "reviewer", id, no, fmt.Sprintf("dispute=%d", e.dispute), "finding="+words[2], "upheld=true")
	case "更正":
		start, end, _ := strings.Cut(words[3], "-")
		out := y.call("propose-correction", "clerk", id, no, "kind=service", "community="+y.ids["青柳"], "title="+words[4],
			"start="+words[2]+"T"+start+":00+08:00", "end="+words[2]+"T"+end+":00+08:00", "reason="+strings.TrimPrefix(words[5], "理由="))
		e.open = number(out["proposal"])
	case "作废":
		e.open = number(y.call("propose-void", "clerk", id, no, "reason="+words[2])["proposal"])
	case "批准":
		y.call("approve-proposal", "reviewer", id, no, fmt.Sprintf("proposal=%d", e.open))
	default:
		y.fail("%s is no verb of an entry", words[1])
	}
}
