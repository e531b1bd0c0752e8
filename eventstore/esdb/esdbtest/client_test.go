package esdbtest

import (
	"bufio"
	"bytes"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var clientTests = flag.Bool("client-tests", false, "run the client module's own tests against this server (downloads what they need)")

// ownTests are those of the client that need a server and nothing this one does
// not have: no projections, no persistent subscriptions, no prepared database.
const ownTests = "TestStreams|TestMisc|TestConsistent|TestCustom|TestUnknown|TestGetAll"

var outcome = regexp.MustCompile(`^\s*--- (PASS|FAIL|SKIP): (\S+)`)

// TestClientsOwnTests lets the unmodified tests of the client judge this server,
// on the ports, with the user and over the TLS that they expect of a cluster.
func TestClientsOwnTests(t *testing.T) {
	if !*clientTests {
		t.Skip("without -client-tests: make esdb-conformance runs it")
	}
	c, err := Start(Options{Nodes: 3, TLS: true, Addresses: []string{"127.0.0.1:2111", "127.0.0.1:2112", "127.0.0.1:2113"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/EventStore/EventStore-Client-Go/v4").Output()
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command("go", "test", "-count=1", "-v", "-timeout=5m", "-run", ownTests, "./esdb")
	run.Dir = strings.TrimSpace(string(dir))
	run.Env = append(os.Environ(), "CLUSTER=true", "EVENTSTORE_INSECURE=false", "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := run.CombinedOutput()
	leaves := report(t, out)
	t.Logf("the client's own tests: %d passed, %d skipped, %d failed", len(leaves["PASS"]), len(leaves["SKIP"]), len(leaves["FAIL"]))
	if err != nil || len(leaves["PASS"]) < 13 {
		t.Fatalf("%v\n%s", err, out)
	}
}

// report lists the cases of a run by their outcome, without those that only
// hold others.
func report(t *testing.T, out []byte) map[string][]string {
	var names, outcomes []string
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if m := outcome.FindStringSubmatch(lines.Text()); m != nil {
			outcomes, names = append(outcomes, m[1]), append(names, m[2])
		}
	}
	leaves := make(map[string][]string)
	for i, name := range names {
		holds := false
		for _, other := range names {
			holds = holds || strings.HasPrefix(other, name+"/")
		}
		if !holds {
			leaves[outcomes[i]] = append(leaves[outcomes[i]], name)
			t.Logf("%s %s", outcomes[i], name)
		}
	}
	return leaves
}
