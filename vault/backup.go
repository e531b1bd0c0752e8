package vault

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"
)

// A backup is backupMagic and a row of sections: kind (1), length (4,
// big-endian), content. The last is sectionEnd: HMAC-SHA256 over all before it,
// its own kind and length included, under a key derived from the master key.
const backupMagic = "zhishu vault backup 1\n"

const (
	sectionHeader   = 'H' // as in the file
	sectionKeys     = 'K' // subject (16) ‖ wrapped key (60), repeated
	sectionClaims   = 'C' // tag (16) ‖ owner (16), repeated
	sectionSecret   = 'S' // wrapped secret (60) ‖ name
	sectionErasures = 'E' // subject (16) ‖ Unix nanoseconds (8), repeated
	sectionEnd      = 'Z'
)

// maxSectionBytes bounds what a reader believes of a length.
const maxSectionBytes = 1 << 20

const erasuresPerSection = 4096

// Backup writes the vault as it is at one moment. See Backuper. The keys stay
// wrapped, and the master key is not in it: keep that elsewhere. It is written
// independently of the store, so another store can restore it.
func (v *Vault) Backup(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(w, 256<<10)
	b := &backupWriter{w: out, mac: hmac.New(sha256.New, v.backup[:])}
	b.write([]byte(backupMagic))
	err := v.store.View(ctx, Visitor{
		Header:   func(h Header) error { return b.section(sectionHeader, h.encode()) },
		Keys:     b.keys,
		Claims:   b.claims,
		Secret:   func(name string, k WrappedKey) error { return b.section(sectionSecret, append(k[:], name...)) },
		Erasures: b.erasures,
	})
	if err != nil {
		return err
	}
	if err := b.end(); err != nil {
		return err
	}
	return out.Flush()
}

type backupWriter struct {
	w   io.Writer
	mac hash.Hash
	buf []byte
	err error // the first one; nothing is written after it
}

func (b *backupWriter) write(p []byte) {
	if b.err == nil {
		b.mac.Write(p)
		_, b.err = b.w.Write(p)
	}
}

func (b *backupWriter) section(kind byte, content []byte) error {
	b.write(sectionHead(kind, len(content)))
	b.write(content)
	return b.err
}

func sectionHead(kind byte, n int) []byte {
	return binary.BigEndian.AppendUint32([]byte{kind}, uint32(n))
}

func (b *backupWriter) keys(keys []StoredKey) error {
	b.buf = b.buf[:0]
	for i := range keys {
		b.buf = append(append(b.buf, keys[i].Subject[:]...), keys[i].Wrapped[:]...)
	}
	return b.section(sectionKeys, b.buf)
}

func (b *backupWriter) claims(claims []StoredClaim) error {
	b.buf = b.buf[:0]
	for i := range claims {
		b.buf = append(append(b.buf, claims[i].Tag[:]...), claims[i].Owner[:]...)
	}
	return b.section(sectionClaims, b.buf)
}

func (b *backupWriter) erasures(list []Erasure) error {
	for len(list) > 0 && b.err == nil {
		n := min(len(list), erasuresPerSection)
		b.buf = b.buf[:0]
		for _, e := range list[:n] {
			b.buf = append(b.buf, e.Subject[:]...)
			b.buf = binary.BigEndian.AppendUint64(b.buf, uint64(e.At.UnixNano()))
		}
		b.section(sectionErasures, b.buf)
		list = list[n:]
	}
	return b.err
}

func (b *backupWriter) end() error {
	b.write(sectionHead(sectionEnd, sha256.Size))
	b.write(b.mac.Sum(nil))
	return b.err
}
