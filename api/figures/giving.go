package figures

import (
	"strconv"
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

// Giving is what a person gave. It stands in a statement for the person alone and
// for who may open who gave each gift: a volunteer number that lists a published
// gift would say whose number it is.
type Giving struct {
	Gifts []StatementGift `json:"gifts" doc:"By day, then number"`
	Note  DiffSentence    `json:"note" doc:"Which gifts are listed"`
}

// StatementGift is a gift in the statement of the person who gave it.
type StatementGift struct {
	Person string `json:"person,omitempty" doc:"Number it was given under, when that is another of the person's"`
	Stream string `json:"stream" doc:"Of the gift: with @ and a sentence's revision, a receipt is asked for"`
	DonorGift
	Pending uint32     `json:"pending,omitempty" doc:"Number of a correction that waits for a second person"`
	Story   []Sentence `json:"story" doc:"Everything that happened to it in plain sentences, and how it stands"`
}

// GiftWords opens the free words of an event of a gift for a reader who may see them.
type GiftWords func(gift domain.DonationID, revision uint64) (text string, ok bool)

// What of a person's gifts is listed.
var (
	EveryGift = DiffSentence{"列出登记在此人各编号名下的全部捐赠，包括匿名捐赠。", "Every gift recorded under one of the person's numbers is listed, anonymous ones too."}
	TheirGift = DiffSentence{"只列出本账号范围内的社区收到的捐赠；其他社区收到的，由此人自己查看。", "Only gifts received within the account's scope are listed; the person sees those received elsewhere."}
)

// GivingOf lists a person's gifts. Without words the free words are told as sealed.
func GivingOf(person domain.PersonID, gifts []projections.StatementGift, note DiffSentence, words GiftWords) *Giving {
	out := &Giving{Gifts: make([]StatementGift, 0, len(gifts)), Note: note}
	for i := range gifts {
		out.Gifts = append(out.Gifts, statementGift(person, &gifts[i], words))
	}
	return out
}

func statementGift(person domain.PersonID, g *projections.StatementGift, words GiftWords) StatementGift {
	out := StatementGift{Stream: g.Donation.Stream(), DonorGift: donorGift(g.DonorGift), Pending: uint32(g.Pending), Story: giftStory(g, words)}
	if g.Person != person {
		out.Person = id(g.Person.UUID)
		n := g.Person.String()
		out.Story = append(out.Story, Sentence{Zh: "登记在此人的另一编号 " + n + " 名下。", En: "It was given under another number of the person, " + n + "."})
	}
	return out
}

// giftStory tells a gift's life and how it stands.
func giftStory(g *projections.StatementGift, words GiftWords) []Sentence {
	t := giftTeller{gift: g.Donation, words: words, offered: map[uint64]*domain.Gift{}}
	for i := range g.Life {
		t.tell(&g.Life[i])
	}
	t.stands(g)
	return t.out
}

// giftTeller keeps the value that stands while it goes from event to event.
type giftTeller struct {
	gift    domain.DonationID
	words   GiftWords
	value   *domain.Gift
	offered map[uint64]*domain.Gift // by proposal
	out     []Sentence
}

func (t *giftTeller) say(zh, en string) {
	t.out = append(t.out, Sentence{Zh: zh + "。", En: capital(en) + "."})
}

func (t *giftTeller) tell(e *projections.GiftEvent) {
	s := giftSentenceOf(e)
	zh, en := t.fill(s.tells, e)
	zh, en = clock(e.At)+"，"+actorZh(&e.LifeEvent)+zh, clock(e.At)+": "+actorEn(&e.LifeEvent)+" "+en
	if s.reason.zh != "" {
		reasonZh, reasonEn := t.said(s.reason, e.Revision)
		zh, en = zh+reasonZh, en+reasonEn
	}
	at := e.Revision
	t.out = append(t.out, Sentence{At: e.At.String(), Revision: &at, Zh: zh + "。", En: en + "."})
	switch {
	case e.Gift != nil && t.value == nil:
		t.value = e.Gift
	case e.Gift != nil:
		t.offered[e.Revision] = e.Gift
	case e.Type == (*domain.DonationCorrectionApproved)(nil).Type() && t.offered[uint64(e.Proposal)] != nil:
		t.value = t.offered[uint64(e.Proposal)]
	}
}

// said is the free words of an event where they may be read. Words that most
// events have none of are not called sealed: nobody could tell.
func (t *giftTeller) said(w words, revision uint64) (zh, en string) {
	if t.words == nil {
		if w == remark || w == alias {
			return "", ""
		}
		return "；" + w.zh + sealedReason.zh, ". " + w.en + sealedReason.en
	}
	text, ok := t.words(t.gift, revision)
	if !ok {
		return "", ""
	}
	return "；" + w.zh + "：“" + text + "”", ". " + w.en + ": “" + text + "”"
}

// fill puts what an event says between the braces.
func (t *giftTeller) fill(w words, e *projections.GiftEvent) (zh, en string) {
	number := func(n uint64) string { return strconv.FormatUint(n, 10) }
	pairsZh := []string{"{revision}", number(e.Revision), "{proposal}", number(uint64(e.Proposal)), "{allocation}", number(uint64(e.Allocation)),
		"{enquiry}", number(uint64(e.Enquiry)), "{day}", e.Day.String(), "{giver}", e.Giver.String(), "{basis}", string(e.Basis)}
	pairsEn := append([]string(nil), pairsZh...)
	both := func(key string, w words) { pairsZh, pairsEn = append(pairsZh, key, w.zh), append(pairsEn, key, w.en) }
	both("{share}", shareWords(e.Share))
	both("{use}", useWords(e))
	both("{backed}", backedWords(e.Evidence))
	both("{publication}", publications[e.Allowed])
	if e.Gift != nil {
		both("{gift}", giftValueWords(e.Gift))
		if t.value != nil {
			both("{changes}", giftChanges(t.value, e.Gift))
		}
	}
	note := words{}
	if e.Note != "" {
		note = words{"；更正说明：“" + e.Note + "”", ". Published note: “" + e.Note + "”"}
	}
	both("{note}", note)
	return strings.NewReplacer(pairsZh...).Replace(w.zh), strings.NewReplacer(pairsEn...).Replace(w.en)
}

// stands tells what holds at the point of view. What may be published is today's.
func (t *giftTeller) stands(g *projections.StatementGift) {
	r := receiptWords(&g.Gift.Receipt)
	t.say("票据"+r.zh, "receipt "+r.en)
	if left := shareWords(g.Left); left.zh == "" {
		t.say("已全部拨付或退还，没有剩余", "all of it is allocated or returned, nothing is left")
	} else {
		t.say("尚未拨付也未退还的："+left.zh, "neither allocated nor returned: "+left.en)
	}
	for i := range g.Allocations {
		a := &g.Allocations[i]
		if open := shareWords(a.Open); open.zh != "" {
			no := strconv.FormatUint(uint64(a.No), 10)
			t.say("第 "+no+" 号拨付尚未交付的："+open.zh, "of allocation no. "+no+" not delivered yet: "+open.en)
		}
	}
	if g.Pending != 0 {
		t.say("有一项更正待批，批准前照原值", "a correction waits: the present value stands until it is approved")
	}
	p := publications[g.Level]
	t.say("今日可公布的方式："+p.zh, "what may be published today: "+p.en)
}
