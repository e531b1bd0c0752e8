package projections

import (
	"context"
	"fmt"
	"testing"

	"zhishu/domain"
)

// TestWhatBecameOfAPersonLaterIsNotInADigest: whether a person's facts can be
// summed with the community is known from today's books. A view of an earlier
// size sees other parts there than books that end at it, and the same figures.
func TestWhatBecameOfAPersonLaterIsNotInADigest(t *testing.T) {
	for what, later := range map[string]func(w *world, b domain.PersonID){
		"moved away": func(w *world, b domain.PersonID) {
			w.must(recorder, &domain.EndMembership{Person: b, Kind: domain.MemberOfCommunity, Community: code(t, "430702001001"), To: day(t, "2025-12-20")})
			w.must(recorder, &domain.StartMembership{Person: b, Membership: domain.Membership{
				Kind: domain.MemberOfCommunity, Community: code(t, "430702001002"), From: day(t, "2025-12-21"), Basis: domain.OnPaper}})
		},
		"was merged": func(w *world, b domain.PersonID) {
			other := w.enrol(3, code(t, "430703001001"), "2025-01-01")
			w.record(b.Stream(), &domain.PersonMerged{Person: b, Into: other}, recorder)
		},
		"found its community succeeded": func(w *world, _ domain.PersonID) {
			old := code(t, "430702001001")
			w.record(old.Stream(), &domain.CommunitySucceeded{
				Code: old, Successors: []domain.CommunityCode{code(t, "430702001002")}, From: day(t, "2025-12-21"), Source: "批复"}, recorder)
		},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t).withPolicies()
			c := code(t, "430702001001")
			a, b := w.enrol(1, c, "2025-01-01"), w.enrol(2, c, "2025-01-01")
			for _, id := range []domain.PersonID{a, b} {
				w.confirmed(id, w.study(c, "2025-12-01", "党课", 60))
				w.confirmed(id, w.study(c, "2025-11-01", "讲座", 45))
			}
			size := domain.Size(len(w.steps))
			wanted := w.view(w.engine(Options{}), Now()).Digests()
			later(w, b)
			e := w.engine(Options{})
			sameDigests(t, "of the earlier size", w.view(e, AtSize(size)).Digests(), wanted)
			for _, n := range []domain.Size{size, domain.Size(len(w.steps))} {
				r, err := Replay(context.Background(), w.store, ReplayOptions{To: AtSize(n)})
				want(t, "replay", err, nil)
				sameDigests(t, fmt.Sprint("replayed to ", n), r.Digests, w.view(e, AtSize(n)).Digests())
			}
		})
	}
}
