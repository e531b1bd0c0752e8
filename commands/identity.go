package commands

import (
	"encoding/binary"
	"encoding/json"

	"github.com/google/uuid"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/vault"
)

// identity is what makes a request the same request: keyed hashes, because a
// plain hash of an ID number would be personal data that survives erasure.
type identity struct {
	key     [16]byte // account, operation, stream and idempotency key
	request [16]byte // what is asked
	base    uuid.UUID
}

// event is the id of the request's i-th event: a UUIDv5, so that the same
// request gives the same ids and another request under the same key others.
func (id identity) event(i int) eventstore.ID {
	var index [4]byte
	binary.BigEndian.PutUint32(index[:], uint32(i))
	return eventstore.ID(uuid.NewSHA1(id.base, index[:]))
}

func (h *Handler) identify(req *Request, f *folded) (identity, error) {
	c := req.Command
	account := req.Caller.Account.UUID
	var id identity
	key := h.secrets.Mac("idempotency-key", account[:], []byte(c.Operation()), []byte(c.Target()), []byte(req.Key))
	copy(id.key[:], key[:])
	request, err := h.requestHash(req, f)
	if err != nil {
		return id, err
	}
	copy(id.request[:], request[:])
	base := h.secrets.Mac("event-id", key[:], request[:])
	copy(id.base[:], base[:])
	return id, nil
}

// requestHash hashes what is asked, under the data subject's own key when the
// request holds personal fields.
func (h *Handler) requestHash(req *Request, f *folded) ([32]byte, error) {
	content := req.Digest
	if content == nil {
		b, err := json.Marshal(req.Command)
		if err != nil {
			return [32]byte{}, err
		}
		content = b
		if owner, ok := keyedBy(req.Command, f); ok {
			return h.secrets.SubjectMac(owner, "request", content)
		}
	}
	return h.secrets.Mac("request", content), nil
}

// keyedBy names the data subject whose personal fields a command carries. A
// subject that does not exist yet gets a key only from the command that makes
// it exist.
func keyedBy(c domain.Command, f *folded) (vault.Subject, bool) {
	switch c := c.(type) {
	case *domain.EnrolPerson:
		return vault.Subject(c.Person.UUID), !c.Person.IsZero()
	case *domain.ReceiveDonation:
		return vault.Subject(c.Donor.UUID), !c.Donor.IsZero()
	case *domain.OpenAccount:
		return vault.Subject(c.Account.UUID), c.Holder != ""
	case *domain.StartImport:
		return vault.Subject(c.Started.Import.UUID), !c.Started.Import.IsZero()
	}
	switch s := f.state.(type) {
	case *domain.Person:
		return vault.Subject(s.Enrolled.Person.UUID), s.Exists && !s.Erased && hasFreeText(c)
	case *domain.Donation:
		return vault.Subject(s.Donor.UUID), s.Exists
	}
	return vault.Subject{}, false
}

func hasFreeText(c domain.Command) bool {
	switch c := c.(type) {
	case *domain.ClaimEntry:
		return c.Remark != ""
	case *domain.RejectEntry, *domain.ProposeCorrection, *domain.ProposeVoid:
		return true
	case *domain.DecideProposal:
		return c.Reason != ""
	}
	return false
}
