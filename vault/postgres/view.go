package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"zhishu/vault"
)

// rowsPerVisit bounds what a visit is shown at once.
const rowsPerVisit = 4096

// visitError marks an error that is the visitor's own, not the database's.
type visitError struct{ error }

// View reads one snapshot through cursors, for as long as the visitor takes. It
// holds up no reader or writer; meanwhile old copies of erased rows cannot be
// removed.
func (s *store) View(ctx context.Context, visit vault.Visitor) error {
	err := s.alone(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
		return pgx.BeginTxFunc(ctx, conn, options, func(tx pgx.Tx) error { return s.show(ctx, tx, visit) })
	})
	var own visitError
	if errors.As(err, &own) {
		return own.error
	}
	return err
}

func (s *store) show(ctx context.Context, tx pgx.Tx, visit vault.Visitor) error {
	id, err := readIdentity(ctx, tx, s.conf.Schema)
	if err != nil {
		return err
	}
	if err := visit.Header(id.header); err != nil {
		return visitError{err}
	}
	err = showRows(ctx, tx, "subjects", `SELECT id, wrapped FROM subjects WHERE erased_at IS NULL`, func(row pgx.CollectableRow) (k vault.StoredKey, err error) {
		var id [16]byte
		var wrapped []byte
		err = row.Scan(&id, &wrapped)
		k.Subject = id
		copy(k.Wrapped[:], wrapped)
		return k, err
	}, visit.Keys)
	if err != nil {
		return err
	}
	err = showRows(ctx, tx, "claims", fmt.Sprintf(`SELECT tag, owner FROM claims WHERE owner <> '%x'`, vault.None), func(row pgx.CollectableRow) (vault.StoredClaim, error) {
		var tag, owner [16]byte
		err := row.Scan(&tag, &owner)
		return vault.StoredClaim{Tag: tag, Owner: owner}, err
	}, visit.Claims)
	if err != nil {
		return err
	}
	return showRest(ctx, tx, visit)
}

// showRows shows the rows of a query in parts. Every cursor has a name of its
// own: the driver remembers the columns of a FETCH by its text.
func showRows[T any](ctx context.Context, tx pgx.Tx, name, query string, scan pgx.RowToFunc[T], visit func([]T) error) error {
	if err := exec(ctx, tx, `DECLARE `+name+`_part NO SCROLL CURSOR FOR `+query); err != nil {
		return err
	}
	var part []T
	for {
		err := within(ctx, longStatement, func(ctx context.Context) error {
			rows, err := tx.Query(ctx, fmt.Sprintf(`FETCH %d FROM %s_part`, rowsPerVisit, name))
			if err != nil {
				return err
			}
			part, err = pgx.AppendRows(part[:0], rows, scan)
			return err
		})
		if err != nil {
			return err
		}
		if len(part) == 0 {
			return exec(ctx, tx, `CLOSE `+name+`_part`)
		}
		if err := visit(part); err != nil {
			return visitError{err}
		}
	}
}

func exec(ctx context.Context, tx pgx.Tx, statement string) error {
	return within(ctx, longStatement, func(ctx context.Context) error {
		_, err := tx.Exec(ctx, statement)
		return err
	})
}

func showRest(ctx context.Context, tx pgx.Tx, visit vault.Visitor) error {
	type secret struct {
		name    string
		wrapped vault.WrappedKey
	}
	err := showRows(ctx, tx, "secrets", `SELECT name, wrapped FROM secrets ORDER BY name`, func(row pgx.CollectableRow) (n secret, err error) {
		var name, wrapped []byte
		err = row.Scan(&name, &wrapped)
		n.name = string(name)
		copy(n.wrapped[:], wrapped)
		return n, err
	}, func(part []secret) error {
		for _, n := range part {
			if err := visit.Secret(n.name, n.wrapped); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var list []vault.Erasure
	err = within(ctx, longStatement, func(ctx context.Context) error {
		rows, err := tx.Query(ctx, erasureList)
		if err != nil {
			return err
		}
		list, err = readErasures(rows)
		return err
	})
	if err != nil {
		return err
	}
	if err := visit.Erasures(list); err != nil {
		return visitError{err}
	}
	return nil
}
