package main

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/alecthomas/kong"

	"zhishu/api"
)

func inHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// TestHelpIsChineseFirst: every command, argument and flag says what it is in
// both languages, every command shows what to type, and its help is no wider
// than a page.
func TestHelpIsChineseFirst(t *testing.T) {
	parser := parserFor(t)
	var walk func(*kong.Node)
	walk = func(n *kong.Node) {
		path := n.FullPath()
		if n.Parent != nil && (!inHan(n.Tag.Get("zh")) || n.Help == "" || inHan(n.Help)) {
			t.Errorf("%s: zh %q, help %q", path, n.Tag.Get("zh"), n.Help)
		}
		values := n.Positional
		for _, f := range n.Flags {
			if !f.Hidden && f != parser.Model.HelpFlag {
				values = append(values, f.Value)
			}
		}
		for _, v := range values {
			if !inHan(v.Tag.Get("zh")) || v.Help == "" {
				t.Errorf("%s %s: zh %q, help %q", path, v.Summary(), v.Tag.Get("zh"), v.Help)
			}
		}
		examples := examplesOf(n)
		if len(n.Children) == 0 && len(examples) == 0 {
			t.Errorf("%s shows no example", path)
		}
		for _, x := range examples {
			verb, err := parser.Parse(wordsOf(x))
			if err != nil && !strings.HasSuffix(x, " --help") {
				t.Errorf("%s: %v", x, err)
			} else if last := examples[len(examples)-1]; x == last && err == nil && verb.Selected().FullPath() != path {
				t.Errorf("%s shows %s", path, x)
			}
		}
		h := &page{columns: helpColumns}
		h.node(n, parser.Model.HelpFlag)
		narrow(t, path, h.String())
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(parser.Model.Node)
}

func parserFor(t *testing.T) *kong.Kong {
	t.Helper()
	parser, err := newParser(&grammar{}, io.Discard, io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// wordsOf is what a shell would hand to the program.
func wordsOf(example string) []string {
	typed, _, _ := strings.Cut(example, " > ")
	return strings.Fields(strings.TrimPrefix(typed, "zhishu "))
}

func narrow(t *testing.T, what, help string) {
	t.Helper()
	for line := range strings.Lines(help) {
		if n := columnsOfText(strings.TrimSuffix(line, "\n")); n > helpColumns {
			t.Errorf("%s: a line of %d columns: %s", what, n, line)
		}
	}
}

// TestOperationsSpeakChinese: so does every operation of the API, with its
// fields, the words they may hold, and what it may refuse with.
func TestOperationsSpeakChinese(t *testing.T) {
	doc, err := theDocument()
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range doc.operations() {
		if !inHan(op.Chinese) || op.Description != "" && !inHan(op.Told) || tagWords.of(op.tag()) == op.tag() {
			t.Errorf("%s: %q, %q", op.OperationID, op.Chinese, op.Told)
		}
		for _, f := range doc.fields(op) {
			if !inHan(f.zh) {
				t.Errorf("%s %s: %q has no Chinese; see api/chinesefields.go", op.OperationID, f.name, f.en)
			}
			if s := f.schema; s != nil && typeWords.of(s.Type) == s.Type && s.Type != "array" {
				t.Errorf("%s %s: %s has no Chinese", op.OperationID, f.name, s.Type)
			}
			if lone := loneWord.FindString(doc.chineseForm(f.schema, f.zh)); lone != "" {
				t.Errorf("%s %s: no Chinese for %s", op.OperationID, f.name, lone)
			}
		}
		for _, code := range op.Codes {
			if !inHan(problemZh(code)) || problemEn(code) == "" {
				t.Errorf("%s has no Chinese", code)
			}
		}
		h := &page{columns: helpColumns}
		h.teach(doc, op)
		narrow(t, op.OperationID, h.String())
	}
	for _, kind := range api.Kinds() {
		if !inHan(problemZh(kind.Code)) {
			t.Errorf("%s has no Chinese", kind.Code)
		}
	}
	var list bytes.Buffer
	if err := (&program{stdout: &list}).listOperations(doc, false); err != nil {
		t.Fatal(err)
	}
	narrow(t, "do", list.String())
}

// loneWord is a code of a closed list that was given no Chinese: it is said twice.
var loneWord = regexp.MustCompile(`\b([a-z-]{2,}) ([a-z-]{2,})\b`)

// TestWrap: no line begins with a closing mark, and English is broken between words.
func TestWrap(t *testing.T) {
	for _, x := range []struct {
		text  string
		width int
		want  string
	}{
		{"区划代码；不写即全部", 8, "区划代/码；不写/即全部"},
		{"（二〇二六）年", 6, "（二〇/二六）/年"},
		{"one two three", 8, "one two/three"},
		{"录入 12 位代码", 9, "录入 12/位代码"},
		{"", 10, ""},
	} {
		if got := strings.Join(wrap(x.text, x.width), "/"); got != x.want {
			t.Errorf("%q: %s", x.text, got)
		}
	}
}
