package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// Share is a part of a gift.
type Share struct {
	Amount Money  `json:"amount"`
	Items  []Item `json:"items"`
}

func share(s domain.Share) Share { return Share{Amount(s.Amount), items(s.Items)} }

// ReceiptOf is what the donor got in return.
type ReceiptOf struct {
	State   string `json:"state,omitempty" doc:"issued, waived or anonymous; absent: nobody said"`
	StateZh string `json:"stateZh"`
	Code    string `json:"code,omitempty"`
	Number  string `json:"number,omitempty"`
	Check   string `json:"check,omitempty"`
}

// GiftStep is one step in what became of a gift.
type GiftStep struct {
	Type     string `json:"type" doc:"Stored event type"`
	Zh       string `json:"zh"`
	En       string `json:"en"`
	Day      string `json:"day,omitempty" format:"date"`
	Share    Share  `json:"share"`
	Evidence int    `json:"evidence" doc:"Pieces of evidence behind it"`
	At       string `json:"at" format:"date-time"`
}

// Allocation is a part of a gift set aside for a use.
type Allocation struct {
	Allocation   uint32     `json:"allocation" doc:"Number within the donation's record"`
	Purpose      string     `json:"purpose,omitempty"`
	Organisation string     `json:"organisation,omitempty" doc:"That is to have it"`
	Community    string     `json:"community,omitempty"`
	Open         Share      `json:"open" doc:"Not delivered yet"`
	Delivered    Share      `json:"delivered"`
	Steps        []GiftStep `json:"steps"`
}

// Enquiry is a donor's question. Its words are sealed; the donor's words tell them.
type Enquiry struct {
	Enquiry    uint32 `json:"enquiry" doc:"Number within the donation's record"`
	AskedAt    string `json:"askedAt" format:"date-time"`
	Answered   bool   `json:"answered"`
	AnsweredAt string `json:"answeredAt,omitempty" format:"date-time"`
}

// DonorGift is one gift with everything that happened to it.
type DonorGift struct {
	Donation    string           `json:"donation"`
	Day         string           `json:"day,omitempty" format:"date"`
	Kind        string           `json:"kind" enum:"cash,goods,in-kind"`
	KindZh      string           `json:"kindZh"`
	Amount      Money            `json:"amount"`
	Items       []Item           `json:"items"`
	Community   string           `json:"community,omitempty" doc:"That received it"`
	Purpose     string           `json:"purpose,omitempty" doc:"定向用途"`
	Receipt     ReceiptOf        `json:"receipt"`
	Publication string           `json:"publication,omitempty" doc:"What may be published today; absent: not asked"`
	Left        Share            `json:"left" doc:"Neither allocated nor returned"`
	Allocations []Allocation     `json:"allocations"`
	Returns     []GiftStep       `json:"returns"`
	Corrections []GiftCorrection `json:"corrections"`
	Enquiries   []Enquiry        `json:"enquiries"`
}

// Donor is what a donor may see of every gift given.
type Donor struct {
	Footing
	Donor string      `json:"donor"`
	Gifts []DonorGift `json:"gifts" doc:"In the order they were recorded"`
}

// DonorOf makes a donor's account.
func DonorOf(d projections.DonorAccount) Donor {
	out := Donor{Footing: Foot(d.Footing), Donor: id(d.Donor.UUID), Gifts: []DonorGift{}}
	for _, g := range d.Gifts {
		out.today = append(append(out.today, string(g.Level)...), 0)
		out.Gifts = append(out.Gifts, donorGift(g))
	}
	return out
}

func donorGift(g projections.DonorGift) DonorGift {
	x := &g.Gift
	out := DonorGift{
		Donation: id(g.Donation.UUID), Day: day(x.Day), Kind: string(x.Kind), KindZh: GiftKindZh(x.Kind, x.Support),
		Amount: Amount(x.Amount), Items: items(x.Items), Community: code(x.Community), Purpose: x.Purpose,
		Receipt:     ReceiptOf{string(x.Receipt.State), receipts[x.Receipt.State].zh, x.Receipt.Code, x.Receipt.Number, x.Receipt.Check},
		Publication: string(g.Level), Left: share(g.Left), Allocations: []Allocation{}, Returns: giftSteps(g.Returns),
		Corrections: giftCorrections(g.Corrections), Enquiries: []Enquiry{},
	}
	for _, a := range g.Allocations {
		out.Allocations = append(out.Allocations, Allocation{
			Allocation: uint32(a.No), Purpose: a.Purpose, Organisation: id(a.Organisation.UUID), Community: code(a.Community),
			Open: share(a.Open), Delivered: share(a.Delivered), Steps: giftSteps(a.Steps),
		})
	}
	for _, q := range g.Enquiries {
		e := Enquiry{Enquiry: uint32(q.No), AskedAt: q.AskedAt.String(), Answered: q.Answered}
		if q.Answered {
			e.AnsweredAt = q.AnswerAt.String()
		}
		out.Enquiries = append(out.Enquiries, e)
	}
	return out
}

// steps of what becomes of a gift, by stored event type and step reversed.
var giftWords = map[string]words{
	"donation-allocated":               {"拨付", "allocated"},
	"donation-delivered":               {"交付", "delivered"},
	"donation-returned":                {"退还捐赠人", "returned to the donor"},
	"donation-use-reversed/allocation": {"收回拨付", "allocation reversed"},
	"donation-use-reversed/delivery":   {"收回交付", "delivery reversed"},
}

func giftSteps(list []projections.GiftStep) []GiftStep {
	out := make([]GiftStep, 0, len(list))
	for _, s := range list {
		key := s.Type
		if s.Step != "" {
			key += "/" + string(s.Step)
		}
		w := giftWords[key]
		out = append(out, GiftStep{s.Type, w.zh, w.en, day(s.Day), share(s.Share), s.Evidence, s.At.String()})
	}
	return out
}
