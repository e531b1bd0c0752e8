package projections

import (
	"fmt"
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// prime is what the attacker's arithmetic is done modulo: whatever can be found
// with fractions can be found so, too.
const prime = 1<<61 - 1

func times(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	_, rest := bits.Div64(hi, lo, prime)
	return rest
}

func inverse(a uint64) uint64 {
	out := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = times(out, a)
		}
		a = times(a, a)
	}
	return out
}

// system is what follows from sums by adding, subtracting and scaling them.
type system struct {
	rows  [][]uint64
	leads []int
}

func (s *system) reduce(v []uint64) (lead int) {
	for i, row := range s.rows {
		by := v[s.leads[i]]
		if by == 0 {
			continue
		}
		for k := range v {
			v[k] = (v[k] + prime - times(by, row[k])) % prime
		}
	}
	return slices.IndexFunc(v, func(x uint64) bool { return x != 0 })
}

func (s *system) add(v []uint64) {
	lead := s.reduce(v)
	if lead < 0 {
		return
	}
	by := inverse(v[lead])
	for k := range v {
		v[k] = times(v[k], by)
	}
	s.rows, s.leads = append(s.rows, v), append(s.leads, lead)
}

// attacker holds published sums against the facts they are sums of. Everything
// is counted in minutes, which add up whoever they belong to.
type attacker struct {
	facts   []heldFact
	index   map[string]int
	figures []heldFigure
}

type heldFact struct {
	people  []domain.PersonID
	minutes domain.Minutes
}

type heldFigure struct {
	what string
	of   map[int]bool
}

// learn notes a published sum; it must be the one the model makes of the facts,
// or the attack proves nothing.
func (a *attacker) learn(t tb, what string, published domain.Minutes, m *model, kind domain.EntryKind, in func(domain.PersonID, datedEntry) bool) {
	t.Helper()
	f := heldFigure{what, map[int]bool{}}
	sum := domain.Minutes(0)
	for _, id := range m.canonicals() {
		for _, e := range m.confirmed(id, kind) {
			if !in(id, e) {
				continue
			}
			key := fmt.Sprint(id, " ", e.No, " ", e.Deed.Span)
			if _, known := a.index[key]; !known {
				a.index[key] = len(a.facts)
				a.facts = append(a.facts, heldFact{[]domain.PersonID{id}, e.Deed.Span.Minutes})
			}
			f.of[a.index[key]] = true
			sum += e.Deed.Span.Minutes
		}
	}
	want(t, what, published, sum)
	a.figures = append(a.figures, f)
}

// classes are the facts that stand in the same figures, with their persons.
func (a *attacker) classes() (signs []string, persons []map[domain.PersonID]bool) {
	at := map[string]int{}
	for i, fact := range a.facts {
		sign := make([]byte, len(a.figures))
		for k := range a.figures {
			if a.figures[k].of[i] {
				sign[k] = 1
			}
		}
		n, known := at[string(sign)]
		if !known {
			n = len(signs)
			at[string(sign)] = n
			signs, persons = append(signs, string(sign)), append(persons, map[domain.PersonID]bool{})
		}
		for _, id := range fact.people {
			persons[n][id] = true
		}
	}
	return signs, persons
}

// check looks for a sum of what fewer persons than need did.
func (a *attacker) check(t tb, need int) {
	t.Helper()
	signs, persons := a.classes()
	var s system
	for k := range a.figures {
		v := make([]uint64, len(signs))
		for n := range signs {
			v[n] = uint64(signs[n][k])
		}
		s.add(v)
	}
	left := 20_000
	var look func(from int, chosen []int, who map[domain.PersonID]bool)
	look = func(from int, chosen []int, who map[domain.PersonID]bool) {
		if left--; left < 0 {
			return
		}
		if len(chosen) > 0 {
			v := make([]uint64, len(signs))
			for _, n := range chosen {
				v[n] = 1
			}
			if s.reduce(v) < 0 {
				var list []string
				for _, f := range a.figures[:min(len(a.figures), 40)] {
					list = append(list, f.what)
				}
				t.Fatalf("what %d persons did can be found from %d figures: %v", len(who), len(a.figures), list)
			}
		}
		for n := from; n < len(signs); n++ {
			with := map[domain.PersonID]bool{}
			for _, set := range []map[domain.PersonID]bool{who, persons[n]} {
				for id := range set {
					with[id] = true
				}
			}
			if len(with) < need {
				look(n+1, append(slices.Clone(chosen), n), with)
			}
		}
	}
	look(0, nil, nil)
}

// crowded draws a ledger of some communities with enough people to publish of, who
// belong to groups in every way, and now and then move.
func crowded(t *rapid.T) *history {
	h := &history{world: newWorld(t), t: t}
	for _, s := range []string{"430702001001", "430702001002", "430702002001", "430703001001"} {
		h.codes = append(h.codes, code(t, s))
	}
	h.withPolicies()
	h.ruled = len(h.steps)
	for i, c := range h.codes {
		h.must(recorder, &domain.RegisterCommunity{Code: c, Name: c.String(), From: domain.MinDay, Source: "表"})
		for kind := range groupKindNames {
			for n := range 3 {
				_ = h.do(recorder, &domain.RegisterGroup{Group: groupAt(i, kind, n), Community: c, Name: "组", From: domain.MinDay})
			}
		}
		stray := 2 + h.pick("stray", 20) // one of so many belongs to a group as no neighbour does
		for n := range rapid.IntRange(0, 36).Draw(t, "people") {
			h.enrol(h.people, c, "2025-01-01")
			for kind, size := range []int{7, 12, 15, 11} {
				g := groupAt(i, kind, n/size%4)
				if h.chance("stray", stray) {
					g = groupAt(h.pick("community", len(h.codes)), kind, h.pick("group", 4))
				}
				_ = h.do(recorder, &domain.StartMembership{Person: person(h.people), Membership: domain.Membership{
					Kind: domain.MembershipKind(g.Kind), Group: g.ID, From: day(t, "2025-01-01"), Basis: domain.OnPaper}})
			}
			h.people++
		}
	}
	h.people = max(h.people, 1)
	h.live(h.people * rapid.IntRange(1, 4).Draw(t, "busy"))
	return h
}

// earlierSize draws a size of the past at which the rules of a crowded ledger were in
// force, at most so many events ago.
func (h *history) earlierSize(most int) int {
	return len(h.steps) - h.pick("back", min(len(h.steps)-h.ruled+1, most))
}

// groupAt is the nth group of a kind in a community; of the fourth there is none.
func groupAt(community, kind, n int) domain.GroupRef {
	return domain.GroupRef{Kind: groupKindNames[kind], ID: domain.GroupID{UUID: testID(11, uint64(1000*community+10*kind+n))}}
}

// live lets people study, serve and move.
func (h *history) live(times int) {
	elsewhere := 3 + h.pick("elsewhere", 12) // one of so many acts where visitors do
	for range times {
		id := h.person()
		c := h.community()
		if m := h.state(id.Stream()).(*domain.Person).Memberships; len(m) > 0 && !h.chance("visits", elsewhere) {
			c = domain.CommunityOn(m, day(h.t, "2025-06-01"))
		}
		if c == 0 {
			continue
		}
		d := h.study(c, (day(h.t, "2025-03-01") + domain.Day(h.pick("day", 60))).String(), fmt.Sprint("课", h.pick("title", 50)), int64(10+h.pick("minutes", 90)))
		if h.chance("service", 3) {
			d = h.service(c, d.Span.Day.String(), int64(d.Span.Minutes))
		}
		if h.do(recorder, &domain.ClaimEntry{Person: id, Deed: d}) == nil {
			h.must(confirmer, &domain.ConfirmEntry{Person: id, Entry: h.lastEntry(id)})
		}
		if h.chance("moves", 40) {
			h.move()
		}
	}
}

// visitors holds what is published of them against itself alone: what is done
// elsewhere may be taken from the figure of where they belong (0027).
type visitors struct {
	study, service *attacker
	shown          int64 // figures of some
}

func newVisitors() *visitors {
	return &visitors{study: &attacker{index: map[string]int{}}, service: &attacker{index: map[string]int{}}}
}

// gather learns every sum of study and of service that everybody may see of a
// view: of divisions, of groups and of teams, and apart those of visitors.
func gather(t tb, study, service *attacker, visits *visitors, v *View, m *groupModel, year domain.Period) (shown, hidden int) {
	for _, d := range everyDivision(v) {
		gatherStudy(t, study, visits, "", v, m.model, d, year)
		if board, err := v.Stars(d, Page{}); err == nil && board.Suppressed == NotSuppressed {
			service.learn(t, fmt.Sprint("stars of ", d), board.Totals.Raw, m.model, domain.Service, func(id domain.PersonID, _ datedEntry) bool {
				return in(d, m.home(id, v.Day()))
			})
			if board.Outside.Suppressed == NotSuppressed {
				visits.shown += min(1, board.Outside.Persons)
				visits.service.learn(t, fmt.Sprint("who served as a visitor in ", d), board.Outside.Minutes, m.model, domain.Service, m.visiting(d, domain.AllTime))
			}
		}
	}
	for _, kind := range groupKindNames[:3] {
		board, err := v.GroupStanding(domain.Division{}, kind, year)
		want(t, "error", err, nil)
		for _, row := range board.Rows {
			if row.Suppressed != NotSuppressed {
				want(t, "withheld", fmt.Sprint(row.Tally, row.Criteria, row.Decisive), fmt.Sprint(domain.GroupTally{}, []GroupValue(nil), domain.Criterion("")))
				hidden++
				continue
			}
			shown++
			study.learn(t, fmt.Sprint(row.Group), row.Tally.Minutes, m.model, domain.Study, func(id domain.PersonID, x datedEntry) bool {
				return year.Contains(x.on) && m.member(id, row.Group, x.Deed.Span.Day)
			})
		}
	}
	teams, err := v.Teams(domain.Division{}, domain.AllTime)
	want(t, "error", err, nil)
	for _, row := range teams.Rows {
		if row.Suppressed == NotSuppressed {
			shown++
			service.learn(t, fmt.Sprint(row.Team), row.Minutes, m.model, domain.Service, func(id domain.PersonID, x datedEntry) bool {
				return m.member(id, row.Team, x.Deed.Span.Day)
			})
		}
	}
	return shown, hidden
}

// gatherStudy learns what is published of a division's study at one point of view.
func gatherStudy(t tb, study *attacker, visits *visitors, when string, v *View, m *model, d domain.Division, year domain.Period) {
	here := func(id domain.PersonID, x datedEntry) bool {
		return year.Contains(x.on) && in(d, m.home(id, x.Deed.Span.Day))
	}
	ranking, err := v.Standing(d, year, Page{})
	want(t, "error", err, nil)
	if ranking.Suppressed == NotSuppressed {
		study.learn(t, fmt.Sprint("ranking of ", d, when), ranking.Totals.Minutes, m, domain.Study, here)
		if ranking.Outside.Suppressed == NotSuppressed {
			visits.shown += min(1, ranking.Outside.Persons)
			visits.study.learn(t, fmt.Sprint("visitors of ", d, when), ranking.Outside.Minutes, m, domain.Study, m.visiting(d, year))
		}
	}
	gatherRates(t, study, visits, when, v, m, d, year)
}

// gatherRates learns the participation figure of a division, whatever it counts.
func gatherRates(t tb, study *attacker, visits *visitors, when string, v *View, m *model, d domain.Division, year domain.Period) {
	rates, err := v.Participation(d, year)
	want(t, "error", err, nil)
	if rates.Suppressed != NotSuppressed {
		return
	}
	least := rates.Definition.Participation.Least()
	here := func(id domain.PersonID, x datedEntry) bool {
		return year.Contains(x.on) && in(d, m.home(id, x.Deed.Span.Day)) && m.enough(id, &x, least)
	}
	study.learn(t, fmt.Sprint("participation of ", d, when), rates.Minutes, m, domain.Study, here)
	if rates.Outside.Suppressed == NotSuppressed {
		visits.study.learn(t, fmt.Sprint("visitors in the participation of ", d, when), rates.Outside.Minutes, m, domain.Study, func(id domain.PersonID, x datedEntry) bool {
			return m.visiting(d, year)(id, x) && m.enough(id, &x, least)
		})
	}
	if rates.Monthly != NotSuppressed {
		return
	}
	for _, month := range rates.Months {
		study.learn(t, fmt.Sprint(month.Month, " of ", d, when), month.Minutes, m, domain.Study, func(id domain.PersonID, x datedEntry) bool {
			return here(id, x) && x.on.Month() == month.Month
		})
	}
}

// visiting picks what a division recorded of people who belonged elsewhere.
func (m *model) visiting(d domain.Division, p domain.Period) func(domain.PersonID, datedEntry) bool {
	return func(id domain.PersonID, x datedEntry) bool {
		on := x.Deed.Span.Day
		return p.Contains(x.on) && in(d, m.standsFor(x.Deed.Community, on)) && !in(d, m.home(id, on))
	}
}

// TestNobodyIsFoundInWhatIsPublished gives an attacker all sums of study and of
// service that everybody may see of a random ledger, of divisions, their visitors,
// groups and teams, and looks whether what fewer than five persons did follows from
// them. The rows of boards are left out: they name everybody's own figure.
func TestNobodyIsFoundInWhatIsPublished(t *testing.T) {
	shown, hidden, guests := 0, 0, int64(0)
	year := domain.YearPeriod(2025)
	rapid.Check(t, func(t *rapid.T) {
		h := crowded(t)
		study, service := &attacker{index: map[string]int{}}, &attacker{index: map[string]int{}}
		v, m := published(h.view(h.engine(Options{}), Now())), groupModelOf(modelOf(h.steps))
		visits := newVisitors()
		s, n := gather(t, study, service, visits, v, m, year)
		shown, hidden, guests = shown+s, hidden+n, guests+visits.shown
		study.check(t, smallestGroup)
		service.check(t, smallestGroup)
		visits.study.check(t, smallestGroup)
		visits.service.check(t, smallestGroup)
	})
	if shown == 0 || hidden == 0 || guests == 0 {
		t.Errorf("%d figures of groups were shown, %d withheld, %d of visitors shown", shown, hidden, guests)
	}
	t.Logf("%d figures of groups were shown, %d withheld, %d of visitors shown", shown, hidden, guests)
}
