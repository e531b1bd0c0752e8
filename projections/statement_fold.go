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
	reports map[domain.ReportNo]*StatementReport
	checks  map[domain.EntryNo][]LifeEvent // of every check-in, also of those that have a check-out
	changes []StatementChange
	keys    []StatementKey
}

// lives reads a person's stream up to the view.
func (v *View) lives(ctx context.Context, streams eventstore.StreamReader, id domain.PersonID, c *cut) (*lifeFold, error) {
	f := &lifeFold{
		id: id, entries: map[domain.EntryNo]*StatementEntry{}, reports: map[domain.ReportNo]*StatementReport{},
		checks: map[domain.EntryNo][]LifeEvent{},
	}
	err := v.eachEvent(ctx, streams, id.Stream(), c, func(e domain.Event, meta domain.Meta, revision uint64) {
		f.person.Evolve(e, meta)
		f.note(e, v.lifeOf(id, e, meta, revision))
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

// lifeOf says of an event in a person's stream who recorded it and when.
func (v *View) lifeOf(id domain.PersonID, e domain.Event, m domain.Meta, revision uint64) LifeEvent {
	own := v.isNumberOf(m.Person, id)
	return LifeEvent{
		Type: e.Type(), At: m.RecordedAt, By: m.Account, Handle: v.handleOf(m.Account), Role: m.Role, Own: own,
		OnBehalf: !own && v.isNumberOf(m.OnBehalfOf, id), Revision: revision,
	}
}

// isNumberOf reports whether two numbers are one person's at the view.
func (v *View) isNumberOf(a, b domain.PersonID) bool {
	if a == b || a.IsZero() {
		return a == b
	}
	i, ok := v.person(a)
	j, both := v.person(b)
	return ok && both && v.b.canonical(i, v.size) == v.b.canonical(j, v.size)
}

// note writes an event into the life of the entry, report or check-in it concerns.
func (f *lifeFold) note(e domain.Event, life LifeEvent) {
	no := domain.EntryNo(life.Revision)
	switch e := e.(type) {
	case *domain.EntryClaimed:
		life.Deed, life.Read = &e.Deed, e.Read
		f.entries[no] = &StatementEntry{Person: f.id, No: no}
	case *domain.CheckedIn:
		life.Read = e.Read
		f.checks[no] = []LifeEvent{life}
		return
	case *domain.CheckedOut:
		life.Deed, life.Read = &e.Deed, e.Read
		f.entries[no] = &StatementEntry{Person: f.id, No: no}
		f.checks[e.CheckIn] = append(f.checks[e.CheckIn], life)
	case *domain.EntryConfirmed:
		no, life.Read = e.Entry, e.Read
	case *domain.EntryRejected:
		no = e.Entry
	case *domain.EntryDisputed:
		no = e.Entry
	case *domain.DisputeAnswered:
		no, life.Upheld, life.Dispute = e.Entry, e.Upheld, e.Dispute
	case *domain.EntryCorrectionProposed:
		no, life.Deed, life.Dispute = e.Entry, &e.Deed, e.Dispute
	case *domain.EntryCorrectionApproved:
		no, life.Proposal = e.Entry, e.Proposal
	case *domain.EntryCorrectionRefused:
		no, life.Proposal = e.Entry, e.Proposal
	case *domain.EntryVoidProposed:
		no, life.Dispute = e.Entry, e.Dispute
	case *domain.EntryVoidApproved:
		no, life.Proposal = e.Entry, e.Proposal
	case *domain.EntryVoidRefused:
		no, life.Proposal = e.Entry, e.Proposal
	case *domain.EntryEvaluated:
		no, life.Grade = e.Entry, e.Grade
	case *domain.MissingEntryReported:
		life.Deed = &e.Deed
		f.reports[domain.ReportNo(no)] = &StatementReport{Person: f.id, No: domain.ReportNo(no), Deed: e.Deed, Open: true, Life: []LifeEvent{life}}
		return
	case *domain.MissingEntryAccepted:
		no, life.Report, life.Entry = e.Entry, e.Report, e.Entry
		f.answer(e.Report, e.Entry, life)
	case *domain.ContactChanged:
		f.changes = append(f.changes, StatementChange{Person: f.id, Changed: e.Changed, Life: life})
		return
	case *domain.PersonalKeyExported:
		life.Case = e.Inspection
		f.keys = append(f.keys, StatementKey{Person: f.id, Inspection: e.Inspection, Life: life})
		return
	case *domain.PersonMergeProposed:
		f.merging(e.Into, life)
		return
	case *domain.PersonMergeRefused:
		life.Proposal = e.Proposal
		f.merging(domain.PersonID{}, life)
		return
	case *domain.PersonMerged:
		life.Proposal = e.Proposal
		f.merging(e.Into, life)
		return
	case *domain.PersonUnmergeProposed:
		f.merging(e.Into, life)
		return
	case *domain.PersonUnmergeRefused:
		life.Proposal = e.Proposal
		f.merging(domain.PersonID{}, life)
		return
	case *domain.PersonUnmerged:
		life.Proposal = e.Proposal
		f.merging(e.Into, life)
		return
	case *domain.MissingEntryDeclined:
		life.Report = e.Report
		f.answer(e.Report, 0, life)
		return
	default:
		return
	}
	if entry := f.entries[no]; entry != nil {
		entry.Life = append(entry.Life, life)
	}
}

// merging notes a step in the merge of the number into another, or in its
// undoing. A refusal does not say which other it was about: the proposal did.
func (f *lifeFold) merging(other domain.PersonID, life LifeEvent) {
	for i := range f.changes {
		if other.IsZero() && f.changes[i].Life.Revision == uint64(life.Proposal) {
			other = f.changes[i].Other
		}
	}
	f.changes = append(f.changes, StatementChange{Person: f.id, Other: other, Life: life})
}

// answer ends a report.
func (f *lifeFold) answer(no domain.ReportNo, entry domain.EntryNo, life LifeEvent) {
	if r := f.reports[no]; r != nil {
		r.Open, r.Entry, r.Life = false, entry, append(r.Life, life)
	}
}

// close takes over where an entry stands in the end.
func (f *lifeFold) close(x *domain.Entry) {
	e := f.entries[x.No]
	e.Deed, e.Status = x.Deed, x.Status
	if x.Dispute != nil {
		e.Dispute, e.Upheld = x.Dispute.No, x.Dispute.Upheld
	}
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
