package domain

import "slices"

// IntegrityKind is the policy that says from where on a fact is flagged.
const IntegrityKind PolicyKind = "integrity" // 核查标记规则

// IntegrityPolicy holds the thresholds of integrity flags. Zero values switch a
// flag off.
type IntegrityPolicy struct {
	DayMinutes   Minutes // more in one civil day, over all entries of a person
	BurstEntries int64   // as many by one account, by hand
	BurstMinutes Minutes // within so many minutes
	LateDays     int64   // more working days from the day of a fact to its recording
}

func (p *IntegrityPolicy) check() error {
	if p == nil || p.DayMinutes < 0 || p.DayMinutes > DayMinutes || p.BurstEntries < 0 || p.BurstMinutes < 0 || p.LateDays < 0 ||
		(p.BurstEntries == 0) != (p.BurstMinutes == 0) || p.BurstEntries == 1 {
		return Refuse(PolicyInvalid, "integrity")
	}
	return nil
}

// FlagOutcome is what somebody found who looked at an integrity flag.
type FlagOutcome string

const (
	FlagExplained FlagOutcome = "explained" // it is as it should be
	FlagCorrects  FlagOutcome = "corrects"  // it leads to a correction or voiding
)

// Events of a review, in the stream of the flag's subject.
type (
	FlagReviewed struct {
		Person  PersonID
		Flag    [16]byte // as the read model names it
		Kind    string
		Entries []EntryNo
		Outcome FlagOutcome
		Reason  Secret
	}
	CommunityFlagReviewed struct {
		Code    CommunityCode
		Flag    [16]byte
		Kind    string
		Outcome FlagOutcome
		Reason  Secret
	}
)

func (*FlagReviewed) Type() string          { return "flag-reviewed" }
func (*CommunityFlagReviewed) Type() string { return "community-flag-reviewed" }

func (e *FlagReviewed) Subject() UUID { return e.Person.UUID }
func (e *FlagReviewed) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *CommunityFlagReviewed) Subject() UUID { return e.Code.Subject() }
func (e *CommunityFlagReviewed) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

// Commands of a review. Whether there is such a flag, which entries it rests on
// and whose accounts recorded them or did what is flagged is read from the read
// model by the caller.
type (
	ReviewFlag struct {
		Person  PersonID
		Flag    [16]byte
		Kind    string
		Entries []EntryNo
		Actors  []Signer // who did what is flagged, besides recording the entries
		Outcome FlagOutcome
		Reason  string
	}
	ReviewCommunityFlag struct {
		Code     CommunityCode
		Flag     [16]byte
		Kind     string
		Recorder AccountID // whose entries are flagged
		Outcome  FlagOutcome
		Reason   string
	}
)

func (c *ReviewFlag) Target() string             { return c.Person.Stream() }
func (c *ReviewFlag) Operation() string          { return "review-flag" }
func (c *ReviewCommunityFlag) Target() string    { return c.Code.Stream() }
func (c *ReviewCommunityFlag) Operation() string { return "review-community-flag" }

func checkReview(flag [16]byte, kind string, outcome FlagOutcome, reason string) error {
	switch err := checkReason(reason); {
	case err != nil:
		return err
	case flag == [16]byte{}:
		return Refuse(FieldMissing, "flag")
	case blank(kind) || !words(kind):
		return Refuse(FieldInvalid, "kind")
	case outcome != FlagExplained && outcome != FlagCorrects:
		return Refuse(FieldInvalid, "outcome")
	}
	return nil
}

// reviewFlag: looked at by another person than the subject and than whoever
// recorded or did what is flagged.
func (p *Person) reviewFlag(c *ReviewFlag, by Actor) ([]Event, error) {
	if err := checkReview(c.Flag, c.Kind, c.Outcome, c.Reason); err != nil {
		return nil, err
	}
	switch {
	case len(c.Entries) == 0:
		return refused(FieldMissing, "entries")
	case len(c.Entries) > maxFlagged:
		return refused(FieldInvalid, "entries")
	case by.is(c.Person):
		return refused(OwnRecord, "account")
	case slices.ContainsFunc(c.Actors, func(s Signer) bool { return s.is(by) }):
		return refused(SameAccount, "account")
	}
	inScope := false
	for _, no := range c.Entries {
		switch entry := p.Entry(no); {
		case entry == nil:
			return refused(EntryUnknown, "entries")
		case entry.Recorder.is(by):
			return refused(SameAccount, "account")
		default:
			inScope = inScope || by.recordsFor(entry.Deed.Community)
		}
	}
	if !inScope {
		return refused(WrongOrganisation, "account")
	}
	return []Event{&FlagReviewed{c.Person, c.Flag, c.Kind, c.Entries, c.Outcome, Secret{Plain: c.Reason}}}, nil
}

const maxFlagged = 500

func (s *Community) reviewFlag(c *ReviewCommunityFlag, by Actor) ([]Event, error) {
	if err := checkReview(c.Flag, c.Kind, c.Outcome, c.Reason); err != nil {
		return nil, err
	}
	switch {
	case !s.Exists:
		return refused(SubjectUnknown, "community")
	case by.Account == c.Recorder:
		return refused(SameAccount, "account")
	case !by.recordsFor(c.Code):
		return refused(WrongOrganisation, "account")
	}
	return []Event{&CommunityFlagReviewed{c.Code, c.Flag, c.Kind, c.Outcome, Secret{Plain: c.Reason}}}, nil
}
