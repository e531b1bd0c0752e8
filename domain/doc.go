// Package domain is the ledger's pure core: which facts exist, when a command
// is refused, and how recorded facts are counted.
//
// It has three moves. Decide judges a command on the state of one stream and
// answers with events or a *Refusal. Evolve folds an event into that state and
// cannot fail. Counting turns recorded facts into recognised minutes, stars,
// standings and rates under policies that are data. Time, identities and what
// other streams say come in as arguments: nothing here reads a clock, a file
// or a random number, and nothing here is a float.
package domain
