package proof

import (
	"encoding/binary"
	"fmt"
)

// FrameVersion is the first byte of a frame.
const FrameVersion = 1

// Frame is what a leaf commits to: a fact as it was stored, and where. The
// stream is the logical one without a store's own prefix, and neither a store's
// position nor its stamp is in it, so that a ledger which moves to another
// store keeps its root.
type Frame struct {
	Stream   string
	Revision uint64
	ID       [16]byte
	Type     string
	Data     []byte
	Metadata []byte
}

// Append appends the frame to dst: the version, then stream, revision (8 bytes,
// big-endian), id, type, data and metadata, each after its length in 4 bytes,
// big-endian.
func (f Frame) Append(dst []byte) []byte {
	dst = append(dst, FrameVersion)
	dst = appendField(dst, f.Stream)
	dst = binary.BigEndian.AppendUint32(dst, 8)
	dst = binary.BigEndian.AppendUint64(dst, f.Revision)
	dst = appendField(dst, f.ID[:])
	dst = appendField(dst, f.Type)
	dst = appendField(dst, f.Data)
	return appendField(dst, f.Metadata)
}

func appendField[T string | []byte](dst []byte, field T) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(field)))
	return append(dst, field...)
}

// ParseFrame reads what Append wrote, to the last byte. The frame's data and
// metadata share b's memory.
func ParseFrame(b []byte) (Frame, error) {
	if len(b) == 0 || b[0] != FrameVersion {
		return Frame{}, fmt.Errorf("frame: %w: version", ErrFormat)
	}
	var fields [6][]byte
	rest := b[1:]
	for i := range fields {
		if len(rest) < 4 {
			return Frame{}, fmt.Errorf("frame: %w: it is cut short", ErrFormat)
		}
		n := uint64(binary.BigEndian.Uint32(rest))
		if rest = rest[4:]; n > uint64(len(rest)) {
			return Frame{}, fmt.Errorf("frame: %w: it is cut short", ErrFormat)
		}
		fields[i], rest = rest[:n:n], rest[n:]
	}
	if len(rest) > 0 {
		return Frame{}, fmt.Errorf("frame: %w: %d bytes follow it", ErrFormat, len(rest))
	}
	if len(fields[1]) != 8 || len(fields[2]) != 16 {
		return Frame{}, fmt.Errorf("frame: %w: revision and id have 8 and 16 bytes", ErrFormat)
	}
	return Frame{
		Stream: string(fields[0]), Revision: binary.BigEndian.Uint64(fields[1]), ID: [16]byte(fields[2]),
		Type: string(fields[3]), Data: fields[4], Metadata: fields[5],
	}, nil
}
