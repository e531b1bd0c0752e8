package api

import (
	"net/http"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/imports"
	"zhishu/sheets"
)

// Statuses of the ledger's refusals, by what a client can do about them.
const (
	unknown  = http.StatusNotFound            // it is not there
	conflict = http.StatusConflict            // it does not fit what is already recorded
	invalid  = http.StatusUnprocessableEntity // it can never be recorded like this
	denied   = http.StatusForbidden           // not by this account
)

// statuses is the one table from a refusal's code to its HTTP status. Codes of
// single rows of a sheet never are a whole answer; they have a status all the
// same, because every code is described at /problems.
var statuses = map[domain.Code]int{
	domain.AccountUnknown: denied, domain.AccountClosedCode: denied, domain.RoleForbids: denied,
	domain.SubjectUnknown: unknown, domain.SubjectExists: conflict,
	domain.SubjectErased: http.StatusGone, domain.SubjectMerged: conflict, domain.SubjectRestricted: denied,
	domain.FieldMissing: invalid, domain.FieldInvalid: invalid, domain.IDNumberInvalid: invalid,
	domain.CommunityInvalid: invalid, domain.EndBeforeStart: invalid, domain.MinutesZero: invalid,
	domain.MinutesExceedSpan: invalid, domain.MinutesExceedDay: invalid, domain.DateInFuture: invalid, domain.DayOffPlan: invalid,
	domain.AmountInvalid: invalid, domain.ConsentMissing: conflict, domain.GuardianMissing: conflict, domain.CreditCodeInvalid: invalid,
	domain.OwnRecord: denied, domain.SameAccount: denied, domain.NotConcerned: denied,
	domain.EntryUnknown: unknown, domain.EntryNotClaimed: conflict, domain.EntryNotConfirmed: conflict,
	domain.ProposalPending: conflict, domain.ProposalUnknown: unknown, domain.NothingChanges: invalid,
	domain.DisputePending: conflict, domain.DisputeUnknown: unknown, domain.ReportUnknown: unknown, domain.PeriodNotClosed: conflict, domain.NotMerged: conflict,
	domain.WrongOrganisation: denied, domain.Overlap: conflict, domain.DayFull: conflict, domain.ExceedsActivity: invalid,
	domain.MembershipOverlap: conflict, domain.MembershipUnknown: unknown,
	domain.GroupClosedCode: conflict, domain.CommunityReplaced: conflict, domain.DesignationUnknown: unknown, domain.CountUnknown: unknown,
	domain.PolicyInvalid: invalid, domain.PolicyVersionOrder: conflict, domain.PolicyRetroactive: invalid,
	domain.ImportFinishedCode: conflict,
	domain.LogKeyOverlap:      conflict, domain.LogKeyLast: conflict, domain.NothingLost: conflict,

	domain.ActivityCancelledCode: conflict, domain.ActivityClosedCode: conflict, domain.ActivityNotBegun: conflict,
	domain.ActivityOver: conflict, domain.ActivityNotClosed: conflict, domain.ActivityNotAttested: conflict,
	domain.AlreadySignedUp: conflict, domain.SignUpUnknown: unknown, domain.ProxyCheckIn: denied, domain.WindowClosed: conflict, domain.CodeWrong: denied,
	domain.AlreadyCheckedIn: conflict, domain.NotCheckedIn: conflict,

	domain.DateTooEarly: invalid, domain.AllocationUnknown: unknown, domain.EnquiryUnknown: unknown,
	domain.MoreThanReceived: conflict, domain.MoreThanAllocated: conflict, domain.UndercutsUse: conflict,

	domain.InspectorOnly: denied, domain.InspectionClosedCode: conflict, domain.SampleDrawnCode: conflict, domain.NonceDiffers: conflict,

	commands.ClockBehind:   http.StatusServiceUnavailable,
	commands.ClockAhead:    http.StatusServiceUnavailable,
	commands.KeyMissing:    http.StatusServiceUnavailable,
	commands.TooManyCodes:  http.StatusTooManyRequests,
	commands.IDNumberTaken: conflict, commands.NumberTaken: conflict, commands.CommunityUnregistered: unknown,

	imports.KindUnsupported: invalid, imports.ConsentBasisMissing: invalid, imports.DispositionUnclear: invalid,
	imports.OutOfScope: denied, imports.ImportElsewhere: conflict, imports.ImportOtherwise: conflict, imports.TotalTooLarge: invalid,
	imports.ReissueUnknown: unknown, imports.ReissueElsewhere: conflict, imports.ReissueUnfinished: conflict,
	imports.ReissueSuperseded: conflict, imports.ReissueSuspected: conflict, imports.ReissueMerges: conflict,
	imports.GroupRow: invalid, imports.NotApproved: invalid, imports.NotAttended: invalid, imports.CommunityDiffers: invalid,
	imports.PersonUnnamed: invalid, imports.PersonConflict: conflict, imports.PersonUnknown: unknown,
	imports.ColumnMissing: invalid, imports.ActivityMissing: invalid, imports.RowWithdrawn: conflict, imports.RowOfLedger: conflict,
	imports.GuardianUnknown: unknown, imports.ContactDiffers: conflict,

	domain.Code(sheets.CodeFileTooLarge): http.StatusRequestEntityTooLarge,
}

// statusOfRefusal: what is wrong with a file is wrong with the request.
func statusOfRefusal(code domain.Code) (int, bool) {
	if status, ok := statuses[code]; ok {
		return status, true
	}
	_, fromFile := fileCodes[code]
	return invalid, fromFile
}

var fileCodes = func() map[domain.Code]bool {
	all := make(map[domain.Code]bool)
	for _, c := range sheets.Codes() {
		all[domain.Code(c.Code)] = true
	}
	return all
}()

// refusals is the table of the codes the ledger itself refuses with: title and
// hint in Chinese and English. A code of the transport keeps its own line.
var refusals = func() (table []Kind) {
	seen := index(transport)
	for _, infos := range [][]domain.RefusalInfo{domain.Refusals, commands.Refusals, imports.Refusals} {
		for _, info := range infos {
			status, known := statusOfRefusal(info.Code)
			if _, again := seen[string(info.Code)]; again || !known {
				continue
			}
			kind := Kind{
				Code: string(info.Code), Status: status,
				Title: info.Chinese + " / " + info.English, Hint: info.Cure + " / " + info.CureEn,
			}
			seen[kind.Code] = kind
			table = append(table, kind)
		}
	}
	return table
}()
