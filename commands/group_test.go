package commands_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
)

func groupID(n byte) domain.GroupID {
	return domain.GroupID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: n}}
}

func (b *bench) household(h *commands.Handler, n byte, door string) domain.GroupRef {
	b.t.Helper()
	ref := domain.GroupRef{Kind: domain.SubjectHousehold, ID: groupID(n)}
	b.must(h.Do(b.t.Context(), b.by(h, "clerk", "community", &domain.RegisterCommunity{Code: community, Name: "红旗社区", From: domain.MinDay})))
	b.must(h.Do(b.t.Context(), b.by(h, "clerk", fmt.Sprint("household", n), &domain.RegisterGroup{
		Group: ref, Community: community, Name: "三幢二单元", Door: door, From: domain.MinDay,
	})))
	return ref
}

func refusedWith(t *testing.T, err error, code domain.Code) {
	t.Helper()
	var r *domain.Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Errorf("%v, want %s", err, code)
	}
}

// TestAMembershipNamesWhatItWasJudgedOn: the revision of the group's stream as
// it was read, which a later change of the group does not touch.
func TestAMembershipNamesWhatItWasJudgedOn(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	ref := b.household(h, 9, "")
	b.must(h.Do(t.Context(), b.by(h, "clerk", "rename", &domain.RenameGroup{Group: ref, Name: "新标签", From: noon.Day()})))
	join := b.by(h, "clerk", "join household", &domain.StartMembership{Person: b.person, Membership: domain.Membership{
		Kind: domain.MemberOfHousehold, Group: ref.ID, From: noon.Day(),
	}})
	first := b.must(h.Do(t.Context(), join))
	var stored *domain.MembershipStarted
	for r, err := range b.store.ReadStream(t.Context(), b.person.Stream(), first.First, eventstore.Forwards) {
		if err != nil {
			t.Fatal(err)
		}
		ref, _ := domain.ParseStream(r.Stream)
		e, err := wire.Decode(ref, r.Type, wire.Version, r.Data)
		if err != nil {
			t.Fatal(err)
		}
		stored = e.(*domain.MembershipStarted)
		break
	}
	if want := (domain.Reading{Stream: ref.Stream(), Revision: 1}); stored.Read != want {
		t.Errorf("judged on %v, want %v", stored.Read, want)
	}

	// The group changes; the same request is the same request still.
	b.must(h.Do(t.Context(), b.by(h, "clerk", "close", &domain.CloseGroup{Group: ref, To: noon.Day() - 1})))
	again := b.must(b.handler(b.store).Do(t.Context(), join))
	if !again.Repeated || again.First != first.First {
		t.Errorf("the retry: %+v", again)
	}
	_, err := h.Do(t.Context(), b.by(h, "clerk", "leave", &domain.EndMembership{
		Person: b.person, Kind: domain.MemberOfHousehold, Group: ref.ID, To: noon.Day(),
	}))
	if err != nil {
		t.Fatal(err)
	}
	late := &domain.StartMembership{Person: b.person, Membership: domain.Membership{Kind: domain.MemberOfHousehold, Group: ref.ID, From: noon.Day() + 1}}
	outs, err := h.Judge(t.Context(), []commands.Request{b.by(h, "clerk", "judged", late)})
	if err != nil {
		t.Fatal(err)
	}
	refusedWith(t, outs[0].Err, domain.GroupClosedCode)
	_, err = h.Do(t.Context(), b.by(h, "clerk", "late", late))
	refusedWith(t, err, domain.GroupClosedCode)
	_, err = h.Do(t.Context(), b.by(h, "clerk", "nonsense", &domain.DesignateLearning{Code: community, From: noon.Day()}))
	refusedWith(t, err, domain.FieldInvalid)
}

// TestADoorNumberIsSealedUnderTheHousehold: it is nowhere in the log, comes
// back for who may see it, and goes with the household's key.
func TestADoorNumberIsSealedUnderTheHousehold(t *testing.T) {
	const door = "三幢二单元501室"
	b := newBench(t)
	h := b.handler(b.store)
	ref := b.household(h, 9, door)
	for r, err := range b.store.ReadAll(t.Context(), eventstore.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(r.Data, []byte("501室")) || bytes.Contains(r.Metadata, []byte("501室")) {
			t.Errorf("%s holds the door number", r.Stream)
		}
	}
	found := ""
	tell := func(_ eventstore.Revision, field, plain string) {
		if field == "door" {
			found = plain
		}
	}
	if err := h.Disclose(t.Context(), ref.Stream(), tell); err != nil || found != door {
		t.Errorf("disclosed %q, %v", found, err)
	}
}

// TestAMergeNeedsASecondPerson goes through both steps and back from a state
// folded anew.
func TestAMergeNeedsASecondPerson(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	double := domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 2}}
	b.enrol(h, double, "张三", "110101199003072316")
	proposed := b.must(h.Do(t.Context(), b.by(h, "clerk", "propose", &domain.ProposePersonMerge{Person: double, Into: b.person, Reason: "同一人"})))
	approve := &domain.DecidePersonMerge{Person: double, Proposal: domain.ProposalNo(proposed.First), Into: b.person, Approve: true}
	_, err := h.Do(t.Context(), b.by(h, "clerk", "own", approve))
	refusedWith(t, err, domain.SameAccount)
	b.must(b.handler(b.store).Do(t.Context(), b.by(h, "reviewer", "approve", approve)))
	_, err = h.Do(t.Context(), b.by(h, "clerk", "consent again", &domain.WithdrawConsent{Person: double, Kind: domain.ConsentRecord, From: noon.Day()}))
	refusedWith(t, err, domain.SubjectMerged)
}

// TestAMergedNumberIsNoSecondPerson: the account linked to the number that was
// merged away is the account of the person, so it neither confirms what is
// recorded under the other number nor joins the other account in deciding.
func TestAMergedNumberIsNoSecondPerson(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	double := domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 2}}
	b.enrol(h, double, "张三", "110101199003072316")
	for handle, person := range map[string]domain.PersonID{"old": double, "new": b.person} {
		account := h.AccountOf(handle)
		b.must(h.Do(t.Context(), b.by(h, "clerk", "open "+handle, &domain.OpenAccount{Account: account, Handle: handle, Role: domain.RoleRecorder})))
		b.must(h.Do(t.Context(), b.by(h, "clerk", "link "+handle, &domain.LinkPerson{Account: account, Person: person})))
	}
	first := b.must(h.Do(t.Context(), b.by(h, "clerk", "first", b.claim(3, 9))))
	if _, err := h.Actor(t.Context(), h.AccountOf("old")); err != nil { // remembered from before the merge
		t.Fatal(err)
	}
	proposed := b.must(h.Do(t.Context(), b.by(h, "clerk", "propose", &domain.ProposePersonMerge{Person: double, Into: b.person, Reason: "同一人"})))
	b.must(h.Do(t.Context(), b.by(h, "reviewer", "approve", &domain.DecidePersonMerge{
		Person: double, Proposal: domain.ProposalNo(proposed.First), Into: b.person, Approve: true,
	})))
	for _, h := range []*commands.Handler{h, b.handler(b.store)} {
		_, err := h.Do(t.Context(), b.by(h, "old", "own", &domain.ConfirmEntry{Person: b.person, Entry: domain.EntryNo(first.First)}))
		refusedWith(t, err, domain.OwnRecord)
	}

	other := domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 3}}
	b.enrol(h, other, "李四", "")
	claim := b.claim(2, 9)
	claim.Person = other
	second := b.must(h.Do(t.Context(), b.by(h, "old", "second", claim)))
	confirm := &domain.ConfirmEntry{Person: other, Entry: domain.EntryNo(second.First)}
	_, err := h.Do(t.Context(), b.by(h, "new", "confirm", confirm))
	refusedWith(t, err, domain.SameAccount)
	b.must(h.Do(t.Context(), b.by(h, "reviewer", "confirm", confirm)))
}
