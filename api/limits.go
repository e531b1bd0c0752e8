package api

import "time"

// Every bound of the HTTP side stands here. Sizes carry their unit in the
// name; times are time.Durations.
const (
	// MaxBodyBytes bounds a JSON request body; MaxUploadBytes the body of a
	// route that takes a file.
	MaxBodyBytes   = 1 << 20
	MaxUploadBytes = 32 << 20
	// MaxHeaderBytes bounds the request line and all header fields together.
	// It is also the larger part of what a connection costs while its request
	// is being read, about 16 KiB in all.
	MaxHeaderBytes = 8 << 10
	// MaxTargetBytes bounds path and query together.
	MaxTargetBytes = 2 << 10

	MaxQueryParameters   = 32
	MaxJSONDepth         = 16  // arrays and objects inside one another
	MaxJSONMembers       = 128 // member names in one object
	MaxRowsPerList       = 200 // rows of a list command, a roster for instance
	DefaultPageRows      = 50
	MaxPageRows          = 500
	MaxErrorsPerProblem  = 100 // faults named in one answer
	MaxIdempotencyKeyLen = 128 // bytes of visible ASCII
	MaxPositionLen       = 128 // bytes of a position token
	MaxCursorLen         = 512 // bytes of a page cursor
	MaxETagsPerRequest   = 16  // tags in one If-None-Match

	// MaxConnections bounds open connections, MaxConcurrentRequests the
	// operations running at once, MaxEventStreams the open event streams.
	MaxConnections        = 4_096
	MaxConcurrentRequests = 256
	MaxEventStreams       = 256
	// EventsPerFlush is how many waiting events one write of a stream takes.
	EventsPerFlush = 64

	HeaderTimeout    = 5 * time.Second   // from the first byte of a request to the end of its header
	BodyTimeout      = 10 * time.Second  // from there to the end of the body
	UploadTimeout    = 120 * time.Second // the same, where a file is taken
	WriteTimeout     = 30 * time.Second  // one answer, or one event of a stream
	IdleTimeout      = 60 * time.Second  // a kept-alive connection without a request
	RequestTimeout   = 10 * time.Second  // an operation, unless it names its own
	ImportTimeout    = 15 * time.Minute  // one sheet
	PositionTimeout  = 5 * time.Second   // the wait for after=…
	BusyWait         = 50 * time.Millisecond
	BusyRetryAfter   = 1 * time.Second
	HeartbeatEvery   = 20 * time.Second
	StreamRetryAfter = 3 * time.Second
)
