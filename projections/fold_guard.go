package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

// guardRow: from size at until size until a person's consent was the one that a
// guardian had given; the person's own, or a withdrawal, ends it.
type guardRow struct {
	person   uint32
	guardian domain.PersonID
	at       uint32
	until    uint32 // atomic
	kind     consentKind
}

// consentKind is a kind of consent as rows hold it.
type consentKind uint8

var consentKinds = [...]domain.ConsentKind{domain.ConsentRecord, domain.ConsentPublish}

func consentKindOf(kind domain.ConsentKind) consentKind {
	if kind == domain.ConsentPublish {
		return 1
	}
	return 0
}

type guardKey struct {
	person uint32
	kind   consentKind
}

func (r *guardRow) holds(size uint32) bool { return r.at < size && atomic.LoadUint32(&r.until) >= size }

func (b *books) consent(i uint32, c *domain.Consent) {
	b.endGuard(i, c.Kind)
	if !c.Guardian.IsZero() {
		kind := consentKindOf(c.Kind)
		b.openGuards[guardKey{i, kind}] = b.guards.push(guardRow{person: i, guardian: c.Guardian, at: b.size, until: never, kind: kind})
	}
}

func (b *books) endGuard(i uint32, kind domain.ConsentKind) {
	key := guardKey{i, consentKindOf(kind)}
	if j, ok := b.openGuards[key]; ok {
		delete(b.openGuards, key)
		atomic.StoreUint32(&b.guards.at(j).until, b.size)
	}
}

// indexGuards finds the open rows again.
func (b *books) indexGuards() {
	for i := range b.guards.n {
		if r := b.guards.at(i); r.until == never {
			b.openGuards[guardKey{r.person, r.kind}] = i
		}
	}
}
