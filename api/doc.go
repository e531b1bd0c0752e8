// Package api is the HTTP side of the ledger: routes, request and answer
// types, problems, limits, metrics and the stream of events.
//
// A request passes, in this order: observe (recover, count, log), guard
// (target, header fields, Host, Origin), the route, perform (body, a place
// among the running operations, a context with a deadline) and the handler.
// A handler returns a value or an error; problemOf turns the error into a code
// of the table and writeProblem, alone, writes it. Nothing of the inside of
// the server and nothing of a request's body leaves in an error or a log line.
package api
