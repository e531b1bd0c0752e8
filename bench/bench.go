// Package bench measures the program beside the limits of the machine it runs
// on, in the same run: absolute figures differ from machine to machine, their
// ratios hold. A benchmark reports; it never fails.
package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Row is one measured figure beside its limit.
type Row struct {
	ID     string  `json:"id"` // P1 …
	Work   string  `json:"work"`
	Figure float64 `json:"figure"`
	Limit  float64 `json:"limit,omitempty"`
	Unit   string  `json:"unit"`
	Ratio  float64 `json:"ratio,omitempty"` // figure to limit
	Target string  `json:"target"`
	Met    bool    `json:"met"`
	Detail string  `json:"detail,omitempty"`
}

// Config of a run.
type Config struct {
	Dir    string // scratch space, emptied afterwards
	Events int    // of the reference city
	Large  int    // of the large one; 0 leaves it out
	Rows   int    // of the imported sheet
	Only   string // some targets, such as "P4,P5"; empty: all
	Self   string // path of the program, started afresh to measure a start
	Report func(Row)
	Notes  io.Writer
}

// run is a measurement under way.
type run struct {
	Config
	ctx context.Context
}

// Run measures everything the configuration asks for.
func Run(ctx context.Context, cfg Config) error {
	r := &run{cfg, ctx}
	if err := os.MkdirAll(cfg.Dir, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(cfg.Dir)
	for _, step := range []struct {
		ids []string
		do  func() error
	}{
		{[]string{"P1", "P2", "P3"}, r.log},
		{[]string{"P11"}, r.evidence},
		{[]string{"P12"}, r.eventStoreDB},
		{[]string{"P10"}, r.imports},
		{[]string{"P4", "P5", "P8", "P9"}, r.readSide},
	} {
		if !r.wanted(step.ids...) {
			continue
		}
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.ids[0], err)
		}
	}
	return nil
}

func (r *run) wanted(ids ...string) bool {
	for _, id := range ids {
		if r.Only == "" || slices.Contains(strings.Split(r.Only, ","), id) {
			return true
		}
	}
	return false
}

func (r *run) dir(name string) string { return filepath.Join(r.Dir, name) }

// report prints a row for which more is better.
func (r *run) report(row Row) {
	if row.Limit > 0 && row.Ratio == 0 {
		row.Ratio = row.Figure / row.Limit
	}
	if r.wanted(row.ID) {
		r.Report(row)
	}
}

// settle lets garbage and the disk come to rest between two measurements.
func settle() {
	runtime.GC()
	time.Sleep(200 * time.Millisecond)
}
