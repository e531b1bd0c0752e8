package api

import (
	"context"
	"net/http"
)

// Overview tells how far the ledger has come.
type Overview struct {
	LedgerSize   uint64   `json:"ledgerSize" doc:"Ledger events folded into the read models"`
	Day          string   `json:"day,omitempty" format:"date" doc:"Ledger time's civil day"`
	LedgerTime   string   `json:"ledgerTime,omitempty" format:"date-time" doc:"When the last ledger event was recorded"`
	HeadPosition string   `json:"headPosition" doc:"Of the log; an opaque token"`
	Applied      string   `json:"applied" doc:"Position the read models have applied"`
	Log          LogStats `json:"log"`
}

// LogStats is what the log takes.
type LogStats struct {
	Events   uint64 `json:"events" doc:"With what is not part of the ledger"`
	Streams  uint64 `json:"streams"`
	Bytes    uint64 `json:"bytes"`
	Segments int    `json:"segments"`
}

type overviewOutput struct{ Body Overview }

// overview registers where the ledger stands.
func overview(r *routes) {
	add(r, operation{
		id: "get-ledger", method: http.MethodGet, path: "/v1/ledger", tag: "ledger", permission: "figure.read",
		summary: "How far the ledger has come",
	}, func(_ context.Context, in *struct{ ReadInput }) (*overviewOutput, error) {
		v, err := r.server.viewAt("", Cursor{})
		if err != nil {
			return nil, err
		}
		s := r.server.cfg.Ledger.Stats()
		out := Overview{
			LedgerSize: uint64(v.Size()), Day: v.Day().String(), HeadPosition: s.HeadPosition, Applied: s.Applied,
			Log: LogStats{Events: s.Events, Streams: s.Streams, Bytes: s.Bytes, Segments: s.Segments},
		}
		if v.Size() > 0 {
			out.LedgerTime = s.LedgerTime.String()
		}
		return &overviewOutput{Body: out}, nil
	})
}
