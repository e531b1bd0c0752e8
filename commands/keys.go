package commands

import (
	"context"
	"errors"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/vault"
)

// WithoutKey reads the whole log and names the streams of subjects whose
// personal fields can no longer be opened although nobody erased them: a
// backup of keys older than the log leaves such a gap. holds tells how a subject
// stands: nil, vault.ErrNoKey or vault.ErrErased.
func WithoutKey(ctx context.Context, log eventstore.LogReader, holds func(vault.Subject) error) ([]string, error) {
	var missing []string
	asked := map[vault.Subject]bool{}
	for r, err := range log.ReadAll(ctx, eventstore.Position{}) {
		if err != nil {
			return nil, err
		}
		subject, ok, err := sealedFor(r)
		if err != nil {
			return nil, err
		}
		if !ok || asked[subject] {
			continue
		}
		asked[subject] = true
		err = holds(subject)
		switch {
		case errors.Is(err, vault.ErrNoKey):
			missing = append(missing, r.Stream)
		case err != nil && !errors.Is(err, vault.ErrErased):
			return nil, err
		}
	}
	return missing, nil
}

// sealedFor is the subject whose key an event's personal fields need, if it
// has any.
func sealedFor(r eventstore.Recorded) (subject vault.Subject, ok bool, err error) {
	ref, known := domain.ParseStream(r.Stream)
	if !known || !eventstore.IsLedger(r.Stream) {
		return subject, false, nil
	}
	_, version, err := wire.DecodeMeta(r.Metadata)
	if err != nil {
		return subject, false, err
	}
	e, err := wire.Decode(ref, r.Type, version, r.Data)
	if err != nil {
		return subject, false, err
	}
	p, private := e.(domain.Private)
	if !private {
		return subject, false, nil
	}
	p.Secrets(func(_ string, s *domain.Secret) { ok = ok || len(s.Cipher) > 0 })
	return vault.Subject(p.Subject()), ok, nil
}
