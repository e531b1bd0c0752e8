package postgres_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"zhishu/vault"
	"zhishu/vault/postgres"
	"zhishu/vault/postgres/pgtest"
	"zhishu/vault/vaulttest"
)

// wrapped returns the bytes that stand in the database for a subject's key.
func wrapped(t *testing.T, c postgres.Config, s vault.Subject) []byte {
	t.Helper()
	return query(t, server(t).URL, fmt.Sprintf(`SELECT wrapped FROM %s.subjects WHERE id = '%x'`, c.Schema, s)).([]byte)
}

// inFiles reports whether bytes stand anywhere in the files of the tables.
func inFiles(t *testing.T, s *pgtest.Server, c postgres.Config, what []byte) bool {
	t.Helper()
	files, err := s.TableFiles(t.Context(), c.Schema+".subjects", c.Schema+".claims")
	check(t, err)
	for _, f := range files {
		if bytes.Contains(f, what) {
			return true
		}
	}
	return false
}

// TestErasedBytes erases the first, the last and middle rows of pages: where a
// row stands decides what closing its gap leaves.
func TestErasedBytes(t *testing.T) {
	srv := ours(t)
	c := config(t)
	v := create(t, c)
	var s []vault.Subject
	for range 130 { // more than a page, in the order of their rows
		one := vaulttest.Subjects(1)
		check(t, v.EnsureKeys(t.Context(), one))
		_, err := v.Reserve(t.Context(), "s", v.Mac("h", one[0][:]), one[0])
		check(t, err)
		s = append(s, one[0])
	}
	for _, i := range []int{129, 0, 65, 64, 66, 128} {
		key := wrapped(t, c, s[i])
		tag := query(t, srv.URL, fmt.Sprintf(`SELECT uuid_send(tag) FROM %s.claims WHERE owner = '%x'`, c.Schema, s[i])).([]byte)
		if !inFiles(t, srv, c, key) || !inFiles(t, srv, c, tag) {
			t.Fatal("the search finds nothing")
		}
		check(t, v.Erase(t.Context(), s[i]))
		if inFiles(t, srv, c, key) {
			t.Errorf("subject %d: the wrapped key is left in the table's file", i)
		}
		if inFiles(t, srv, c, tag) {
			t.Errorf("subject %d: the claim is left in the table's file", i)
		}
	}
	if n := query(t, srv.URL, `SELECT count(*) FROM `+c.Schema+`.claims`); n != int64(124) {
		t.Errorf("%v rows of claims, with what covered the erased ones", n)
	}
}

// TestErasedBesideBackup: a backup under way still sees old copies. The erasure
// holds at once; the copies go when the backup has ended.
func TestErasedBesideBackup(t *testing.T) {
	srv := ours(t)
	c := config(t)
	c.ErasureLag = 300 * time.Millisecond
	v := create(t, c)
	s := vaulttest.Subjects(8000) // more than is gathered before the first write
	check(t, v.EnsureKeys(t.Context(), s))
	key := wrapped(t, c, s[3])
	w := &slowWriter{began: make(chan struct{}), goOn: make(chan struct{})}
	done := make(chan error, 1)
	go func() { done <- v.Backup(t.Context(), w) }()
	select {
	case <-w.began:
	case err := <-done:
		t.Fatalf("the backup ended before it wrote anything: %v", err)
	}
	check(t, v.Erase(t.Context(), s[3]))
	_, err := v.Key(t.Context(), s[3])
	wantErr(t, err, vault.ErrErased)
	if !inFiles(t, srv, c, key) {
		t.Fatal("the backup does not hold up anything: this test shows nothing")
	}
	close(w.goOn)
	check(t, <-done)
	untilErr(t, errThere, func() error {
		if inFiles(t, srv, c, key) {
			return nil
		}
		return errThere
	})
}

// slowWriter waits in its first write.
type slowWriter struct{ began, goOn chan struct{} }

func (w *slowWriter) Write(p []byte) (int, error) {
	select {
	case <-w.began:
	default:
		close(w.began)
		<-w.goOn
	}
	return len(p), nil
}
