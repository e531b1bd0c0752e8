package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"zhishu/demo"
	"zhishu/domain/wire"
	"zhishu/eventstore"
)

// demoData is where the demo is built, and what verbs that read look at when no
// ledger is named.
const demoData = "zhishu-data/demo"

// dataNamed tells whether somebody said which ledger is meant.
func dataNamed(verb *kong.Context) bool {
	for _, part := range verb.Path {
		if part.Flag != nil && part.Flag.Name == "data" {
			return true
		}
	}
	_, ok := os.LookupEnv("ZHISHU_DATA")
	return ok
}

// mayWrite stops a verb that writes when no ledger was named: what is entered
// in the demo by mistake is missing where it belongs, and the demo cannot be
// rid of it. Who serves the demo tries it out, and means it.
func (p *program) mayWrite(at location) error {
	if p.named || at.dir != demoData || at.ESDB != "" {
		return nil
	}
	if _, served := at.server(); served {
		return nil
	}
	return withHint(errors.New("没有指明账本 no ledger is named, and this verb writes"),
		"写明 --data DIR，或先 export ZHISHU_DATA=DIR；演示账本 for the demo: --data "+demoData)
}

// demoWithin is how many events of a ledger are looked at for the first of a
// demo: what init and the tree record is before it.
const demoWithin = 1000

// checkDemo refuses to serve a ledger as a demo that is none.
func (l location) checkDemo(p *program) error {
	log, err := l.openReader(p.ctx)
	if err != nil {
		return err
	}
	defer log.Close()
	looked := 0
	for r, err := range log.ReadAll(p.ctx, eventstore.Position{}) {
		if err != nil {
			return err
		}
		if !eventstore.IsLedger(r.Stream) {
			continue
		}
		if m, _, err := wire.DecodeMeta(r.Metadata); err == nil && m.Source == demo.Source {
			return nil
		}
		if looked++; looked == demoWithin {
			break
		}
	}
	return withHint(fmt.Errorf("%s 是正式账本，不是演示账本 holds a ledger that is no demo", l.dir),
		"正式账本用 zhishu serve --data "+l.dir+"；演示账本另选目录 serve it with serve; for a demo name another directory, or none")
}
