package api

import (
	"context"
	"errors"
	"log/slog"

	"zhishu/api/reference"
)

// Config is what a server needs from the rest of the program.
type Config struct {
	Version string   // of the program, shown in the OpenAPI document
	Hosts   []string // names it answers under beside those of the loopback interface
	Log     *slog.Logger
	Metrics *Metrics

	// Ready lists why the server should get no traffic now; empty when it may.
	Ready func() []string

	// Position is the newest position the read models have applied, an opaque
	// token. WaitFor returns when they have applied a given one, or with the
	// context's error; ErrPosition for what is no position.
	Position func() string
	WaitFor  func(ctx context.Context, position string) error

	// Ledger is behind the routes under /v1; without it there are none but the
	// stream of events.
	Ledger *Ledger

	// Events feeds the stream at /v1/events; without it there is no such route.
	Events EventSource

	// Look names addresses of this ledger that the page at / points to.
	Look []reference.Link

	// CursorKey authenticates page cursors. All servers of a cluster share it;
	// at least 32 bytes.
	CursorKey []byte
}

// validate reports every fault at once.
func (cfg *Config) validate() error {
	var faults []error
	need := func(ok bool, text string) {
		if !ok {
			faults = append(faults, errors.New(text))
		}
	}
	need(cfg.Version != "", "the configuration names no version")
	need(cfg.Log != nil, "the configuration has no log")
	need(cfg.Metrics != nil, "the configuration has no metrics")
	need(cfg.Ready != nil, "the configuration does not say when the server is ready")
	need(len(cfg.CursorKey) >= 32, "the key of the page cursors is shorter than 32 bytes")
	if cfg.Ledger != nil {
		faults = append(faults, cfg.Ledger.validate())
	}
	need((cfg.Position == nil) == (cfg.WaitFor == nil), "Position and WaitFor come together")
	return errors.Join(faults...)
}
