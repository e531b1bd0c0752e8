package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

// waitRow: from size at until size until something waited for somebody's
// answer. Claims have no row of their own: an entry says itself that it waits.
// What waits in the small streams is kept with them.
type waitRow struct {
	subject   uint32 // person, donation or activity
	at        uint32
	until     uint32 // atomic
	by        uint32 // account that asked, or whose answer left it to be done
	community uint32 // whose organisation answers; none: of a person, wherever it belongs
	no        uint32 // revision that names it in its stream
	entry     uint32 // of a person's record
	other     uint32 // person to be merged into, or parted from; dispute that a change follows; giverRow
	kind      waitKind
}

// waitKind is a WaitKind as rows hold it.
type waitKind uint8

const (
	waitCorrection waitKind = iota
	waitVoid
	waitDispute
	waitRemedy
	waitReport
	waitMerge
	waitGift
	waitEnquiry
	waitAttestation
	waitUnmerge
	waitGiver
)

// waitKey finds the row that is open: of an entry there is one change, one
// dispute and one remedy at a time, of a donation one correction and one giver, of a person
// one merge and one undoing of it; reports and enquiries are told apart by their number.
type waitKey struct {
	kind        waitKind
	subject, of uint32
}

func (r *waitRow) key() waitKey {
	switch r.kind {
	case waitReport, waitEnquiry:
		return waitKey{r.kind, r.subject, r.no}
	}
	return waitKey{r.kind, r.subject, r.entry}
}

// ofNumbers: it waits for somebody who answers for two numbers.
func (r *waitRow) ofNumbers() bool { return r.kind == waitMerge || r.kind == waitUnmerge }

func (r *waitRow) waits(size uint32) bool { return r.at < size && atomic.LoadUint32(&r.until) >= size }

func (b *books) wait(f *fact, row waitRow) {
	row.at, row.until, row.by = b.size, never, b.accountNumber(f.account)
	if row.kind != waitRemedy {
		row.no = uint32(f.revision)
	}
	b.openWaits[row.key()] = b.waits.push(row)
}

// answered ends a wait, if there is one, and tells what was waited for.
func (b *books) answered(kind waitKind, subject, of uint32) *waitRow {
	key := waitKey{kind, subject, of}
	i, ok := b.openWaits[key]
	if !ok {
		return nil
	}
	delete(b.openWaits, key)
	r := b.waits.at(i)
	atomic.StoreUint32(&r.until, b.size)
	return r
}

// indexWaits finds the open rows again.
func (b *books) indexWaits() {
	for i := range b.waits.n {
		if r := b.waits.at(i); r.until == never {
			b.openWaits[r.key()] = i
		}
	}
}

// waitInPerson folds what an event of a person's stream leaves to be answered.
func (b *books) waitInPerson(i uint32, p *personRow, f *fact) {
	switch e := f.event.(type) {
	case *domain.EntryCorrectionProposed:
		b.changeProposed(i, f, waitCorrection, e.Entry, e.Dispute, b.communityOf(e.Deed.Community))
	case *domain.EntryVoidProposed:
		b.changeProposed(i, f, waitVoid, e.Entry, e.Dispute, b.recordedIn(p, e.Entry))
	case *domain.EntryCorrectionApproved:
		b.answered(waitCorrection, i, uint32(e.Entry))
	case *domain.EntryVoidApproved:
		b.answered(waitVoid, i, uint32(e.Entry))
		b.answered(waitDispute, i, uint32(e.Entry)) // nothing is left to dispute
		b.answered(waitRemedy, i, uint32(e.Entry))
	case *domain.EntryCorrectionRefused:
		b.changeRefused(f, b.answered(waitCorrection, i, uint32(e.Entry)))
	case *domain.EntryVoidRefused:
		b.changeRefused(f, b.answered(waitVoid, i, uint32(e.Entry)))
	case *domain.EntryDisputed:
		b.wait(f, waitRow{kind: waitDispute, subject: i, entry: uint32(e.Entry), community: b.recordedIn(p, e.Entry), other: none})
	case *domain.DisputeAnswered:
		if r := b.answered(waitDispute, i, uint32(e.Entry)); r != nil && e.Upheld {
			b.wait(f, waitRow{kind: waitRemedy, subject: i, no: r.no, entry: r.entry, community: r.community, other: none})
		}
	case *domain.MissingEntryReported:
		b.wait(f, waitRow{kind: waitReport, subject: i, community: b.communityOf(e.Deed.Community), other: none})
	case *domain.MissingEntryAccepted:
		b.answered(waitReport, i, uint32(e.Report))
	case *domain.MissingEntryDeclined:
		b.answered(waitReport, i, uint32(e.Report))
	case *domain.PersonMergeProposed:
		into := b.personOf.find(e.Into.UUID, hashUUID(e.Into.UUID))
		b.wait(f, waitRow{kind: waitMerge, subject: i, community: none, other: into})
	case *domain.PersonMergeRefused:
		b.answered(waitMerge, i, 0)
	case *domain.PersonMerged:
		b.answered(waitMerge, i, 0)
	case *domain.PersonUnmergeProposed:
		into := b.personOf.find(e.Into.UUID, hashUUID(e.Into.UUID))
		b.wait(f, waitRow{kind: waitUnmerge, subject: i, community: none, other: into})
	case *domain.PersonUnmergeRefused:
		b.answered(waitUnmerge, i, 0)
	case *domain.PersonUnmerged:
		b.answered(waitUnmerge, i, 0)
	}
}

// changeProposed: a change that follows an upheld dispute is what the dispute
// waited for.
func (b *books) changeProposed(i uint32, f *fact, kind waitKind, entry domain.EntryNo, dispute domain.DisputeNo, community uint32) {
	row := waitRow{kind: kind, subject: i, entry: uint32(entry), community: community, other: none}
	if dispute != 0 {
		row.other = uint32(dispute)
		b.answered(waitRemedy, i, uint32(entry))
	}
	b.wait(f, row)
}

// changeRefused: the dispute that the change followed waits again.
func (b *books) changeRefused(f *fact, r *waitRow) {
	if r != nil && r.other != none {
		b.wait(f, waitRow{kind: waitRemedy, subject: r.subject, no: r.other, entry: r.entry, community: r.community, other: none})
	}
}

// recordedIn is the community that recorded an entry; none for one the rows do
// not know.
func (b *books) recordedIn(p *personRow, no domain.EntryNo) uint32 {
	if j := b.open(p, no, isStanding); j != none {
		return b.entries.at(j).community
	}
	return none
}

// waitInDonation folds what an event of a donation's stream leaves to be
// answered.
func (b *books) waitInDonation(i uint32, d *donationRow, f *fact) {
	community := none
	if d.gifts != none {
		community = b.gifts.at(d.gifts).community
	}
	switch e := f.event.(type) {
	case *domain.DonationCorrectionProposed:
		b.wait(f, waitRow{kind: waitGift, subject: i, community: community, other: none})
	case *domain.DonationCorrectionApproved:
		b.answered(waitGift, i, 0)
	case *domain.DonationCorrectionRefused:
		b.answered(waitGift, i, 0)
	case *domain.DonationGiverProposed:
		row := waitRow{kind: waitGiver, subject: i, community: community, other: none}
		if !e.Giver.IsZero() {
			row.other = b.giver(e.Giver)
		}
		b.wait(f, row)
	case *domain.DonationGiverApproved, *domain.DonationGiverRefused:
		b.answered(waitGiver, i, 0)
	case *domain.DonationEnquired:
		b.wait(f, waitRow{kind: waitEnquiry, subject: i, community: community, other: none})
	case *domain.DonationEnquiryAnswered:
		b.answered(waitEnquiry, i, uint32(e.Enquiry))
	}
}

// waitInActivity: an activity that is over waits for the second signature.
func (b *books) waitInActivity(i uint32, a *activityRow, f *fact) {
	switch f.event.(type) {
	case *domain.ActivityClosed:
		b.answered(waitAttestation, i, 0)
		b.wait(f, waitRow{kind: waitAttestation, subject: i, community: a.community, other: none})
	case *domain.ActivityAttested, *domain.ActivityCancelled:
		b.answered(waitAttestation, i, 0)
	}
}
