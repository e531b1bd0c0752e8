package imports

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"

	"zhishu/domain"
	"zhishu/sheets"
)

// unreachable are the codes that no import of these tests answers with, by the
// reason.
var unreachable = map[string][]domain.Code{
	"a sheet claims, confirms and proposes, and decides on nothing else": {
		domain.NotConcerned, domain.EntryUnknown, domain.EntryNotClaimed, domain.EntryNotConfirmed, domain.ProposalPending,
		domain.ProposalUnknown, domain.DisputePending, domain.DisputeUnknown, domain.ReportUnknown, domain.NothingChanges,
	},
	"a sheet names no membership, designation, count or period to end": {
		domain.MembershipUnknown, domain.DesignationUnknown, domain.CountUnknown, domain.PeriodNotClosed,
	},
	"a sheet adopts no policy, and touches no key and no inspection": {
		domain.PolicyInvalid, domain.PolicyVersionOrder, domain.PolicyRetroactive, domain.LogKeyOverlap, domain.LogKeyLast,
		domain.NothingLost, domain.InspectorOnly, domain.InspectionClosedCode, domain.SampleDrawnCode, domain.NonceDiffers,
	},
	"a roster is what was signed: nobody signs up or checks in through it": {
		domain.ActivityClosedCode, domain.ActivityNotBegun, domain.ActivityOver, domain.ActivityNotClosed, domain.ActivityNotAttested,
		domain.AlreadySignedUp, domain.SignUpUnknown, domain.ProxyCheckIn, domain.WindowClosed, domain.CodeWrong,
		domain.AlreadyCheckedIn, domain.NotCheckedIn,
	},
	"a sheet says what was given, not what became of it": {
		domain.DateTooEarly, domain.AllocationUnknown, domain.EnquiryUnknown, domain.MoreThanReceived, domain.MoreThanAllocated,
	},
	"an import records and corrects for its own community":          {domain.WrongOrganisation},
	"no command restricts the processing of a person":               {domain.SubjectRestricted},
	"groups of a list are registered from the first day on":         {domain.CommunityReplaced},
	"a number of a merged person leads to where it belongs":         {domain.SubjectMerged, domain.NotMerged},
	"a sheet carries no credit code":                                {domain.CreditCodeInvalid},
	"an import of a finished sheet is answered as already imported": {domain.ImportFinishedCode},
}

// reached collects the codes that imports of the tests answered with: for the
// whole sheet, or for a row.
var reached sync.Map

func noteCodes(res Result, err error) {
	for _, c := range res.Codes {
		reached.Store(domain.Code(c.Code), true)
	}
	for _, e := range res.Errors {
		reached.Store(domain.Code(e.Code), true)
	}
	var refusal *domain.Refusal
	if errors.As(err, &refusal) {
		reached.Store(refusal.Code, true)
	}
	var file *FileRefused
	if errors.As(err, &file) {
		reached.Store(domain.Code(file.Code()), true)
	}
}

// TestMain runs the tests and then asks whether they reached every code that
// an import can answer with: only the whole run can tell.
func TestMain(m *testing.M) {
	code := m.Run()
	whole := !testing.Short()
	for _, part := range []string{"test.run", "test.skip", "test.list", "test.fuzz", "test.bench"} {
		whole = whole && flag.Lookup(part).Value.String() == ""
	}
	if code == 0 && whole {
		code = unreached()
	}
	os.Exit(code)
}

// What an import hears about a team that was closed, about a row of a register, and
// when the person is the confirmer.
func TestRefusalsOfWhatHasEnded(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.do(l.recorder, &domain.RegisterCommunity{Code: here, Name: "示例社区", From: domain.MinDay})
	team := domain.GroupRef{Kind: domain.SubjectTeam, ID: domain.GroupID{UUID: domain.UUID{3}}}
	l.do(l.recorder, &domain.RegisterGroup{Group: team, Community: here, Name: "红马甲", From: domain.MinDay})
	l.do(l.recorder, &domain.CloseGroup{Group: team, To: mustDay(t, "2020-12-31")})
	l.mustRun(l.job(domain.ImportService, "first.csv", hours("R1,2026-03-01,清洁,60,,", "R2,2026-03-01,清洁,60,,")))
	var ids []domain.PersonID
	for _, number := range []string{"R1", "R2"} {
		id, err := l.handler.PersonByNumber(t.Context(), here.String(), number)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	l.do(l.open("operator", domain.RoleOperator), &domain.LinkPerson{Account: l.confirmer, Person: ids[0]})
	for code, j := range map[domain.Code]Job{
		domain.GroupClosedCode: l.roster(groupHead + "王伟,R3,1栋101,,,红马甲,2021-06-01,\n"),
		domain.OwnRecord:       l.job(domain.ImportService, "again.csv", hours("R1,2026-03-02,清洁,60,,")),
		RowOfLedger: l.job(domain.ImportService, "register.csv",
			"志愿者编号,服务日期,活动名称,服务时长(分钟),账本编号\nR2,2026-03-03,清洁,60,"+ids[1].String()+"/3\n"),
	} {
		if res := l.mustRun(j); len(res.Errors) != 1 || res.Errors[0].Code != string(code) {
			t.Errorf("%+v, want %s", res, code)
		}
	}
}

func unreached() (code int) {
	why := map[domain.Code]string{}
	for reason, codes := range unreachable {
		for _, c := range codes {
			why[c] = reason
		}
	}
	// The codes of reading a sheet are the sheets' own, and tested there.
	for _, table := range [][]domain.RefusalInfo{domain.Refusals, Refusals[:len(Refusals)-len(sheets.Codes())]} {
		for _, info := range table {
			_, met := reached.Load(info.Code)
			if _, listed := why[info.Code]; met == listed {
				fmt.Printf("%s: reached %t, listed as unreachable %t\n", info.Code, met, listed)
				code = 1
			}
		}
	}
	return code
}
