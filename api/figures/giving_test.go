package figures

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"zhishu/domain"
	"zhishu/projections"
)

// Every event of a donation's stream has a sentence in both languages, and what
// stands between its braces is filled in.
func TestEveryEventOfAGiftIsTold(t *testing.T) {
	codecs, err := os.ReadFile("../../domain/wire/table.go")
	if err != nil {
		t.Fatal(err)
	}
	types := regexp.MustCompile(`"([a-z-]+)": +of\(domain\.DonationCategory`).FindAllStringSubmatch(string(codecs), -1)
	if len(types) < 15 {
		t.Fatalf("only %d events found", len(types))
	}
	gift := domain.Gift{Kind: domain.Cash, Amount: 100, Day: date("2026-03-01")}
	all := map[string]projections.GiftEvent{}
	for _, m := range types {
		all[m[1]] = projections.GiftEvent{LifeEvent: projections.LifeEvent{Type: m[1]}, Giver: person(1)}
	}
	for kind := range giftSentences {
		name, variant, _ := strings.Cut(kind, " ")
		e := projections.GiftEvent{LifeEvent: projections.LifeEvent{Type: name}, Giver: person(1)}
		switch variant {
		case "nobody":
			e.Giver = domain.PersonID{}
		default:
			e.Step = domain.UseStep(variant)
		}
		if e.Step != "" {
			delete(all, name) // is never told without what was reversed
		}
		all[kind] = e
	}
	for kind, e := range all {
		e.Gift, e.Day, e.Share, e.Note, e.Basis = &gift, gift.Day, domain.Share{Amount: 100}, "看错", domain.OnPaper
		e.Evidence, e.Use.Community, e.Handle, e.Role, e.At = 1, here, "clerk", domain.RoleRecorder, instant("2026-03-10T04:00:00Z")
		if _, ok := giftSentences[kind]; !ok {
			t.Errorf("api/figures/givingwords.go does not tell %s", kind)
		}
		if s := giftSentenceOf(&e); s.short.zh == "" || s.short.en == "" || s.tells.zh == "" || s.tells.en == "" {
			t.Errorf("%s is not told in both languages", kind)
		}
		tell := giftTeller{value: &domain.Gift{}, offered: map[uint64]*domain.Gift{}}
		tell.tell(&e)
		for _, text := range []string{tell.out[0].Zh, tell.out[0].En} {
			if strings.ContainsAny(text, "{}") || strings.Contains(text, "  ") || strings.Contains(text, kind) {
				t.Errorf("%s: %s", kind, text)
			}
		}
	}
}

// The story of a gift, as its donor reads it.
func TestStoryOfAGift(t *testing.T) {
	cash := domain.Gift{Day: date("2026-03-01"), Kind: domain.Cash, Amount: 10_000, Community: here, DonorKind: domain.Individual, Purpose: "助学",
		Receipt: domain.Receipt{State: domain.ReceiptIssued, Number: "R-1"}, Publication: domain.PublishAnonymous}
	less := cash
	less.Amount = 9_000
	things := domain.Gift{Day: date("2026-03-02"), Kind: domain.Goods, Community: here, Items: []domain.Item{
		{Name: "大米", Quantity: 2_500, Unit: "袋", Value: 5_000, Basis: domain.ByFairValue}, {Name: "旧书", Quantity: 30_000, Basis: domain.NotValued}}}
	revision := uint64(0)
	step := func(kind string, change func(*projections.GiftEvent)) projections.GiftEvent {
		e := projections.GiftEvent{LifeEvent: projections.LifeEvent{Type: kind, Handle: "clerk", Role: domain.RoleRecorder, Revision: revision, At: instant("2026-03-10T04:00:00Z")}}
		revision++
		change(&e)
		return e
	}
	g := projections.StatementGift{
		Person:    person(2),
		DonorGift: projections.DonorGift{Donation: domain.DonationID{UUID: uuid(6)}, Gift: less, Level: domain.PublishAnonymous, Left: domain.Share{Amount: 4_000}},
		Pending:   9,
		Life: []projections.GiftEvent{
			step("donation-received", func(e *projections.GiftEvent) { e.Gift = &cash }),
			step("donation-correction-proposed", func(e *projections.GiftEvent) { e.Gift, e.Note = &less, "多列十元" }),
			step("donation-correction-approved", func(e *projections.GiftEvent) { e.Proposal, e.Handle = 1, "reviewer" }),
			step("donation-allocated", func(e *projections.GiftEvent) {
				e.Share, e.Day, e.Allocation, e.Use.Words = domain.Share{Amount: 5_000}, date("2026-03-05"), 3, "助学"
			}),
			step("donation-delivered", func(e *projections.GiftEvent) {
				e.Share, e.Day, e.Allocation, e.Evidence = domain.Share{Amount: 3_000}, date("2026-03-06"), 3, 1
			}),
			step("donation-correction-proposed", func(e *projections.GiftEvent) { same := less; e.Gift, e.Own = &same, true }),
		},
	}
	g.Allocations = []projections.DonorAllocation{{No: 3, Open: domain.Share{Amount: 2_000}, Delivered: domain.Share{Amount: 3_000}}}
	told := func(words GiftWords) (zh, en string) {
		for _, s := range GivingOf(person(1), []projections.StatementGift{g}, EveryGift, words).Gifts[0].Story {
			zh, en = zh+s.Zh+"\n", en+s.En+"\n"
		}
		return zh, en
	}
	zh, en := told(nil)
	if zh != `2026-03-10 12:00，录入员 clerk 登记捐赠：现金 100.00 元，日期 2026-03-01，定向用途“助学”，票据已开具，号码 R-1，公布方式：匿名。
2026-03-10 12:00，录入员 clerk 提出更正（第 1 号申请）：金额由 100.00 元 改为 90.00 元；更正说明：“多列十元”；理由（内容封存）。
2026-03-10 12:00，录入员 reviewer 批准第 1 号申请，更正生效。
2026-03-10 12:00，录入员 clerk 拨付 50.00 元（第 3 号拨付），用于“助学”，日期 2026-03-05。
2026-03-10 12:00，录入员 clerk 交付第 3 号拨付的 30.00 元，日期 2026-03-06，凭证 1 件。
2026-03-10 12:00，本人（账号 clerk）提出更正（第 5 号申请）：捐赠人姓名或备注（内容封存）；理由（内容封存）。
票据已开具，号码 R-1。
尚未拨付也未退还的：40.00 元。
第 3 号拨付尚未交付的：20.00 元。
有一项更正待批，批准前照原值。
今日可公布的方式：匿名。
登记在此人的另一编号 `+person(2).String()+` 名下。
` {
		t.Error(zh)
	}
	if en != `2026-03-10 12:00: recorder clerk recorded the gift: cash 100.00 yuan on 2026-03-01, for “助学”, receipt issued, number R-1, to be published anonymously.
2026-03-10 12:00: recorder clerk proposed a correction (no. 1): amount from 100.00 yuan to 90.00 yuan. Published note: “多列十元”. Reason (sealed).
2026-03-10 12:00: recorder reviewer approved proposal no. 1: the correction takes effect.
2026-03-10 12:00: recorder clerk allocated 50.00 yuan (no. 3) for “助学” on 2026-03-05.
2026-03-10 12:00: recorder clerk delivered 30.00 yuan of allocation no. 3 on 2026-03-06, evidence: 1.
2026-03-10 12:00: the person (account clerk) proposed a correction (no. 5): the donor's name or the remark (sealed). Reason (sealed).
Receipt issued, number R-1.
Neither allocated nor returned: 40.00 yuan.
Of allocation no. 3 not delivered yet: 20.00 yuan.
A correction waits: the present value stands until it is approved.
What may be published today: anonymously.
It was given under another number of the person, `+person(2).String()+`.
` {
		t.Error(en)
	}
	zh, _ = told(func(_ domain.DonationID, revision uint64) (string, bool) { return "看错", revision == 1 })
	if !strings.Contains(zh, "；更正说明：“多列十元”；理由：“看错”。") || strings.Contains(zh, "理由（") {
		t.Error(zh)
	}
	value := giftValueWords(&things)
	if value.zh != "物资 大米 2.5袋（公允计价 50.00 元）、旧书 30（未计价），日期 2026-03-02，票据未注明，公布方式：未征询，按匿名" ||
		value.en != "goods 2.5 袋 of 大米 (50.00 yuan at fair value), 30 of 旧书 (not valued) on 2026-03-02, receipt not stated, to be published anonymously, as the donor was not asked" {
		t.Errorf("%+v", value)
	}
}

// A change of a gift is told with what it comes to.
func TestChangeOfAGift(t *testing.T) {
	gift := projections.StatementGift{DonorGift: projections.DonorGift{Gift: domain.Gift{Kind: domain.Cash, Amount: 10_000}, Left: domain.Share{Amount: 10_000}}}
	used := gift
	used.Left = domain.Share{}
	for what, x := range map[string]struct {
		change projections.GiftChange
		want   string
	}{
		"came":    {projections.GiftChange{After: &gift, Causes: []projections.Cause{projections.CauseGiver}}, "登记的捐赠人有变，捐赠随之列入或不再列入。捐赠 没有 → 现金 100.00 元，剩余 100.00 元。"},
		"went":    {projections.GiftChange{Before: &gift}, "捐赠 现金 100.00 元，剩余 100.00 元 → 没有。"},
		"changed": {projections.GiftChange{Before: &gift, After: &used}, "捐赠 现金 100.00 元，剩余 100.00 元 → 现金 100.00 元，剩余 无。"},
	} {
		c := (*GiftChangesOf([]projections.GiftChange{x.change}))[0]
		var told string
		for _, s := range c.Story {
			told += s.Zh
		}
		if c.Kind != what || told != x.want {
			t.Errorf("%s: %s: %s", what, c.Kind, told)
		}
	}
}
