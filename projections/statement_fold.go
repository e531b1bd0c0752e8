package projections

import (
	"context"
	"errors"
	"fmt"

	"zhishu/domain"
	"zhishu/eventstore"
)

// lifeFold folds one person's stream into entries with their life.
type lifeFold struct {
	id      domain.PersonID
	person  domain.Person
	entries map[domain.EntryNo]*StatementEntry
}

// lives reads a person's stream up to the view.
func (v *View) lives(ctx context.Context, streams eventstore.StreamReader, id domain.PersonID, c *cut) (*lifeFold, error) {
	f := &lifeFold{id: id, entries: map[domain.EntryNo]*StatementEntry{}}
	err := v.eachEvent(ctx, streams, id.Stream(), c, func(e domain.Event, meta domain.Meta, revision uint64) {
		f.person.Evolve(e, meta)
		f.note(e, meta, revision)
	})
	switch {
	case errors.Is(err, eventstore.ErrStreamNotFound):
		return nil, ErrUnknownPerson
	case err != nil:
		return nil, fmt.Errorf("the statement: %w", err)
	}
	for i := range f.person.Entries {
		f.close(&f.person.Entries[i])
	}
	return f, nil
}

// note writes an event into the life of the entry it concerns.
func (f *lifeFold) note(e domain.Event, m domain.Meta, revision uint64) {
	life := LifeEvent{Type: e.Type(), At: m.RecordedAt, By: m.Account, Revision: revision}
	no := domain.EntryNo(revision)
	switch e := e.(type) {
	case *domain.EntryClaimed:
		life.Deed, life.Read = &e.Deed, e.Read
		f.entries[no] = &StatementEntry{Person: f.id, No: no}
	case *domain.CheckedOut:
		life.Deed, life.Read = &e.Deed, e.Read
		f.entries[no] = &StatementEntry{Person: f.id, No: no}
	case *domain.EntryConfirmed:
		no, life.Read = e.Entry, e.Read
	case *domain.EntryRejected:
		no = e.Entry
	case *domain.EntryDisputed:
		no = e.Entry
	case *domain.DisputeAnswered:
		no, life.Upheld = e.Entry, e.Upheld
	case *domain.EntryCorrectionProposed:
		no, life.Deed = e.Entry, &e.Deed
	case *domain.EntryCorrectionApproved:
		no = e.Entry
	case *domain.EntryCorrectionRefused:
		no = e.Entry
	case *domain.EntryVoidProposed:
		no = e.Entry
	case *domain.EntryVoidApproved:
		no = e.Entry
	case *domain.EntryVoidRefused:
		no = e.Entry
	case *domain.EntryEvaluated:
		no = e.Entry
	default:
		return
	}
	if entry := f.entries[no]; entry != nil {
		entry.Life = append(entry.Life, life)
	}
}

// close takes over where an entry stands in the end.
func (f *lifeFold) close(x *domain.Entry) {
	e := f.entries[x.No]
	e.Deed, e.Status, e.Disputed = x.Deed, x.Status, x.Dispute != nil
	e.Import, e.Row = x.Row.Import, x.Row.Number
	e.Raw = x.Deed.Span.Minutes
	if x.Pending == nil {
		return
	}
	e.Pending = &PendingChange{No: x.Pending.No, Deed: x.Pending.Deed, By: x.Pending.Proposer.Account}
	for _, l := range e.Life {
		if l.Revision == uint64(x.Pending.No) {
			e.Pending.At = l.At
		}
	}
}
