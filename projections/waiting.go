package projections

import (
	"cmp"
	"slices"
	"strconv"
	"sync/atomic"

	"zhishu/domain"
)

// WaitKind is what somebody has to answer or to do.
type WaitKind string

const (
	WaitClaim       WaitKind = "claim"           // a claim, to be confirmed or rejected
	WaitCorrection  WaitKind = "correction"      // of an entry
	WaitVoid        WaitKind = "void"            // of an entry
	WaitDispute     WaitKind = "dispute"         // to be answered
	WaitRemedy      WaitKind = "remedy"          // a dispute that was upheld: a correction or voiding is to be proposed
	WaitReport      WaitKind = "report"          // of a missing entry
	WaitMerge       WaitKind = "merge"           // of two persons' numbers
	WaitUnmerge     WaitKind = "unmerge"         // the undoing of a merge
	WaitGift        WaitKind = "gift-correction" // of a donation
	WaitGiver       WaitKind = "giver"           // who gave a donation
	WaitEnquiry     WaitKind = "enquiry"         // of a donor
	WaitAttestation WaitKind = "attestation"     // an activity that is over, to be signed
	WaitReopening   WaitKind = "reopening"       // of a closed period
	WaitPolicy      WaitKind = "policy"          // a version that was proposed
)

// WaitKinds lists every kind.
var WaitKinds = []WaitKind{
	WaitClaim, WaitCorrection, WaitVoid, WaitDispute, WaitRemedy, WaitReport, WaitMerge, WaitUnmerge, WaitGift, WaitGiver, WaitEnquiry, WaitAttestation, WaitReopening, WaitPolicy,
}

// waitKinds are the kinds of waitRows, by number.
var waitKinds = [...]WaitKind{
	WaitCorrection, WaitVoid, WaitDispute, WaitRemedy, WaitReport, WaitMerge, WaitGift, WaitEnquiry, WaitAttestation, WaitUnmerge, WaitGiver,
}

// Wait is one thing that waits. Which of the identities are set is the kind's.
type Wait struct {
	Kind      WaitKind
	Asked     Step                 // by whom and since when
	Community domain.CommunityCode // whose organisation answers; zero: an organisation above communities, or a policy's scope
	Person    domain.PersonID
	Into      domain.PersonID // of a merge and of its undoing
	Donation  domain.DonationID
	Activity  domain.ActivityID
	Policy    domain.PolicyRef
	Period    domain.Period // of a reopening
	Entry     domain.EntryNo
	No        uint32           // of the proposal, dispute, report or enquiry within its stream
	Waited    domain.WorkCount // working days up to the day of the view
	State     PersonState
	Block     WaitBlock
}

// WaitBlock is why a thing that waits cannot be answered as matters stand.
type WaitBlock string

const (
	NotBlocked        WaitBlock = ""
	BlockedErased     WaitBlock = "erased"
	BlockedRestricted WaitBlock = "restricted"
	BlockedOvertaken  WaitBlock = "overtaken" // another version was adopted: it can only be refused
)

// Waiting lists what waits in a division, the oldest first (待办).
type Waiting struct {
	Footing
	Division domain.Division
	Kinds    map[WaitKind]int64 // of everything that waits, whatever was filtered
	Total    int64              // of what was asked for
	Rows     []Wait
	Next     string
}

// WaitFilter chooses among what waits; empty fields choose all.
type WaitFilter struct {
	Kind WaitKind
	// For leaves out what the account may not answer.
	For *domain.Actor
}

// waiting is a thing that waits, before it is shown.
type waiting struct {
	at        uint32
	kind      WaitKind
	community uint32 // none: a policy's scope, or nobody's
	scope     domain.Division
	by        domain.AccountID
	row       uint32 // waitRow or entryRow
	policy    *proposalRow
	reopening *reopeningRow
}

// Waiting lists what waits in a division. After of the page is a ledger size.
func (v *View) Waiting(d domain.Division, f WaitFilter, page Page) (Waiting, error) {
	out := Waiting{Division: d, Kinds: map[WaitKind]int64{}}
	after, err := sizeCursor(page.After)
	if err != nil {
		return out, err
	}
	all := v.waitingIn(d)
	slices.SortFunc(all, func(a, b waiting) int { return cmp.Compare(a.at, b.at) })
	for i := range all {
		x := &all[i]
		if f.For != nil && !v.mayAnswer(x, f.For) {
			continue
		}
		if out.Kinds[x.kind]++; f.Kind != "" && f.Kind != x.kind {
			continue
		}
		if out.Total++; after != nil && x.at <= *after {
			continue
		}
		if len(out.Rows) == page.limit() {
			if out.Next == "" {
				out.Next = strconv.FormatUint(uint64(out.Rows[len(out.Rows)-1].Asked.Size-1), 10)
			}
			continue
		}
		out.Rows = append(out.Rows, v.shown(x))
	}
	out.Footing = v.footing(d, 1<<touchKinds-1, v.calendarsFor(d)...)
	out.ChangedAt = domain.Size(v.size) // accounts and small streams have no stamp of their own
	return out, nil
}

// waitingIn collects what waits in a division: where the fact was recorded, also
// under a code that another stands for by now; of two numbers of one person,
// where the person belongs.
func (v *View) waitingIn(d domain.Division) (all []waiting) {
	here := v.b.communitiesIn(d)
	for i := range v.moved {
		if !v.inDivision(d, i) && v.standsIn(i, d) {
			here = append(slices.Clip(here), codeNumber{v.b.communities.at(i).code, i})
		}
	}
	for _, claims := range parallel(here, v.claimsWaiting) {
		for _, j := range claims {
			r := v.b.entries.at(j)
			all = append(all, waiting{at: r.at, kind: WaitClaim, community: r.community, by: v.accountOf(v.b.signs.at(j).recorder), row: j})
		}
	}
	for j := range v.b.waits.seen() {
		r := v.b.waits.at(j)
		if r.at >= v.size {
			break
		}
		if !r.waits(v.size) {
			continue
		}
		community := r.community
		if r.ofNumbers() {
			s := v.subjectOf(r.subject)
			if community = v.homeOn(s, v.day); community == none {
				community = v.b.persons.at(r.subject).enrolledBy
			}
		}
		if d.Digits() == 0 || community != none && v.standsIn(community, d) {
			all = append(all, waiting{at: r.at, kind: waitKinds[r.kind], community: community, by: v.accountOf(r.by), row: j})
		}
	}
	for _, x := range v.reopeningsAt() {
		if v.standsIn(x.community, d) {
			all = append(all, waiting{at: x.at, kind: WaitReopening, community: x.community, by: x.by, reopening: &x})
		}
	}
	for _, x := range v.proposalsBefore() {
		if scope := x.version.ID.Scope; x.decidedAt == never && (scope.Covers(d) || d.Covers(scope)) {
			all = append(all, waiting{at: x.at, kind: WaitPolicy, community: none, scope: scope, by: x.by, policy: &x})
		}
	}
	return all
}

// claimsWaiting lists the claims that wait where they were recorded.
func (v *View) claimsWaiting(c codeNumber) []uint32 {
	key := cacheKey{part: partWaiting, division: c.code.Division()}
	return part(v, key, v.changed(c, touchMembers), func(rows []uint32) int { return 4 * len(rows) }, func() (rows []uint32) {
		for j := atomic.LoadUint32(&v.b.communities.at(c.number).entries); j != none; {
			r := v.b.entries.at(j)
			if r.waits(v.size) {
				rows = append(rows, j)
			}
			j = r.prevHere
		}
		return rows
	})
}

func (v *View) accountOf(i uint32) (id domain.AccountID) {
	if i != none {
		id.UUID = v.b.accounts.at(i).id
	}
	return id
}

// shown makes the row of a list.
func (v *View) shown(x *waiting) Wait {
	out := Wait{Kind: x.kind, Asked: v.step(x.at, x.by)}
	division := x.scope
	if x.community != none {
		out.Community = v.b.communities.at(x.community).code
		division = out.Community.Division()
	}
	out.Waited = v.calendar(division).Between(out.Asked.Day, v.day)
	switch {
	case x.kind == WaitClaim:
		r := v.b.entries.at(x.row)
		out.Entry = domain.EntryNo(r.entry)
		v.showPerson(&out, r.person)
	case x.policy != nil:
		out.Policy, out.No = x.policy.version.Ref(), uint32(x.policy.no)
		if x.policy.version.Version != v.newest(x.policy.version.ID)+1 {
			out.Block = BlockedOvertaken
		}
	case x.reopening != nil:
		out.Period, out.No = x.reopening.period, uint32(x.reopening.no)
	default:
		r := v.b.waits.at(x.row)
		out.Entry, out.No = domain.EntryNo(r.entry), r.no
		switch r.kind {
		case waitGift, waitGiver, waitEnquiry:
			out.Donation = v.b.donations.at(r.subject).id
		case waitAttestation:
			out.Activity, out.No = v.b.activities.at(r.subject).id, 0
		default:
			v.showPerson(&out, r.subject)
			if r.ofNumbers() && r.other != none {
				out.Into = v.b.persons.at(r.other).id
			}
		}
	}
	return out
}

// showPerson names whose record it is, and why nothing may be recorded in it.
func (v *View) showPerson(out *Wait, i uint32) {
	p := v.b.persons.at(i)
	out.Person, out.State, out.Block = p.id, p.state(), v.blockOf(i)
}

// blockOf is why nothing may be recorded for a person, as the write side says. What
// stands under a number that was merged is answered there; what holds of one
// number of a person holds of all.
func (v *View) blockOf(i uint32) WaitBlock {
	s := v.subjectOf(i)
	block := NotBlocked
	for _, k := range append([]uint32{s.person}, s.others...) {
		switch p := v.b.persons.at(k); {
		case p.has(personErased):
			return BlockedErased
		case p.has(personRestricted):
			block = BlockedRestricted
		}
	}
	return block
}

// mayAnswer leaves out what an account is refused for who it is: outside its
// scope, its own question, or its own person's record. Who set an activity's
// plan is not known here, and is refused the signature all the same.
func (v *View) mayAnswer(x *waiting, by *domain.Actor) bool {
	asked := by.Account == x.by || by.Is(v.behind(x.by))
	own := false
	switch x.kind {
	case WaitClaim:
		own = v.isPerson(v.b.entries.at(x.row).person, by)
	case WaitRemedy, WaitEnquiry:
		asked = false // whoever answered, or typed the question in, may go on
	case WaitPolicy:
		return !asked && by.Staff() && by.Scope.Covers(x.scope)
	case WaitGift:
		own = by.Is(v.giverOf(v.b.donations.at(v.b.waits.at(x.row).subject)))
	case WaitGiver:
		r := v.b.waits.at(x.row)
		own = by.Is(v.giverOf(v.b.donations.at(r.subject))) || r.other != none && by.Is(v.b.givers.at(r.other).id)
	case WaitAttestation:
		own = v.inCharge(v.b.waits.at(x.row).subject, by)
	case WaitMerge, WaitUnmerge:
		r := v.b.waits.at(x.row)
		own = v.isPerson(r.subject, by) || r.other != none && v.isPerson(r.other, by)
		return !asked && !own && by.RecordsFor(v.keeper(r.subject)) && (r.other == none || by.RecordsFor(v.keeper(r.other)))
	case WaitReopening:
	default:
		own = v.isPerson(v.b.waits.at(x.row).subject, by)
	}
	var community domain.CommunityCode
	if x.community != none {
		community = v.b.communities.at(x.community).code
	}
	return !asked && !own && by.RecordsFor(community)
}

// keeper is the community that keeps a number's enrolment.
func (v *View) keeper(i uint32) (enrolled domain.CommunityCode) {
	if by := v.b.persons.at(i).enrolledBy; by != none {
		enrolled = v.b.communities.at(by).code
	}
	return domain.Home(v.memberships(subject{person: i}), enrolled)
}

func (v *View) isPerson(i uint32, by *domain.Actor) bool {
	return by.Is(v.b.persons.at(i).id)
}

func (v *View) inCharge(activity uint32, by *domain.Actor) bool {
	plan := v.planRow(v.b.activities.at(activity))
	return by.Is(plan.inCharge)
}

// behind is the person linked to an account; zero: nobody known.
func (v *View) behind(id domain.AccountID) (p domain.PersonID) {
	if i := v.b.accountOf.find(id.UUID, hashUUID(id.UUID)); i != none {
		p.UUID, _ = v.linkedTo(i)
	}
	return p
}
