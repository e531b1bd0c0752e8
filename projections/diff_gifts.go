package projections

import (
	"context"
	"errors"

	"zhishu/domain"
	"zhishu/eventstore"
)

// GiftChange is a gift of a person as it was and as it is. Before is nil for one
// that came, After for one that is another's, or nobody's, now.
type GiftChange struct {
	Donation      domain.DonationID
	Before, After *StatementGift
	Events        []Did // what was recorded of it between
	Causes        []Cause
}

// DiffGifts compares what a person gave at an earlier point of view with what it
// is at this one. What may be published is today's at both.
func (v *View) DiffGifts(ctx context.Context, streams eventstore.StreamReader, before *View, id domain.PersonID) (out []GiftChange, err error) {
	was, err := before.GiftsOf(ctx, streams, id)
	if err != nil && !errors.Is(err, ErrUnknownPerson) {
		return nil, err
	}
	is, err := v.GiftsOf(ctx, streams, id)
	if err != nil {
		return nil, err
	}
	for _, c := range pairGifts(was, is) {
		since, err := v.recordedSince(ctx, streams, c.Donation.Stream(), before)
		if err != nil {
			return nil, err
		}
		if v.explainGift(before, &c, since); len(c.Events) > 0 || len(c.Causes) > 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

// pairGifts goes in the order of the later list; what the earlier alone holds
// comes last.
func pairGifts(was, is []StatementGift) (all []GiftChange) {
	place := map[domain.DonationID]int{}
	for i := range is {
		place[is[i].Donation] = len(all)
		all = append(all, GiftChange{Donation: is[i].Donation, After: &is[i]})
	}
	for i := range was {
		if at, both := place[was[i].Donation]; both {
			all[at].Before = &was[i]
			continue
		}
		all = append(all, GiftChange{Donation: was[i].Donation, Before: &was[i]})
	}
	return all
}

// explainGift notes what was recorded of a gift that is the person's now, and why it
// came or went where that is not because it was received.
func (v *View) explainGift(before *View, c *GiftChange, since map[uint64]domain.Size) {
	if c.After != nil {
		for _, l := range c.After.Life {
			if size, new := since[l.Revision]; new {
				c.Events = append(c.Events, Did{l.LifeEvent, c.Donation.Stream(), size})
			}
		}
	}
	if _, received := since[0]; received || c.Before != nil && c.After != nil {
		return
	}
	d := v.b.donations.at(v.b.donationOf.find(c.Donation.UUID, hashUUID(c.Donation.UUID)))
	if before.giverOf(d) != v.giverOf(d) {
		c.Causes = append(c.Causes, CauseGiver)
		return
	}
	c.Causes = append(c.Causes, CauseMerged)
}
