package vault

import (
	"context"
	"io"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"zhishu/internal/durable"
)

// Restore makes a vault in c.Dir from a backup and opens it. The master key
// file must be the one of the backed-up vault.
//
// erasures are all those known elsewhere: from the log, from a later list, from
// the vault that is being replaced. They have to be named here, not applied
// afterwards, so that the keys of erased persons are never written to the new
// file and no moment exists in which they could be used. A zero time means now.
//
// A backup that is cut short or altered leaves nothing behind: ErrBackup.
func Restore(ctx context.Context, c Config, r io.Reader, erasures []Erasure) (*Vault, error) {
	return withDir(ctx, c, true, func(lock *durable.Lock) (*Vault, error) {
		if err := refuseExisting(c.Dir); err != nil {
			return nil, err
		}
		master, err := ReadMasterKey(c.masterPath())
		if err != nil {
			return nil, err
		}
		defer clear(master[:])
		err = buildFile(c.Dir, func(s *fileStore, _ *bbolt.DB) error {
			in := &restoring{s: s}
			defer in.rollback() // the file is thrown away
			return ReadBackup(ctx, r, master, Stamped(erasures, c.clock()()), in.visitor())
		})
		if err != nil {
			return nil, err
		}
		return openFile(ctx, c, lock)
	})
}

// Stamped returns a copy of erasures in which the zero time is now, UTC.
func Stamped(erasures []Erasure, now time.Time) []Erasure {
	stamped := slices.Clone(erasures)
	for i := range stamped {
		if stamped[i].At.IsZero() {
			stamped[i].At = now
		}
		stamped[i].At = stamped[i].At.UTC()
	}
	return stamped
}

// restoring writes what a backup shows into a new file, in parts.
type restoring struct {
	s      *fileStore
	b      *batch // changes not written yet
	staged int
}

func (in *restoring) visitor() Visitor {
	return Visitor{
		Header: func(h Header) error {
			if err := in.begin(); err != nil {
				return err
			}
			return in.s.layout(in.b.tx, h)
		},
		Keys: func(keys []StoredKey) error {
			for i := range keys { // staged values are kept until the next commit
				in.b.keys.set(keys[i].Subject, slices.Clone(keys[i].Wrapped[:]))
			}
			return in.count(len(keys))
		},
		Claims: func(claims []StoredClaim) error {
			for i := range claims {
				in.b.claims.set(claims[i].Tag, slices.Clone(claims[i].Owner[:]))
			}
			return in.count(len(claims))
		},
		Secret:   func(name string, wrapped WrappedKey) error { return putSecret(in.b.tx, name, wrapped) },
		Erasures: in.finish,
	}
}

// count writes a part when enough is staged.
func (in *restoring) count(n int) error {
	if in.staged += n; in.staged < keysPerWrite {
		return nil
	}
	if err := in.commit(); err != nil {
		return err
	}
	return in.begin()
}

func (in *restoring) begin() error {
	tx, err := in.s.db.Begin(true)
	if err != nil {
		return unavailable(err)
	}
	in.b = &batch{tx: tx, keys: in.s.keys.edit(tx), claims: in.s.claims.edit(tx)}
	in.staged = 0
	return nil
}

func (in *restoring) commit() error {
	b := in.b
	if err := b.keys.flush(); err != nil {
		return err
	}
	if err := b.claims.flush(); err != nil {
		return err
	}
	if err := b.tx.Commit(); err != nil {
		return unavailable(err)
	}
	in.b = nil
	b.keys.publish()
	b.claims.publish()
	return nil
}

func (in *restoring) finish(erasures []Erasure) error {
	for _, e := range erasures {
		if err := putErasure(in.b.tx, e); err != nil {
			return err
		}
	}
	return in.commit()
}

func (in *restoring) rollback() {
	if in.b != nil {
		in.b.tx.Rollback() // nothing of it is kept
	}
}
