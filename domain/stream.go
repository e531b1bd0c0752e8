package domain

import "strings"

// StreamRef is a stream name taken apart.
type StreamRef struct {
	Category  string
	ID        UUID          // person, donation, account, import
	Community CommunityCode // community
	Rest      string        // what follows the first hyphen
}

// ParseStream takes a ledger stream's name apart; ok is false when the name is
// not one this package would have made.
func ParseStream(name string) (ref StreamRef, ok bool) {
	ref.Category, ref.Rest, ok = strings.Cut(name, "-")
	if !ok {
		return ref, false
	}
	var err error
	switch ref.Category {
	case PersonCategory, DonationCategory, AccountCategory, ImportCategory:
		ref.ID, err = ParseUUID(ref.Rest)
	case CommunityCategory:
		ref.Community, err = ParseCommunityCode(ref.Rest)
	case PolicyCategory:
		// kind and scope are read from the event
	default:
		return ref, false
	}
	return ref, err == nil
}
