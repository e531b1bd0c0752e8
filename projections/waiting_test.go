package projections

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// ask leaves a version, a merge or a reopening to a second person, or lets that
// person decide.
func (h *history) ask() {
	switch h.pick("ask", 7) {
	case 0, 1:
		p := h.proposed()
		s := h.state(p.ID.Stream()).(*domain.Policy)
		if p.Version = 1; s.Latest != nil {
			p.Version = s.Latest.Version + 1
		}
		_ = h.do(recorder, &domain.ProposePolicy{Policy: p, Reason: "核对"})
	case 2:
		id := h.proposed().ID
		if s := h.state(id.Stream()).(*domain.Policy); s.Pending != nil {
			_ = h.do(confirmer, &domain.DecidePolicy{Policy: id, Proposal: s.Pending.No, Approve: h.chance("approve", 2), Reason: "再议"})
		}
	case 3:
		if h.people > 1 {
			_ = h.do(recorder, &domain.ProposePersonMerge{Person: h.person(), Into: h.person(), Reason: "同一人"})
		}
	case 4:
		for i := range h.people {
			if m := h.state(person(i).Stream()).(*domain.Person).Merge; m != nil {
				_ = h.do(confirmer, &domain.DecidePersonMerge{Person: person(i), Into: m.Into, Proposal: m.No, Approve: h.chance("approve", 3), Reason: "不是"})
				return
			}
		}
	case 6:
		for i := range h.people {
			p := h.state(person(i).Stream()).(*domain.Person)
			switch {
			case p.MergedInto.IsZero():
			case p.Unmerge == nil:
				_ = h.do(recorder, &domain.ProposePersonUnmerge{Person: person(i), Into: p.MergedInto, Reason: "不是同一人"})
			default:
				_ = h.do(confirmer, &domain.DecidePersonUnmerge{Person: person(i), Into: p.MergedInto, Proposal: p.Unmerge.No, Approve: h.chance("approve", 3), Reason: "是同一人"})
			}
		}
	case 5:
		if closed := h.state(h.codes[0].Stream()).(*domain.Community).Closed; len(closed) > 0 {
			_ = h.do(recorder, &domain.ProposeReopening{Code: h.codes[0], Period: closed[0].Period, Reason: "漏报"})
		}
	}
}

func (h *history) proposed() domain.PolicyVersion {
	scope := []string{"", "4307", "430702001001"}[h.pick("scope", 3)]
	return domain.PolicyVersion{
		ID: domain.PolicyID{Kind: domain.StarsKind, Scope: division(h.t, scope)}, Title: "星级", From: h.day(),
		Stars: &domain.StarScheme{Thresholds: []domain.Minutes{60}},
	}
}

// waitingModel lists what waits by folding every stream as the write side does,
// and looking at what its states leave open.
func waitingModel(steps []step) (out []string) {
	states := map[string]domain.State{}
	for _, s := range steps {
		if states[s.stream] == nil {
			ref, _ := domain.ParseStream(s.stream)
			states[s.stream] = domain.NewState(ref.Category)
		}
		states[s.stream].Evolve(s.event, s.meta)
	}
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for stream, state := range states {
		switch s := state.(type) {
		case *domain.Person:
			for i := range s.Entries {
				e := &s.Entries[i]
				if e.Status == domain.Claimed {
					add("claim %s %d", stream, e.No)
				}
				if p := e.Pending; p != nil && p.Deed != nil {
					add("correction %s %d %d", stream, e.No, p.No)
				} else if p != nil {
					add("void %s %d %d", stream, e.No, p.No)
				}
				switch d := e.Dispute; {
				case d == nil || d.Upheld && e.Pending != nil && e.Pending.Dispute == d.No:
				case d.Upheld:
					add("remedy %s %d %d", stream, e.No, d.No)
				default:
					add("dispute %s %d %d", stream, e.No, d.No)
				}
			}
			for _, r := range s.Reports {
				add("report %s 0 %d", stream, r.No)
			}
			if s.Merge != nil {
				add("merge %s %d into %s", stream, s.Merge.No, s.Merge.Into)
			}
			if s.Unmerge != nil {
				add("unmerge %s %d into %s", stream, s.Unmerge.No, s.Unmerge.Into)
			}
		case *domain.Donation:
			if s.Pending != nil {
				add("gift-correction %s %d", stream, s.Pending.No)
			}
			if s.GiverPending != nil {
				add("giver %s %d", stream, s.GiverPending.No)
			}
			for _, no := range s.Enquiries {
				add("enquiry %s %d", stream, no)
			}
		case *domain.Activity:
			if s.Closed && !s.Attested && !s.Cancelled {
				add("attestation %s", stream)
			}
		case *domain.Community:
			for _, c := range s.Closed {
				if c.Reopen != nil {
					add("reopening %s %s %d", stream, c.Period, c.Reopen.No)
				}
			}
		case *domain.Policy:
			if s.Pending != nil {
				overtaken := s.Latest != nil && s.Pending.Version.Version <= s.Latest.Version
				add("policy %s %d %v", stream, s.Pending.No, overtaken)
			}
		}
	}
	slices.Sort(out)
	return out
}

func (w *Wait) line() string {
	switch w.Kind {
	case WaitClaim:
		return fmt.Sprintf("claim %s %d", w.Person.Stream(), w.Entry)
	case WaitMerge, WaitUnmerge:
		return fmt.Sprintf("%s %s %d into %s", w.Kind, w.Person.Stream(), w.No, w.Into)
	case WaitGift, WaitGiver, WaitEnquiry:
		return fmt.Sprintf("%s %s %d", w.Kind, w.Donation.Stream(), w.No)
	case WaitAttestation:
		return "attestation " + w.Activity.Stream()
	case WaitReopening:
		return fmt.Sprintf("reopening %s %s %d", w.Community.Stream(), w.Period, w.No)
	case WaitPolicy:
		return fmt.Sprintf("policy %s %d %v", w.Policy.ID.Stream(), w.No, w.Block == BlockedOvertaken)
	}
	return fmt.Sprintf("%s %s %d %d", w.Kind, w.Person.Stream(), w.Entry, w.No)
}

// all collects a list by pages.
func (v *View) allWaiting(t tb, d domain.Division, f WaitFilter, limit int) (rows []Wait, kinds map[WaitKind]int64) {
	page := Page{Limit: limit}
	for {
		part, err := v.Waiting(d, f, page)
		if err != nil {
			t.Fatalf("waiting: %v", err)
		}
		rows = append(rows, part.Rows...)
		if part.Next == "" {
			want(t, "total", part.Total, int64(len(rows)))
			return rows, part.Kinds
		}
		page.After = part.Next
	}
}

func TestWhatWaitsIsWhatTheStreamsLeaveOpen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 60)
		for range rapid.IntRange(0, 40).Draw(t, "asks") {
			if h.chance("ask", 2) {
				h.ask()
			} else {
				h.step()
			}
		}
		e := h.engine(Options{Batch: rapid.IntRange(1, 30).Draw(t, "batch")})
		for _, n := range []int{len(h.steps), rapid.IntRange(0, len(h.steps)).Draw(t, "size")} {
			v := h.view(e, AtSize(domain.Size(n)))
			rows, kinds := v.allWaiting(t, domain.Division{}, WaitFilter{}, rapid.IntRange(1, 9).Draw(t, "limit"))
			var lines []string
			counted := map[WaitKind]int64{}
			for i := range rows {
				lines = append(lines, rows[i].line())
				if counted[rows[i].Kind]++; i > 0 && rows[i-1].Asked.Size >= rows[i].Asked.Size {
					t.Fatalf("the oldest is not first")
				}
				if s := h.steps[rows[i].Asked.Size-1]; s.meta.Account != rows[i].Asked.By {
					t.Fatalf("%s: asked by %s, not %s", lines[i], rows[i].Asked.By, s.meta.Account)
				}
			}
			slices.Sort(lines)
			want(t, fmt.Sprintf("waiting at %d", n), strings.Join(lines, "\n"), strings.Join(waitingModel(h.steps[:n]), "\n"))
			want(t, "kinds", fmt.Sprint(kinds), fmt.Sprint(counted))
			checkScopes(t, h, v, rows)
		}
	})
}

// checkScopes: a division's list is the country's, cut to what concerns it.
func checkScopes(t *rapid.T, h *history, v *View, all []Wait) {
	for _, s := range []string{"4307", "430702", "430702001001"} {
		d := division(t, s)
		here, _ := v.allWaiting(t, d, WaitFilter{}, 50)
		var expected []string
		for i := range all {
			scope := all[i].Policy.ID.Scope
			concerned := all[i].Kind == WaitPolicy && (scope.Covers(d) || d.Covers(scope))
			if c, ok := v.b.codes[all[i].Community]; ok {
				concerned = v.standsIn(c, d)
			}
			if concerned {
				expected = append(expected, all[i].line())
			}
		}
		var lines []string
		for i := range here {
			lines = append(lines, here[i].line())
		}
		want(t, "waiting in "+s, strings.Join(lines, "\n"), strings.Join(expected, "\n"))
	}
}

// What an account is shown as its own to answer, it is not refused for who it is.
func TestWhatWaitsForAnAccountItMayAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 60)
		for range 10 {
			h.ask()
		}
		v := h.view(h.engine(Options{}), Now())
		actors := []domain.Actor{recorder, confirmer}
		actors[1].Scope = division(t, "430702")
		actors = append(actors, domain.Actor{Account: domain.AccountID{UUID: testID(1, 7)}, Role: domain.RoleConfirmer, Person: person(0)})
		for _, by := range actors {
			by = h.acting(by)
			rows, _ := v.allWaiting(t, domain.Division{}, WaitFilter{For: &by}, 50)
			shown := map[string]bool{}
			for i := range rows {
				shown[rows[i].line()] = true
			}
			all, _ := v.allWaiting(t, domain.Division{}, WaitFilter{}, 50)
			for i := range all {
				err := h.tryToAnswer(&all[i], by)
				refused := strings.Contains(fmt.Sprint(err), string(domain.OwnRecord)) || strings.Contains(fmt.Sprint(err), string(domain.SameAccount)) ||
					strings.Contains(fmt.Sprint(err), string(domain.WrongOrganisation))
				if line := all[i].line(); shown[line] && refused && all[i].Kind != WaitAttestation {
					t.Fatalf("%s is shown to an account that is refused: %v", line, err)
				} else if !shown[line] && err == nil && all[i].Kind != WaitPolicy && all[i].Kind != WaitMerge && all[i].Kind != WaitUnmerge {
					t.Fatalf("%s is not shown to an account that may answer", line)
				}
			}
		}
	})
}

// tryToAnswer decides the answer, and records nothing.
func (h *history) tryToAnswer(w *Wait, by domain.Actor) error {
	var c domain.Command
	switch w.Kind {
	case WaitClaim:
		c = &domain.ConfirmEntry{Person: w.Person, Entry: w.Entry}
	case WaitCorrection, WaitVoid:
		c = &domain.DecideProposal{Person: w.Person, Entry: w.Entry, Proposal: domain.ProposalNo(w.No), Reason: "核对"}
	case WaitDispute:
		c = &domain.AnswerDispute{Person: w.Person, Entry: w.Entry, Dispute: domain.DisputeNo(w.No), Finding: "核对"}
	case WaitRemedy:
		c = &domain.ProposeVoid{Person: w.Person, Entry: w.Entry, Reason: "核对"}
	case WaitReport:
		c = &domain.DeclineMissingEntry{Person: w.Person, Report: domain.ReportNo(w.No), Reason: "核对"}
	case WaitMerge:
		c = &domain.DecidePersonMerge{Person: w.Person, Into: w.Into, Proposal: domain.ProposalNo(w.No), Reason: "核对"}
	case WaitUnmerge:
		c = &domain.DecidePersonUnmerge{Person: w.Person, Into: w.Into, Proposal: domain.ProposalNo(w.No), Reason: "核对"}
	case WaitGift:
		c = &domain.DecideDonationCorrection{Donation: w.Donation, Proposal: domain.ProposalNo(w.No), Reason: "核对"}
	case WaitGiver:
		c = &domain.DecideDonationGiver{Donation: w.Donation, Giver: h.state(w.Donation.Stream()).(*domain.Donation).GiverPending.Giver,
			Proposal: domain.ProposalNo(w.No), Reason: "核对"}
	case WaitEnquiry:
		c = &domain.AnswerDonor{Donation: w.Donation, Enquiry: domain.EnquiryNo(w.No), Answer: "已用"}
	case WaitAttestation:
		c = &domain.AttestActivity{Activity: w.Activity, Evidence: []domain.Evidence{{Kind: "登记表"}}}
	case WaitReopening:
		c = &domain.DecideReopening{Code: w.Community, Period: w.Period, Proposal: domain.ProposalNo(w.No), Reason: "核对"}
	case WaitPolicy:
		c = &domain.DecidePolicy{Policy: w.Policy.ID, Proposal: domain.ProposalNo(w.No), Reason: "核对"}
	}
	_, err := h.state(c.Target()).Decide(h.judgedOn(c), by, h.now)
	return err
}

func TestProposalsTellWhatBecameOfThem(t *testing.T) {
	w := newWorld(t).withPolicies()
	propose := func(version int, from string) domain.PolicyID {
		p := domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.StarsKind, Scope: division(t, "4307")}, Version: version, Title: "五十小时起",
			From: day(t, from), Stars: &domain.StarScheme{Thresholds: []domain.Minutes{3000}}}
		w.must(recorder, &domain.ProposePolicy{Policy: p, Reason: "漏定"})
		return p.ID
	}
	decide := func(id domain.PolicyID, no int, approve bool) {
		w.must(confirmer, &domain.DecidePolicy{Policy: id, Proposal: domain.ProposalNo(no), Approve: approve, Reason: "再议"})
	}
	id := propose(1, "2025-01-01")
	w.now += 24 * 3600_000
	decide(id, 0, false)
	propose(1, "2025-01-01")
	w.now += 24 * 3600_000
	decide(id, 2, true)
	before := len(w.steps)
	propose(2, "2027-01-01")
	v := w.view(w.engine(Options{}), Now())
	list, err := v.PolicyProposals(division(t, "430702"), ProposalFilter{}, Page{})
	wantErr(t, "list", err, nil)
	var lines []string
	for i := range list.Rows {
		p := &list.Rows[i]
		lines = append(lines, fmt.Sprintf("%s/%d #%d %s %v %s..%s %s", p.Policy.ID, p.Policy.Version, p.No, p.State, p.Retroactive(v.Day()), p.Proposed.Day, p.Decided.Day, p.Refusal))
	}
	want(t, "rows", strings.Join(lines, "\n"), strings.Join([]string{
		"stars-4307/2 #5 waiting false 2026-01-03..1970-01-01 ",
		"stars-4307/1 #2 approved true 2026-01-02..2026-01-03 ",
		"stars-4307/1 #0 refused true 2026-01-01..2026-01-02 再议",
	}, "\n"))
	want(t, "waiting", list.Waiting, 1)
	want(t, "decided", list.Decided, 2)
	elsewhere, _ := v.PolicyProposals(division(t, "11"), ProposalFilter{}, Page{})
	want(t, "elsewhere", len(elsewhere.Rows), 0)
	earlier, _ := w.view(w.engine(Options{}), AtSize(domain.Size(before)-2)).PolicyProposals(domain.Division{}, ProposalFilter{State: "waiting"}, Page{})
	want(t, "before the approval", len(earlier.Rows), 1)
	first, _ := v.PolicyProposals(domain.Division{}, ProposalFilter{}, Page{Limit: 2})
	rest, _ := v.PolicyProposals(domain.Division{}, ProposalFilter{}, Page{Limit: 2, After: first.Next})
	want(t, "pages", fmt.Sprintf("%d %d %q", len(first.Rows), len(rest.Rows), rest.Next), `2 1 ""`)
}
