package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"zhishu/vault"
	"zhishu/vault/postgres/pgtest"
)

func noErr(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newStore makes a vault and opens its store without the sealing half.
func newStore(t *testing.T) *store {
	t.Helper()
	url := pgtest.Shared(t).URL
	c, err := Config{
		MasterKey: filepath.Join(t.TempDir(), "master.key"),
		Timeout:   time.Minute, // machines are busy
		Schema:    fmt.Sprintf("guard_%d_%d", os.Getpid(), time.Now().UnixNano()),
	}.withDefaults()
	noErr(t, err)
	v, err := Create(t.Context(), url, c)
	noErr(t, err)
	noErr(t, v.Close())
	s, err := openStore(t.Context(), c, url)
	noErr(t, err)
	t.Cleanup(func() {
		_, err := s.pool.Exec(context.Background(), `DROP SCHEMA `+c.Schema+` CASCADE`)
		noErr(t, errors.Join(err, s.Close()))
	})
	return s
}

// TestGuards writes what was decided from something that is not true any more.
// Nothing of it may be written.
func TestGuards(t *testing.T) {
	s := newStore(t)
	erased, fresh, a, b := vault.Subject{1}, vault.Subject{2}, vault.Subject{3}, vault.Subject{4}
	held, free := vault.Tag{1}, vault.Tag{2}
	noErr(t, s.Erase(t.Context(), []vault.Erasure{{Subject: erased, At: time.Now()}}))
	_, err := s.Swap(t.Context(), []vault.Change{{Tag: held, To: a}})
	noErr(t, err)

	key := func(to vault.Subject) vault.StoredKey { return vault.StoredKey{Subject: to} }
	believed := func(owner vault.Subject) knowledge {
		return knowledge{held: map[vault.Tag]vault.Subject{held: owner}}
	}
	for name, c := range map[string]struct {
		op    op
		known knowledge
	}{
		"a key of an erased subject":   {op{keys: []vault.StoredKey{key(fresh), key(erased)}}, believed(a)},
		"a claim of an erased subject": {op{changes: []vault.Change{{Tag: free, To: erased}}}, believed(a)},
		"a claim thought free":         {op{changes: []vault.Change{{Tag: held, To: b}}}, believed(vault.None)},
		"a move from another":          {op{changes: []vault.Change{{Tag: held, From: b, To: fresh}}}, believed(b)},
		"a release by another":         {op{changes: []vault.Change{{Tag: held, From: b}}}, believed(b)},
		"a move of a freed one":        {op{changes: []vault.Change{{Tag: free, From: a, To: b}}}, knowledge{held: map[vault.Tag]vault.Subject{free: a}}},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.op
			o.keys = append(o.keys, key(vault.Subject{9})) // must not come alone
			answers := make([]error, 1)
			err := s.pool.SendBatch(t.Context(), s.decide([]*op{&o}, c.known, answers)).Close()
			if answers[0] != nil || !raced(err) {
				t.Fatalf("answered %v, written with %v", answers[0], err)
			}
			absent, err := s.Absent(t.Context(), []vault.Subject{fresh, {9}})
			noErr(t, err)
			owners, err := s.Owners(t.Context(), []vault.Tag{held, free})
			noErr(t, err)
			if len(absent) != 2 || owners[0] != a || owners[1] != vault.None {
				t.Fatalf("a part was written: absent %x, owners %x", absent, owners)
			}
		})
	}
}

// TestWritersWaitForErasure: a write that comes while an erasure is under way is
// decided after it.
func TestWritersWaitForErasure(t *testing.T) {
	s := newStore(t)
	subject := vault.Subject{1}
	for name, write := range map[string]func() error{
		"a claim": func() error {
			_, err := s.Swap(t.Context(), []vault.Change{{Tag: vault.Tag{1}, To: subject}})
			return err
		},
		"a key": func() error { return s.InsertKeys(t.Context(), []vault.StoredKey{{Subject: subject}}) },
	} {
		t.Run(name, func(t *testing.T) {
			subject[1]++
			erasing, err := s.pool.Begin(t.Context())
			noErr(t, err)
			defer erasing.Rollback(context.Background()) // after a failure
			_, err = erasing.Exec(t.Context(), lockExclusive, s.lock)
			noErr(t, err)
			wrote := make(chan error, 1)
			go func() { wrote <- write() }()
			awaitWaiter(t, s)
			b := &pgx.Batch{}
			b.Queue(eraseSubjects, [][16]byte{subject}, []int64{1}, make([]byte, 60))
			b.Queue(eraseClaims, [][16]byte{subject}, [16]byte{})
			noErr(t, erasing.SendBatch(t.Context(), b).Close())
			noErr(t, erasing.Commit(t.Context()))
			if err := <-wrote; !errors.Is(err, vault.ErrErased) {
				t.Fatalf("got %v, want %v", err, vault.ErrErased)
			}
		})
	}
}

// TestErasureWaitsForWriters: a claim that is being written when its subject is
// erased ends with it.
func TestErasureWaitsForWriters(t *testing.T) {
	s := newStore(t)
	subject, tag := vault.Subject{1}, vault.Tag{1}
	writing, err := s.pool.Begin(t.Context())
	noErr(t, err)
	defer writing.Rollback(context.Background()) // after a failure
	b := s.decide([]*op{{changes: []vault.Change{{Tag: tag, To: subject}}}}, knowledge{held: map[vault.Tag]vault.Subject{}}, make([]error, 1))
	noErr(t, writing.SendBatch(t.Context(), b).Close())
	erased := make(chan error, 1)
	go func() { erased <- s.Erase(t.Context(), []vault.Erasure{{Subject: subject, At: time.Now()}}) }()
	awaitWaiter(t, s)
	noErr(t, writing.Commit(t.Context()))
	noErr(t, <-erased)
	owners, err := s.Owners(t.Context(), []vault.Tag{tag})
	noErr(t, err)
	if owners[0] != vault.None {
		t.Fatal("an erased subject holds a claim")
	}
}

// awaitWaiter returns when somebody waits for an advisory lock.
func awaitWaiter(t *testing.T, s *store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for waiting := false; !waiting; {
		err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)`).Scan(&waiting)
		if err != nil {
			t.Fatalf("nobody waits for the erasure: %v", err)
		}
	}
}

// TestErasuresWentBack: after a failover to a server that lost erasures which
// were told, what is in memory cannot be trusted.
func TestErasuresWentBack(t *testing.T) {
	s := newStore(t)
	told := &memory{}
	s.feed.forget = told
	for i := range byte(3) {
		noErr(t, s.Erase(t.Context(), []vault.Erasure{{Subject: vault.Subject{1 + i}, At: time.Now()}}))
	}
	s.look(t.Context())
	if len(told.forgotten) != 3 || told.all != 0 {
		t.Fatalf("told of %d and %d times of all", len(told.forgotten), told.all)
	}
	_, err := s.pool.Exec(t.Context(), `DELETE FROM subjects WHERE erasure_no > 1`)
	noErr(t, err)
	s.look(t.Context())
	s.look(t.Context())
	if told.all != 1 {
		t.Fatalf("told %d times to forget all", told.all)
	}
	noErr(t, s.Erase(t.Context(), []vault.Erasure{{Subject: vault.Subject{9}, At: time.Now()}}))
	s.look(t.Context())
	if n := len(told.forgotten); n != 4 || told.forgotten[3] != (vault.Subject{9}) {
		t.Fatalf("told of %x", told.forgotten)
	}
}

type memory struct {
	forgotten []vault.Subject
	all       int
}

func (m *memory) Forget(s []vault.Subject) { m.forgotten = append(m.forgotten, s...) }
func (m *memory) ForgetAll()               { m.all++ }

// TestCurrent: with and without a monotonic reading.
func TestCurrent(t *testing.T) {
	s := &store{conf: Config{ErasureLag: time.Minute}}
	now := time.Now()
	for _, c := range []struct {
		asOf time.Time
		want bool
	}{
		{now, true},
		{now.Add(-2 * time.Minute), false},
		{now.Add(-2 * time.Minute).Round(0), false}, // no monotonic reading: the wall clock alone
		{now.Add(time.Hour).Round(0), true},         // the wall clock was set back
	} {
		s.feed.asOf.Store(&c.asOf)
		if got := s.Current(); got != c.want {
			t.Errorf("as of %v: %v", now.Sub(c.asOf), got)
		}
	}
}
