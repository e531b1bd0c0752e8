package figures

import (
	"strconv"
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

var (
	alias    = words{"化名", "Alias"}
	question = words{"查询内容", "Question"}
	answer   = words{"答复内容", "Answer"}
)

// giftSentences is every sentence there is about an event of a gift, by stored
// event type; a reversal's stand under the type and what was reversed, and a
// giver's under it and whether one was named. Between braces stands what the event
// says.
var giftSentences = map[string]sentence{
	"donation-received": {words{"登记捐赠", "gift recorded"},
		words{"登记捐赠：{gift}", "recorded the gift: {gift}"}, remark},
	"donation-correction-proposed": {words{"提出更正", "correction proposed"},
		words{"提出更正（第 {revision} 号申请）：{changes}{note}", "proposed a correction (no. {revision}): {changes}{note}"}, because},
	"donation-correction-approved": {words{"批准更正", "correction approved"},
		words{"批准第 {proposal} 号申请，更正生效", "approved proposal no. {proposal}: the correction takes effect"}, words{}},
	"donation-correction-refused": {words{"不批准更正", "correction refused"},
		words{"不批准第 {proposal} 号申请，捐赠照原值", "refused proposal no. {proposal}: the gift stays as it is"}, because},
	"donation-allocated": {words{"拨付", "allocated"},
		words{"拨付 {share}（第 {revision} 号拨付）{use}，日期 {day}", "allocated {share} (no. {revision}){use} on {day}"}, words{}},
	"donation-delivered": {words{"交付", "delivered"},
		words{"交付第 {allocation} 号拨付的 {share}{use}，日期 {day}{backed}", "delivered {share} of allocation no. {allocation}{use} on {day}{backed}"}, words{}},
	"donation-returned": {words{"退还捐赠人", "returned to the donor"},
		words{"退还捐赠人 {share}，日期 {day}", "returned {share} to the donor on {day}"}, because},
	"donation-use-reversed allocation": {words{"收回拨付", "allocation reversed"},
		words{"收回第 {allocation} 号拨付的 {share}，日期 {day}", "took {share} back from allocation no. {allocation} on {day}"}, because},
	"donation-use-reversed delivery": {words{"收回交付", "delivery reversed"},
		words{"收回第 {allocation} 号拨付已交付的 {share}，日期 {day}", "took {share} back that were delivered of allocation no. {allocation}, on {day}"}, because},
	"donation-publication-agreed": {words{"登记公布意见", "word about publication recorded"},
		words{"登记捐赠人的公布意见：{publication}，依据 {basis}，日期 {day}", "recorded what the donor allows: {publication}, on the basis of {basis}, {day}"}, alias},
	"donation-publication-withdrawn": {words{"撤回公布", "publication withdrawn"},
		words{"登记捐赠人不愿再公布姓名，日期 {day}", "recorded that the donor no longer wants to be named, {day}"}, words{}},
	"donation-enquired": {words{"查询", "enquiry"},
		words{"登记捐赠人的查询（第 {revision} 号）", "recorded a question of the donor (no. {revision})"}, question},
	"donation-enquiry-answered": {words{"答复查询", "enquiry answered"},
		words{"答复第 {enquiry} 号查询", "answered question no. {enquiry}"}, answer},
	"donation-giver-proposed": {words{"提出认赠", "giver proposed"},
		words{"提出这笔捐赠由编号 {giver} 所赠（第 {revision} 号申请）{backed}", "proposed that the gift was given by the number {giver} (no. {revision}){backed}"}, because},
	"donation-giver-proposed nobody": {words{"提出撤销认赠", "taking a giver back proposed"},
		words{"提出这笔捐赠的捐赠人并未登记为志愿者（第 {revision} 号申请）{backed}", "proposed that whoever gave the gift is not enrolled (no. {revision}){backed}"}, because},
	"donation-giver-approved": {words{"批准认赠", "giver approved"},
		words{"批准第 {proposal} 号申请，从此列入编号 {giver} 的个人清单", "approved proposal no. {proposal}: from here on it stands in the statement of the number {giver}"}, words{}},
	"donation-giver-approved nobody": {words{"批准撤销认赠", "taking a giver back approved"},
		words{"批准第 {proposal} 号申请，从此不列入任何人的个人清单", "approved proposal no. {proposal}: from here on it stands in nobody's statement"}, words{}},
	"donation-giver-refused": {words{"不批准认赠", "giver refused"},
		words{"不批准第 {proposal} 号申请，捐赠人照原登记", "refused proposal no. {proposal}: who gave it stays as it is"}, because},
}

// giftSentenceOf is the sentence of an event; one nobody has written says the type.
func giftSentenceOf(e *projections.GiftEvent) sentence {
	kind := e.Type
	switch {
	case e.Step != "":
		kind += " " + string(e.Step)
	case e.Giver.IsZero() && (e.Type == (*domain.DonationGiverProposed)(nil).Type() || e.Type == (*domain.DonationGiverApproved)(nil).Type()):
		kind += " nobody"
	}
	if s, ok := giftSentences[kind]; ok {
		return s
	}
	w := words{kind, kind}
	return sentence{short: w, tells: w}
}

var publications = map[domain.Publication]words{
	domain.PublishName: {"署名", "by name"}, domain.PublishAlias: {"用化名", "under an alias"},
	domain.PublishAnonymous: {"匿名", "anonymously"}, domain.PublishNotAsked: {"未征询，按匿名", "anonymously, as the donor was not asked"},
}

var giftKinds = map[domain.GiftKind]words{
	domain.Cash: {"现金", "cash"}, domain.Goods: {"物资", "goods"}, domain.InKind: {"实物支持", "support in kind"},
}

var supports = map[domain.SupportKind]words{
	domain.VenueOpened: {"开放场地", "a venue opened"}, domain.ResourcesProvided: {"提供资源", "resources provided"}, domain.PeopleSeconded: {"派出人员", "people seconded"},
}

var valuedBy = map[domain.ValuationBasis]words{
	domain.ByVoucher: {"凭据", "by voucher"}, domain.ByFairValue: {"公允", "at fair value"}, domain.NotValued: {"未计价", "not valued"},
}

var receipts = map[domain.ReceiptState]words{
	domain.ReceiptIssued: {"已开具", "issued"}, domain.ReceiptWaived: {"放弃领取", "waived"},
	domain.ReceiptNone: {"匿名，未开具", "none, the gift is anonymous"}, domain.ReceiptNotGiven: {"未注明", "not stated"},
}

func receiptWords(r *domain.Receipt) words {
	w := receipts[r.State]
	for _, x := range []struct {
		value string
		words
	}{{r.Code, words{"代码", "code"}}, {r.Number, words{"号码", "number"}}, {r.Check, words{"校验码", "check"}}} {
		if x.value != "" {
			w.zh, w.en = w.zh+"，"+x.zh+" "+x.value, w.en+", "+x.en+" "+x.value
		}
	}
	return w
}

// giftValueWords is a whole value as a phrase.
func giftValueWords(g *domain.Gift) words {
	w := joined(worthWords(g), words{"，日期 " + g.Day.String(), " on " + g.Day.String()})
	if g.Purpose != "" {
		w = joined(w, words{"，定向用途“" + g.Purpose + "”", ", for “" + g.Purpose + "”"})
	}
	r, p := receiptWords(&g.Receipt), publications[g.Publication]
	return joined(w, words{"，票据" + r.zh + "，公布方式：" + p.zh, ", receipt " + r.en + ", to be published " + p.en})
}

// itemWords lists things with what they were valued at and on which basis.
func itemWords(list []domain.Item) words {
	var zh, en []string
	for _, it := range list {
		b, unit := valuedBy[it.Basis], ""
		if it.Unit != "" {
			unit = " " + it.Unit
		}
		oneZh, oneEn := it.Name+" "+Quantity(it.Quantity)+it.Unit, Quantity(it.Quantity)+unit+" of "+it.Name
		switch {
		case it.Value != 0:
			oneZh, oneEn = oneZh+"（"+b.zh+"计价 "+it.Value.String()+" 元）", oneEn+" ("+it.Value.String()+" yuan "+b.en+")"
		case it.Basis != "":
			oneZh, oneEn = oneZh+"（"+b.zh+"）", oneEn+" ("+b.en+")"
		}
		zh, en = append(zh, oneZh), append(en, oneEn)
	}
	return words{strings.Join(zh, "、"), strings.Join(en, ", ")}
}

// shareWords is a part of a gift; empty for nothing.
func shareWords(s domain.Share) words {
	w := itemWords(s.Items)
	if s.Amount == 0 {
		return w
	}
	money := words{s.Amount.String() + " 元", s.Amount.String() + " yuan"}
	if w.zh == "" {
		return money
	}
	return words{money.zh + "、" + w.zh, money.en + ", " + w.en}
}

// useWords is what an allocation is for, or who took a delivery over.
func useWords(e *projections.GiftEvent) (w words) {
	u := &e.Use
	if u.Words != "" {
		w = words{"，用于“" + u.Words + "”", " for “" + u.Words + "”"}
	}
	if !u.Organisation.IsZero() {
		w.zh, w.en = w.zh+"，由单位 "+id(u.Organisation.UUID)+" 接收", w.en+", to organisation "+id(u.Organisation.UUID)
	}
	if u.Community != 0 {
		w.zh, w.en = w.zh+"，由社区 "+code(u.Community)+" 接收", w.en+", to community "+code(u.Community)
	}
	return w
}

func backedWords(pieces int) words {
	if pieces == 0 {
		return words{}
	}
	n := strconv.Itoa(pieces)
	return words{"，凭证 " + n + " 件", ", evidence: " + n}
}

// giftChanges says what a correction changes, from what to what.
func giftChanges(from, to *domain.Gift) words {
	var zh, en []string
	note := func(what words, was, becomes words) {
		if was == becomes {
			return
		}
		for _, w := range []*words{&was, &becomes} {
			if w.zh == "" {
				*w = words{"—", "—"}
			}
		}
		zh, en = append(zh, what.zh+"由 "+was.zh+" 改为 "+becomes.zh), append(en, what.en+" from "+was.en+" to "+becomes.en)
	}
	same := func(s string) words { return words{s, s} }
	kind := func(g *domain.Gift) words {
		if s, ok := supports[g.Support]; ok {
			return s
		}
		return giftKinds[g.Kind]
	}
	note(words{"日期", "day"}, same(from.Day.String()), same(to.Day.String()))
	note(words{"种类", "kind"}, kind(from), kind(to))
	note(words{"金额", "amount"}, shareWords(domain.Share{Amount: from.Amount}), shareWords(domain.Share{Amount: to.Amount}))
	note(words{"物品", "things"}, itemWords(from.Items), itemWords(to.Items))
	note(words{"用途", "purpose"}, same(from.Purpose), same(to.Purpose))
	note(words{"票据", "receipt"}, receiptWords(&from.Receipt), receiptWords(&to.Receipt))
	note(words{"公布方式", "publication"}, publications[from.Publication], publications[to.Publication])
	note(words{"经办人", "handler"}, same(id(from.Handler.UUID)), same(id(to.Handler.UUID)))
	note(words{"捐赠人种类", "kind of donor"}, same(string(from.DonorKind)), same(string(to.DonorKind)))
	if len(zh) == 0 {
		return words{"捐赠人姓名或备注（内容封存）", "the donor's name or the remark (sealed)"}
	}
	return words{strings.Join(zh, "；"), strings.Join(en, "; ")}
}

func joined(a, b words) words { return words{a.zh + b.zh, a.en + b.en} }

// worthWords is what was given, without when, what for and how it is published.
func worthWords(g *domain.Gift) words {
	w := giftKinds[g.Kind]
	if s, ok := supports[g.Support]; ok {
		w = s
	}
	if things := itemWords(g.Items); things.zh != "" {
		w = joined(w, words{" " + things.zh, " " + things.en})
	}
	sum := g.Amount.String()
	switch {
	case g.Amount == 0:
		return w
	case g.Kind == domain.Cash:
		return joined(w, words{" " + sum + " 元", " " + sum + " yuan"})
	}
	return joined(w, words{"，整笔作价 " + sum + " 元", ", " + sum + " yuan altogether"})
}
