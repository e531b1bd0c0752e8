package domain

// Event is a fact as it was recorded. Type is the stored name: kebab-case,
// never renamed, and independent of the Go type's name. The identity of the
// stream's own subject (Person in a person's stream, Donation in a donation's,
// Code, Account, Import) is the stream's name; it is not stored twice.
type Event interface{ Type() string }

// Meta is what the ledger knows about the recording of an event.
type Meta struct {
	RecordedAt     Instant
	Account        AccountID // who recorded it
	Person         PersonID  // the person behind the account, when it is linked
	Role           Role
	Scope          Division
	Authentication Authentication
	OnBehalfOf     PersonID // who asked for it, when a clerk typed it in
	Source         string   // api, cli, import, demo
	KeyHash        [16]byte // keyed hash of the idempotency key
	RequestHash    [16]byte // keyed hash of the request
	Correlation    UUID
	Causation      UUID
}

// Events of a person's stream.
type (
	PersonEnrolled struct {
		Person        PersonID
		Community     CommunityCode // that enrols
		Organisation  OrganisationID
		Name          Secret
		IDNumber      Secret
		Phone         Secret
		BirthDate     Secret
		Address       Secret
		Sex           Sex
		BirthYearFrom int // a band of birth years; zero when unknown
		BirthYearTo   int
		Age           int // "age a on day d", where a sheet says no more
		AgeOn         Day
		Layers        []Layer
		Skills        []string
		External      []ExternalNumber
		Basis         Basis
		Row           Row
	}
	MembershipStarted struct {
		Person     PersonID
		Membership Membership
		Read       Reading // the group's stream
	}
	MembershipEnded struct {
		Person    PersonID
		Kind      MembershipKind
		Community CommunityCode
		Group     GroupID
		To        Day // last day
	}
	ConsentGiven struct {
		Person  PersonID
		Consent Consent
		Read    Reading // the guardian's stream
	}
	ConsentWithdrawn struct {
		Person PersonID
		Kind   ConsentKind
		From   Day
	}

	// EntryClaimed is stored as service-claimed or study-claimed.
	EntryClaimed struct {
		Person   PersonID
		Deed     Deed
		Remark   Secret
		Evidence []Evidence
		Row      Row
		Read     Reading // of the activity's stream, where it was entered by one
	}
	EntryConfirmed struct {
		Person   PersonID
		Entry    EntryNo
		Evidence []Evidence
		Read     Reading // of the activity's stream, where its attestation confirmed it
	}
	EntryRejected struct {
		Person PersonID
		Entry  EntryNo
		Reason Secret
	}
	EntryDisputed struct {
		Person   PersonID
		Entry    EntryNo
		Reason   Secret
		Evidence []Evidence
	}
	DisputeAnswered struct {
		Person  PersonID
		Entry   EntryNo
		Dispute DisputeNo
		Upheld  bool
		Finding Secret
	}
	EntryCorrectionProposed struct {
		Person   PersonID
		Entry    EntryNo
		Deed     Deed // the whole new value
		Reason   Secret
		Evidence []Evidence
		Row      Row       // the row of a sheet that says otherwise; zero: it was proposed by hand
		Dispute  DisputeNo // the upheld dispute it follows; zero: none
	}
	EntryCorrectionApproved struct {
		Person   PersonID
		Entry    EntryNo
		Proposal ProposalNo
	}
	EntryCorrectionRefused struct {
		Person   PersonID
		Entry    EntryNo
		Proposal ProposalNo
		Reason   Secret
	}
	EntryVoidProposed struct {
		Person   PersonID
		Entry    EntryNo
		Reason   Secret
		Evidence []Evidence
		Dispute  DisputeNo // the upheld dispute it follows; zero: none
	}
	EntryVoidApproved struct {
		Person   PersonID
		Entry    EntryNo
		Proposal ProposalNo
	}
	EntryVoidRefused struct {
		Person   PersonID
		Entry    EntryNo
		Proposal ProposalNo
		Reason   Secret
	}
	EntryEvaluated struct {
		Person PersonID
		Entry  EntryNo
		Grade  string
		Day    Day
		Remark Secret
	}
	TrainingRecorded struct {
		Person       PersonID
		Day          Day
		Minutes      Minutes
		Title        string
		Organisation OrganisationID
		Community    CommunityCode
		Evidence     []Evidence
	}
	OutsideAwardRecorded struct {
		Person   PersonID
		Day      Day
		Title    string
		Issuer   string
		Evidence []Evidence
	}
	// LayersChanged gives all layers a person is of from a day on.
	LayersChanged struct {
		Person PersonID
		Layers []Layer
		From   Day
	}
	// ContactChanged gives the name or the phone a person has from now on; what
	// did not change is empty. What did is said in clear for who cannot see it.
	ContactChanged struct {
		Person  PersonID
		Changed []ContactPart
		Name    Secret
		Phone   Secret
		Row     Row // of the list of people that said so
	}
	PersonMergeProposed struct {
		Person   PersonID
		Into     PersonID
		Reason   Secret
		Evidence []Evidence
		Read     Reading
	}
	PersonMergeRefused struct {
		Person   PersonID
		Proposal ProposalNo
		Reason   Secret
	}
	PersonMerged struct {
		Person   PersonID
		Into     PersonID   // every fold follows it
		Proposal ProposalNo // that was approved
		Read     Reading
	}
	// PersonMergeExpected stands in the stream of the number that stays, before
	// the merge in the other's.
	PersonMergeExpected struct {
		Person   PersonID
		From     PersonID
		Proposal ProposalNo // in the stream of the other
	}
	ProcessingRestricted struct {
		Person PersonID
		Reason Secret
	}
	RestrictionLifted struct{ Person PersonID }
	PersonErased      struct{ Person PersonID }
)

// Events of a donation's stream.
type (
	DonationReceived struct {
		Donation  DonationID
		Donor     DonorID // its key seals the donor's name
		Person    PersonID
		Gift      Gift
		DonorName Secret
		Remark    Secret
		Row       Row
	}
	DonationCorrectionProposed struct {
		Donation  DonationID
		Donor     DonorID
		Gift      Gift
		DonorName Secret
		Remark    Secret
		Reason    Secret
		Note      string // 更正说明, to be published with the correction
		Row       Row    // the row that says otherwise
	}
	DonationCorrectionApproved struct {
		Donation DonationID
		Proposal ProposalNo
	}
	DonationCorrectionRefused struct {
		Donation DonationID
		Donor    DonorID
		Proposal ProposalNo
		Reason   Secret
	}
	// DonationAllocated sets a part of a gift aside for a use. Its revision names
	// the allocation. A recipient who is a person is not named.
	DonationAllocated struct {
		Donation     DonationID
		Amount       Fen
		Items        []Item // by name, unit and quantity
		Purpose      string
		Organisation OrganisationID // that is to have it
		Community    CommunityCode  // or the community
		Day          Day
	}
	DonationDelivered struct {
		Donation     DonationID
		Allocation   AllocationNo
		Amount       Fen
		Items        []Item
		Organisation OrganisationID // that took it over
		Day          Day
		Evidence     []Evidence
	}
	// DonationReturned is what went back to the donor.
	DonationReturned struct {
		Donation DonationID
		Amount   Fen
		Items    []Item
		Day      Day
		Donor    DonorID
		Reason   Secret
	}
	// DonationUseReversed takes a delivery back into its allocation, or what was
	// allocated and not delivered back to what is left of the gift.
	DonationUseReversed struct {
		Donation   DonationID
		Donor      DonorID
		Allocation AllocationNo
		Step       UseStep
		Amount     Fen
		Items      []Item
		Day        Day
		Reason     Secret
	}
	// DonationPublicationAgreed is what the donor said when asked how the gift
	// may be commended in public.
	DonationPublicationAgreed struct {
		Donation    DonationID
		Donor       DonorID
		Publication Publication
		Alias       Secret
		Basis       Basis
		Day         Day
	}
	DonationPublicationWithdrawn struct {
		Donation DonationID
		Day      Day
	}
	// DonationEnquired is the donor's question about the use of the gift; its
	// revision names it.
	DonationEnquired struct {
		Donation DonationID
		Donor    DonorID
		Question Secret
	}
	DonationEnquiryAnswered struct {
		Donation DonationID
		Donor    DonorID
		Enquiry  EnquiryNo
		Answer   Secret
	}
)

// Events of a community's stream.
type (
	CommunityRegistered struct {
		Code   CommunityCode
		Name   string
		From   Day
		Source string
	}
	CommunitySucceeded struct {
		Code       CommunityCode
		Successors []CommunityCode
		From       Day
		Source     string
		Read       Reading
	}
	PopulationRecorded struct {
		Code     CommunityCode
		Day      Day
		Basis    PopulationBasis
		Count    int64
		Source   string
		Evidence []Evidence
	}
	// FactCounted is a group sheet without names ("10人 20小时"), or a count a
	// scorecard asks for.
	FactCounted struct {
		Code     CommunityCode
		Kind     string
		Day      Day
		Title    string
		People   int64
		Minutes  Minutes
		Count    int64
		Evidence []Evidence
	}
	LearningDesignated struct {
		Code    CommunityCode
		Kind    SubjectKind // organisation or household
		Subject UUID
		From    Day
		Read    Reading
	}
	LearningDesignationEnded struct {
		Code    CommunityCode
		Kind    SubjectKind
		Subject UUID
		To      Day // last day
	}
	CountWithdrawn struct {
		Code   CommunityCode
		Fact   uint32 // the revision of the count
		Reason string
	}
)

// Events of the stream of a household, building, organisation or team. Which
// of them it is, is the stream's category.
type (
	GroupRegistered struct {
		Group      GroupID
		Community  CommunityCode
		Name       string // in clear; a household's is a label of the committee's choosing
		Within     GroupID
		CreditCode string
		From       Day
		Door       Secret // of a household: under the household's own key
		Read       Reading
	}
	GroupRenamed struct {
		Group GroupID
		Name  string
		From  Day
		Door  Secret
	}
	GroupMoved struct {
		Group     GroupID
		Community CommunityCode
		From      Day
		Read      Reading
	}
	GroupClosed struct {
		Group GroupID
		To    Day // last day
	}
)

// Events of an account's stream.
type (
	AccountOpened struct {
		Account AccountID
		Handle  string // a short code, never a name
		Role    Role
		Scope   Division
		Holder  Secret // whose account it is
	}
	AccountLinked struct {
		Account AccountID
		Person  PersonID
		Read    Reading // of the person's stream
	}
	AccountClosed struct{ Account AccountID }
)

// Events of a policy's stream. An approval is followed by the adoption.
type (
	PolicyAdopted struct {
		Policy PolicyVersion
	}
	PolicyProposed struct {
		Policy PolicyVersion // not adopted: Adopted is MinDay
		Reason string
	}
	PolicyApproved struct {
		ID       PolicyID
		Proposal ProposalNo
	}
	PolicyRefused struct {
		ID       PolicyID
		Proposal ProposalNo
		Reason   string
	}
)

// Events of an import's stream.
type (
	ImportStarted struct {
		Import       ImportID
		Kind         ImportKind
		Community    CommunityCode
		Organisation OrganisationID
		FileName     Secret
		Title        Secret // a sheet's title may name people
		Content      [16]byte
		Rows         int64
		DeclaredFen  Fen // the sheet's own 合计
		HasDeclared  bool
		DeclaredMins Minutes
		Recorder     AccountID
		Confirmer    AccountID
		Disposition  ImportDisposition
		Earlier      ImportID // the sheet it re-issues or resembles
	}
	ImportFinished struct {
		Import     ImportID
		Rows       int64
		Accepted   int64 // rows that stand: recorded, recognised or corrected; with Refused all Rows
		Recognised int64 // rows of an earlier issue that came again
		Corrected  int64 // corrections offered
		Refused    int64
		LookAlikes int64 // recorded and flagged
		Fen        Fen   // sum of the rows that stand
		Minutes    Minutes
		Refusals   []RefusalCount
	}
	RefusalCount struct {
		Code  string
		Count int64
	}
)
