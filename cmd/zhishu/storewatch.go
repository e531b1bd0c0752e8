package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhishu/eventstore"
	"zhishu/eventstore/esdb"
)

// tellChanges logs connections and subscriptions that come and go. While no
// node answers it says so once, not several times a second; the metrics count.
func tellChanges(logger *slog.Logger) func(esdb.Change) {
	var failing atomic.Bool
	return func(c esdb.Change) {
		if errors.Is(c.Err, eventstore.ErrClosed) {
			return
		}
		switch c.Kind {
		case esdb.Connected:
			failing.Store(false)
			logger.Info("event store", "change", c.Kind.String(), "missing", c.Took.Round(time.Millisecond).String())
		case esdb.Subscribed:
			logger.Info("event store", "change", c.Kind.String())
		case esdb.ConnectFailed:
			if failing.Swap(true) {
				return
			}
			fallthrough
		default:
			logger.Warn("event store", "change", c.Kind.String(), "error", c.Err)
		}
	}
}

// watchStore reports the connection to EventStoreDB each time the metrics are
// read.
func (l *ledger) watchStore(registry prometheus.Registerer, store *esdb.Store) error {
	for _, m := range []struct {
		name, help string
		value      func(*esdb.Stats) float64
	}{
		{"connected", "1 while a node is connected.", func(s *esdb.Stats) float64 { return truth(s.Connected) }},
		{"connects_total", "Connections made.", func(s *esdb.Stats) float64 { return float64(s.Connects) }},
		{"disconnects_total", "Connections given up.", func(s *esdb.Stats) float64 { return float64(s.Disconnects) }},
		{"connect_failures_total", "Attempts at which no node was found.", func(s *esdb.Stats) float64 { return float64(s.ConnectFailures) }},
		{"subscribes_total", "Subscriptions opened.", func(s *esdb.Stats) float64 { return float64(s.Subscribes) }},
		{"drops_total", "Subscriptions that ended; each is opened again.", func(s *esdb.Stats) float64 { return float64(s.Drops) }},
		{"calls_in_flight", "Calls of the client under way.", func(s *esdb.Stats) float64 { return float64(s.CallsInFlight) }},
		{"live", "1 while the subscription has reached the end of the log.", func(s *esdb.Stats) float64 { return truth(s.Live) }},
	} {
		value := func() float64 {
			s := store.Stats()
			return m.value(&s)
		}
		if err := registry.Register(metric("store_"+m.name, m.help, value)); err != nil {
			return err
		}
	}
	return registry.Register(metric("read_model_lag_seconds", "For how long the read models have been behind the log, as seen by these readings and those of /readyz; -1 while the log does not answer.", l.lagSeconds))
}

// metric is a counter or a gauge, as its name says.
func metric(name, help string, value func() float64) prometheus.Collector {
	if n := len("_total"); len(name) > n && name[len(name)-n:] == "_total" {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "zhishu", Name: name, Help: help}, value)
	}
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "zhishu", Name: name, Help: help}, value)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// lag remembers since when something in the log has been waiting.
type lag struct {
	mu    sync.Mutex
	until eventstore.Position // what the read models must reach to be no longer behind
	since time.Time
}

func (l *ledger) lagSeconds() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), headPatience)
	defer cancel()
	head, err := l.log.Head(ctx)
	if err != nil {
		return -1
	}
	return l.lag.seen(head.Position, l.engine.Status().Position, time.Now()).Seconds()
}

// seen takes a reading: the head of the log, and how far the read models are.
func (g *lag) seen(head, applied eventstore.Position, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case applied.Compare(head) >= 0:
		g.since = time.Time{}
		return 0
	case g.since.IsZero() || applied.Compare(g.until) >= 0: // what was waited for has come; something newer has not
		g.until, g.since = head, now
	}
	return now.Sub(g.since)
}
