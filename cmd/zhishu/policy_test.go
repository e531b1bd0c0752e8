package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhishu/api/figures"
)

// TestExamplesCanBeProposed: what policy examples prints is accepted as it is
// by a new ledger.
func TestExamplesCanBeProposed(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "ledger")
	asked := func(args ...string) []byte {
		t.Helper()
		var out, complaints output
		if code := run(t.Context(), args, strings.NewReader(""), &out, &complaints); code != exitOK {
			t.Fatalf("%v: exit %d\n%s", args, code, complaints.String())
		}
		return []byte(out.String())
	}
	asked("init", "--data", data)
	var list struct{ Rows []struct{ Name string } }
	if err := json.Unmarshal(asked("policy", "examples", "--json"), &list); err != nil || len(list.Rows) != len(figures.Examples().Rows) {
		t.Fatalf("%d examples: %v", len(list.Rows), err)
	}
	for _, e := range list.Rows {
		file := filepath.Join(dir, e.Name+".json")
		if err := os.WriteFile(file, asked("policy", "examples", e.Name), 0o600); err != nil {
			t.Fatal(err)
		}
		var proposed struct{ Policy, Proposal json.RawMessage }
		if err := json.Unmarshal(asked("do", "propose-policy", "@"+file, "--as", "clerk", "--data", data, "--json"), &proposed); err != nil {
			t.Fatal(err)
		}
		// Refused, so that the next of its kind is the next version, too.
		policy, _, _ := strings.Cut(strings.Trim(string(proposed.Policy), `"`), "/")
		asked("do", "refuse-policy", "policy="+policy, "proposal="+string(proposed.Proposal), "reason=试", "--as", "reviewer", "--data", data)
	}
}
