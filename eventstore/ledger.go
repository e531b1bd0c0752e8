package eventstore

import "strings"

// Streams that share the log with the ledger without being part of it.
const (
	CheckpointStream = "checkpoint" // signed tree heads
	ReadTrailPrefix  = "readtrail-" // who read which personal field
)

// ValidStream reports whether a name may be appended to: category, hyphen and
// id (or one bare word), printable ASCII without space, at most MaxStreamName
// bytes, not a system stream ("$…").
func ValidStream(name string) bool {
	if name == "" || len(name) > MaxStreamName || name[0] == '$' || name[0] == '-' {
		return false
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// IsLedger is the one place that says which events make up the ledger, and so
// which ones its size counts: every stream but system streams, the checkpoint
// stream and the read trail. The name is the logical one, without a store's
// own prefix.
func IsLedger(stream string) bool {
	return stream != "" && stream[0] != '$' &&
		stream != CheckpointStream && !strings.HasPrefix(stream, ReadTrailPrefix)
}
