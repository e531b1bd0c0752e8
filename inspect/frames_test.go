package inspect

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"zhishu/audit/proof"
)

// someFacts are facts of many lengths, some longer than a block.
func someFacts(n int) (frames []proof.Frame, lines []byte) {
	for i := range n {
		f := proof.Frame{
			Stream: fmt.Sprintf("person-%d", i%7), Revision: uint64(i / 7), ID: [16]byte{byte(i), byte(i >> 8), 3}, Type: fmt.Sprint("kind-", i%3),
			Data: []byte(`{"text":"` + strings.Repeat("a{\\\"}", i*i*3%500) + `","n":{"m":[]}}`), Metadata: []byte(`{"v":1}`),
		}
		if i%97 == 96 {
			f.Data = []byte(`{"long":"` + strings.Repeat("字", blockBytes/3+i) + `"}`)
		}
		frames = append(frames, f)
		lines, _ = appendLine(lines, uint64(i), proof.Salt{byte(i)}, &f)
	}
	return frames, lines
}

// parsed is the frame of a line.
func parsed(line []byte) (proof.Frame, error) {
	var f fact
	err := f.parse(line, map[string]string{})
	return f.frame, err
}

// indexOf is the index a line says.
func indexOf(line []byte) uint64 {
	var f fact
	_ = f.parse(line, map[string]string{})
	return f.index
}

// TestReadFacts: every fact comes once, in order, as it was written, with its
// entry and leaf, and the sums are those of all bytes.
func TestReadFacts(t *testing.T) {
	frames, lines := someFacts(600)
	for what, r := range map[string]io.Reader{"at once": bytes.NewReader(lines), "in pieces": iotest.HalfReader(bytes.NewReader(lines))} {
		sum, d := sha256.New(), newDigests()
		n := 0
		for f, err := range (factReader{from: r, sums: append(d.apart(), sum)}).read(t.Context()) {
			noErr(t, err)
			want := frames[n]
			entry := proof.Commit(proof.Salt{byte(n)}, want.Append(nil))
			if f.index != uint64(n) || f.salt != (proof.Salt{byte(n)}) || !bytes.Equal(f.frame.Append(nil), want.Append(nil)) || f.entry != entry || f.leaf != proof.LeafHash(entry[:]) {
				t.Fatalf("%s: fact %d is %+v", what, n, f)
			}
			n++
		}
		whole := newDigests()
		whole.Write(lines)
		if n != len(frames) || [32]byte(sum.Sum(nil)) != sha256.Sum256(lines) || d.file("x") != whole.file("x") {
			t.Errorf("%s: %d facts of %d, or the sums differ", what, n, len(frames))
		}
	}
}

// TestReadFactsEnds: a line cut short, one that is too long, a read that fails
// and a reader that wants no more end it, and leave no goroutine behind.
func TestReadFactsEnds(t *testing.T) {
	_, lines := someFacts(200)
	count := func(r io.Reader) (n int, last error) {
		for _, err := range (factReader{from: r, sums: newDigests().apart()}).read(t.Context()) {
			if last = err; err == nil {
				n++
			}
		}
		return n, last
	}
	if n, err := count(bytes.NewReader(lines[:len(lines)-1])); n != 199 || !errors.Is(err, errLine) {
		t.Errorf("cut short: %d, %v", n, err)
	}
	if n, err := count(io.MultiReader(bytes.NewReader(lines), strings.NewReader(strings.Repeat("x", 2*maxLineBytes)))); n != 200 || !errors.Is(err, errLineTooLong) {
		t.Errorf("too long: %d, %v", n, err)
	}
	if n, err := count(io.MultiReader(bytes.NewReader(lines), strings.NewReader(strings.Repeat("x", maxLineBytes+1)+"\n"))); n != 200 || !errors.Is(err, errLineTooLong) {
		t.Errorf("too long, with an end: %d, %v", n, err)
	}
	if n, err := count(io.MultiReader(bytes.NewReader(lines), iotest.ErrReader(io.ErrClosedPipe))); n != 200 || !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a read that fails: %d, %v", n, err)
	}
	for range (factReader{from: bytes.NewReader(lines)}).read(t.Context()) {
		break
	}
	for n := range 200 { // at any moment
		ctx, cancel := context.WithCancel(t.Context())
		for _, err := range (factReader{from: bytes.NewReader(lines), sums: newDigests().apart()}).read(ctx) {
			if n--; n < 0 {
				cancel()
			}
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		cancel()
	}
}

// TestOneSpelling: a line that is read is the line that is written of what it
// says, whatever was done to it.
func TestOneSpelling(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 9))
	f := proof.Frame{Stream: "person-1", Revision: math.MaxUint64, ID: [16]byte{1, 2}, Type: "a", Data: []byte(`{"a":"\\\"}"}`), Metadata: []byte(`{}`)}
	line, err := appendLine(nil, 120, proof.Salt{0xab, 0xcd}, &f)
	noErr(t, err)
	read := 0
	bytesOf := []byte("0123456789abcdefABCDEF{}\"\\,: \n\x00~")
	for range 200_000 {
		changed := bytes.Clone(line)
		for range 1 + rnd.IntN(2) {
			i := rnd.IntN(len(changed))
			switch rnd.IntN(3) {
			case 0:
				changed[i] = bytesOf[rnd.IntN(len(bytesOf))]
			case 1:
				changed = append(changed[:i], changed[i+1:]...)
			case 2:
				changed = append(changed[:i], append([]byte{bytesOf[rnd.IntN(len(bytesOf))]}, changed[i:]...)...)
			}
		}
		var got fact
		if got.parse(changed, map[string]string{}) != nil {
			continue
		}
		read++
		again, err := appendLine(nil, got.index, got.salt, &got.frame)
		if err != nil || !bytes.Equal(again, changed) {
			t.Fatalf("%q\nis read as\n%q, %v", changed, again, err)
		}
	}
	if read < 1000 {
		t.Errorf("only %d of the changed lines were read", read)
	}
}
