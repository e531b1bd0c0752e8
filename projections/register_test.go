package projections

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// TestRegistersEqualTheFigures: a register's sums are those of its rows, of a
// slow model, and of the boards: who did not belong to the community is what
// the boards show as 外来.
func TestRegistersEqualTheFigures(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 160)
		e := h.engine(Options{})
		n := rapid.IntRange(0, len(h.steps)).Draw(t, "size")
		v, m := h.view(e, AtSize(domain.Size(n))), modelOf(h.steps[:n])
		period := rapid.SampledFrom([]domain.Period{domain.AllTime, domain.YearPeriod(2025), {From: day(t, "2025-11-15"), To: day(t, "2025-12-20")}}).Draw(t, "period")
		var recognised domain.Minutes
		for _, c := range h.codes {
			for _, kind := range []domain.EntryKind{domain.Service, domain.Study} {
				got, err := v.Register(context.Background(), h.store, kind, c, period)
				want(t, "register: error", err, nil)
				checkRegister(t, m, got)
				recognised += got.Members.Recognised + got.Outside.Recognised
				switch board, err := v.Standing(c.Division(), period, Page{}); {
				case kind == domain.Study && err == nil:
					want(t, "register: visitors of study", outsideOf(got.Outside, true), board.Outside)
				case kind == domain.Service && period == domain.AllTime:
					board, err := v.Stars(c.Division(), Page{})
					want(t, "register: stars", err, nil)
					want(t, "register: visitors of service", outsideOf(got.Outside, false), board.Outside)
				}
			}
		}
		if period == domain.AllTime { // every entry stands in one register
			for _, id := range m.canonicals() {
				recognised -= m.star(id, v.Day()).Recognised
			}
			want(t, "register: recognised beside the stars", recognised, 0)
		}
	})
}

func outsideOf(s RegisterSum, study bool) Outside {
	out := Outside{Persons: s.Persons, Entries: s.Entries, Minutes: s.Minutes}
	if study {
		out.PersonTimes = s.Times
	}
	return out
}

// checkRegister holds a register against rows collected from the domain's
// states, person by person.
func checkRegister(t tb, m *model, got Register) {
	t.Helper()
	type group struct {
		person domain.PersonID
		home   domain.CommunityCode
	}
	var members, outside RegisterSum
	times := map[group][]datedDeed{}
	persons := map[bool]map[domain.PersonID]bool{true: {}, false: {}}
	for _, id := range m.canonicals() {
		for _, e := range m.confirmed(id, got.Kind) {
			d := e.Deed
			if !got.Period.Contains(e.on) || m.standsFor(d.Community, d.Span.Day) != got.Community {
				continue
			}
			home := m.home(id, d.Span.Day)
			to := &outside
			if home == got.Community {
				to = &members
			}
			persons[home == got.Community][id] = true
			to.Entries++
			to.Minutes += d.Span.Minutes
			times[group{id, home}] = append(times[group{id, home}], datedDeed{d, e.on, e.attended})
		}
	}
	for g, deeds := range times {
		if got.Kind != domain.Study {
			break
		}
		n := tally(deeds, nil).Sessions
		if g.home == got.Community {
			members.Times += n
		} else {
			outside.Times += n
		}
	}
	members.Persons, outside.Persons = int64(len(persons[true])), int64(len(persons[false]))
	var rows RegisterSum
	for _, r := range got.Rows {
		rows.Entries++
		rows.Times += r.Times
		rows.Minutes += r.Raw
		rows.Recognised += r.Recognised
	}
	all := got.Members.Plus(got.Outside)
	want(t, "register: rows", fmt.Sprint(rows.Entries, rows.Times, rows.Minutes, rows.Recognised), fmt.Sprint(all.Entries, all.Times, all.Minutes, all.Recognised))
	want(t, "register: credit and honour", all.Credit+all.Honour, all.Recognised)
	for _, pair := range [][2]RegisterSum{{got.Members, members}, {got.Outside, outside}} {
		pair[0].Recognised, pair[0].Credit, pair[0].Honour = 0, 0, 0 // held against the stars
		want(t, "register: sum", pair[0], pair[1])
	}
}
