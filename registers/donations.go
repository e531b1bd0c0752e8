package registers

import (
	"context"
	"fmt"
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

func (s Source) donations(ctx context.Context, r *Register) error {
	filter := projections.DonationFilter{Division: r.Community.Division(), Period: r.Period}
	sums, err := s.View.Donations(filter)
	if err != nil {
		return err
	}
	b := Block{Heads: []string{
		"序号", "捐赠日期", "捐赠人", "捐赠类别", "捐赠金额（元）", "物品计价（元）", "物品", "票据", "票据号", "定向用途", "更正说明", "账本编号",
	}}
	var totals projections.GiftTotals
	for page := (projections.Page{Limit: projections.MaxLimit}); ; {
		list, err := s.View.GiftList(filter, page)
		if err != nil {
			return err
		}
		r.Footing, totals = list.Footing, list.Totals
		for _, row := range list.Rows {
			cells, err := s.gift(ctx, row, len(b.Rows)+1)
			if err != nil {
				return err
			}
			b.Rows = append(b.Rows, cells)
		}
		if page.After = list.Next; page.After == "" {
			break
		}
	}
	r.Unit = "单位：元"
	b.Total = []Cell{Words("合计"), {}, {}, {}, Fen(sums.Total.Fen), Fen(sums.Total.Valued)}
	r.Blocks = []Block{b}
	r.Trace = giftTrace(sums, totals)
	uses, err := s.View.GiftUses(filter)
	if err != nil {
		return err
	}
	r.Trace = append(r.Trace, useTrace(uses.Total)...)
	return nil
}

func (s Source) gift(ctx context.Context, row projections.GiftRow, no int) ([]Cell, error) {
	state, err := s.View.GiftState(ctx, s.Streams, row.Donation)
	if err != nil {
		return nil, err
	}
	name, err := s.donorName(ctx, row)
	if err != nil {
		return nil, err
	}
	g, receipt := &row.Gift, &state.Gift.Receipt
	var notes []string
	for _, c := range row.Corrections {
		notes = append(notes, strings.TrimSpace(fmt.Sprintf("%s由%s更正为%s %s", c.Day, c.Before, c.After, c.Note)))
	}
	return []Cell{
		Whole(int64(no)), On(g.Day), Words(name), Words(kindZh(g.Kind, g.Support)), Fen(g.Amount), valued(g), Words(things(g.Items)),
		Words(receiptsZh[receipt.State]), Words(strings.Join(strings.Fields(receipt.Code+" "+receipt.Number), " ")), Words(state.Gift.Purpose),
		Words(strings.Join(notes, "；")), Words(row.Donation.String()),
	}, nil
}

func valued(g *projections.GiftVersion) Cell {
	if len(g.Items) == 0 {
		return Cell{}
	}
	return Fen(g.Valued)
}

var receiptsZh = map[domain.ReceiptState]string{
	domain.ReceiptIssued: "已开具", domain.ReceiptWaived: "放弃领取", domain.ReceiptNone: "匿名未开具",
}

func kindZh(k domain.GiftKind, s domain.SupportKind) string {
	switch {
	case k == domain.Cash:
		return "现金"
	case k == domain.Goods:
		return "物资"
	case s == domain.SupportNotGiven:
		return "实物支持"
	}
	return supportsZh[s]
}

var supportsZh = map[domain.SupportKind]string{
	domain.VenueOpened: "开放场地", domain.ResourcesProvided: "提供资源", domain.PeopleSeconded: "派出人员", domain.SupportNotGiven: "实物支持",
}

var basesOfValue = map[domain.ValuationBasis]string{
	domain.ByVoucher: "凭据", domain.ByFairValue: "公允", domain.NotValued: "未计价",
}

// things names each thing with its quantity; what could not be valued without
// an amount.
func things(items []domain.Item) string {
	texts := make([]string, len(items))
	for i, it := range items {
		texts[i] = it.Name + quantity(it.Quantity) + it.Unit + "（" + basesOfValue[it.Basis]
		if it.Value != 0 {
			texts[i] += it.Value.String() + "元"
		}
		texts[i] += "）"
	}
	return strings.Join(texts, "；")
}

// quantity writes thousandths with at most three decimals.
func quantity(thousandths int64) string {
	s := fmt.Sprintf("%d.%03d", thousandths/1000, thousandths%1000)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

func giftTrace(sums projections.Donations, totals projections.GiftTotals) []Line {
	all, cash, goods := sums.Total, totals.Cash, totals.Goods
	lines := []Line{
		{"捐赠笔数", Whole(all.Count), "笔", all.Count, nil, "本社区收到、日期在期间内、现在有效的捐赠", "gifts the community received that stand, by their own day"},
		{"捐赠金额", Fen(all.Fen), "元", all.Count, nil, "各笔金额之和", "the amounts of all rows added up"},
		{"物品计价", Fen(all.Valued), "元", goods.Count, nil, "有凭据或公允价的各项物品计价之和；未计价的不写金额", "what items were valued at, added up; what could not be valued has no amount"},
		{"其中现金", Fen(cash.Fen), "元", cash.Count, nil, "现金各笔金额之和", "gifts of cash added up"},
		{"其中物资", Fen(goods.Valued), "元", goods.Count, nil, "物资各笔计价之和；只有总价的按总价", "gifts of goods at what their items, or else the whole, were valued"},
		{"已更正", Whole(sums.Corrected), "笔", sums.Corrected, nil, "现行内容是经批准的更正", "gifts whose value is an approved correction"},
		{"待批更正", Whole(sums.Pending), "笔", sums.Pending, nil, "已提出、尚未批准，不影响合计", "proposed and not decided; they change no total"},
	}
	for _, t := range totals.Unvalued {
		lines = append(lines, thingLine("未计价物品·"+t.Name, t, "未计价的物品按名称和单位相加", "goods that were not valued, by name and unit"))
	}
	for _, s := range totals.Support {
		zh := supportsZh[s.Support]
		lines = append(lines, Line{"支持·" + zh, Whole(s.Gifts), "次", s.Gifts, nil, "单位的实物支持", "support in kind"})
		for _, t := range s.Things {
			lines = append(lines, thingLine("支持·"+zh+"·"+t.Name, t, "按名称和单位相加", "by name and unit"))
		}
	}
	for _, m := range sums.ByMonth {
		lines = append(lines, Line{"金额·" + m.Month.String(), Fen(m.Fen), "元", m.Count, nil, "该月各笔金额之和", "the month's rows added up"})
	}
	return lines
}

func thingLine(item string, t projections.ThingCount, how, en string) Line {
	return Line{item, Words(quantity(t.Quantity)), t.Unit, t.Gifts, nil, how, en}
}

// useTrace tells what became of the gifts of the register.
func useTrace(u projections.CommunityUse) []Line {
	const how, en = "这些捐赠到观察点为止的去向：收到＝剩余＋拨付＋退还；交付在拨付之内", "what became of these gifts: received = left + allocated + returned; delivered lies within allocated"
	m := u.Money
	money := func(item string, n int64) Line {
		return Line{"款·" + item, Fen(domain.Fen(n)), "元", u.Gifts, nil, how, en}
	}
	lines := []Line{money("拨付", m.Allocated), money("交付", m.Delivered), money("退还", m.Returned), money("剩余", m.Left())}
	for _, t := range u.Things {
		thing := func(item string, n int64) Line {
			return Line{"物·" + t.Name + "·" + item, Words(quantity(n)), t.Unit, u.Gifts, nil, how, en}
		}
		lines = append(lines, thing("拨付", t.Allocated), thing("交付", t.Delivered), thing("剩余", t.Left()))
	}
	return lines
}
