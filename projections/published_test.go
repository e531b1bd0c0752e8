package projections

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"zhishu/domain"
)

// published is the view as everybody sees it.
func published(v *View) *View {
	p := *v
	p.everything = false
	return &p
}

// everyDivision lists the divisions of the communities in use, and every one
// above them.
func everyDivision(v *View) (all []domain.Division) {
	all = []domain.Division{{}}
	for _, c := range v.b.communitiesIn(domain.Division{}) {
		for _, digits := range segments {
			if d := c.code.Division().Up(digits); !slices.Contains(all, d) {
				all = append(all, d)
			}
		}
	}
	return all
}

// checkPublished holds what is published to the plain rule, and lets somebody
// who sees all of it look for what is withheld.
func checkPublished(t tb, v *View, m *model, period domain.Period) {
	t.Helper()
	p, on, today := published(v), min(period.To, v.Day()), v.Day()
	communities := v.b.communitiesIn(domain.Division{})
	vector := func(d domain.Division) []*big.Rat {
		return vectorOf(len(communities), func(i int) bool { return d.Covers(communities[i].code.Division()) })
	}
	// Where nobody is, no rule is in force.
	empty := func(x domain.Division, on domain.Day) bool {
		if m.members(x, on) > 0 {
			return false
		}
		lines, unranked := m.standing(x, period, &domain.StandingScheme{Criteria: []domain.Criterion{domain.BySessions}})
		return len(lines) == 0 && unranked == 0
	}
	need := func(d domain.Division, on domain.Day) int64 {
		most := int64(0)
		for _, x := range everyDivision(v) {
			if !d.Covers(x) || x != d && empty(x, on) {
				continue
			}
			size := int64(5)
			if rule := m.rules.InForceFor(domain.ParticipationKind, x, on); rule != nil {
				size = rule.Participation.SmallestSize
			}
			most = max(most, size)
		}
		return most
	}
	var rankings, boards span
	var smallRankings, smallBoards []domain.Division
	for _, d := range everyDivision(v) {
		ranking, errRanking := p.Standing(d, period, Page{Limit: MaxLimit})
		board, errBoard := p.Stars(d, Page{Limit: MaxLimit})
		lines, unranked := m.standing(d, period, &domain.StandingScheme{Criteria: []domain.Criterion{domain.BySessions}})
		learners := int64(len(lines)) + unranked
		starred, members := m.stars(d, today)
		small := func(members, acting int64, on domain.Day) bool {
			return members < need(d, on) || 0 < acting && acting < need(d, on)
		}
		if errRanking == nil {
			want(t, "ranking of a small division "+d.String(), ranking.Suppressed == SmallGroup, small(m.members(d, on), learners, on))
			if ranking.Suppressed == NotSuppressed {
				rankings.add(vector(d))
			} else {
				want(t, "withheld ranking of "+d.String(), fmt.Sprint(ranking.Ranked, ranking.Totals, ranking.Outside, ranking.Rows, ranking.Next),
					fmt.Sprint(0, domain.StudyTally{}, Outside{}, []StandingRow{}, ""))
			}
			if ranking.Suppressed == SmallGroup && (learners > 0 || m.members(d, on) > 0) {
				smallRankings = append(smallRankings, d)
			}
		}
		if errBoard == nil {
			want(t, "board of a small division "+d.String(), board.Suppressed == SmallGroup, small(members, int64(len(starred)), today))
		}
		if board.Suppressed == NotSuppressed {
			boards.add(vector(d))
		} else {
			want(t, "withheld board of "+d.String(), fmt.Sprint(board.Members, board.Active, board.ByStars, board.Totals, board.Outside, board.Rows, board.Next),
				fmt.Sprint(0, 0, []int64{}, StarTotals{}, Outside{}, []StarRow{}, ""))
		}
		if board.Suppressed == SmallGroup && members > 0 {
			smallBoards = append(smallBoards, d)
		}
		for _, r := range board.Rows {
			if r.Community == 0 {
				continue
			}
			if own, err := p.Stars(r.Community.Division(), Page{}); err != nil || own.Suppressed != NotSuppressed {
				t.Fatalf("the board of %s names a member of %s, whose own is withheld", d, r.Community)
			}
		}
	}
	// A part that publishes smaller groups by a rule of its own has told them
	// itself. The rule is that of the day a figure is of: boards are today's.
	strict := func(d domain.Division, on domain.Day) bool {
		return !slices.ContainsFunc(everyDivision(v), func(x domain.Division) bool { return d.Covers(x) && need(x, on) < need(d, on) })
	}
	checkPublishedTraining(t, v, m, period, func(d domain.Division) int64 { return need(d, on) }, func(d domain.Division) bool { return strict(d, on) })
	for _, d := range smallRankings {
		if strict(d, on) && rankings.holds(vector(d)) {
			t.Fatalf("the study of %s is withheld and can be found from what is published", d)
		}
	}
	for _, d := range smallBoards {
		if strict(d, today) && boards.holds(vector(d)) {
			t.Fatalf("the service of %s is withheld and can be found from what is published", d)
		}
	}
}

// trained are the members with a course by the homes of their days.
func (m *model) trained(d domain.Division, p domain.Period, rule *domain.ParticipationDefinition) (ids []domain.PersonID) {
	for _, id := range m.canonicals() {
		if slices.ContainsFunc(m.studied(id, d, p, rule.Least()), func(x datedDeed) bool { return slices.Contains(rule.Training(), x.Category) }) {
			ids = append(ids, id)
		}
	}
	return ids
}

// checkPublishedTraining does the same for training rates: neither the trained
// nor the others may be few, and nobody finds either who adds up what is
// published under one definition.
func checkPublishedTraining(t tb, v *View, m *model, period domain.Period, need func(domain.Division) int64, strict func(domain.Division) bool) {
	t.Helper()
	p, on := published(v), min(period.To, v.Day())
	communities := v.b.communitiesIn(domain.Division{})
	vector := func(d domain.Division) []*big.Rat {
		return vectorOf(len(communities), func(i int) bool { return d.Covers(communities[i].code.Division()) })
	}
	found, small := map[string]*span{}, map[string][]domain.Division{}
	for _, d := range everyDivision(v) {
		definition := m.rules.InForceFor(domain.ParticipationKind, d, on)
		got, err := p.Training(d, period)
		if definition == nil {
			want(t, "training: error", err, ErrNoPolicy)
			continue
		}
		rule := definition.Participation
		trained, others := int64(len(m.trained(d, period, rule))), map[domain.PersonID]bool{}
		for _, id := range m.canonicals() {
			if home := m.home(id, on); in(d, home) && !slices.Contains(m.trained(home.Division(), period, rule), id) {
				others[id] = true
			}
		}
		few := func(n int64) bool { return 0 < n && n < need(d) }
		members := m.members(d, on)
		planned := members < need(d) || few(trained) || few(int64(len(others)))
		if rest := members - trained; planned || 0 < rest && rest < v.smallest(d, on) {
			want(t, "training of few in "+d.String(), got.Suppressed, SmallGroup)
		}
		key := trainingRule(rule).key()
		if found[key] == nil {
			found[key] = &span{}
		}
		if got.Suppressed == NotSuppressed {
			found[key].add(vector(d))
		} else {
			want(t, "withheld training of "+d.String(), got.Trained+got.Members, 0)
		}
		if planned && members+trained > 0 {
			small[key] = append(small[key], d)
		}
	}
	for key, list := range small {
		for _, d := range list {
			if strict(d) && found[key].holds(vector(d)) {
				t.Fatalf("the training of %s is withheld and can be found from what is published", d)
			}
		}
	}
}

// TestTrainingOfNeighbours: in a community of ten all but three took a course,
// in another of twelve half of them, in the street's third of thirty half of
// them. The three are not found as the street's less its other communities'.
func TestTrainingOfNeighbours(t *testing.T) {
	w := newWorld(t).withPolicies()
	year, n := domain.YearPeriod(2025), 0
	places := []struct {
		community        string
		members, trained int
		why              Suppression
	}{
		{"430702001001", 10, 7, SmallGroup}, {"430702001002", 12, 6, Complementary}, {"430702001003", 30, 15, NotSuppressed},
	}
	course := func(id domain.PersonID, c domain.CommunityCode, on string) {
		d := w.study(c, on, "书法", 60)
		d.Category = "课程"
		w.confirmed(id, d)
	}
	for _, x := range places {
		for k := range x.members {
			n++
			id := w.enrol(n, code(t, x.community), "2025-01-01")
			if k < x.trained {
				course(id, code(t, x.community), "2025-03-01")
			}
		}
	}
	e := w.engine(Options{})
	before := domain.Size(len(w.steps))
	v := w.view(e, Now())
	checkPublished(t, v, modelOf(w.steps), year)
	check := func(v *View, d domain.Division, why Suppression) {
		t.Helper()
		got, err := published(v).Training(d, year)
		want(t, "error", err, nil)
		want(t, "training of "+d.String(), got.Suppressed, why)
		want(t, "withheld", got.Trained == 0, why != NotSuppressed)
	}
	for _, x := range places {
		check(v, code(t, x.community).Division(), x.why)
		if x.why != NotSuppressed {
			continue
		}
		card, err := published(v).Scorecard(code(t, x.community), year)
		want(t, "error", err, nil)
		want(t, "training on the scorecard", scored(t, card, domain.ScoreTraining).Value, domain.Ratio{Num: 15, Den: 30})
	}
	check(v, division(t, "430702001"), NotSuppressed)

	// A course that one more takes is not found as today's figure less the past
	// one, neither from the rate nor from a scorecard that was asked for before.
	course(person(50), code(t, "430702001003"), "2025-04-01")
	w.catchUp(e)
	past := w.view(e, AtSize(before))
	check(past, division(t, "430702001003"), Difference)
	card, err := published(past).Scorecard(code(t, "430702001003"), year)
	want(t, "error", err, nil)
	for _, item := range []domain.ScoreItem{domain.ScoreTraining, domain.ScoreParticipation} {
		got := scored(t, card, item)
		want(t, "on the scorecard of the past: "+string(item), got.Suppressed, Difference)
		want(t, "its value", got.Value, domain.Ratio{})
	}
}

// TestTrainingOfWhoMoved: of two communities of twelve in two counties half took a
// course. One more took one in the first and moved to the second. They are
// without a course there and not in the city: what the counties' rests have more
// than the city's would tell that they took one.
func TestTrainingOfWhoMoved(t *testing.T) {
	w := newWorld(t).withPolicies()
	first, second, year := code(t, "430703001001"), code(t, "430702001001"), domain.YearPeriod(2025)
	course := func(id domain.PersonID, c domain.CommunityCode) {
		d := w.study(c, "2025-03-01", "书法", 60)
		d.Category = "课程"
		w.confirmed(id, d)
	}
	for n := range 24 {
		c := []domain.CommunityCode{first, second}[n%2]
		if id := w.enrol(n, c, "2025-01-01"); n < 12 {
			course(id, c)
		}
	}
	check := func(d string, why Suppression) {
		t.Helper()
		got, err := published(w.view(w.engine(Options{}), Now())).Training(division(t, d), year)
		want(t, "error", err, nil)
		want(t, "training of "+d, got.Suppressed, why)
	}
	move := func(n int) {
		id := w.enrol(n, first, "2025-01-01")
		course(id, first)
		w.must(recorder, &domain.EndMembership{Person: id, Kind: domain.MemberOfCommunity, Community: first, To: day(t, "2025-05-31")})
		w.must(recorder, &domain.StartMembership{Person: id, Membership: domain.Membership{
			Kind: domain.MemberOfCommunity, Community: second, From: day(t, "2025-06-01"), Basis: domain.OnPaper}})
	}
	check("430702", NotSuppressed)
	move(30)
	check("4307", NotSuppressed)
	check("430702", Complementary)
	check("430702001001", Complementary)
	for n := range 4 { // five are not found one by one
		move(31 + n)
	}
	check("430702", NotSuppressed)
	check("430702001001", NotSuppressed)
}

func scored(t tb, card Scorecard, item domain.ScoreItem) ScoreItem {
	t.Helper()
	for _, it := range card.Items {
		if it.Item == item {
			return it
		}
	}
	t.Fatalf("the scorecard has no %s", item)
	return ScoreItem{}
}

// TestBoardsAreHeldToTodaysRule: a county that publishes smaller groups by a
// rule of this year has told its board itself, whatever year is looked at.
func TestBoardsAreHeldToTodaysRule(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	for n := range 3 {
		w.confirmed(w.enrol(n, c, "2025-01-01"), w.service(c, "2025-03-02", 60))
	}
	w.must(recorder, &domain.AdoptPolicy{Policy: domain.PolicyVersion{
		ID: domain.PolicyID{Kind: domain.ParticipationKind, Scope: c.Division().Up(6)}, Version: 1, Title: "本县三人起公布", From: day(t, "2026-01-01"),
		Participation: &domain.ParticipationDefinition{Bases: []domain.PopulationBasis{domain.RegisteredMembers}, SmallestSize: 3},
	}})
	v := w.view(w.engine(Options{}), Now())
	board, err := published(v).Stars(c.Division().Up(6), Page{})
	want(t, "error", err, nil)
	want(t, "the county's", board.Suppressed, NotSuppressed)
	board, err = published(v).Stars(domain.Division{}, Page{})
	want(t, "error", err, nil)
	want(t, "of all counties, where five is the rule", board.Suppressed, SmallGroup)
	checkPublished(t, v, modelOf(w.steps), domain.YearPeriod(2025))
}

// TestNeighboursOfASmallCommunity: three communities of a street, one of three
// people. Its figures are withheld, those of the smaller of the others too, and
// the street's are not.
func TestNeighboursOfASmallCommunity(t *testing.T) {
	w := newWorld(t).withPolicies()
	tiny, middle, large := code(t, "430702001001"), code(t, "430702001002"), code(t, "430702001003")
	n := 0
	for i, c := range []domain.CommunityCode{tiny, middle, large} {
		for k := range 3 * (i + 1) {
			n++
			id := w.enrol(n, c, "2025-01-01")
			w.confirmed(id, w.study(c, "2025-03-01", "读书会", 60))
			if c != large || k < 4 {
				w.confirmed(id, w.study(c, "2025-04-01", "读书会", 60))
			}
			w.confirmed(id, w.service(c, "2025-03-02", 60))
		}
	}
	e := w.engine(Options{})
	v, err := e.At(Now())
	want(t, "error", err, nil)
	year := domain.YearPeriod(2025)
	for c, why := range map[domain.CommunityCode]Suppression{tiny: SmallGroup, middle: Complementary, large: NotSuppressed} {
		rates, err := v.Participation(c.Division(), year)
		want(t, "error", err, nil)
		want(t, "rates of "+c.String(), rates.Suppressed, why)
		board, err := v.Stars(c.Division(), Page{})
		want(t, "error", err, nil)
		want(t, "stars of "+c.String(), board.Suppressed, why)
		want(t, "rows", len(board.Rows) > 0, why == NotSuppressed)
		ranking, err := v.Standing(c.Division(), year, Page{})
		want(t, "error", err, nil)
		want(t, "ranking of "+c.String(), ranking.Suppressed, why)
	}
	street, err := v.Participation(large.Division().Up(9), year)
	want(t, "error", err, nil)
	want(t, "street", street.Suppressed, NotSuppressed)
	want(t, "its participants", street.Participants, 18)
	board, err := v.Stars(large.Division().Up(9), Page{})
	want(t, "error", err, nil)
	named := 0
	for _, r := range board.Rows {
		if r.Community != 0 {
			want(t, "community of a row", r.Community, large)
			named++
		}
	}
	want(t, "rows of the street", len(board.Rows), 18)
	want(t, "rows that name their community", named, 9)

	// In April few of the large community took part: its months are withheld,
	// its year is not.
	rates, err := v.Participation(large.Division(), year)
	want(t, "error", err, nil)
	want(t, "months", rates.Monthly, SmallGroup)
	want(t, "person-times in April", rates.Months[1].PersonTimes, 0)
	want(t, "person-times of the year", rates.PersonTimes > 9, true)

	// One's own study is always shown, the others' is not.
	place, _, err := v.StandingOf(person(1), v.mustHome(person(1)), year)
	want(t, "error", err, nil)
	want(t, "own study", place.Tally.Sessions > 0, true)
}

// mustHome is the community of a person, as a division.
func (v *View) mustHome(id domain.PersonID) domain.Division {
	p, _ := v.Person(id)
	return p.Community.Division()
}

// TestThePastOfAFew: a figure of the past that differs from today's by what a
// single person did is withheld; by what nobody did, or many, it is not.
func TestThePastOfAFew(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	var people []domain.PersonID
	for n := range 12 {
		people = append(people, w.enrol(n, c, "2025-01-01"))
		w.confirmed(people[n], w.study(c, "2025-03-01", "读书会", 60))
	}
	before := domain.Size(len(w.steps))
	e := w.engine(Options{})
	past := func() Suppression {
		t.Helper()
		w.catchUp(e)
		v, err := e.At(AtSize(before))
		want(t, "error", err, nil)
		p, err := v.Participation(c.Division(), domain.YearPeriod(2025))
		want(t, "error", err, nil)
		return p.Suppressed
	}
	want(t, "today's", past(), NotSuppressed)
	w.confirmed(people[0], w.service(c, "2025-03-01", 60))
	want(t, "after service, which is not study", past(), NotSuppressed)
	w.confirmed(people[0], w.study(c, "2025-04-01", "插花", 90))
	want(t, "after what one did", past(), Difference)
	for _, id := range people[1:4] {
		w.confirmed(id, w.study(c, "2025-04-01", "插花", 90))
	}
	want(t, "after what four did", past(), Difference)
	w.confirmed(people[4], w.study(c, "2025-04-01", "插花", 90))
	want(t, "after what five did", past(), NotSuppressed)
}

// TestACommunityWithoutAnybodyDecidesNothing: whether the ledger knows it, and
// whatever rule is in force there.
func TestACommunityWithoutAnybodyDecidesNothing(t *testing.T) {
	w := newWorld(t).withPolicies()
	c, empty := code(t, "430702001001"), code(t, "430702001002")
	adopt := func(scope string, smallest int64) {
		v := domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.ParticipationKind, Scope: division(t, scope)}, Version: 1, Title: "人数",
			From: w.now.Day(), Participation: &domain.ParticipationDefinition{Bases: []domain.PopulationBasis{domain.RegisteredMembers}, SmallestSize: smallest}}
		w.must(recorder, &domain.AdoptPolicy{Policy: v})
	}
	adopt("430702", 1)
	adopt("430702001003", 50)
	w.confirmed(w.enrol(1, c, "2025-01-01"), w.service(c, "2025-03-02", 60))
	e := w.engine(Options{})
	boards := func(v *View) string {
		var out []Suppression
		for _, d := range []string{"430702001001", "430702001002", "430702001003", "430702001", "430702"} {
			board, err := published(v).Stars(division(t, d), Page{})
			want(t, "error", err, nil)
			out = append(out, board.Suppressed)
		}
		return fmt.Sprint(out)
	}
	size := domain.Size(len(w.steps))
	wanted := fmt.Sprint([]Suppression{NotSuppressed, SmallGroup, SmallGroup, NotSuppressed, NotSuppressed})
	want(t, "before the ledger knows them", boards(w.view(e, Now())), wanted)
	for i, c := range []domain.CommunityCode{empty, code(t, "430702001003")} {
		w.must(recorder, &domain.EnrolPerson{Person: person(2 + i), Community: c, Name: "某人"})
	}
	w.catchUp(e)
	want(t, "as it was", boards(w.view(e, AtSize(size))), wanted)
	want(t, "from the cache", boards(w.view(e, Now())), wanted)
	want(t, "anew", boards(w.view(w.engine(Options{}), Now())), wanted)
}
