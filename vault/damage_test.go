package vault

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"zhishu/vault/vaulttest/pages"
)

// A vault with a few pages of everything, closed, and what it holds.
type specimen struct {
	conf     Config
	file     []byte
	subjects []Subject
	keys     map[Subject]Key
	secret   Key
}

func newSpecimen(t testing.TB) specimen {
	t.Helper()
	sp := specimen{conf: Config{Dir: filepath.Join(t.TempDir(), "vault")}, keys: make(map[Subject]Key)}
	v, err := Create(t.Context(), sp.conf)
	noErr(t, err)
	sp.subjects = make([]Subject, 60)
	claims := make([]Claim, len(sp.subjects))
	for i := range sp.subjects {
		k := newKey()
		sp.subjects[i] = Subject(k[:])
		claims[i] = Claim{"id", [32]byte{byte(i)}, sp.subjects[i]}
	}
	for i := 0; i < len(claims); i += 10 { // several commits
		noErr(t, v.EnsureKeys(t.Context(), sp.subjects[i:i+10]))
		_, err := v.ReserveMany(t.Context(), claims[i:i+10])
		noErr(t, err)
	}
	noErr(t, v.EraseMany(t.Context(), []Erasure{{Subject: Subject{1}}, {Subject: Subject{2}}}))
	sp.secret, err = v.Secret(t.Context(), "x")
	noErr(t, err)
	for _, s := range sp.subjects {
		sp.keys[s], err = v.Key(t.Context(), s)
		noErr(t, err)
	}
	noErr(t, v.Close())
	sp.file, err = os.ReadFile(filepath.Join(sp.conf.Dir, dataFile))
	noErr(t, err)
	return sp
}

// verify holds that everything acknowledged is there, or an error says
// ErrDamaged.
func (sp specimen) verify(t testing.TB, v *Vault) error {
	for i, s := range sp.subjects {
		k, err := v.Key(t.Context(), s)
		if err != nil {
			return fmt.Errorf("key: %w", err)
		}
		if k != sp.keys[s] {
			return errors.New("another key")
		}
		owner, err := v.Lookup(t.Context(), "id", [32]byte{byte(i)})
		if err != nil || owner != s {
			return fmt.Errorf("owner %x, %w", owner, err)
		}
	}
	erasures, err := v.Erasures(t.Context())
	if err != nil || len(erasures) != 2 || erasures[0].Subject[0]+erasures[1].Subject[0] != 3 {
		return fmt.Errorf("erasures %v, %w", erasures, err)
	}
	k, err := v.Secret(t.Context(), "x")
	if err != nil || k != sp.secret {
		return fmt.Errorf("secret: %w", err)
	}
	return nil
}

func (sp specimen) write(t testing.TB, file []byte) {
	t.Helper()
	noErr(t, os.WriteFile(filepath.Join(sp.conf.Dir, dataFile), file, 0o600))
}

// TestFlippedBits flips single bits all over the file. Each is found when the
// file is opened or when the record is read, or it changes nothing.
func TestFlippedBits(t *testing.T) {
	sp := newSpecimen(t)
	rng := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 400 {
		file := bytes.Clone(sp.file)
		at := rng.IntN(len(file))
		bit := byte(1) << rng.IntN(8)
		file[at] ^= bit
		sp.write(t, file)
		err := sp.openAndVerify(t)
		if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrMasterKey) {
			t.Fatalf("byte %#x, bit %#x: %v", at, bit, err)
		}
		if err != nil {
			found++
		}
	}
	if found == 0 {
		t.Fatal("no flipped bit was found: the test looks at nothing")
	}
}

func (sp specimen) openAndVerify(t testing.TB) error {
	v, err := Open(t.Context(), sp.conf)
	if err != nil {
		return err
	}
	return errors.Join(sp.verify(t, v), v.Close())
}

func TestFlippedHeaders(t *testing.T) {
	sp := newSpecimen(t)
	page := os.Getpagesize()
	for at := range 2 * page {
		if at%page >= 128 { // the rest of the page is not used
			continue
		}
		file := bytes.Clone(sp.file)
		file[at] ^= 1 << (at % 8)
		sp.write(t, file)
		if err := sp.openAndVerify(t); err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %#x: %v", at, err)
		}
	}
}

func TestFileCutShort(t *testing.T) {
	sp := newSpecimen(t)
	for _, n := range []int{0, 1, 100, 4096, 8192, 12288, len(sp.file) / 2, len(sp.file) - 4096, len(sp.file) - 1} {
		sp.write(t, sp.file[:n])
		if err := sp.openAndVerify(t); err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d bytes of %d: %v", n, len(sp.file), err)
		}
	}
}

// TestLostBlock removes a block the way no checksum of a page can notice.
func TestLostBlock(t *testing.T) {
	for _, name := range []string{"keys", "claims"} {
		sp := newSpecimen(t)
		db, err := bbolt.Open(filepath.Join(sp.conf.Dir, dataFile), 0o600, boltOptions())
		noErr(t, err)
		noErr(t, db.Update(func(tx *bbolt.Tx) error {
			k, _ := tx.Bucket([]byte(name)).Cursor().First()
			return tx.Bucket([]byte(name)).Delete(k)
		}))
		noErr(t, db.Close())
		_, err = Open(t.Context(), sp.conf)
		wantErr(t, err, ErrDamaged)
	}
}

func TestSomethingElseAsFile(t *testing.T) {
	sp := newSpecimen(t)
	sp.write(t, bytes.Repeat([]byte("not a vault "), 10_000))
	_, err := Open(t.Context(), sp.conf)
	wantErr(t, err, ErrDamaged)

	noErr(t, os.Remove(filepath.Join(sp.conf.Dir, dataFile)))
	db, err := bbolt.Open(filepath.Join(sp.conf.Dir, dataFile), 0o600, boltOptions())
	noErr(t, err)
	noErr(t, db.Close())
	_, err = Open(t.Context(), sp.conf) // sound, but no vault
	wantErr(t, err, ErrDamaged)
}

// TestSwappedKeys puts one subject's wrapped key in another's place: possible
// for whoever can write the file, and noticed because the subject is bound in.
func TestSwappedKeys(t *testing.T) {
	sp := newSpecimen(t)
	v, err := Open(t.Context(), sp.conf)
	noErr(t, err)
	defer v.Close()
	a, err := v.store.WrappedKey(t.Context(), sp.subjects[0])
	noErr(t, err)
	_, err = v.wrap.unwrap(wrapSubjectKey, sp.subjects[1][:], a)
	wantErr(t, err, ErrDamaged)
	_, err = v.wrap.unwrap(wrapNamedSecret, sp.subjects[0][:], a)
	wantErr(t, err, ErrDamaged)
	v.wrap.ledger[0] ^= 1
	_, err = v.wrap.unwrap(wrapSubjectKey, sp.subjects[0][:], a)
	wantErr(t, err, ErrDamaged)
}

func noErr(t testing.TB, err error) {
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

// TestExamine flips single bits all over the file. Whatever a record stands in
// is found, whatever space a page leaves is noted, and only pages that hold
// nothing may change unnoticed.
func TestExamine(t *testing.T) {
	sp := newSpecimen(t)
	x, err := Examine(t.Context(), sp.conf)
	noErr(t, err)
	equal(t, "what it holds", x.Stats, Stats{Subjects: len(sp.subjects), Claims: len(sp.subjects), Erased: 2})
	equal(t, "secrets", x.Secrets, 1)
	equal(t, "blemishes", len(x.Blemishes), 0)
	v, err := Open(t.Context(), sp.conf)
	noErr(t, err)
	equal(t, "keyed hash", x.Mac("p", []byte("x")), v.Mac("p", []byte("x")))
	noErr(t, v.Close())
	wantErr(t, x.Holds(Subject{1}), ErrErased)
	wantErr(t, x.Holds(Subject{99}), ErrNoKey)
	noErr(t, x.Holds(sp.subjects[3]))

	path := filepath.Join(sp.conf.Dir, dataFile)
	used, free, size, err := pages.Of(path)
	noErr(t, err)
	rng := rand.New(rand.NewPCG(3, 4))
	found, noted, silent := 0, 0, 0
	for i := range 2000 {
		sp.write(t, sp.file)
		unused := i%8 == 7
		among := used
		if unused {
			among = free
		}
		at, err := pages.Spot(rng, path, among, size)
		noErr(t, err)
		file := bytes.Clone(sp.file)
		file[at] ^= 1 << rng.IntN(8)
		sp.write(t, file)
		x, err := Examine(t.Context(), sp.conf)
		switch {
		case errors.Is(err, ErrDamaged) || errors.Is(err, ErrMasterKey):
			found++
		case err != nil:
			t.Fatalf("byte %#x: %v", at, err)
		case len(x.Blemishes) > 0:
			noted++
		case !unused:
			t.Fatalf("byte %#x, in a page in use, is changed and nothing is found", at)
		default:
			silent++
		}
		if unused && (err != nil || len(x.Blemishes) > 0) {
			t.Fatalf("byte %#x holds nothing, and yet: %v %v", at, err, x.Blemishes)
		}
	}
	t.Logf("%d found, %d noted, %d in pages that hold nothing", found, noted, silent)
	if found < 200 || noted < 200 {
		t.Error("the flips met too few of the places that matter")
	}
}

// TestExamineBesideAWriter: a vault that is being written to is examined as it
// was at one moment, or only its header is; it is never called damaged.
func TestExamineBesideAWriter(t *testing.T) {
	conf := Config{Dir: filepath.Join(t.TempDir(), "vault")}
	v, err := Create(t.Context(), conf)
	noErr(t, err)
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			s := Subject{1, byte(i), byte(i >> 8)}
			_, err := v.Reserve(t.Context(), "id", [32]byte{byte(i), byte(i >> 8)}, s)
			err = errors.Join(err, v.EnsureKeys(t.Context(), []Subject{s}))
			if i%7 == 6 {
				err = errors.Join(err, v.Erase(t.Context(), s))
			}
			select {
			case <-stop:
				done <- err
				return
			default:
			}
			if err != nil {
				done <- err
				return
			}
		}
	}()
	for range 30 {
		x, err := Examine(t.Context(), conf)
		noErr(t, err)
		equal(t, "the ledger", x.LedgerID, v.LedgerID())
		equal(t, "keyed hash", x.Mac("p"), v.Mac("p"))
		equal(t, "blemishes", len(x.Blemishes), 0)
	}
	close(stop)
	noErr(t, <-done)
	noErr(t, v.Close())
	x, err := Examine(t.Context(), conf)
	noErr(t, err)
	equal(t, "settled", x.Unsettled, false)
	equal(t, "blemishes", len(x.Blemishes), 0)
}
