package projections

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// FlagKind is what about recorded facts somebody should look at. A flag accuses
// nobody and changes no figure.
type FlagKind string

const (
	FlagDayMinutes FlagKind = "day-minutes"        // more minutes in a civil day than the policy expects
	FlagMixedDay   FlagKind = "mixed-day"          // clock times here and a paper sheet there on one day: overlap cannot be seen
	FlagBurst      FlagKind = "burst"              // many entries by one account in a short time
	FlagCircle     FlagKind = "own-circle"         // recorded by an account of the person or of the household
	FlagLate       FlagKind = "late"               // recorded too many working days after, or after the closing
	FlagAccount    FlagKind = "account-closed"     // recorded by an account that was closed already
	FlagActivity   FlagKind = "activity-changed"   // the activity was rescheduled or cancelled afterwards
	FlagRepeat     FlagKind = "repeat"             // the same content again
	FlagLookAlike  FlagKind = "look-alike"         // rows of sheets that look alike
	FlagReversal   FlagKind = "reversal"           // a star was lost with the entry
	FlagPolicy     FlagKind = "retroactive-policy" // a policy in force before it was adopted
)

// FlagKinds lists every kind.
var FlagKinds = []FlagKind{
	FlagDayMinutes, FlagMixedDay, FlagBurst, FlagCircle, FlagLate, FlagAccount, FlagActivity, FlagRepeat, FlagLookAlike,
	FlagReversal, FlagPolicy,
}

// FlagFact is an event a flag rests on, and the ledger size before it.
type FlagFact struct {
	Stream   string
	Revision uint64
	Size     domain.Size
}

// Flag is one thing to look at. ID is made of kind and subject, so that it is
// the same in every replay and as the facts grow.
type Flag struct {
	ID        [16]byte
	Kind      FlagKind
	Community domain.CommunityCode // that recorded the newest fact; zero for a policy of a wider scope
	Person    domain.PersonID
	Account   domain.AccountID // whose entries are flagged
	Policy    domain.PolicyRef // of a retroactive policy
	Day       domain.Day       // of the facts
	Since     domain.Size      // first ledger size at which it was there
	Facts     []FlagFact       // by size; the first listedFacts
	Count     int64            // of all facts
	Value     int64            // minutes, entries, working days or stars
	Limit     int64            // of the policy
	Version   *domain.PolicyVersion
	Review    *FlagReview // the newest since the newest fact; nil: open
}

// FlagReview is what somebody found who looked.
type FlagReview struct {
	Size    domain.Size // before the review's event
	By      domain.AccountID
	Handle  string
	Outcome domain.FlagOutcome
}

// listedFacts bounds what a flag lists.
const listedFacts = 20

// FlagBoard lists the flags of a division, the newest first.
type FlagBoard struct {
	Footing
	Division domain.Division
	Open     int64
	Reviewed int64
	Rows     []Flag
	Next     string // cursor of the next page; empty on the last
}

// FlagFilter chooses among flags. Empty fields choose all.
type FlagFilter struct {
	Kind   FlagKind
	Status string // open, reviewed or empty
}

// Flags lists the flags of a division.
func (v *View) Flags(d domain.Division, f FlagFilter, page Page) (FlagBoard, error) {
	out := FlagBoard{Division: d}
	var used []*domain.PolicyVersion
	after := page.After == ""
	for _, x := range v.allFlags() {
		if !v.flagConcerns(&x, d) {
			continue
		}
		if used = append(used, x.Version); x.Review == nil {
			out.Open++
		} else {
			out.Reviewed++
		}
		status := "open"
		if x.Review != nil {
			status = "reviewed"
		}
		if f.Kind != "" && f.Kind != x.Kind || f.Status != "" && f.Status != status {
			continue
		}
		switch id := hex.EncodeToString(x.ID[:]); {
		case !after:
			after = id == page.After
		case len(out.Rows) < page.limit():
			out.Rows = append(out.Rows, x)
		case out.Next == "":
			last := out.Rows[len(out.Rows)-1].ID
			out.Next = hex.EncodeToString(last[:])
		}
	}
	if !after {
		return FlagBoard{}, ErrCursor
	}
	out.Footing = v.footing(d, 1<<touchKinds-1, used...)
	out.ChangedAt = domain.Size(v.size) // accounts and reviews have no stamp of their own
	return out, nil
}

// Flag finds a flag by its id.
func (v *View) Flag(id [16]byte) (Flag, bool) {
	for _, x := range v.allFlags() {
		if x.ID == id {
			return x, true
		}
	}
	return Flag{}, false
}

func (v *View) flagConcerns(x *Flag, d domain.Division) bool {
	if x.Kind == FlagPolicy {
		return x.Policy.ID.Scope.Covers(d) || d.Covers(x.Policy.ID.Scope)
	}
	return d.Contains(x.Community)
}

// allFlags are the country's, kept for the view's size: a fact anywhere may
// flag a person everywhere.
func (v *View) allFlags() []Flag {
	key := cacheKey{part: partFlags}
	changed := func() uint32 { return v.b.frontier.Load().size }
	return part(v, key, changed, func(all []Flag) int { return 300 * len(all) }, v.findFlags)
}

func (v *View) findFlags() []Flag {
	const chunk = 4096
	var firsts []uint32
	for i := uint32(0); i < v.b.persons.seen(); i += chunk {
		firsts = append(firsts, i)
	}
	var all []Flag
	for _, found := range parallel(firsts, func(first uint32) []Flag {
		f := flagFold{v: v}
		for i := first; i < min(first+chunk, v.b.persons.seen()); i++ {
			if v.b.persons.at(i).at < v.size && v.subjectOf(i).person == i {
				f.person(i)
			}
		}
		return f.out
	}) {
		all = append(all, found...)
	}
	for _, found := range parallel(v.b.communitiesIn(domain.Division{}), func(c codeNumber) []Flag {
		f := flagFold{v: v}
		f.bursts(c)
		f.changedActivities(c)
		return f.out
	}) {
		all = append(all, found...)
	}
	f := flagFold{v: v}
	f.lookAlikes()
	f.retroactive()
	all = append(all, f.out...)
	for i := range all {
		v.review(&all[i])
	}
	slices.SortFunc(all, func(a, b Flag) int { return cmp.Or(cmp.Compare(b.Since, a.Since), bytes.Compare(a.ID[:], b.ID[:])) })
	return all
}

// review finds what was found since the newest fact came.
func (v *View) review(x *Flag) {
	newest := x.Since - 1
	for _, f := range x.Facts {
		newest = max(newest, f.Size)
	}
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	for _, r := range v.b.reviews[x.ID] {
		if r.at < v.size && domain.Size(r.at) > newest {
			x.Review = &FlagReview{Size: domain.Size(r.at), By: r.by, Handle: v.handleOf(r.by), Outcome: r.outcome}
		}
	}
}

// flagFold finds flags, keeping its buffers.
type flagFold struct {
	v     *View
	out   []Flag
	rows  []uint32 // live entry rows of a subject
	parts []dayPart
}

// dayPart is what a row brings to a civil day.
type dayPart struct {
	day     domain.Day
	row     uint32
	minutes domain.Minutes
}

// idOf makes an id of what makes the flag the one it is.
func idOf(kind FlagKind, subject domain.UUID, parts ...uint64) (id [16]byte) {
	h := sha256.New()
	h.Write([]byte(kind))
	h.Write(subject[:])
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, p))
	}
	copy(id[:], h.Sum(nil))
	return id
}

// raise adds a flag that rests on entry rows and is there since so many of them
// were.
func (f *flagFold) raise(x Flag, need int, rows ...uint32) {
	slices.SortFunc(rows, func(a, b uint32) int { return cmp.Compare(f.v.b.entries.at(a).at, f.v.b.entries.at(b).at) })
	x.Since = max(x.Since, f.v.offeredAt(f.v.b.entries.at(rows[min(need, len(rows))-1]))+1)
	x.Count = int64(len(rows))
	for i, j := range rows {
		r := f.v.b.entries.at(j)
		if i < listedFacts || i == len(rows)-1 {
			fact := FlagFact{f.v.b.persons.at(r.person).id.Stream(), uint64(r.entry), f.v.offeredAt(r)}
			if i >= listedFacts {
				x.Facts[listedFacts-1] = fact // the newest is always among them
			} else {
				x.Facts = append(x.Facts, fact)
			}
		}
		if x.Kind != FlagBurst && x.Kind != FlagLookAlike {
			x.Community = f.v.b.communities.at(r.community).code
			if n := f.v.b.signs.at(j).recorder; n != none {
				x.Account = domain.AccountID{UUID: f.v.b.accounts.at(n).id}
			}
		}
	}
	f.out = append(f.out, x)
}

// offeredAt is the size before a row was there to be seen: claimed, or put in
// place by a correction.
func (v *View) offeredAt(r *entryRow) domain.Size {
	if r.flags&entryCorrection != 0 {
		return domain.Size(atomic.LoadUint32(&r.effective))
	}
	return domain.Size(r.at)
}

// live reports whether a row takes up time at the view.
func (v *View) live(r *entryRow) bool { return r.counts(v.size) || r.waits(v.size) }

func (f *flagFold) policy(r *entryRow) *domain.PolicyVersion {
	return f.v.rules.InForce(domain.IntegrityKind, f.v.b.communities.at(r.community).code, domain.Day(r.day))
}

// signRow says who recorded the entry row of the same number, and when.
type signRow struct {
	recorder uint32 // account
	minute   uint32 // since 1970
}

func (s *signRow) day() domain.Day { return (domain.Instant(s.minute) * 60_000).Day() }

// reviewRow is a review of a flag.
type reviewRow struct {
	at      uint32
	by      domain.AccountID
	outcome domain.FlagOutcome
}

// noteReview keeps a review; call it while the event is folded.
func (b *books) noteReview(flag [16]byte, outcome domain.FlagOutcome, by domain.AccountID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.reviews == nil {
		b.reviews = map[[16]byte][]reviewRow{}
	}
	b.reviews[flag] = append(b.reviews[flag], reviewRow{b.size, by, outcome})
}

// sign notes who recorded entry row j.
func (b *books) sign(f *fact) {
	minute := max(0, int64(f.recorded)/60_000)
	b.signs.push(signRow{b.accountNumber(f.account), uint32(min(minute, int64(never)))})
}

// flagSubjects are the rows of the flags' digest. They hold no ledger size: in
// whatever order streams that do not know each other were folded, the flags are
// the same.
func (v *View) flagSubjects(add func(*subjectRow)) {
	var r subjectRow
	for _, x := range v.allFlags() {
		r.reset("flags")
		r.b = append(r.b, x.ID[:]...)
		r.text(string(x.Kind))
		r.num(int64(x.Community))
		r.id(x.Person.UUID)
		r.id(x.Account.UUID)
		for _, n := range [...]int64{int64(x.Day), x.Count, x.Value, x.Limit} {
			r.num(n)
		}
		if x.Count <= listedFacts {
			facts := slices.Clone(x.Facts)
			slices.SortFunc(facts, func(a, b FlagFact) int {
				return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Revision, b.Revision))
			})
			for _, fact := range facts {
				r.text(fact.Stream)
				r.num(int64(fact.Revision))
			}
		}
		if x.Review != nil {
			r.text(string(x.Review.Outcome))
		}
		add(&r)
	}
}

// linkedTo is the person behind an account at the view; zero: nobody known.
func (v *View) linkedTo(account uint32) (p domain.UUID) {
	if a := v.b.accounts.at(account); atomic.LoadUint32(&a.linkedAt) < v.size {
		return a.person
	}
	return p
}
