package api

import "zhishu/domain"

// ItemBody is one thing among donated goods.
type ItemBody struct {
	Name     string `json:"name" minLength:"1" maxLength:"200"`
	Quantity string `json:"quantity" pattern:"^[0-9]{1,12}(\\.[0-9]{1,3})?$" patternDescription:"a number with at most three decimals" example:"12.5"`
	Unit     string `json:"unit,omitempty" maxLength:"200"`
	Value    string `json:"value,omitempty" pattern:"^[0-9]{1,13}(\\.[0-9]{1,2})?$" patternDescription:"yuan with at most two decimals" doc:"Yuan; absent when it cannot be valued"`
	Basis    string `json:"basis" enum:"voucher,fair,unvalued" doc:"凭据, 公允, 未计价"`
}

// ReceiptBody is what the donor got in return.
type ReceiptBody struct {
	State  string `json:"state,omitempty" enum:"issued,waived,anonymous"`
	Code   string `json:"code,omitempty" maxLength:"200"`
	Number string `json:"number,omitempty" maxLength:"200"`
	Check  string `json:"check,omitempty" maxLength:"200"`
}

// GiftBody is the whole value of a donation.
type GiftBody struct {
	Day          string      `json:"day" format:"date"`
	Kind         string      `json:"kind" enum:"cash,goods,in-kind"`
	Support      string      `json:"support,omitempty" enum:"venue,resources,people" doc:"Of support in kind: 开放场地, 提供资源, 派出人员"`
	Amount       string      `json:"amount,omitempty" pattern:"^[0-9]{1,13}(\\.[0-9]{1,2})?$" patternDescription:"yuan with at most two decimals" doc:"Yuan; needed for cash" example:"1280.50"`
	Items        []ItemBody  `json:"items,omitempty" maxItems:"50" doc:"Of goods and support in kind"`
	Community    string      `json:"community,omitempty" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"That receives it"`
	Organisation string      `json:"organisation,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"That receives it"`
	Handler      string      `json:"handler,omitempty" maxLength:"32" pattern:"^[a-z0-9-]+$" doc:"Account handle of who took it in (经办人)"`
	DonorKind    string      `json:"donorKind" enum:"individual,unit,unknown"`
	DonorName    string      `json:"donorName,omitempty" maxLength:"200" doc:"Sealed under a key of the donor's own; needed unless anonymous"`
	Receipt      ReceiptBody `json:"receipt,omitempty"`
	Publication  string      `json:"publication,omitempty" enum:"name,alias,anonymous" doc:"What the donor allowed; absent: not asked"`
	Purpose      string      `json:"purpose,omitempty" maxLength:"200" doc:"定向用途"`
	Remark       string      `json:"remark,omitempty" maxLength:"500" doc:"Sealed"`
}

func (s *Server) gift(r *reader, b *GiftBody) domain.Gift {
	g := domain.Gift{
		Day: r.day(b.Day, "day"), Kind: domain.GiftKind(b.Kind), Support: domain.SupportKind(b.Support), Amount: r.fen(b.Amount, "amount"),
		Community: r.community(b.Community, "community"), Organisation: domain.OrganisationID{UUID: uuidOf(b.Organisation)},
		DonorKind: domain.DonorKind(b.DonorKind), Publication: domain.Publication(b.Publication), Purpose: b.Purpose,
		Receipt: domain.Receipt{
			State: domain.ReceiptState(b.Receipt.State), Code: b.Receipt.Code, Number: b.Receipt.Number, Check: b.Receipt.Check,
		},
	}
	if b.Handler != "" {
		if !domain.ValidHandle(b.Handler) {
			r.refuse(domain.FieldInvalid, "handler")
		}
		g.Handler = s.accountOf(b.Handler)
	}
	for _, it := range b.Items {
		g.Items = append(g.Items, domain.Item{
			Name: it.Name, Quantity: r.thousandths(it.Quantity, "items"), Unit: it.Unit,
			Value: r.fen(it.Value, "items"), Basis: domain.ValuationBasis(it.Basis),
		})
	}
	return g
}
