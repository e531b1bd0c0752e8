package vault

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"go.etcd.io/bbolt"
)

// A table keeps records of one size, each led by a random 16-byte id, in a
// bucket of numbered blocks. New records go into new blocks at the end, so a
// bulk write touches as many pages as its bytes fill: random ids as bbolt keys
// would rewrite nearly every page of the file for each batch. Which block holds
// which id stands in memory, 20 bytes a record and the map's room, and is read
// from the file when it opens.
//
// A block is its records and a CRC32C over its number and them. The bucket "tables" counts the
// records of each table, so that a lost page cannot pass for a missing record.
type table struct {
	name   []byte
	what   string // a block of it, in an error
	value  int    // bytes of a record after its id
	blocks map[[16]byte]uint32
}

// blockBytes makes four blocks fill one page of 4 KiB.
const blockBytes = 990

var (
	countsBucket = []byte("tables")
	castagnoli   = crc32.MakeTable(crc32.Castagnoli)
)

func newTable(name string, value int) *table {
	return &table{name: []byte(name), what: "a block of table " + name, value: value, blocks: make(map[[16]byte]uint32)}
}

func (t *table) size() int     { return 16 + t.value }
func (t *table) perBlock() int { return (blockBytes - 4) / t.size() }

// each calls visit with every block's records, checked, in order.
func (t *table) each(tx *bbolt.Tx, visit func(block uint32, records []byte) error) error {
	b := tx.Bucket(t.name)
	if b == nil {
		return fmt.Errorf("%w: it has no table %s", ErrDamaged, t.name)
	}
	return b.ForEach(func(k, v []byte) error {
		records, err := t.open(k, v)
		if err != nil {
			return err
		}
		return visit(binary.BigEndian.Uint32(k), records)
	})
}

// open checks a block and returns its records.
func (t *table) open(key, stored []byte) ([]byte, error) {
	n := len(stored) - 4
	if n <= 0 || n%t.size() != 0 || len(key) != 4 {
		return nil, fmt.Errorf("%w: table %s, block %x", ErrDamaged, t.name, key)
	}
	return checked(key, stored, n, t.what)
}

// load reads which block holds which id.
func (t *table) load(tx *bbolt.Tx) error {
	want := t.count(tx)
	t.blocks = make(map[[16]byte]uint32, min(want, 1<<24))
	var seen, last uint64
	err := t.each(tx, func(block uint32, records []byte) error {
		last = uint64(block)
		for ; len(records) > 0; records = records[t.size():] {
			t.blocks[[16]byte(records)] = block
			seen++
		}
		return nil
	})
	if err != nil {
		return err
	}
	if seen != want || uint64(len(t.blocks)) != want {
		return fmt.Errorf("%w: table %s has %d records of %d", ErrDamaged, t.name, seen, want)
	}
	if seen > 0 && last >= tx.Bucket(t.name).Sequence() {
		return fmt.Errorf("%w: table %s would write block %d again", ErrDamaged, t.name, last)
	}
	return nil
}

func (t *table) count(tx *bbolt.Tx) uint64 {
	if b := tx.Bucket(countsBucket); b != nil {
		if v := b.Get(t.name); len(v) == 8 {
			return binary.BigEndian.Uint64(v)
		}
	}
	return 0
}

// find returns the value of id, or nil. It is valid while tx is open.
func (t *table) find(tx *bbolt.Tx, id [16]byte) ([]byte, error) {
	block, ok := t.blocks[id]
	if !ok {
		return nil, nil
	}
	key := blockKey(block)
	stored := tx.Bucket(t.name).Get(key)
	if stored == nil {
		return nil, nil // its last record was removed by a commit not published yet
	}
	records, err := t.open(key, stored)
	if err != nil {
		return nil, err
	}
	return t.in(records, id), nil
}

func (t *table) in(records []byte, id [16]byte) []byte {
	for ; len(records) > 0; records = records[t.size():] {
		if [16]byte(records) == id {
			return records[16:t.size()]
		}
	}
	return nil
}

func blockKey(n uint32) []byte { return binary.BigEndian.AppendUint32(make([]byte, 0, 4), n) }

// nextBlock is the number of the block to be written next.
func nextBlock(b *bbolt.Bucket) (uint32, error) {
	n := b.Sequence()
	if n >= math.MaxUint32 {
		return 0, fmt.Errorf("%w: a table has used up its block numbers", ErrFull)
	}
	return uint32(n), b.SetSequence(n + 1)
}
