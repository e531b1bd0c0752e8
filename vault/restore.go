package vault

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
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
		master, err := readMaster(c.masterPath())
		if err != nil {
			return nil, err
		}
		defer clear(master[:])
		err = buildFile(c.Dir, func(s *fileStore, _ *bbolt.DB) error {
			in := &restoring{s: s, r: bufio.NewReaderSize(r, 256<<10), erased: make(map[Subject]time.Time)}
			for _, e := range erasures {
				if e.At.IsZero() {
					e.At = c.clock()()
				}
				in.erase(e)
			}
			return in.run(ctx, master)
		})
		if err != nil {
			return nil, err
		}
		return openFile(ctx, c, lock)
	})
}

type restoring struct {
	s      *fileStore
	r      io.Reader
	mac    hash.Hash
	erased map[Subject]time.Time

	b      *batch // changes not written yet
	staged int
}

// erase keeps the first time of an erasure.
func (in *restoring) erase(e Erasure) {
	if first, ok := in.erased[e.Subject]; !ok || e.At.Before(first) {
		in.erased[e.Subject] = e.At.UTC()
	}
}

func (in *restoring) run(ctx context.Context, master Key) error {
	backup := subkey(master, labelBackup)
	defer clear(backup[:])
	in.mac = hmac.New(sha256.New, backup[:])
	if err := in.begin(); err != nil {
		return err
	}
	defer func() {
		if in.b != nil {
			in.b.tx.Rollback() // the file is thrown away
		}
	}()
	if err := in.header(master); err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		kind, content, sum, err := in.next()
		if err != nil {
			return err
		}
		if kind == sectionEnd {
			if !hmac.Equal(sum, content) {
				return fmt.Errorf("%w: it was altered", ErrBackup)
			}
			return in.finish()
		}
		if err := in.section(kind, content); err != nil {
			return err
		}
	}
}

// header reads the beginning and refuses a master key that does not fit before
// anything else.
func (in *restoring) header(master Key) error {
	magic := make([]byte, len(backupMagic))
	if _, err := io.ReadFull(in.r, magic); err != nil || string(magic) != backupMagic {
		return fmt.Errorf("%w: it is not a vault backup of this version", ErrBackup)
	}
	in.mac.Write(magic)
	kind, content, _, err := in.next()
	if err != nil {
		return err
	}
	h, err := decodeHeader(content)
	if kind != sectionHeader || err != nil {
		return errors.Join(fmt.Errorf("%w: it does not begin with a header", ErrBackup), err)
	}
	_, secret, err := unlock(h, master)
	switch {
	case errors.Is(err, ErrDamaged):
		return fmt.Errorf("%w: its header was altered", ErrBackup)
	case err != nil:
		return err
	}
	clear(secret[:])
	return in.s.layout(in.b.tx, h)
}

// next reads a section and returns the sum over everything before its content.
func (in *restoring) next() (kind byte, content, sum []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(in.r, head[:]); err != nil {
		return 0, nil, nil, cutShort(err)
	}
	in.mac.Write(head[:])
	n := binary.BigEndian.Uint32(head[1:])
	if n > maxSectionBytes {
		return 0, nil, nil, fmt.Errorf("%w: a section of %d bytes", ErrBackup, n)
	}
	content = make([]byte, n)
	if _, err := io.ReadFull(in.r, content); err != nil {
		return 0, nil, nil, cutShort(err)
	}
	sum = in.mac.Sum(nil)
	in.mac.Write(content)
	return head[0], content, sum, nil
}

func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it is cut short", ErrBackup)
	}
	return fmt.Errorf("%w: %w", ErrBackup, err)
}

func (in *restoring) section(kind byte, content []byte) error {
	switch kind {
	case sectionKeys:
		return in.records(in.b.keys, content, func(record []byte) Subject { return Subject(record) })
	case sectionClaims:
		return in.records(in.b.claims, content, func(record []byte) Subject { return Subject(record[16:]) })
	case sectionSecret:
		if len(content) <= wrappedSize || len(content) > wrappedSize+MaxSecretName {
			return fmt.Errorf("%w: a named secret", ErrBackup)
		}
		return putSecret(in.b.tx, string(content[wrappedSize:]), WrappedKey(content))
	case sectionErasures:
		if len(content)%24 != 0 {
			return fmt.Errorf("%w: an erasure", ErrBackup)
		}
		for ; len(content) > 0; content = content[24:] {
			at := time.Unix(0, int64(binary.BigEndian.Uint64(content[16:])))
			in.erase(Erasure{Subject(content), at})
		}
		return nil
	default:
		return fmt.Errorf("%w: a section of unknown kind %q", ErrBackup, kind)
	}
}

// records stages those of living subjects.
func (in *restoring) records(e *edit, content []byte, owner func([]byte) Subject) error {
	size := e.t.size()
	if len(content)%size != 0 {
		return fmt.Errorf("%w: a section does not end with a record", ErrBackup)
	}
	for ; len(content) > 0; content = content[size:] {
		if _, gone := in.erased[owner(content)]; gone {
			continue
		}
		e.set([16]byte(content), content[16:size])
		in.staged++
	}
	if in.staged < keysPerWrite {
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
	if err := errors.Join(b.keys.flush(), b.claims.flush()); err != nil {
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

func (in *restoring) finish() error {
	for subject, at := range in.erased {
		if err := putErasure(in.b.tx, Erasure{subject, at}); err != nil {
			return err
		}
	}
	return in.commit()
}
