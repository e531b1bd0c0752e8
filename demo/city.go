// Package demo builds a ledger of real communities and invented people, so
// that the product can be looked at and measured. Everything goes through the
// command handler: what stands in the ledger is what a committee could have
// entered.
//
// Shares and shapes follow published and measured figures: registered
// volunteers are about 23 % of residents (Shanghai 2021, Ningbo 2023), one
// activity has a lognormal number of people (median 15, mean about 33, Ningbo
// 2022), a service lasts lognormal minutes (µ 4.39, σ 1.15, American Time Use
// Survey), effort per volunteer is lognormal with σ 1.35 so that the top tenth
// holds about half of the hours, class attendance has median 24 (Carpentries),
// and 28 % of gifts are exactly 100 yuan (Red Cross sheets of January 2020). A
// community is modelled on 西关社区: 2,189 households, 5,816 residents, 193
// party members.
package demo

import (
	_ "embed"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"

	"zhishu/domain"
)

//go:embed communities.csv
var communitiesCSV string

// Config of a synthetic city.
type Config struct {
	Seed        uint64
	Communities int        // the first 20 are real
	Residents   int        // of each community, in percent of what it has; 0: all
	Last        domain.Day // the last day of the two years
	Days        int
}

// Standard is the demo of about 400,000 events over the two years that end on
// the given day.
func Standard(last domain.Day) Config {
	return Config{Seed: 20260305, Communities: 20, Residents: 100, Last: last, Days: twoYears}
}

const (
	twoYears = 730

	// eventsPerCommunity is what two years of one community come to, and
	// eventsOfFirst those of the first, which is larger than most and keeps its
	// households, too; Scaled uses them.
	eventsPerCommunity = 20_000
	eventsOfFirst      = 30_000

	// LeastEvents is the smallest city that Scaled makes.
	LeastEvents = 1_000
)

// Scaled is a city of about the given number of events, between half and twice
// as many, from LeastEvents on. What is less than one community is a smaller
// one over a shorter time.
func Scaled(events int, last domain.Day) Config {
	c := Standard(last)
	c.Communities = max(1, events/eventsPerCommunity)
	if events < eventsOfFirst {
		c.Residents = max(3, 100*events/eventsOfFirst)
		c.Days = max(60, twoYears*events/eventsOfFirst)
	}
	return c
}

type community struct {
	code       domain.CommunityCode
	name       string
	residents  int
	households int
	clerk      domain.AccountID
	reviewer   domain.AccountID
	people     []person
	cumulative []float64                    // of effort, to draw who comes
	core       []int                        // people with a standing duty, the busiest last
	announces  bool                         // what it holds is announced as activities
	missed     map[string]domain.ActivityID // cancelled session of a series that the next one makes up for

	own                            *rand.Rand // of groups and the programme
	homes, buildings, units, teams []group
}

type person struct {
	id     domain.PersonID
	name   string
	phone  string
	sex    domain.Sex
	birth  int
	layer  string
	joined domain.Day
	effort float64
	number string     // that the community gave its core volunteers, R-0001 the busiest
	busy   domain.Day // the last day something was drawn for this person

	belongs []domain.GroupRef
}

func newCity(cfg Config) ([]community, *rand.Rand, error) {
	r := rand.New(rand.NewPCG(cfg.Seed, 1))
	lines := strings.Split(strings.TrimSpace(communitiesCSV), "\n")[1:]
	city := make([]community, cfg.Communities)
	if cfg.Residents == 0 {
		cfg.Residents = 100
	}
	for i := range city {
		c := &city[i]
		code, name := fmt.Sprintf("43079%d%03d%03d", 1+i/700_000, 1+i/900%900, 1+i%900), fmt.Sprintf("示例%d社区", i+1)
		if i < len(lines) {
			f := strings.Split(lines[i], ",")
			code, name = f[0], f[1]
		}
		var err error
		if c.code, err = domain.ParseCommunityCode(code); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", code, err)
		}
		c.name, c.announces, c.missed = name, announces(i), map[string]domain.ActivityID{}
		size := math.Exp(0.25 * r.NormFloat64())
		c.residents, c.households = int(5816*size)*cfg.Residents/100, int(2189*size)*cfg.Residents/100
		settle(c, cfg, r)
		gather(c, keepsHouseholds(i))
	}
	return city, r, nil
}

// settle gives a community its registered members.
func settle(c *community, cfg Config, r *rand.Rand) {
	n := c.residents * 23 / 100
	first := cfg.Last - domain.Day(cfg.Days) + 1
	total := 0.0
	for i := range n {
		p := person{id: domain.PersonID{UUID: seeded(r, 4)}, name: personName(r), phone: mobile(r), sex: domain.Female}
		if r.IntN(1000) < 488 {
			p.sex = domain.Male
		}
		p.birth = birthYear(r)
		p.layer = layerOf(p.birth, r, i < partyMembers*cfg.Residents/100)
		p.joined = first
		if r.IntN(100) < 35 { // the others were there from the first day
			p.joined += domain.Day(r.IntN(cfg.Days * 9 / 10))
		}
		if r.IntN(100) < 62 { // 综合活跃度 of Ningbo 2023
			p.effort = math.Exp(1.35 * r.NormFloat64())
		}
		total += p.effort
		c.people = append(c.people, p)
		c.cumulative = append(c.cumulative, total)
	}
	c.core = busiest(c.people, len(coreDuties), first)
	for i, core := range slices.Backward(c.core) {
		c.people[core].number = fmt.Sprintf("R-%04d", len(c.core)-i)
	}
}

// busiest picks the n of most effort among those there from the first day.
func busiest(people []person, n int, first domain.Day) []int {
	var all []int
	for i := range people {
		if people[i].joined == first {
			all = append(all, i)
		}
	}
	sort.Slice(all, func(i, j int) bool { return people[all[i]].effort < people[all[j]].effort })
	return all[max(0, len(all)-n):]
}

func birthYear(r *rand.Rand) int {
	bands := [...]struct{ share, from, to int }{{9, 2006, 2011}, {14, 1996, 2005}, {17, 1986, 1995}, {16, 1976, 1985}, {17, 1966, 1975}, {17, 1956, 1965}, {10, 1940, 1955}}
	x := r.IntN(100)
	for _, b := range bands {
		if x -= b.share; x < 0 {
			return b.from + r.IntN(b.to-b.from+1)
		}
	}
	return 1960
}

// partyMembers of a community are on record first, as the branch registers them.
const partyMembers = 193 * 5 / 23

func layerOf(birth int, r *rand.Rand, partyMember bool) string {
	switch {
	case partyMember:
		return "党员"
	case birth < 1966:
		return "老年"
	case birth > 2005:
		return "青少年"
	case r.IntN(100) < 60:
		return "在职"
	}
	return "居民"
}

// draw picks n different members who are free on the day, the busy ones more
// often.
func (c *community) draw(r *rand.Rand, n int, day domain.Day, want func(*person) bool) []*person {
	var out []*person
	total := c.cumulative[len(c.cumulative)-1]
	for tries := 0; len(out) < n && tries < 6*n; tries++ {
		i := sort.SearchFloat64s(c.cumulative, r.Float64()*total)
		if i >= len(c.people) {
			continue
		}
		p := &c.people[i]
		if p.busy == day || p.joined > day || p.effort == 0 || !want(p) {
			continue
		}
		p.busy = day
		out = append(out, p)
	}
	return out
}

func seeded(r *rand.Rand, version byte) (id domain.UUID) {
	a, b := r.Uint64(), r.Uint64()
	for i := range 8 {
		id[i], id[8+i] = byte(a>>(8*i)), byte(b>>(8*i))
	}
	id[6] = id[6]&0x0f | version<<4
	id[8] = id[8]&0x3f | 0x80
	return id
}

func lognormal(r *rand.Rand, mu, sigma, low, high float64) int {
	return int(min(high, max(low, math.Exp(mu+sigma*r.NormFloat64()))))
}

// serviceMinutes follows the measured preference for round figures.
func serviceMinutes(r *rand.Rand) domain.Minutes {
	m := lognormal(r, 4.39, 1.15, 10, 600)
	unit := 1
	switch x := r.IntN(100); {
	case x < 41:
		unit = 30
	case x < 58:
		unit = 15
	case x < 89:
		unit = 5
	}
	return domain.Minutes(max(unit, (m+unit/2)/unit*unit))
}

func giftFen(r *rand.Rand) domain.Fen {
	if r.IntN(100) < 28 {
		return 100_00
	}
	fen := lognormal(r, 3.94+math.Log(100), 2.28, 1, 5_000_000_00)
	switch x := r.IntN(100); {
	case x < 72:
		fen = max(10_00, fen/10_00*10_00)
	case x < 93:
		fen = max(1_00, fen/1_00*1_00)
	}
	return domain.Fen(fen)
}
