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
)

// ReadBackup shows what a backup holds, part by part, in the order in which
// Store.View shows a vault, but without the keys and claims of the subjects in
// erasures, and with those erasures beside the backup's own. Whichever time of
// an erasure is the first is kept. What a visit gets is valid only during its
// call.
//
// Whether the backup is whole shows only at its end: unless ReadBackup returns
// nil, everything the visitor was shown is to be thrown away. ErrBackup,
// ErrMasterKey, or the visitor's error.
func ReadBackup(ctx context.Context, r io.Reader, master Key, erasures []Erasure, visit Visitor) error {
	in := &backupReader{r: bufio.NewReaderSize(r, 256<<10), visit: visit, erased: make(map[Subject]time.Time)}
	for _, e := range erasures {
		in.erase(e)
	}
	return in.run(ctx, master)
}

type backupReader struct {
	r      io.Reader
	mac    hash.Hash
	visit  Visitor
	erased map[Subject]time.Time
	keys   []StoredKey
	claims []StoredClaim
}

// erase keeps the first time of an erasure.
func (in *backupReader) erase(e Erasure) {
	if first, ok := in.erased[e.Subject]; !ok || e.At.Before(first) {
		in.erased[e.Subject] = e.At.UTC()
	}
}

func (in *backupReader) run(ctx context.Context, master Key) error {
	backup := subkey(master, labelBackup)
	defer clear(backup[:])
	in.mac = hmac.New(sha256.New, backup[:])
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
			return in.visit.Erasures(sortedErasures(in.erased))
		}
		if err := in.section(kind, content); err != nil {
			return err
		}
	}
}

// header reads the beginning and refuses a master key that does not fit before
// anything else.
func (in *backupReader) header(master Key) error {
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
	return in.visit.Header(h)
}

// next reads a section and returns the sum over everything before its content.
func (in *backupReader) next() (kind byte, content, sum []byte, err error) {
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

func (in *backupReader) section(kind byte, content []byte) error {
	switch kind {
	case sectionKeys:
		return in.keySection(content)
	case sectionClaims:
		return in.claimSection(content)
	case sectionSecret:
		if len(content) <= wrappedSize || len(content) > wrappedSize+MaxSecretName {
			return fmt.Errorf("%w: a named secret", ErrBackup)
		}
		return in.visit.Secret(string(content[wrappedSize:]), WrappedKey(content))
	case sectionErasures:
		return eachRecord(content, 24, func(record []byte) {
			at := time.Unix(0, int64(binary.BigEndian.Uint64(record[16:])))
			in.erase(Erasure{Subject(record), at})
		})
	default:
		return fmt.Errorf("%w: a section of unknown kind %q", ErrBackup, kind)
	}
}

func (in *backupReader) keySection(content []byte) error {
	in.keys = in.keys[:0]
	err := eachRecord(content, 16+wrappedSize, func(record []byte) {
		if k := (StoredKey{Subject(record), WrappedKey(record[16:])}); !in.isErased(k.Subject) {
			in.keys = append(in.keys, k)
		}
	})
	if err != nil || len(in.keys) == 0 {
		return err
	}
	return in.visit.Keys(in.keys)
}

func (in *backupReader) claimSection(content []byte) error {
	in.claims = in.claims[:0]
	err := eachRecord(content, 32, func(record []byte) {
		if c := (StoredClaim{Tag(record), Subject(record[16:])}); !in.isErased(c.Owner) {
			in.claims = append(in.claims, c)
		}
	})
	if err != nil || len(in.claims) == 0 {
		return err
	}
	return in.visit.Claims(in.claims)
}

func (in *backupReader) isErased(s Subject) bool {
	_, gone := in.erased[s]
	return gone
}

func eachRecord(content []byte, size int, show func(record []byte)) error {
	if len(content)%size != 0 {
		return fmt.Errorf("%w: a section does not end with a record", ErrBackup)
	}
	for ; len(content) > 0; content = content[size:] {
		show(content[:size])
	}
	return nil
}
