package api

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"zhishu/api/humafiber"
	"zhishu/api/redact"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Server answers HTTP. Make one with New, give it a listener with Serve, end
// it with Shutdown; it cannot be served twice.
type Server struct {
	cfg     Config
	log     *slog.Logger
	metrics *Metrics
	app     *fiber.App
	hosts   hosts
	busy    *gate
	cursors *Cursors
	misses  misses
	tuning  tuning
	uploads map[string]bool // paths whose body may be a file

	base     context.Context // of every operation; ends when a shutdown gives up waiting
	abort    context.CancelFunc
	streams  *streams // ends when a shutdown begins
	stopping atomic.Bool

	mu       sync.Mutex
	listener *listener
}

// tuning holds the times that tests shorten.
type tuning struct {
	header, body, write, idle, busyWait, heartbeat time.Duration
	connections, places, streams                   int
}

var defaultTuning = tuning{
	header: HeaderTimeout, body: BodyTimeout, write: WriteTimeout, idle: IdleTimeout,
	busyWait: BusyWait, heartbeat: HeartbeatEvery,
	connections: MaxConnections, places: MaxConcurrentRequests, streams: MaxEventStreams,
}

// New builds a server with every route of the product. It fails, naming all
// faults, when the configuration is incomplete or a route is not described as
// it must be.
func New(cfg Config) (*Server, error) {
	return newServer(cfg, defaultTuning, product)
}

func newServer(cfg Config, tune tuning, groups ...func(*routes)) (*Server, error) {
	if err := cfg.validate(); err != nil {
		return nil, errors.Join(err, hostFaults(cfg.Hosts))
	}
	s, _, err := assemble(cfg, tune, groups...)
	return s, err
}

// assemble builds a server of what it is given, whole or not.
func assemble(cfg Config, tune tuning, groups ...func(*routes)) (*Server, *routes, error) {
	names, err := newHosts(cfg.Hosts)
	if err != nil {
		return nil, nil, err
	}
	base, abort := context.WithCancel(context.Background())
	s := &Server{
		cfg: cfg, log: slog.New(redact.NewHandler(cfg.Log.Handler())), metrics: cfg.Metrics,
		hosts: names, cursors: NewCursors(cfg.CursorKey), busy: newGate(tune.places, tune.busyWait), tuning: tune,
		uploads: make(map[string]bool), base: base, abort: abort,
		streams: newStreams(tune, cfg.Metrics, slog.New(redact.NewHandler(cfg.Log.Handler()))),
	}
	s.app = s.newApp()
	r := &routes{
		server: s, ids: make(map[string]bool),
		api: huma.NewAPI(openAPIConfig(cfg.Version), humafiber.New(s.app, s.around)),
	}
	for _, group := range groups {
		group(r)
	}
	r.spec()
	if err := errors.Join(r.faults...); err != nil {
		abort()
		return nil, nil, err
	}
	return s, r, nil
}

// newApp is Fiber with every setting that matters written out.
func (s *Server) newApp() *fiber.App {
	app := fiber.New(fiber.Config{
		Immutable:                    true, // strings stay what they were after the handler
		StrictRouting:                true,
		CaseSensitive:                true,
		UnescapePath:                 false,
		Prefork:                      false,
		RequestMethods:               methods,
		BodyLimit:                    MaxBodyBytes,
		ReadBufferSize:               MaxHeaderBytes,
		Concurrency:                  s.tuning.connections + 1, // the listener refuses before
		ReadTimeout:                  s.tuning.header,
		WriteTimeout:                 s.tuning.write,
		IdleTimeout:                  s.tuning.idle,
		StreamRequestBody:            false,
		DisablePreParseMultipartForm: true, // a form is a body like any other
		DisableStartupMessage:        true,
		EnablePrintRoutes:            false,
		ErrorHandler:                 s.refuseUnread,
	})
	server := app.Server()
	server.Handler = s.outermost(server.Handler)
	server.HeaderReceived = s.headerReceived
	server.CloseOnShutdown = true
	server.SecureErrorLogMessage = true
	app.Use(s.observe)
	return app
}

// headerReceived decides how much body is read and how long that may take,
// before any of it is.
func (s *Server) headerReceived(header *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if !s.uploads[string(pathOf(header.RequestURI()))] {
		return fasthttp.RequestConfig{ReadTimeout: s.tuning.body}
	}
	return fasthttp.RequestConfig{ReadTimeout: UploadTimeout, MaxRequestBodySize: MaxUploadBytes}
}

func pathOf(target []byte) []byte {
	for i, c := range target {
		if c == '?' {
			return target[:i]
		}
	}
	return target
}

// Serve answers on ln until Shutdown, then returns nil. It refuses a listener
// that others than this machine can reach.
func (s *Server) Serve(ln net.Listener) error {
	if err := onlyLoopback(ln.Addr()); err != nil {
		return err
	}
	s.mu.Lock()
	if s.listener != nil || s.stopping.Load() {
		s.mu.Unlock()
		return errors.New("a server is served once")
	}
	s.listener = newListener(ln, s.tuning.connections, s.metrics.connections)
	s.mu.Unlock()
	return s.app.Listener(s.listener)
}

// Shutdown ends event streams at once, stops accepting, and waits for running
// operations until ctx ends; then it cancels those and cuts the connections
// that are left, and returns the context's error.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stopping.Store(true)
	s.streams.stop()
	defer s.abort()
	s.mu.Lock()
	ln := s.listener
	s.mu.Unlock()
	if ln == nil {
		return nil
	}
	ln.dropIdle()
	err := s.app.ShutdownWithContext(ctx)
	if err != nil {
		s.abort()
		ln.dropAll()
	}
	return err
}
