package projections

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"zhishu/domain"
)

// addUses adds what the events of one gift say of its use, by "name/unit", or
// "" for money: received, allocated, delivered, returned.
func (m *model) addUses(id domain.DonationID, sums map[string]UseSum) {
	change := func(amount domain.Fen, items []domain.Item, by func(*UseSum, int64)) {
		all := map[string]int64{}
		if amount != 0 {
			all[""] = int64(amount)
		}
		for _, it := range items {
			all[it.Name+"/"+it.Unit] += it.Quantity
		}
		for k, n := range all {
			s := sums[k]
			by(&s, n)
			sums[k] = s
		}
	}
	g := m.gifts[id].Gift
	received := g.Amount
	if g.Kind != domain.Cash {
		received = 0
	}
	change(received, g.Items, func(s *UseSum, n int64) { s.Received += n })
	for _, e := range m.uses[id] {
		switch e := e.(type) {
		case *domain.DonationAllocated:
			change(e.Amount, e.Items, func(s *UseSum, n int64) { s.Allocated += n })
		case *domain.DonationDelivered:
			change(e.Amount, e.Items, func(s *UseSum, n int64) { s.Delivered += n })
		case *domain.DonationReturned:
			change(e.Amount, e.Items, func(s *UseSum, n int64) { s.Returned += n })
		case *domain.DonationUseReversed:
			if e.Step == domain.StepDelivery {
				change(e.Amount, e.Items, func(s *UseSum, n int64) { s.Delivered -= n })
			} else {
				change(e.Amount, e.Items, func(s *UseSum, n int64) { s.Allocated -= n })
			}
		}
	}
}

func checkGiftUses(t tb, v *View, m *model, f DonationFilter) {
	t.Helper()
	sums, gifts := map[domain.CommunityCode]map[string]UseSum{}, map[domain.CommunityCode]int64{}
	for id, d := range m.gifts {
		if !m.concerns(f, &d.Gift) {
			continue
		}
		c := m.standsFor(d.Gift.Community, d.Gift.Day)
		if sums[c] == nil {
			sums[c] = map[string]UseSum{}
		}
		gifts[c]++
		m.addUses(id, sums[c])
	}
	got, err := v.GiftUses(f)
	want(t, "uses: error", err, nil)
	want(t, "uses: communities", len(got.Communities), len(gifts))
	var total CommunityUse
	for _, c := range got.Communities {
		want(t, "uses: gifts", c.Gifts, gifts[c.Community])
		want(t, "uses: money", c.Money, sums[c.Community][""])
		delete(sums[c.Community], "")
		want(t, "uses: things", len(c.Things), len(sums[c.Community]))
		for _, x := range c.Things {
			want(t, "uses: "+x.Name, x.UseSum, sums[c.Community][x.Name+"/"+x.Unit])
			if x.Left() < 0 || x.Delivered > x.Allocated {
				t.Fatalf("uses: more used than there is: %+v", x)
			}
		}
		total.Gifts += c.Gifts
		total.Money.Received += c.Money.Received
		total.Money.Allocated += c.Money.Allocated
	}
	want(t, "uses: all gifts", got.Total.Gifts, total.Gifts)
	want(t, "uses: all received", got.Total.Money.Received, total.Money.Received)
	want(t, "uses: all allocated", got.Total.Money.Allocated, total.Money.Allocated)
}

func checkGiftList(t tb, v *View, m *model, f DonationFilter) {
	t.Helper()
	var listed []domain.DonationID
	var cash, goods domain.Fen
	unvalued, support := map[string]int64{}, map[string]int64{}
	for _, id := range m.given {
		d := m.gifts[id]
		if !m.concerns(f, &d.Gift) {
			continue
		}
		listed = append(listed, id)
		valued := domain.Fen(0)
		for _, it := range d.Gift.Items {
			valued += it.Value
			switch {
			case d.Gift.Kind == domain.InKind:
				support[string(d.Gift.Support)+" "+it.Name] += it.Quantity
			case d.Gift.Kind == domain.Goods && it.Value == 0:
				unvalued[it.Name] += it.Quantity
			}
		}
		switch d.Gift.Kind {
		case domain.Cash:
			cash += d.Gift.Amount
		case domain.Goods:
			goods += valued
		}
	}
	slices.SortFunc(listed, func(a, b domain.DonationID) int {
		return cmp.Or(cmp.Compare(m.gifts[a].Gift.Day, m.gifts[b].Gift.Day), bytes.Compare(a.UUID[:], b.UUID[:]))
	})
	first, err := v.GiftList(f, Page{})
	want(t, "list: error", err, nil)
	want(t, "list: cash", first.Totals.Cash.Fen, cash)
	want(t, "list: goods", first.Totals.Goods.Valued, goods)
	for _, x := range first.Totals.Unvalued {
		want(t, "list: unvalued "+x.Name, x.Quantity, unvalued[x.Name])
	}
	want(t, "list: kinds of things", len(first.Totals.Unvalued), len(unvalued))
	n := 0
	for _, s := range first.Totals.Support {
		for _, x := range s.Things {
			want(t, "list: support", x.Quantity, support[string(s.Support)+" "+x.Name])
			n++
		}
	}
	want(t, "list: ways of support", n, len(support))
	rows := everyRow(t, 2, func(p Page) ([]GiftRow, string, error) {
		l, err := v.GiftList(f, p)
		return l.Rows, l.Next, err
	})
	want(t, "list: rows", len(rows), len(listed))
	for i, id := range listed {
		d := m.gifts[id]
		want(t, "list: order", rows[i].Donation, id)
		want(t, "list: amount", rows[i].Gift.Amount, d.Gift.Amount)
		want(t, "list: items", fmt.Sprint(rows[i].Gift.Items), fmt.Sprint(d.Gift.Items))
		want(t, "list: corrections", len(rows[i].Corrections), d.Corrections)
		var notes, offered []string
		for _, e := range m.uses[id] {
			switch e := e.(type) {
			case *domain.DonationCorrectionProposed:
				offered = append(offered, e.Note)
			case *domain.DonationCorrectionApproved:
				notes = append(notes, offered[len(offered)-1])
			}
		}
		got := slices.Collect(func(yield func(string) bool) {
			for _, c := range rows[i].Corrections {
				if !yield(c.Note) {
					return
				}
			}
		})
		want(t, "list: notes", strings.Join(got, "|"), strings.Join(notes, "|"))
	}
}

// checkDonors compares every donor's account; what may be published is that of
// the whole ledger, now.
func checkDonors(t tb, w *world, v *View, m, now *model) {
	t.Helper()
	by := map[domain.DonorID][]domain.DonationID{}
	for _, id := range m.given {
		by[m.gifts[id].Donor] = append(by[m.gifts[id].Donor], id)
	}
	for donor, gifts := range by {
		a, err := v.Donor(context.Background(), w.store, donor)
		want(t, "donor: error", err, nil)
		want(t, "donor: gifts", len(a.Gifts), len(gifts))
		for i, id := range gifts {
			got, d := a.Gifts[i], m.gifts[id]
			want(t, "donor: donation", got.Donation, id)
			want(t, "donor: gift", domain.SameGift(got.Gift, d.Gift), true)
			want(t, "donor: level", got.Level, now.gifts[id].Publication)
			sums := map[string]UseSum{}
			m.addUses(id, sums)
			want(t, "donor: left", int64(got.Left.Amount), sums[""].Left())
			for _, it := range got.Left.Items {
				want(t, "donor: things left", it.Quantity, sums[it.Name+"/"+it.Unit].Left())
				delete(sums, it.Name+"/"+it.Unit)
			}
			delete(sums, "")
			for _, k := range slices.Sorted(maps.Keys(sums)) {
				want(t, "donor: nothing left of "+k, sums[k].Left(), 0)
			}
			var delivered, open domain.Fen
			for _, x := range got.Allocations {
				delivered += x.Delivered.Amount
				open += x.Open.Amount
				want(t, "donor: first step", x.Steps[0].Type, "donation-allocated")
			}
			money := map[string]UseSum{}
			m.addUses(id, money)
			want(t, "donor: delivered", int64(delivered), money[""].Delivered)
			want(t, "donor: open", int64(open), money[""].Allocated-money[""].Delivered)
			waiting := 0
			for _, q := range got.Enquiries {
				if !q.Answered {
					waiting++
				}
			}
			want(t, "donor: enquiries", waiting, len(d.Enquiries))
		}
	}
	_, err := v.Donor(context.Background(), w.store, domain.DonorID{UUID: testID(6, 99)})
	want(t, "donor: unknown", err, ErrUnknownDonor)
}
