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
  const holds = async (what, x, key) => { try { const found = await globalThis.zhishuCheck(JSON.stringify(x), key), all = found.all;
    lines.push(what + (found.short ? " is short" : " holds ") + (found.short ? "" : all.length) + (found.stated ? ", " + found.steps + " steps" : "") + (all.every(a => a.signature === true) ? "" : " unsigned"));
    if (!found.short && !/没有证明：[^]*Not proved: /.test(globalThis.zhishuWords(found))) lines.push("says nothing of what is not proved");  } catch (e) { lines.push(what + " fails"); } };
  for (const r of v.receipts) await holds("receipt", r, v.key);
  await holds("statement", v.statement, v.key);
  for (const change of [r => r.event.revision++, r => r.event.type += "x", r => r.event.data = "e30=", r => r.event.stream = "a", r => r.proof = r.proof.replace("index ", "index 1"),
    r => r.proof = r.proof.replace(v.checkpoint, v.foreign), r => r.format = "x", r => r.event.id = r.event.id.replace(/^./, "0")]) { const r = copy(v.receipts[1]); change(r); await holds("spoiled", r, v.key); }
  await holds("foreign", v.receipts[0], v.foreignKey);
  await holds("witness", v.receipts[0], v.witness);
  const s = copy(v.statement); s.receipts.splice(2, 1); await holds("dropped", s, v.key);
  const w = JSON.parse(require("fs").readFileSync(process.argv[3], "utf8"));
  await holds("story", w.file, w.key);
  for (const change of [f => f.statement.entries[0].life.pop(), f => f.statement.entries[0].life[1].type = "entry-rejected", f => f.statement.entries[0].life[0].by = "x", f => f.statement.entries[0].life[0].at = "2026",
    f => f.statement.person = "x", f => f.statement.entries[0].life = [], f => f.receipts[0] = w.earlier]) { const f = copy(w.file); change(f); await holds("false story", f, w.key); }
  const cut = copy(w.file); cut.receipts.pop(); await holds("cut story", cut, w.key);
  cut.receipts = []; await holds("empty story", cut, w.key);
  const before = copy(w.file); before.statement.ledgerSize = 8; before.statement.entries[0].life.pop(); await holds("earlier story", before, w.key);
  console.log(lines.join("\n"));
})();`
	path := filepath.Join(t.TempDir(), "check.cjs")
	if err := os.WriteFile(path, []byte(harness), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(node, "--no-warnings", path, "../../audit/proof/testdata/receipts.json", "../../audit/proof/testdata/stories.json").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := strings.Repeat("receipt holds 1\n", 4) + "statement holds 7, 0 steps\n" + strings.Repeat("spoiled fails\n", 8) + "foreign fails\nwitness fails\ndropped fails\n" +
		"story holds 5, 4 steps\n" + strings.Repeat("false story fails\n", 7) + "cut story is short, 3 steps\nempty story is short\nearlier story holds 5, 3 steps\n"
	if string(out) != want {
		t.Errorf("the page says\n%swant\n%s", out, want)
	}
}
