package postgres

import (
	"context"
	"io"

	"github.com/jackc/pgx/v5"

	"zhishu/vault"
)

// Create makes a new vault in the database named by url (a connection string of
// PostgreSQL) and opens it: its tables, its master key unless that file exists,
// a ledger id and a ledger secret. ErrExists when there is one. It is one
// transaction: a crash leaves nothing but a master key file, which a repeated
// call uses. The role needs the right to create a schema, or an empty schema of
// its own.
func Create(ctx context.Context, url string, c Config) (*vault.Vault, error) {
	return build(ctx, url, c, func(tx pgx.Tx, schema string) error {
		master, err := vault.CreateMasterKey(c.MasterKey)
		if err != nil {
			return err
		}
		defer clear(master[:])
		h, err := vault.NewHeader(master, c.clock())
		if err != nil {
			return err
		}
		return layout(ctx, tx, schema, h)
	})
}

// Open opens a vault. ErrNotFound when there is none, ErrMasterKey, ErrUnsafe
// when the server is set up so that it may lose keys or is spoken to without
// TLS, ErrVersion, ErrUnavailable when it does not answer in time.
func Open(ctx context.Context, url string, c Config) (*vault.Vault, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	master, err := vault.ReadMasterKey(c.MasterKey)
	if err != nil {
		return nil, err
	}
	defer clear(master[:])
	s, err := openStore(ctx, c, url)
	if err != nil {
		return nil, err
	}
	v, err := vault.New(ctx, s, master, c.Options)
	if err != nil {
		s.Close()
		return nil, err
	}
	return v, nil
}

// Restore makes a vault from a backup of any vault, embedded or in PostgreSQL,
// and opens it. See vault.Restore for erasures, which are never given to the
// database as anything else, and for the master key. A backup that is cut short
// or altered leaves nothing behind.
func Restore(ctx context.Context, url string, c Config, r io.Reader, erasures []vault.Erasure) (*vault.Vault, error) {
	master, err := vault.ReadMasterKey(c.MasterKey)
	if err != nil {
		return nil, err
	}
	defer clear(master[:])
	if err := readThrough(ctx, r, master); err != nil {
		return nil, err
	}
	return build(ctx, url, c, func(tx pgx.Tx, schema string) error {
		in := &restoring{ctx: ctx, tx: tx, schema: schema}
		return vault.ReadBackup(ctx, r, master, vault.Stamped(erasures, c.clock()), in.visitor())
	})
}

// readThrough refuses a bad backup before the database hears of it, if r can be
// read twice. If it cannot, the transaction is taken back at its end.
func readThrough(ctx context.Context, r io.Reader, master vault.Key) error {
	again, ok := r.(io.Seeker)
	if !ok {
		return nil
	}
	begin, err := again.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil // a pipe is a file too
	}
	err = vault.ReadBackup(ctx, r, master, nil, vault.Visitor{
		Header:   func(vault.Header) error { return nil },
		Keys:     func([]vault.StoredKey) error { return nil },
		Claims:   func([]vault.StoredClaim) error { return nil },
		Secret:   func(string, vault.WrappedKey) error { return nil },
		Erasures: func([]vault.Erasure) error { return nil },
	})
	if err != nil {
		return err
	}
	_, err = again.Seek(begin, io.SeekStart)
	return fault(ctx, err)
}

// build fills a schema that has no vault yet, in one transaction, and opens it.
func build(ctx context.Context, url string, c Config, fill func(tx pgx.Tx, schema string) error) (*vault.Vault, error) {
	full, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	conf, err := full.poolConfig(url)
	if err != nil {
		return nil, err
	}
	err = withConn(ctx, conf.ConnConfig, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if err := refuseExisting(ctx, tx, full.Schema); err != nil {
				return err
			}
			return fill(tx, full.Schema)
		})
	})
	if err != nil {
		return nil, fault(ctx, err)
	}
	return Open(ctx, url, c)
}
