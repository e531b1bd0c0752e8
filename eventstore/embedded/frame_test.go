package embedded

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"zhishu/eventstore"
)

// sealed makes a whole frame at p.
func sealed(p place, stream string, events []eventstore.Event) []byte {
	b, _ := encode(nil, stream, events)
	seal(b, p, p.offset(), 7, 42, 0, 0)
	return b
}

func TestFrameRoundTrip(t *testing.T) {
	p := at(3, blockSize+64)
	for _, events := range [][]eventstore.Event{
		{{}}, {{Type: "t"}}, batch(0, 1, 1), batch(5, 7, 33), batch(0, eventstore.MaxBatchEvents, 0),
		{{Type: strings.Repeat("t", 1000), Data: []byte{0}, Metadata: make([]byte, eventstore.MaxBatchBytes-1001)}},
	} {
		for _, stream := range []string{"a", strings.Repeat("n", eventstore.MaxStreamName)} {
			b := sealed(p, stream, events)
			if len(b) > maxFrame {
				t.Fatalf("a frame of %d bytes, more than maxFrame %d", len(b), maxFrame)
			}
			f, err := parseFrame(append(b, 1, 2, 3), p)
			if err != nil {
				t.Fatal(err)
			}
			if f.at != p || f.seq != 42 || f.chain != 7 || f.count != len(events) || f.length != len(b) || string(f.name) != stream {
				t.Fatalf("head %+v of %q", f.head, f.name)
			}
			got, err := f.events(stream)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range got {
				w := events[i]
				if e.ID != w.ID || e.Type != w.Type || !bytes.Equal(e.Data, w.Data) || !bytes.Equal(e.Metadata, w.Metadata) || e.Revision != eventstore.Revision(i) {
					t.Fatalf("event %d came back as another", i)
				}
			}
		}
	}
}

// TestEveryBitOfAFrameCounts: no bit of a frame can change unnoticed.
func TestEveryBitOfAFrameCounts(t *testing.T) {
	p := at(1, blockSize)
	b := sealed(p, "person-1", batch(0, 2, 11))
	for i := range b {
		for bit := range 8 {
			b[i] ^= 1 << bit
			if _, err := parseFrame(b, p); err == nil {
				t.Errorf("bit %d of byte %d may change", bit, i)
			}
			b[i] ^= 1 << bit
		}
	}
	for n := range b {
		if _, err := parseFrame(b[:n], p); err == nil {
			t.Errorf("the first %d bytes pass for the frame", n)
		}
	}
	if _, err := parseFrame(b, p+8); err == nil {
		t.Error("the frame passes at another place")
	}
}

// FuzzParseFrame feeds the parser whatever it likes, once as it is and once
// with checksums that match, so that the fields behind them are reached too.
func FuzzParseFrame(f *testing.F) {
	p := at(1, blockSize)
	f.Add(sealed(p, "person-1", batch(0, 3, 20)))
	f.Add(sealed(p, "a", []eventstore.Event{{}}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		check := func(b []byte) {
			frame, err := parseFrame(b, p)
			if err != nil {
				return
			}
			events, err := frame.events(string(frame.name))
			if err != nil {
				return
			}
			// What is accepted is what would have been written, but for padding.
			var plain []eventstore.Event
			for _, e := range events {
				plain = append(plain, e.Event)
			}
			again, _ := encode(nil, string(frame.name), plain)
			if len(again) != frame.length || !bytes.Equal(again[headSize:headSize+len(frame.name)], frame.name) {
				t.Fatalf("a frame of %d bytes is accepted and written again with %d", frame.length, len(again))
			}
		}
		check(b)
		if len(b) < headSize+int(atNameLen) || len(b) < headSize+int(b[atNameLen]) {
			return
		}
		b = bytes.Clone(b)
		le := binary.LittleEndian
		n := headSize + int(b[atNameLen])
		if length := int(le.Uint32(b[atLength:])); length > n && length <= len(b) {
			le.PutUint32(b[atBody:], crc32.Checksum(b[n:length], castagnoli))
		}
		le.PutUint32(b[atCheck:], crc32.Checksum(b[atBody:n], castagnoli))
		check(b)
	})
}
