package domain_test

import (
	"strconv"
	"strings"

	"zhishu/domain"
)

// policyVerbs: 规则 <kind> <scope> 通过|起始|提出 第N版 自 <day> and the clauses,
// and 批准|不准 申请N.
func (l *ledger) policyVerbs() map[string]func() domain.Command {
	w := l.args
	// The scope stands where other lines have their verb.
	adopt := func() domain.Command {
		if verb := w.at(3); verb == "批准" || verb == "不准" {
			return &domain.DecidePolicy{
				Policy:   domain.PolicyID{Kind: domain.PolicyKind(w.at(1)), Scope: division(w.at(2))},
				Proposal: proposalNo(w.at(4)), Approve: verb == "批准", Reason: w.option("理由", ""),
			}
		}
		version, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(w.at(4), "第"), "版"))
		if err != nil {
			bad("%q is not a version such as 第2版", w.at(4))
		}
		if w.at(3) == "提出" {
			return &domain.ProposePolicy{Policy: l.policy(version), Reason: w.option("理由", "")}
		}
		return &domain.AdoptPolicy{Policy: l.policy(version), Beginning: w.at(3) == "起始"}
	}
	return map[string]func() domain.Command{w.at(2): adopt}
}

func (l *ledger) policy(version int) domain.PolicyVersion {
	w := l.args
	p := domain.PolicyVersion{
		ID:      domain.PolicyID{Kind: domain.PolicyKind(w.at(1)), Scope: division(w.at(2))},
		Version: version, Title: w.option("名称", "本地规则"), From: day(w.option("自", "")),
	}
	switch kind := domain.PolicyKind(w.option("内容", w.at(1))); kind {
	case domain.CountingKind:
		p.Counting = &domain.CountingPolicy{
			ExcludedCategories: w.list("排除"), ExcludeHonour: w.option("荣誉不计", "") == "是",
			Minimum: l.optionalMinutes("最低"), Rounding: domain.Rounding(w.option("舍入", "none")), Unit: l.optionalMinutes("单位"),
			EntryCap: l.optionalMinutes("单次上限"), DayCap: l.optionalMinutes("每日上限"),
			PresencePercent: w.number("到场"), Deduction: l.optionalMinutes("扣除"), Floor: l.optionalMinutes("保底"),
		}
		for _, s := range w.list("倍率") {
			p.Counting.Weights = append(p.Counting.Weights, weight(s))
		}
	case domain.StarsKind:
		p.Stars = &domain.StarScheme{ContinuousMonths: w.number("连续月"), ExcludeEarlier: w.option("先得不计", "") == "是"}
		if s := w.option("起算", ""); s != "" {
			p.Stars.Since = day(s)
		}
		if s := w.option("截止", ""); s != "" {
			p.Stars.CutOff = day(s)
		}
		for _, h := range w.list("门槛") {
			p.Stars.Thresholds = append(p.Stars.Thresholds, minutes(h+"小时"))
		}
	case domain.StandingKind, domain.HouseholdsKind, domain.BuildingsKind, domain.OrganisationsKind:
		p.Standing = &domain.StandingScheme{MinSessions: w.number("至少次数"), MinMembers: w.number("至少人数")}
		for _, c := range w.list("依次") {
			p.Standing.Criteria = append(p.Standing.Criteria, domain.Criterion(c))
		}
	case domain.ParticipationKind:
		p.Participation = &domain.ParticipationDefinition{MinMinutes: l.optionalMinutes("最低"), MinPercent: w.number("到场"), SmallestSize: w.number("最少人数"), TrainingCategories: w.list("培训")}
		for _, b := range w.list("口径") {
			p.Participation.Bases = append(p.Participation.Bases, basis(b))
		}
	case domain.IntegrityKind:
		p.Integrity = &domain.IntegrityPolicy{
			DayMinutes: l.optionalMinutes("一日"), BurstEntries: w.number("条数"), BurstMinutes: l.optionalMinutes("之内"), LateDays: w.number("工作日"),
		}
	case domain.CalendarKind:
		p.Calendar = l.calendar()
	case domain.ClosingKind:
		p.Closing = &domain.ClosingPolicy{Late: domain.LateRule(w.option("补录", ""))}
	case domain.ScorecardKind:
		p.Scorecard = &domain.Scorecard{}
		for _, item := range w.list("项目") {
			p.Scorecard.Items = append(p.Scorecard.Items, scoreItem(item))
		}
	}
	return p
}

// scoreItem reads talks:1:宣讲/讲座.
func scoreItem(s string) domain.ScorecardItem {
	f := strings.Split(s, ":")
	n, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		bad("%q is not an item such as talks:1:宣讲", s)
	}
	it := domain.ScorecardItem{Item: domain.ScoreItem(f[0]), Target: n}
	if len(f) > 2 {
		it.Categories = strings.Split(f[2], "/")
	}
	return it
}

// weight reads 抢险:3/2.
func weight(s string) domain.Weight {
	category, ratio, _ := strings.Cut(s, ":")
	n, d, ok := strings.Cut(ratio, "/")
	numerator, err := strconv.ParseInt(n, 10, 64)
	denominator, err2 := strconv.ParseInt(d, 10, 64)
	if !ok || err != nil || err2 != nil {
		bad("%q is not a weight such as 抢险:3/2", s)
	}
	return domain.Weight{Category: category, Numerator: numerator, Denominator: denominator}
}

func (l *ledger) optionalMinutes(key string) domain.Minutes {
	if v := l.args.option(key, ""); v != "" {
		return minutes(v)
	}
	return 0
}

func (l *ledger) donationVerbs() map[string]func() domain.Command {
	w := l.args
	d := donation(w.at(1))
	l.gift(w.at(1))
	return with(l.giftUseVerbs(d), map[string]func() domain.Command{
		"收到": func() domain.Command {
			return &domain.ReceiveDonation{
				Donation: d, Donor: domain.DonorID{UUID: id("donor", w.option("捐赠人", "匿名"))}, Gift: l.giftValue(),
				DonorName: w.option("捐赠人", ""), Row: row(w.option("行", "")), Person: l.personOrNone(w.option("本人", "无")),
			}
		},
		"更正": func() domain.Command {
			return &domain.ProposeDonationCorrection{
				Donation: d, Gift: l.giftValue(), DonorName: w.option("捐赠人", ""), Reason: w.option("理由", ""),
				Note: w.option("说明", ""), Row: row(w.option("行", "")),
			}
		},
		"批准": func() domain.Command {
			return &domain.DecideDonationCorrection{Donation: d, Proposal: proposalNo(w.at(3)), Approve: true}
		},
		"批准行": func() domain.Command {
			return &domain.DecideDonationCorrection{Donation: d, Row: row(w.at(3)), Approve: true}
		},
		"不准": func() domain.Command {
			return &domain.DecideDonationCorrection{Donation: d, Proposal: proposalNo(w.at(3)), Reason: w.option("理由", "")}
		},
	})
}

func (l *ledger) gift(label string) {
	for _, g := range l.gifts {
		if g == label {
			return
		}
	}
	l.gifts = append(l.gifts, label)
}

// giftValue reads 2026-03-01 现金 100.00; an amount that is not one becomes a
// negative amount, so that the domain refuses it.
func (l *ledger) giftValue() domain.Gift {
	w := l.args
	kinds := map[string]domain.GiftKind{"现金": domain.Cash, "物资": domain.Goods, "支持": domain.InKind}
	amount, err := domain.ParseFen(w.at(5))
	if err != nil {
		amount = -1
	}
	kind, ok := kinds[w.at(4)]
	if !ok {
		kind = domain.GiftKind(w.at(4))
	}
	g := domain.Gift{
		Day: day(w.at(3)), Kind: kind, Support: domain.SupportKind(w.option("方式", "")), Amount: amount, Community: community(w.option("社区", "430702001007")),
		Organisation: organisation(w.option("单位", "")), DonorKind: domain.DonorKind(w.option("类型", "individual")),
		Publication: domain.Publication(w.option("公布", "")), Purpose: w.option("用途", ""),
		Receipt: domain.Receipt{State: domain.ReceiptState(w.option("票据", "")), Number: w.option("票号", "")},
	}
	for _, item := range w.list("物品") {
		g.Items = append(g.Items, giftItem(item))
	}
	return g
}

// giftItem reads 大米:10:袋:500.00:voucher.
func giftItem(s string) domain.Item {
	f := strings.Split(s, ":")
	for i := range f {
		f[i] = literal(f[i])
	}
	if len(f) != 5 {
		bad("%q is not an item such as 大米:10:袋:500.00:voucher", s)
	}
	n, err := strconv.ParseInt(f[1], 10, 64)
	value, err2 := domain.ParseFen(f[3])
	if err != nil || err2 != nil {
		bad("%q is not an item", s)
	}
	return domain.Item{Name: f[0], Quantity: n * 1000, Unit: f[2], Value: value, Basis: domain.ValuationBasis(f[4])}
}
