package figures

import "zhishu/projections"

// Gifts is a number of gifts and what they are worth.
type Gifts struct {
	Count    int64 `json:"count"`
	Amount   Money `json:"amount" doc:"Sum of the amounts"`
	Valued   Money `json:"valued" doc:"What items of goods were valued at"`
	Unvalued int64 `json:"unvalued" doc:"Gifts with an item that could not be valued"`
}

func gifts(s projections.GiftSum) Gifts {
	return Gifts{Count: s.Count, Amount: Amount(s.Fen), Valued: Amount(s.Valued), Unvalued: s.Unvalued}
}

type (
	// MonthGifts is one month's.
	MonthGifts struct {
		Month string `json:"month" example:"2026-03"`
		Gifts
	}
	// DonorGifts is those of one kind of donor.
	DonorGifts struct {
		DonorKind string `json:"donorKind" doc:"individual, unit or unknown"`
		Gifts
	}
	// KindGifts is those of one kind.
	KindGifts struct {
		Kind string `json:"kind" doc:"cash, goods or in-kind"`
		Gifts
	}
	// ImportGifts is those one import brought.
	ImportGifts struct {
		Import string `json:"import,omitempty" doc:"Absent: entered by hand"`
		Gifts
	}
)

// Donations sums the gifts that stand.
type Donations struct {
	Footing
	Division     string        `json:"division" doc:"Empty: the whole country"`
	Organisation string        `json:"organisation,omitempty" doc:"Set: gifts this organisation received"`
	Period       string        `json:"period"`
	Total        Gifts         `json:"total"`
	ByMonth      []MonthGifts  `json:"byMonth"`
	ByDonor      []DonorGifts  `json:"byDonor"`
	ByKind       []KindGifts   `json:"byKind"`
	ByImport     []ImportGifts `json:"byImport"`
	Corrected    int64         `json:"corrected" doc:"Gifts whose value is a correction (更正)"`
	Pending      int64         `json:"pending" doc:"Corrections that wait for a second person"`
}

// DonationsOf makes the sums of a division or an organisation.
func DonationsOf(d projections.Donations) Donations {
	out := Donations{
		Footing: Foot(d.Footing), Division: d.Filter.Division.String(), Organisation: id(d.Filter.Organisation.UUID),
		Period: d.Filter.Period.String(), Total: gifts(d.Total), Corrected: d.Corrected, Pending: d.Pending,
		ByMonth: []MonthGifts{}, ByDonor: []DonorGifts{}, ByKind: []KindGifts{}, ByImport: []ImportGifts{},
	}
	for _, m := range d.ByMonth {
		out.ByMonth = append(out.ByMonth, MonthGifts{m.Month.String(), gifts(m.GiftSum)})
	}
	for _, m := range d.ByDonor {
		out.ByDonor = append(out.ByDonor, DonorGifts{string(m.Donor), gifts(m.GiftSum)})
	}
	for _, m := range d.ByKind {
		out.ByKind = append(out.ByKind, KindGifts{string(m.Kind), gifts(m.GiftSum)})
	}
	for _, m := range d.ByImport {
		out.ByImport = append(out.ByImport, ImportGifts{id(m.Import.UUID), gifts(m.GiftSum)})
	}
	return out
}

// GiftVersion is one value a donation has had, and when it stood.
type GiftVersion struct {
	State        string `json:"state" enum:"stands,pending,superseded,refused"`
	StateZh      string `json:"stateZh"`
	OfferedAt    uint64 `json:"offeredAt" doc:"Ledger size before the event that brought it"`
	From         uint64 `json:"from,omitempty" doc:"Ledger size since when it stood"`
	To           uint64 `json:"to,omitempty" doc:"Ledger size until when; absent while it stands"`
	Day          string `json:"day,omitempty" format:"date"`
	Kind         string `json:"kind"`
	Amount       Money  `json:"amount"`
	Valued       Money  `json:"valued"`
	Community    string `json:"community,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	DonorKind    string `json:"donorKind"`
	Publication  string `json:"publication,omitempty" doc:"What the donor allowed; absent when not asked"`
	Import       string `json:"import,omitempty"`
	Row          uint32 `json:"row,omitempty"`
}

var giftStates = map[projections.GiftState]string{
	projections.GiftStands: "现行", projections.GiftPending: "待批更正",
	projections.GiftSuperseded: "已被更正", projections.GiftRefused: "未批更正",
}

// DonationTrail is every value a donation has had.
type DonationTrail struct {
	Footing
	Donation string        `json:"donation"`
	Versions []GiftVersion `json:"versions" doc:"In the order they were offered"`
}

// Trail makes a donation's trail. Who gave it stays inside, as the donor's number
// and as an enrolled person's: either would tie a donor's gifts together, and the
// second tell a volunteer's number by a name that is published.
func Trail(d projections.DonationTrail) DonationTrail {
	out := DonationTrail{
		Footing: Foot(d.Footing), Donation: id(d.Donation.UUID),
		Versions: make([]GiftVersion, 0, len(d.Versions)),
	}
	for _, v := range d.Versions {
		out.Versions = append(out.Versions, GiftVersion{
			State: string(v.State), StateZh: giftStates[v.State], OfferedAt: uint64(v.Offered), From: uint64(v.From),
			To: uint64(v.To), Day: day(v.Day), Kind: string(v.Kind), Amount: Amount(v.Amount), Valued: Amount(v.Valued),
			Community: code(v.Community), Organisation: id(v.Organisation.UUID), DonorKind: string(v.DonorKind),
			Publication: string(v.Publication), Import: id(v.Import.UUID), Row: v.Row,
		})
	}
	return out
}
