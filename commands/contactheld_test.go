package commands_test

import (
	"bytes"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
)

// A change is judged on what is sealed: what is the same already is refused, and
// so is a name that was changed and is given once more.
func TestAChangedNameAndPhoneAreSealedAndFindThePerson(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	b.must(h.Do(t.Context(), b.by(h, "clerk", "k", b.claim(1, 9))))
	change := func(key, name, phone string) error {
		_, err := h.Do(t.Context(), b.by(h, "clerk", key, &domain.ChangeContact{Person: b.person, Name: name, Phone: phone}))
		return err
	}
	held := func() domain.Contact {
		c, err := h.ContactHeld(t.Context(), b.person)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	before := held()
	wantCode(t, change("same", before.Name, before.Phone), domain.NothingChanges)
	for range 2 { // the second is the first, lost and given again
		if err := change("phone", before.Name, "13900000001"); err != nil {
			t.Fatal(err)
		}
	}
	if err := change("name", "张三丰", ""); err != nil {
		t.Fatal(err)
	}
	wantCode(t, change("again", "张三丰", "13900000001"), domain.NothingChanges)
	if now := held(); now != (domain.Contact{Name: "张三丰", Phone: "13900000001"}) {
		t.Fatalf("%+v", now)
	}
	changes := 0
	for r, err := range b.store.ReadAll(t.Context(), eventstore.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Type == "contact-changed" {
			changes++
		}
		for _, plain := range []string{"张三", "13900000001"} {
			if bytes.Contains(r.Data, []byte(plain)) || bytes.Contains(r.Metadata, []byte(plain)) {
				t.Fatalf("%s holds a personal value in the clear", r.Type)
			}
		}
	}
	if changes != 2 {
		t.Errorf("%d changes", changes)
	}
	for _, pair := range [][2]string{{before.Name, before.Phone}, {before.Name, "13900000001"}, {"张三丰", "13900000001"}} {
		contact, _ := commands.ContactOf(pair[0], pair[1])
		space, hash := h.ContactHash(contact)
		if owner, err := b.vault.Lookup(t.Context(), space, hash); err != nil || domain.UUID(owner) != b.person.UUID {
			t.Errorf("%v finds %v %v", pair, owner, err)
		}
	}
	stranger := domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 77}}
	_, err := h.Do(t.Context(), b.by(h, "clerk", "nobody", &domain.ChangeContact{Person: stranger, Name: "谁"}))
	wantCode(t, err, domain.SubjectUnknown)
}
