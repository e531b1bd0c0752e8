package reference

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestThePageChecksReceipts runs the page's own script on the vectors of
// audit/proof, good and spoiled.
func TestThePageChecksReceipts(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node is not installed (apt-get install nodejs): the page's script was not run")
	}
	file := verifyFile()
	_, rest, ok := bytes.Cut(file.Body, []byte("<script>"))
	script, tail, closed := bytes.Cut(rest, []byte("</script>"))
	if !ok || !closed || bytes.Contains(tail, []byte("<script")) || !strings.Contains(file.Policy, "script-src 'sha256-") || strings.Contains(file.Policy, "unsafe") {
		t.Fatalf("the page has other scripts than its one, or a lax policy: %s", file.Policy)
	}
	vectors, err := os.ReadFile("../../audit/proof/testdata/receipts.json")
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(vectors) {
		t.Fatal("no vectors")
	}
	harness := string(script) + `
const v = JSON.parse(require("fs").readFileSync(process.argv[2], "utf8"));
const copy = x => JSON.parse(JSON.stringify(x));
(async () => {
  const lines = [];
  const holds = async (what, x, key) => { try { const all = await globalThis.zhishuCheck(JSON.stringify(x), key); lines.push(what + " holds " + all.length + (all.every(a => a.signature === true) ? "" : " unsigned")); } catch (e) { lines.push(what + " fails"); } };
  for (const r of v.receipts) await holds("receipt", r, v.key);
  await holds("statement", v.statement, v.key);
  for (const change of [r => r.event.revision++, r => r.event.type += "x", r => r.event.data = "e30=", r => r.event.stream = "a", r => r.proof = r.proof.replace("index ", "index 1"),
    r => r.proof = r.proof.replace(v.checkpoint, v.foreign), r => r.format = "x", r => r.event.id = r.event.id.replace(/^./, "0")]) { const r = copy(v.receipts[1]); change(r); await holds("spoiled", r, v.key); }
  await holds("foreign", v.receipts[0], v.foreignKey);
  await holds("witness", v.receipts[0], v.witness);
  const s = copy(v.statement); s.receipts.splice(2, 1); await holds("dropped", s, v.key);
  console.log(lines.join("\n"));
})();`
	path := filepath.Join(t.TempDir(), "check.cjs")
	if err := os.WriteFile(path, []byte(harness), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(node, "--no-warnings", path, "../../audit/proof/testdata/receipts.json").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := strings.Repeat("receipt holds 1\n", 4) + "statement holds 7\n" + strings.Repeat("spoiled fails\n", 8) + "foreign fails\nwitness fails\ndropped fails\n"
	if string(out) != want {
		t.Errorf("the page says\n%swant\n%s", out, want)
	}
}
