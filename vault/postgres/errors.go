package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"zhishu/vault"
)

// errGuard is what a guard of a write answers: the database is not as it was
// read, and nothing was written. A guard divides by zero: that is how SQL ends a
// transaction from within without a round trip.
const errGuard = "22012"

// raced reports that others wrote at the same time and nothing was written.
func raced(err error) bool {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Code {
	case errGuard, "40P01", "40001": // deadlock, serialization failure
		return true
	}
	return false
}

// fault turns an error of the driver into one of the vault's. ctx is the
// caller's own, without the limits of this package.
func fault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, known := range []error{vault.ErrUnsafe, vault.ErrVersion, vault.ErrNotFound, vault.ErrExists, vault.ErrErased,
		vault.ErrNoKey, vault.ErrPermissions, vault.ErrUnavailable, vault.ErrClosed, vault.ErrBackup, vault.ErrMasterKey, vault.ErrDamaged, vault.ErrFull} {
		if errors.Is(err, known) {
			return err
		}
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "53100" {
		return fmt.Errorf("%w: %w", vault.ErrFull, err)
	}
	return fmt.Errorf("%w: %w", vault.ErrUnavailable, err)
}
