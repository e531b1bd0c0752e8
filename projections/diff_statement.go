package projections

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"zhishu/domain"
	"zhishu/eventstore"
)

// StatementDiff is what changed in a person's statement between two points of
// view. Before is the zero statement where the ledger did not know the person.
type StatementDiff struct {
	Before, After Statement
	Rules         []AdoptedRule // adopted between, of the kinds a statement rests on
	Entries       []EntryChange // by day, then number; the changes of their minutes sum to that of the total
	Reports       []ReportChange
	CheckIns      []CheckInChange
}

// EntryChange is one entry as it was and as it is. Before is nil for one that
// came, After for one that went.
type EntryChange struct {
	Person        domain.PersonID // whose stream it stands in
	No            domain.EntryNo
	Before, After *StatementEntry
	Events        []Did   // what was recorded of it between
	Causes        []Cause // what else made the difference
}

// Change is how many recognised minutes the entry brings more.
func (c *EntryChange) Change() (m domain.Minutes) {
	if c.After != nil {
		m += c.After.Recognised
	}
	if c.Before != nil {
		m -= c.Before.Recognised
	}
	return m
}

// Did is an event with its stream and the smallest ledger size that holds it.
type Did struct {
	LifeEvent
	Stream string
	Size   domain.Size
}

// Cause is what makes an entry count otherwise though nothing was recorded of it.
type Cause string

const (
	CauseMerged  Cause = "merged"  // two numbers of one person were joined
	CauseRule    Cause = "rule"    // another policy version counts it
	CauseClosing Cause = "closing" // what the closing rule says of it
	CauseGiver   Cause = "giver"   // who gave a gift was recorded otherwise
	CauseOthers  Cause = "others"  // other entries of the person: a cap they share, a session or time that counts once
)

// DiffStatement compares a person's statement at an earlier point of view with
// that at this one. It is the fold of the same stream twice.
func (v *View) DiffStatement(ctx context.Context, streams eventstore.StreamReader, before *View, id domain.PersonID) (out StatementDiff, err error) {
	if out.Before, err = before.Statement(ctx, streams, id); err != nil && !errors.Is(err, ErrUnknownPerson) {
		return out, err
	}
	if err != nil {
		out.Before = Statement{Person: id, Footing: Footing{Size: before.Size(), Day: before.day}}
	}
	if out.After, err = v.Statement(ctx, streams, id); err != nil {
		return out, err
	}
	out.Rules = v.adoptedSince(before, ServiceRules...)
	then := sinceThen{v, before, streams, map[domain.PersonID]map[uint64]domain.Size{}}
	for _, c := range diffEntries(&out.Before, &out.After) {
		since, err := then.of(ctx, c.Person)
		if err != nil {
			return out, err
		}
		if c.explain(since); c.different() {
			out.Entries = append(out.Entries, c)
		}
	}
	if out.Reports, err = then.diffReports(ctx, &out.Before, &out.After); err != nil {
		return out, err
	}
	out.CheckIns, err = then.diffCheckIns(ctx, &out.Before, &out.After)
	return out, err
}

// diffEntries pairs the entries of two statements.
func diffEntries(before, after *Statement) []EntryChange {
	var all []EntryChange
	for _, c := range pairFacts(before.Entries, after.Entries, func(e *StatementEntry) personFact { return personFact{e.Person, uint64(e.No)} }) {
		all = append(all, EntryChange{Person: c.Person, No: domain.EntryNo(c.No), Before: c.Before, After: c.After})
	}
	slices.SortStableFunc(all, func(a, b EntryChange) int {
		return cmp.Or(cmp.Compare(a.newest().Deed.Span.Day, b.newest().Deed.Span.Day), cmp.Compare(a.No, b.No))
	})
	return all
}

func (c *EntryChange) newest() *StatementEntry {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// different reports whether anything at all did change.
func (c *EntryChange) different() bool {
	return len(c.Events) > 0 || len(c.Causes) > 0 || c.Before == nil || c.After == nil
}

// explain notes what was recorded of the entry between the two points of view,
// and what else changed how it counts.
func (c *EntryChange) explain(since map[uint64]domain.Size) {
	for _, l := range c.newest().Life {
		if size, new := since[l.Revision]; new {
			c.Events = append(c.Events, Did{l, c.Person.Stream(), size})
		}
	}
	if c.Before == nil || c.After == nil {
		if _, claimed := since[uint64(c.No)]; !claimed {
			c.Causes = append(c.Causes, CauseMerged)
		}
		return
	}
	a, b := c.Before, c.After
	if a.lateOut != b.lateOut || a.CountsOn != b.CountsOn && a.Deed == b.Deed {
		c.Causes = append(c.Causes, CauseClosing)
	}
	own := a.Status != b.Status || a.Deed != b.Deed
	counted := len(a.Portions) > 0 && len(b.Portions) > 0
	otherwise := !slices.Equal(stepsOf(a), stepsOf(b)) || a.Recognised != b.Recognised || a.PersonTime != b.PersonTime
	switch {
	case a.lateOut != b.lateOut || !otherwise:
	case counted && !slices.Equal(policiesOf(a), policiesOf(b)):
		c.Causes = append(c.Causes, CauseRule)
	case !own:
		c.Causes = append(c.Causes, CauseOthers)
	}
}

// policiesOf names the versions an entry's portions are counted under. One that
// is supposed has no adopted version of its number, so the title tells it apart.
func policiesOf(e *StatementEntry) (refs []string) {
	for i := range e.Portions {
		if p := e.Portions[i].Policy; p != nil {
			refs = append(refs, refKey(p)+p.Title)
		}
	}
	return refs
}
