package demo

import (
	"math/rand/v2"

	"zhishu/domain"
	"zhishu/vault"
)

// day queues what happens in a community on one day.
func (p *player) day(c *community, day domain.Day, index int) {
	p.enrol(c, day)
	weekday := (int(day)%7 + 11) % 7 // 0 is Sunday; 1970-01-01 was a Thursday
	p.duties(c, day, weekday)
	if p.r.Float64() < serviceChance(day, weekday) {
		p.service(c, day)
	}
	switch {
	case weekday == 4 && index%14 < 7: // every other Thursday is a study day
		p.study(c, day, studies[0], "居民", lognormal(p.r, 3.18, 0.55, 5, 90))
	case c.announces && weekday == 2 && index%28 < 7:
		p.study(c, day, offer{"政策宣讲", "宣讲"}, "居民", lognormal(p.r, 3.2, 0.4, 8, 90))
	case weekday == 5 && index%28 < 7:
		p.study(c, day, studies[1], "党员", lognormal(p.r, 2.9, 0.4, 5, 60))
	case p.r.IntN(100) < 6:
		p.study(c, day, studies[2+p.r.IntN(len(studies)-2)], layers[p.r.IntN(3)], lognormal(p.r, 3.0, 0.55, 4, 70))
	}
	for range gifts(p.r) {
		p.gift(c, day)
	}
	p.programme(c, day, weekday, index)
}

// serviceChance leans towards weekends and the days that call for it.
func serviceChance(day domain.Day, weekday int) float64 {
	if _, m, d := day.Date(); m == 3 && d == 5 || m == 7 && d == 1 {
		return 1
	}
	if weekday == 0 || weekday == 6 {
		return 0.17
	}
	return 0.095
}

func gifts(r *rand.Rand) int {
	if r.IntN(100) < 70 {
		return 0
	}
	return 1 + r.IntN(3)
}

func (p *player) enrol(c *community, day domain.Day) {
	for i := range c.people {
		x := &c.people[i]
		if x.joined != day {
			continue
		}
		p.subjects = append(p.subjects, vault.Subject(x.id.UUID))
		band := x.birth / 5 * 5
		var numbers []domain.NumberFrom
		if x.number != "" {
			numbers = []domain.NumberFrom{{Issuer: c.code.String(), Number: x.number}}
		}
		p.do([]domain.AccountID{c.clerk}, append([]domain.Command{
			&domain.EnrolPerson{
				Person: x.id, Community: c.code, External: numbers, Name: x.name, Phone: x.phone, Sex: x.sex,
				BirthYearFrom: band, BirthYearTo: band + 4, AgeOn: domain.NoDay,
				Layers: []domain.Layer{domain.Layer(x.layer)}, Basis: domain.OnPaper,
			},
			&domain.StartMembership{Person: x.id, Membership: domain.Membership{Kind: domain.MemberOfCommunity, Community: c.code, From: day, Basis: domain.OnPaper}},
			&domain.GiveConsent{Person: x.id, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, Witness: c.clerk, From: day}},
		}, x.joins(day)...)...)
	}
}

// coreDuties are the duties a week of a community's core volunteers (骨干): a
// few people keep the service point open and hold much of the hours, as
// everywhere.
var coreDuties = [...]int{1, 1, 1, 2, 2, 4}

// duties queues the morning shifts of the core volunteers.
func (p *player) duties(c *community, day domain.Day, weekday int) {
	for rank, i := range c.core {
		x := &c.people[i]
		shift := weekday - 1 - rank%2 // Monday or Tuesday on, so many days running
		if shift < 0 || shift >= coreDuties[rank] || p.r.IntN(100) < 8 {
			continue
		}
		x.busy = day
		start := day.Start() + 8*3600_000 + domain.Instant(p.r.IntN(4))*15*60_000
		length := domain.Instant(120+30*p.r.IntN(4)) * 60_000
		p.served[x.id] += domain.Minutes(length / 60_000)
		p.entry(c, x, domain.Deed{
			Kind: domain.Service, Title: "服务站值守", Category: "平安巡防", Place: c.name, Community: c.code, Hours: domain.Credit,
			Activity: domain.ActivityID{UUID: seeded(p.r, 7)}, Span: domain.Span{Start: start, End: start + length},
		})
	}
}

func (p *player) service(c *community, day domain.Day) {
	o := services[p.r.IntN(len(services))]
	if c.announces && p.r.IntN(100) < 40 {
		p.serviceMeeting(c, day, o, lognormal(p.r, 2.708, 1.0, 2, 120))
		return
	}
	activity := domain.ActivityID{UUID: seeded(p.r, 7)}
	start := day.Start() + domain.Instant((8+p.r.IntN(9))*3600_000)
	minutes := serviceMinutes(p.r)
	credit := p.r.IntN(100) < 60
	for _, x := range c.draw(p.r, lognormal(p.r, 2.708, 1.25, 2, 250), day, everybody) {
		deed := domain.Deed{Kind: domain.Service, Title: o.title, Category: o.category, Place: c.name, Community: c.code, Activity: activity}
		m := max(5, minutes-domain.Minutes(p.r.IntN(3)*5))
		if credit {
			deed.Hours = domain.Credit
			deed.Span = domain.Span{Start: start, End: min(start+domain.Instant(m)*60_000, (day+1).Start()-3*3600_000)}
		} else {
			deed.Span = domain.Span{Day: day, Minutes: m}
		}
		p.served[x.id] += m
		p.entry(c, x, deed)
	}
}

func (p *player) study(c *community, day domain.Day, o offer, layer string, n int) {
	want := everybody
	if layer == "党员" {
		want = func(x *person) bool { return x.layer == layer }
	}
	if c.announces {
		p.studyMeeting(c, day, o, layer, n, want)
		return
	}
	activity := domain.ActivityID{UUID: seeded(p.r, 7)}
	start := day.Start() + domain.Instant(15*3600_000)
	length := domain.Instant(60+30*p.r.IntN(3)) * 60_000
	for _, x := range c.draw(p.r, n, day, want) {
		p.entry(c, x, domain.Deed{
			Kind: domain.Study, Title: o.title, Category: o.category, Place: c.name, Community: c.code, Activity: activity,
			Layer: domain.Layer(layer), Span: domain.Span{Start: start, End: start + length},
		})
	}
}

func everybody(*person) bool { return true }

// entry queues a claim and what becomes of it: most are confirmed at once, a
// few are still waiting.
func (p *player) entry(c *community, x *person, deed domain.Deed) {
	claim := &domain.ClaimEntry{Person: x.id, Deed: deed}
	if p.r.IntN(100) < 4 {
		p.do([]domain.AccountID{c.clerk}, claim)
		return
	}
	p.do([]domain.AccountID{c.clerk, c.reviewer}, claim, &domain.ConfirmEntry{Person: x.id, Activity: deed.Activity})
}
