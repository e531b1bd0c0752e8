package embedded

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"zhishu/eventstore"
)

// inspector reads a log by docs/log-format.md alone: it shares no code with the
// package. What it finds is what the page promises.
type inspector struct {
	id     []byte
	seq    uint64
	chain  uint32
	newest map[string]uint64 // stream: place of its newest frame
	counts map[string]uint32
	events []eventstore.Recorded
}

func le32(b []byte, at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
func le64(b []byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
func crc(b []byte) uint32          { return crc32.Checksum(b, crc32.MakeTable(0x82f63b78)) }

func (in *inspector) read(dir string) error {
	if got := crc([]byte("123456789")); got != 0xe3069283 {
		return fmt.Errorf("CRC32C of the check string is %#x", got)
	}
	var meta struct {
		Format int
		ID     string
	}
	text, err := os.ReadFile(filepath.Join(dir, "log.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &meta); err != nil {
		return err
	}
	if in.id, err = hex.DecodeString(meta.ID); err != nil || meta.Format != 1 {
		return fmt.Errorf("format %d, id %q: %v", meta.Format, meta.ID, err)
	}
	in.newest, in.counts = make(map[string]uint64), make(map[string]uint32)
	for number := uint64(1); ; number++ {
		seg, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%010d.seg", number)))
		if err != nil {
			return nil // the log ends here
		}
		next, _ := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%010d.seg", number+1)))
		if err := in.segment(number, seg, next); err != nil {
			return fmt.Errorf("segment %d: %w", number, err)
		}
	}
}

func (in *inspector) segment(number uint64, seg, next []byte) error {
	if string(seg[:8]) != "zhishuS1" || string(seg[8:24]) != string(in.id) || uint64(le32(seg, 32)) != number ||
		le32(seg, 36) != in.chain || le64(seg, 48) != in.seq || crc(seg[:68]) != le32(seg, 68) {
		return fmt.Errorf("head %x", seg[:72])
	}
	at := uint64(4096)
	for at+56 <= uint64(len(seg)) && string(seg[at+8:at+12]) == "ZHF1" {
		n, err := in.frame(number, at, seg[at:])
		if err != nil {
			return fmt.Errorf("frame at %d: %w", at, err)
		}
		at += n
	}
	if next != nil && le64(next, 40) != at {
		return fmt.Errorf("ends at %d, the next segment says %d", at, le64(next, 40))
	}
	return nil
}

func (in *inspector) frame(number, at uint64, b []byte) (uint64, error) {
	length, count, name := uint64(le32(b, 12)), int(b[32])|int(b[33])<<8, 56+int(b[34])
	stream := string(b[56:name])
	switch {
	case crc(b[4:name]) != le32(b, 0), crc(b[name:length]) != le32(b, 4):
		return 0, fmt.Errorf("checksums")
	case uint64(le32(b, 16)) != number, uint64(le32(b, 20)) != at, uint64(le32(b, 24)) > at, b[35] != 0, length%8 != 0:
		return 0, fmt.Errorf("fields")
	case le32(b, 28) != in.chain, le64(b, 36) != in.seq:
		return 0, fmt.Errorf("does not follow")
	case le32(b, 44) != in.counts[stream], le64(b, 48) != in.newest[stream]:
		return 0, fmt.Errorf("does not follow in its stream")
	}
	pos := name
	for i := range count {
		kind, data, meta := int(le32(b, pos+4)), int(le32(b, pos+8)), int(le32(b, pos+12))
		if int(le32(b, pos)) != pos {
			return 0, fmt.Errorf("record %d", i)
		}
		e := eventstore.Recorded{Stream: stream, Revision: eventstore.Revision(le32(b, 44)) + eventstore.Revision(i),
			Position: eventstore.NewPosition(number, at+uint64(pos))}
		copy(e.ID[:], b[pos+16:])
		pos += 32
		e.Type, e.Data, e.Metadata = string(b[pos:pos+kind]), b[pos+kind:pos+kind+data], b[pos+kind+data:pos+kind+data+meta]
		pos += kind + data + meta
		in.events = append(in.events, e)
	}
	if length-uint64(pos) > 7 {
		return 0, fmt.Errorf("records end at %d of %d", pos, length)
	}
	in.chain, in.seq = le32(b, 0), in.seq+uint64(count)
	in.newest[stream], in.counts[stream] = number<<32|at, le32(b, 44)+uint32(count)
	return length, nil
}

// index compares an index with what the segments say. Entries of streams that
// went on after the run are behind, never ahead.
func (in *inspector) index(b []byte) error {
	end := len(b) - 4
	if string(b[:8]) != "zhishuX1" || string(b[8:24]) != string(in.id) || crc(b[:end]) != le32(b, end) {
		return fmt.Errorf("head %x", b[:56])
	}
	entries := b[56:end]
	if uint64(len(entries)) != 28*le64(b, 48) {
		return fmt.Errorf("%d bytes for %d entries", len(entries), le64(b, 48))
	}
	found := 0
	for stream, count := range in.counts {
		sum := sha256.Sum256(append(append([]byte(nil), in.id...), stream...))
		for i := 0; i < len(entries); i += 28 {
			if string(entries[i:i+16]) != string(sum[:16]) {
				continue
			}
			found++
			place := uint64(le32(entries, i+20))<<32 | uint64(le32(entries, i+16))
			if le32(entries, i+24) > count || place > in.newest[stream] || place < 1<<32 {
				return fmt.Errorf("stream %s: %d events up to %#x", stream, le32(entries, i+24), place)
			}
		}
	}
	if 28*found != len(entries) {
		return fmt.Errorf("%d of %d entries belong to no stream", len(entries)/28-found, len(entries)/28)
	}
	return nil
}

func TestFormatIsAsDescribed(t *testing.T) {
	t.Parallel()
	dir, all := segmentsLog(t, 3)
	var in inspector
	if err := in.read(dir); err != nil {
		t.Fatal(err)
	}
	if err := same(in.events, all); err != nil {
		t.Fatalf("a reader made after the description: %v", err)
	}
	indexes := files(t, dir, ".idx")
	if len(indexes) != 2 {
		t.Errorf("indexes %q, want 2", indexes)
	}
	for _, name := range indexes {
		if err := in.index(readFile(t, dir, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	said := readFile(t, dir, "committed")
	last := all[len(all)-1].Position
	hi, lo := last.Parts()
	if string(said[:8]) != "zhishuC1" || string(said[8:24]) != string(in.id) || le64(said, 32) != in.seq || le64(said, 40) != hi<<32|lo ||
		le32(said, 48) != in.chain || crc(said[:52]) != le32(said, 52) {
		t.Errorf("committed %x", said)
	}
}

// TestLimitsAreAsDescribed holds the page's figures to the code.
func TestLimitsAreAsDescribed(t *testing.T) {
	if maxFrame != 937_912 || eventstore.MaxBatchBytes != 921_600 {
		t.Errorf("docs/log-format.md says 937,912 and 921,600 bytes, the code %d and %d", maxFrame, eventstore.MaxBatchBytes)
	}
	if maxFrame > MinSegmentSize-blockSize {
		t.Errorf("a frame of %d bytes does not fit a segment of %d", maxFrame, MinSegmentSize)
	}
}
