package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// asked is a request put together from name=value words.
type asked struct {
	doc    *document
	op     *apiOperation
	path   map[string]string
	query  url.Values
	header map[string]string
	body   map[string]any
	file   []byte
	named  string // the file's name
}

func (d *document) ask(op *apiOperation, words []string) (*asked, error) {
	a := &asked{doc: d, op: op, path: map[string]string{}, query: url.Values{}, header: map[string]string{}}
	for _, word := range words {
		if err := a.take(word); err != nil {
			return nil, err
		}
	}
	for _, p := range op.Parameters {
		if p.In == "path" && a.path[p.Name] == "" {
			return nil, a.fault("缺少 missing: " + p.Name + "=…")
		}
	}
	return a, nil
}

func (a *asked) fault(text string) error {
	return &usageError{text}
}

func (a *asked) take(word string) error {
	if name, ok := strings.CutPrefix(word, "@"); ok {
		return a.takeFile(name)
	}
	name, value, ok := strings.Cut(word, "=")
	if !ok || name == "" {
		return a.fault(fmt.Sprintf("%q 既不是 名=值 也不是 @文件 is neither name=value nor @FILE", word))
	}
	rest, inBody := strings.CutPrefix(name, "body.")
	if inBody {
		name = rest
	} else if p, ok := a.op.parameter(name); ok {
		return a.parameter(p, value)
	}
	schema := a.doc.body(a.op)
	if schema == nil {
		return a.fault(fmt.Sprintf("%s 没有这一项 has no field %q", a.op.OperationID, name))
	}
	if a.body == nil {
		a.body = map[string]any{}
	}
	return a.set(a.body, schema, strings.Split(name, "."), name, value)
}

func (a *asked) parameter(p apiParameter, value string) error {
	switch {
	case p.In == "path":
		a.path[p.Name] = value
	case p.In == "query":
		a.query.Add(p.Name, value)
	case isOwnFlag(p.Name):
		return a.fault(p.Name + " 用选项给出 is given with a flag")
	default:
		a.header[p.Name] = value
	}
	return nil
}

// takeFile takes the whole body from a file: JSON for most operations, whose
// members later words may replace, bytes for an upload.
func (a *asked) takeFile(name string) error {
	content, err := os.ReadFile(name)
	if err != nil {
		return withHint(err, "check the path behind @")
	}
	if a.op.takesFile() {
		a.file, a.named = content, filepath.Base(name)
		return nil
	}
	if a.doc.body(a.op) == nil {
		return a.fault(a.op.OperationID + " 不收内容 takes no body")
	}
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	if err := d.Decode(&a.body); err != nil {
		return a.fault(fmt.Sprintf("%s 不是 JSON 对象 is no JSON object: %v", name, err))
	}
	return nil
}

// set puts a value where the dotted name says. Whether it is allowed there is
// for the server to say; here it only gets its JSON type.
func (a *asked) set(into map[string]any, schema *apiSchema, steps []string, name, value string) error {
	member := a.doc.resolve(schema.Properties[steps[0]])
	if member == nil {
		return a.fault(fmt.Sprintf("%s 没有这一项 has no field %q", a.op.OperationID, name))
	}
	if len(steps) > 1 {
		if member.Type != "object" {
			return a.fault(fmt.Sprintf("%q 没有下级项 has no fields of its own", strings.TrimSuffix(name, "."+strings.Join(steps[1:], "."))))
		}
		inner, _ := into[steps[0]].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			into[steps[0]] = inner
		}
		return a.set(inner, member, steps[1:], name, value)
	}
	if member.Type == "array" && !strings.HasPrefix(value, "[") {
		v, err := a.value(a.doc.resolve(member.Items), name, value)
		list, _ := into[steps[0]].([]any)
		into[steps[0]] = append(list, v)
		return err
	}
	v, err := a.value(member, name, value)
	into[steps[0]] = v
	return err
}

func (a *asked) value(schema *apiSchema, name, value string) (any, error) {
	if schema == nil || schema.Type == "string" {
		return value, nil
	}
	d := json.NewDecoder(strings.NewReader(value))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		return nil, a.fault(fmt.Sprintf("%s 应为 wants %s，不是 not %q", name, kindOf(schema), value))
	}
	return v, nil
}

func kindOf(s *apiSchema) string {
	switch s.Type {
	case "integer":
		return "a whole number"
	case "boolean":
		return "true or false"
	case "array":
		return "a JSON list"
	case "object":
		return "a JSON object"
	}
	return "a " + s.Type
}

// target is path and query.
func (a *asked) target() string {
	var parts []string
	for _, part := range strings.Split(a.op.path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			part = url.PathEscape(a.path[strings.TrimSuffix(name, "}")])
		}
		parts = append(parts, part)
	}
	target := strings.Join(parts, "/")
	if len(a.query) > 0 {
		target += "?" + a.query.Encode()
	}
	return target
}

// ownFlags are header fields that have a flag of their own.
var ownFlags = []string{"Idempotency-Key", "Zhishu-Account", "Zhishu-On-Behalf-Of", "Zhishu-File-Name"}

func isOwnFlag(header string) bool { return slices.Contains(ownFlags, header) }
