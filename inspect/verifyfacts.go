package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"

	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/projections"
)

// tree is what the facts came to.
type tree struct {
	ours   proof.Tree
	other  *compact.Range
	tiles  tiler
	rootAt map[uint64]proof.Hash // at the sizes of all checkpoints
	next   map[string]*uint64    // revision due, by stream
	erased []erasure
	naming naming
	bad    error // the first tile that is not the tree's

	withheld uint64      // leaves without a fact
	gaps     [][2]uint64 // from, to: where they are
}

// facts reads every fact once: its index, its leaf, its place in its stream,
// the tree, and the fold of the read models, at the same time.
func (v *verification) facts() (string, error) {
	v.begin()
	folded, err := projections.Replay(v.ctx, v.history, projections.ReplayOptions{Partial: v.manifest.Range != nil, NoDigests: true})
	v.report.Facts = v.tree.ours.Size() - v.tree.withheld
	var f *fault
	switch {
	case errors.As(err, &f):
		return "", f
	case err != nil:
		return "", wrong("the facts cannot be folded: %v", err)
	}
	v.folded = folded
	return fmt.Sprintf("%d facts, %d streams", v.report.Facts, len(v.tree.next)), nil
}

func (v *verification) begin() {
	v.tree = tree{
		other:  (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0),
		rootAt: map[uint64]proof.Hash{0: proof.EmptyRoot()}, next: map[string]*uint64{},
	}
	v.tree.tiles.full, v.tree.ours.Made = v.compareTile, v.tree.tiles.add
	for _, c := range append(v.heads[:len(v.heads):len(v.heads)], v.o.Known...) {
		v.tree.rootAt[c.Size] = proof.Hash{}
	}
	keep := map[string]bool{domain.InspectionCategory + "-" + v.manifest.Case.ID: true}
	if v.manifest.Sample != nil {
		for _, p := range v.manifest.Sample.Persons {
			keep[domain.PersonCategory+"-"+p] = true
		}
	}
	v.history = &history{facts: v.checked, again: v.unchecked, keep: keep, size: v.cut.Size}
}

// checked reads the facts and refuses the first one that is not what was signed
// for. It stops at the cut.
func (v *verification) checked(ctx context.Context) iter.Seq2[*fact, error] {
	return func(yield func(*fact, error) bool) {
		pieces, err := piecesOf(&v.manifest)
		if err != nil {
			yield(nil, err)
			return
		}
		entries := bundleReader{v: v}
		for f, err := range (factReader{pieces: pieces, open: v.archive.piece}).read(ctx) {
			var lost *fault
			if err == nil {
				if !v.withhold(f.index, &entries, yield) {
					return
				}
				err = v.check(f, &entries)
			} else if at := v.tree.ours.Size(); errors.Is(err, errLine) {
				err = wrongAt(at, "it is not in the one form of a fact")
			} else if errors.As(err, &lost) && lost.missing {
				err = &fault{missing: true, index: &at, text: lost.text}
			} else if lost == nil && ctx.Err() == nil {
				err = wrongAt(at, "%v", err)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !v.give(f, yield) {
				return
			}
		}
		if !v.withhold(v.cut.Size, &entries, yield) {
			return
		}
		if err := v.ended(); err != nil {
			yield(nil, err)
		}
	}
}

// give hands a fact on. The last one is given out only once the root has been
// compared.
func (v *verification) give(f *fact, yield func(*fact, error) bool) bool {
	if f.index+1 == v.cut.Size {
		if err := v.root(); err != nil {
			yield(nil, err)
			return false
		}
	}
	return yield(f, nil)
}

// withhold takes the leaves up to an index from the commitments alone, where the
// bundle is of a range.
func (v *verification) withhold(to uint64, entries *bundleReader, yield func(*fact, error) bool) bool {
	if from := v.tree.ours.Size(); v.manifest.Range != nil && from < min(to, v.cut.Size) {
		v.tree.gaps = append(v.tree.gaps, [2]uint64{from, min(to, v.cut.Size)})
	}
	for v.manifest.Range != nil && v.tree.ours.Size() < min(to, v.cut.Size) {
		at := v.tree.ours.Size()
		entry, err := entries.at(at)
		if err == nil && len(entry) != proof.EntrySize {
			err = wrongAt(at, "its commitment has %d bytes", len(entry))
		}
		if err == nil {
			err = v.grow(proof.LeafHash(entry))
		}
		if err != nil {
			yield(nil, err)
			return false
		}
		v.tree.withheld++
		if !v.give(&fact{index: at, frame: proof.Frame{Stream: projections.Withheld}}, yield) {
			return false
		}
	}
	return true
}

// grow appends a leaf to both trees.
func (v *verification) grow(leaf proof.Hash) error {
	t := &v.tree
	t.ours.Append(leaf)
	if err := t.other.Append(leaf[:], nil); err != nil {
		return err
	}
	if _, wanted := t.rootAt[t.ours.Size()]; wanted {
		t.rootAt[t.ours.Size()] = t.ours.Root()
	}
	return nil
}

// check holds one fact against its place, its entry and its stream.
func (v *verification) check(f *fact, entries *bundleReader) error {
	t, at := &v.tree, v.tree.ours.Size()
	switch {
	case f.index != at:
		return wrongAt(at, "the line there says it is fact %d", f.index)
	case at >= v.cut.Size:
		return wrongAt(at, "it lies beyond the cut")
	case !eventstore.IsLedger(f.frame.Stream):
		return wrongAt(at, "its stream is no ledger stream")
	}
	entry, err := entries.at(at)
	if err != nil {
		return err
	}
	if !bytes.Equal(entry, f.entry[:]) {
		return wrongAt(at, "it is not what its leaf commits to")
	}
	due := t.next[f.frame.Stream]
	if due == nil {
		due = new(uint64)
		t.next[f.frame.Stream] = due
	}
	if f.frame.Revision != *due {
		return wrongAt(at, "revision %d of its stream, where %d is due", f.frame.Revision, *due)
	}
	*due++
	if err := v.grow(f.leaf); err != nil {
		return err
	}
	if strings.HasPrefix(f.frame.Stream, namingPrefix) {
		t.naming.take(f)
	}
	if person, ok := erasedBy(&f.frame); ok {
		t.erased = append(t.erased, erasure{person, f.index})
	}
	if v.o.Progress != nil && at%10_000 == 0 {
		v.o.Progress(at, v.cut.Size)
	}
	return nil
}

// root compares the tree with every checkpoint. When entries and facts agree
// and the root does not, both were changed together: the first tile that is not
// the signed tree's says where, as far as the bundle's tiles can be believed.
func (v *verification) root() error {
	v.tree.tiles.finish()
	for _, c := range append(v.heads[:len(v.heads):len(v.heads)], v.cut) {
		root := v.tree.rootAt[c.Size]
		if c.Size == v.cut.Size {
			root = v.tree.ours.Root()
		}
		if root == c.Root {
			continue
		}
		var f *fault
		if errors.As(v.tree.bad, &f) && f.index != nil {
			return wrongAt(*f.index, "from here on facts and entries agree with each other and not with the root signed at size %d", c.Size)
		}
		return wrong("the root at size %d is not the one that was signed", c.Size)
	}
	return nil
}

// ended: the facts reach the cut.
func (v *verification) ended() error {
	if have := v.tree.ours.Size(); have < v.cut.Size {
		at := have
		return &fault{missing: true, index: &at, text: fmt.Sprintf("the facts end at %d of %d", have, v.cut.Size)}
	}
	return nil
}

// unchecked reads the facts again after they were checked.
func (v *verification) unchecked(ctx context.Context) iter.Seq2[*fact, error] {
	pieces, err := piecesOf(&v.manifest)
	if err != nil {
		return func(yield func(*fact, error) bool) { yield(nil, err) }
	}
	open := func(f File) (content []byte, signed bool, err error) {
		content, err = v.archive.read(f.Path)
		return content, true, err
	}
	return factReader{pieces: pieces, open: open, bare: true}.read(ctx)
}

// bundleReader reads entries in order, a bundle at a time.
type bundleReader struct {
	v       *verification
	tile    uint64
	entries [][]byte
}

func (b *bundleReader) at(index uint64) ([]byte, error) {
	tile := index / proof.TileWidth
	if b.entries == nil || tile != b.tile {
		t := proof.Tile{Entries: true, Index: tile, Width: proof.TileWidth}
		if tile == b.v.cut.Size/proof.TileWidth {
			t.Width = uint16(b.v.cut.Size % proof.TileWidth)
		}
		raw, err := b.v.archive.read(t.Path())
		if err != nil {
			return nil, err
		}
		entries, err := proof.ParseBundle(raw, t.Width)
		if err != nil {
			return nil, wrongAt(index, "its entry bundle is malformed: %v", err)
		}
		b.tile, b.entries = tile, entries
	}
	return b.entries[index%proof.TileWidth], nil
}

// compareTile holds a hash tile of the bundle against the tree's and notes the
// first that differs.
func (v *verification) compareTile(t proof.Tile, hashes []byte) {
	if v.tree.bad != nil {
		return
	}
	have, err := v.archive.read(t.Path())
	switch {
	case err != nil:
		v.tree.bad = err
	case !bytes.Equal(have, hashes):
		first := uint64(0)
		for i := range min(len(have), len(hashes)) {
			if have[i] != hashes[i] {
				first = uint64(i / len(proof.Hash{}))
				break
			}
		}
		index := (t.Index*proof.TileWidth + first) << (proof.TileHeight * uint(t.Level))
		v.tree.bad = wrongAt(index, "%s is not the tile of these facts", t.Path())
	}
}

func (t *tree) tilesAgree() (string, error) { return "", t.bad }
