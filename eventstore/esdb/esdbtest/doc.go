// Package esdbtest is an EventStoreDB for tests: a gRPC server in this process,
// over real sockets, written on the protocol definitions of the official Go
// client, so that the unmodified client stands on the other end. It is test
// support, not a product: its log lives in memory.
//
// # What it is true to
//
//   - Append: expected revisions, and the rules by which an append that is
//     repeated with the same ids succeeds, writes nothing and answers with the
//     original position. A wrong expected version is a result, not an error.
//   - $all: rising, sparse positions above 0, shared with system events ($users,
//     $stats-…, metastreams); reads forwards inclusive, backwards exclusive,
//     subscriptions exclusive; pages of 32; filters by prefix and regular
//     expression with checkpoints; CaughtUp whenever a subscription reaches the
//     end after a page behind it, and never FellBehind.
//   - Streams: truncation ($tb, $maxCount, $maxAge), deletion, tombstones; a
//     missing stream is a message of the read.
//   - Errors: gRPC codes and the trailers (exception, leader-endpoint-host …) by
//     which the client tells them apart.
//   - Transport: keepalive enforcement, 100 streams a connection, 17 MiB
//     messages, 1 MiB appends, TLS, basic authentication, $all for
//     administrators only.
//   - A cluster: gossip, one leader, requires-leader, redirection.
//
// # What it does not do
//
// Nodes of a cluster share one log, so there is no replication lag, no lost
// minority write and no divergence; an election takes no time unless the test
// says so. There are no projections, no links, no scavenging, no stream access
// lists except the one of $all, no persistent subscriptions beyond their
// creation, no batch append and no HTTP. Nothing is written to a disk: a
// restarted node keeps the log of its cluster.
package esdbtest
