// Package postgres keeps a vault in PostgreSQL, for a ledger with several
// servers: they open it at the same time with copies of one master key.
//
// Claims are compared and set by the database, so that of two servers that
// enrol one ID number at once exactly one wins. Keys and claims are always read
// from the database or were read from it; what a server holds ready in memory is
// a key, and it is used only while the server knows of every erasure older than
// Config.ErasureLag. Without the database everything that needs it ends with
// vault.ErrUnavailable in bounded time, and goes on by itself when the database
// is back.
//
// The database sees wrapped keys, truncated keyed hashes and subject ids; it is
// of use only with the master key, which never goes there. DESIGN.md of package
// vault says what remains in it after an erasure.
package postgres
