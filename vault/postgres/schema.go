package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"zhishu/vault"
)

// schemaVersion is raised with every change of the tables.
const schemaVersion = 1

// tables are the vault. An erased subject keeps its row, with zeros for its key
// and a number in the order of erasures: the row of zeros takes the place of the
// key in its page (see erase.go), and the id can never get a key again. Free
// room in every page keeps it there.
const tables = `
CREATE TABLE vault (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	version integer NOT NULL,
	incarnation uuid NOT NULL,
	ledger_id uuid NOT NULL,
	created bigint NOT NULL,
	master_check bytea NOT NULL CHECK (octet_length(master_check) = 16),
	ledger_secret bytea NOT NULL CHECK (octet_length(ledger_secret) = 60),
	scrub xid8);
CREATE TABLE subjects (
	id uuid PRIMARY KEY,
	wrapped bytea NOT NULL CHECK (octet_length(wrapped) = 60),
	erased_at bigint,
	erasure_no bigint,
	CHECK ((erased_at IS NULL) = (erasure_no IS NULL))) WITH (fillfactor = 90);
CREATE UNIQUE INDEX subjects_erased ON subjects (erasure_no) WHERE erasure_no IS NOT NULL;
CREATE TABLE claims (tag uuid PRIMARY KEY, owner uuid NOT NULL) WITH (fillfactor = 90);
CREATE TABLE secrets (name bytea PRIMARY KEY, wrapped bytea NOT NULL CHECK (octet_length(wrapped) = 60));
COMMENT ON TABLE vault IS 'zhishu: one row; created in Unix seconds';
COMMENT ON TABLE subjects IS 'zhishu: a wrapped key for every subject; erased_at in Unix nanoseconds';
COMMENT ON TABLE claims IS 'zhishu: who holds a keyed hash';`

// layout makes the tables within tx.
func layout(ctx context.Context, tx pgx.Tx, schema string, h vault.Header) error {
	var there bool
	if err := tx.QueryRow(ctx, `SELECT to_regnamespace($1) IS NOT NULL`, quoted(schema)).Scan(&there); err != nil {
		return err
	}
	if !there {
		if _, err := tx.Exec(ctx, `CREATE SCHEMA `+quoted(schema)); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, tables); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO vault (version, incarnation, ledger_id, created, master_check, ledger_secret)
		VALUES ($1, gen_random_uuid(), $2, $3, $4, $5)`, schemaVersion, h.LedgerID, h.Created, h.Check[:], h.Secret[:])
	return err
}

// refuseExisting keeps others from making the same vault until tx ends.
func refuseExisting(ctx context.Context, tx pgx.Tx, schema string) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, advisoryKey(schema)); err != nil {
		return err
	}
	var there bool
	if err := tx.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, quoted(schema)+".vault").Scan(&there); err != nil {
		return err
	}
	if there {
		return fmt.Errorf("%w: schema %s", vault.ErrExists, schema)
	}
	return nil
}

// identity is what tells one vault from another that took its place.
type identity struct {
	incarnation [16]byte
	header      vault.Header
}

func readIdentity(ctx context.Context, db querier, schema string) (id identity, err error) {
	var version int
	var check, secret []byte
	err = db.QueryRow(ctx, `SELECT version, incarnation, ledger_id, created, master_check, ledger_secret FROM vault`).
		Scan(&version, &id.incarnation, &id.header.LedgerID, &id.header.Created, &check, &secret)
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && refused.Code == "42P01", errors.Is(err, pgx.ErrNoRows):
		return id, fmt.Errorf("%w: schema %s", vault.ErrNotFound, schema)
	case errors.As(err, &refused) && refused.Code == "42703":
		return id, fmt.Errorf("%w: schema %s", vault.ErrVersion, schema)
	case err != nil:
		return id, err
	case version != schemaVersion:
		return id, fmt.Errorf("%w: schema %s has version %d, this program knows %d", vault.ErrVersion, schema, version, schemaVersion)
	}
	copy(id.header.Check[:], check)
	copy(id.header.Secret[:], secret)
	return id, nil
}

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}
