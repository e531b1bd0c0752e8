package commands_test

import (
	"context"
	"errors"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
)

var double = domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 2}}

// merge merges double into the bench's person.
func (b *bench) merge(h *commands.Handler) {
	b.t.Helper()
	proposed := b.must(h.Do(b.t.Context(), b.by(h, "clerk", "merge", &domain.ProposePersonMerge{Person: double, Into: b.person, Reason: "同一人"})))
	b.must(h.Do(b.t.Context(), b.by(h, "reviewer", "merged", &domain.DecidePersonMerge{
		Person: double, Proposal: domain.ProposalNo(proposed.First), Into: b.person, Approve: true,
	})))
}

// TestHoursAreTakenOnceUnderAllNumbers: what stands under the number that was
// merged away takes up time, for a handler that remembers the streams from before
// the merge and for one that does not; what stands there is cured there, and its
// cure looks at both.
func TestHoursAreTakenOnceUnderAllNumbers(t *testing.T) {
	b := newBench(t)
	h, warm := b.handler(b.store), b.handler(b.store)
	b.enrol(h, double, "张三", "110101199003072316")
	old := b.claim(3, 9)
	old.Person = double
	entry := domain.EntryNo(b.must(h.Do(t.Context(), b.by(h, "clerk", "old", old))).First)
	kept := b.must(warm.Do(t.Context(), b.by(h, "clerk", "kept", b.claim(4, 9)))) // remembers the stream
	b.must(warm.Do(t.Context(), b.by(h, "reviewer", "confirm kept", &domain.ConfirmEntry{Person: b.person, Entry: domain.EntryNo(kept.First)})))
	b.merge(h)
	for i, h := range []*commands.Handler{h, warm, b.handler(b.store)} {
		_, err := h.Do(t.Context(), b.by(h, "clerk", string(rune('a'+i)), b.claim(3, 9)))
		wantCode(t, err, domain.Overlap)
		judged, err := h.Judge(t.Context(), []commands.Request{b.by(h, "clerk", "judge", b.claim(3, 9))})
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, judged[0].Err, domain.Overlap)
	}
	b.must(h.Do(t.Context(), b.by(h, "reviewer", "confirm", &domain.ConfirmEntry{Person: double, Entry: entry})))
	correct := &domain.ProposeCorrection{Person: double, Entry: entry, Deed: b.claim(4, 9).Deed, Reason: "记错一天"}
	_, err := h.Do(t.Context(), b.by(h, "clerk", "correct", correct))
	wantCode(t, err, domain.Overlap)
	void := b.must(h.Do(t.Context(), b.by(h, "clerk", "void", &domain.ProposeVoid{Person: double, Entry: entry, Reason: "重复"})))
	b.must(h.Do(t.Context(), b.by(h, "reviewer", "voided", &domain.DecideProposal{
		Person: double, Entry: entry, Proposal: domain.ProposalNo(void.First), Approve: true,
	})))
	b.must(warm.Do(t.Context(), b.by(h, "clerk", "again", b.claim(3, 9))))
}

// TestAMergeThatBreaksOff: when the merge itself does not reach the log, the note
// before it says nothing, and giving the command again finds it.
func TestAMergeThatBreaksOff(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	b.enrol(h, double, "张三", "110101199003072316")
	old := b.claim(3, 9)
	old.Person = double
	b.must(h.Do(t.Context(), b.by(h, "clerk", "old", old)))
	proposed := b.must(h.Do(t.Context(), b.by(h, "clerk", "merge", &domain.ProposePersonMerge{Person: double, Into: b.person, Reason: "同一人"})))
	approve := &domain.DecidePersonMerge{Person: double, Proposal: domain.ProposalNo(proposed.First), Into: b.person, Approve: true}
	broken := b.handler(refusing{b.store, double.Stream()})
	if _, err := broken.Do(t.Context(), b.by(h, "reviewer", "merged", approve)); !errors.Is(err, errBroken) {
		t.Fatalf("got %v", err)
	}
	if got := types(recorded(t, b.store, b.person.Stream())); got != "person-enrolled membership-started consent-given person-merge-expected" {
		t.Errorf("recorded %s", got)
	}
	first := b.must(h.Do(t.Context(), b.by(h, "clerk", "at the same time", b.claim(3, 9)))) // two persons still
	b.must(h.Do(t.Context(), b.by(h, "reviewer", "rejected", &domain.RejectEntry{Person: b.person, Entry: domain.EntryNo(first.First), Reason: "重复"})))
	b.must(h.Do(t.Context(), b.by(h, "reviewer", "merged", approve)))
	if events := recorded(t, b.store, b.person.Stream()); len(events) != 6 {
		t.Errorf("recorded %s", types(events))
	}
	_, err := h.Do(t.Context(), b.by(h, "clerk", "one person", b.claim(3, 9)))
	wantCode(t, err, domain.Overlap)
}

var errBroken = errors.New("the store broke off")

// refusing is a store that takes nothing for one stream.
type refusing struct {
	*storetest.Memory
	stream string
}

func (r refusing) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	if stream == r.stream {
		return eventstore.Appended{}, errBroken
	}
	return r.Memory.Append(ctx, stream, expected, events)
}

// TestTwoPersonsAgain: once a merge is undone, an account of the one is nobody to
// the other at once, and their hours are their own.
func TestTwoPersonsAgain(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	b.enrol(h, double, "张三", "110101199003072316")
	old := b.claim(3, 9)
	old.Person = double
	b.must(h.Do(t.Context(), b.by(h, "clerk", "old", old)))
	account := h.AccountOf("own")
	b.must(h.Do(t.Context(), b.by(h, "clerk", "open", &domain.OpenAccount{Account: account, Handle: "own", Role: domain.RoleRecorder})))
	b.must(h.Do(t.Context(), b.by(h, "clerk", "link", &domain.LinkPerson{Account: account, Person: double})))
	b.merge(h)
	no := domain.EntryNo(b.must(h.Do(t.Context(), b.by(h, "clerk", "claim", b.claim(2, 9)))).First)
	confirm := &domain.ConfirmEntry{Person: b.person, Entry: no}
	_, err := h.Do(t.Context(), b.by(h, "own", "confirm", confirm))
	wantCode(t, err, domain.OwnRecord)
	unmerge := &domain.ProposePersonUnmerge{Person: double, Into: b.person, Reason: "证件不同"}
	part := &domain.DecidePersonUnmerge{
		Person: double, Proposal: domain.ProposalNo(b.must(h.Do(t.Context(), b.by(h, "clerk", "unmerge", unmerge))).First), Into: b.person, Approve: true,
	}
	_, err = h.Do(t.Context(), b.by(h, "clerk", "alone", part))
	wantCode(t, err, domain.SameAccount)
	b.must(h.Do(t.Context(), b.by(h, "reviewer", "parted", part)))
	b.must(h.Do(t.Context(), b.by(h, "own", "confirm now", confirm)))
	b.must(h.Do(t.Context(), b.by(h, "clerk", "same hours", b.claim(3, 9))))
}
