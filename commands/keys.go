package commands

import (
	"context"
	"errors"
	"time"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/vault"
)

// KeyGaps is how the keys that are there disagree with the log.
type KeyGaps struct {
	// Missing are the streams of subjects whose personal fields can no longer be
	// opened although nobody erased them: the keys are older than the log.
	Missing []string
	// Returned are those of persons whom the log calls erased and whose fields can be
	// opened again: keys from before the erasure were put in the place of newer ones.
	Returned []string
}

// CompareKeys reads the whole log and holds it against the keys. holds tells how a
// subject stands: nil when it has a key, vault.ErrNoKey or vault.ErrErased.
func CompareKeys(ctx context.Context, log eventstore.LogReader, holds func(vault.Subject) error) (KeyGaps, error) {
	var gaps KeyGaps
	opens := map[vault.Subject]bool{} // of subjects with personal fields in the log
	for r, err := range log.ReadAll(ctx, eventstore.Position{}) {
		if err != nil {
			return gaps, err
		}
		e, err := ledgerEvent(r)
		if err != nil {
			return gaps, err
		}
		if erased, ok := e.(*domain.PersonErased); ok {
			if opens[vault.Subject(erased.Person.UUID)] {
				gaps.Returned = append(gaps.Returned, r.Stream)
			}
			continue
		}
		subject, sealed := sealedFor(e)
		if _, asked := opens[subject]; !sealed || asked {
			continue
		}
		err = holds(subject)
		opens[subject] = err == nil
		switch {
		case errors.Is(err, vault.ErrNoKey):
			gaps.Missing = append(gaps.Missing, r.Stream)
		case err != nil && !errors.Is(err, vault.ErrErased):
			return gaps, err
		}
	}
	return gaps, nil
}

// ErasedIn lists whom the log calls erased, so that keys which are brought back from
// a backup do not bring theirs.
func ErasedIn(ctx context.Context, log eventstore.LogReader) (erased []vault.Erasure, err error) {
	for r, err := range log.ReadAll(ctx, eventstore.Position{}) {
		if err != nil {
			return nil, err
		}
		if r.Type != (&domain.PersonErased{}).Type() {
			continue
		}
		e, err := ledgerEvent(r)
		if err != nil {
			return nil, err
		}
		meta, _, err := wire.DecodeMeta(r.Metadata)
		if err != nil {
			return nil, err
		}
		if e, ok := e.(*domain.PersonErased); ok {
			erased = append(erased, vault.Erasure{Subject: vault.Subject(e.Person.UUID), At: time.UnixMilli(int64(meta.RecordedAt))})
		}
	}
	return erased, nil
}

// ledgerEvent decodes an event of the ledger; nil: it is none.
func ledgerEvent(r eventstore.Recorded) (domain.Event, error) {
	ref, known := domain.ParseStream(r.Stream)
	if !known || !eventstore.IsLedger(r.Stream) {
		return nil, nil
	}
	_, version, err := wire.DecodeMeta(r.Metadata)
	if err != nil {
		return nil, err
	}
	return wire.Decode(ref, r.Type, version, r.Data)
}

// sealedFor is the subject whose key an event's personal fields need, if it has
// any.
func sealedFor(e domain.Event) (subject vault.Subject, ok bool) {
	p, private := e.(domain.Private)
	if !private {
		return subject, false
	}
	p.Secrets(func(_ string, s *domain.Secret) { ok = ok || len(s.Cipher) > 0 })
	return vault.Subject(p.Subject()), ok
}
