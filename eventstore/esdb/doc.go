// Package esdb keeps the ordered log in EventStoreDB, through its official
// client, and is the only package that knows that client.
//
// # What the client does, and what is done about it
//
// The client (v4.2.0) finds a node by itself, and finds another one when a call
// failed as unavailable. While it searches every other call waits, whatever its
// context says; when it gives up it is closed for good and those calls wait for
// ever; each search that succeeds leaves the old connection open. So this
// package lets no client search twice: a client is made, one probe makes it find
// a node while nobody else uses it, and it serves until the first sign of
// trouble. Then no new call enters it, its last call out closes it, and another
// one is made (links, link).
//
// One leak remains: when a node names a leader that goes away before the client
// has reached it, the client forgets that connection without closing it. It
// costs three goroutines.
//
// Every call of the client runs in a goroutine of its own, so that a caller
// leaves when its context ends, and a panic of the client is an error.
//
// Reads and appends ask for the leader by the header the client forgets to send;
// so reading follows a change of the leader, and what was appended is read.
//
// Subscriptions of the client end with a connection, and a hundred of them
// starve it. There is one, shared (feed); it begins again behind the last event
// it has passed on, never at a checkpoint of the server, and a subscriber who
// cannot follow it reads from the log instead. Such reads take turns, and one
// whose reader stands still is closed until it goes on (turns, receive).
package esdb
