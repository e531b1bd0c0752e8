package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

// groupBooks is what is known of households, buildings, organisations and
// teams, and of what communities say about their programme. All of it is
// appended to and dated by the ledger size it came at; books.mu guards it.
type groupBooks struct {
	all      []*groupBook
	of       map[domain.GroupRef]*groupBook
	in       map[uint32][]*groupBook // by every community a group ever lay in
	stairs   map[domain.GroupID][]*groupBook
	members  map[domain.GroupRef][]uint32 // membershipRows, in order
	learning map[uint32][]designationRow  // by community
	counts   map[uint32][]countRow        // by community
	layers   map[uint32][]layerRow        // by person
}

type (
	groupBook struct {
		ref      domain.GroupRef
		at       uint32
		within   domain.GroupID
		from     domain.Day
		names    []groupName
		homes    []groupHome
		closedAt uint32
		to       domain.Day
	}
	groupName struct {
		at   uint32
		from domain.Day
		name string
	}
	groupHome struct {
		at        uint32
		from      domain.Day
		community uint32
	}
	designationRow struct {
		at, endedAt uint32
		revision    uint32
		subject     domain.GroupRef
		from, to    domain.Day
	}
	countRow struct {
		at, withdrawnAt uint32
		revision        uint32
		kind            domain.CountKind
		day             domain.Day
		title           string
		count           int64
	}
	layerRow struct {
		at     uint32
		from   domain.Day
		layers uint32
	}
)

func newGroupBooks() groupBooks {
	return groupBooks{
		of: map[domain.GroupRef]*groupBook{}, in: map[uint32][]*groupBook{}, stairs: map[domain.GroupID][]*groupBook{},
		members: map[domain.GroupRef][]uint32{}, learning: map[uint32][]designationRow{}, counts: map[uint32][]countRow{},
		layers: map[uint32][]layerRow{},
	}
}

// foldGroup folds an event of a group's stream, or one of a community's that
// speaks of its programme. known is false for any other.
func (b *books) foldGroup(stream string, event domain.Event, no uint32) (known bool) {
	ref, _ := domain.ParseStream(stream)
	id := domain.GroupRef{Kind: domain.SubjectKind(ref.Category), ID: domain.GroupID{UUID: ref.ID}}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *domain.GroupRegistered:
		b.registerGroup(id, e)
	case *domain.GroupRenamed:
		if g := b.group.of[id]; g != nil {
			g.names = append(g.names, groupName{b.size, e.From, e.Name})
		}
	case *domain.GroupMoved:
		if g := b.group.of[id]; g != nil {
			b.lieIn(g, groupHome{b.size, e.From, b.communityOfLocked(e.Community)})
		}
	case *domain.GroupClosed:
		if g := b.group.of[id]; g != nil {
			g.closedAt, g.to = b.size, e.To
		}
	case *domain.LearningDesignated:
		subject := domain.GroupRef{Kind: e.Kind, ID: domain.GroupID{UUID: e.Subject}}
		c := b.communityOfLocked(e.Code)
		b.group.learning[c] = append(b.group.learning[c], designationRow{
			at: b.size, endedAt: never, revision: no, subject: subject, from: e.From, to: domain.MaxDay,
		})
	case *domain.LearningDesignationEnded:
		b.endDesignation(b.communityOfLocked(e.Code), domain.GroupRef{Kind: e.Kind, ID: domain.GroupID{UUID: e.Subject}}, e.To)
	case *domain.FactCounted:
		c := b.communityOfLocked(e.Code)
		b.group.counts[c] = append(b.group.counts[c], countRow{
			at: b.size, withdrawnAt: never, revision: no, kind: domain.CountKind(e.Kind), day: e.Day, title: e.Title, count: e.Count,
		})
	case *domain.CountWithdrawn:
		rows := b.group.counts[b.communityOfLocked(e.Code)]
		for i := range rows {
			if rows[i].revision == e.Fact && rows[i].withdrawnAt == never {
				rows[i].withdrawnAt = b.size
			}
		}
	default:
		return false
	}
	atomic.StoreUint32(&b.groupsAt, b.size+1)
	return true
}

func (b *books) registerGroup(id domain.GroupRef, e *domain.GroupRegistered) {
	if b.group.of[id] != nil {
		return
	}
	g := &groupBook{ref: id, at: b.size, within: e.Within, from: e.From, closedAt: never, to: domain.MaxDay,
		names: []groupName{{b.size, domain.MinDay, e.Name}}}
	b.group.of[id] = g
	b.group.all = append(b.group.all, g)
	b.lieIn(g, groupHome{b.size, domain.MinDay, b.communityOfLocked(e.Community)})
	if !e.Within.IsZero() {
		b.group.stairs[e.Within] = append(b.group.stairs[e.Within], g)
	}
}

func (b *books) lieIn(g *groupBook, h groupHome) {
	g.homes = append(g.homes, h)
	for _, known := range b.group.in[h.community] {
		if known == g {
			return
		}
	}
	b.group.in[h.community] = append(b.group.in[h.community], g)
}

func (b *books) endDesignation(c uint32, subject domain.GroupRef, to domain.Day) {
	rows := b.group.learning[c]
	for i := range rows {
		if rows[i].subject == subject && rows[i].endedAt == never {
			rows[i].endedAt, rows[i].to = b.size, to
		}
	}
}

// communityOfLocked is communityOf for who holds the lock.
func (b *books) communityOfLocked(code domain.CommunityCode) uint32 {
	b.mu.Unlock()
	defer b.mu.Lock()
	return b.communityOf(code)
}

// belong notes a membership of a group.
func (b *books) belong(ref domain.GroupRef, membership uint32) {
	b.mu.Lock()
	b.group.members[ref] = append(b.group.members[ref], membership)
	b.mu.Unlock()
	atomic.StoreUint32(&b.groupsAt, b.size+1)
}

// groupRefOf is the group a membership row is of.
func (b *books) groupRefOf(m *membershipRow) domain.GroupRef {
	kind := domain.SubjectKind(b.labels.value(m.label).a)
	return domain.GroupRef{Kind: kind, ID: domain.GroupID{UUID: b.groups.value(m.subject)}}
}

func (b *books) changeLayers(i uint32, e *domain.LayersChanged) {
	row := layerRow{b.size, e.From, b.layers.add(layerList(e.Layers))}
	b.mu.Lock()
	b.group.layers[i] = append(b.group.layers[i], row)
	b.mu.Unlock()
	b.people.touch(b.persons.at(i).id.UUID)
	atomic.StoreUint32(&b.groupsAt, b.size+1)
}
