package projections

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"

	"zhishu/domain"
	"zhishu/eventstore"
)

// A difference holds two points of view of the same read models against each
// other: two ledger sizes, two rules (WhatIf), or both. It is computed from the
// two figures it compares and from the rows between them, so it can say nothing
// that the figures do not.

// The kinds of rules that figures go by.
var (
	ServiceRules = []domain.PolicyKind{domain.CountingKind, domain.StarsKind, domain.ClosingKind}
	StudyRules   = []domain.PolicyKind{domain.StandingKind, domain.ClosingKind}
	RateRules    = []domain.PolicyKind{domain.ParticipationKind, domain.ClosingKind}
)

// AdoptedRule is a policy version adopted between two points of view.
type AdoptedRule struct {
	Policy domain.PolicyRef
	Title  string
	Size   domain.Size // the first that holds its adoption
}

// adoptedSince lists the versions of some kinds adopted since an earlier view.
func (v *View) adoptedSince(before *View, kinds ...domain.PolicyKind) (out []AdoptedRule) {
	for _, p := range v.b.policiesAt(v.size) {
		if p.at >= before.size && slices.Contains(kinds, p.version.ID.Kind) {
			out = append(out, AdoptedRule{p.version.Ref(), p.version.Title, domain.Size(p.at + 1)})
		}
	}
	return out
}

// FactMove is a value of an entry that counts at one point of view and does not
// at the other. A correction is two: one value goes and another comes.
type FactMove struct {
	Person  domain.PersonID // whose stream it stands in
	Entry   domain.EntryNo
	Day     domain.Day
	Minutes domain.Minutes // as recorded
	Came    bool           // it counts later; otherwise it counted earlier
	// Size is the first that holds the event that did it; zero where no event of
	// the entry did but a rule, a membership or the merging of two persons.
	Size domain.Size
	// Event is what NameMoves found there; nil before, and where Size is zero.
	Event *LifeEvent

	turn int // of the events that give the entry a value or take it, the one that did it
}

// moveOf says why a row counts at one of two views only.
func (v *View) moveOf(before *View, r *entryRow, came bool) FactMove {
	m := FactMove{
		Person: v.b.persons.at(r.person).id, Entry: domain.EntryNo(r.entry),
		Day: domain.Day(r.day), Minutes: domain.Minutes(r.minutes), Came: came,
	}
	at := atomic.LoadUint32(&r.closed)
	if came {
		at = atomic.LoadUint32(&r.effective)
	}
	if before.size <= at && at < v.size {
		m.Size, m.turn = domain.Size(at+1), v.turnOf(r, at)
	}
	return m
}

// turnOf counts the values of a row's entry that took effect before a size: each
// was brought by one event, and an entry that is voided gets no value after it.
func (v *View) turnOf(r *entryRow, at uint32) (n int) {
	for j := atomic.LoadUint32(&v.b.persons.at(r.person).entries); j != none; {
		x := v.b.entries.at(j)
		if j = x.prev; x.entry == r.entry && atomic.LoadUint32(&x.effective) < at {
			n++
		}
	}
	return n
}

// NameMoves finds in the persons' streams which event made each move, and who
// recorded it: the rows know its ledger size alone.
func (v *View) NameMoves(ctx context.Context, streams eventstore.StreamReader, moves []*FactMove) error {
	c := v.cut()
	people := map[domain.PersonID]map[domain.EntryNo][]LifeEvent{}
	for _, m := range moves {
		if m.Size == 0 {
			continue
		}
		turns := people[m.Person]
		if turns == nil {
			turns = map[domain.EntryNo][]LifeEvent{}
			people[m.Person] = turns
			err := v.eachEvent(ctx, streams, m.Person.Stream(), &c, func(e domain.Event, meta domain.Meta, revision uint64) {
				if no := takesTurn(e); no != 0 {
					turns[no] = append(turns[no], v.lifeOf(m.Person, e, meta, revision))
				}
			})
			if err != nil {
				return err
			}
		}
		if list := turns[m.Entry]; m.turn < len(list) {
			m.Event = &list[m.turn]
		}
	}
	return nil
}

// takesTurn names the entry to which an event gives another value, or which it
// makes void; zero for every other event.
func takesTurn(e domain.Event) domain.EntryNo {
	switch e := e.(type) {
	case *domain.EntryConfirmed:
		return e.Entry
	case *domain.EntryCorrectionApproved:
		return e.Entry
	case *domain.EntryVoidApproved:
		return e.Entry
	}
	return 0
}

// Differs is a difference whose facts NameMoves can name.
type Differs interface{ Moves() []*FactMove }

// counting tells which rows of whom a figure counts at a view.
type counting func(v *View, s subject, r *entryRow) bool

// moves lists the rows of a person, and of those merged with it, that only one
// of two views counts, by entry; of one entry the value that goes stands first.
// own leaves out what counts for another person at a view.
func (v *View) moves(before *View, person uint32, own bool, counts counting) (out []FactMove) {
	was, is := before.subjectOf(person), v.subjectOf(person)
	everybody := append([]uint32{is.person, was.person}, append(slices.Clone(is.others), was.others...)...)
	slices.Sort(everybody)
	at := func(v *View, i uint32, r *entryRow) bool {
		s := v.subjectOf(i)
		return v.counted(r) && (!own || s.person == person) && counts(v, s, r)
	}
	for _, i := range slices.Compact(everybody) {
		first := len(out)
		for j := atomic.LoadUint32(&v.b.persons.at(i).entries); j != none; {
			r := v.b.entries.at(j)
			j = r.prev
			if count := at(v, i, r); count != at(before, i, r) {
				out = append(out, v.moveOf(before, r, count))
			}
		}
		slices.Reverse(out[first:])
		slices.SortStableFunc(out[first:], func(a, b FactMove) int { return cmp.Compare(a.Entry, b.Entry) })
	}
	return out
}
