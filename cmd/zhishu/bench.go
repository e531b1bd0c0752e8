package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"zhishu/bench"
)

type benchCmd struct {
	Events int    `default:"1000000" zh:"基准城市的事件数（默认 ${default}）" help:"Events of the reference city (${default})."`
	Large  int    `default:"10000000" zh:"大城市的事件数，0 为不测（默认 ${default}）" help:"Events of the large city; 0 leaves it out (${default})."`
	Rows   int    `default:"1000000" zh:"导入表的行数（默认 ${default}）" help:"Rows of the imported sheet (${default})."`
	Only   string `zh:"只测几项：P1,P4 …" help:"Measure some targets only: P1,P4 …"`
	Dir    string `placeholder:"DIR" zh:"临时目录，在要测的硬盘上；用后清空" help:"Scratch directory, on the disk to be measured; emptied afterwards."`
	JSON   bool   `zh:"输出 JSON，每行一项" help:"Print JSON, one row a line."`
	Start  string `hidden:"" zh:"只测在此目录启动一次，并显示结果" help:"Measure one start on this directory and print it."`
}

func (c *benchCmd) Run(p *program) error {
	if c.Start != "" {
		s, err := bench.MeasureStart(p.ctx, c.Start)
		if err != nil {
			return err
		}
		return json.NewEncoder(p.stdout).Encode(s)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir := c.Dir
	if dir == "" {
		dir = filepath.Join(os.TempDir(), fmt.Sprintf("zhishu-bench-%d", os.Getpid()))
	}
	if !c.JSON {
		fmt.Fprintf(p.stdout, "%-4s %-58s %14s %14s %-9s %6s  %-18s %s\n", "", "work", "figure", "limit", "unit", "ratio", "target", "")
	}
	return bench.Run(p.ctx, bench.Config{
		Dir: dir, Events: c.Events, Large: c.Large, Rows: c.Rows, Only: c.Only, Self: self, Notes: p.stderr,
		Report: func(r bench.Row) {
			if c.JSON {
				json.NewEncoder(p.stdout).Encode(r)
				return
			}
			met := "met"
			if !r.Met {
				met = "MISSED"
			}
			fmt.Fprintf(p.stdout, "%-4s %-58s %14.4g %14.4g %-9s %6.2f  %-18s %s\n", r.ID, r.Work, r.Figure, r.Limit, r.Unit, r.Ratio, r.Target, met)
			if r.Detail != "" {
				fmt.Fprintf(p.stdout, "     %s\n", r.Detail)
			}
		},
	})
}
