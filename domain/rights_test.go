package domain_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"zhishu/domain"
)

// roles are all there are, and one that is none.
var roles = []domain.Role{
	domain.RoleOperator, domain.RoleRecorder, domain.RoleConfirmer, domain.RoleResident, domain.RoleInspector, "visitor",
}

// right is what a command answers whom. The staff are operators, recorders and
// confirmers; outside means a scope that the fact does not lie in.
type right struct {
	command  func(w *rightsWorld) domain.Command
	outside  domain.Code // to the staff outside the scope; empty: they may
	resident domain.Code // to a resident whom it does not concern
	own      domain.Code // to a resident whom it concerns
	// inspector is who inspects, and staff whom it is refused to within the
	// scope, where only some of them may.
	inspector domain.Code
	staff     map[domain.Role]domain.Code
	whole     bool // an operator of the whole country does it
}

const (
	may     domain.Code = ""
	foreign             = domain.WrongOrganisation
	forbids             = domain.RoleForbids
	proxy               = domain.ProxyCheckIn
	stays               = domain.NotConcerned
	caseOf              = domain.InspectorOnly
)

// forStaff is the rule for what is recorded for an organisation.
func forStaff(command func(w *rightsWorld) domain.Command) right {
	return right{command: command, outside: foreign, resident: forbids, own: forbids, inspector: forbids}
}

// forOperators: nobody else of the staff does it.
func forOperators(command func(w *rightsWorld) domain.Command, outside domain.Code) right {
	r := forStaff(command)
	r.outside = outside
	r.staff = map[domain.Role]domain.Code{domain.RoleRecorder: forbids, domain.RoleConfirmer: forbids}
	return r
}

// forConcerned is the rule for what a resident does, or has done by the staff of
// the place.
func forConcerned(command func(w *rightsWorld) domain.Command, others domain.Code) right {
	return right{command: command, outside: others, resident: others, own: may, inspector: forbids}
}

// rightsWorld is a ledger in which every command of the domain would succeed
// if the right account gave it.
type rightsWorld struct {
	*ledger
	self, other, late, asked         domain.PersonID
	merged, parting                  domain.PersonID // into other; of the second, the undoing waits
	claimed, confirmed               domain.EntryNo
	disputed, changing               domain.EntryNo
	dispute                          domain.DisputeNo
	report                           domain.ReportNo
	correction, reopening, ruling    domain.ProposalNo
	merge, unmerge                   domain.ProposalNo
	giftChange, giverChange          domain.ProposalNo
	allocation                       domain.AllocationNo
	enquiry                          domain.EnquiryNo
	fact                             uint32
	begun, running, closed, attested domain.ActivityID
	given, changed                   domain.DonationID
}

var rightsCounty = division("430702")

func newRightsWorld(t *testing.T) *rightsWorld {
	l := newLedger(t)
	l.trusting, l.now = true, at("2026-03-10", "23:20")
	w := &rightsWorld{ledger: l}
	code := lifeCode
	by := func(handle string) domain.Actor {
		return domain.Actor{Account: account(handle), Role: domain.RoleRecorder}
	}
	do := func(handle string, c domain.Command) uint32 {
		t.Helper()
		events, err := l.decide(c, by(handle))
		if err != nil || len(events) == 0 {
			t.Fatalf("%s: %v, %d events", c.Operation(), err, len(events))
		}
		return uint32(len(l.streams[c.Target()]) - len(events))
	}
	enrol := func(label string) domain.PersonID {
		p := l.person(label)
		do("clerk", &domain.EnrolPerson{Person: p, Community: code, Name: label})
		do("clerk", &domain.StartMembership{Person: p, Membership: domain.Membership{Kind: domain.MemberOfCommunity, Community: code, From: day("2020-01-01")}})
		do("clerk", &domain.GiveConsent{Person: p, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, From: day("2020-01-01")}})
		return p
	}
	w.self, w.other, w.late, w.asked = enrol("甲"), enrol("乙"), enrol("丙"), enrol("丁")
	do("clerk", &domain.RegisterCommunity{Code: code, Name: "红旗", From: domain.MinDay})
	do("clerk", &domain.RegisterCommunity{Code: code + 1, Name: "东风", From: domain.MinDay})
	for _, g := range []domain.GroupRef{groupRef("户", "一号"), groupRef("户", "二号"), groupRef("队", "红马甲")} {
		do("clerk", &domain.RegisterGroup{Group: g, Community: code, Name: string(g.Kind), From: domain.MinDay})
	}
	do("clerk", &domain.StartMembership{Person: w.self, Membership: domain.Membership{Kind: domain.MemberOfTeam, Group: group("红马甲"), From: day("2026-01-01")}})
	do("clerk", &domain.DesignateLearning{Code: code, Subject: groupRef("户", "二号"), From: day("2026-01-01")})
	w.fact = do("clerk", w.count())

	entry := func(n int) domain.EntryNo {
		return domain.EntryNo(do("clerk", &domain.ClaimEntry{Person: w.self, Deed: w.deed(n)}))
	}
	w.claimed, w.confirmed, w.disputed, w.changing = entry(1), entry(2), entry(3), entry(4)
	for _, no := range []domain.EntryNo{w.confirmed, w.disputed, w.changing} {
		do("reviewer", &domain.ConfirmEntry{Person: w.self, Entry: no})
	}
	w.dispute = domain.DisputeNo(do("clerk", &domain.DisputeEntry{Person: w.self, Entry: w.disputed, Reason: "时长不对"}))
	w.correction = domain.ProposalNo(do("clerk", &domain.ProposeVoid{Person: w.self, Entry: w.changing, Reason: "误记"}))
	w.report = domain.ReportNo(do("clerk", &domain.ReportMissingEntry{Person: w.self, Deed: w.deed(5)}))
	w.merge = domain.ProposalNo(do("clerk", &domain.ProposePersonMerge{Person: w.late, Into: w.other, Reason: "同一人"}))
	w.merged, w.parting = enrol("戊"), enrol("己")
	for _, p := range []domain.PersonID{w.merged, w.parting} {
		no := domain.ProposalNo(do("clerk", &domain.ProposePersonMerge{Person: p, Into: w.other, Reason: "同一人"}))
		do("reviewer", &domain.DecidePersonMerge{Person: p, Proposal: no, Into: w.other, Approve: true})
	}
	w.unmerge = domain.ProposalNo(do("clerk", &domain.ProposePersonUnmerge{Person: w.parting, Into: w.other, Reason: "不是同一人"}))

	do("clerk", &domain.ClosePeriod{Code: code, Period: domain.Period{From: day("2026-01-01"), To: day("2026-01-31")}})
	do("clerk", &domain.ClosePeriod{Code: code, Period: domain.Period{From: day("2026-02-01"), To: day("2026-02-28")}})
	w.reopening = domain.ProposalNo(do("clerk", &domain.ProposeReopening{Code: code, Period: domain.Period{From: day("2026-02-01"), To: day("2026-02-28")}, Reason: "补录"}))
	w.ruling = domain.ProposalNo(do("clerk", &domain.ProposePolicy{Policy: w.rule(domain.StarsKind), Reason: "追溯"}))

	w.given, w.changed = donation("G1"), donation("G2")
	for _, id := range []domain.DonationID{w.given, w.changed} {
		do("clerk", &domain.ReceiveDonation{Donation: id, Donor: domain.DonorID(id), Person: w.self, DonorName: "甲", Gift: w.gift(100)})
	}
	do("clerk", &domain.AgreePublication{Donation: w.changed, Publication: domain.PublishName, Basis: domain.OnPaper, Day: day("2026-03-01")})
	w.allocation = domain.AllocationNo(do("clerk", &domain.AllocateDonation{Donation: w.given, Amount: 10, Purpose: "助学", Day: day("2026-03-02")}))
	w.enquiry = domain.EnquiryNo(do("clerk", &domain.AskDonation{Donation: w.given, Question: "用在哪里"}))
	w.giftChange = domain.ProposalNo(do("clerk", &domain.ProposeDonationCorrection{Donation: w.changed, DonorName: "甲", Gift: w.gift(200), Reason: "抄错"}))
	w.giverChange = domain.ProposalNo(do("clerk", &domain.ProposeDonationGiver{Donation: w.changed, Giver: w.other, Reason: "认错人"}))

	do("clerk", &domain.StartImport{Started: domain.ImportStarted{Import: row("B/1").Import, Kind: domain.ImportService, Community: code, Recorder: account("clerk")}})
	w.activities(do)
	w.accounts()
	return w
}

// activities: one that runs, one that was closed, and one that was attested.
func (w *rightsWorld) activities(do func(string, domain.Command) uint32) {
	w.begun, w.running, w.closed, w.attested = activity("将办"), activity("在办"), activity("已办"), activity("已签")
	for _, a := range []domain.ActivityID{w.begun, w.running, w.closed, w.attested} {
		do("clerk", &domain.ScheduleActivity{Activity: a, Plan: w.activityPlan("清洁日")})
	}
	do("clerk", &domain.SignUpFor{Activity: w.running, Person: w.self})
	do("clerk", &domain.OpenCheckIn{Activity: w.running})
	do("clerk", &domain.OpenCheckIn{Activity: w.begun})
	do("clerk", &domain.CheckInTo{Person: w.asked, Activity: w.running, Code: w.shown(w.running)})
	for _, a := range []domain.ActivityID{w.closed, w.attested} {
		do("clerk", &domain.CloseActivity{Activity: a, People: 1})
	}
	do("clerk", &domain.EnterAttendance{
		Person: w.other, Activity: w.attested, Evidence: []domain.Evidence{{Kind: "签到表"}},
		Span: domain.Span{Start: at("2026-03-10", "23:00"), End: at("2026-03-10", "23:10")},
	})
	do("third", &domain.AttestActivity{Activity: w.attested})
	w.now += 20 * 60_000
}

func (w *rightsWorld) accounts() {
	w.must(&domain.OpenAccount{Account: account("free"), Handle: "free", Role: domain.RoleResident, Scope: rightsCounty})
	w.must(&domain.OpenAccount{Account: account("helper"), Handle: "helper", Role: domain.RoleRecorder, Scope: rightsCounty})
	w.must(&domain.BeginSigning{Signing: w.signing(), Origin: "zhishu/test", Key: strings.Repeat("1", 64)})
	w.must(&domain.BeginSigning{Signing: w.overlapping(), Origin: "zhishu/test", Key: strings.Repeat("1", 64)})
	w.must(&domain.AddLogKey{Signing: w.overlapping(), Key: strings.Repeat("2", 64)})
	inspector := domain.Actor{Account: account("inspector"), Role: domain.RoleInspector, Scope: rightsCounty}
	if _, err := w.decide(w.open("案"), inspector); err != nil {
		w.t.Fatalf("opening a case: %v", err)
	}
	w.must(&domain.BeginBundle{Inspection: w.open("案").Inspection, Export: id("export", "一"), Size: 1})
}

func (w *rightsWorld) signing() domain.SigningID {
	return domain.SigningID{UUID: id("signing", "账本")}
}
func (w *rightsWorld) overlapping() domain.SigningID {
	return domain.SigningID{UUID: id("signing", "换钥")}
}

func (w *rightsWorld) open(label string) *domain.OpenInspection {
	return &domain.OpenInspection{
		Inspection: domain.InspectionID{UUID: id("inspection", label)}, Scope: lifeCode.Division(), Purpose: "抽查",
		Period: domain.Period{From: day("2025-01-01"), To: day("2025-12-31")}, Committed: committed("a"),
	}
}

func (w *rightsWorld) deed(n int) domain.Deed {
	return domain.Deed{
		Kind: domain.Service, Title: "巡逻", Community: lifeCode,
		Span: domain.Span{Day: day("2026-02-01") + domain.Day(n), Minutes: 60},
	}
}

func (w *rightsWorld) gift(fen domain.Fen) domain.Gift {
	return domain.Gift{
		Day: day("2026-03-01"), Kind: domain.Cash, Amount: fen, Community: lifeCode, DonorKind: domain.Individual,
		Publication: domain.PublishAnonymous,
	}
}

func (w *rightsWorld) rule(kind domain.PolicyKind) domain.PolicyVersion {
	v := domain.PolicyVersion{ID: domain.PolicyID{Kind: kind, Scope: lifeCode.Division()}, Version: 1, Title: "本地规则", From: day("2026-01-01")}
	switch kind {
	case domain.StarsKind:
		v.Stars = &domain.StarScheme{Thresholds: []domain.Minutes{60, 120, 180, 240, 300}}
	case domain.CountingKind:
		v.Counting, v.From = &domain.CountingPolicy{Rounding: domain.RoundNone}, day("2027-01-01")
	}
	return v
}

func (w *rightsWorld) activityPlan(title string) domain.Plan {
	return domain.Plan{
		Kind: domain.ServiceActivity, Title: title, Community: lifeCode,
		Start: at("2026-03-10", "23:00"), End: at("2026-03-10", "23:50"),
	}
}

func (w *rightsWorld) count() *domain.CountFact {
	return &domain.CountFact{Code: lifeCode, Kind: domain.Posters, Day: day("2026-03-01"), Count: 3, Evidence: []domain.Evidence{{Kind: "照片"}}}
}

// shown is the code on the screen.
func (w *rightsWorld) shown(a domain.ActivityID) string {
	step, _ := domain.CodeStep(w.now)
	return codeOf(a, w.state(a.Stream()).(*domain.Activity).Window.No, step)
}

// asker is an account that asks.
type asker struct {
	name string
	by   domain.Actor
	want func(r right) domain.Code
}

// askers are every role within the scope and outside it, and the residents whom
// a command concerns.
func (w *rightsWorld) askers() (all []asker) {
	for _, role := range roles {
		for _, within := range []bool{true, false} {
			a := asker{name: string(role) + " within", by: domain.Actor{Account: account("asks"), Role: role, Scope: rightsCounty}}
			if !within {
				a.name, a.by.Scope = string(role)+" outside", division("110101")
			}
			a.want = func(r right) domain.Code {
				switch role {
				case domain.RoleResident:
					return r.resident
				case domain.RoleInspector:
					if !within && r.inspector == may {
						return r.outside
					}
					return r.inspector
				case "visitor":
					return forbids
				}
				if code, ok := r.staff[role]; ok {
					return code
				}
				if within {
					return may
				}
				return r.outside
			}
			all = append(all, a)
		}
	}
	for _, p := range []domain.PersonID{w.self, w.asked} {
		all = append(all, asker{"the person", domain.Actor{Account: account("own"), Role: domain.RoleResident, Person: p}, nil})
	}
	return all
}

// TestRights asks every command of every role, within its scope and outside.
// What is allowed must succeed: otherwise a refusal would prove nothing.
func TestRights(t *testing.T) {
	w := newRightsWorld(t)
	asked := map[string]bool{}
	for name, r := range w.rights() {
		c := r.command(w)
		if reflect.TypeOf(c).Elem().Name() != name {
			t.Errorf("%s stands where %s belongs", reflect.TypeOf(c).Elem().Name(), name)
		}
		asked[name] = true
		for _, a := range w.askers() {
			want := r.own
			if a.want != nil {
				want = a.want(r)
			} else if concerns(w, c) != a.by.Person {
				continue
			}
			by := a.by
			if special := w.givenBy(name, by.Role); !special.IsZero() {
				if by.Scope != rightsCounty {
					continue // the one there is has its own scope
				}
				by.Account = special
			}
			if got := w.answer(c, by); got != want {
				t.Errorf("%s, %s: got %q, want %q", name, a.name, got, want)
			}
		}
		if got := w.answer(c, founder); r.whole && got != may {
			t.Errorf("%s, whoever runs the program: got %q", name, got)
		}
	}
	declared := declaredCommands(t)
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		if !asked[name] {
			t.Errorf("%s: who may give it stands in no row of the table", name)
		}
	}
	if len(declared) != len(asked) {
		t.Errorf("%d commands are declared, %d in the table", len(declared), len(asked))
	}
}

// givenBy is the account of which there is only one: the inspector of the case.
func (w *rightsWorld) givenBy(name string, role domain.Role) domain.AccountID {
	if role == domain.RoleInspector && (name == "DrawSample" || name == "CloseInspection" || strings.HasSuffix(name, "Bundle")) {
		return account("inspector")
	}
	return domain.AccountID{}
}

// concerns is whose command it is: the person named, the donor who is 甲, or
// nobody's.
func concerns(w *rightsWorld, c domain.Command) domain.PersonID {
	v := reflect.ValueOf(c).Elem()
	if p, ok := v.FieldByName("Person"), true; ok && p.IsValid() {
		return p.Interface().(domain.PersonID)
	}
	return w.self
}

// answer is the code of what the domain says, and empty for events.
func (w *rightsWorld) answer(c domain.Command, by domain.Actor) domain.Code {
	events, err := w.state(c.Target()).Decide(w.judgedOn(c), by, w.now)
	var refusal *domain.Refusal
	switch {
	case errors.As(err, &refusal):
		return refusal.Code
	case err != nil:
		return domain.Code(err.Error())
	case len(events) == 0:
		return "already"
	}
	return may
}

// declaredCommands are the types of the domain that have an operation.
func declaredCommands(t *testing.T) map[string]bool {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "Operation" && fn.Recv != nil {
				found[fmt.Sprint(fn.Recv.List[0].Type.(*ast.StarExpr).X)] = true
			}
		}
	}
	if len(found) < 70 {
		t.Fatalf("only %d commands found", len(found))
	}
	return found
}
