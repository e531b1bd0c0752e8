package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"time"

	"zhishu/api"
	"zhishu/api/reference"
	"zhishu/commands"
	"zhishu/eventstore/embedded"
)

type serveCmd struct {
	Data            string        `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（默认 ${default}）" help:"The ledger's directory (${default})."`
	Listen          string        `default:"127.0.0.1:7300" env:"ZHISHU_LISTEN" zh:"监听的本机地址（默认 ${default}）" help:"Loopback address to listen on (${default})."`
	Host            []string      `env:"ZHISHU_HOSTS" zh:"另外应答的主机名，供本机代理使用" help:"Further Host names to answer under, for a proxy on this machine."`
	CheckpointEvery time.Duration `default:"5s" placeholder:"DURATION" zh:"一条事实最迟多久进入已签名的检查点（默认 ${default}）" help:"Longest time from a fact to its signed checkpoint (${default})."`
	Witness         []string      `sep:"none" placeholder:"'URL KEY'" zh:"为每个检查点联署的见证：地址、空格、公钥" help:"A witness that cosigns every checkpoint: its address, a space, its key."`
	backend
}

func (c *serveCmd) Run(p *program) error {
	at := c.at(c.Data)
	at.CheckpointEvery = c.CheckpointEvery
	var err error
	if at.witnesses, err = parseWitnesses(c.Witness); err != nil {
		return err
	}
	return serve(p, at, c.Listen, c.Host, nil, nil)
}

// listenError says in Chinese why nothing can listen at an address.
func listenError(err error, at string) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		err = fmt.Errorf("%s 已被占用，可能已有一个服务在运行 the port is taken, perhaps by a server that runs already: %w", at, err)
	case errors.Is(err, api.ErrNotLoopback):
		err = fmt.Errorf("只能在本机地址上监听 %w", err)
	default:
		err = fmt.Errorf("无法在 %s 监听 cannot listen: %w", at, err)
	}
	return withHint(err, "用 --listen 127.0.0.1:端口 另选端口 pick another port with --listen 127.0.0.1:PORT")
}

const shutdownPatience = 10 * time.Second

// serve runs the server until the context ends, then lets running requests
// finish. look, if given, names addresses that the page at / points to; ready,
// if given, is called once with the server's own.
func serve(p *program, at location, listen string, hosts []string, look func(*ledger) []reference.Link, ready func(address string, l *ledger)) error {
	logger := slog.New(slog.NewTextHandler(p.stderr, nil))
	metrics := api.NewMetrics()
	l, err := openObserved(p.ctx, at, commands.Options{}, hooks{
		logger:    logger,
		onGroup:   func(g embedded.Group) { metrics.ObserveAppend(g.Events, g.Write+g.Sync) },
		onRefusal: nil, // counted where the problem is written
		onChange:  tellChanges(logger),
	})
	if err != nil {
		return err
	}
	defer l.close()
	ln, err := api.Listen(listen)
	if err != nil {
		return listenError(err, listen)
	}
	var links []reference.Link
	if look != nil {
		links = look(l)
	}
	s, err := newServer(l, metrics, logger, hosts, links...)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	if l.local != nil {
		if err := l.local.Announce(ln.Addr().String()); err != nil {
			return errors.Join(err, ln.Close())
		}
	}
	if ready != nil {
		ready(ln.Addr().String(), l)
	}
	return l.serveUntil(p.ctx, s, ln, logger)
}

// serveUntil serves until the context ends or the ledger cannot go on.
func (l *ledger) serveUntil(ctx context.Context, s *api.Server, ln net.Listener, logger *slog.Logger) error {
	logger.Info("serving", "address", ln.Addr().String(), "data", l.dir)
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	select {
	case err := <-served:
		return err
	case <-l.failed():
		// A failed sync: what the disk holds is no longer known. Stop at once.
		return withHint(fmt.Errorf("the log cannot be written any more: %w", l.local.Err()), "check the disk, then start again; recovery keeps every acknowledged event")
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPatience)
	defer cancel()
	err := s.Shutdown(patience)
	<-served
	logger.Info("stopped")
	return err
}

// failed is closed when the embedded log can never be written again.
func (l *ledger) failed() <-chan struct{} {
	if l.local == nil {
		return nil
	}
	return l.local.Failed()
}
