// Package vault is the one place for secrets. Everything else the ledger keeps
// can be rebuilt from its log; what stands here cannot, and must not be in the
// log: the log is for ever, and a key must be able to end.
//
// It holds, for every subject (a person, a donor, an import, an account), a
// random 256-bit key under which the personal fields of events are sealed. To
// erase a person is to destroy that key: the log, its proofs and its totals
// stay as they were, and nobody can read the fields again. It holds the
// ledger's own secret for keyed hashes, a few named secrets such as the seed
// of the log's signing key, and the claims that keep an ID number unique
// without storing it.
//
// A [Vault] joins two halves. The sealing half (this package's crypto) is the
// same everywhere and never shows a key to the storing half: a [Store] sees
// wrapped keys, truncated keyed hashes and subject ids. The embedded store is a
// bbolt file (see [Create] and [Open]); vault/postgres is one that several
// servers share; another one only has to satisfy Store and pass vault/vaulttest.
//
// One process opens an embedded vault. The file cannot be opened beside it, not
// even for reading, so a verb that needs names or keys while a server runs asks
// that server; the error ErrLocked names its process. DESIGN.md in this folder
// has the reasons and the formats.
package vault
