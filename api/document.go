package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"log/slog"
)

// Document is the OpenAPI document of every route there is, in JSON. It needs
// no ledger: a program can teach what may be asked before there is one.
func Document(version string) ([]byte, error) {
	s, r, err := assemble(Config{
		Version: version, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Metrics: NewMetrics(),
		Ready: func() []string { return nil }, Ledger: &Ledger{}, Events: noEvents{},
	}, defaultTuning, product)
	if err != nil {
		return nil, err
	}
	s.abort()
	return json.Marshal(r.api.OpenAPI())
}

// noEvents stands for the stream of events while the document is written.
type noEvents struct{}

func (noEvents) Events(context.Context, uint64) iter.Seq2[StreamEvent, error] {
	return func(yield func(StreamEvent, error) bool) {
		yield(StreamEvent{}, errors.New("a document has no events"))
	}
}
