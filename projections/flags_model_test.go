package projections

import (
	"bytes"
	"cmp"
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

// oddity is a flag as the model says it: in words, without its id.
type oddity struct {
	text   string
	since  int
	newest int
}

func (v *flagValue) live() bool {
	return v.closed == nowhen && (v.took != nowhen || !v.correction)
}

// offered is the size before a value was there to be seen.
func (v *flagValue) offered() int {
	if v.correction {
		return v.took
	}
	return v.at
}

// ownValue is a value with whose it is.
type ownValue struct {
	person domain.PersonID
	*flagValue
}

func (v ownValue) fact() string { return fmt.Sprint(v.person, "/", v.entry) }

func byAt(a, b ownValue) int { return cmp.Compare(a.at, b.at) }

// flags lists all flags of the country.
func (m *flagModel) flags() (out []oddity) {
	for _, id := range m.canonicals() {
		out = append(out, m.daysOf(id)...)
		out = append(out, m.repeatsOf(id)...)
		for _, own := range m.group(id) {
			seen := map[domain.EntryNo]bool{}
			for i := range m.values[own] {
				if no := m.values[own][i].entry; !seen[no] {
					seen[no] = true
					out = append(out, m.entry(own, no)...)
				}
			}
		}
	}
	out = append(out, m.bursts()...)
	out = append(out, m.lookAlikes()...)
	for i := range m.policies {
		if p := &m.policies[i]; p.Adopted != domain.MinDay && p.From < p.Adopted {
			x := m.say(FlagPolicy, domain.PersonID{}, 0, domain.AccountID{}, "", p.From, 0, int64(p.Adopted-p.From), 0, p, nil)
			x.since, x.newest = m.adopted[i]+1, m.adopted[i]
			out = append(out, x)
		}
	}
	return out
}

func (m *flagModel) say(kind FlagKind, p domain.PersonID, c domain.CommunityCode, a domain.AccountID, acts string, d domain.Day, count int, value, limit int64, v *domain.PolicyVersion, facts []string) oddity {
	if slices.Sort(facts); count > listedFacts {
		facts = nil
	}
	rule := ""
	if v != nil {
		rule = fmt.Sprint(v.Ref())
	}
	return oddity{text: fmt.Sprint(kind, " ", p, " ", c, " ", a, " [", acts, "] ", d, " ", count, " ", value, " ", limit, " ", rule, " ", strings.Join(facts, " "))}
}

// ofValues is a flag that rests on values, and is there since so many were.
func (m *flagModel) ofValues(kind FlagKind, p domain.PersonID, d domain.Day, value, limit int64, rule *domain.PolicyVersion, need int, values []ownValue) oddity {
	values = slices.Clone(values)
	slices.SortFunc(values, byAt)
	var facts []string
	newest := 0
	for _, v := range values {
		facts, newest = append(facts, v.fact()), max(newest, v.offered())
	}
	last := values[len(values)-1]
	x := m.say(kind, p, last.deed.Community, last.by, "", d, len(values), value, limit, rule, facts)
	x.since, x.newest = values[min(need, len(values))-1].offered()+1, newest
	return x
}

func (m *flagModel) liveOf(id domain.PersonID) (out []ownValue) {
	for _, own := range m.group(id) {
		for i := range m.values[own] {
			if v := &m.values[own][i]; v.live() {
				out = append(out, ownValue{own, v})
			}
		}
	}
	slices.SortFunc(out, byAt)
	return out
}

func (m *flagModel) integrity(d *domain.Deed) *domain.PolicyVersion {
	return m.rules.InForce(domain.IntegrityKind, d.Community, d.Span.Day)
}

func (m *flagModel) daysOf(id domain.PersonID) (out []oddity) {
	minutes := map[domain.Day]map[ownValue]domain.Minutes{}
	for _, v := range m.liveOf(id) {
		v.deed.Span.ByDay(func(d domain.Day, n domain.Minutes) bool {
			if minutes[d] == nil {
				minutes[d] = map[ownValue]domain.Minutes{}
			}
			minutes[d][v] += n
			return true
		})
	}
	for d, on := range minutes {
		var values []ownValue
		sum := domain.Minutes(0)
		for v, n := range on {
			values, sum = append(values, v), sum+n
		}
		slices.SortFunc(values, byAt)
		if p := m.integrity(&values[len(values)-1].deed); p != nil && p.Integrity.DayMinutes > 0 && sum > p.Integrity.DayMinutes {
			need, so := 0, domain.Minutes(0)
			for so <= p.Integrity.DayMinutes {
				so += on[values[need]]
				need++
			}
			out = append(out, m.ofValues(FlagDayMinutes, id, d, int64(sum), int64(p.Integrity.DayMinutes), p, need, values))
		}
		clocked := func(v ownValue) bool { return v.deed.Span.Clocked() }
		if slices.ContainsFunc(values, func(a ownValue) bool {
			return clocked(a) && slices.ContainsFunc(values, func(b ownValue) bool { return !clocked(b) && a.deed.Community != b.deed.Community })
		}) {
			out = append(out, m.ofValues(FlagMixedDay, id, d, int64(sum), 0, nil, len(values), values))
		}
		if since, shared := m.sharedOn(id, d, values, on); len(shared) > 0 {
			x := m.ofValues(FlagShared, id, d, int64(sum), 0, nil, 1, shared)
			x.since, x.newest = since+1, max(x.newest, since)
			out = append(out, x)
		}
	}
	return out
}

func (m *flagModel) repeatsOf(id domain.PersonID) (out []oddity) {
	same := map[string][]ownValue{}
	for _, v := range m.liveOf(id) {
		if v.deed.Kind == domain.Study {
			same[content(&v.deed)] = append(same[content(&v.deed)], v)
		}
	}
	for _, values := range same {
		if len(values) > 1 {
			out = append(out, m.ofValues(FlagRepeat, id, values[0].deed.Span.Day, int64(len(values)), 0, nil, 2, values))
		}
	}
	return out
}

// entry is what one entry shows by itself.
func (m *flagModel) entry(id domain.PersonID, no domain.EntryNo) (out []oddity) {
	var all []ownValue
	var value *ownValue
	for i := range m.values[id] {
		if v := &m.values[id][i]; v.entry == no {
			all = append(all, ownValue{id, v})
		}
	}
	for i := range all {
		if all[i].live() {
			value = &all[i]
		}
	}
	claim := all[0]
	if value != nil {
		if p, days, late := m.late(claim, *value); late {
			from := *value
			if _, _, already := m.late(claim, claim); already {
				from = claim
			}
			out = append(out, m.ofValues(FlagLate, id, value.deed.Span.Day, days, p.Integrity.LateDays, p, 1, []ownValue{from}))
		}
		for _, v := range []ownValue{claim, *value} {
			if a := m.accounts[v.by]; a != nil && a.closedAt < v.at {
				out = append(out, m.ofValues(FlagAccount, id, value.deed.Span.Day, 0, 0, nil, 1, []ownValue{v}))
				break
			}
		}
		out = append(out, m.rescheduled(claim)...)
		out = append(out, m.circleOf(id, all, *value)...)
	}
	out = append(out, m.outsideOf(id, all)...)
	return append(out, m.reversalOf(id, all)...)
}

func (m *flagModel) late(claim, v ownValue) (p *domain.PolicyVersion, days int64, late bool) {
	if p = m.integrity(&v.deed); p == nil {
		return nil, 0, false
	}
	last := v.deed.Span.Day
	if s := v.deed.Span; s.Clocked() && s.End > s.Start {
		last = (s.End - 1).Day()
	}
	days = 0
	for d := last + 1; d <= claim.on.Day(); d++ {
		if m.works(v.deed.Community, d) {
			days++
		}
	}
	return p, days, p.Integrity.LateDays > 0 && days > p.Integrity.LateDays || m.afterClosing(v)
}

// works asks of one day whether it is worked where a fact was recorded.
func (m *flagModel) works(c domain.CommunityCode, d domain.Day) bool {
	works := (int64(d)%7+7+3)%7 < 5
	p := m.rules.InForce(domain.CalendarKind, c, d)
	if p == nil || d < p.Calendar.From || p.Calendar.To < d {
		return works
	}
	for _, h := range p.Calendar.Holidays {
		works = works && (d < h.From || h.To < d)
	}
	return works || slices.Contains(p.Calendar.Working, d)
}

// afterClosing: the value lies in a period that was closed when the entry came
// to lie in it.
func (m *flagModel) afterClosing(v ownValue) bool {
	values := m.values[v.person]
	stood := []value{}
	for i := range values {
		x := &values[i]
		if x.entry != v.entry || x.at > v.at || x.correction && x.took == nowhen && x != v.flagValue {
			continue
		}
		at := modelOf(m.steps[:x.at])
		said := value{day: x.deed.Span.Day}
		if place := at.places[x.deed.Community]; place != nil {
			said.closed = place.Closed
		}
		stood = append(stood, said)
	}
	return isLate(stood)
}

func (m *flagModel) rescheduled(claim ownValue) []oddity {
	first, last, how := nowhen, 0, int64(0)
	for _, c := range m.plans[claim.activity] {
		if !claim.activity.IsZero() && c.revision > claim.read {
			first, last, how = min(first, c.at), max(last, c.at), max(how, c.how)
		}
	}
	if how == 0 {
		return nil
	}
	x := m.ofValues(FlagActivity, claim.person, claim.deed.Span.Day, how, 0, nil, 1, []ownValue{claim})
	x.since, x.newest = max(x.since, first+1), max(x.newest, last)
	return []oddity{x}
}

// acts are what was done about an entry.
func (m *flagModel) acts(id domain.PersonID, all []ownValue) (out []flagAct) {
	for _, v := range all {
		offered, took, fell := RoleRecorded, RoleConfirmed, RoleRejected
		if v.correction {
			offered, took, fell = RoleProposed, RoleDecided, RoleDecided
		}
		out = append(out, flagAct{role: offered, by: v.by, at: v.at, nothing: v.correction && v.took == nowhen})
		switch {
		case v.took != nowhen:
			out = append(out, flagAct{role: took, by: v.decider, at: v.took})
		case v.closed != nowhen:
			out = append(out, flagAct{role: fell, by: v.decider, at: v.closed})
		}
	}
	if a, ok := m.attested[all[0].activity]; ok && !all[0].activity.IsZero() {
		out = append(out, a)
	}
	for _, a := range m.about[id] {
		if a.entry == all[0].entry {
			out = append(out, a)
		}
	}
	return out
}

func (m *flagModel) ofActs(kind FlagKind, claim ownValue, d domain.Day, value int64, acts []flagAct, since []int) []oddity {
	if len(acts) == 0 {
		return nil
	}
	var words []string
	newest := 0
	for _, a := range acts {
		behind := domain.PersonID{}
		if x := m.accounts[a.by]; x != nil {
			behind = x.person
		}
		if w := fmt.Sprint(a.role, " ", a.by, " ", behind); !slices.Contains(words, w) {
			words = append(words, w)
		}
		newest = max(newest, a.at)
	}
	slices.Sort(words)
	if value == 0 {
		value = int64(len(words))
	}
	x := m.say(kind, claim.person, claim.deed.Community, claim.by, strings.Join(words, ", "), d, 1, value, 0, nil, []string{claim.fact()})
	x.since = slices.Min(since) + 1
	x.newest = max(newest, x.since-1)
	return []oddity{x}
}

func (m *flagModel) circleOf(id domain.PersonID, all []ownValue, value ownValue) []oddity {
	var acts []flagAct
	var since []int
	closest := int64(0)
	for _, a := range m.acts(id, all) {
		x := m.accounts[a.by]
		if a.nothing || x == nil || x.linked == nowhen || m.people[x.person] == nil {
			continue
		}
		how, at := m.closeTo(m.canonical(x.person), m.canonical(id), value.deed.Span.Day)
		if how == 0 {
			continue
		}
		if closest == 0 || how < closest {
			closest = how
		}
		acts, since = append(acts, a), append(since, max(a.at, x.linked, at))
	}
	return m.ofActs(FlagCircle, all[0], value.deed.Span.Day, closest, acts, since)
}

func (m *flagModel) closeTo(a, b domain.PersonID, d domain.Day) (how int64, at int) {
	if a == b {
		return CircleOneself, 0
	}
	at = nowhen
	for _, x := range m.group(a) {
		for _, y := range m.group(b) {
			for _, h := range m.homes[x] {
				for _, k := range m.homes[y] {
					if h.group == k.group && h.from <= d && d <= h.to && k.from <= d && d <= k.to {
						how, at = CircleHousehold, min(at, max(h.at, k.at))
					}
				}
			}
		}
	}
	if how != 0 {
		return how, at
	}
	for _, g := range m.guards {
		if m.people[g.guardian] == nil {
			continue
		}
		x, y := m.canonical(g.child), m.canonical(g.guardian)
		if x == a && y == b || x == b && y == a {
			how, at = CircleGuardian, min(at, g.at)
		}
	}
	return how, at
}

func (m *flagModel) outsideOf(id domain.PersonID, all []ownValue) []oddity {
	own := m.accounts[all[0].by]
	if own == nil || own.opened == nowhen {
		return nil
	}
	var acts []flagAct
	var since []int
	for _, a := range m.acts(id, all)[1:] {
		x := m.accounts[a.by]
		if x == nil || x.opened == nowhen || x.scope == own.scope {
			continue
		}
		above := strings.HasPrefix(x.scope.String(), own.scope.String()) || strings.HasPrefix(own.scope.String(), x.scope.String())
		if above && (a.role == RoleConfirmed || a.role == RoleAttested) {
			continue
		}
		acts, since = append(acts, a), append(since, max(a.at, x.opened, own.opened))
	}
	return m.ofActs(FlagOutside, all[0], all[0].deed.Span.Day, 0, acts, since)
}

func (m *flagModel) reversalOf(id domain.PersonID, all []ownValue) (out []oddity) {
	var x oddity
	var facts []string
	since := 0
	for _, v := range all {
		if v.deed.Kind != domain.Service || v.took == nowhen || v.closed == nowhen {
			continue
		}
		on := domain.NoDay
		for _, other := range all {
			if other.took == v.closed {
				on = other.decided.Day()
			}
		}
		for _, a := range m.about[id] {
			if a.void && a.at == v.closed {
				on = a.on.Day()
			}
		}
		stars := func(n int) int {
			then := modelOf(m.steps[:n])
			then.rules, then.places = m.rules, m.places
			return then.star(id, on).Stars
		}
		before, after := stars(v.closed), stars(v.closed+1)
		if after >= before {
			continue
		}
		if facts = append(facts, v.fact()); since == 0 {
			since = v.closed + 1
		}
		x = m.say(FlagReversal, id, v.deed.Community, v.by, "", v.deed.Span.Day, len(facts), int64(after), int64(before), nil, slices.Clone(facts))
		x.newest = v.closed
	}
	if since > 0 {
		x.since = since
		out = append(out, x)
	}
	return out
}

func (m *flagModel) bursts() (out []oddity) {
	type place struct {
		c domain.CommunityCode
		a domain.AccountID
	}
	found := map[place][]ownValue{}
	for id := range m.values {
		for i := range m.values[id] {
			if v := &m.values[id][i]; !v.correction && !v.sheet && !v.door {
				k := place{v.deed.Community, v.by}
				found[k] = append(found[k], ownValue{id, v})
			}
		}
	}
	minute := func(v ownValue) int64 { return int64(v.on) / 60_000 }
	for k, values := range found {
		slices.SortFunc(values, func(a, b ownValue) int { return cmp.Or(cmp.Compare(minute(a), minute(b)), byAt(a, b)) })
		for len(values) > 0 {
			on := values[0].on.Day()
			p := m.rules.InForce(domain.IntegrityKind, k.c, on)
			n := 0
			for p != nil && n < len(values) && domain.Minutes(minute(values[n])-minute(values[0])) < p.Integrity.BurstMinutes {
				n++
			}
			if p == nil || p.Integrity.BurstEntries == 0 || int64(n) < p.Integrity.BurstEntries {
				values = values[1:]
				continue
			}
			x := m.ofValues(FlagBurst, domain.PersonID{}, on, int64(n), p.Integrity.BurstEntries, p, int(p.Integrity.BurstEntries), values[:n])
			out = append(out, x)
			values = values[n:]
		}
	}
	return out
}

func (m *flagModel) lookAlikes() (out []oddity) {
	type standing struct {
		ownValue
		day domain.Day
	}
	found := map[uint64][]standing{}
	for id, p := range m.people {
		for _, e := range p.Entries {
			if !e.Live() || e.Row.Import.IsZero() || e.Row.Alike == 0 {
				continue
			}
			for i := range m.values[id] { // the value that the row brought
				if v := &m.values[id][i]; v.entry == e.No && m.rowAt(v.at) == e.Row {
					found[e.Row.Alike] = append(found[e.Row.Alike], standing{ownValue{id, v}, e.Deed.Span.Day})
				}
			}
		}
	}
	for _, list := range found {
		if len(list) < 2 {
			continue
		}
		least := slices.MinFunc(list, func(a, b standing) int {
			return cmp.Or(bytes.Compare(a.person.UUID[:], b.person.UUID[:]), cmp.Compare(a.entry, b.entry))
		})
		var values []ownValue
		for _, x := range list {
			values = append(values, x.ownValue)
		}
		x := m.ofValues(FlagLookAlike, least.person, least.day, int64(len(list)), 0, nil, 2, values)
		// It is no one account's, and lies where the first person's row was recorded.
		x.text = strings.Replace(x.text, fmt.Sprint(" ", lastBy(values).deed.Community, " ", lastBy(values).by, " "),
			fmt.Sprint(" ", least.deed.Community, " ", domain.AccountID{}, " "), 1)
		out = append(out, x)
	}
	return out
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
