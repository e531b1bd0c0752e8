package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"zhishu/vault"
)

const secretOf = `SELECT wrapped FROM secrets WHERE name = $1`

// InsertSecret: its two statements are one transaction, and the second sees what
// another committed while the first waited for it.
func (s *store) InsertSecret(ctx context.Context, name string, wrapped vault.WrappedKey) (now vault.WrappedKey, err error) {
	b := &pgx.Batch{}
	b.Queue(`INSERT INTO secrets (name, wrapped) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, []byte(name), wrapped[:])
	b.Queue(secretOf, []byte(name)).QueryRow(func(row pgx.Row) error { return scanWrapped(row, &now) })
	err = s.do(ctx, func(ctx context.Context) error { return s.pool.SendBatch(ctx, b).Close() })
	return now, err
}

func (s *store) WrappedSecret(ctx context.Context, name string) (wrapped vault.WrappedKey, found bool, err error) {
	err = s.do(ctx, func(ctx context.Context) error {
		err := scanWrapped(s.pool.QueryRow(ctx, secretOf, []byte(name)), &wrapped)
		if found = err == nil; noRow(err) {
			return nil
		}
		return err
	})
	return wrapped, found, err
}

func scanWrapped(row pgx.Row, to *vault.WrappedKey) error {
	var wrapped []byte
	if err := row.Scan(&wrapped); err != nil {
		return err
	}
	copy(to[:], wrapped)
	return nil
}
