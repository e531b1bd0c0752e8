package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// listOperations prints what can be asked, group by group.
func (p *program) listOperations(doc *document, asJSON bool) error {
	type row struct {
		ID      string `json:"id"`
		Tag     string `json:"tag"`
		Method  string `json:"method"`
		Path    string `json:"path"`
		Chinese string `json:"summaryZh"`
		Summary string `json:"summary"`
	}
	var rows []row
	for _, op := range doc.operations() {
		rows = append(rows, row{op.OperationID, op.tag(), op.method, op.path, op.Chinese, op.Summary})
	}
	return p.print(asJSON, rows, func() {
		h, tag := &page{columns: helpColumns}, ""
		for _, r := range rows {
			if r.Tag != tag {
				tag = r.Tag
				h.head(tagWords.of(tag) + " " + tag)
			}
			if both := r.Chinese + "  " + r.Summary; columnsOfText(both) <= helpColumns-helpLeft {
				h.entry(r.ID, both, "")
				continue
			}
			h.entry(r.ID, r.Chinese, r.Summary)
		}
		h.text("")
		h.text("各项内容 the fields of one: zhishu do OPERATION --help")
		h.WriteTo(p.stdout)
	})
}

// operationOf is the operation that do was given, behind a space, or nothing.
func operationOf(verb *kong.Context) string {
	if node := verb.Selected(); node != nil && node.Name == "do" {
		for _, step := range verb.Path {
			if step.Positional != nil && step.Positional.Name == "operation" {
				return " " + verb.Value(step).String()
			}
		}
	}
	return ""
}

// teach explains an operation: what it does, its fields, what it may refuse.
func (h *page) teach(d *document, op *apiOperation) {
	h.text("用法 usage: zhishu do " + op.OperationID + d.sample(op) + " [选项 flags]")
	h.text("")
	for _, s := range []string{op.Chinese, op.Told, op.Summary, op.Description} {
		if s != "" {
			h.text(s)
		}
	}
	h.text("接口 API: " + op.method + " " + op.path)
	h.head("各项 fields（* 必填 required）")
	fields, people := 0, false
	for _, f := range d.fields(op) {
		fields++
		people = people || strings.Contains(f.zh, numberOfPerson)
		mark := "  "
		if f.required {
			mark = "* "
		}
		h.entry(mark+f.name, titledBy(f.zh, d.chineseForm(f.schema, f.zh)), titledBy(f.en, d.form(f.schema)))
	}
	if op.takesFile() {
		fields++
		h.entry("* @FILE", "表格文件", "The sheet itself")
	}
	if fields == 0 {
		h.text("    无 none")
	}
	if people {
		h.text("  志愿者编号也可写作 发号单位/编号，如 430702001007/R-0001")
		h.text("  a volunteer number may be given as ISSUER/NUMBER, too")
	}
	if len(op.Codes) > 0 {
		h.head("可能的退回 may be refused with")
		for _, code := range op.Codes {
			h.entry(code, problemZh(code)+" "+problemEn(code), "")
		}
	}
	h.head("例 example")
	h.text("  zhishu do " + op.OperationID + d.sample(op) + " --as clerk --data DIR")
	h.text("选项见 flags: zhishu do --help")
}

// titledBy is a text with its form behind it.
func titledBy(text, form string) string {
	if text == "" || form == "" {
		return text + form
	}
	return text + " [" + form + "]"
}

// field is one of a request: as it is named in name=value, and what it is.
type field struct {
	name, zh, en string
	required     bool
	schema       *apiSchema
}

// fields are all that a request of an operation may have.
func (d *document) fields(op *apiOperation) (all []field) {
	for _, p := range op.Parameters {
		if !isOwnFlag(p.Name) && p.In != "header" {
			all = append(all, field{p.Name, p.Told, p.Description, p.Required, d.resolve(p.Schema)})
		}
	}
	if body := d.body(op); body != nil {
		all = d.members(all, "", body, 0)
	}
	return all
}

const deepest = 4

// members walks a schema; objects inside are named by dots.
func (d *document) members(all []field, prefix string, s *apiSchema, depth int) []field {
	names := slices.SortedFunc(maps.Keys(s.Properties), func(a, b string) int {
		if x, y := slices.Contains(s.Required, a), slices.Contains(s.Required, b); x != y {
			if x {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		member := s.Properties[name]
		full := d.resolve(member)
		if full == nil {
			continue
		}
		all = append(all, field{prefix + name, member.Told, cmp.Or(member.Description, full.Description), slices.Contains(s.Required, name), full})
		if depth == deepest {
			continue
		}
		if full.Type == "object" {
			all = d.members(all, prefix+name+".", full, depth+1)
		}
		if items := d.resolve(full.Items); items != nil && items.Type == "object" {
			all = d.members(all, prefix+name+"[].", items, depth+1)
		}
	}
	return all
}

// form says what a value looks like.
func (d *document) form(s *apiSchema) string {
	if s == nil {
		return ""
	}
	var parts []string
	switch {
	case len(s.Enum) > 0:
		for _, v := range s.Enum {
			parts = append(parts, fmt.Sprint(v))
		}
		return strings.Join(parts, " | ")
	case s.Type == "array":
		return "list of " + d.form(d.resolve(s.Items))
	}
	text := s.Type
	switch {
	case s.Minimum != nil || s.Maximum != nil:
		text += s.bounds()
	case s.MaxLength != nil:
		text += fmt.Sprintf(" ≤ %d", *s.MaxLength)
	}
	if len(s.Examples) > 0 {
		if example, err := json.Marshal(s.Examples[0]); err == nil {
			text += ", e.g. " + string(example)
		}
	}
	return text
}

// bounds say between which values a number that has any lies.
func (s *apiSchema) bounds() string {
	switch {
	case s.Minimum == nil:
		return fmt.Sprintf(" ≤ %s", *s.Maximum)
	case s.Maximum == nil:
		return fmt.Sprintf(" ≥ %s", *s.Minimum)
	}
	return fmt.Sprintf(" %s…%s", *s.Minimum, *s.Maximum)
}

// chineseForm says it in Chinese. Of a closed list it says what each word means,
// unless the note has said it.
func (d *document) chineseForm(s *apiSchema, note string) string {
	if s == nil {
		return ""
	}
	switch {
	case len(s.Enum) > 0:
		var choices []string
		for _, v := range s.Enum {
			code := fmt.Sprint(v)
			if strings.Contains(note, code+" ") {
				return ""
			}
			choices = append(choices, code+" "+choice(code))
		}
		return strings.Join(choices, "、")
	case s.Type == "array":
		return titledBy("可写几个", d.chineseForm(d.resolve(s.Items), note))
	}
	text := typeWords.of(s.Type)
	switch {
	case s.Type == "string" && s.MaxLength == nil && len(s.Examples) == 0:
		return ""
	case s.Minimum != nil || s.Maximum != nil:
		text += s.bounds()
	case s.MaxLength != nil:
		text += fmt.Sprintf("，至多 %d 字", *s.MaxLength)
	}
	if len(s.Examples) > 0 {
		text += fmt.Sprintf("，如 %v", s.Examples[0])
	}
	return text
}

// sample is the required fields of an operation, to be filled in.
func (d *document) sample(op *apiOperation) string {
	var b strings.Builder
	for _, p := range op.Parameters {
		if p.Required && p.In != "header" {
			fmt.Fprintf(&b, " %s=…", p.Name)
		}
	}
	if body := d.body(op); body != nil {
		for _, name := range slices.Sorted(slices.Values(body.Required)) {
			fmt.Fprintf(&b, " %s=…", name)
		}
	}
	if op.takesFile() {
		b.WriteString(" @FILE")
	}
	return b.String()
}
