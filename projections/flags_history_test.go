package projections

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// accounts that record and decide in these histories, besides the two of every
// test.
var colleagues = []domain.AccountID{recorder.Account, confirmer.Account, {UUID: testID(1, 3)}, {UUID: testID(1, 4)}, {UUID: testID(1, 5)}}

// somebody acts with what is known of the account: a read that may be old, so
// that accounts act that were closed meanwhile.
func (h *history) somebody(role domain.Role) domain.Actor {
	id := colleagues[h.pick("account", len(colleagues))]
	a := h.state(id.Stream()).(*domain.Account)
	return domain.Actor{Account: id, Role: role, Scope: a.Scope, Person: a.Person}
}

// staff opens, links and closes accounts.
func (h *history) staff() {
	id := colleagues[h.pick("account", len(colleagues))]
	switch h.pick("staff", 5) {
	case 0, 1:
		scope := []string{"", "4307", "430702", "430702001001", "430703"}[h.pick("scope", 5)]
		_ = h.do(operator, &domain.OpenAccount{Account: id, Handle: fmt.Sprint("clerk-", id.UUID[15]), Role: domain.RoleRecorder, Scope: division(h.t, scope)})
	case 2, 3:
		_ = h.do(operator, &domain.LinkPerson{Account: id, Person: h.person()})
	default:
		_ = h.do(operator, &domain.CloseAccount{Account: id})
	}
}

// family brings two persons into one household, or makes one the other's
// guardian.
func (h *history) family() {
	a, b := h.person(), h.person()
	g := domain.GroupRef{Kind: domain.SubjectHousehold, ID: domain.GroupID{UUID: testID(11, uint64(h.pick("household", 2)))}}
	_ = h.do(recorder, &domain.RegisterGroup{Group: g, Community: h.community(), Name: "户", From: domain.MinDay})
	switch h.pick("family", 4) {
	case 0:
		_ = h.do(recorder, &domain.GiveConsent{Person: a, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, Guardian: b}})
	case 1:
		_ = h.do(recorder, &domain.EndMembership{Person: a, Kind: domain.MemberOfHousehold, Group: g.ID, To: h.day()})
	default:
		for _, id := range []domain.PersonID{a, b} {
			_ = h.do(recorder, &domain.StartMembership{Person: id, Membership: domain.Membership{
				Kind: domain.MemberOfHousehold, Group: g.ID, From: h.day() - 60, Basis: domain.OnPaper}})
		}
	}
}

// watchful lets an integrity policy with low thresholds govern the days these
// histories are about, as an approved retroactive one would.
func (h *history) watchful() {
	v := domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.IntegrityKind}, Version: 2, Title: "核查", From: day(h.t, firstDay), Adopted: h.now.Day(),
		Integrity: &domain.IntegrityPolicy{DayMinutes: 500, BurstEntries: 4, BurstMinutes: 24 * 60, LateDays: 20}}
	h.record(v.ID.Stream(), &domain.PolicyAdopted{Policy: v}, recorder)
	stars := domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.StarsKind}, Version: 2, Title: "星级", From: day(h.t, firstDay), Adopted: h.now.Day(),
		Stars: &domain.StarScheme{Thresholds: []domain.Minutes{30, 200, 800}}}
	calendar := domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.CalendarKind, Scope: division(h.t, "430702")}, Version: 1, Title: "日历", From: day(h.t, firstDay), Adopted: h.now.Day(),
		Calendar: &domain.Calendar{From: day(h.t, firstDay), To: day(h.t, "2026-01-31"), Working: []domain.Day{day(h.t, "2025-12-06"), day(h.t, "2026-01-04")},
			Holidays: []domain.Holiday{{Name: "节", From: day(h.t, "2025-11-03"), To: day(h.t, "2025-11-07")}, {Name: "节", From: day(h.t, "2025-12-29"), To: day(h.t, "2026-01-02")}}}}
	h.record(calendar.ID.Stream(), &domain.PolicyAdopted{Policy: calendar}, recorder)
	h.record(stars.ID.Stream(), &domain.PolicyAdopted{Policy: stars}, recorder)
}

// busy does what raises flags: much by few accounts to few persons.
func (h *history) busy() {
	actions := []func(){h.claim, h.claim, h.claim, h.claim, h.decideEntry, h.decideEntry, h.decideEntry, h.propose, h.propose, h.decideProposal, h.decideProposal,
		h.staff, h.family, h.dispute, h.sheet, h.arrange, h.arrange, h.arrange, h.meet, h.meet, h.takePart, h.adopt, h.step, h.step, h.starLost}
	actions[h.pick("busy", len(actions))]()
}

// starLost voids somebody's service, of which a star may be lost.
func (h *history) starLost() {
	for n := range h.people {
		p := h.state(person(n).Stream()).(*domain.Person)
		for _, e := range p.Entries {
			if e.Status == domain.Confirmed && e.Deed.Kind == domain.Service && e.Pending == nil {
				_ = h.do(recorder, &domain.ProposeVoid{Person: person(n), Entry: e.No, Reason: "查无此事"})
				h.decideProposal()
				return
			}
		}
	}
}

// alike brings two rows of a sheet that look alike.
func (h *history) alike() {
	h.enrolSomeone()
	h.must(recorder, &domain.StartImport{Started: domain.ImportStarted{Import: sheet(h.sheets), Kind: domain.ImportService, Community: h.codes[0],
		Recorder: recorder.Account, Confirmer: confirmer.Account, Rows: 2}})
	for n := range uint32(2) {
		h.must(recorder, &domain.ClaimEntry{Person: person(h.people - 1), Deed: h.service(h.codes[0], "2025-12-01", 5),
			Row: domain.Row{Import: sheet(h.sheets), Number: n + 1, Print: 100 + uint64(n), Alike: 77}})
	}
	h.sheets++
}

// review looks at some of the flags there are.
func (h *history) review(v *View) {
	board, err := v.Flags(domain.Division{}, FlagFilter{Status: "open"}, Page{Limit: MaxLimit})
	if err != nil {
		h.t.Fatalf("%v", err)
	}
	for _, x := range board.Rows {
		if x.Kind == FlagPolicy || !h.chance("review", 3) {
			continue
		}
		outcome := []domain.FlagOutcome{domain.FlagExplained, domain.FlagCorrects}[h.pick("outcome", 2)]
		stranger := domain.Actor{Account: domain.AccountID{UUID: testID(1, 7)}, Role: domain.RoleConfirmer}
		if x.Person.IsZero() {
			_ = h.do(stranger, &domain.ReviewCommunityFlag{Code: x.Community, Flag: x.ID, Kind: string(x.Kind), Recorder: x.Account, Outcome: outcome, Reason: "看过"})
			continue
		}
		c := &domain.ReviewFlag{Person: x.Person, Flag: x.ID, Kind: string(x.Kind), Outcome: outcome, Reason: "看过"}
		for _, f := range x.Facts {
			if f.Stream == x.Person.Stream() {
				c.Entries = append(c.Entries, domain.EntryNo(f.Revision))
			}
		}
		_ = h.do(stranger, c)
	}
}

// TestFlagsEqualTheObviousModel asks for the list again and again while the
// ledger grows, so that most of it comes from what was kept, and holds it against
// the model, against a list made from nothing, and against earlier sizes.
func TestFlagsEqualTheObviousModel(t *testing.T) {
	kinds, reviewed, all := map[FlagKind]int{}, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 40)
		for range 3 {
			h.enrolSomeone()
			h.staff()
		}
		e := h.engine(Options{Batch: rapid.SampledFrom([]int{1, 7, 1000}).Draw(t, "batch")})
		kept := keeps(e)
		for range 6 {
			for range rapid.IntRange(1, 24).Draw(t, "steps") {
				h.busy()
			}
			if h.chance("reviews", 6) {
				h.review(h.catchUp(e))
			}
			if err := e.CatchUp(context.Background()); err != nil {
				t.Fatalf("catch up: %v", err)
			}
			v, m := h.view(e, Now()), flagModelOf(h.steps)
			checkFlags(t, v, m)
			if n := rapid.IntRange(0, len(h.steps)).Draw(t, "size"); h.chance("past", 4) {
				checkFlags(t, h.view(e, AtSize(domain.Size(n))), flagModelOf(h.steps[:n]))
			}
			kept.check(t)
		}
		v := h.view(e, Now())
		fresh := h.view(h.engine(Options{}), Now())
		sameDigests(t, "made from nothing", v.Digests(), fresh.Digests())
		a, err := v.Flags(domain.Division{}, FlagFilter{}, Page{Limit: MaxLimit})
		want(t, "error", err, nil)
		b, err := fresh.Flags(domain.Division{}, FlagFilter{}, Page{Limit: MaxLimit})
		want(t, "error", err, nil)
		want(t, "made from nothing", listOf(a), listOf(b))
		all += len(a.Rows)
		m := flagModelOf(h.steps)
		for _, x := range a.Rows {
			if kinds[x.Kind]++; x.Review != nil {
				reviewed++
				last := m.reviews[len(m.reviews)-1]
				for _, r := range m.reviews {
					if r.flag == x.ID {
						last = r
					}
				}
				want(t, "outcome", x.Review.Outcome, last.outcome)
				want(t, "reviewed at", int(x.Review.Size), last.at)
			}
		}
	})
	if len(kinds) < len(FlagKinds)-4 || reviewed == 0 { // the rarest come up in longer runs
		t.Errorf("only %v, %d reviewed", kinds, reviewed)
	}
	t.Logf("%d flags %v, %d reviewed", all, kinds, reviewed)
}

func listOf(b FlagBoard) (out string) {
	for _, x := range b.Rows {
		review := "open"
		if x.Review != nil {
			review = fmt.Sprint(*x.Review)
		}
		x.Review, x.Version, x.Calendars = nil, nil, nil
		out += fmt.Sprint(x, review, "\n")
	}
	return out
}
