package vault

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Examined is what the file of an embedded vault holds. It was read page by
// page, without the database and without its lock, so also beside the process
// that has the vault open; nothing was changed.
type Examined struct {
	LedgerID [16]byte
	Stats
	Secrets int
	// Blemishes are changes in space that holds no record.
	Blemishes []string
	// Free counts pages that hold nothing. What stands in them is left from
	// before and belongs to nobody, so no change of it can be told.
	Free int
	// Unsettled: the file was written to faster than it could be read, so only
	// its header is known.
	Unsettled bool

	mac     *macPool
	wrap    wrapper
	records map[string]map[[16]byte]bool // ids by table
	owners  map[Subject]bool             // of claims
	counts  map[string]uint64
	next    map[string]uint64 // block numbers used up, by table
	last    map[string]uint64 // greatest block number, by table
}

// Mac is the vault's Mac.
func (x *Examined) Mac(purpose string, parts ...[]byte) [32]byte {
	m := x.mac.pool.Get().(*macState)
	defer x.mac.pool.Put(m)
	return m.sum(purpose, parts)
}

// Holds tells how a subject stands: nil when it has a key, ErrErased, ErrNoKey.
func (x *Examined) Holds(s Subject) error {
	switch {
	case x.records["keys"][s]:
		return nil
	case x.records["erasures"][s]:
		return ErrErased
	}
	return ErrNoKey
}

const (
	examineTries = 40
	examineRetry = 25 * time.Millisecond
)

// Examine checks a vault whole: every page, every record's checksum, and that
// every key and secret opens under the master key. Beside an error it returns
// what could be read: the header, whose secret is needed to check a log, can be
// sound where a record is not.
func Examine(ctx context.Context, c Config) (*Examined, error) {
	path := filepath.Join(c.Dir, dataFile)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, c.Dir)
	}
	master, err := ReadMasterKey(c.masterPath())
	if err != nil {
		return nil, err
	}
	defer clear(master[:])
	if err := privatePath(path); err != nil {
		return nil, err
	}
	var known *Examined
	for range examineTries {
		x, settled, err := examineOnce(path, master)
		if settled {
			return x, err
		}
		if known == nil && x != nil {
			known = &Examined{LedgerID: x.LedgerID, mac: x.mac, Unsettled: true}
		}
		select {
		case <-time.After(examineRetry):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if known == nil {
		return nil, fmt.Errorf("%w: it is written to all the time", ErrUnavailable)
	}
	return known, nil
}

// examineOnce reads the file once. settled: nobody wrote to it meanwhile, so the
// answer is about one state of it. A writer never overwrites what the commit
// before it uses, so a header read under one head is that commit's.
func examineOnce(path string, master Key) (x *Examined, settled bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false, unavailable(err)
	}
	defer f.Close() // read only: nothing to lose
	before, err := f.Stat()
	if err != nil {
		return nil, true, unavailable(err)
	}
	head, err := readHeads(f)
	if err == nil {
		x, err = examineFile(f, before.Size(), head, master)
	}
	again, headErr := readHeads(f)
	now, statErr := os.Stat(path)
	settled = statErr == nil && os.SameFile(before, now) && (headErr != nil || again == head)
	return x, settled, err
}

func examineFile(f io.ReaderAt, size int64, head fileHead, master Key) (*Examined, error) {
	x := &Examined{
		records: map[string]map[[16]byte]bool{"keys": {}, "claims": {}, "erasures": {}},
		owners:  map[Subject]bool{}, counts: map[string]uint64{}, next: map[string]uint64{}, last: map[string]uint64{},
	}
	if have := uint64(size) / head.pageSize; have < head.pages {
		return nil, fmt.Errorf("%w: it has %d pages of %d", ErrDamaged, have, head.pages)
	}
	h, err := findHeader(f, head)
	if err != nil {
		return nil, err
	}
	wrap, secret, err := unlock(h, master)
	if err != nil {
		return nil, err
	}
	defer clear(secret[:])
	x.LedgerID, x.mac, x.wrap = h.LedgerID, newMacPool(secret), wrap
	w := &pageWalk{f: f, head: head, seen: make([]bool, head.pages), visit: x}
	w.seen[0], w.seen[1] = true, true
	if err := w.heads(); err != nil {
		return x, err
	}
	if err := w.walk(head.root, nil, nil); err != nil {
		return x, err
	}
	if err := w.free(); err != nil {
		return x, err
	}
	x.Free = w.listed
	return x, x.settle()
}

// findHeader reads the header alone.
func findHeader(f io.ReaderAt, head fileHead) (h Header, err error) {
	found := false
	w := &pageWalk{f: f, head: head, seen: make([]bool, head.pages), only: string(metaBucket)}
	w.visit = finder(func(bucket string, key, value []byte) error {
		if bucket == string(metaBucket) && string(key) == string(headerKey) {
			found = true
			h, err = decodeHeader(value)
		}
		return err
	})
	if err := w.walk(head.root, nil, nil); err != nil {
		return h, err
	}
	if !found {
		return h, fmt.Errorf("%w: it has no header", ErrDamaged)
	}
	return h, nil
}

// finder looks at records and at nothing else.
type finder func(bucket string, key, value []byte) error

func (f finder) record(bucket string, key, value []byte) error { return f(bucket, key, value) }
func (finder) bucket(string, uint64) error                     { return nil }
func (finder) blemish(uint64, string)                          {}

func (x *Examined) blemish(page uint64, what string) {
	x.Blemishes = append(x.Blemishes, fmt.Sprintf("page %d: %s", page, what))
}

// bucket notes how many block numbers a table has used up; nothing else counts.
func (x *Examined) bucket(name string, sequence uint64) error {
	if name == "keys" || name == "claims" {
		x.next[name] = sequence
		return nil
	}
	if sequence != 0 {
		return fmt.Errorf("%w: %s counts what it does not have", ErrDamaged, name)
	}
	return nil
}

// record checks one record and what it holds.
func (x *Examined) record(bucket string, key, value []byte) error {
	switch bucket {
	case string(metaBucket):
		if k := string(key); k != string(headerKey) && k != string(dirtyKey) {
			return fmt.Errorf("%w: an unknown entry %q", ErrDamaged, key)
		}
		return nil
	case string(countsBucket):
		if len(value) != 8 {
			return fmt.Errorf("%w: a count of table %q", ErrDamaged, key)
		}
		x.counts[string(key)] = binary.BigEndian.Uint64(value)
		return nil
	case string(secretsBucket):
		wrapped, err := decodeSecret(key, value)
		if err == nil {
			_, err = x.wrap.unwrap(wrapNamedSecret, key, wrapped)
		}
		x.Secrets++
		return err
	case string(erasuresBucket):
		if _, err := checked(key, value, 8, "an erasure"); err != nil || len(key) != len(Subject{}) {
			return errors.Join(err, fmt.Errorf("%w: an erasure", ErrDamaged))
		}
		return x.add(bucket, [16]byte(key))
	case "keys":
		return x.block(newTable(bucket, wrappedSize), key, value, func(r []byte) error {
			_, err := x.wrap.unwrap(wrapSubjectKey, r[:16], WrappedKey(r[16:]))
			return err
		})
	case "claims":
		return x.block(newTable(bucket, 16), key, value, func(r []byte) error {
			x.owners[Subject(r[16:])] = true
			return nil
		})
	}
	return fmt.Errorf("%w: an unknown table %q", ErrDamaged, bucket)
}

func (x *Examined) block(t *table, key, value []byte, each func(record []byte) error) error {
	records, err := t.open(key, value)
	if err != nil {
		return err
	}
	name := string(t.name)
	x.last[name] = uint64(binary.BigEndian.Uint32(key))
	for ; len(records) > 0; records = records[t.size():] {
		if err := errors.Join(x.add(name, [16]byte(records)), each(records[:t.size()])); err != nil {
			return err
		}
	}
	return nil
}

func (x *Examined) add(table string, id [16]byte) error {
	if x.records[table][id] {
		return fmt.Errorf("%w: %s holds a record twice", ErrDamaged, table)
	}
	x.records[table][id] = true
	return nil
}

// settle compares what the parts say of each other.
func (x *Examined) settle() error {
	for _, name := range []string{"keys", "claims"} {
		have, want := uint64(len(x.records[name])), x.counts[name]
		if have != want {
			return fmt.Errorf("%w: table %s has %d records of %d", ErrDamaged, name, have, want)
		}
		if next := x.next[name]; have > 0 && x.last[name] >= next || next > 1<<32-1 {
			return fmt.Errorf("%w: table %s counts its blocks to %d", ErrDamaged, name, next)
		}
		delete(x.counts, name)
	}
	if len(x.counts) > 0 {
		return fmt.Errorf("%w: it counts a table that it has not", ErrDamaged)
	}
	for s := range x.records["erasures"] {
		if x.records["keys"][s] || x.owners[s] {
			return fmt.Errorf("%w: a subject that was erased has a key or a claim", ErrDamaged)
		}
	}
	x.Stats = Stats{Subjects: len(x.records["keys"]), Claims: len(x.records["claims"]), Erased: len(x.records["erasures"])}
	return nil
}
