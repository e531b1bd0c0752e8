package vault

import (
	"context"

	"go.etcd.io/bbolt"
)

func (s *fileStore) InsertKeys(ctx context.Context, keys []StoredKey) error {
	return s.do(ctx, false, func(b *batch) error { return s.insertKeys(b, keys) })
}

func (s *fileStore) insertKeys(b *batch, keys []StoredKey) error {
	for i := range keys {
		if s.isErased(b, keys[i].Subject) {
			return &SubjectError{keys[i].Subject, ErrErased}
		}
	}
	for i := range keys {
		held, err := b.keys.get(keys[i].Subject)
		if err != nil {
			return err
		}
		if held == nil {
			b.keys.set(keys[i].Subject, keys[i].Wrapped[:])
		}
	}
	return nil
}

// isErased asks within a batch. Only the writer changes s.erased, so it may
// read without the lock.
func (s *fileStore) isErased(b *batch, subject Subject) bool {
	if _, ok := b.erasing[subject]; ok {
		return true
	}
	_, ok := s.erased[subject]
	return ok
}

func (s *fileStore) Swap(ctx context.Context, changes []Change) (owners []Subject, err error) {
	err = s.do(ctx, false, func(b *batch) error {
		owners, err = s.swap(b, changes)
		return err
	})
	return owners, err
}

func (s *fileStore) swap(b *batch, changes []Change) ([]Subject, error) {
	for i := range changes {
		if s.isErased(b, changes[i].To) {
			return nil, &SubjectError{changes[i].To, ErrErased}
		}
	}
	owners := make([]Subject, len(changes))
	for i := range changes {
		c := &changes[i]
		held, err := b.claims.get(c.Tag)
		if err != nil {
			return nil, err
		}
		copy(owners[i][:], held)
		if owners[i] != None && owners[i] != c.From {
			continue
		}
		if owners[i] != c.To {
			b.claims.set(c.Tag, ownerValue(c.To))
		}
		owners[i] = c.To
	}
	return owners, nil
}

func ownerValue(owner Subject) []byte {
	if owner == None {
		return nil
	}
	return owner[:]
}

func (s *fileStore) Erase(ctx context.Context, erasures []Erasure) error {
	return s.do(ctx, true, func(b *batch) error { return s.erase(b, erasures) })
}

func (s *fileStore) erase(b *batch, erasures []Erasure) error {
	ending := make(map[Subject]bool, len(erasures))
	for _, e := range erasures {
		if s.isErased(b, e.Subject) {
			continue
		}
		ending[e.Subject] = true
		b.erasing[e.Subject] = e.At
		if err := putErasure(b.tx, e); err != nil {
			return err
		}
		b.keys.set(e.Subject, nil)
	}
	if len(ending) == 0 {
		return nil
	}
	// If the process ends before the file is compacted, the next one does it.
	if err := b.tx.Bucket(metaBucket).Put(dirtyKey, []byte{1}); err != nil {
		return err
	}
	s.dirty = true
	return b.claims.removeIf(func(owner []byte) bool { return ending[Subject(owner)] })
}

func (s *fileStore) InsertSecret(ctx context.Context, name string, wrapped WrappedKey) (now WrappedKey, err error) {
	err = s.do(ctx, false, func(b *batch) error {
		secrets := b.tx.Bucket(secretsBucket)
		if held := secrets.Get([]byte(name)); held != nil {
			now, err = decodeSecret([]byte(name), held)
			return err
		}
		now = wrapped
		return putSecret(b.tx, name, wrapped)
	})
	return now, err
}

var _ Store = (*fileStore)(nil)

// boltOptions are those of every file of ours. The list of free pages is
// written with each commit: without it bbolt walks the file when it opens, and
// ends the program from another goroutine when a page is damaged. Our files
// hardly have free pages.
func boltOptions() *bbolt.Options {
	return &bbolt.Options{
		NoFreelistSync: false,
		FreelistType:   bbolt.FreelistMapType,
		NoGrowSync:     false,
		Timeout:        1, // the lock file decides; this lock must be free
	}
}
