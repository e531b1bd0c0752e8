package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// MoneyUse is what became of money.
type MoneyUse struct {
	Received  Money `json:"received"`
	Allocated Money `json:"allocated" doc:"Set aside for a use, delivered or not"`
	Delivered Money `json:"delivered"`
	Returned  Money `json:"returned" doc:"To the donors"`
	Left      Money `json:"left" doc:"Neither allocated nor returned"`
}

// ThingUse is what became of one thing.
type ThingUse struct {
	Name      string `json:"name"`
	Unit      string `json:"unit,omitempty"`
	Received  string `json:"received"`
	Allocated string `json:"allocated"`
	Delivered string `json:"delivered"`
	Returned  string `json:"returned"`
	Left      string `json:"left"`
}

// CommunityUse is what became of the gifts of one community.
type CommunityUse struct {
	Community string     `json:"community,omitempty" doc:"Absent: of organisations above communities, or of all"`
	Gifts     int64      `json:"gifts" doc:"That stand"`
	Money     MoneyUse   `json:"money"`
	Things    []ThingUse `json:"things"`
}

// GiftUses is what became of the gifts of a period (捐赠去向).
type GiftUses struct {
	Footing
	Division     string         `json:"division" doc:"Empty: the whole country"`
	Organisation string         `json:"organisation,omitempty"`
	Period       string         `json:"period" doc:"Of the gifts' own days; their use is everything up to the point of view"`
	Total        CommunityUse   `json:"total"`
	Communities  []CommunityUse `json:"communities"`
}

// GiftUsesOf makes the balance.
func GiftUsesOf(u projections.GiftUses) GiftUses {
	out := GiftUses{
		Footing: Foot(u.Footing), Division: u.Filter.Division.String(), Organisation: id(u.Filter.Organisation.UUID),
		Period: u.Filter.Period.String(), Total: communityUse(u.Total), Communities: []CommunityUse{},
	}
	for _, c := range u.Communities {
		out.Communities = append(out.Communities, communityUse(c))
	}
	return out
}

func communityUse(c projections.CommunityUse) CommunityUse {
	m := func(n int64) Money { return Amount(domain.Fen(n)) }
	out := CommunityUse{
		Community: code(c.Community), Gifts: c.Gifts, Things: []ThingUse{},
		Money: MoneyUse{m(c.Money.Received), m(c.Money.Allocated), m(c.Money.Delivered), m(c.Money.Returned), m(c.Money.Left())},
	}
	for _, t := range c.Things {
		out.Things = append(out.Things, ThingUse{
			t.Name, t.Unit, Quantity(t.Received), Quantity(t.Allocated), Quantity(t.Delivered), Quantity(t.Returned), Quantity(t.Left()),
		})
	}
	return out
}
