package demo

import (
	"encoding/binary"
	"math/rand/v2"

	"zhishu/domain"
	"zhishu/vault"
)

// thing is what people bring, with a usual price; zero cannot be valued.
type thing struct {
	name, unit string
	fen        domain.Fen
}

var goods = []thing{{"大米", "袋", 68_00}, {"食用油", "桶", 75_00}, {"棉被", "床", 120_00}, {"旧书", "册", 0}, {"旧衣物", "件", 0}, {"口罩", "盒", 15_00}}

var support = []struct {
	kind domain.SupportKind
	thing
}{
	{domain.VenueOpened, thing{"会议室", "天", 0}}, {domain.ResourcesProvided, thing{"投影仪", "台", 0}}, {domain.PeopleSeconded, thing{"讲师", "人次", 0}},
}

var uses = []string{"困难家庭慰问", "助学", "社区图书室", "老年食堂", "楼道照明"}

// gift queues a gift and what becomes of it. What is asked of one gift beyond
// its amount is drawn from the gift's own number, so that the rest of the city
// is the same with it and without.
func (p *player) gift(c *community, day domain.Day) {
	donor := domain.DonorID{UUID: seeded(p.r, 7)}
	p.subjects = append(p.subjects, vault.Subject(donor.UUID))
	kind := domain.Individual
	name := personName(p.r)
	if p.r.IntN(100) < 2 {
		kind, name = domain.Unit, "示例单位"
	}
	id := domain.DonationID{UUID: seeded(p.r, 7)}
	g := domain.Gift{Day: day, Kind: domain.Cash, Amount: giftFen(p.r), Community: c.code, DonorKind: kind}
	own := rand.New(rand.NewPCG(binary.LittleEndian.Uint64(id.UUID[:8]), 2))
	inKind(&g, own)
	if own.IntN(100) < 30 {
		g.Receipt = domain.Receipt{State: domain.ReceiptIssued, Code: "演示", Number: id.UUID.String()[:8]}
	}
	by := []domain.AccountID{c.clerk}
	cmds := []domain.Command{&domain.ReceiveDonation{Donation: id, Donor: donor, DonorName: name, Gift: g}}
	if own.IntN(100) < 25 {
		levels := [...]domain.Publication{domain.PublishName, domain.PublishName, domain.PublishAlias, domain.PublishAnonymous}
		asked := &domain.AgreePublication{Donation: id, Publication: levels[own.IntN(len(levels))], Basis: domain.OnPaper, Day: day}
		if asked.Publication == domain.PublishAlias {
			asked.Alias = "爱心人士"
		}
		by, cmds = append(by, c.clerk), append(cmds, asked)
	}
	if own.IntN(100) < 35 {
		use, deliver := becomesOf(id, g, domain.AllocationNo(len(cmds)), own)
		by, cmds = append(by, c.clerk), append(cmds, use)
		if own.IntN(100) < 80 { // by another hand than allocated it
			by, cmds = append(by, c.reviewer), append(cmds, deliver)
		}
	}
	p.do(by, cmds...)
}

// inKind makes a few gifts goods, and of some units support in kind.
func inKind(g *domain.Gift, own *rand.Rand) {
	switch x := own.IntN(100); {
	case x < 6:
		t, n := goods[own.IntN(len(goods))], int64(1+own.IntN(20))
		item := domain.Item{Name: t.name, Quantity: 1000 * n, Unit: t.unit, Basis: domain.NotValued}
		if t.fen > 0 {
			item.Basis, item.Value = domain.ByFairValue, t.fen*domain.Fen(n)
		}
		g.Kind, g.Amount, g.Items = domain.Goods, item.Value, []domain.Item{item}
	case g.DonorKind == domain.Unit && x < 50:
		s := support[own.IntN(len(support))]
		g.Kind, g.Support, g.Amount = domain.InKind, s.kind, 0
		g.Items = []domain.Item{{Name: s.name, Quantity: 1000, Unit: s.unit, Basis: domain.NotValued}}
	}
}

// becomesOf allocates all or half of a gift on the day, and delivers it.
func becomesOf(id domain.DonationID, g domain.Gift, no domain.AllocationNo, own *rand.Rand) (*domain.AllocateDonation, *domain.DeliverDonation) {
	use := &domain.AllocateDonation{Donation: id, Day: g.Day, Purpose: uses[own.IntN(len(uses))], Community: g.Community}
	if g.Kind == domain.Cash {
		use.Amount = g.Amount
		if half := g.Amount / 2; half > 0 && own.IntN(2) == 0 {
			use.Amount = half
		}
	}
	for _, it := range g.Items {
		use.Items = append(use.Items, domain.Item{Name: it.Name, Quantity: it.Quantity, Unit: it.Unit})
	}
	return use, &domain.DeliverDonation{
		Donation: id, Allocation: no, Day: g.Day, Amount: use.Amount, Items: use.Items, Evidence: []domain.Evidence{{Kind: "签收单"}},
	}
}
