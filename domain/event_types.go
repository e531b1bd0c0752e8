package domain

import "strconv"

// Stored names of the events: never renamed, independent of Go names.
const (
	ServiceClaimed = "service-claimed"
	StudyClaimed   = "study-claimed"
)

// Type names the kind of entry, because the two kinds never convert.
func (e *EntryClaimed) Type() string {
	if e.Deed.Kind == Study {
		return StudyClaimed
	}
	return ServiceClaimed
}

func (*PersonEnrolled) Type() string               { return "person-enrolled" }
func (*MembershipStarted) Type() string            { return "membership-started" }
func (*MembershipEnded) Type() string              { return "membership-ended" }
func (*ConsentGiven) Type() string                 { return "consent-given" }
func (*ConsentWithdrawn) Type() string             { return "consent-withdrawn" }
func (*EntryConfirmed) Type() string               { return "entry-confirmed" }
func (*EntryRejected) Type() string                { return "entry-rejected" }
func (*EntryDisputed) Type() string                { return "entry-disputed" }
func (*DisputeAnswered) Type() string              { return "dispute-answered" }
func (*EntryCorrectionProposed) Type() string      { return "entry-correction-proposed" }
func (*EntryCorrectionApproved) Type() string      { return "entry-correction-approved" }
func (*EntryCorrectionRefused) Type() string       { return "entry-correction-refused" }
func (*EntryVoidProposed) Type() string            { return "entry-void-proposed" }
func (*EntryVoidApproved) Type() string            { return "entry-void-approved" }
func (*EntryVoidRefused) Type() string             { return "entry-void-refused" }
func (*EntryEvaluated) Type() string               { return "entry-evaluated" }
func (*TrainingRecorded) Type() string             { return "training-recorded" }
func (*OutsideAwardRecorded) Type() string         { return "outside-award-recorded" }
func (*LayersChanged) Type() string                { return "layers-changed" }
func (*ContactChanged) Type() string               { return "contact-changed" }
func (*PersonMergeProposed) Type() string          { return "person-merge-proposed" }
func (*PersonMergeRefused) Type() string           { return "person-merge-refused" }
func (*PersonMerged) Type() string                 { return "person-merged" }
func (*PersonMergeExpected) Type() string          { return "person-merge-expected" }
func (*ProcessingRestricted) Type() string         { return "processing-restricted" }
func (*RestrictionLifted) Type() string            { return "restriction-lifted" }
func (*PersonErased) Type() string                 { return "person-erased" }
func (*DonationReceived) Type() string             { return "donation-received" }
func (*DonationCorrectionProposed) Type() string   { return "donation-correction-proposed" }
func (*DonationCorrectionApproved) Type() string   { return "donation-correction-approved" }
func (*DonationCorrectionRefused) Type() string    { return "donation-correction-refused" }
func (*DonationAllocated) Type() string            { return "donation-allocated" }
func (*DonationDelivered) Type() string            { return "donation-delivered" }
func (*DonationReturned) Type() string             { return "donation-returned" }
func (*DonationUseReversed) Type() string          { return "donation-use-reversed" }
func (*DonationPublicationAgreed) Type() string    { return "donation-publication-agreed" }
func (*DonationPublicationWithdrawn) Type() string { return "donation-publication-withdrawn" }
func (*DonationEnquired) Type() string             { return "donation-enquired" }
func (*DonationEnquiryAnswered) Type() string      { return "donation-enquiry-answered" }
func (*CommunityRegistered) Type() string          { return "community-registered" }
func (*CommunitySucceeded) Type() string           { return "community-succeeded" }
func (*PopulationRecorded) Type() string           { return "population-recorded" }
func (*FactCounted) Type() string                  { return "fact-counted" }
func (*LearningDesignated) Type() string           { return "learning-designated" }
func (*LearningDesignationEnded) Type() string     { return "learning-designation-ended" }
func (*CountWithdrawn) Type() string               { return "count-withdrawn" }
func (*GroupRegistered) Type() string              { return "group-registered" }
func (*GroupRenamed) Type() string                 { return "group-renamed" }
func (*GroupMoved) Type() string                   { return "group-moved" }
func (*GroupClosed) Type() string                  { return "group-closed" }
func (*AccountOpened) Type() string                { return "account-opened" }
func (*AccountLinked) Type() string                { return "account-linked" }
func (*AccountClosed) Type() string                { return "account-closed" }
func (*PolicyProposed) Type() string               { return "policy-proposed" }
func (*PolicyApproved) Type() string               { return "policy-approved" }
func (*PolicyRefused) Type() string                { return "policy-refused" }
func (*PolicyAdopted) Type() string                { return "policy-adopted" }
func (*ImportStarted) Type() string                { return "import-started" }
func (*ImportFinished) Type() string               { return "import-finished" }

func (e *PersonEnrolled) Subject() UUID { return e.Person.UUID }
func (e *PersonEnrolled) Secrets(visit func(string, *Secret)) {
	visit("name", &e.Name)
	visit("idNumber", &e.IDNumber)
	visit("phone", &e.Phone)
	visit("birthDate", &e.BirthDate)
	visit("address", &e.Address)
	for i := range e.External {
		visit("external."+strconv.Itoa(i), &e.External[i].Number)
	}
}

func (e *ContactChanged) Subject() UUID { return e.Person.UUID }
func (e *ContactChanged) Secrets(visit func(string, *Secret)) {
	visit("name", &e.Name)
	visit("phone", &e.Phone)
}

func (e *PersonMergeProposed) Subject() UUID { return e.Person.UUID }
func (e *PersonMergeProposed) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *PersonMergeRefused) Subject() UUID { return e.Person.UUID }
func (e *PersonMergeRefused) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *GroupRegistered) Subject() UUID { return e.Group.UUID }
func (e *GroupRegistered) Secrets(visit func(string, *Secret)) {
	visit("door", &e.Door)
}

func (e *GroupRenamed) Subject() UUID { return e.Group.UUID }
func (e *GroupRenamed) Secrets(visit func(string, *Secret)) {
	visit("door", &e.Door)
}

func (e *EntryRejected) Subject() UUID { return e.Person.UUID }
func (e *EntryRejected) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *EntryDisputed) Subject() UUID { return e.Person.UUID }
func (e *EntryDisputed) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *DisputeAnswered) Subject() UUID { return e.Person.UUID }
func (e *DisputeAnswered) Secrets(visit func(string, *Secret)) {
	visit("finding", &e.Finding)
}

func (e *EntryCorrectionProposed) Subject() UUID { return e.Person.UUID }
func (e *EntryCorrectionProposed) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *EntryCorrectionRefused) Subject() UUID { return e.Person.UUID }
func (e *EntryCorrectionRefused) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *EntryVoidProposed) Subject() UUID { return e.Person.UUID }
func (e *EntryVoidProposed) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *EntryVoidRefused) Subject() UUID { return e.Person.UUID }
func (e *EntryVoidRefused) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *EntryEvaluated) Subject() UUID { return e.Person.UUID }
func (e *EntryEvaluated) Secrets(visit func(string, *Secret)) {
	visit("remark", &e.Remark)
}

func (e *ProcessingRestricted) Subject() UUID { return e.Person.UUID }
func (e *ProcessingRestricted) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *DonationReceived) Subject() UUID { return e.Donor.UUID }
func (e *DonationReceived) Secrets(visit func(string, *Secret)) {
	visit("donorName", &e.DonorName)
	visit("remark", &e.Remark)
}

func (e *DonationCorrectionProposed) Subject() UUID { return e.Donor.UUID }
func (e *DonationCorrectionProposed) Secrets(visit func(string, *Secret)) {
	visit("donorName", &e.DonorName)
	visit("remark", &e.Remark)
	visit("reason", &e.Reason)
}

func (e *DonationCorrectionRefused) Subject() UUID { return e.Donor.UUID }
func (e *DonationCorrectionRefused) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *DonationReturned) Subject() UUID { return e.Donor.UUID }
func (e *DonationReturned) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *DonationUseReversed) Subject() UUID { return e.Donor.UUID }
func (e *DonationUseReversed) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *DonationPublicationAgreed) Subject() UUID { return e.Donor.UUID }
func (e *DonationPublicationAgreed) Secrets(visit func(string, *Secret)) {
	visit("alias", &e.Alias)
}

func (e *DonationEnquired) Subject() UUID { return e.Donor.UUID }
func (e *DonationEnquired) Secrets(visit func(string, *Secret)) {
	visit("question", &e.Question)
}

func (e *DonationEnquiryAnswered) Subject() UUID { return e.Donor.UUID }
func (e *DonationEnquiryAnswered) Secrets(visit func(string, *Secret)) {
	visit("answer", &e.Answer)
}

func (e *AccountOpened) Subject() UUID { return e.Account.UUID }
func (e *AccountOpened) Secrets(visit func(string, *Secret)) {
	visit("holder", &e.Holder)
}

func (e *ImportStarted) Subject() UUID { return e.Import.UUID }
func (e *ImportStarted) Secrets(visit func(string, *Secret)) {
	visit("fileName", &e.FileName)
	visit("title", &e.Title)
}

func (e *EntryClaimed) Subject() UUID { return e.Person.UUID }
func (e *EntryClaimed) Secrets(visit func(string, *Secret)) {
	visit("remark", &e.Remark)
}
