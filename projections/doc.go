// Package projections is the read side: one runner reads the ordered log,
// decodes it in parallel, applies it in order to bitemporal tables, and every
// figure is computed from those tables under one point of view.
//
// # Tables
//
// A row is valid for ledger sizes [from, to). Rows are only ever appended, and
// the few fields that change (when a claim was confirmed, when a row was
// closed) hold the ledger size at which they changed. So a view of any size is
// a filter, not a copy: At never waits for the runner, the runner never waits
// for a view, and the live figure is the same function at the newest size.
//
// # Where a fact counts
//
// Service and study are recorded by a community; a person's standing and the
// participation of a community go by the person's membership on the day of the
// fact. Participants without membership there (外来) are shown apart and never
// enter a numerator. A merged person's facts count for the person merged into,
// whose memberships come first, and whose service keeps the time that both
// share; a community with one successor stands for it
// from the day of the succession.
//
// # Trust
//
// The runner stops at what it does not understand (an unknown type or version,
// malformed data, a gap in a stream) and says where. It never skips. Personal
// fields are never opened here.
package projections
