package postgres_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhishu/vault"
	"zhishu/vault/postgres"
)

func TestOpenRefuses(t *testing.T) {
	url := server(t).URL
	made := config(t)
	create(t, made)
	other := filepath.Join(t.TempDir(), "other.key")
	k, err := vault.CreateMasterKey(other)
	check(t, err)
	clear(k[:])
	wide := filepath.Join(t.TempDir(), "wide.key")
	text, err := os.ReadFile(made.MasterKey)
	check(t, err)
	check(t, os.WriteFile(wide, text, 0o644))
	newer := config(t)
	create(t, newer)
	query(t, url, `UPDATE `+newer.Schema+`.vault SET version = 2`)

	with := func(change func(*postgres.Config)) postgres.Config {
		c := made
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		url  string
		conf postgres.Config
		want error
	}{
		"no vault":             {url, with(func(c *postgres.Config) { c.Schema = "nothing_here" }), vault.ErrNotFound},
		"another master key":   {url, with(func(c *postgres.Config) { c.MasterKey = other }), vault.ErrMasterKey},
		"no master key":        {url, with(func(c *postgres.Config) { c.MasterKey += ".gone" }), vault.ErrMasterKey},
		"no path of one":       {url, with(func(c *postgres.Config) { c.MasterKey = "" }), vault.ErrMasterKey},
		"one others may read":  {url, with(func(c *postgres.Config) { c.MasterKey = wide }), vault.ErrPermissions},
		"a newer schema":       {url, newer, vault.ErrVersion},
		"a name of SQL":        {url, with(func(c *postgres.Config) { c.Schema = `x"; DROP SCHEMA public` }), vault.ErrUnavailable},
		"a negative limit":     {url, with(func(c *postgres.Config) { c.Timeout = -1 }), vault.ErrUnavailable},
		"no connection string": {"postgres://%zz", made, vault.ErrUnavailable},
		"no server":            {"postgres://u:planted-password@127.0.0.1:1/d?sslmode=disable", made, vault.ErrUnavailable},
		"without TLS":          {"postgres://u:planted-password@db.example.org/d?sslmode=prefer", made, vault.ErrUnsafe},
		"synchronous_commit":   {url + "&synchronous_commit=off", made, vault.ErrUnsafe},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := postgres.Open(t.Context(), c.url, c.conf)
			wantErr(t, err, c.want)
			if strings.Contains(err.Error(), "planted-password") {
				t.Errorf("the password stands in the error: %v", err)
			}
		})
	}
}

// TestWordsAsSchema: a name may be a word of SQL.
func TestWordsAsSchema(t *testing.T) {
	c := config(t)
	c.Schema = "user"
	t.Cleanup(func() { query(t, server(t).URL, `DROP SCHEMA IF EXISTS "user" CASCADE`) })
	create(t, c)
	open(t, server(t).URL, c)
}

func TestCreateOnce(t *testing.T) {
	s := server(t)
	c := config(t)
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() {
			v, err := postgres.Create(context.Background(), s.URL, c)
			if err == nil {
				err = errors.Join(errCreated, v.Close())
			}
			errs <- err
		}()
	}
	created := 0
	for range cap(errs) {
		switch err := <-errs; {
		case errors.Is(err, errCreated):
			created++
		case !errors.Is(err, vault.ErrExists):
			t.Error(err)
		}
	}
	if created != 1 {
		t.Fatalf("%d of %d made the vault", created, cap(errs))
	}
	open(t, s.URL, c)
}

var errCreated = errors.New("created")

// TestCreateInOwnSchema: a role that may not create schemas gets an empty one.
func TestCreateInOwnSchema(t *testing.T) {
	c := config(t)
	query(t, server(t).URL, `CREATE SCHEMA `+c.Schema)
	create(t, c)
}

// TestServerSettings: a server that would lose what it acknowledges is refused,
// also when it becomes one while the vault is open.
func TestServerSettings(t *testing.T) {
	s := ours(t)
	c := config(t)
	v := create(t, c)
	for _, setting := range []string{"fsync", "full_page_writes"} {
		set := func(value string) {
			query(t, s.AdminURL, `ALTER SYSTEM SET `+setting+` = `+value)
			query(t, s.AdminURL, `SELECT pg_reload_conf()`)
			untilErr(t, errThere, func() error {
				if query(t, s.AdminURL, `SELECT current_setting('`+setting+`')`) == value {
					return errThere
				}
				return nil
			})
		}
		set("off")
		_, err := postgres.Open(t.Context(), s.URL, c)
		set("on")
		wantErr(t, err, vault.ErrUnsafe)
	}
	// The role's own default does not matter: every connection says what it wants.
	query(t, s.URL, `ALTER ROLE zhishu SET synchronous_commit = off`)
	defer query(t, s.URL, `ALTER ROLE zhishu RESET synchronous_commit`)
	open(t, s.URL, c)
	check(t, v.EnsureKeys(t.Context(), []vault.Subject{{1}}))
}

var errThere = errors.New("there")
