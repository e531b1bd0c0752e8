package commands

import (
	"strings"
	"unicode"

	"zhishu/domain"
	"zhishu/vault"
)

// contactSpace holds names with a phone. Phones are shared and so are names, but
// both together find somebody again who has no number. Nothing here is unique:
// the first who is enrolled under both is who they find, and whoever comes
// later under the same is enrolled all the same, and not found by them.
const contactSpace = "contact"

// fewestDigits of a phone: anything shorter does not say whose it is.
const fewestDigits = 7

// Contact is a name with a phone, as they are compared: blanks, widths and
// hyphens make no difference.
type Contact struct{ name, phone string }

// ContactOf is false when the two are not enough to find anybody by.
func ContactOf(name, phone string) (c Contact, ok bool) {
	c = Contact{plainName(name), digits(phone)}
	return c, c.name != "" && len(c.phone) >= fewestDigits
}

// ContactHash is the claim under which a name with a phone is looked up.
func (h *Handler) ContactHash(c Contact) (space string, hash [32]byte) {
	return contactSpace, h.secrets.Mac(contactSpace, []byte(c.name), []byte(c.phone))
}

// plainName leaves the letters: narrow, in upper case, without blanks.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if r = narrow(r); unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r = narrow(r); r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// narrow gives a full-width character its usual form.
func narrow(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}

// claimContact lets a name with a phone find the person from now on, unless it
// finds somebody else who exists. What found the person before goes on doing so:
// older lists come again. A claim left over from an enrolment that did
// not come to an end is taken over; who holds it meanwhile loses nothing but
// being found by it.
func (w *writer) claimContact(person domain.PersonID, name, phone string) error {
	contact, ok := ContactOf(name, phone)
	if !ok {
		return nil
	}
	space, hash := w.h.ContactHash(contact)
	self := vault.Subject(person.UUID)
	owner, err := w.h.secrets.Reserve(w.ctx, space, hash, self)
	if err != nil || owner == self {
		return err
	}
	stage, err := w.h.stageOf(w.ctx, domain.PersonID{UUID: domain.UUID(owner)}.Stream())
	if err != nil || stage == enrolled {
		return err
	}
	_, err = w.h.secrets.Replace(w.ctx, space, hash, owner, self)
	return err
}
