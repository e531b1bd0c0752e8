package projections

import (
	"fmt"
	"slices"
	"strings"

	"zhishu/domain"
)

// flagModel finds every flag the slow and obvious way: it walks through the
// events for each entry anew, and knows no table, chain or stamp.
type flagModel struct {
	*model
	values   map[domain.PersonID][]flagValue // in the order they were offered
	about    map[domain.PersonID][]flagAct
	accounts map[domain.AccountID]*flagAccount
	homes    map[domain.PersonID][]flagHome
	guards   []flagGuard
	plans    map[domain.ActivityID][]flagChange
	attested map[domain.ActivityID]flagAct
	reviews  []flagReview
	adopted  []int // size before each policy
}

// flagValue is a value an entry was given, or was to be given.
type flagValue struct {
	entry        domain.EntryNo
	deed         domain.Deed
	at           int // size before it
	by           domain.AccountID
	on           domain.Instant
	correction   bool
	sheet        bool
	took, closed int // sizes; never
	decider      domain.AccountID
	decided      domain.Instant
	activity     domain.ActivityID // whose stream it was entered by
	read         uint32
	door         bool // it began with a check-in
}

type flagAct struct {
	role    FlagRole
	entry   domain.EntryNo
	by      domain.AccountID
	at      int
	on      domain.Instant
	void    bool
	nothing bool // came of it so far
}

type flagAccount struct {
	scope                    domain.Division
	person                   domain.PersonID
	opened, linked, closedAt int
}

type flagHome struct {
	group    domain.GroupID
	from, to domain.Day
	at       int
}

type flagGuard struct {
	child, guardian domain.PersonID
	at              int
}

type flagChange struct {
	revision uint32
	at       int
	how      int64
}

type flagReview struct {
	flag    [16]byte
	at      int
	outcome domain.FlagOutcome
}

const nowhen = 1 << 40

func flagModelOf(steps []step) *flagModel {
	m := &flagModel{
		model: modelOf(steps), values: map[domain.PersonID][]flagValue{}, about: map[domain.PersonID][]flagAct{},
		accounts: map[domain.AccountID]*flagAccount{}, homes: map[domain.PersonID][]flagHome{},
		plans: map[domain.ActivityID][]flagChange{}, attested: map[domain.ActivityID]flagAct{},
	}
	revisions := map[string]uint32{}
	for n, s := range steps {
		ref, _ := domain.ParseStream(s.stream)
		revision := revisions[s.stream]
		revisions[s.stream]++
		switch ref.Category {
		case domain.PersonCategory:
			m.person(domain.PersonID{UUID: ref.ID}, n, revision, s)
		case domain.AccountCategory:
			m.account(domain.AccountID{UUID: ref.ID}, n, s)
		case domain.ActivityCategory:
			m.activity(domain.ActivityID{UUID: ref.ID}, n, revision, s)
		}
		switch e := s.event.(type) {
		case *domain.CommunityFlagReviewed:
			m.reviews = append(m.reviews, flagReview{e.Flag, n, e.Outcome})
		case *domain.PolicyAdopted:
			m.adopted = append(m.adopted, n)
		}
	}
	return m
}

func (m *flagModel) account(id domain.AccountID, n int, s step) {
	if m.accounts[id] == nil {
		m.accounts[id] = &flagAccount{opened: nowhen, linked: nowhen, closedAt: nowhen}
	}
	a := m.accounts[id]
	switch e := s.event.(type) {
	case *domain.AccountOpened:
		a.opened, a.scope = n, e.Scope
	case *domain.AccountLinked:
		a.linked, a.person = n, e.Person
	case *domain.AccountClosed:
		a.closedAt = n
	}
}

func (m *flagModel) activity(id domain.ActivityID, n int, revision uint32, s step) {
	off := slices.ContainsFunc(m.plans[id], func(c flagChange) bool { return c.how == 2 })
	switch s.event.(type) {
	case *domain.ActivityRescheduled:
		m.plans[id] = append(m.plans[id], flagChange{revision, n, 1})
	case *domain.ActivityCancelled:
		if !off {
			m.plans[id] = append(m.plans[id], flagChange{revision, n, 2})
		}
	case *domain.ActivityAttested:
		if _, twice := m.attested[id]; !twice {
			m.attested[id] = flagAct{role: RoleAttested, by: s.meta.Account, at: n}
		}
	}
}

func (m *flagModel) person(id domain.PersonID, n int, revision uint32, s step) {
	value := func(v flagValue) {
		v.at, v.by, v.on, v.took, v.closed = n, s.meta.Account, s.meta.RecordedAt, nowhen, nowhen
		m.values[id] = append(m.values[id], v)
	}
	open := func(no domain.EntryNo, which func(*flagValue) bool) *flagValue {
		for i := range m.values[id] {
			if v := &m.values[id][i]; v.entry == no && v.closed == nowhen && which(v) {
				return v
			}
		}
		return nil
	}
	claimed := func(v *flagValue) bool { return !v.correction && v.took == nowhen }
	pending := func(v *flagValue) bool { return v.correction && v.took == nowhen }
	stands := func(v *flagValue) bool { return v.took != nowhen }
	decide := func(v *flagValue) *flagValue {
		v.decider, v.decided = s.meta.Account, s.meta.RecordedAt
		return v
	}
	act := func(no domain.EntryNo, role FlagRole, void, nothing bool) {
		m.about[id] = append(m.about[id], flagAct{role, no, s.meta.Account, n, s.meta.RecordedAt, void, nothing})
	}
	switch e := s.event.(type) {
	case *domain.EntryClaimed:
		v := flagValue{entry: domain.EntryNo(revision), deed: e.Deed, sheet: !e.Row.Import.IsZero()}
		if e.Read.Stream != "" && m.meetings[e.Deed.Activity] != nil {
			v.activity, v.read = e.Deed.Activity, e.Read.Revision
		}
		value(v)
	case *domain.CheckedOut:
		v := flagValue{entry: domain.EntryNo(revision), deed: e.Deed, door: true}
		at := uint32(0)
		for _, x := range m.steps[:n] {
			if x.stream != s.stream {
				continue
			}
			if in, ok := x.event.(*domain.CheckedIn); ok && domain.EntryNo(at) == e.CheckIn {
				v.activity, v.read = in.Activity, in.Read.Revision
			}
			at++
		}
		value(v)
	case *domain.EntryCorrectionProposed:
		value(flagValue{entry: e.Entry, deed: e.Deed, correction: true})
	case *domain.EntryConfirmed:
		decide(open(e.Entry, claimed)).took = n
	case *domain.EntryRejected:
		decide(open(e.Entry, claimed)).closed = n
	case *domain.EntryCorrectionApproved:
		old, v := open(e.Entry, stands), open(e.Entry, pending)
		decide(v).took = n
		old.closed = n
	case *domain.EntryCorrectionRefused:
		decide(open(e.Entry, pending)).closed = n
	case *domain.EntryVoidProposed:
		act(e.Entry, RoleProposed, false, true)
	case *domain.EntryVoidRefused:
		act(e.Entry, RoleDecided, false, false)
	case *domain.EntryVoidApproved:
		open(e.Entry, stands).closed = n
		act(e.Entry, RoleDecided, true, false)
	case *domain.DisputeAnswered:
		act(e.Entry, RoleDecided, false, false)
	case *domain.ConsentGiven:
		if g := e.Consent.Guardian; !g.IsZero() {
			m.guards = append(m.guards, flagGuard{id, g, n})
		}
	case *domain.MembershipStarted:
		if x := e.Membership; x.Kind == domain.MemberOfHousehold {
			m.homes[id] = slices.DeleteFunc(m.homes[id], func(h flagHome) bool {
				return h.group == x.Group && h.to == domain.MaxDay && x.From < h.from
			})
			m.homes[id] = append(m.homes[id], flagHome{x.Group, x.From, x.To, n})
		}
	case *domain.MembershipEnded:
		for i := range m.homes[id] {
			if h := &m.homes[id][i]; e.Kind == domain.MemberOfHousehold && h.group == e.Group && h.to == domain.MaxDay {
				h.to = e.To
				break
			}
		}
	case *domain.FlagReviewed:
		m.reviews = append(m.reviews, flagReview{e.Flag, n, e.Outcome})
	}
}

func lastBy(values []ownValue) ownValue { return slices.MaxFunc(values, byAt) }

func (m *flagModel) rowAt(n int) domain.Row {
	switch e := m.steps[n].event.(type) {
	case *domain.EntryClaimed:
		return e.Row
	case *domain.EntryCorrectionProposed:
		return e.Row
	}
	return domain.Row{}
}

// checkFlags compares the whole list with the model's, and the pages it comes in
// with the list.
func checkFlags(t tb, v *View, m *flagModel) {
	t.Helper()
	var got []string
	seen := map[FlagKind]bool{}
	open := int64(0)
	for after := ""; ; {
		board, err := v.Flags(domain.Division{}, FlagFilter{}, Page{Limit: 40, After: after})
		want(t, "flags: error", err, nil)
		for i := range board.Rows {
			x := &board.Rows[i]
			got = append(got, flagLine(m, x))
			if x.Review == nil {
				open++
			}
			if !seen[x.Kind] {
				seen[x.Kind] = true
				same, ok := v.Flag(x.ID)
				want(t, "flag by its id", fmt.Sprint(ok, same.Kind, same.Facts), fmt.Sprint(true, x.Kind, x.Facts))
			}
		}
		if after = board.Next; after == "" {
			want(t, "listed", int64(len(got)), board.Open+board.Reviewed)
			want(t, "open", open, board.Open)
			break
		}
	}
	var wanted []string
	for _, x := range m.flags() {
		wanted = append(wanted, fmt.Sprint(x.text, " since ", x.since, " newest ", x.newest))
	}
	for i := range got {
		got[i] = strings.TrimSpace(got[i])
	}
	slices.Sort(got)
	slices.Sort(wanted)
	if i := firstDifference(got, wanted); i >= 0 {
		t.Fatalf("flags differ from\n%s\nwant\n%s", strings.Join(got[min(i, len(got)):], "\n"), strings.Join(wanted[min(i, len(wanted)):], "\n"))
	}
}

func firstDifference(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}

func flagLine(m *flagModel, x *Flag) string {
	var facts, acts []string
	newest := x.Since - 1
	for _, f := range x.Facts {
		ref, _ := domain.ParseStream(f.Stream)
		facts = append(facts, ownValue{domain.PersonID{UUID: ref.ID}, &flagValue{entry: domain.EntryNo(f.Revision)}}.fact())
		newest = max(newest, f.Size)
	}
	for _, a := range x.Acts {
		acts = append(acts, fmt.Sprint(a.Role, " ", a.Account, " ", a.Person))
	}
	slices.Sort(acts)
	s := m.say(x.Kind, x.Person, x.Community, x.Account, strings.Join(acts, ", "), x.Day, int(x.Count), x.Value, x.Limit, x.Version, facts)
	return fmt.Sprint(s.text, " since ", x.Since, " newest ", newest)
}
