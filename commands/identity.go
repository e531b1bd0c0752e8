package commands

import (
	"crypto/sha1" // UUIDv5 is defined over it; what it hashes is keyed already
	"encoding/binary"
	"encoding/json"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/vault"
)

// identity is what makes a request the same request: keyed hashes, because a
// plain hash of an ID number would be personal data that survives erasure.
type identity struct {
	key     [16]byte // account, operation, stream and idempotency key
	request [16]byte // what is asked
	space   [16]byte // the namespace of the event ids; keyed as well
}

// event is the id of the request's i-th event: a UUIDv5 over the request in
// the key's own namespace, so that the same request gives the same ids and
// another request under the same key others.
func (id identity) event(i int) eventstore.ID {
	var name [36]byte
	copy(name[:16], id.space[:])
	copy(name[16:32], id.request[:])
	binary.BigEndian.PutUint32(name[32:], uint32(i))
	sum := sha1.Sum(name[:])
	var event eventstore.ID
	copy(event[:], sum[:16])
	event[6] = event[6]&0x0f | 0x50
	event[8] = event[8]&0x3f | 0x80
	return event
}

// identify hashes who asks for what once: half of the hash tells the keys
// apart, the other half is the namespace of the event ids.
func (w *writer) identify(req *Request) (identity, error) {
	var id identity
	w.parts[0] = w.scope(req)
	key := w.h.secrets.Mac("idempotency-key", w.parts[:]...)
	copy(id.key[:], key[:16])
	copy(id.space[:], key[16:])
	request, err := w.h.requestHash(req, w.f)
	id.request = request
	return id, err
}

// scope is account, operation, stream and idempotency key, each but the first
// after its length.
func (w *writer) scope(req *Request) []byte {
	b := append(w.room[:0], req.Caller.Account.UUID[:]...)
	for _, part := range [...]string{req.Command.Operation(), w.stream, req.Key} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	w.room = b
	return b
}

// requestHash hashes what is asked, under the data subject's own key when the
// request holds personal fields.
func (h *Handler) requestHash(req *Request, f *folded) (hash [16]byte, err error) {
	var mac [32]byte
	switch owner, keyed := keyedBy(req.Command, f); {
	case len(req.Digest) >= len(hash):
		copy(hash[:], req.Digest) // it is keyed, and long enough to be one itself
		return hash, nil
	case req.Digest != nil:
		mac = h.secrets.Mac("request", req.Digest)
	default:
		content, err := json.Marshal(req.Command)
		if err != nil {
			return hash, err
		}
		if !keyed {
			mac = h.secrets.Mac("request", content)
		} else if mac, err = h.secrets.SubjectMac(owner, "request", content); err != nil {
			return hash, err
		}
	}
	copy(hash[:], mac[:])
	return hash, nil
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
	case *domain.RegisterGroup:
		return vault.Subject(c.Group.ID.UUID), c.Door != ""
	case *domain.RenameGroup:
		return vault.Subject(c.Group.ID.UUID), c.Door != ""
	}
	switch s := f.state.(type) {
	case *domain.Person:
		return vault.Subject(s.Enrolled.Person.UUID), s.Exists && !s.Erased && hasFreeText(c)
	case *domain.Community:
		return vault.Subject(s.Code.Subject()), s.Exists && hasFreeText(c)
	case *domain.Donation:
		return vault.Subject(s.Donor.UUID), s.Exists
	}
	return vault.Subject{}, false
}

func hasFreeText(c domain.Command) bool {
	switch c := c.(type) {
	case *domain.ClaimEntry:
		return c.Remark != ""
	case *domain.EnterAttendance:
		return c.Remark != ""
	case *domain.RejectEntry, *domain.ProposeCorrection, *domain.ProposeVoid,
		*domain.ChangeContact, *domain.DisputeEntry, *domain.ReviewFlag, *domain.ReviewCommunityFlag, *domain.AnswerDispute, *domain.DeclineMissingEntry, *domain.ProposeReopening, *domain.ProposePersonMerge, *domain.ProposePersonUnmerge:
		return true
	case *domain.ReportMissingEntry:
		return c.Remark != ""
	case *domain.DecideReopening:
		return c.Reason != ""
	case *domain.DecideProposal:
		return c.Reason != ""
	case *domain.DecidePersonMerge:
		return c.Reason != ""
	case *domain.DecidePersonUnmerge:
		return c.Reason != ""
	}
	return false
}
