package wire

import (
	"errors"

	"zhishu/domain"
)

// Version is the schema version written today, for data and metadata alike.
const Version = 1

var (
	// ErrUnknownType: an event of a type this program does not know.
	ErrUnknownType = errors.New("unknown event type")
	// ErrUnknownVersion: written by a newer program.
	ErrUnknownVersion = errors.New("unknown schema version")
	// ErrMalformed: not the canonical JSON of the type and version. The text
	// names the key and the byte, never a value.
	ErrMalformed = errors.New("malformed event")
	// ErrUnsealed: a personal field still holds plain text.
	ErrUnsealed = errors.New("a personal field is not sealed")
	// ErrUnwritable: a value the stored form has no spelling for.
	ErrUnwritable = errors.New("the event cannot be written")
)

// AppendData appends the event's data JSON to dst. It refuses an event that
// still holds plain text in a personal field (ErrUnsealed), one of a type it
// does not know, and one with a value that could not be read back: text that
// is not UTF-8, a date where none may be missing, a code that is none
// (ErrUnwritable). dst comes back unchanged with an error.
func AppendData(dst []byte, e domain.Event) ([]byte, error) {
	var c Encoder
	return c.AppendData(dst, e)
}

// AppendMeta appends the metadata JSON of m to dst. RecordedAt must lie in the
// years 1 to 9999. Text that is not UTF-8 is repaired with U+FFFD.
// Who writes many events has an Encoder.
func AppendMeta(dst []byte, m domain.Meta) []byte {
	w := writer{b: dst}
	w.begin()
	writeMetaHead(&w, &m)
	writeHashes(&w, &m)
	writeMetaTail(&w, &m)
	w.end()
	return w.b
}

// Decode turns stored bytes of any version ever written into today's event.
// ref is the parsed name of the stream the event stands in. Nothing of data is
// kept. It may be called from any number of goroutines; whoever reads many
// events has a Decoder.
func Decode(ref domain.StreamRef, typ string, version int, data []byte) (domain.Event, error) {
	var d Decoder
	return d.Decode(ref, typ, version, data)
}

// DecodeMeta turns stored metadata into today's, and tells the schema version
// the event was written with.
func DecodeMeta(meta []byte) (m domain.Meta, version int, err error) {
	var d Decoder
	return d.DecodeMeta(meta)
}
