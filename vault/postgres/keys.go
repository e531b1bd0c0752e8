package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"zhishu/vault"
)

const absentKeys = `SELECT n.ord::int, s.id IS NOT NULL
	FROM unnest($1::uuid[]) WITH ORDINALITY AS n(id, ord) LEFT JOIN subjects s USING (id)
	WHERE s.id IS NULL OR s.erased_at IS NOT NULL ORDER BY n.ord`

func (s *store) Absent(ctx context.Context, subjects []vault.Subject) (absent []vault.Subject, err error) {
	for len(subjects) > 0 && err == nil {
		part := subjects[:min(len(subjects), listPart)]
		subjects = subjects[len(part):]
		err = s.do(ctx, func(ctx context.Context) error {
			rows, err := s.pool.Query(ctx, absentKeys, ids(part))
			if err != nil {
				return err
			}
			var ord int
			var erased bool
			_, err = pgx.ForEachRow(rows, []any{&ord, &erased}, func() error {
				if erased {
					return &vault.SubjectError{Subject: part[ord-1], Err: vault.ErrErased}
				}
				absent = append(absent, part[ord-1])
				return nil
			})
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	return absent, nil
}

func (s *store) WrappedKey(ctx context.Context, subject vault.Subject) (w vault.WrappedKey, err error) {
	err = s.do(ctx, func(ctx context.Context) error {
		var wrapped []byte
		var erased bool
		err := s.pool.QueryRow(ctx, `SELECT wrapped, erased_at IS NOT NULL FROM subjects WHERE id = $1`, [16]byte(subject)).Scan(&wrapped, &erased)
		switch {
		case noRow(err):
			return &vault.SubjectError{Subject: subject, Err: vault.ErrNoKey}
		case err != nil:
			return err
		case erased:
			return &vault.SubjectError{Subject: subject, Err: vault.ErrErased}
		}
		copy(w[:], wrapped)
		return nil
	})
	return w, err
}

func (s *store) InsertKeys(ctx context.Context, keys []vault.StoredKey) error {
	return s.submit(ctx, &op{keys: keys})
}

// ids is a list in the type that the driver knows as uuid[].
func ids[T ~[16]byte](list []T) [][16]byte {
	out := make([][16]byte, len(list))
	for i := range list {
		out[i] = list[i]
	}
	return out
}
