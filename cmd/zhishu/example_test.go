package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// notRun are examples of verbs that serve until they are stopped, that measure
// for minutes, or that need what somebody else hands over.
var notRun = []string{"zhishu demo", "zhishu serve", "zhishu witness", "zhishu bench", "zhishu inspect challenge", "zhishu inspect answer", "zhishu inspect open-sample"}

// TestExamplesRun types every example of the help, in its order, at a demo
// ledger.
func TestExamplesRun(t *testing.T) {
	t.Chdir(t.TempDir())
	printedBy(t, []string{"demo", "--build", "--events", "5000"})
	reader := &typist{T: t}
	var atLast []string
	var walk func(*kong.Node)
	walk = func(n *kong.Node) {
		for _, x := range examplesOf(n) {
			if strings.HasPrefix(x, "zhishu inspect close ") {
				atLast = append(atLast, x) // the bundle of the case comes after inspect
				continue
			}
			if !slices.ContainsFunc(notRun, func(verb string) bool { return strings.HasPrefix(x+" ", verb+" ") }) {
				reader.types(x)
			}
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(parserFor(t).Model.Node)
	for _, x := range atLast {
		reader.types(x)
	}
}

// typist gives examples as they stand, with what they name in words looked up.
type typist struct {
	*testing.T
	said string // so far
}

func (p *typist) types(example string) {
	args := wordsOf(example)
	for i, word := range args {
		switch word {
		case "活动编号":
			args[i] = p.first("id", "list-activities", "division=430702001007")
		case "捐赠编号":
			args[i] = p.first("donation", "list-published-donations", "division=430702001007")
		case "公钥":
			var log struct{ Keys []struct{ Verifier string } }
			p.reads(&log, "keys", "show")
			args[i] = log.Keys[len(log.Keys)-1].Verifier
		case "案号":
			args[i] = regexp.MustCompile(`inspection: ([0-9a-f-]{36})`).FindStringSubmatch(p.said)[1]
		}
	}
	var out, complaints output
	if code := run(p.Context(), args, strings.NewReader(""), &out, &complaints); code != exitOK {
		p.Errorf("%s: exit %d: %s%s", example, code, out.String(), complaints.String())
	}
	p.said += out.String()
}

// first is a member of the first row of a list.
func (p *typist) first(member, operation, field string) string {
	var list struct{ Rows []map[string]any }
	p.reads(&list, "get", operation, field)
	if len(list.Rows) == 0 {
		p.Fatal(operation, "lists nothing")
	}
	text, _ := list.Rows[0][member].(string)
	return text
}

func (p *typist) reads(into any, args ...string) {
	if err := json.Unmarshal([]byte(printedBy(p.T, append(args, "--json"))), into); err != nil {
		p.Fatal(err)
	}
}
