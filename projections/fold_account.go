package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

// applyAccount folds an account's stream: no figure depends on it, but who
// recorded a fact is told with the fact.
func (b *books) applyAccount(f *fact) error {
	i := b.accountOf.find(f.ref.ID, f.hash)
	met := i != none
	if !met {
		if f.revision != 0 {
			return gap(f, 0)
		}
		i = b.newAccount(f.ref.ID, f.hash)
	}
	a := b.accounts.at(i)
	if f.revision != uint64(a.next) {
		return gap(f, a.next)
	}
	switch e := f.event.(type) {
	case *domain.AccountOpened:
		atomic.StoreUint64(&a.duty, dutyOf(e.Role, e.Scope))
		atomic.StoreUint32(&a.handle, b.handles.add(e.Handle))
		atomic.StoreUint32(&a.openedAt, b.size) // a reader that sees it sees the duty, too
		if met {
			b.suspects.touchAll() // it recorded facts before: only a ledger written by hand has that
		}
	case *domain.AccountLinked:
		a.person = e.Person.UUID
		atomic.StoreUint32(&a.linkedAt, b.size) // a reader that sees it sees the person, too
		if k := b.personOf.find(e.Person.UUID, hashUUID(e.Person.UUID)); k != none {
			b.suspectCircle(k)
		}
	case *domain.AccountClosed:
		atomic.StoreUint32(&a.closedAt, b.size)
	}
	b.clock(f.recorded)
	a.next++
	return nil
}

// accountNumber is the row of an account that recorded something, whether its
// stream was met or not; none for the zero id.
func (b *books) accountNumber(id domain.AccountID) uint32 {
	if id.IsZero() {
		return none
	}
	hash := hashUUID(id.UUID)
	if i := b.accountOf.find(id.UUID, hash); i != none {
		return i
	}
	return b.newAccount(id.UUID, hash)
}

func (b *books) newAccount(id domain.UUID, hash uint64) uint32 {
	i := b.accounts.push(accountRow{id: id, handle: none, openedAt: never, linkedAt: never, closedAt: never})
	b.accountOf.insert(i, hash)
	return i
}

// handleOf is the handle of an account, or nothing while it is not known.
func (v *View) handleOf(id domain.AccountID) string {
	i := v.b.accountOf.find(id.UUID, hashUUID(id.UUID))
	if i == none {
		return ""
	}
	if h := atomic.LoadUint32(&v.b.accounts.at(i).handle); h != none {
		return v.b.handles.value(h)
	}
	return ""
}
