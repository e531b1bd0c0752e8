package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"zhishu/vault"
)

// restoring writes what a backup shows within one transaction.
type restoring struct {
	ctx    context.Context
	tx     pgx.Tx
	schema string
}

func (in *restoring) visitor() vault.Visitor {
	return vault.Visitor{
		Header: func(h vault.Header) error { return layout(in.ctx, in.tx, in.schema, h) },
		Keys: func(keys []vault.StoredKey) error {
			return in.copy("subjects", []string{"id", "wrapped"}, len(keys), func(i int) ([]any, error) {
				return []any{[16]byte(keys[i].Subject), keys[i].Wrapped[:]}, nil
			})
		},
		Claims: func(claims []vault.StoredClaim) error {
			return in.copy("claims", []string{"tag", "owner"}, len(claims), func(i int) ([]any, error) {
				return []any{[16]byte(claims[i].Tag), [16]byte(claims[i].Owner)}, nil
			})
		},
		Secret: func(name string, wrapped vault.WrappedKey) error {
			return in.copy("secrets", []string{"name", "wrapped"}, 1, func(int) ([]any, error) {
				return []any{[]byte(name), wrapped[:]}, nil
			})
		},
		Erasures: func(list []vault.Erasure) error {
			zeros := make([]byte, len(vault.WrappedKey{}))
			return in.copy("subjects", []string{"id", "wrapped", "erased_at", "erasure_no"}, len(list), func(i int) ([]any, error) {
				return []any{[16]byte(list[i].Subject), zeros, list[i].At.UnixNano(), int64(i + 1)}, nil
			})
		},
	}
}

func (in *restoring) copy(table string, columns []string, n int, row func(i int) ([]any, error)) error {
	err := within(in.ctx, longStatement, func(ctx context.Context) error {
		_, err := in.tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(n, row))
		return err
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23505" {
		return fmt.Errorf("%w: it holds one of its %s twice", vault.ErrBackup, table)
	}
	return err
}
