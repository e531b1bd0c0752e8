package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTemplateIsWrittenOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "residents.csv")
	try := func(args ...string) (int, string, string) {
		var out, failed bytes.Buffer
		code := run(t.Context(), append([]string{"template"}, args...), strings.NewReader(""), &out, &failed)
		return code, out.String(), failed.String()
	}
	code, out, _ := try("people", "--csv", "--out", file)
	written, err := os.ReadFile(file)
	if code != exitOK || err != nil || !strings.HasPrefix(string(written), "\ufeff姓名,") || !strings.Contains(out, "zhishu import people "+file+" --community CODE --data DIR\n") {
		t.Fatalf("%d %q %q %v", code, out, written, err)
	}
	if err := os.WriteFile(file, []byte("filled in"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, failed := try("people", "--csv", "--out", file); code != exitFailed || !strings.Contains(failed, "--out") {
		t.Errorf("%d %q", code, failed)
	}
	if kept, _ := os.ReadFile(file); string(kept) != "filled in" {
		t.Errorf("written over: %q", kept)
	}
	if code, out, _ := try("donations", "--out", "-", "--example"); code != exitOK || !strings.HasPrefix(out, "PK") {
		t.Errorf("%d %.20q", code, out)
	}
	byName := filepath.Join(t.TempDir(), "hours.csv")
	if code, _, _ := try("service", "--out", byName); code != exitOK {
		t.Errorf("exit %d", code)
	}
	if written, err := os.ReadFile(byName); err != nil || !strings.HasPrefix(string(written), "\ufeff志愿者编号,") {
		t.Errorf("a file that is called .csv begins %.20q, %v", written, err)
	}
	if code, _, _ := try("weather"); code != exitUsage {
		t.Errorf("exit %d", code)
	}
	if code, _, _ := try("people", "--csv", "--xlsx"); code != exitUsage {
		t.Errorf("exit %d", code)
	}
}
