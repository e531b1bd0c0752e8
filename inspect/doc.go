// Package inspect makes what an inspector takes away and checks it: a bundle
// holds the facts of a ledger up to a signed checkpoint, the tree over them, the
// figures asked for, and a random sample whose seed neither side could choose.
//
// [Verify] trusts nothing but the keys the inspector pinned. It hashes every
// fact into the tree and compares the root with the signed one, then folds the
// same facts with the read models the ledger itself uses and compares every
// figure byte for byte. So a bundle is sound when its figures follow from its
// facts and its facts are those that were signed for; whether the history was
// rewritten before it was signed only an older checkpoint can tell, and the
// inspector gives the ones that were kept.
//
// The evidence half (frames, leaves, tree, notes) is audit/proof, which shares
// no code with the writer; the tree is computed a second time with
// transparency-dev/merkle, so that a mistake would have to be made twice.
package inspect
