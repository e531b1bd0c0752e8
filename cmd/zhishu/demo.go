package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"zhishu/api/reference"
	"zhishu/commands"
	"zhishu/demo"
	"zhishu/domain"
)

type demoCmd struct {
	Data   string `default:"${data}" placeholder:"DIR" zh:"演示账本的目录（默认 ${default}）；已有演示账本则直接启动" help:"Where to build it (${default}); an existing demo is served as it is."`
	Listen string `default:"127.0.0.1:7300" env:"ZHISHU_LISTEN" zh:"监听的本机地址（默认 ${default}）" help:"Loopback address to listen on (${default})."`
	Events int    `placeholder:"N" zh:"大约这么多事件（实际在一半至两倍之间），至少 1000；不写则为标准演示账本，40 万事件" help:"Build about this many events, between half and twice as many, instead of the standard demo of 400,000; from 1000 on."`
	Build  bool   `zh:"只建立，不启动服务" help:"Build only; do not serve."`
}

func (c *demoCmd) Run(p *program) error {
	if c.Events != 0 && c.Events < demo.LeastEvents {
		return &usageError{fmt.Sprintf("--events: 至少 at least %d", demo.LeastEvents)}
	}
	if _, err := os.Stat(logDir(c.Data)); errors.Is(err, os.ErrNotExist) {
		if err := c.build(p); err != nil {
			return err
		}
	} else if err := (location{dir: c.Data}).checkDemo(p); err != nil {
		return err
	}
	if c.Build {
		return nil
	}
	return serve(p, location{dir: c.Data}, c.Listen, nil, looks, func(address string, l *ledger) { lookAt(p, address, looks(l)) })
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

// lookAt prints where to look.
func lookAt(p *program, address string, links []reference.Link) {
	base := "http://" + address
	fmt.Fprintf(p.stdout, "\n志书演示 zhishu demo: %s/\n", base)
	for _, x := range links {
		fmt.Fprintf(p.stdout, "  %s %s\n    curl '%s%s'\n", x.Zh, x.En, base, x.Path)
	}
	fmt.Fprintln(p.stdout, "\nCtrl-C 停止 stops.")
}
