package api

import (
	"bufio"
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

const (
	headerLastEventID = "Last-Event-ID"
	eventStreamType   = "text/event-stream"
)

// StreamEvent is one message of an event stream.
type StreamEvent struct {
	Size uint64 // ledger size with this event: the id, from 1
	Type string // a kebab-case name
	Data []byte // JSON
}

// EventSource yields the events after a ledger size and then waits for more,
// until ctx ends. It is called once for each open stream, from a goroutine of
// its own. An error ends the stream; the client comes back by itself.
type EventSource interface {
	Events(ctx context.Context, after uint64) iter.Seq2[StreamEvent, error]
}

// events registers the stream of what happens in the ledger.
func events(r *routes) {
	r.raw(operation{
		id: "stream-events", method: http.MethodGet, path: "/v1/events", tag: "events",
		permission: Public, noHead: true, produces: eventStreamType,
		summary: "What happens in the ledger, as it happens",
		doc: "Server-sent events. The id of an event is the ledger size with it, from 1. A client that reconnects sends the last id it has seen and misses nothing. " +
			"Which stream it stands in is said of events of communities, policies and log keys; of all others, only what kind of stream it is.",
		codes: []string{CodeEventIDInvalid, CodeTooManyStreams},
		params: []*huma.Param{{
			Name: headerLastEventID, In: "header", Description: "Id of the last event received",
			Schema: &huma.Schema{Type: huma.TypeString, Pattern: "^[0-9]{1,20}$"},
		}},
	}, func(_ context.Context, c *fiber.Ctx) error {
		return r.server.openStream(c, r.server.cfg.Events)
	})
}

// openStream answers with an event stream. The handler returns at once; the
// stream lives on in a goroutine that must not touch c.
func (s *Server) openStream(c *fiber.Ctx, source EventSource) error {
	after, err := lastEventID(c.Get(headerLastEventID))
	if err != nil {
		return err
	}
	stream, err := s.streams.open(source, after)
	if err != nil {
		c.Response().SetConnectionClose() // nothing else is asked on it
		return err
	}
	stream.serverDone = c.Context().Done()
	stream.conn = c.Context().Conn()
	c.Set(fiber.HeaderContentType, eventStreamType)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no") // a proxy that waits for more is no use here
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) { stream.run(w) })
	return nil
}

// lastEventID is the ledger size a client has seen; 0 is none.
func lastEventID(field string) (uint64, error) {
	if field == "" {
		return 0, nil
	}
	size, err := strconv.ParseUint(field, 10, 63)
	if err != nil {
		return 0, NewProblem(CodeEventIDInvalid, "")
	}
	return size, nil
}
