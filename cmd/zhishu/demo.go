package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"zhishu/commands"
	"zhishu/demo"
	"zhishu/domain"
)

type demoCmd struct {
	Data   string `default:"${data}" placeholder:"DIR" help:"Where to build it (${default}); an existing demo is served as it is."`
	Listen string `default:"127.0.0.1:7300" env:"ZHISHU_LISTEN" help:"Loopback address to listen on (${default})."`
	Events int    `help:"Build about this many events instead of the standard demo of 400,000."`
	Build  bool   `help:"Build only; do not serve."`
}

func (c *demoCmd) Run(p *program) error {
	if _, err := os.Stat(logDir(c.Data)); errors.Is(err, os.ErrNotExist) {
		if err := c.build(p); err != nil {
			return err
		}
	}
	if c.Build {
		return nil
	}
	return serve(p, location{dir: c.Data}, c.Listen, nil, func(address string, l *ledger) { lookAt(p, address, l) })
}

// build makes the demo ledger beside its final place and moves it there when
// it is whole, so that an interrupted build is never taken for a demo.
func (c *demoCmd) build(p *program) error {
	began := time.Now()
	half := c.Data + ".building"
	if err := errors.Join(os.RemoveAll(half), os.RemoveAll(location{dir: half}.guardFile())); err != nil {
		return err
	}
	summary, err := buildDemo(p, half, c.Events)
	if err != nil {
		return err
	}
	// The guard first: a ledger without its guard would be believed.
	if err := os.Rename(location{dir: half}.guardFile(), location{dir: c.Data}.guardFile()); err != nil {
		return err
	}
	if err := os.Rename(half, c.Data); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "演示账本 demo ledger: %d 社区, %d 人, %d 事件 events, %.1f s\n",
		summary.Communities, summary.People, summary.Events, time.Since(began).Seconds())
	return nil
}

func buildDemo(p *program, dir string, events int) (demo.Summary, error) {
	yesterday := domain.Instant(time.Now().UnixMilli()).Day() - 1
	cfg := demo.Standard(yesterday)
	if events > 0 {
		cfg = demo.Scaled(events, yesterday)
	}
	clock := demo.NewClock(cfg)
	l, err := createLedger(p.ctx, location{dir: dir}, commands.Options{Clock: clock.Now})
	if err != nil {
		return demo.Summary{}, err
	}
	summary, err := demo.Build(p.ctx, l.handler, l.vault, clock, l.handler.AccountOf("operator"), cfg, p.progress("演示账本"))
	if err == nil {
		err = l.settle(p)
	}
	return summary, errors.Join(err, l.close())
}

// settle waits for the read models; closing the ledger then keeps a snapshot.
func (l *ledger) settle(p *program) error {
	head, err := l.log.Head(p.ctx)
	if err != nil {
		return err
	}
	return l.engine.WaitFor(p.ctx, head.Position)
}

// lookAt prints where to look: one example of every kind of figure.
func lookAt(p *program, address string, l *ledger) {
	example, err := exampleOf(l)
	if err != nil {
		fmt.Fprintf(p.stdout, "http://%s/docs\n", address)
		return
	}
	base := "http://" + address
	year := domain.Instant(time.Now().UnixMilli()).Day().Year()
	fmt.Fprintf(p.stdout, "\n志书演示 zhishu demo: %s\n", base)
	for _, line := range []struct{ what, path string }{
		{"接口说明 API reference", "/docs"},
		{"星级榜 star board (" + example.name + ")", "/v1/stars?division=" + example.community.String()},
		{"学习之星 standing", fmt.Sprintf("/v1/standings/individuals?division=%s&period=%d", example.community, year)},
		{"家庭学习之星 households", fmt.Sprintf("/v1/standings/households?division=%s&period=%d", example.community, year)},
		{"志愿服务队 teams", fmt.Sprintf("/v1/teams?division=%s&period=%d", example.community, year)},
		{"学习型社区标准 scorecard", fmt.Sprintf("/v1/communities/%s/scorecard?period=%d", example.community, year)},
		{"志愿服务队台账 register", fmt.Sprintf("/v1/registers/teams?community=%s&period=%d", example.community, year)},
		{"参学率 participation (county)", fmt.Sprintf("/v1/participation?division=%s&period=%d", example.community.County(), year)},
		{"个人清单 statement", "/v1/persons/" + example.person.String() + "/statement"},
		{"课表 timetable", fmt.Sprintf("/v1/activities?division=%s&period=%d", example.community, year)},
		{"活动合计 activities", fmt.Sprintf("/v1/activity-totals?division=%s&period=%d", example.community, year)},
		{"捐赠合计 donations", fmt.Sprintf("/v1/donations?division=%s&period=%d", example.community, year)},
		{"某日的状态 as of a day", fmt.Sprintf("/v1/stars?division=%s&asOf=%d-12-31", example.community, year-1)},
	} {
		fmt.Fprintf(p.stdout, "  %s\n    curl '%s%s'\n", line.what, base, line.path)
	}
	fmt.Fprintln(p.stdout, "\nCtrl-C 停止 stops.")
}
