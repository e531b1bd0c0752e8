package domain_test

import (
	"math"
	"reflect"
	"strconv"

	"pgregory.net/rapid"
	"zhishu/domain"
)

// anyEvent is every type of event, by the stream it belongs to. A stream may
// meet all of them: Evolve ignores what is not its own.
var anyEvent = []domain.Event{
	&domain.PersonEnrolled{}, &domain.MembershipStarted{}, &domain.MembershipEnded{}, &domain.ConsentGiven{},
	&domain.ConsentWithdrawn{}, &domain.EntryClaimed{}, &domain.EntryConfirmed{}, &domain.EntryRejected{},
	&domain.EntryDisputed{}, &domain.DisputeAnswered{}, &domain.EntryCorrectionProposed{}, &domain.EntryCorrectionApproved{},
	&domain.EntryCorrectionRefused{}, &domain.EntryVoidProposed{}, &domain.EntryVoidApproved{}, &domain.EntryVoidRefused{},
	&domain.EntryEvaluated{}, &domain.TrainingRecorded{}, &domain.OutsideAwardRecorded{}, &domain.PersonMerged{},
	&domain.ProcessingRestricted{}, &domain.RestrictionLifted{}, &domain.PersonErased{},
	&domain.LayersChanged{}, &domain.ContactChanged{}, &domain.PersonMergeProposed{}, &domain.PersonMergeRefused{},
	&domain.DonationReceived{}, &domain.DonationCorrectionProposed{}, &domain.DonationCorrectionApproved{},
	&domain.DonationCorrectionRefused{}, &domain.DonationAllocated{}, &domain.DonationDelivered{}, &domain.DonationReturned{},
	&domain.DonationUseReversed{}, &domain.DonationPublicationAgreed{}, &domain.DonationPublicationWithdrawn{},
	&domain.DonationEnquired{}, &domain.DonationEnquiryAnswered{},
	&domain.DonationGiverProposed{}, &domain.DonationGiverApproved{}, &domain.DonationGiverRefused{},
	&domain.CommunityRegistered{}, &domain.CommunitySucceeded{}, &domain.PopulationRecorded{}, &domain.FactCounted{},
	&domain.SigningBegun{}, &domain.LogKeyAdded{}, &domain.LogKeyRetired{}, &domain.LossDeclared{},
	&domain.InspectionOpened{}, &domain.SampleDrawn{}, &domain.BundleBegun{}, &domain.BundleExported{}, &domain.BundleBrokenOff{}, &domain.InspectionClosed{}, &domain.PersonalKeyExported{},
	&domain.LearningDesignated{}, &domain.LearningDesignationEnded{}, &domain.CountWithdrawn{},
	&domain.GroupRegistered{}, &domain.GroupRenamed{}, &domain.GroupMoved{}, &domain.GroupClosed{},
	&domain.AccountOpened{}, &domain.AccountLinked{}, &domain.AccountClosed{},
	&domain.PolicyAdopted{}, &domain.PolicyProposed{}, &domain.PolicyApproved{}, &domain.PolicyRefused{}, &domain.ImportStarted{}, &domain.ImportFinished{},
	&domain.ActivityScheduled{}, &domain.ActivityRescheduled{}, &domain.ActivityCancelled{}, &domain.SignedUp{}, &domain.SignUpWithdrawn{},
	&domain.CheckInOpened{}, &domain.CheckInClosed{}, &domain.ActivityClosed{}, &domain.ActivityAttested{}, &domain.CheckedIn{}, &domain.CheckedOut{},
	&domain.MissingEntryReported{}, &domain.MissingEntryAccepted{}, &domain.MissingEntryDeclined{},
	&domain.FlagReviewed{}, &domain.CommunityFlagReviewed{},
	&domain.PeriodClosed{}, &domain.PeriodReopeningProposed{}, &domain.PeriodReopened{}, &domain.PeriodReopeningRefused{},
}

var anyCommand = []domain.Command{
	&domain.EnrolPerson{}, &domain.StartMembership{}, &domain.EndMembership{}, &domain.GiveConsent{}, &domain.WithdrawConsent{},
	&domain.ClaimEntry{}, &domain.ConfirmEntry{}, &domain.RejectEntry{}, &domain.ProposeCorrection{}, &domain.ProposeVoid{},
	&domain.DecideProposal{}, &domain.ReceiveDonation{}, &domain.ProposeDonationCorrection{}, &domain.DecideDonationCorrection{},
	&domain.AllocateDonation{}, &domain.DeliverDonation{}, &domain.ReturnDonation{}, &domain.ReverseDonationUse{},
	&domain.AgreePublication{}, &domain.WithdrawPublication{}, &domain.AskDonation{}, &domain.AnswerDonor{},
	&domain.ProposeDonationGiver{}, &domain.DecideDonationGiver{},
	&domain.RegisterCommunity{}, &domain.RecordPopulation{}, &domain.OpenAccount{}, &domain.LinkPerson{}, &domain.CloseAccount{},
	&domain.BeginSigning{}, &domain.AddLogKey{}, &domain.RetireLogKey{}, &domain.DeclareLoss{},
	&domain.OpenInspection{}, &domain.DrawSample{}, &domain.BeginBundle{}, &domain.ExportBundle{}, &domain.BreakOffBundle{}, &domain.CloseInspection{}, &domain.ExportPersonalKey{},
	&domain.RegisterGroup{}, &domain.RenameGroup{}, &domain.MoveGroup{}, &domain.CloseGroup{},
	&domain.MoveMembership{}, &domain.ChangeLayers{}, &domain.ChangeContact{}, &domain.ProposePersonMerge{}, &domain.DecidePersonMerge{},
	&domain.SucceedCommunity{}, &domain.DesignateLearning{}, &domain.EndDesignation{}, &domain.CountFact{}, &domain.WithdrawCount{},
	&domain.AdoptPolicy{}, &domain.ProposePolicy{}, &domain.DecidePolicy{}, &domain.StartImport{}, &domain.FinishImport{},
	&domain.ScheduleActivity{}, &domain.RescheduleActivity{}, &domain.CancelActivity{}, &domain.SignUpFor{}, &domain.WithdrawSignUp{},
	&domain.OpenCheckIn{}, &domain.CloseCheckIn{}, &domain.CloseActivity{}, &domain.AttestActivity{},
	&domain.CheckInTo{}, &domain.CheckOutOf{}, &domain.EnterAttendance{}, &domain.ConfirmAttendance{},
	&domain.ReviewFlag{}, &domain.ReviewCommunityFlag{},
	&domain.DisputeEntry{}, &domain.AnswerDispute{}, &domain.ReportMissingEntry{}, &domain.AcceptMissingEntry{},
	&domain.DeclineMissingEntry{}, &domain.ClosePeriod{}, &domain.ProposeReopening{}, &domain.DecideReopening{},
}

var categories = []string{
	domain.PersonCategory, domain.DonationCategory, domain.CommunityCategory, domain.PolicyCategory,
	domain.ImportCategory, domain.AccountCategory, domain.ActivityCategory, domain.SigningCategory, domain.InspectionCategory,
	domain.HouseholdCategory, domain.BuildingCategory, domain.OrganisationCategory, domain.TeamCategory,
}

// draw makes a new value of a type with random content, mostly small so that
// things meet, sometimes at the ends of its range.
func draw[T any](t *rapid.T, prototypes []T, label string) T {
	p := rapid.SampledFrom(prototypes).Draw(t, label)
	v := reflect.New(reflect.TypeOf(p).Elem())
	fill(t, v.Elem(), label)
	return v.Interface().(T)
}

var texts = []string{"", "巡逻", "paper", "record", "community", "service", "cash", "voucher", "clerk", "resident", "counting", "none", "\x00", "2026-03-01"}

func fill(t *rapid.T, v reflect.Value, label string) {
	if v.Type() == reflect.TypeFor[domain.Division]() {
		code := rapid.SampledFrom([]string{"", "43", "4307", "430702", "430702001", "430702001007"}).Draw(t, label)
		d, _ := domain.ParseDivision(code)
		v.Set(reflect.ValueOf(d))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), label+"."+v.Type().Field(i).Name)
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, label+"?") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), label)
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 2).Draw(t, label+"#")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i), label+strconv.Itoa(i))
		}
	case reflect.Array: // identities and hashes: few, so that they meet
		v.Index(0).SetUint(uint64(rapid.IntRange(0, 2).Draw(t, label)))
	case reflect.String:
		v.SetString(rapid.SampledFrom(texts).Draw(t, label))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, label))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n := rapid.OneOf(rapid.Int64Range(-1, 8), rapid.Int64Range(20_000, 20_600), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64}),
			rapid.Int64Range(1_770_000_000_000, 1_773_000_000_000)).Draw(t, label)
		v.SetInt(truncate(n, v.Type().Bits()))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n := rapid.OneOf(rapid.Uint64Range(0, 8), rapid.SampledFrom([]uint64{430702001007, math.MaxUint64})).Draw(t, label)
		v.SetUint(n & (1<<v.Type().Bits() - 1))
	default:
		t.Fatalf("%s: no rule for %s", label, v.Type())
	}
}

func truncate(n int64, bits int) int64 {
	switch bits {
	case 8:
		return int64(int8(n))
	case 16:
		return int64(int16(n))
	case 32:
		return int64(int32(n))
	}
	return n
}

// deepCopy shares nothing with v.
func deepCopy[T any](v T) T {
	return copyOf(reflect.ValueOf(v)).Interface().(T)
}

func copyOf(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		c := reflect.New(v.Type().Elem())
		c.Elem().Set(copyOf(v.Elem()))
		return c
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			c.Index(i).Set(copyOf(v.Index(i)))
		}
		return c
	case reflect.Struct:
		c := reflect.New(v.Type()).Elem()
		c.Set(v) // unexported fields are plain values everywhere in the domain
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.Field(i).Set(copyOf(v.Field(i)))
			}
		}
		return c
	}
	return v
}

func foldCopies(category string, history []recorded) domain.State {
	s := domain.NewState(category)
	for _, r := range history {
		s.Evolve(deepCopy(r.event), r.meta)
	}
	return s
}
