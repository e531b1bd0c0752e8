package vault

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// The layout of bbolt's format 2, in the machine's byte order. Sizes in bytes.
const (
	pageHeadSize = 16 // id (8), flags (2), count (2), overflow (4)
	elementSize  = 16 // branch: pos (4), key size (4), page (8); leaf: flags (4), pos (4), key size (4), value size (4)
	bucketSize   = 16 // root page (8), sequence (8); an inline page follows when root is 0

	flagBranch, flagLeaf, flagMeta, flagFreelist = 0x01, 0x02, 0x04, 0x10
	flagBucket                                   = 0x01 // of a leaf element

	headMagic   = 0xED0CDAED
	headVersion = 2
	headSize    = 64
	headSumAt   = 56 // FNV-1a over the bytes before it
)

var (
	u16 = binary.NativeEndian.Uint16
	u32 = binary.NativeEndian.Uint32
	u64 = binary.NativeEndian.Uint64
)

// fileHead names the last commit. Two pages take turns in holding it.
type fileHead struct{ pageSize, root, freelist, pages, tx uint64 }

// readHeads returns the newer head. It refuses a file of which either does not
// fit its checksum: bbolt would go on with the other, the commit before, and
// keys that were acknowledged would be gone in silence. A head is smaller than
// a sector, so a power cut leaves it whole, old or new; a broken one is damage.
func readHeads(f io.ReaderAt) (fileHead, error) {
	first, err := readHead(f, 0, 0)
	if err != nil {
		return first, err
	}
	second, err := readHead(f, 1, first.pageSize)
	if err != nil {
		return first, err
	}
	if second.tx > first.tx {
		return second, nil
	}
	return first, nil
}

func readHead(f io.ReaderAt, id, pageSize uint64) (fileHead, error) {
	page := make([]byte, pageHeadSize+headSize)
	if _, err := f.ReadAt(page, int64(id*pageSize)); err != nil {
		return fileHead{}, fmt.Errorf("%w: it ends before head %d: %w", ErrDamaged, id, err)
	}
	b := page[pageHeadSize:]
	sum := fnv.New64a()
	sum.Write(b[:headSumAt])
	h := fileHead{pageSize: uint64(u32(b[8:])), root: u64(b[16:]), freelist: u64(b[32:]), pages: u64(b[40:]), tx: u64(b[48:])}
	switch {
	case u64(page) != id, u16(page[8:]) != flagMeta,
		u32(b) != headMagic, u32(b[4:]) != headVersion, u64(b[headSumAt:]) != sum.Sum64():
		return h, fmt.Errorf("%w: head %d does not fit its checksum; the last commit may be lost", ErrDamaged, id)
	case h.pageSize < 1024, h.pageSize > 1<<16, h.pages < 4, h.pages > 1<<40/h.pageSize:
		return h, fmt.Errorf("%w: head %d has impossible sizes", ErrDamaged, id)
	}
	return h, nil
}

// A pageWalk visits every page of the file once and holds each to the way bbolt
// writes: its own number, keys in order and within the range its parent names,
// elements and their content without a gap. So a flipped bit in a count, an
// offset, a size or a page number is found.
type pageWalk struct {
	f    io.ReaderAt
	head fileHead
	seen []bool

	visit  pageVisitor // may be nil
	only   string      // the one bucket to go into; empty: all
	within string      // the bucket being walked
	listed int         // pages listed as free

	spare [][]byte // buffers of one page to use again
}

// A pageVisitor is shown what a walk comes across. What it is given is valid only
// during the call.
type pageVisitor interface {
	record(bucket string, key, value []byte) error
	bucket(name string, sequence uint64) error
	blemish(page uint64, what string) // space that holds nothing and is not as it was written
}

func (w *pageWalk) bad(id uint64, what string) error {
	return fmt.Errorf("%w: page %d: %s", ErrDamaged, id, what)
}

// read returns a page with its overflow pages, and marks them as used.
func (w *pageWalk) read(id uint64) ([]byte, error) {
	if id < 2 || id >= w.head.pages {
		return nil, w.bad(id, "no such page")
	}
	var head [pageHeadSize]byte
	if _, err := w.f.ReadAt(head[:], int64(id*w.head.pageSize)); err != nil {
		return nil, unavailable(err)
	}
	end := id + uint64(u32(head[12:])) + 1
	if u64(head[:]) != id || end > w.head.pages {
		return nil, w.bad(id, "another page's head")
	}
	for p := id; p < end; p++ {
		if w.seen[p] {
			return nil, w.bad(p, "used twice")
		}
		w.seen[p] = true
	}
	page := w.buffer((end - id) * w.head.pageSize)
	if _, err := w.f.ReadAt(page, int64(id*w.head.pageSize)); err != nil {
		return nil, unavailable(err)
	}
	return page, nil
}

func (w *pageWalk) buffer(size uint64) []byte {
	if last := len(w.spare) - 1; size == w.head.pageSize && last >= 0 {
		page := w.spare[last]
		w.spare = w.spare[:last]
		return page
	}
	return make([]byte, size)
}

// done takes back a buffer that nothing refers to any more.
func (w *pageWalk) done(page []byte) {
	if uint64(len(page)) == w.head.pageSize {
		w.spare = append(w.spare, page)
	}
}

// walk checks a page and all below it. Its keys lie at or after from and, unless
// that is nil, before to.
func (w *pageWalk) walk(id uint64, from, to []byte) error {
	page, err := w.read(id)
	if err != nil {
		return err
	}
	defer w.done(page)
	return w.elements(id, page, from, to)
}

type element struct {
	key, value []byte
	child      uint64
	bucket     bool
}

func (w *pageWalk) elements(id uint64, page []byte, from, to []byte) error {
	elements, err := w.parse(id, page)
	if err != nil {
		return err
	}
	branch := u16(page[8:]) == flagBranch
	if w.visit != nil && len(elements) > 0 && from != nil && !bytes.Equal(elements[0].key, from) {
		w.visit.blemish(id, "the page above names another first key")
	}
	for i, e := range elements {
		if bytes.Compare(e.key, from) < 0 || i > 0 && bytes.Equal(e.key, from) || to != nil && bytes.Compare(e.key, to) >= 0 {
			return w.bad(id, "keys out of order")
		}
		from = e.key
		switch {
		case branch:
			next := to
			if i+1 < len(elements) {
				next = elements[i+1].key
			}
			err = w.walk(e.child, e.key, next)
		case e.bucket:
			err = w.bucket(id, e.key, e.value)
		case w.visit != nil:
			err = w.visit.record(w.within, e.key, e.value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parse cuts a branch or leaf page into its elements.
func (w *pageWalk) parse(id uint64, page []byte) ([]element, error) {
	flags, count := u16(page[8:]), int(u16(page[10:]))
	if flags != flagBranch && flags != flagLeaf || flags == flagBranch && count == 0 {
		return nil, w.bad(id, "neither branch nor leaf")
	}
	at := pageHeadSize + count*elementSize // where the content goes on
	if at > len(page) {
		return nil, w.bad(id, "its elements do not fit")
	}
	elements := make([]element, count)
	for i := range elements {
		start := pageHeadSize + i*elementSize
		b := page[start:]
		e := &elements[i]
		pos, keySize, valueSize := u32(b), int(u32(b[4:])), 0
		if flags == flagLeaf {
			pos, keySize, valueSize = u32(b[4:]), int(u32(b[8:])), int(u32(b[12:]))
			e.bucket = u32(b) == flagBucket
			if u32(b) > flagBucket {
				return nil, w.bad(id, "an element of unknown kind")
			}
		} else {
			e.child = u64(b[8:])
		}
		if start+int(pos) != at || keySize > len(page)-at || valueSize > len(page)-at-keySize {
			return nil, w.bad(id, "a gap between elements")
		}
		e.key, e.value = page[at:at+keySize], page[at+keySize:at+keySize+valueSize]
		at += keySize + valueSize
	}
	w.zero(id, page[at:], "behind its content")
	return elements, nil
}

// zero notes a change in space that bbolt leaves empty.
func (w *pageWalk) zero(id uint64, space []byte, where string) {
	if w.visit != nil && len(bytes.TrimLeft(space, "\x00")) > 0 {
		w.visit.blemish(id, "space "+where+" is not empty")
	}
}

// heads looks at the rest of the two pages that hold the heads.
func (w *pageWalk) heads() error {
	for id := range uint64(2) {
		page := make([]byte, w.head.pageSize)
		if _, err := w.f.ReadAt(page, int64(id*w.head.pageSize)); err != nil {
			return unavailable(err)
		}
		w.zero(id, page[10:pageHeadSize], "in front of the head")
		w.zero(id, page[pageHeadSize+headSize:], "behind the head")
	}
	return nil
}

func (w *pageWalk) bucket(id uint64, name, value []byte) error {
	if len(value) < bucketSize {
		return w.bad(id, "a bucket without root")
	}
	if w.within != "" {
		return w.bad(id, "a bucket within another")
	}
	if w.only != "" && w.only != string(name) {
		return nil
	}
	w.within = string(name)
	defer func() { w.within = "" }()
	if w.visit != nil {
		if err := w.visit.bucket(w.within, u64(value[8:])); err != nil {
			return err
		}
	}
	if root := u64(value); root != 0 {
		if len(value) != bucketSize {
			return w.bad(id, "a bucket with two roots")
		}
		return w.walk(root, nil, nil)
	}
	inline := value[bucketSize:]
	if len(inline) < pageHeadSize || u16(inline[8:]) != flagLeaf {
		return w.bad(id, "a bucket without content")
	}
	w.zero(id, inline[:8], "in a bucket's head")
	w.zero(id, inline[12:pageHeadSize], "in a bucket's head")
	return w.elements(id, inline, nil, nil)
}

// free checks that exactly the pages not in use are listed as free: one that is
// both would be overwritten later.
func (w *pageWalk) free() error {
	id := w.head.freelist
	page, err := w.read(id)
	if err != nil {
		return err
	}
	count, ids := uint64(u16(page[10:])), page[pageHeadSize:]
	if count == 0xFFFF { // too many for the field
		count, ids = u64(ids), ids[8:]
	}
	if u16(page[8:]) != flagFreelist || count > uint64(len(ids)/8) {
		return w.bad(id, "not a list of free pages")
	}
	for ; count > 0; count, ids = count-1, ids[8:] {
		p := u64(ids)
		if p >= w.head.pages || w.seen[p] {
			return w.bad(id, "it lists a page as free that is in use")
		}
		w.seen[p] = true
		w.listed++
	}
	w.zero(id, ids, "behind its content")
	for p, seen := range w.seen {
		if !seen {
			return w.bad(uint64(p), "neither in use nor free")
		}
	}
	return nil
}
