package api

import (
	"encoding/hex"
	"strconv"
	"strings"

	"zhishu/domain"
)

// uuidOf reads a UUID that its schema has checked; absent is zero.
func uuidOf(s string) domain.UUID {
	u, err := domain.ParseUUID(s)
	if err != nil {
		return domain.UUID{}
	}
	return u
}

// reader turns the texts of a request into the domain's values and keeps the
// first refusal, so that a caller reads on and asks once.
type reader struct{ err error }

func (r *reader) refuse(code domain.Code, field string) {
	if r.err == nil {
		r.err = domain.Refuse(code, field)
	}
}

func (r *reader) day(s, field string) domain.Day {
	if s == "" {
		return domain.NoDay
	}
	d, err := domain.ParseDay(s)
	if err != nil {
		r.refuse(domain.FieldInvalid, field)
	}
	return d
}

func (r *reader) instant(s, field string) domain.Instant {
	if s == "" {
		return 0
	}
	t, err := domain.ParseInstant(s)
	if err != nil {
		r.refuse(domain.FieldInvalid, field)
	}
	return t
}

func (r *reader) community(s, field string) domain.CommunityCode {
	if s == "" {
		return 0
	}
	c, err := domain.ParseCommunityCode(s)
	if err != nil {
		r.refuse(domain.CommunityInvalid, field)
	}
	return c
}

func (r *reader) division(s, field string) domain.Division {
	d, err := domain.ParseDivision(s)
	if err != nil {
		r.refuse(domain.FieldInvalid, field)
	}
	return d
}

// fen reads yuan.
func (r *reader) fen(s, field string) domain.Fen {
	if s == "" {
		return 0
	}
	f, err := domain.ParseFen(s)
	if err != nil {
		r.refuse(domain.AmountInvalid, field)
	}
	return f
}

// thousandths reads a quantity with at most three decimals.
func (r *reader) thousandths(s, field string) int64 {
	whole, frac, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", max(0, 3-len(frac))), 10, 64)
	if err != nil || len(frac) > 3 {
		r.refuse(domain.FieldInvalid, field)
	}
	return n
}

// EvidenceBody points at what backs a fact. The ledger keeps a keyed hash of
// the document's digest, which tells nobody anything by itself.
type EvidenceBody struct {
	Kind   string `json:"kind" minLength:"1" maxLength:"200" doc:"What it is: photo, sign-in sheet, form …"`
	Place  string `json:"place,omitempty" maxLength:"200" doc:"Where it lies"`
	SHA256 string `json:"sha256,omitempty" pattern:"^[0-9a-f]{64}$" patternDescription:"64 hexadecimal digits" doc:"Digest of the document"`
}

func (s *Server) evidence(list []EvidenceBody) (out []domain.Evidence) {
	for _, e := range list {
		x := domain.Evidence{Kind: domain.EvidenceKind(e.Kind), Place: e.Place}
		if digest, err := hex.DecodeString(e.SHA256); err == nil && len(digest) > 0 {
			mac := s.cfg.Ledger.Commands.Mac("evidence", digest)
			copy(x.Hash[:], mac[:])
		}
		out = append(out, x)
	}
	return out
}

// PersonPath is embedded where the path names a person.
type PersonPath struct {
	Person string `path:"id" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Volunteer number"`
}

func (in *PersonPath) person() domain.PersonID { return domain.PersonID{UUID: uuidOf(in.Person)} }

// ReasonBody is why something is taken away or refused. It is sealed.
type ReasonBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Sealed under the key of the person or donor"`
}
