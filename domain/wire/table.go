package wire

import "zhishu/domain"

// codec is how one event type is written and read.
type codec struct {
	category string   // of the streams the type stands in
	also     []string // further categories: groups of every kind have the same events
	private  bool     // has personal fields
	write    func(*writer, domain.Event)
	// read holds a reader for each schema version from 1 on, each giving
	// today's event. Where a version left a type as it was, the reader stands
	// there again.
	read []func(*reader, *domain.StreamRef) domain.Event
}

// of makes the codec of the event type *E.
func of[E any, P interface {
	*E
	domain.Event
}](category string, write func(*writer, P), read ...func(*reader, *domain.StreamRef, P)) codec {
	c := codec{category: category}
	_, c.private = any(P(nil)).(domain.Private)
	c.write = func(w *writer, e domain.Event) {
		if e, ok := e.(P); ok {
			write(w, e)
			return
		}
		w.fail("type", "the name of another event")
	}
	for _, read := range read {
		c.read = append(c.read, func(r *reader, ref *domain.StreamRef) domain.Event {
			e := P(new(E))
			read(r, ref, e)
			return e
		})
	}
	return c
}

// ofGroup is of for what stands in the streams of every kind of group.
func ofGroup[E any, P interface {
	*E
	domain.Event
}](write func(*writer, P), read ...func(*reader, *domain.StreamRef, P)) codec {
	c := of(domain.HouseholdCategory, write, read...)
	c.also = []string{domain.BuildingCategory, domain.OrganisationCategory, domain.TeamCategory}
	return c
}

// codecs knows every event type by its stored name. The names are written out
// here: a constant of Go that is renamed or changed must not change them.
var codecs = map[string]codec{
	"person-enrolled":           of(domain.PersonCategory, writePersonEnrolled, readPersonEnrolled),
	"membership-started":        of(domain.PersonCategory, writeMembershipStarted, readMembershipStarted),
	"membership-ended":          of(domain.PersonCategory, writeMembershipEnded, readMembershipEnded),
	"consent-given":             of(domain.PersonCategory, writeConsentGiven, readConsentGiven),
	"consent-withdrawn":         of(domain.PersonCategory, writeConsentWithdrawn, readConsentWithdrawn),
	"service-claimed":           of(domain.PersonCategory, writeEntryClaimed, readServiceClaimed),
	"study-claimed":             of(domain.PersonCategory, writeEntryClaimed, readStudyClaimed),
	"entry-confirmed":           of(domain.PersonCategory, writeEntryConfirmed, readEntryConfirmed),
	"entry-rejected":            of(domain.PersonCategory, writeEntryRejected, readEntryRejected),
	"entry-disputed":            of(domain.PersonCategory, writeEntryDisputed, readEntryDisputed),
	"dispute-answered":          of(domain.PersonCategory, writeDisputeAnswered, readDisputeAnswered),
	"entry-correction-proposed": of(domain.PersonCategory, writeEntryCorrectionProposed, readEntryCorrectionProposed),
	"entry-correction-approved": of(domain.PersonCategory, writeEntryCorrectionApproved, readEntryCorrectionApproved),
	"entry-correction-refused":  of(domain.PersonCategory, writeEntryCorrectionRefused, readEntryCorrectionRefused),
	"entry-void-proposed":       of(domain.PersonCategory, writeEntryVoidProposed, readEntryVoidProposed),
	"entry-void-approved":       of(domain.PersonCategory, writeEntryVoidApproved, readEntryVoidApproved),
	"entry-void-refused":        of(domain.PersonCategory, writeEntryVoidRefused, readEntryVoidRefused),
	"missing-entry-reported":    of(domain.PersonCategory, writeMissingEntryReported, readMissingEntryReported),
	"missing-entry-accepted":    of(domain.PersonCategory, writeMissingEntryAccepted, readMissingEntryAccepted),
	"missing-entry-declined":    of(domain.PersonCategory, writeMissingEntryDeclined, readMissingEntryDeclined),
	"flag-reviewed":             of(domain.PersonCategory, writeFlagReviewed, readFlagReviewed),
	"entry-evaluated":           of(domain.PersonCategory, writeEntryEvaluated, readEntryEvaluated),
	"training-recorded":         of(domain.PersonCategory, writeTrainingRecorded, readTrainingRecorded),
	"outside-award-recorded":    of(domain.PersonCategory, writeOutsideAwardRecorded, readOutsideAwardRecorded),
	"personal-key-exported":     of(domain.PersonCategory, writePersonalKeyExported, readPersonalKeyExported),
	"layers-changed":            of(domain.PersonCategory, writeLayersChanged, readLayersChanged),
	"contact-changed":           of(domain.PersonCategory, writeContactChanged, readContactChanged),
	"person-merge-proposed":     of(domain.PersonCategory, writePersonMergeProposed, readPersonMergeProposed),
	"person-merge-refused":      of(domain.PersonCategory, writePersonMergeRefused, readPersonMergeRefused),
	"person-unmerge-proposed":   of(domain.PersonCategory, writePersonUnmergeProposed, readPersonUnmergeProposed),
	"person-unmerge-refused":    of(domain.PersonCategory, writePersonUnmergeRefused, readPersonUnmergeRefused),
	"person-unmerged":           of(domain.PersonCategory, writePersonUnmerged, readPersonUnmerged),
	"person-merge-expected":     of(domain.PersonCategory, writePersonMergeExpected, readPersonMergeExpected),
	"person-merged":             of(domain.PersonCategory, writePersonMerged, readPersonMerged),
	"processing-restricted":     of(domain.PersonCategory, writeProcessingRestricted, readProcessingRestricted),
	"restriction-lifted":        of(domain.PersonCategory, writeRestrictionLifted, readRestrictionLifted),
	"person-erased":             of(domain.PersonCategory, writePersonErased, readPersonErased),
	"checked-in":                of(domain.PersonCategory, writeCheckedIn, readCheckedIn),
	"checked-out":               of(domain.PersonCategory, writeCheckedOut, readCheckedOut),

	"activity-scheduled":   of(domain.ActivityCategory, writeActivityScheduled, readActivityScheduled),
	"activity-rescheduled": of(domain.ActivityCategory, writeActivityRescheduled, readActivityRescheduled),
	"activity-cancelled":   of(domain.ActivityCategory, writeActivityCancelled, readActivityCancelled),
	"signed-up":            of(domain.ActivityCategory, writeSignedUp, readSignedUp),
	"sign-up-withdrawn":    of(domain.ActivityCategory, writeSignUpWithdrawn, readSignUpWithdrawn),
	"check-in-opened":      of(domain.ActivityCategory, writeCheckInOpened, readCheckInOpened),
	"check-in-closed":      of(domain.ActivityCategory, writeCheckInClosed, readCheckInClosed),
	"activity-closed":      of(domain.ActivityCategory, writeActivityClosed, readActivityClosed),
	"activity-attested":    of(domain.ActivityCategory, writeActivityAttested, readActivityAttested),

	"donation-received":              of(domain.DonationCategory, writeDonationReceived, readDonationReceived),
	"donation-correction-proposed":   of(domain.DonationCategory, writeDonationCorrectionProposed, readDonationCorrectionProposed),
	"donation-correction-approved":   of(domain.DonationCategory, writeDonationCorrectionApproved, readDonationCorrectionApproved),
	"donation-correction-refused":    of(domain.DonationCategory, writeDonationCorrectionRefused, readDonationCorrectionRefused),
	"donation-allocated":             of(domain.DonationCategory, writeDonationAllocated, readDonationAllocated),
	"donation-delivered":             of(domain.DonationCategory, writeDonationDelivered, readDonationDelivered),
	"donation-returned":              of(domain.DonationCategory, writeDonationReturned, readDonationReturned),
	"donation-use-reversed":          of(domain.DonationCategory, writeDonationUseReversed, readDonationUseReversed),
	"donation-publication-agreed":    of(domain.DonationCategory, writeDonationPublicationAgreed, readDonationPublicationAgreed),
	"donation-publication-withdrawn": of(domain.DonationCategory, writeDonationPublicationWithdrawn, readDonationPublicationWithdrawn),
	"donation-enquired":              of(domain.DonationCategory, writeDonationEnquired, readDonationEnquired),
	"donation-enquiry-answered":      of(domain.DonationCategory, writeDonationEnquiryAnswered, readDonationEnquiryAnswered),
	"donation-giver-proposed":        of(domain.DonationCategory, writeDonationGiverProposed, readDonationGiverProposed),
	"donation-giver-approved":        of(domain.DonationCategory, writeDonationGiverApproved, readDonationGiverApproved),
	"donation-giver-refused":         of(domain.DonationCategory, writeDonationGiverRefused, readDonationGiverRefused),

	"community-registered": of(domain.CommunityCategory, writeCommunityRegistered, readCommunityRegistered),
	"community-succeeded":  of(domain.CommunityCategory, writeCommunitySucceeded, readCommunitySucceeded),
	"population-recorded":  of(domain.CommunityCategory, writePopulationRecorded, readPopulationRecorded),
	"fact-counted":         of(domain.CommunityCategory, writeFactCounted, readFactCounted),
	"learning-designated":  of(domain.CommunityCategory, writeLearningDesignated, readLearningDesignated),

	"community-flag-reviewed":    of(domain.CommunityCategory, writeCommunityFlagReviewed, readCommunityFlagReviewed),
	"period-closed":              of(domain.CommunityCategory, writePeriodClosed, readPeriodClosed),
	"period-reopening-proposed":  of(domain.CommunityCategory, writePeriodReopeningProposed, readPeriodReopeningProposed),
	"period-reopened":            of(domain.CommunityCategory, writePeriodReopened, readPeriodReopened),
	"period-reopening-refused":   of(domain.CommunityCategory, writePeriodReopeningRefused, readPeriodReopeningRefused),
	"learning-designation-ended": of(domain.CommunityCategory, writeLearningDesignationEnded, readLearningDesignationEnded),
	"count-withdrawn":            of(domain.CommunityCategory, writeCountWithdrawn, readCountWithdrawn),

	"group-registered": ofGroup(writeGroupRegistered, readGroupRegistered),
	"group-renamed":    ofGroup(writeGroupRenamed, readGroupRenamed),
	"group-moved":      ofGroup(writeGroupMoved, readGroupMoved),
	"group-closed":     ofGroup(writeGroupClosed, readGroupClosed),

	"account-opened": of(domain.AccountCategory, writeAccountOpened, readAccountOpened),
	"account-linked": of(domain.AccountCategory, writeAccountLinked, readAccountLinked),
	"account-closed": of(domain.AccountCategory, writeAccountClosed, readAccountClosed),

	"inspection-opened": of(domain.InspectionCategory, writeInspectionOpened, readInspectionOpened),
	"sample-drawn":      of(domain.InspectionCategory, writeSampleDrawn, readSampleDrawn),
	"bundle-begun":      of(domain.InspectionCategory, writeBundleBegun, readBundleBegun),
	"bundle-broken-off": of(domain.InspectionCategory, writeBundleBrokenOff, readBundleBrokenOff),
	"bundle-exported":   of(domain.InspectionCategory, writeBundleExported, readBundleExported),
	"inspection-closed": of(domain.InspectionCategory, writeInspectionClosed, readInspectionClosed),

	"signing-begun":   of(domain.SigningCategory, writeSigningBegun, readSigningBegun),
	"log-key-added":   of(domain.SigningCategory, writeLogKeyAdded, readLogKeyAdded),
	"log-key-retired": of(domain.SigningCategory, writeLogKeyRetired, readLogKeyRetired),
	"loss-declared":   of(domain.SigningCategory, writeLossDeclared, readLossDeclared),

	"policy-adopted":  of(domain.PolicyCategory, writePolicyAdopted, readPolicyAdopted),
	"policy-proposed": of(domain.PolicyCategory, writePolicyProposed, readPolicyProposed),
	"policy-approved": of(domain.PolicyCategory, writePolicyApproved, readPolicyApproved),
	"policy-refused":  of(domain.PolicyCategory, writePolicyRefused, readPolicyRefused),

	"import-started":  of(domain.ImportCategory, writeImportStarted, readImportStarted),
	"import-finished": of(domain.ImportCategory, writeImportFinished, readImportFinished),
}
