// Package storetest holds every adapter of the event store to one contract.
//
// Run is the conformance suite. Memory is a small correct store, and Faulty
// wraps any store so that it loses requests, loses replies or breaks reads: both
// serve the tests of other packages too. The suite itself is tested against
// stores with one seeded bug each, all of which it must find.
package storetest
