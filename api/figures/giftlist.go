package figures

import (
	"strconv"
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

// Item is one thing among those given or used.
type Item struct {
	Name     string `json:"name"`
	Quantity string `json:"quantity" example:"12.5"`
	Unit     string `json:"unit,omitempty"`
	Value    *Money `json:"value,omitempty" doc:"Absent: it could not be valued, or only its quantity matters here"`
	Basis    string `json:"basis,omitempty" doc:"voucher, fair or unvalued"`
	BasisZh  string `json:"basisZh,omitempty" example:"凭据"`
}

func items(list []domain.Item) []Item {
	out := make([]Item, 0, len(list))
	for _, it := range list {
		x := Item{Name: it.Name, Quantity: Quantity(it.Quantity), Unit: it.Unit, Basis: string(it.Basis), BasisZh: valuedBy[it.Basis].zh}
		if it.Value != 0 {
			m := Amount(it.Value)
			x.Value = &m
		}
		out = append(out, x)
	}
	return out
}

// Quantity writes thousandths with at most three decimals.
func Quantity(thousandths int64) string {
	whole := strconv.FormatInt(thousandths/1000, 10)
	rest := strings.TrimRight(strconv.FormatInt(1000+thousandths%1000, 10)[1:], "0")
	if rest == "" {
		return whole
	}
	return whole + "." + rest
}

// GiftKindZh and SupportZh name a gift's kind as sheets do.
func GiftKindZh(k domain.GiftKind, s domain.SupportKind) string {
	switch k {
	case domain.Cash:
		return "现金"
	case domain.Goods:
		return "物资"
	}
	return SupportZh(s)
}

// SupportZh names a way of support in kind.
func SupportZh(s domain.SupportKind) string {
	if w, ok := supports[s]; ok {
		return w.zh
	}
	return "实物支持"
}

// ThingCount is how much of a thing was given.
type ThingCount struct {
	Name     string `json:"name"`
	Unit     string `json:"unit,omitempty"`
	Quantity string `json:"quantity"`
	Gifts    int64  `json:"gifts"`
}

// SupportCount is support given in one way.
type SupportCount struct {
	Support   string       `json:"support,omitempty" doc:"venue, resources or people; absent where nobody said"`
	SupportZh string       `json:"supportZh"`
	Gifts     int64        `json:"gifts"`
	Amount    Money        `json:"amount" doc:"Where it was valued"`
	Things    []ThingCount `json:"things"`
}

// GiftTotals sums a list of gifts.
type GiftTotals struct {
	Cash     Gifts          `json:"cash"`
	Goods    Gifts          `json:"goods" doc:"valued is what they were valued at"`
	Unvalued []ThingCount   `json:"unvalued" doc:"Goods that could not be valued, named without an amount"`
	Support  []SupportCount `json:"support" doc:"Support in kind"`
}

// GiftCorrection is a published correction (更正).
type GiftCorrection struct {
	LedgerSize uint64 `json:"ledgerSize" doc:"Before the approval"`
	Day        string `json:"day,omitempty" format:"date"`
	Before     Money  `json:"before"`
	After      Money  `json:"after"`
	Note       string `json:"note,omitempty" doc:"更正说明"`
}

// PublishedGift is one gift as it may be published.
type PublishedGift struct {
	Donation    string           `json:"donation"`
	Day         string           `json:"day,omitempty" format:"date"`
	Shown       string           `json:"shown" doc:"The donor as the donor allows today: name, alias, or 匿名"`
	Publication string           `json:"publication,omitempty" doc:"name, alias or anonymous; absent: the donor was not asked"`
	DonorKind   string           `json:"donorKind"`
	Kind        string           `json:"kind" enum:"cash,goods,in-kind"`
	KindZh      string           `json:"kindZh"`
	Amount      Money            `json:"amount"`
	Valued      Money            `json:"valued" doc:"What items were valued at"`
	Items       []Item           `json:"items"`
	Community   string           `json:"community,omitempty"`
	Corrections []GiftCorrection `json:"corrections"`
}

// GiftList is the list of gifts as it may be published (捐赠公示).
type GiftList struct {
	Footing
	Division     string          `json:"division" doc:"Empty: the whole country"`
	Organisation string          `json:"organisation,omitempty"`
	Period       string          `json:"period"`
	Total        GiftTotals      `json:"total" doc:"Of the whole list"`
	Rows         []PublishedGift `json:"rows" doc:"By day, then number"`
	Next         string          `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// AnonymousDonor stands for a donor who is not named.
const AnonymousDonor = "匿名"

// GiftListOf makes the list. shown says who a donor is who allows name or
// alias; it is asked for nobody else.
func GiftListOf(l projections.GiftList, shown func(projections.GiftRow) (string, error)) (GiftList, error) {
	out := GiftList{
		Footing: Foot(l.Footing), Division: l.Filter.Division.String(), Organisation: id(l.Filter.Organisation.UUID),
		Period: l.Filter.Period.String(), Total: giftTotals(l.Totals), Rows: []PublishedGift{},
	}
	for _, r := range l.Rows {
		g := PublishedGift{
			Donation: id(r.Donation.UUID), Day: day(r.Gift.Day), Shown: AnonymousDonor, Publication: string(r.Level),
			DonorKind: string(r.Gift.DonorKind), Kind: string(r.Gift.Kind), KindZh: GiftKindZh(r.Gift.Kind, r.Gift.Support),
			Amount: Amount(r.Gift.Amount), Valued: Amount(r.Gift.Valued), Items: items(r.Gift.Items), Community: code(r.Gift.Community),
			Corrections: giftCorrections(r.Corrections),
		}
		if r.Level == domain.PublishName || r.Level == domain.PublishAlias {
			name, err := shown(r)
			if err != nil {
				return out, err
			}
			if name != "" {
				g.Shown = name
			}
		}
		// What is allowed, and the name, are today's: the point of view does not tell.
		out.today = append(append(out.today, g.Publication+"\x00"+g.Shown...), 0)
		out.Rows = append(out.Rows, g)
	}
	return out, nil
}

func giftCorrections(list []projections.GiftCorrection) []GiftCorrection {
	out := make([]GiftCorrection, 0, len(list))
	for _, c := range list {
		out = append(out, GiftCorrection{uint64(c.At), day(c.Day), Amount(c.Before), Amount(c.After), c.Note})
	}
	return out
}

func giftTotals(t projections.GiftTotals) GiftTotals {
	out := GiftTotals{Cash: gifts(t.Cash), Goods: gifts(t.Goods), Unvalued: thingCounts(t.Unvalued), Support: []SupportCount{}}
	for _, s := range t.Support {
		out.Support = append(out.Support, SupportCount{string(s.Support), SupportZh(s.Support), s.Gifts, Amount(s.Fen), thingCounts(s.Things)})
	}
	return out
}

func thingCounts(list []projections.ThingCount) []ThingCount {
	out := make([]ThingCount, 0, len(list))
	for _, t := range list {
		out = append(out, ThingCount{t.Name, t.Unit, Quantity(t.Quantity), t.Gifts})
	}
	return out
}
