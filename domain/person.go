package domain

import "slices"

// Person is a person's stream folded: who may be recorded, and every entry
// with its life.
type Person struct {
	Enrolled    PersonEnrolled // without its personal fields
	Exists      bool
	Identified  bool // an ID number was stated
	Erased      bool
	Restricted  bool
	MergedInto  PersonID
	Merge       *PersonMerge // waits for a second person
	Unmerge     *PersonMerge // its undoing waits for a second person
	Parted      bool         // it was merged once, and is by itself again
	Expects     []PersonID   // numbers whose merge into this one was approved
	Layers      []Layer      // as of the latest day they were said to change on
	LayersFrom  Day
	Memberships []Membership
	Consents    []Consent
	Entries     []Entry   // by rising number
	CheckIns    []CheckIn // without a check-out yet, by rising number
	Reports     []Report  // of missing entries, not answered yet
	next        uint32    // revision of the next event
	others      []Number  // under which the person is known as well; only while a command is judged
}

// Entry is one piece of service or study and where it stands.
type Entry struct {
	No       EntryNo
	Deed     Deed
	Status   EntryStatus
	Dispute  *Dispute // not settled yet; the entry keeps counting
	Recorder Signer
	// Row is the row of a sheet that gave the present value; a correction by
	// hand keeps it. Replaced are the rows that gave a value before it, so that
	// a sheet given again finds its own.
	Row      Row
	Replaced []Row
	Pending  *Proposal
	// Offered are the rows that ever offered a correction: each is decided on
	// once.
	Offered []Row
}

// gave reports whether a row of a sheet ever gave the entry a value.
func (e *Entry) gave(r Row) bool {
	return !r.Import.IsZero() && (e.Row.same(r) || slices.ContainsFunc(e.Replaced, r.same))
}

// MadeBy reports whether the row is the one the entry was claimed by.
func (e *Entry) MadeBy(r Row) bool {
	if len(e.Replaced) > 0 {
		return e.Replaced[0].same(r)
	}
	return e.Row.same(r)
}

// take notes the row of an approved correction.
func (e *Entry) take(r Row) {
	if r.Import.IsZero() {
		return
	}
	e.Replaced = append(e.Replaced, e.Row) // of an entry claimed by hand, no row
	e.Row = r
}

// Proposal is a change that waits for a second person. Deed is nil when the
// entry is to be voided.
type Proposal struct {
	No       ProposalNo
	Deed     *Deed
	Row      Row
	Dispute  DisputeNo // the upheld dispute it follows
	Proposer Signer
}

// Signer is who recorded something: an account and, when it is linked, the
// person behind it, by the number the person went by then. What one signer began,
// another must decide.
type Signer struct {
	Account AccountID
	Person  PersonID
}

func signer(m Meta) Signer { return Signer{m.Account, m.Person} }

// is reports whether an actor is the signer: the same account, or another
// account of the same person, under whatever number.
func (s Signer) is(by Actor) bool { return s.Account == by.Account || by.is(s.Person) }

// Live reports whether the entry takes up time in the person's life.
func (e *Entry) Live() bool { return e.Status == Claimed || e.Status == Confirmed }

// Entry finds an entry by number, or nil.
func (p *Person) Entry(no EntryNo) *Entry {
	lo, hi := 0, len(p.Entries)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if p.Entries[mid].No < no {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(p.Entries) && p.Entries[lo].No == no {
		return &p.Entries[lo]
	}
	return nil
}

// EntryOfRow finds the entry that a row of a sheet made or corrected, or nil. It
// is mostly the newest that is asked for, by who confirms it.
func (p *Person) EntryOfRow(r Row) *Entry {
	for i := len(p.Entries) - 1; i >= 0; i-- {
		if e := &p.Entries[i]; e.gave(r) {
			return e
		}
	}
	return nil
}

// EntryOfActivity finds the newest entry of an activity, or nil.
func (p *Person) EntryOfActivity(a ActivityID) *Entry {
	for i := len(p.Entries) - 1; i >= 0; i-- {
		if p.Entries[i].Deed.Activity == a {
			return &p.Entries[i]
		}
	}
	return nil
}

// Consented reports whether a consent of the kind was given and not withdrawn.
func (p *Person) Consented(kind ConsentKind) bool {
	for _, c := range p.Consents {
		if c.Kind == kind {
			return true
		}
	}
	return false
}

// Expect makes room for entries to come, so that many at once do not move those
// before them again and again.
func (p *Person) Expect(entries int) { p.Entries = slices.Grow(p.Entries, entries) }

// Evolve folds an event in.
func (p *Person) Evolve(e Event, m Meta) {
	revision := p.next
	p.next++
	switch e := e.(type) {
	case *PersonEnrolled:
		p.Exists, p.Identified = true, !e.IDNumber.IsZero()
		p.Enrolled = *e
		p.Enrolled.External = nil
		p.Enrolled.Secrets(func(_ string, s *Secret) { *s = Secret{} })
		p.Layers, p.LayersFrom = e.Layers, MinDay
	case *MembershipStarted:
		if i := p.openMembership(e.Membership.Kind, e.Membership.Community, e.Membership.Group); i >= 0 && e.Membership.From < p.Memberships[i].From {
			p.Memberships[i] = e.Membership // it began earlier than was known
			break
		}
		p.Memberships = append(p.Memberships, e.Membership)
	case *MembershipEnded:
		if i := p.openMembership(e.Kind, e.Community, e.Group); i >= 0 {
			p.Memberships[i].To = e.To
		}
	case *ConsentGiven:
		p.Consents = append(p.Consents, e.Consent)
	case *ConsentWithdrawn:
		kept := p.Consents[:0]
		for _, c := range p.Consents {
			if c.Kind != e.Kind {
				kept = append(kept, c)
			}
		}
		p.Consents = kept
	case *EntryClaimed:
		p.Entries = append(p.Entries, Entry{No: EntryNo(revision), Deed: e.Deed, Status: Claimed, Recorder: signer(m), Row: e.Row})
	case *CheckedIn:
		p.CheckIns = append(p.CheckIns, CheckIn{EntryNo(revision), e.Activity, e.Kind, e.At, e.Until})
	case *CheckedOut:
		kept := p.CheckIns[:0]
		for _, c := range p.CheckIns {
			if c.No != e.CheckIn {
				kept = append(kept, c)
			}
		}
		p.CheckIns = kept
		p.Entries = append(p.Entries, Entry{No: EntryNo(revision), Deed: e.Deed, Status: Claimed, Recorder: signer(m)})
	case *PersonMergeProposed:
		p.Merge = &PersonMerge{ProposalNo(revision), e.Into, signer(m)}
	case *PersonMergeRefused:
		p.Merge = nil
	case *PersonMerged:
		p.MergedInto, p.Merge = e.Into, nil
	case *PersonMergeExpected:
		p.Expects = append(p.Expects, e.From)
	case *PersonUnmergeProposed, *PersonUnmergeRefused, *PersonUnmerged:
		p.evolveUnmerge(e, m, revision)
	case *LayersChanged:
		if e.From >= p.LayersFrom {
			p.Layers, p.LayersFrom = e.Layers, e.From
		}
	case *ProcessingRestricted:
		p.Restricted = true
	case *RestrictionLifted:
		p.Restricted = false
	case *PersonErased:
		p.Erased = true
	case *MissingEntryReported, *MissingEntryAccepted, *MissingEntryDeclined:
		p.evolveReport(e, m, revision)
	default:
		p.evolveEntry(e, m, revision)
	}
}

// evolveEntry folds what happens to an entry after it was claimed.
func (p *Person) evolveEntry(e Event, m Meta, revision uint32) {
	switch e := e.(type) {
	case *EntryConfirmed:
		p.change(e.Entry, func(x *Entry) { x.Status = Confirmed })
	case *EntryRejected:
		p.change(e.Entry, func(x *Entry) { x.Status = Rejected })
	case *EntryDisputed:
		p.change(e.Entry, func(x *Entry) { x.Dispute = &Dispute{No: DisputeNo(revision), By: signer(m)} })
	case *DisputeAnswered:
		p.change(e.Entry, func(x *Entry) { x.answered(e.Upheld) })
	case *EntryCorrectionProposed:
		deed := e.Deed
		p.change(e.Entry, func(x *Entry) {
			x.Pending = &Proposal{ProposalNo(revision), &deed, e.Row, e.Dispute, signer(m)}
			if !e.Row.Import.IsZero() {
				x.Offered = append(x.Offered, e.Row)
			}
		})
	case *EntryVoidProposed:
		p.change(e.Entry, func(x *Entry) {
			x.Pending = &Proposal{No: ProposalNo(revision), Dispute: e.Dispute, Proposer: signer(m)}
		})
	case *EntryCorrectionApproved:
		p.change(e.Entry, func(x *Entry) {
			if x.Pending != nil && x.Pending.Deed != nil {
				x.Deed = *x.Pending.Deed
				x.take(x.Pending.Row)
			}
			x.settle()
			x.Pending = nil
		})
	case *EntryVoidApproved:
		// Nothing is left to dispute.
		p.change(e.Entry, func(x *Entry) { x.Status, x.Pending, x.Dispute = Voided, nil, nil })
	case *EntryCorrectionRefused:
		p.change(e.Entry, func(x *Entry) { x.Pending = nil })
	case *EntryVoidRefused:
		p.change(e.Entry, func(x *Entry) { x.Pending = nil })
	}
}

func (p *Person) change(no EntryNo, f func(*Entry)) {
	if e := p.Entry(no); e != nil {
		f(e)
	}
}

func (p *Person) openMembership(kind MembershipKind, c CommunityCode, g GroupID) int {
	for i, m := range p.Memberships {
		if m.Kind == kind && m.Community == c && m.Group == g && m.To == MaxDay {
			return i
		}
	}
	return -1
}

// CommunityOn is the community the person belongs to on a day; zero when none.
func CommunityOn(memberships []Membership, d Day) CommunityCode {
	for _, m := range memberships {
		if m.Kind == MemberOfCommunity && m.From <= d && d <= m.To {
			return m.Community
		}
	}
	return 0
}
