package projections

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"zhishu/domain"
)

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

// changedOf: values that were replaced or voided where figures they are in, or
// their successors came into, were closed.
func (m *flagModel) changedOf(id domain.PersonID, all []ownValue) (out []oddity) {
	var x oddity
	var facts []string
	before, since := domain.Minutes(0), 0
	for _, v := range all {
		if v.took == nowhen || v.closed == nowhen {
			continue
		}
		then, after := modelOf(m.steps[:v.closed]), domain.Minutes(0)
		closed := then.closedNow(id, v.deed)
		for _, other := range all {
			if other.took == v.closed {
				closed = closed || then.closedNow(id, other.deed)
				after = other.deed.Span.Minutes
			}
		}
		if !closed {
			continue
		}
		if facts = append(facts, v.fact()); since == 0 {
			since, before = v.closed+1, v.deed.Span.Minutes
		}
		x = m.say(FlagChanged, id, v.deed.Community, v.by, "", v.deed.Span.Day, len(facts), int64(after), int64(before), nil, slices.Clone(facts))
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
