package api

import (
	"context"
	"slices"

	"zhishu/api/figures"
	"zhishu/domain"
)

// ThingBody is how much of a thing is used.
type ThingBody struct {
	Name     string `json:"name" minLength:"1" maxLength:"200"`
	Quantity string `json:"quantity" pattern:"^[0-9]{1,12}(\\.[0-9]{1,3})?$" patternDescription:"a number with at most three decimals" example:"12.5"`
	Unit     string `json:"unit,omitempty" maxLength:"200" doc:"As the gift names it"`
}

// ShareBody is a part of a gift and the day something became of it.
type ShareBody struct {
	Day    string      `json:"day" format:"date"`
	Amount string      `json:"amount,omitempty" pattern:"^[0-9]{1,13}(\\.[0-9]{1,2})?$" patternDescription:"yuan with at most two decimals" doc:"Yuan, of a gift of cash" example:"500"`
	Items  []ThingBody `json:"items,omitempty" maxItems:"50"`
}

func (b *ShareBody) read(r *reader) (day domain.Day, amount domain.Fen, items []domain.Item) {
	for _, it := range b.Items {
		items = append(items, domain.Item{Name: it.Name, Quantity: r.thousandths(it.Quantity, "items"), Unit: it.Unit})
	}
	return r.day(b.Day, "day"), r.fen(b.Amount, "amount"), items
}

// AllocationPath is embedded where the path names an allocation.
type AllocationPath struct {
	DonationPath
	Allocation uint32 `path:"no" maximum:"4294967295" doc:"Number of the allocation"`
}

type allocateInput struct {
	WriteInput
	DonationPath
	Body struct {
		ShareBody
		Purpose      string `json:"purpose,omitempty" maxLength:"200" doc:"What it is for; a recipient who is a person is not named"`
		Organisation string `json:"organisation,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"That is to have it"`
		Community    string `json:"community,omitempty" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"That is to have it"`
	}
}

type deliverInput struct {
	WriteInput
	AllocationPath
	Body struct {
		ShareBody
		Organisation string         `json:"organisation,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"That took it over"`
		Evidence     []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

type reverseInput struct {
	WriteInput
	AllocationPath
	Body struct {
		ShareBody
		ReasonBody
		Step string `json:"step" enum:"allocation,delivery" doc:"allocation: what is not delivered falls back to what is left; delivery: into the allocation"`
	}
}

type returnInput struct {
	WriteInput
	DonationPath
	Body struct {
		ShareBody
		ReasonBody
	}
}

// giftUses registers what becomes of gifts.
func giftUses(r *routes) {
	figure(r, operation{
		id: "get-gift-uses", path: "/v1/donations/uses", tag: "donations", summary: "What became of the gifts of a period (捐赠去向)",
		doc:   "Received, allocated, delivered, returned and left, of money and of every thing, in all and by community.",
		codes: []string{CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong, CodeSumOutOfRange},
	}, func(_ context.Context, s *Server, in *donationsQuery) (figures.GiftUses, error) {
		f, err := in.filter()
		if err != nil {
			return figures.GiftUses{}, err
		}
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.GiftUses{}, err
		}
		uses, err := v.GiftUses(f)
		return figures.GiftUsesOf(uses), err
	})
	codes := []domain.Code{domain.SubjectUnknown, domain.DateInFuture, domain.AmountInvalid, domain.WrongOrganisation, domain.DateTooEarly}
	write(r, operation{
		id: "allocate-donation", path: "/v1/donations/{id}/allocations", tag: "donations", permission: "donation.use",
		summary: "Set a part of a gift aside for a use (拨付)",
	}, slices.Concat(codes, []domain.Code{domain.CommunityInvalid, domain.MoreThanReceived}), allocate)
	codes = append(codes, domain.AllocationUnknown, domain.MoreThanAllocated)
	write(r, operation{
		id: "deliver-donation", path: "/v1/donations/{id}/allocations/{no}/deliveries", tag: "donations", permission: "donation.use",
		summary: "Record what was delivered of an allocation (交付)", doc: "By another account than allocated it.",
	}, append(codes, domain.SameAccount), deliver)
	write(r, operation{
		id: "reverse-donation-use", path: "/v1/donations/{id}/allocations/{no}/reversals", tag: "donations", permission: "donation.use",
		summary: "Take back a delivery, or what was not delivered of an allocation (收回)",
	}, codes, reverse)
	write(r, operation{
		id: "return-donation", path: "/v1/donations/{id}/returns", tag: "donations", permission: "donation.use",
		summary: "Record what went back to the donor (退还)", doc: "By another account than received it.",
	}, []domain.Code{domain.SubjectUnknown, domain.DateInFuture, domain.AmountInvalid, domain.WrongOrganisation, domain.DateTooEarly,
		domain.SameAccount, domain.MoreThanReceived}, giveBack)
}

func allocate(ctx context.Context, s *Server, in *allocateInput) (*recordedOutput, error) {
	read := reader{}
	c := &domain.AllocateDonation{
		Donation: in.donation(), Purpose: in.Body.Purpose, Organisation: domain.OrganisationID{UUID: uuidOf(in.Body.Organisation)},
		Community: read.community(in.Body.Community, "community"),
	}
	c.Day, c.Amount, c.Items = in.Body.read(&read)
	if read.err != nil {
		return nil, read.err
	}
	out, err := s.do(ctx, &in.WriteInput, c)
	if err == nil {
		out.Body.Allocation = out.Body.FirstRevision
	}
	return out, err
}

func deliver(ctx context.Context, s *Server, in *deliverInput) (*recordedOutput, error) {
	read := reader{}
	c := &domain.DeliverDonation{
		Donation: in.donation(), Allocation: domain.AllocationNo(in.Allocation),
		Organisation: domain.OrganisationID{UUID: uuidOf(in.Body.Organisation)}, Evidence: s.evidence(in.Body.Evidence),
	}
	c.Day, c.Amount, c.Items = in.Body.read(&read)
	if read.err != nil {
		return nil, read.err
	}
	return s.do(ctx, &in.WriteInput, c)
}

func reverse(ctx context.Context, s *Server, in *reverseInput) (*recordedOutput, error) {
	read := reader{}
	c := &domain.ReverseDonationUse{
		Donation: in.donation(), Allocation: domain.AllocationNo(in.Allocation), Step: domain.UseStep(in.Body.Step), Reason: in.Body.Reason,
	}
	c.Day, c.Amount, c.Items = in.Body.read(&read)
	if read.err != nil {
		return nil, read.err
	}
	return s.do(ctx, &in.WriteInput, c)
}

func giveBack(ctx context.Context, s *Server, in *returnInput) (*recordedOutput, error) {
	read := reader{}
	c := &domain.ReturnDonation{Donation: in.donation(), Reason: in.Body.Reason}
	c.Day, c.Amount, c.Items = in.Body.read(&read)
	if read.err != nil {
		return nil, read.err
	}
	return s.do(ctx, &in.WriteInput, c)
}
