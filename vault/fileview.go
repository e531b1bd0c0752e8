package vault

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"
)

// View copies what is live into a file of its own at the speed of the disk, and
// shows that. A transaction held open for as long as a network takes would
// keep bbolt from growing its file, and so stop every writer.
func (s *fileStore) View(ctx context.Context, visit Visitor) (err error) {
	s.viewing.Lock()
	defer s.viewing.Unlock()
	spool := s.path(spoolFile)
	if err := shred(spool); err != nil {
		return unavailable(err)
	}
	defer func() { err = errors.Join(err, shred(spool)) }()
	db, err := bbolt.Open(spool, 0o600, boltOptions())
	if err != nil {
		return unavailable(err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.NoSync = true // gone in a moment
	if err := s.copyTo(db); err != nil {
		return err
	}
	return db.View(func(tx *bbolt.Tx) error { return s.show(ctx, tx, visit) })
}

func (s *fileStore) copyTo(db *bbolt.DB) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return ErrClosed
	}
	if err := bbolt.Compact(db, s.db, 16<<20); err != nil {
		return unavailable(err)
	}
	return nil
}

func (s *fileStore) show(ctx context.Context, tx *bbolt.Tx, visit Visitor) error {
	h, err := decodeHeader(tx.Bucket(metaBucket).Get(headerKey))
	if err != nil {
		return err
	}
	if err := visit.Header(h); err != nil {
		return err
	}
	if err := s.showRecords(ctx, tx, visit); err != nil {
		return err
	}
	err = tx.Bucket(secretsBucket).ForEach(func(k, v []byte) error {
		w, err := decodeSecret(k, v)
		if err != nil {
			return err
		}
		return visit.Secret(string(k), w)
	})
	if err != nil {
		return err
	}
	erased, err := loadErasures(tx)
	if err != nil {
		return err
	}
	return visit.Erasures(sortedErasures(erased))
}

func (s *fileStore) showRecords(ctx context.Context, tx *bbolt.Tx, visit Visitor) error {
	var keys []StoredKey
	err := s.keys.each(tx, func(_ uint32, records []byte) error {
		keys = keys[:0]
		for ; len(records) > 0; records = records[s.keys.size():] {
			keys = append(keys, StoredKey{Subject(records), WrappedKey(records[16:])})
		}
		return errors.Join(ctx.Err(), visit.Keys(keys))
	})
	if err != nil {
		return err
	}
	var claims []StoredClaim
	return s.claims.each(tx, func(_ uint32, records []byte) error {
		claims = claims[:0]
		for ; len(records) > 0; records = records[s.claims.size():] {
			claims = append(claims, StoredClaim{Tag(records), Subject(records[16:])})
		}
		return errors.Join(ctx.Err(), visit.Claims(claims))
	})
}
