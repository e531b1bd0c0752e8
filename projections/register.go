package projections

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"

	"zhishu/domain"
	"zhishu/eventstore"
)

// Register is what one community recorded in a period (台账): every confirmed
// entry of a kind that belongs to it, whoever it is of, and the sums of those
// who belonged to the community on the day and of those who did not.
type Register struct {
	Footing
	Kind      domain.EntryKind
	Community domain.CommunityCode
	Period    domain.Period
	Rows      []RegisterRow // by day, then person, then entry
	Members   RegisterSum
	Outside   RegisterSum // 外来
}

// RegisterRow is one entry.
type RegisterRow struct {
	StatementEntry
	Subject domain.PersonID // whose it is; after a merge another than Person
	State   PersonState
	Home    domain.CommunityCode // on the day of the entry; zero: none
	Member  bool                 // Home is this community
	// Times is 1 for a person-time of its own within the register, else 0.
	Times int64
}

// RegisterSum sums rows.
type RegisterSum struct {
	Entries    int64
	Persons    int64 // distinct
	Times      int64 // person-times, study only
	Minutes    domain.Minutes
	Recognised domain.Minutes // service only, with the two below
	Credit     domain.Minutes
	Honour     domain.Minutes
}

// Plus adds two sums of different persons.
func (s RegisterSum) Plus(t RegisterSum) RegisterSum {
	return RegisterSum{
		s.Entries + t.Entries, s.Persons + t.Persons, s.Times + t.Times, s.Minutes + t.Minutes,
		s.Recognised + t.Recognised, s.Credit + t.Credit, s.Honour + t.Honour,
	}
}

// Register reads the streams of everybody who has an entry in it: titles and
// places stand there. A community without a fact has an empty one.
func (v *View) Register(ctx context.Context, streams eventstore.StreamReader, kind domain.EntryKind, community domain.CommunityCode, period domain.Period) (Register, error) {
	out := Register{Kind: kind, Community: community, Period: period}
	v.b.mu.RLock()
	c, known := v.b.codes[community]
	v.b.mu.RUnlock()
	var used []*domain.PolicyVersion
	if known {
		f := registerFold{v: v, out: &out, community: c, members: map[domain.PersonID]bool{}, outside: map[domain.PersonID]bool{}}
		for _, i := range f.subjects() {
			s, err := v.Statement(ctx, streams, v.b.persons.at(i).id)
			if err != nil {
				return Register{}, err
			}
			f.add(i, &s)
		}
		out.Members.Persons, out.Outside.Persons = int64(len(f.members)), int64(len(f.outside))
		used = f.used
	}
	slices.SortStableFunc(out.Rows, func(a, b RegisterRow) int {
		return cmp.Or(cmp.Compare(a.Deed.Span.Day, b.Deed.Span.Day), slices.Compare(a.Subject.UUID[:], b.Subject.UUID[:]),
			slices.Compare(a.Person.UUID[:], b.Person.UUID[:]), cmp.Compare(a.No, b.No))
	})
	out.Footing = v.footing(community.Division(), touchMembers|1<<touchCommunity, used...)
	return out, nil
}

// registerFold picks the entries of one person after the other.
type registerFold struct {
	v                *View
	out              *Register
	community        uint32
	members, outside map[domain.PersonID]bool
	used             []*domain.PolicyVersion
}

// subjects are the persons with an entry in the register, the canonical ones,
// in the order of their numbers.
func (f *registerFold) subjects() []uint32 {
	seen := map[uint32]bool{}
	f.v.recordedHere(f.community, func(r *entryRow) {
		study := r.flags&entryStudy != 0
		if study == (f.out.Kind == domain.Study) && f.out.Period.Contains(f.v.countsOn(r)) {
			seen[f.v.subjectOf(r.person).person] = true
		}
	})
	list := make([]uint32, 0, len(seen))
	for i := range seen {
		list = append(list, i)
	}
	slices.Sort(list)
	return list
}

// once names what makes a person-time: a named session, or day and content;
// apart for each community the person belonged to.
type once struct {
	home    domain.CommunityCode
	content uint64
	named   bool
	day     domain.Day
}

func (f *registerFold) add(person uint32, s *Statement) {
	seen := map[once]bool{}
	subject := f.v.subjectOf(person)
	for i := range s.Entries { // by day: the first of a session is its person-time
		e := &s.Entries[i]
		d := &e.Deed
		if e.Status != domain.Confirmed || e.lateOut || d.Kind != f.out.Kind || !f.out.Period.Contains(e.CountsOn) || !f.recorded(d) {
			continue
		}
		row := RegisterRow{StatementEntry: *e, Subject: f.v.b.persons.at(person).id, State: s.State}
		home := f.v.homeOn(subject, d.Span.Day)
		if home != none {
			row.Home = f.v.b.communities.at(home).code
		}
		row.Member = home == f.community
		if d.Kind == domain.Study {
			key := once{row.Home, contentOf(d), !d.Activity.IsZero(), domain.NoDay}
			if !key.named {
				key.day = d.Span.Day
			}
			if !seen[key] {
				row.Times = 1
			}
			seen[key] = true
		}
		for _, p := range e.Portions {
			f.used = append(f.used, p.Policy)
		}
		f.sum(&row)
		f.out.Rows = append(f.out.Rows, row)
	}
}

// recorded reports whether the community recorded a deed, successions followed.
func (f *registerFold) recorded(d *domain.Deed) bool {
	f.v.b.mu.RLock()
	c, ok := f.v.b.codes[d.Community]
	f.v.b.mu.RUnlock()
	return ok && f.v.standsFor(c, d.Span.Day) == f.community
}

func (f *registerFold) sum(r *RegisterRow) {
	to, who := &f.out.Outside, f.outside
	if r.Member {
		to, who = &f.out.Members, f.members
	}
	who[r.Subject] = true
	to.Entries++
	to.Times += r.Times
	to.Minutes += r.Raw
	to.Recognised += r.Recognised
	if r.Deed.Hours == domain.Credit {
		to.Credit += r.Recognised
	} else {
		to.Honour += r.Recognised
	}
}

// GiftState folds a donation's stream up to the view: receipts and purposes
// stand there.
func (v *View) GiftState(ctx context.Context, streams eventstore.StreamReader, id domain.DonationID) (domain.Donation, error) {
	var state domain.Donation
	c := v.cut()
	err := v.eachEvent(ctx, streams, id.Stream(), &c, func(e domain.Event, m domain.Meta, _ uint64) { state.Evolve(e, m) })
	return state, err
}

// HasEntry reports whether the person's record ever held an entry, whatever
// became of it.
func (v *View) HasEntry(id domain.PersonID, no domain.EntryNo) bool {
	i, ok := v.person(id)
	if !ok {
		return false
	}
	for j := atomic.LoadUint32(&v.b.persons.at(i).entries); j != none; {
		r := v.b.entries.at(j)
		if r.at < v.size && r.entry == uint32(no) {
			return true
		}
		j = r.prev
	}
	return false
}

// HasDonation reports whether the ledger knows a donation.
func (v *View) HasDonation(id domain.DonationID) bool {
	_, err := v.DonorOf(id)
	return err == nil
}
