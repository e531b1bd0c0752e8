package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"zhishu/internal/durable"
)

// fileStore is the Store in one bbolt file.
type fileStore struct {
	dir  string
	lock *durable.Lock

	// mu guards what follows: readers share it, and a commit or a compaction
	// takes it for the moment in which it shows its result.
	mu     sync.RWMutex
	db     *bbolt.DB
	closed bool
	keys   *table
	claims *table
	erased map[Subject]time.Time

	viewing sync.Mutex // one copy for a View at a time

	// Only the writer goroutine uses these.
	broken error // after a write of unknown outcome
	dirty  bool  // old copies of erased records are left in the file

	ops           chan *op
	stop, stopped chan struct{}
	closeOnce     sync.Once
	closeErr      error
}

var (
	metaBucket     = []byte("meta")
	erasuresBucket = []byte("erasures")
	secretsBucket  = []byte("secrets")

	headerKey = []byte("header")
	dirtyKey  = []byte("dirty")
)

func newFileStore(dir string, lock *durable.Lock, db *bbolt.DB) *fileStore {
	return &fileStore{
		dir: dir, lock: lock, db: db,
		keys:    newTable("keys", wrappedSize),
		claims:  newTable("claims", 16),
		erased:  make(map[Subject]time.Time),
		ops:     make(chan *op),
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
}

// layout makes the buckets of a new file.
func (s *fileStore) layout(tx *bbolt.Tx, h Header) error {
	for _, name := range [][]byte{metaBucket, erasuresBucket, secretsBucket, countsBucket, s.keys.name, s.claims.name} {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return tx.Bucket(metaBucket).Put(headerKey, h.encode())
}

// load reads what is kept in memory and checks every record on the way.
func (s *fileStore) load() (err error) {
	tx, err := s.db.Begin(false)
	if err != nil {
		return unavailable(err)
	}
	defer rollback(tx, &err)
	for _, name := range [][]byte{metaBucket, erasuresBucket, secretsBucket, countsBucket} {
		if tx.Bucket(name) == nil {
			return fmt.Errorf("%w: it has no %s", ErrDamaged, name)
		}
	}
	if err := s.loadMeta(tx); err != nil {
		return err
	}
	if s.erased, err = loadErasures(tx); err != nil {
		return err
	}
	err = tx.Bucket(secretsBucket).ForEach(func(name, v []byte) error {
		_, err := decodeSecret(name, v)
		return err
	})
	return errors.Join(err, s.keys.load(tx), s.claims.load(tx))
}

func (s *fileStore) loadMeta(tx *bbolt.Tx) error {
	return tx.Bucket(metaBucket).ForEach(func(k, v []byte) error {
		switch string(k) {
		case string(headerKey):
			_, err := decodeHeader(v)
			return err
		case string(dirtyKey):
			s.dirty = true
			return nil
		default:
			return fmt.Errorf("%w: an unknown entry %q", ErrDamaged, k)
		}
	})
}

// read runs f on a committed state. Readers never wait for a sync.
func (s *fileStore) read(f func(*bbolt.Tx) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return ErrClosed
	}
	return s.db.View(f)
}

func (s *fileStore) Header(context.Context) (h Header, err error) {
	err = s.read(func(tx *bbolt.Tx) error {
		h, err = decodeHeader(tx.Bucket(metaBucket).Get(headerKey))
		return err
	})
	return h, err
}

func (s *fileStore) Stats(context.Context) (Stats, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return Stats{}, ErrClosed
	}
	return Stats{Subjects: len(s.keys.blocks), Claims: len(s.claims.blocks), Erased: len(s.erased)}, nil
}

func (s *fileStore) Absent(_ context.Context, subjects []Subject) (absent []Subject, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, ErrClosed
	}
	for _, subject := range subjects {
		if _, ok := s.keys.blocks[subject]; ok {
			continue
		}
		if _, ok := s.erased[subject]; ok {
			return nil, &SubjectError{subject, ErrErased}
		}
		absent = append(absent, subject)
	}
	return absent, nil
}

func (s *fileStore) WrappedKey(_ context.Context, subject Subject) (w WrappedKey, err error) {
	err = s.read(func(tx *bbolt.Tx) error {
		value, err := s.keys.find(tx, subject)
		switch {
		case err != nil:
			return err
		case value != nil:
			copy(w[:], value)
			return nil
		}
		// Not s.erased: between a commit and its publication it lags behind tx.
		if tx.Bucket(erasuresBucket).Get(subject[:]) != nil {
			return &SubjectError{subject, ErrErased}
		}
		return &SubjectError{subject, ErrNoKey}
	})
	return w, err
}

func (s *fileStore) Owners(_ context.Context, tags []Tag) (owners []Subject, err error) {
	owners = make([]Subject, len(tags))
	err = s.read(func(tx *bbolt.Tx) error {
		for i, tag := range tags {
			value, err := s.claims.find(tx, tag)
			if err != nil {
				return err
			}
			copy(owners[i][:], value)
		}
		return nil
	})
	return owners, err
}

func (s *fileStore) WrappedSecret(_ context.Context, name string) (w WrappedKey, found bool, err error) {
	err = s.read(func(tx *bbolt.Tx) error {
		v := tx.Bucket(secretsBucket).Get([]byte(name))
		if found = v != nil; found {
			w, err = decodeSecret([]byte(name), v)
		}
		return err
	})
	return w, found, err
}

func (s *fileStore) Erasures(context.Context) ([]Erasure, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, ErrClosed
	}
	return sortedErasures(s.erased), nil
}

func sortedErasures(erased map[Subject]time.Time) []Erasure {
	list := make([]Erasure, 0, len(erased))
	for subject, at := range erased {
		list = append(list, Erasure{subject, at})
	}
	slices.SortFunc(list, func(a, b Erasure) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return slices.Compare(a.Subject[:], b.Subject[:])
	})
	return list
}

func (s *fileStore) Close() error {
	s.closeOnce.Do(func() {
		close(s.stop)
		<-s.stopped
		s.viewing.Lock() // its copy is ours to destroy before the lock file is free
		defer s.viewing.Unlock()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.closed = true
		s.closeErr = errors.Join(s.db.Close(), s.lock.Unlock())
	})
	return s.closeErr
}
