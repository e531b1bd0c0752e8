package inspect

import (
	"bytes"
	"strings"
	"testing"

	"zhishu/audit/proof"
)

func TestSound(t *testing.T) {
	w := newWorld(t, t.TempDir(), 60)
	bundle := w.bundle(t)
	if again := w.bundle(t); !bytes.Equal(bundle, again) {
		t.Error("the same order makes another bundle")
	}
	o := w.options()
	for _, note := range w.notes {
		c, _, err := proof.OpenCheckpoint(note, o.Keys...)
		noErr(t, err)
		o.Known = append(o.Known, c)
	}
	r := verify(t, bundle, o)
	if r.Verdict != Sound || r.Facts != r.Size || r.Results != 3+5+2 || len(r.Steps) != 13 {
		t.Errorf("%s", r.Text())
	}
	if !strings.Contains(r.Text(), "可信") {
		t.Errorf("%s", r.Text())
	}
	t.Logf("%d facts, %d bytes\n%s", r.Facts, len(bundle), r.Text())
}
