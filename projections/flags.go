package projections

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"slices"

	"zhishu/domain"
)

// FlagKind is what about recorded facts somebody should look at. A flag accuses
// nobody and changes no figure.
type FlagKind string

const (
	FlagDayMinutes FlagKind = "day-minutes"        // more minutes in a civil day than the policy expects
	FlagMixedDay   FlagKind = "mixed-day"          // clock times here and a paper sheet there on one day: overlap cannot be seen
	FlagShared     FlagKind = "shared-time"        // of two numbers of one person: entries at the same time, or a day of more than 24 hours
	FlagBurst      FlagKind = "burst"              // many entries by one account in a short time
	FlagCircle     FlagKind = "own-circle"         // recorded, confirmed, attested or decided on by somebody close to the person
	FlagOutside    FlagKind = "outside-change"     // confirmed, changed or decided on by an account of another organisation
	FlagLate       FlagKind = "late"               // recorded too many working days after, or confirmed or moved into its period after the closing
	FlagAccount    FlagKind = "account-closed"     // recorded by an account that was closed already
	FlagActivity   FlagKind = "activity-changed"   // the activity was rescheduled or cancelled afterwards
	FlagRepeat     FlagKind = "repeat"             // the same content again
	FlagLookAlike  FlagKind = "look-alike"         // rows of sheets that look alike
	FlagReversal   FlagKind = "reversal"           // a star was lost with the entry
	FlagChanged    FlagKind = "closed-changed"     // corrected or voided in a period that was closed
	FlagPolicy     FlagKind = "retroactive-policy" // a policy in force before it was adopted
)

// FlagKinds lists every kind.
var FlagKinds = []FlagKind{
	FlagDayMinutes, FlagMixedDay, FlagShared, FlagBurst, FlagCircle, FlagOutside, FlagLate, FlagAccount, FlagActivity, FlagRepeat,
	FlagLookAlike, FlagReversal, FlagChanged, FlagPolicy,
}

// FlagFact is an event a flag rests on, and the ledger size before it was there
// to be seen.
type FlagFact struct {
	Stream   string
	Revision uint64
	Size     domain.Size
}

// FlagRole is what an account did about a fact.
type FlagRole string

const (
	RoleRecorded  FlagRole = "recorded"  // the claim
	RoleConfirmed FlagRole = "confirmed" // the claim
	RoleRejected  FlagRole = "rejected"  // the claim
	RoleAttested  FlagRole = "attested"  // the activity it was entered by
	RoleProposed  FlagRole = "proposed"  // a correction or voiding
	RoleDecided   FlagRole = "decided"   // on one of these, or on an objection
)

// FlagAct is what an account did that is flagged. Person is who is behind the
// account as known at the view.
type FlagAct struct {
	Role    FlagRole
	Account domain.AccountID
	Person  domain.PersonID
}

// How close somebody is to the person whose facts they dealt with: a flag's
// value.
const (
	CircleOneself int64 = iota + 1
	CircleHousehold
	CircleGuardian // of the person, or the person of them
)

// Flag is one thing to look at. ID is made of kind and subject, so that it is
// the same in every replay and as the facts grow.
type Flag struct {
	ID        [16]byte
	Kind      FlagKind
	Community domain.CommunityCode // that recorded the newest fact; zero for a policy of a wider scope
	Person    domain.PersonID
	Account   domain.AccountID // that recorded what is flagged
	Acts      []FlagAct        // of own-circle and outside-change: by whom; each once
	Policy    domain.PolicyRef // of a retroactive policy
	Day       domain.Day       // of the facts
	Since     domain.Size      // first ledger size at which it was there
	Facts     []FlagFact       // by size; the first listedFacts
	Count     int64            // of all facts
	Value     int64            // minutes, entries, working days, stars or closeness
	Limit     int64            // of the policy
	Version   *domain.PolicyVersion
	Calendars []*domain.PolicyVersion // that the working days of a late one were counted by
	ByWeek    bool                    // some of them by Monday to Friday, where no calendar speaks of the day
	Review    *FlagReview             // the newest since the newest fact; nil: open
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
	all := v.flagParts(d)
	after, resumed := (*flagMark)(nil), page.After != ""
	if resumed {
		if after = v.markOf(all, page.After); after == nil {
			return FlagBoard{}, ErrCursor
		}
	}
	var used []*domain.PolicyVersion
	first := topMarks{most: page.limit()}
	for _, p := range all {
		for i := range p.marks {
			m := &p.marks[i]
			if !v.flagConcerns(m, d) {
				continue
			}
			if m.version != nil && !slices.Contains(used, m.version) {
				used = append(used, m.version)
			}
			status := "open"
			if v.reviewOf(m) != nil {
				out.Reviewed++
				status = "reviewed"
			} else {
				out.Open++
			}
			if f.Kind != "" && f.Kind != m.name() || f.Status != "" && f.Status != status || after != nil && compareMarks(m, after) <= 0 {
				continue
			}
			first.add(p, m)
		}
	}
	for _, found := range first.rows {
		out.Rows = append(out.Rows, v.expand(found.part, found.mark))
	}
	if first.more {
		last := out.Rows[len(out.Rows)-1].ID
		out.Next = hex.EncodeToString(last[:])
	}
	out.Footing = v.footing(d, 1<<touchKinds-1, append(used, v.calendarsFor(d)...)...)
	out.ChangedAt = domain.Size(v.size) // accounts and reviews have no stamp of their own
	return out, nil
}

// Flag finds a flag by its id.
func (v *View) Flag(id [16]byte) (Flag, bool) {
	for _, p := range v.flagParts(domain.Division{}) {
		for i := range p.marks {
			if p.marks[i].id == id {
				return v.expand(p, &p.marks[i]), true
			}
		}
	}
	return Flag{}, false
}

func (v *View) markOf(all []*flagPart, cursor string) *flagMark {
	id, err := hex.DecodeString(cursor)
	if err != nil {
		return nil
	}
	for _, p := range all {
		for i := range p.marks {
			if bytes.Equal(p.marks[i].id[:], id) {
				return &p.marks[i]
			}
		}
	}
	return nil
}

func (v *View) flagConcerns(m *flagMark, d domain.Division) bool {
	if m.name() == FlagPolicy {
		scope := m.version.ID.Scope
		return scope.Covers(d) || d.Covers(scope)
	}
	return v.inDivision(d, m.community)
}

// compareMarks puts the newest first.
func compareMarks(a, b *flagMark) int {
	return cmp.Or(cmp.Compare(b.since, a.since), bytes.Compare(a.id[:], b.id[:]))
}

// topMarks keeps the first marks of those it is shown, in order.
type topMarks struct {
	most int
	rows []markIn
	more bool // there were more than these
}

type markIn struct {
	part *flagPart
	mark *flagMark
}

func (t *topMarks) add(p *flagPart, m *flagMark) {
	if len(t.rows) == t.most {
		t.more = true
		if compareMarks(t.rows[t.most-1].mark, m) < 0 {
			return
		}
		t.rows = t.rows[:t.most-1]
	}
	at, _ := slices.BinarySearchFunc(t.rows, m, func(x markIn, m *flagMark) int { return compareMarks(x.mark, m) })
	t.rows = slices.Insert(t.rows, at, markIn{p, m})
}

// reviewRow is a review of a flag.
type reviewRow struct {
	at      uint32
	by      domain.AccountID
	outcome domain.FlagOutcome
}

// reviewOf is what was found since the newest fact came; nil: the flag is open.
func (v *View) reviewOf(m *flagMark) (found *reviewRow) {
	v.b.mu.RLock()
	rows := v.b.reviews[m.id]
	v.b.mu.RUnlock()
	for i := range rows {
		if rows[i].at < v.size && rows[i].at > m.newest {
			found = &rows[i]
		}
	}
	return found
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
