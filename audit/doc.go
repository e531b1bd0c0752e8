// Package audit keeps a Merkle tree over the ledger's one order, signs its head,
// and hands out what others need to check it: tiles, checkpoints, receipts.
//
// A leaf commits to one ledger event (see audit/proof), and its index is the
// ledger's size before it: dense, the same in every store. [Log] follows the log
// through the port, so it works alike for the embedded log and for EventStoreDB.
// What it keeps on disk are full tiles, entry bundles and one store position for
// every 256 leaves. All of it can be made again from the events, and is, when it
// does not fit: deleting it costs time, never facts.
//
// Heads of the tree stand in the stream "checkpoint", which is not part of the
// tree, each appended with the exact revision that must come before it. So two
// servers never announce two heads that do not continue each other, and only
// after its append is a head signed and published. Ed25519 gives one signature
// for one text, so after a crash between the two any server that holds the key
// publishes the very same checkpoint.
//
// The newest checkpoint is also kept outside the ledger's directory (the guard),
// because a copy put back from yesterday brings its own checkpoints with it.
package audit
