package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

func (b *books) applyPerson(f *fact) error {
	i := b.personOf.find(f.ref.ID, f.hash)
	if i == none {
		if f.revision != 0 {
			return gap(f, 0)
		}
		i = b.newPerson(domain.PersonID{UUID: f.ref.ID}, f.hash)
	}
	p := b.persons.at(i)
	if f.revision != uint64(p.next) {
		return gap(f, p.next)
	}
	if err := b.foldPerson(i, p, f); err != nil {
		return err
	}
	b.waitInPerson(i, p, f)
	b.clock(f.recorded)
	p.next++
	return nil
}

func (b *books) newPerson(id domain.PersonID, hash uint64) uint32 {
	i := b.persons.push(personRow{
		id: id, entries: none, memberships: none, home: none, enrolledBy: none,
		at: b.size, layers: b.layers.add(""), ageOn: int32(domain.NoDay),
	})
	b.personOf.insert(i, hash)
	b.suspectCircle(i) // a child's guardian may be enrolled after the child
	return i
}

func (b *books) foldPerson(i uint32, p *personRow, f *fact) error {
	switch e := f.event.(type) {
	case *domain.EntryClaimed:
		return b.claim(i, p, e, f)
	case *domain.CheckedIn:
		return b.checkIn(i, e, f)
	case *domain.CheckedOut:
		return b.checkOut(i, p, e, f)
	case *domain.FlagReviewed:
		b.noteReview(e.Flag, e.Outcome, f.account)
		b.suspect(i, p)
	case *domain.EntryConfirmed:
		b.confirm(i, p, e.Entry, f)
	case *domain.EntryRejected:
		b.reject(i, p, e.Entry, f)
	case *domain.EntryCorrectionProposed:
		return b.proposeCorrection(i, p, e, f)
	case *domain.EntryCorrectionApproved:
		b.approveCorrection(i, p, e.Entry, f)
	case *domain.EntryCorrectionRefused:
		b.refuseCorrection(i, p, e.Entry, f)
	case *domain.EntryVoidProposed:
		b.act(i, p, uint32(e.Entry), actVoidProposed, f)
	case *domain.EntryVoidApproved:
		b.void(i, p, e.Entry, f)
	case *domain.EntryVoidRefused:
		b.act(i, p, uint32(e.Entry), actVoidRefused, f)
	case *domain.DisputeAnswered:
		b.act(i, p, uint32(e.Entry), actDisputeAnswered, f)
	case *domain.PersonEnrolled:
		b.enrol(i, p, e)
	case *domain.MembershipStarted:
		b.join(i, p, &e.Membership)
	case *domain.MembershipEnded:
		b.leave(i, p, e)
	case *domain.ConsentGiven:
		b.consent(i, &e.Consent)
		if e.Consent.Kind == domain.ConsentPublish {
			p.set(personPublishes)
		}
		b.guard(i, e.Consent.Guardian)
	case *domain.ConsentWithdrawn:
		b.endGuard(i, e.Kind)
		if e.Kind == domain.ConsentPublish {
			p.clear(personPublishes)
		}
	case *domain.ProcessingRestricted:
		p.set(personRestricted)
	case *domain.RestrictionLifted:
		p.clear(personRestricted)
	case *domain.PersonErased:
		p.set(personErased)
		for _, other := range b.groupOf(i, never) {
			b.persons.at(other).set(personErased) // erasing one erases both
		}
	case *domain.LayersChanged:
		b.changeLayers(i, e)
	case *domain.ContactChanged, *domain.PersonalKeyExported:
		b.people.touch(p.id.UUID) // the statement tells it; no figure holds it
	case *domain.PersonMerged:
		return b.merge(i, p, e.Into)
	case *domain.PersonUnmerged:
		b.unmerge(i, p, e.Into)
	}
	return nil
}

func (b *books) enrol(i uint32, p *personRow, e *domain.PersonEnrolled) {
	p.enrolledBy = b.communityOf(e.Community)
	p.layers = b.layers.add(layerList(e.Layers))
	p.ageOn, p.age = int32(e.AgeOn), uint8(min(e.Age, 255))
	p.birthFrom, p.birthTo = int32(e.BirthYearFrom), int32(e.BirthYearTo)
	switch e.Sex {
	case domain.Male:
		p.sex = 1
	case domain.Female:
		p.sex = 2
	}
	b.touchLife(i, p)
}

func (b *books) join(i uint32, p *personRow, m *domain.Membership) {
	row := membershipRow{
		person: i, prev: p.memberships, prevHere: none, at: b.size,
		from: int32(m.From), until: int32(m.To), endedAt: never, replaced: never,
		label: b.labels.add(labels{a: string(m.Kind), b: string(m.Basis)}),
	}
	if m.Kind == domain.MemberOfCommunity {
		row.kind, row.subject = communityMembership, b.communityOf(m.Community)
		row.prevHere = b.communities.at(row.subject).memberships
	} else {
		row.subject = b.groups.add(m.Group.UUID)
	}
	// The membership that is open may begin earlier than was known.
	if k := b.openMembership(p, m.Kind, m.Community, m.Group); k != none && b.memberships.at(k).from > row.from {
		atomic.StoreUint32(&b.memberships.at(k).replaced, b.size)
	}
	j := b.memberships.push(row)
	atomic.StoreUint32(&p.memberships, j)
	if row.kind != communityMembership {
		b.belong(domain.GroupRef{Kind: domain.SubjectKind(m.Kind), ID: m.Group}, j)
		b.people.touch(p.id.UUID)
		if b.isHousehold(b.memberships.at(j)) {
			b.suspectCircle(i)
		}
		return
	}
	atomic.StoreUint32(&b.communities.at(row.subject).memberships, j)
	p.settle(row.subject)
	b.touchLife(i, p)
	b.reachAgain(i)
}

// leave ends the membership that is open, as the write side finds it.
func (b *books) leave(i uint32, p *personRow, e *domain.MembershipEnded) {
	found := b.openMembership(p, e.Kind, e.Community, e.Group)
	if found == none {
		return
	}
	m := b.memberships.at(found)
	m.ended = int32(e.To)
	if m.kind != communityMembership {
		atomic.StoreUint32(&b.groupsAt, b.size+1)
		b.suspectCircle(i)
	}
	atomic.StoreUint32(&m.endedAt, b.size) // a reader that sees it sees the day, too
	b.touchLife(i, p)
}

// openMembership is the oldest membership of a kind that lasts, or none.
func (b *books) openMembership(p *personRow, kind domain.MembershipKind, c domain.CommunityCode, g domain.GroupID) uint32 {
	found := none
	for j := p.memberships; j != none; j = b.memberships.at(j).prev {
		m := b.memberships.at(j)
		if m.endedAt == never && m.replaced == never && domain.Day(m.until) == domain.MaxDay && b.isMembership(m, kind, c, g) {
			found = j
		}
	}
	return found
}

func (b *books) isMembership(m *membershipRow, kind domain.MembershipKind, c domain.CommunityCode, g domain.GroupID) bool {
	if b.labels.value(m.label).a != string(kind) {
		return false
	}
	if m.kind == communityMembership {
		return b.communities.at(m.subject).code == c
	}
	return b.groups.value(m.subject) == g.UUID
}
