package projections

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhishu/domain"
)

// giving are the gifts of a person by the model: whose giver is one of the person's
// numbers.
func (m *model) giving(id domain.PersonID) (all []domain.DonationID) {
	for _, g := range m.given {
		if giver := m.gifts[g].Giver; !giver.IsZero() && m.canonical(giver) == m.canonical(id) {
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b domain.DonationID) int {
		return cmp.Or(cmp.Compare(m.gifts[a].Gift.Day, m.gifts[b].Gift.Day), bytes.Compare(a.UUID[:], b.UUID[:]))
	})
	return all
}

// checkGiving compares what everybody gave; what may be published is that of the
// whole ledger, now.
func checkGiving(t tb, w *world, v *View, m, now *model) {
	t.Helper()
	listed := map[domain.DonationID]domain.PersonID{}
	for id := range m.people {
		gifts, err := v.GiftsOf(context.Background(), w.store, id)
		want(t, "gifts: error", err, nil)
		all := m.giving(id)
		want(t, "gifts: how many", len(gifts), len(all))
		for i, g := range all {
			got, d := &gifts[i], m.gifts[g]
			want(t, "gifts: donation", got.Donation, g)
			want(t, "gifts: number", got.Person, d.Giver)
			want(t, "gifts: value", domain.SameGift(got.Gift, d.Gift), true)
			want(t, "gifts: level", got.Level, now.gifts[g].Publication)
			want(t, "gifts: waits", got.Pending != 0, d.Pending != nil)
			sums := map[string]UseSum{}
			m.addUses(g, sums)
			want(t, "gifts: left", int64(got.Left.Amount), sums[""].Left())
			want(t, "gifts: events", len(got.Life), len(m.uses[g]))
			for n, e := range m.uses[g] {
				want(t, "gifts: event", fmt.Sprint(got.Life[n].Type, got.Life[n].Revision), fmt.Sprint(e.Type(), n))
			}
			if other, twice := listed[g]; twice && m.canonical(other) != m.canonical(id) {
				t.Fatalf("%s stands in the statements of %s and %s", g, other, id)
			}
			listed[g] = id
		}
	}
	for id, d := range m.gifts {
		trail, err := v.Donation(id)
		want(t, "giver: error", err, nil)
		want(t, "giver", trail.Person, d.Giver)
	}
	_, err := v.GiftsOf(context.Background(), w.store, person(1<<20))
	want(t, "gifts: of nobody", err, ErrUnknownPerson)
}

// givingAddsUp: the earlier gifts and their changes make the later ones, and every
// event named is in the log.
func (h *history) givingAddsUp(views []*View, id domain.PersonID) {
	ctx := context.Background()
	gifts := func(v *View) map[domain.DonationID]int {
		list, err := v.GiftsOf(ctx, h.store, id)
		if err != nil && !errors.Is(err, ErrUnknownPerson) {
			h.t.Fatalf("%v", err)
		}
		out := map[domain.DonationID]int{}
		for i := range list {
			out[list[i].Donation] = len(list[i].Life)
		}
		return out
	}
	for i, v := range views {
		was, is := gifts(views[max(0, i-1)]), gifts(v)
		changes, err := v.DiffGifts(ctx, h.store, views[max(0, i-1)], id)
		if errors.Is(err, ErrUnknownPerson) {
			continue
		}
		want(h.t, "error", err, nil)
		if i == 0 {
			want(h.t, "with itself", len(changes), 0)
		}
		for _, c := range changes {
			h.named(h.t, c.Events)
			want(h.t, "a change has a cause", len(c.Events)+len(c.Causes) > 0, true)
			want(h.t, "as it was", c.Before != nil, was[c.Donation] > 0)
			want(h.t, "as it is", c.After != nil, is[c.Donation] > 0)
			delete(was, c.Donation)
			if c.After != nil {
				was[c.Donation] = len(c.After.Life)
			}
		}
		want(h.t, "the changes make the later gifts", fmt.Sprint(was), fmt.Sprint(is))
	}
}

// giverAndBack has somebody else taken for the giver of a gift, and then whoever
// was before.
func (h *history) giverAndBack() {
	id := donation(h.pick("gift", max(1, h.gifts)))
	s := h.state(id.Stream()).(*domain.Donation)
	was, to := s.Giver, domain.PersonID{}
	if !s.Exists || s.GiverPending != nil {
		return
	}
	if was.IsZero() {
		to = h.person()
	} else if p := h.state(was.Stream()).(*domain.Person); !p.Exists || p.Erased || p.Restricted || !p.MergedInto.IsZero() {
		return
	}
	for _, giver := range []domain.PersonID{to, was} {
		if h.do(recorder, &domain.ProposeDonationGiver{Donation: id, Giver: giver, Reason: "凭收据"}) != nil {
			return
		}
		h.must(confirmer, &domain.DecideDonationGiver{
			Donation: id, Giver: giver, Proposal: h.state(id.Stream()).(*domain.Donation).GiverPending.No, Approve: true})
	}
}

// TestGiftsFollowTheGiver: gifts under a number that was merged stand with the
// number that stays and go back when the merge is undone; a gift goes with the
// word about who gave it; and the past is what it was.
func TestGiftsFollowTheGiver(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	w.now = day(t, "2026-03-05").Start()
	a, b := w.enrol(1, c, "2025-01-01"), w.enrol(2, c, "2025-01-01")
	give := func(n int, on string, giver domain.PersonID) {
		w.must(recorder, &domain.ReceiveDonation{Donation: donation(n), Donor: domain.DonorID{UUID: testID(6, uint64(n))}, Person: giver, DonorName: "某人",
			Gift: domain.Gift{Day: day(t, on), Kind: domain.Cash, Amount: 10_000, Community: c, DonorKind: domain.Individual, Publication: domain.PublishAnonymous}})
	}
	e := w.engine(Options{})
	var views []*View
	told := func(what string, wanted map[domain.PersonID]string) {
		t.Helper()
		views = append(views, w.catchUp(e))
		for _, v := range []*View{views[len(views)-1], w.view(w.engine(Options{}), Now())} {
			for id, want1 := range wanted {
				gifts, err := v.GiftsOf(context.Background(), w.store, id)
				want(t, "error", err, nil)
				var all []string
				for i := range gifts {
					all = append(all, fmt.Sprint(gifts[i].Gift.Day, " ", gifts[i].Level, " ", gifts[i].Person == id))
				}
				want(t, what, strings.Join(all, ", "), want1)
			}
		}
	}
	decide := func(n int, giver domain.PersonID, approve bool) {
		t.Helper()
		w.must(recorder, &domain.ProposeDonationGiver{Donation: donation(n), Giver: giver, Reason: "凭收据"})
		w.must(confirmer, &domain.DecideDonationGiver{Donation: donation(n), Giver: giver, Approve: approve, Reason: "核对",
			Proposal: domain.ProposalNo(w.counts[donation(n).Stream()] - 1)})
	}
	give(1, "2026-03-02", a)
	give(2, "2026-03-01", b)
	give(3, "2026-03-03", domain.PersonID{})
	told("each her own", map[domain.PersonID]string{a: "2026-03-02 anonymous true", b: "2026-03-01 anonymous true"})
	w.mergeNow(b, a)
	told("merged", map[domain.PersonID]string{a: "2026-03-01 anonymous false, 2026-03-02 anonymous true", b: "2026-03-01 anonymous true, 2026-03-02 anonymous false"})
	decide(3, a, false)
	decide(3, a, true)
	told("known later", map[domain.PersonID]string{a: "2026-03-01 anonymous false, 2026-03-02 anonymous true, 2026-03-03 anonymous true"})
	w.must(recorder, &domain.ProposePersonUnmerge{Person: b, Into: a, Reason: "不是同一人"})
	w.must(confirmer, &domain.DecidePersonUnmerge{Person: b, Into: a, Approve: true, Proposal: domain.ProposalNo(w.counts[b.Stream()] - 1)})
	told("parted", map[domain.PersonID]string{a: "2026-03-02 anonymous true, 2026-03-03 anonymous true", b: "2026-03-01 anonymous true"})
	decide(3, b, true)
	decide(1, domain.PersonID{}, true)
	told("known otherwise", map[domain.PersonID]string{a: "", b: "2026-03-01 anonymous true, 2026-03-03 anonymous true"})
	var causes []string
	for i := 1; i < len(views); i++ {
		changes, err := views[i].DiffGifts(context.Background(), w.store, views[i-1], a)
		want(t, "error", err, nil)
		for _, x := range changes {
			causes = append(causes, fmt.Sprint(i, x.Before != nil, x.After != nil, len(x.Events), x.Causes))
		}
	}
	want(t, "causes", strings.Join(causes, "; "), "1 false true 0 [merged]; 2 false true 4 [giver]; 3 true false 0 [merged]; 4 true false 0 [giver]; 4 true false 0 [giver]")
	for i, v := range views {
		m := modelOf(w.steps[:v.size])
		checkGiving(t, w, w.view(e, AtSize(v.Size())), m, modelOf(w.steps))
		want(t, fmt.Sprint("size ", i), len(m.steps), int(v.size))
	}
}

// BenchmarkGiftsOf: a donor of twenty gifts, each with a use, among many who gave
// nothing; and somebody who gave nothing.
func BenchmarkGiftsOf(b *testing.B) {
	w := newWorld(b).withPolicies()
	c := code(b, "430702001001")
	w.now = day(b, "2026-03-05").Start()
	a, nobody := w.enrol(1, c, "2025-01-01"), w.enrol(2, c, "2025-01-01")
	for n := range 20 {
		w.must(recorder, &domain.ReceiveDonation{Donation: donation(n), Donor: domain.DonorID{UUID: testID(6, uint64(n))}, Person: a, DonorName: "某人",
			Gift: domain.Gift{Day: day(b, "2026-03-01"), Kind: domain.Cash, Amount: 10_000, Community: c, DonorKind: domain.Individual}})
		for range 4 {
			w.must(recorder, &domain.AllocateDonation{Donation: donation(n), Amount: 1_000, Purpose: "助学", Day: w.now.Day()})
		}
	}
	v := w.view(w.engine(Options{}), Now())
	for name, id := range map[string]domain.PersonID{"donor": a, "nobody": nobody} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := v.GiftsOf(context.Background(), w.store, id); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
