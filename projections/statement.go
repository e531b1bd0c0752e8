package projections

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"zhishu/domain"
	"zhishu/eventstore"
)

// Statement is a person's own account of service and study, folded from the
// person's own stream with the counting function the read models use.
type Statement struct {
	Footing
	Person      domain.PersonID
	Into        domain.PersonID // set when the person was merged: ask for that one
	State       PersonState
	Community   domain.CommunityCode // on the view's day
	Memberships []domain.Membership
	Service     domain.StarRating
	Study       domain.StudyTally // all time
	StudyYears  []StudyYear
	Entries     []StatementEntry  // by day, then entry number
	Pending     []PendingCheckIn  // check-ins without a check-out: no minutes
	Reports     []StatementReport // of missing entries, by day, then number
	Changes     []StatementChange // of the person, in the order they were recorded
	KeyExports  []StatementKey    // to inspectors, in the order they were recorded

	portions []domain.Portion // by place, for rating
	checks   map[personFact][]LifeEvent
}

// personFact names an entry, a report or a check-in by the stream it stands in
// and the revision that began it.
type personFact struct {
	person domain.PersonID
	no     uint64
}

// StudyYear is a calendar year's study.
type StudyYear struct {
	Year int
	domain.StudyTally
}

// StatementEntry is one piece of service or study and everything that
// happened to it.
type StatementEntry struct {
	Person     domain.PersonID // whose stream it stands in; another one after a merge
	No         domain.EntryNo
	Deed       domain.Deed // as it stands
	Status     domain.EntryStatus
	Dispute    domain.DisputeNo // not settled yet; zero: none
	Upheld     bool             // the dispute was found right, and a change is to follow
	Late       bool             // it came to stand in its period after that was closed
	CountsOn   domain.Day       // the day by which it belongs to a period
	Import     domain.ImportID
	Row        uint32
	Raw        domain.Minutes
	Recognised domain.Minutes // service only
	Portions   []domain.Portion
	// NotCounted says why the entry counts for nothing at all; empty when it counts.
	NotCounted domain.Clause
	// PersonTime: the study entry is a person-time of its own; a repeat of the
	// same session or content on the same day is not.
	PersonTime bool
	Life       []LifeEvent
	Pending    *PendingChange
	// Session: the deed's activity has a stream of its own.
	Session bool
	// Attended is what a study entry that counts comes to in minutes, and Shared
	// which entries under other numbers keep the rest.
	Attended domain.Minutes
	Shared   []domain.Step

	member  int  // place of the person among those merged
	lateOut bool // a closing policy keeps it out of every figure
}

// StatementReport is a person's word that an entry is missing, and its answer.
type StatementReport struct {
	Person domain.PersonID // whose stream it stands in
	No     domain.ReportNo
	Deed   domain.Deed
	Open   bool
	Entry  domain.EntryNo // claimed for it; zero: none
	Life   []LifeEvent

	member int
}

// StatementChange is something that happened to the person: a change of name or
// phone, which are sealed, or a step in the merge of two numbers or in its undoing.
type StatementChange struct {
	Person  domain.PersonID // whose stream it stands in
	Changed []domain.ContactPart
	Other   domain.PersonID // the number merged into, or parted from
	Life    LifeEvent
}

// StatementKey is that the key of a person's sealed fields went to the inspector of
// a case.
type StatementKey struct {
	Person     domain.PersonID // whose stream it stands in
	Inspection domain.InspectionID
	Life       LifeEvent
}

// LifeEvent is a step in the life of an entry or a report, or of a person.
type LifeEvent struct {
	Type     string // stored event type
	At       domain.Instant
	By       domain.AccountID
	Handle   string // of the account; empty when it is not known
	Role     domain.Role
	Own      bool         // by the person whose record it is
	OnBehalf bool         // by somebody else, at the person's word
	Revision uint64       // in the person's stream
	Deed     *domain.Deed // the value claimed, proposed or reported
	Upheld   bool         // of a dispute that was answered
	Proposal domain.ProposalNo
	Dispute  domain.DisputeNo    // answered, or followed by a proposal
	Report   domain.ReportNo     // answered
	Entry    domain.EntryNo      // claimed for a report
	Read     domain.Reading      // another stream it was judged on, as it stood then
	Grade    string              // of an evaluation
	Case     domain.InspectionID // whose inspector was given the key
}

// PendingChange is a proposal that waits for a second person.
type PendingChange struct {
	No   domain.ProposalNo
	Deed *domain.Deed // nil: the entry is to be voided
	By   domain.AccountID
	At   domain.Instant
}

// Statement folds a person's own stream up to the view. For a person merged
// into another it is the other's, with the facts of both. Its totals are those
// of the read models.
func (v *View) Statement(ctx context.Context, streams eventstore.StreamReader, id domain.PersonID) (Statement, error) {
	i, ok := v.person(id)
	if !ok {
		return Statement{}, ErrUnknownPerson
	}
	s := v.subjectOf(i)
	out := Statement{Person: id, State: v.b.persons.at(i).state(), Memberships: v.memberships(s), checks: map[personFact][]LifeEvent{}}
	if s.person != i {
		out.Into = v.b.persons.at(s.person).id
	}
	home := v.homeOn(s, v.day)
	if home != none {
		out.Community = v.b.communities.at(home).code
	}
	c := v.cut()
	var entries []*StatementEntry
	var reports []*StatementReport
	for k, member := range append([]uint32{s.person}, s.others...) {
		f, err := v.lives(ctx, streams, v.b.persons.at(member).id, &c)
		if err != nil {
			return Statement{}, err
		}
		for _, no := range slices.Sorted(maps.Keys(f.entries)) {
			f.entries[no].member = k
			v.judgeLate(f.entries[no])
			f.entries[no].Session = v.HasActivity(f.entries[no].Deed.Activity)
			entries = append(entries, f.entries[no])
		}
		out.Pending = append(out.Pending, v.pendingOf(f.id, &f.person)...)
		for no, life := range f.checks {
			out.checks[personFact{f.id, uint64(no)}] = life
		}
		out.Changes = append(out.Changes, f.changes...)
		out.KeyExports = append(out.KeyExports, f.keys...)
		for _, no := range slices.Sorted(maps.Keys(f.reports)) {
			f.reports[no].member = k
			reports = append(reports, f.reports[no])
		}
	}
	for _, parted := range v.partedFrom(s) {
		f, err := v.lives(ctx, streams, v.b.persons.at(parted).id, &c)
		if err != nil {
			return Statement{}, err
		}
		for _, x := range f.changes {
			if x.Other == v.b.persons.at(s.person).id {
				out.Changes = append(out.Changes, x)
			}
		}
	}
	used := out.count(entries, v.rules)
	scheme := v.schemeFor(s, home)
	out.Service = domain.Rate(out.portions, scheme)
	out.study(entries)
	slices.SortStableFunc(entries, func(a, b *StatementEntry) int {
		return cmp.Or(cmp.Compare(a.Deed.Span.Day, b.Deed.Span.Day), cmp.Compare(a.No, b.No), cmp.Compare(a.member, b.member))
	})
	for _, e := range entries {
		out.Entries = append(out.Entries, *e)
	}
	slices.SortStableFunc(reports, func(a, b *StatementReport) int {
		return cmp.Or(cmp.Compare(a.Deed.Span.Day, b.Deed.Span.Day), cmp.Compare(a.No, b.No), cmp.Compare(a.member, b.member))
	})
	for _, r := range reports {
		out.Reports = append(out.Reports, *r)
	}
	slices.SortStableFunc(out.Changes, func(a, b StatementChange) int { return cmp.Compare(a.Life.At, b.Life.At) })
	slices.SortStableFunc(out.KeyExports, func(a, b StatementKey) int { return cmp.Compare(a.Life.At, b.Life.At) })
	out.Footing = v.personFooting(s, append(used, scheme)...)
	return out, nil
}

// count gives every entry its recognised minutes. Entries of merged persons may
// share a number, so counting works on places in the order of number and
// person, which is the order the read models count in.
func (s *Statement) count(entries []*StatementEntry, rules *domain.Rulebook) (used []*domain.PolicyVersion) {
	var counted []*StatementEntry
	for _, e := range entries {
		switch {
		case e.Status == domain.Voided:
			e.NotCounted = domain.ClauseVoided
		case e.Status != domain.Confirmed:
			e.NotCounted = domain.ClauseNotConfirmed
		case e.lateOut:
			e.NotCounted = domain.ClauseLate
		case e.Deed.Kind == domain.Service:
			counted = append(counted, e)
		}
	}
	slices.SortFunc(counted, func(a, b *StatementEntry) int {
		return cmp.Or(cmp.Compare(a.No, b.No), cmp.Compare(a.member, b.member))
	})
	facts := make([]domain.Fact, len(counted))
	for i, e := range counted {
		facts[i] = domain.Fact{
			Entry: domain.EntryNo(i), Span: e.Deed.Span, Community: e.Deed.Community, Category: e.Deed.Category, Hours: e.Deed.Hours,
			Scheduled: e.Deed.Scheduled.Minutes, Person: e.Person, Number: e.member,
		}
	}
	s.portions = domain.Count(facts, rules, true)
	for _, p := range s.portions {
		e := counted[p.Entry]
		p.Entry = e.No
		for i := range p.Steps {
			if step := &p.Steps[i]; step.Clause == domain.ClauseOverlap {
				step.With = counted[step.With].No
			}
		}
		e.Portions = append(e.Portions, p)
		e.Recognised += p.Recognised
		for _, step := range p.Steps {
			if step.After == 0 {
				e.NotCounted = step.Clause
			}
		}
		used = append(used, p.Policy)
	}
	for _, e := range counted {
		if e.Recognised > 0 {
			e.NotCounted = ""
		}
	}
	return used
}

// study marks the entries that are person-times of their own, and sums.
func (s *Statement) study(entries []*StatementEntry) {
	type once struct {
		content uint64
		named   bool
		day     domain.Day // of an unnamed one
	}
	studied := slices.Clone(entries)
	studied = slices.DeleteFunc(studied, func(e *StatementEntry) bool {
		return e.Status != domain.Confirmed || e.Deed.Kind != domain.Study || e.lateOut
	})
	slices.SortStableFunc(studied, func(a, b *StatementEntry) int {
		return cmp.Or(cmp.Compare(a.Deed.Span.Day, b.Deed.Span.Day), cmp.Compare(a.member, b.member), cmp.Compare(a.No, b.No))
	})
	shared := attendedOf(studied)
	seen := map[once]bool{}
	var all []attendance
	years := map[int][]attendance{}
	for i, e := range studied {
		d := &e.Deed
		e.Attended, e.Shared = shared[i].Minutes, shared[i].Steps
		a := attendance{contentOf(d), d.Span.Day, uint32(e.Attended), !d.Activity.IsZero(), e.CountsOn}
		key := once{content: a.content, named: a.named}
		if !a.named {
			key.day = a.day
		}
		e.PersonTime = !seen[key]
		seen[key] = true
		all = append(all, a)
		years[a.counted.Year()] = append(years[a.counted.Year()], a)
	}
	for _, year := range slices.Sorted(maps.Keys(years)) {
		s.StudyYears = append(s.StudyYears, StudyYear{year, tallyOf(years[year])})
	}
	s.Study = tallyOf(all)
}

// attendedOf counts the minutes of study entries.
func attendedOf(studied []*StatementEntry) []domain.Attended {
	facts := make([]domain.Fact, len(studied))
	for i, e := range studied {
		facts[i] = domain.Fact{Entry: e.No, Span: e.Deed.Span, Person: e.Person, Number: e.member}
	}
	return domain.AttendedOnce(facts)
}

func tallyOf(all []attendance) (t domain.StudyTally) {
	for _, a := range all {
		t.Minutes += domain.Minutes(a.minutes)
	}
	t.Sessions, t.Months = studySums(personTimes(all))
	return t
}
