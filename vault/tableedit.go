package vault

import (
	"encoding/binary"
	"slices"

	"go.etcd.io/bbolt"
)

// An edit gathers changes to a table within one transaction: staged first,
// written by flush, and made known to readers by publish after the commit.
type edit struct {
	t      *table
	tx     *bbolt.Tx
	staged map[[16]byte][]byte // nil: removed
	fresh  [][16]byte          // staged ids the table does not hold, in order

	placed  []placement
	removed [][16]byte
}

type placement struct {
	id    [16]byte
	block uint32
}

func (t *table) edit(tx *bbolt.Tx) *edit {
	return &edit{t: t, tx: tx, staged: make(map[[16]byte][]byte)}
}

// get returns the value of id as of the changes staged so far, or nil.
func (e *edit) get(id [16]byte) ([]byte, error) {
	if v, ok := e.staged[id]; ok {
		return v, nil
	}
	return e.t.find(e.tx, id)
}

// set stages a value; nil removes the record. value is kept until flush.
func (e *edit) set(id [16]byte, value []byte) {
	_, held := e.t.blocks[id]
	_, again := e.staged[id]
	if !held && !again {
		if value == nil {
			return
		}
		e.fresh = append(e.fresh, id)
	}
	e.staged[id] = value
}

// removeIf stages the removal of every record whose value drop accepts.
func (e *edit) removeIf(drop func(value []byte) bool) error {
	for id, value := range e.staged {
		if value != nil && drop(value) {
			e.staged[id] = nil
		}
	}
	return e.t.each(e.tx, func(_ uint32, records []byte) error {
		for ; len(records) > 0; records = records[e.t.size():] {
			id := [16]byte(records)
			if _, ok := e.staged[id]; !ok && drop(records[16:e.t.size()]) {
				e.staged[id] = nil
			}
		}
		return nil
	})
}

// flush writes the staged changes into the transaction.
func (e *edit) flush() error {
	if len(e.staged) == 0 {
		return nil
	}
	b := e.tx.Bucket(e.t.name)
	if err := e.rewrite(b); err != nil {
		return err
	}
	if err := e.append(b); err != nil {
		return err
	}
	counts := e.tx.Bucket(countsBucket)
	n := e.t.count(e.tx) + uint64(len(e.placed)) - uint64(len(e.removed))
	return counts.Put(e.t.name, binary.BigEndian.AppendUint64(nil, n))
}

// rewrite applies changes of records that stand in a block already.
func (e *edit) rewrite(b *bbolt.Bucket) error {
	touched := make(map[uint32]bool)
	for id := range e.staged {
		if block, ok := e.t.blocks[id]; ok {
			touched[block] = true
		}
	}
	for block := range touched {
		key := blockKey(block)
		old, err := e.t.open(key, b.Get(key))
		if err != nil {
			return err
		}
		kept := e.changed(old)
		if len(kept) == 0 {
			err = b.Delete(key)
		} else {
			err = putChecked(b, key, kept)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// changed returns a copy of a block's records with the changes applied.
func (e *edit) changed(records []byte) []byte {
	size := e.t.size()
	kept := make([]byte, 0, len(records)+4)
	for ; len(records) > 0; records = records[size:] {
		id := [16]byte(records)
		value, staged := e.staged[id]
		switch {
		case !staged:
			kept = append(kept, records[:size]...)
		case value == nil:
			e.removed = append(e.removed, id)
		default:
			kept = append(append(kept, id[:]...), value...)
		}
	}
	return kept
}

// append writes new records into new blocks.
func (e *edit) append(b *bbolt.Bucket) error {
	alive := slices.DeleteFunc(e.fresh, func(id [16]byte) bool { return e.staged[id] == nil })
	b.FillPercent = 1 // block numbers only rise: a page is never split later
	for len(alive) > 0 {
		n := min(len(alive), e.t.perBlock())
		block, err := nextBlock(b)
		if err != nil {
			return err
		}
		records := make([]byte, 0, n*e.t.size()+4)
		for _, id := range alive[:n] {
			records = append(append(records, id[:]...), e.staged[id]...)
			e.placed = append(e.placed, placement{id, block})
		}
		if err := putChecked(b, blockKey(block), records); err != nil {
			return err
		}
		alive = alive[n:]
	}
	return nil
}

// publish tells readers. The transaction is committed; the table is locked.
func (e *edit) publish() {
	for _, p := range e.placed {
		e.t.blocks[p.id] = p.block
	}
	for _, id := range e.removed {
		delete(e.t.blocks, id)
	}
}
