package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// question is a figure the year expects, in the script's own words.
type question struct {
	asOf   string
	what   string
	about  []string
	want   string
	origin string
}

func newQuestion(words []string, want string) *question {
	q := &question{want: want, origin: strings.Join(words, " ")}
	if words[0] == "截至" {
		q.asOf, words = words[1], words[2:]
	}
	q.what, q.about = words[0], words[1:]
	return q
}

// check asks every question of one source.
func (y *year) check(t *testing.T, ask func(*question) (any, error)) {
	for _, q := range y.checks {
		answer, err := ask(q)
		if err != nil {
			t.Errorf("%s: %v", q.origin, err)
			continue
		}
		if got := y.say(q, answer); got != q.want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", q.origin, got, q.want)
		}
	}
}

var standings = map[string]string{"个人": "individual", "户": "household", "楼": "building", "单位": "organisation"}

func (y *year) overAPI(q *question) (any, error) {
	division := "division=" + y.ids["青柳"]
	operation, words := "", []string{}
	last := "period=" + q.about[len(q.about)-1]
	switch q.what {
	case "参学", "逐月":
		operation, words = "get-participation", []string{division, last}
	case "名次":
		operation, words = "list-standings", []string{division, last, "limit=200"}
		if kind := standings[q.about[0]]; kind != "individual" {
			operation, words = "list-group-standings", append(words, "kind="+kind+"s")
		}
	case "培训率":
		operation, words = "get-training", []string{division, last}
	case "评分", "依据":
		operation, words = "get-scorecard", []string{"code=" + y.ids["青柳"], last}
	case "对账":
		operation, words = "get-statement", []string{"id=" + y.ids[q.about[0]]}
	case "星级":
		operation, words = "get-stars", []string{"id=" + y.ids[q.about[0]]}
	case "捐赠":
		operation, words = "sum-donations", []string{division, last}
	}
	if q.asOf != "" {
		words = append(words, "asOf="+q.asOf)
	}
	if y.written != "" {
		words = append(words, "after="+y.written)
	}
	return y.request(operation, "reviewer", words...)
}

func (y *year) overCLI(dir string, q *question) (any, error) {
	division := []string{"--division", y.ids["青柳"], "--period", q.about[len(q.about)-1]}
	var args []string
	switch q.what {
	case "参学", "逐月":
		args = append([]string{"participation"}, division...)
	case "名次":
		args = append([]string{"standings", "--kind", standings[q.about[0]], "--limit", "0"}, division...)
	case "培训率":
		args = append([]string{"training"}, division...)
	case "评分", "依据":
		args = []string{"scorecard", "--community", y.ids["青柳"], "--period", q.about[len(q.about)-1]}
	case "对账", "星级": // a statement says the stars, too
		args = []string{"statement", "--person", y.ids[q.about[0]]}
	case "捐赠":
		args = append([]string{"donations"}, division...)
	}
	if q.asOf != "" {
		args = append(args, "--as-of", q.asOf)
	}
	var out, complaints output
	args = append(append([]string{"report"}, args...), "--data", dir, "--json")
	if code := run(y.t.Context(), args, strings.NewReader(""), &out, &complaints); code != exitOK {
		return nil, fmt.Errorf("zhishu %v: exit %d: %s", args, code, complaints.String())
	}
	var answer any
	d := json.NewDecoder(bytes.NewReader([]byte(out.String())))
	d.UseNumber()
	return answer, d.Decode(&answer)
}

// at walks into JSON by member names.
func at(v any, path ...string) any {
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

func list(v any, path ...string) []any {
	l, _ := at(v, path...).([]any)
	return l
}

func ratio(v any) string { return fmt.Sprint(at(v, "numerator"), "/", at(v, "denominator")) }

// say puts an answer in the script's words.
func (y *year) say(q *question, answer any) string {
	switch q.what {
	case "参学":
		if at(answer, "participants") == nil {
			return "不公布"
		}
		parts := []string{fmt.Sprint("人数", at(answer, "participants")), fmt.Sprint("人次", at(answer, "personTimes")), fmt.Sprint("分钟", at(answer, "time", "minutes")), fmt.Sprint("外来", at(answer, "outside", "persons"))}
		for _, r := range list(answer, "rates") {
			parts = append(parts, fmt.Sprint(at(r, "basisZh"))+ratio(at(r, "persons"))+","+ratio(at(r, "times")))
		}
		return strings.Join(parts, " ")
	case "逐月":
		var parts []string
		for _, m := range list(answer, "months") {
			if at(m, "personTimes") == nil {
				return "不公布"
			}
			parts = append(parts, fmt.Sprint(at(m, "personTimes")))
		}
		return strings.Join(parts, " ")
	case "名次":
		return y.ranks(answer)
	case "培训率":
		return ratio(at(answer, "rate"))
	case "评分":
		return score(answer)
	case "依据":
		return evidenceOf(answer, q.about[0])
	case "对账":
		return account(answer)
	case "星级":
		return rating(answer)
	case "捐赠":
		return fmt.Sprintf("%v笔 现金%v 物资%v", at(answer, "total", "count"), at(answer, "total", "amount", "yuan"), at(answer, "total", "valued", "yuan"))
	}
	return fmt.Sprint(answer)
}

// ranks groups labels by rank, labels in the script's order.
func (y *year) ranks(answer any) string {
	var ranks []string
	members := map[string][]string{}
	for _, r := range list(answer, "rows") {
		rank := fmt.Sprint(at(r, "rank"))
		who := at(r, "person")
		if who == nil {
			who = at(r, "group")
		}
		if members[rank] == nil {
			ranks = append(ranks, rank)
		}
		members[rank] = append(members[rank], y.names[fmt.Sprint(who)])
	}
	var parts []string
	for _, rank := range ranks {
		parts = append(parts, rank+" "+strings.Join(y.inOrder(members[rank]), " "))
	}
	return strings.Join(parts, "｜")
}

// inOrder sorts labels as the script introduces them; ids decide in the boards.
func (y *year) inOrder(labels []string) []string {
	place := map[string]int{}
	for i, l := range []string{"东楼", "西楼", "一小", "卫生站", "物业", "商会", "银行"} {
		place[l] = i + 1
	}
	for i := range labels {
		for j := i; j > 0; j-- {
			a, b := labels[j-1], labels[j]
			if place[a] < place[b] || place[a] == place[b] && a <= b {
				break
			}
			labels[j-1], labels[j] = b, a
		}
	}
	return labels
}

var scoreNames = map[string]string{
	"sessions": "分层学习", "participation": "参学", "training": "培训", "courses": "课程", "talks": "宣讲", "team-activity": "队伍", "donations": "捐赠",
	"learning-organisations": "学习型单位", "household-campaigns": "家庭", "building-campaigns": "楼院", "library-books": "藏书", "notice-board": "公告栏",
	"posters": "海报", "activity-room": "活动室", "exercise-point": "健身点", "committee-meeting": "会议",
}

func score(answer any) string {
	var parts []string
	for _, it := range list(answer, "rows") {
		name := scoreNames[fmt.Sprint(at(it, "item"))]
		if at(it, "suppressed") != nil {
			parts = append(parts, name+"不公布")
			continue
		}
		value := ratio(at(it, "value"))
		if fmt.Sprint(at(it, "every")) == "period" {
			value = fmt.Sprint(at(it, "count"))
		}
		met := "未达标"
		if at(it, "met") == true {
			met = "达标"
		}
		parts = append(parts, name+value+met)
	}
	return strings.Join(append(parts, fmt.Sprintf("共%v项", at(answer, "met"))), " ")
}

// evidenceOf lists the facts behind an item of a scorecard.
func evidenceOf(answer any, item string) string {
	var parts []string
	for _, it := range list(answer, "rows") {
		if scoreNames[fmt.Sprint(at(it, "item"))] != item {
			continue
		}
		if at(it, "suppressed") != nil {
			return "不公布"
		}
		facts := list(it, "facts")
		for _, f := range facts {
			line := fmt.Sprint(at(f, "day"), " ", at(f, "title"))
			if n := at(f, "sessions"); n != nil {
				line += fmt.Sprint(" ", n, "次")
			}
			stream, _, _ := strings.Cut(fmt.Sprint(at(f, "stream")), "-")
			parts = append(parts, line+" "+stream)
		}
		if all, _ := at(it, "factCount").(json.Number).Int64(); all > int64(len(facts)) {
			parts = append(parts, fmt.Sprint("另", all-int64(len(facts)), "条是个人的，不列"))
		}
	}
	return strings.Join(parts, "｜")
}

// account writes the service in a statement.
func account(answer any) string {
	var parts []string
	for _, e := range list(answer, "entries") {
		if at(e, "kind") != "service" {
			continue
		}
		line := fmt.Sprintf("%v %v %v→%v", at(e, "deed", "day"), at(e, "deed", "title"), at(e, "raw", "minutes"), at(e, "recognised", "minutes"))
		if at(e, "status") == "voided" {
			line += " 作废"
		}
		parts = append(parts, line)
	}
	return strings.Join(append(parts, fmt.Sprintf("原始%v 认定%v", at(answer, "service", "raw", "minutes"), at(answer, "service", "recognised", "minutes"))), "｜")
}

// rating writes the stars of a statement or of the stars alone.
func rating(answer any) string {
	r := at(answer, "rating")
	if r == nil {
		r = at(answer, "service")
	}
	parts := []string{fmt.Sprint(at(r, "stars"), "星")}
	if day := at(r, "reachedOn"); day != nil {
		parts = append(parts, fmt.Sprint(day))
	}
	parts = append(parts, fmt.Sprint(at(r, "recognised", "minutes"), "分"))
	if next := at(r, "toNext", "minutes"); next != nil {
		parts = append(parts, fmt.Sprint("差", next, "分"))
	}
	return strings.Join(parts, " ")
}
