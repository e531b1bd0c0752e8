package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/vault"
)

// eraseSomebody enrols a person in a ledger, lets between look at the directory, and
// then has the person erased: the fact first, the key after it.
func eraseSomebody(t *testing.T, dir string, between func()) domain.PersonID {
	t.Helper()
	person := domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 0xE5}}
	const code = 430702999001
	l, err := openLedger(t.Context(), location{dir: dir}, commands.Options{})
	must(t, err)
	for _, c := range []domain.Command{
		&domain.RegisterCommunity{Code: code, Name: "抹名社区"},
		&domain.EnrolPerson{Person: person, Community: code, Name: "抹名", Phone: "13900000009", AgeOn: domain.NoDay, Basis: domain.OnPaper},
	} {
		_, err := l.handler.Do(t.Context(), commands.Request{Caller: l.operator("test"), Key: c.Operation(), Command: c})
		must(t, err)
	}
	must(t, l.close())
	between()
	if l, err = openLedger(t.Context(), location{dir: dir}, commands.Options{}); err != nil {
		t.Fatal(err)
	}
	e := &domain.PersonErased{Person: person}
	data, err := wire.AppendData(nil, e)
	must(t, err)
	caller := l.operator("test")
	metadata := wire.AppendMeta(nil, domain.Meta{RecordedAt: l.handler.Now(), Account: caller.Account, Role: domain.RoleOperator, Authentication: domain.Asserted, Source: "test"})
	_, err = l.log.Append(t.Context(), person.Stream(), eventstore.Exactly(0), []eventstore.Event{{ID: eventstore.ID{1, 6: 0x40, 8: 0x80}, Type: e.Type(), Data: data, Metadata: metadata}})
	must(t, err)
	must(t, l.vault.Erase(t.Context(), vault.Subject(person.UUID)))
	must(t, l.close())
	return person
}

// oldVault puts the vault from before somebody's erasure in the place of the newer
// one.
func (x *target) oldVault() int64 {
	file := x.path("vault/vault.db")
	var old []byte
	eraseSomebody(x.t, x.dir, func() {
		var err error
		old, err = os.ReadFile(file)
		must(x.t, err)
	})
	must(x.t, os.WriteFile(file, old, 0o600))
	return noIndex
}

// Whoever the log calls erased has no key: verify says so when one came back, and a
// restore brings none, whatever the list of erasures in the backup says.
func TestTheErasedStayErased(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "L")
	fewEvents(t, dir, 20)
	x := &target{t: t, dir: dir}
	backup, master := filepath.Join(t.TempDir(), "backup"), x.path("vault/master.key")
	quiet := func(args ...string) (int, string) {
		var stdout, stderr output
		code := run(t.Context(), args, nil, &stdout, &stderr)
		return code, stdout.String() + stderr.String()
	}
	var old []byte
	person := eraseSomebody(t, dir, func() {
		var err error
		old, err = os.ReadFile(x.path("vault/vault.db"))
		must(t, err)
		if code, text := quiet("backup", "--data", dir, "--to", backup); code != 0 {
			t.Fatalf("backup: exit %d\n%s", code, text)
		}
	})
	if code, text := quiet("verify", "--data", dir); code != exitSound {
		t.Errorf("erased as it should be: exit %d\n%s", code, text)
	}
	newer := filepath.Join(t.TempDir(), "newer")
	if code, text := quiet("backup", "--data", dir, "--to", newer); code != 0 {
		t.Fatalf("backup: exit %d\n%s", code, text)
	}

	must(t, os.WriteFile(x.path("vault/vault.db"), old, 0o600))
	code, text := quiet("verify", "--data", dir, "--json")
	if code != exitTampered || !strings.Contains(text, person.Stream()) || !strings.Contains(text, `"erased"`) {
		t.Errorf("the key is there again: exit %d\n%s", code, text)
	}

	// The log of the newer backup with keys and erasures of the older one.
	must(t, os.RemoveAll(filepath.Join(backup, "log")))
	must(t, os.Rename(filepath.Join(newer, "log"), filepath.Join(backup, "log")))
	again := filepath.Join(t.TempDir(), "again")
	if code, text := quiet("restore", "--from", backup, "--data", again, "--master-key", master); code != 0 {
		t.Fatalf("restore: exit %d\n%s", code, text)
	}
	code, text = quiet("verify", "--data", again, "--json")
	var out struct{ Verdict string }
	if err := json.Unmarshal([]byte(text), &out); err != nil || code != exitSound {
		t.Errorf("restored: exit %d\n%s", code, text)
	}
}
