package inspect

import (
	"bytes"
	"errors"
	"testing"

	"filippo.io/age"

	"zhishu/domain"
	"zhishu/vault"
)

// withKeys is a bundle with the keys of the sample, encrypted to an inspector.
func (w *world) withKeys(t testing.TB, change func([]PersonKey)) (bundle []byte, identity string) {
	t.Helper()
	own, err := age.GenerateX25519Identity()
	noErr(t, err)
	var keys []PersonKey
	order := w.order()
	for _, name := range w.sample.Persons {
		id, err := domain.ParseUUID(name)
		noErr(t, err)
		key, err := w.vault.Key(t.Context(), vault.Subject(id))
		noErr(t, err)
		keys = append(keys, PersonKey{name, key[:]})
		order.Persons = append(order.Persons, name)
	}
	change(keys)
	order.Keys, err = SealKeys(own.Recipient().String(), keys)
	noErr(t, err)
	var b bytes.Buffer
	_, err = Write(t.Context(), &b, w.source(), order)
	noErr(t, err)
	return b.Bytes(), own.String()
}

// The names of those drawn are what the ledger itself tells of them; with another
// key, somebody else's, or in a bundle that is not sound, nothing opens.
func TestOpenSample(t *testing.T) {
	w := newWorld(t, t.TempDir(), 10)
	open := func(bundle []byte, identity string) (*Opened, error) {
		_, opened, err := OpenSample(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), identity, w.options())
		return opened, err
	}
	bundle, identity := w.withKeys(t, func([]PersonKey) {})
	opened, err := open(bundle, identity)
	noErr(t, err)
	names := map[string]string{}
	for _, f := range opened.Fields {
		if f.Field == "name" && names[f.Person] == "" {
			names[f.Person] = f.Text
		}
	}
	if len(opened.Persons) != 5 {
		t.Fatalf("%d persons", len(opened.Persons))
	}
	for _, person := range opened.Persons {
		id, err := domain.ParseUUID(person)
		noErr(t, err)
		want, err := w.handler.PersonName(t.Context(), domain.PersonID{UUID: id})
		noErr(t, err)
		if want == "" || names[person] != want {
			t.Errorf("%s is %q, the ledger says %q", person, names[person], want)
		}
	}

	other, err := age.GenerateX25519Identity()
	noErr(t, err)
	if _, err := open(bundle, other.String()); err == nil {
		t.Error("somebody else's key opens it")
	}
	swapped, identity := w.withKeys(t, func(k []PersonKey) { k[0].Key, k[1].Key = k[1].Key, k[0].Key })
	if _, err := open(swapped, identity); !errors.Is(err, ErrField) {
		t.Errorf("keys of others: %v", err)
	}
	stranger, identity := w.withKeys(t, func(k []PersonKey) { k[0].Person = w.of.ID })
	if _, err := open(stranger, identity); err == nil {
		t.Error("the key of somebody the manifest does not name was taken")
	}
	if _, err := open(w.bundle(t), identity); !errors.Is(err, ErrNoKeys) {
		t.Errorf("a bundle without keys: %v", err)
	}
	bundle[len(bundle)/2] ^= 1
	if opened, err := open(bundle, identity); !errors.Is(err, ErrUnsound) || opened != nil {
		t.Errorf("a bundle that is not sound: %v", err)
	}
}
