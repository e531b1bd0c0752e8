package domain

import (
	"strconv"
	"strings"
)

// StreamRef is a stream name taken apart.
type StreamRef struct {
	Category  string
	ID        UUID          // person, donation, account, import, activity, signing, inspection, household, building, organisation, team
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
	case PersonCategory, DonationCategory, AccountCategory, ImportCategory, ActivityCategory, SigningCategory,
		InspectionCategory,
		HouseholdCategory, BuildingCategory, OrganisationCategory, TeamCategory:
		ref.ID, err = ParseUUID(ref.Rest)
		var room [36]byte
		ok = string(ref.ID.AppendText(room[:0])) == ref.Rest // another spelling is another stream
	case CommunityCategory:
		ref.Community, err = ParseCommunityCode(ref.Rest)
	case PolicyCategory:
		ok = validPolicyName(ref.Rest)
	default:
		return ref, false
	}
	return ref, ok && err == nil
}

// validPolicyName: a kind in small letters, a hyphen, and a scope as PolicyID
// writes it. Which kinds there are is for Decide to say.
func validPolicyName(name string) bool {
	_, ok := ParsePolicyID(name)
	return ok
}

// ParsePolicyID reads a policy's name as PolicyID writes it: "counting-all".
func ParsePolicyID(name string) (id PolicyID, ok bool) {
	kind, scope, ok := strings.Cut(name, "-")
	if !ok || kind == "" || strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz") != "" {
		return id, false
	}
	id.Kind = PolicyKind(kind)
	if scope != "all" {
		var err error
		if id.Scope, err = ParseDivision(scope); err != nil {
			return id, false
		}
	}
	return id, id.String() == name
}

// ParsePolicyRef reads a version as figures name it: "counting-all/1".
func ParsePolicyRef(name string) (ref PolicyRef, ok bool) {
	policy, version, ok := strings.Cut(name, "/")
	if !ok {
		return ref, false
	}
	if ref.ID, ok = ParsePolicyID(policy); !ok {
		return ref, false
	}
	n, err := strconv.Atoi(version)
	ref.Version = n
	return ref, err == nil && n > 0 && strconv.Itoa(n) == version
}
