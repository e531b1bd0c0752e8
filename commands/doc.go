// Package commands is the write side: it reads a stream, folds it, lets the
// domain decide, seals personal fields, appends with the exact expected
// revision, and retries with the same event ids.
//
// There is no other way to change anything. A command is identified by its
// account, operation, stream and idempotency key: asked again with the same
// request it answers as the first time, with another request it is refused.
// After a crash, a lost request or a lost reply the same command can simply be
// given again.
package commands
