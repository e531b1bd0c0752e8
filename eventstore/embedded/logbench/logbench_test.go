package logbench

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestFigures runs every measurement once, small: it checks that they measure
// what was recorded, not how fast.
func TestFigures(t *testing.T) {
	scale := 1
	if s, err := strconv.Atoi(os.Getenv("LOGBENCH_SCALE")); err == nil {
		scale = s
	}
	ctx := context.Background()
	for _, m := range []struct{ writers, batch, total int }{{1, 1, 200}, {16, 1, 2000}, {64, 1, 4000}, {2, 500, 10000}} {
		show(t)(Append(ctx, filepath.Join(t.TempDir(), "append"), m.writers, m.batch, m.total*scale))
	}
	start, err := Start(ctx, filepath.Join(t.TempDir(), "start"), 20000*scale, 3)
	if err != nil || start.Events == 0 || start.Open <= 0 {
		t.Fatalf("%v, %v", start, err)
	}
	t.Log(start)
	show(t)(Scan(ctx, filepath.Join(t.TempDir(), "scan"), 20000*scale))
}

func show(t *testing.T) func(Figure, error) {
	return func(f Figure, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if f.Figure <= 0 || f.Limit <= 0 {
			t.Errorf("%s: not a measurement", f)
		}
		t.Log(f)
	}
}
