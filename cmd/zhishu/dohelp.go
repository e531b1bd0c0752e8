package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

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
		tag := ""
		for _, r := range rows {
			if r.Tag != tag {
				tag = r.Tag
				fmt.Fprintf(p.stdout, "%s\n", tag)
			}
			fmt.Fprintf(p.stdout, "  %-22s %s  %s\n", r.ID, r.Chinese, r.Summary)
		}
		fmt.Fprintf(p.stdout, "\n各项内容 the fields of one: zhishu do OPERATION --help\n")
	})
}

// helpPrinter teaches the fields of an operation where one is named, and else
// prints what kong prints.
func helpPrinter(options kong.HelpOptions, ctx *kong.Context) error {
	if node := ctx.Selected(); node != nil && node.Name == "do" {
		doc, err := theDocument()
		if err != nil {
			return err
		}
		if op, ok := doc.operation(strings.TrimSpace(operationOf(ctx))); ok {
			_, err := ctx.Stdout.Write(doc.teach(op))
			return err
		}
	}
	return kong.DefaultHelpPrinter(options, ctx)
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
func (d *document) teach(op *apiOperation) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s  %s\n%s\n", op.OperationID, op.Chinese, op.Summary)
	if op.Description != "" {
		fmt.Fprintf(&b, "%s\n", op.Description)
	}
	fmt.Fprintf(&b, "\n%s %s\n\n字段 fields (* 必填 required)\n", op.method, op.path)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fields := 0
	line := func(name string, required bool, s *apiSchema, doc string) {
		fields++
		mark := " "
		if required {
			mark = "*"
		}
		fmt.Fprintf(w, " %s %s\t%s\t%s\n", mark, name, d.form(s), doc)
	}
	for _, p := range op.Parameters {
		if !isOwnFlag(p.Name) && p.In != "header" {
			line(p.Name, p.Required, d.resolve(p.Schema), p.Description)
		}
	}
	if body := d.body(op); body != nil {
		d.members("", body, line, 0)
	}
	if op.takesFile() {
		fields++
		fmt.Fprintf(w, " * @FILE\tfile\tThe sheet itself\n")
	}
	if fields == 0 {
		fmt.Fprintf(w, "   无 none\n")
	}
	w.Flush()
	if len(op.Codes) > 0 {
		fmt.Fprintf(&b, "\n可能的退回 may be refused with\n")
		for _, code := range op.Codes {
			fmt.Fprintf(&b, "   %s  %s\n", code, sentenceOf(code))
		}
	}
	fmt.Fprintf(&b, "\nzhishu do %s%s --as clerk --data DIR\n", op.OperationID, d.sample(op))
	return b.Bytes()
}

const deepest = 4

// members walks a schema; objects inside are named by dots.
func (d *document) members(prefix string, s *apiSchema, line func(string, bool, *apiSchema, string), depth int) {
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
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
		doc := member.Description
		if doc == "" {
			doc = full.Description
		}
		required := slices.Contains(s.Required, name)
		if full.Type == "object" && len(full.Properties) > 0 && depth < deepest {
			line(prefix+name, required, full, doc)
			d.members(prefix+name+".", full, line, depth+1)
			continue
		}
		line(prefix+name, required, full, doc)
		if items := d.resolve(full.Items); items != nil && items.Type == "object" && depth < deepest {
			d.members(prefix+name+"[].", items, line, depth+1)
		}
	}
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
		return strings.Join(parts, "|")
	case s.Type == "array":
		return "list of " + d.form(d.resolve(s.Items))
	}
	text := s.Type
	switch {
	case s.Minimum != nil && s.Maximum != nil:
		text += fmt.Sprintf(" %s…%s", *s.Minimum, *s.Maximum)
	case s.Minimum != nil:
		text += fmt.Sprintf(" ≥ %s", *s.Minimum)
	case s.Maximum != nil:
		text += fmt.Sprintf(" ≤ %s", *s.Maximum)
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
