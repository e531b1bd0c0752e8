package domain

import (
	"encoding/hex"
	"errors"
)

// UUID is a 128-bit identity in RFC 9562 byte order.
type UUID [16]byte

// IsZero reports the absent identity.
func (u UUID) IsZero() bool { return u == UUID{} }

// String is the canonical lower-case form with hyphens.
func (u UUID) String() string {
	var room [36]byte
	return string(u.AppendText(room[:0]))
}

// AppendText appends the canonical form to b.
func (u UUID) AppendText(b []byte) []byte {
	n := len(b)
	b = append(b, "00000000-0000-0000-0000-000000000000"...)
	t := b[n:]
	hex.Encode(t[0:8], u[0:4])
	hex.Encode(t[9:13], u[4:6])
	hex.Encode(t[14:18], u[6:8])
	hex.Encode(t[19:23], u[8:10])
	hex.Encode(t[24:36], u[10:16])
	return b
}

// ErrUUID is returned for text that is not a canonical UUID.
var ErrUUID = errors.New("not a UUID in canonical form")

// ParseUUID reads the canonical form; upper-case digits are accepted.
func ParseUUID[T string | []byte](s T) (u UUID, err error) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return UUID{}, ErrUUID
	}
	// A hyphen anywhere else is no digit: the places are fixed, not skipped to.
	for j, i := range [16]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34} {
		hi, lo := unhex(s[i]), unhex(s[i+1])
		if hi > 15 || lo > 15 {
			return UUID{}, ErrUUID
		}
		u[j] = hi<<4 | lo
	}
	return u, nil
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// A type per meaning, so that a donor never stands where a person belongs.
type (
	PersonID       struct{ UUID }
	AccountID      struct{ UUID }
	DonationID     struct{ UUID }
	DonorID        struct{ UUID }
	ImportID       struct{ UUID }
	OrganisationID struct{ UUID }
	ActivityID     struct{ UUID }
	GroupID        struct{ UUID } // household, building, organisation or team
)

// EntryNo names an entry within its person's stream: the revision of the event
// that claimed it. Dense revisions make it stable, short and easy to look up.
type EntryNo uint32

// ProposalNo names a proposal within its stream: the revision of its event.
type ProposalNo uint32

// DisputeNo and ReportNo name a dispute and a report of a missing entry within
// their person's stream: the revision of the event.
type (
	DisputeNo uint32
	ReportNo  uint32
)

// AllocationNo names an allocation, and EnquiryNo a donor's enquiry, within the
// donation's stream: the revision of the event that made it.
type (
	AllocationNo uint32
	EnquiryNo    uint32
)

// Size is a point in history: the number of ledger events before it.
type Size uint64

// Stream categories. A stream is the category, a hyphen and the identity.
const (
	PersonCategory    = "person"
	DonationCategory  = "donation"
	CommunityCategory = "community"
	PolicyCategory    = "policy"
	ImportCategory    = "import"
	AccountCategory   = "account"
	ActivityCategory  = "activity"

	HouseholdCategory    = "household"
	BuildingCategory     = "building"
	OrganisationCategory = "organisation"
	TeamCategory         = "team"
)

func (id PersonID) Stream() string   { return id.named(PersonCategory) }
func (id DonationID) Stream() string { return id.named(DonationCategory) }
func (id ImportID) Stream() string   { return id.named(ImportCategory) }
func (id AccountID) Stream() string  { return id.named(AccountCategory) }
func (id ActivityID) Stream() string { return id.named(ActivityCategory) }

// named is the name of a stream; a command asks for it again and again.
func (u UUID) named(category string) string {
	var room [64]byte
	return string(u.AppendText(append(append(room[:0], category...), '-')))
}

// Subject is whose key seals what is said about a community in free words. It
// follows from the code, so that nobody has to hand it out.
func (c CommunityCode) Subject() (u UUID) {
	copy(u[:], "comm")
	u[6], u[8] = 0x80, 0x80 // version and variant of a UUID made by its own rule
	for i, n := 15, uint64(c); n > 0; i, n = i-1, n>>8 {
		u[i] = byte(n)
	}
	return u
}

// Stream names an organisation's stream, which its members know as a group's.
func (id OrganisationID) Stream() string { return OrganisationCategory + "-" + id.String() }
