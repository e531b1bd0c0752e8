package figures

import (
	"testing"

	"zhishu/domain"
	"zhishu/projections"
)

func giftListed(l projections.GiftList) GiftList {
	out, err := GiftListOf(l, func(r projections.GiftRow) (string, error) {
		return map[domain.Publication]string{domain.PublishName: "某书店"}[r.Level], nil
	})
	if err != nil {
		panic(err)
	}
	return out
}

func giftList() projections.GiftList {
	goods := projections.GiftVersion{Day: date("2026-03-05"), Kind: domain.Goods, DonorKind: domain.Unit, Valued: 50_000, Community: here,
		Items: []domain.Item{{Name: "大米", Quantity: 12_500, Unit: "公斤", Value: 50_000, Basis: domain.ByFairValue}, {Name: "旧书", Quantity: 30_000, Unit: "册", Basis: domain.NotValued}}}
	venue := projections.GiftVersion{Day: date("2026-03-06"), Kind: domain.InKind, Support: domain.VenueOpened, DonorKind: domain.Unit, Community: here,
		Items: []domain.Item{{Name: "礼堂", Quantity: 500, Unit: "天", Basis: domain.NotValued}}}
	cash := projections.GiftVersion{Day: date("2026-03-07"), Kind: domain.Cash, DonorKind: domain.Individual, Amount: 10_000, Community: here}
	return projections.GiftList{
		Footing: foot(), Filter: projections.DonationFilter{Division: here.Division(), Period: domain.YearPeriod(2026)},
		Totals: projections.GiftTotals{
			Cash: projections.GiftSum{Count: 1, Fen: 10_000}, Goods: projections.GiftSum{Count: 1, Valued: 50_000, Unvalued: 1},
			Unvalued: []projections.ThingCount{{Name: "旧书", Unit: "册", Quantity: 30_000, Gifts: 1}},
			Support:  []projections.SupportCount{{Support: domain.VenueOpened, Gifts: 1, Things: []projections.ThingCount{{Name: "礼堂", Unit: "天", Quantity: 500, Gifts: 1}}}},
		},
		Rows: []projections.GiftRow{
			{Donation: domain.DonationID{UUID: uuid(4)}, Donor: domain.DonorID{UUID: uuid(77)}, Level: domain.PublishName, Gift: goods},
			{Donation: domain.DonationID{UUID: uuid(5)}, Donor: domain.DonorID{UUID: uuid(78)}, Level: domain.PublishAlias, Gift: venue},
			{Donation: domain.DonationID{UUID: uuid(6)}, Donor: domain.DonorID{UUID: uuid(79)}, Gift: cash,
				Corrections: []projections.GiftCorrection{{At: 40, Day: date("2026-03-08"), Before: 8_000, After: 10_000, Note: "少列二十元"}}},
		},
	}
}

func giftUses() projections.GiftUses {
	use := projections.CommunityUse{Gifts: 3, Money: projections.UseSum{Received: 10_000, Allocated: 6_000, Delivered: 5_000, Returned: 1_000},
		Things: []projections.ThingUse{{Name: "大米", Unit: "公斤", UseSum: projections.UseSum{Received: 12_500, Allocated: 2_250}}}}
	own := use
	own.Community = here
	return projections.GiftUses{Footing: foot(), Filter: projections.DonationFilter{Period: domain.AllTime}, Total: use, Communities: []projections.CommunityUse{own}}
}

func donorAccount() projections.DonorAccount {
	at := instant("2026-03-10T04:00:00Z")
	half := domain.Share{Amount: 5_000}
	return projections.DonorAccount{Footing: foot(), Donor: domain.DonorID{UUID: uuid(77)}, Gifts: []projections.DonorGift{{
		Donation: domain.DonationID{UUID: uuid(6)}, Level: domain.PublishAnonymous, Left: domain.Share{Amount: 1_000},
		Gift: domain.Gift{Day: date("2026-03-07"), Kind: domain.Cash, Amount: 10_000, Community: here, DonorKind: domain.Individual,
			Receipt: domain.Receipt{State: domain.ReceiptIssued, Code: "湘财", Number: "001", Check: "a1"}, Purpose: "助学"},
		Allocations: []projections.DonorAllocation{{No: 1, Purpose: "助学", Community: here, Open: half, Delivered: domain.Share{Amount: 3_000}, Steps: []projections.GiftStep{
			{Type: "donation-allocated", Day: date("2026-03-08"), Share: domain.Share{Amount: 8_000}, At: at},
			{Type: "donation-delivered", Day: date("2026-03-09"), Share: half, Evidence: 1, At: at},
			{Type: "donation-use-reversed", Step: domain.StepDelivery, Day: date("2026-03-09"), Share: domain.Share{Amount: 2_000}, At: at},
		}}},
		Returns:   []projections.GiftStep{{Type: "donation-returned", Day: date("2026-03-09"), Share: domain.Share{Amount: 1_000}, At: at}},
		Enquiries: []projections.DonorEnquiry{{No: 5, AskedAt: at}, {No: 6, AskedAt: at, Answered: true, AnswerAt: at}},
	}}}
}

// TestTheValidatorKnowsWhatIsAllowed: the figure changes with the word of a
// donor, though no fact before the point of view did.
func TestTheValidatorKnowsWhatIsAllowed(t *testing.T) {
	l := giftList()
	before := giftListed(l)
	l.Rows[0].Level = domain.PublishAnonymous
	after := giftListed(l)
	if before.Rows[0].Shown != "某书店" || after.Rows[0].Shown != AnonymousDonor || before.Validator() == after.Validator() {
		t.Errorf("%+v %+v", before.Rows[0], after.Rows[0])
	}
}

func TestQuantity(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 1: "0.001", 12_500: "12.5", 1_000: "1", 1_010: "1.01", 999_999: "999.999"} {
		if got := Quantity(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
