package domain_test

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"zhishu/domain"
)

// giftUseVerbs are the commands on what becomes of a gift, and on what its
// donor says.
func (l *ledger) giftUseVerbs(d domain.DonationID) map[string]func() domain.Command {
	w := l.args
	return map[string]func() domain.Command{
		"拨付": func() domain.Command {
			return &domain.AllocateDonation{
				Donation: d, Day: day(w.at(3)), Amount: fen(w.at(4)), Items: parts(w.list("物品")), Purpose: w.option("用途", ""),
				Organisation: organisation(w.option("给单位", "")), Community: giftCommunity(w.option("给社区", "")),
			}
		},
		"交付": func() domain.Command {
			return &domain.DeliverDonation{
				Donation: d, Allocation: domain.AllocationNo(ordinal(w.at(3), "拨付")), Day: day(w.at(4)), Amount: fen(w.at(5)),
				Items: parts(w.list("物品")), Evidence: []domain.Evidence{{Kind: "receipt", Place: w.option("存放", "")}},
			}
		},
		"退还": func() domain.Command {
			return &domain.ReturnDonation{
				Donation: d, Day: day(w.at(3)), Amount: fen(w.at(4)), Items: parts(w.list("物品")), Reason: w.option("理由", ""),
			}
		},
		"收回": func() domain.Command {
			steps := map[string]domain.UseStep{"拨付": domain.StepAllocation, "交付": domain.StepDelivery}
			return &domain.ReverseDonationUse{
				Donation: d, Allocation: domain.AllocationNo(ordinal(w.at(3), "拨付")), Step: steps[w.at(4)], Day: day(w.at(5)),
				Amount: fen(w.at(6)), Items: parts(w.list("物品")), Reason: w.option("理由", ""),
			}
		},
		"公布": func() domain.Command {
			return &domain.AgreePublication{
				Donation: d, Publication: domain.Publication(w.at(3)), Day: day(w.at(4)), Basis: domain.Basis(w.option("依据", "")),
				Alias: w.option("别名", ""),
			}
		},
		"不再公布": func() domain.Command { return &domain.WithdrawPublication{Donation: d, Day: day(w.at(3))} },
		"查询":   func() domain.Command { return &domain.AskDonation{Donation: d, Question: w.option("问", "")} },
		"答复": func() domain.Command {
			return &domain.AnswerDonor{Donation: d, Enquiry: domain.EnquiryNo(ordinal(w.at(3), "查询")), Answer: w.option("答", "")}
		},
		"认赠": func() domain.Command {
			return &domain.ProposeDonationGiver{
				Donation: d, Giver: l.personOrNone(w.at(3)), Reason: w.option("理由", ""),
				Evidence: []domain.Evidence{{Kind: domain.EvidenceKind(w.option("证据", "receipt"))}},
			}
		},
		"准认赠": func() domain.Command {
			return &domain.DecideDonationGiver{Donation: d, Proposal: proposalNo(w.at(3)), Giver: l.personOrNone(w.at(4)), Approve: true}
		},
		"不准认赠": func() domain.Command {
			return &domain.DecideDonationGiver{Donation: d, Proposal: proposalNo(w.at(3)), Giver: l.personOrNone(w.at(4)), Reason: w.option("理由", "")}
		},
	}
}

// giftGiver is who is known to have given a gift.
func (l *ledger) giftGiver() string {
	s := l.state(donation(l.args.at(1)).Stream()).(*domain.Donation)
	if s.Giver.IsZero() {
		return "无"
	}
	return l.people[s.Giver]
}

// with joins two sets of verbs.
func with(a, b map[string]func() domain.Command) map[string]func() domain.Command {
	maps.Copy(a, b)
	return a
}

// fen is negative for what is not an amount, so that the domain refuses it.
func fen(s string) domain.Fen {
	f, err := domain.ParseFen(s)
	if err != nil {
		return -1
	}
	return f
}

func giftCommunity(s string) domain.CommunityCode {
	if s == "" {
		return 0
	}
	if c := community(s); c != 0 {
		return c
	}
	return 1 // no code, so that the domain refuses it
}

func ordinal(s, what string) uint32 {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, what), 10, 32)
	if err != nil {
		bad("%q is not %s with its number", s, what)
	}
	return uint32(n)
}

// parts reads 大米:2:袋, one or several.
func parts(list []string) (items []domain.Item) {
	for _, s := range list {
		f := strings.Split(s, ":")
		if len(f) < 3 {
			bad("%q is not a thing such as 大米:2:袋", s)
		}
		n, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			bad("%q has no quantity", s)
		}
		it := domain.Item{Name: literal(f[0]), Quantity: n * 1000, Unit: literal(f[2])}
		if len(f) == 4 {
			it.Value = fen(f[3])
		}
		items = append(items, it)
	}
	return items
}

// giftUse tells where a gift went: 剩余, then each allocation, then what went back.
func (l *ledger) giftUse() string {
	s := l.state(donation(l.args.at(1)).Stream()).(*domain.Donation)
	left := map[string]int64{}
	count := func(to map[string]int64, amount domain.Fen, items []domain.Item, sign int64) {
		to[""] += sign * int64(amount)
		for _, it := range items {
			to[it.Name+"/"+it.Unit] += sign * it.Quantity
		}
	}
	if s.Gift.Kind == domain.Cash {
		left[""] = int64(s.Gift.Amount)
	}
	count(left, 0, s.Gift.Items, 1)
	for _, a := range s.Use.Allocations {
		count(left, a.Open.Amount+a.Delivered.Amount, a.Open.Items, -1)
		count(left, 0, a.Delivered.Items, -1)
	}
	count(left, s.Use.Returned.Amount, s.Use.Returned.Items, -1)
	var rest []domain.Item
	for _, it := range s.Gift.Items {
		it.Quantity = left[it.Name+"/"+it.Unit]
		rest = append(rest, it)
	}
	text := "剩余" + share(domain.Share{Amount: domain.Fen(left[""]), Items: rest})
	for _, a := range s.Use.Allocations {
		text += fmt.Sprintf(" 拨付%d待交%s已交%s", a.No, share(a.Open), share(a.Delivered))
	}
	if back := share(s.Use.Returned); back != "无" {
		text += " 退还" + back
	}
	return text
}

func share(s domain.Share) string {
	var texts []string
	if s.Amount != 0 {
		texts = append(texts, s.Amount.String())
	}
	for _, it := range s.Items {
		if it.Quantity != 0 {
			texts = append(texts, fmt.Sprintf("%s%d%s", it.Name, it.Quantity/1000, it.Unit))
		}
	}
	if len(texts) == 0 {
		return "无"
	}
	return strings.Join(texts, "、")
}

func (l *ledger) giftPublication() string {
	if p := l.state(donation(l.args.at(1)).Stream()).(*domain.Donation).Publication; p != domain.PublishNotAsked {
		return string(p)
	}
	return "未征询"
}
