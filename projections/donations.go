package projections

import "zhishu/domain"

// DonationFilter chooses gifts: those a division's communities received, or
// those an organisation received.
type DonationFilter struct {
	Division     domain.Division
	Organisation domain.OrganisationID // when set, Division is not looked at
	Period       domain.Period
}

// Donations sums the gifts that stand.
type Donations struct {
	Footing
	Filter    DonationFilter
	Total     GiftSum
	ByMonth   []MonthGifts
	ByDonor   []DonorGifts
	ByKind    []KindGifts
	ByImport  []ImportGifts // the zero import: entered by hand
	Corrected int64         // gifts whose standing value is a correction
	Pending   int64         // corrections that wait for a second person
}

// GiftSum is a number of gifts and what they are worth. Fen sums the amounts;
// Valued sums what single items of goods were valued at, and Unvalued counts
// gifts with an item without value.
type GiftSum struct {
	Count    int64
	Fen      domain.Fen
	Valued   domain.Fen
	Unvalued int64
}

type MonthGifts struct {
	Month domain.Month
	GiftSum
}

type DonorGifts struct {
	Donor domain.DonorKind
	GiftSum
}

type KindGifts struct {
	Kind domain.GiftKind
	GiftSum
}

type ImportGifts struct {
	Import domain.ImportID
	GiftSum
}

// DonationTrail is every value a donation has had.
type DonationTrail struct {
	Footing
	Donation domain.DonationID
	Donor    domain.DonorID
	Person   domain.PersonID // when the donor is enrolled
	Versions []GiftVersion   // in the order they were offered
}

// GiftVersion is one value and the ledger sizes it stood for.
type GiftVersion struct {
	Offered      domain.Size // size before the event that brought it
	From         domain.Size // since when it stood; zero with State pending or refused
	To           domain.Size // until when; zero while it stands or waits
	State        GiftState
	Day          domain.Day
	Kind         domain.GiftKind
	Amount       domain.Fen
	Valued       domain.Fen
	Community    domain.CommunityCode
	Organisation domain.OrganisationID
	DonorKind    domain.DonorKind
	Publication  domain.Publication
	Import       domain.ImportID
	Row          uint32
}

// GiftState is where a value of a donation stands.
type GiftState string

const (
	GiftStands     GiftState = "stands"
	GiftPending    GiftState = "pending"    // a correction that waits
	GiftSuperseded GiftState = "superseded" // corrected later
	GiftRefused    GiftState = "refused"    // a correction that was refused
)
