package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"zhishu/vault"
	"zhishu/vault/postgres"
	"zhishu/vault/postgres/pgtest"
	"zhishu/vault/vaulttest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// server is one PostgreSQL for all tests of the package.
func server(t testing.TB) *pgtest.Server { t.Helper(); return pgtest.Shared(t) }

// ours is a server that a test may stop and change.
func ours(t testing.TB) *pgtest.Server {
	t.Helper()
	s := server(t)
	if !s.Ours() {
		t.Skipf("the server named in %s is not stopped or changed by tests", pgtest.EnvURL)
	}
	return s
}

var schemas atomic.Int64

// config names a schema of its own, dropped after the test, and a master key.
// The cache is small, so that the suite meets evictions.
func config(t testing.TB) postgres.Config {
	t.Helper()
	s := server(t)
	c := postgres.Config{
		MasterKey:   filepath.Join(t.TempDir(), "master.key"),
		Schema:      fmt.Sprintf("test_%d_%d", os.Getpid(), schemas.Add(1)),
		Connections: 4,
		Timeout:     time.Minute, // not what these tests are about, and machines are busy
		Options:     vault.Options{CacheSubjects: 128},
	}
	t.Cleanup(func() { query(t, s.URL, `DROP SCHEMA IF EXISTS `+c.Schema+` CASCADE`) })
	return c
}

func create(t testing.TB, c postgres.Config) *vault.Vault {
	t.Helper()
	v, err := postgres.Create(t.Context(), server(t).URL, c)
	return closing(t, v, err)
}

func open(t testing.TB, url string, c postgres.Config) *vault.Vault {
	t.Helper()
	v, err := postgres.Open(t.Context(), url, c)
	return closing(t, v, err)
}

func closing(t testing.TB, v *vault.Vault, err error) *vault.Vault {
	t.Helper()
	check(t, err)
	t.Cleanup(func() { check(t, v.Close()) })
	return v
}

// query runs a statement apart from the vault and returns its first value.
func query(t testing.TB, url, statement string) (value any) {
	t.Helper()
	ctx := context5s(t)
	conn, err := pgx.Connect(ctx, url)
	check(t, err)
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, statement)
	check(t, err)
	defer rows.Close()
	if rows.Next() {
		values, err := rows.Values()
		check(t, err)
		value = values[0]
	}
	rows.Close()
	check(t, rows.Err())
	return value
}

func fixture(t *testing.T) vaulttest.Fixture {
	s := server(t)
	c := config(t)
	v := create(t, c)
	current := v
	return vaulttest.Fixture{
		Vault: v,
		// What a crash of the server leaves is TestCrash's matter: stopping it
		// for every Reopen would take too long.
		Reopen: func() vaulttest.Vault {
			check(t, current.Close())
			current = open(t, s.URL, c)
			return current
		},
		Restore: func(r io.Reader, erasures []vault.Erasure) (vaulttest.Vault, error) {
			to := config(t)
			to.MasterKey = c.MasterKey
			v, err := postgres.Restore(t.Context(), s.URL, to, r, erasures)
			if err != nil {
				if query(t, s.URL, `SELECT to_regnamespace('`+to.Schema+`')::text`) != nil {
					t.Fatal("a refused backup left a schema behind")
				}
				return nil, err
			}
			return closing(t, v, err), nil
		},
		Stored: func() [][]byte {
			if !s.Ours() {
				return nil // its files are not ours to read
			}
			files, err := s.TableFiles(t.Context(), c.Schema+".subjects", c.Schema+".claims")
			check(t, err)
			return files
		},
	}
}

func TestConformance(t *testing.T) { vaulttest.Run(t, fixture) }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

const soon = 5 * time.Second

func context5s(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), soon) // also in a cleanup
	t.Cleanup(cancel)
	return ctx
}
