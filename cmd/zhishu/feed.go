package main

import (
	"context"
	"encoding/json"
	"iter"

	"zhishu/api"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/projections"
)

// feed yields what happens in the ledger to open event streams: type, stream
// and ledger size, never the content. Everybody may listen, so a stream is named only
// where everybody may have its facts (0136): whoever counted would know what each
// person did, and how many signed up for each activity (0126).
type feed struct{ l *ledger }

// Events implements api.EventSource. Zero begins with what comes next.
func (f feed) Events(ctx context.Context, after uint64) iter.Seq2[api.StreamEvent, error] {
	return func(yield func(api.StreamEvent, error) bool) {
		at := projections.Now()
		if after > 0 {
			at = projections.AtSize(domain.Size(after))
		}
		view, err := f.l.engine.At(at)
		if err != nil {
			yield(api.StreamEvent{}, err)
			return
		}
		position, mark := view.Mark()
		from, size := uint64(view.Size()), uint64(mark)
		for r, err := range f.l.log.Subscribe(ctx, position) {
			if err != nil {
				yield(api.StreamEvent{}, err)
				return
			}
			if !eventstore.IsLedger(r.Stream) {
				continue
			}
			if size++; size <= from {
				continue
			}
			if !yield(happened(r, size), nil) {
				return
			}
		}
	}
}

func happened(r eventstore.Recorded, size uint64) api.StreamEvent {
	data, _ := json.Marshal(struct {
		Size   uint64 `json:"size"`
		Type   string `json:"type"`
		Stream string `json:"stream"`
	}{size, r.Type, api.StreamTold(r.Stream)})
	return api.StreamEvent{Size: size, Type: r.Type, Data: data}
}
