package imports

import (
	"encoding/binary"
	"strings"

	"zhishu/domain"
	"zhishu/sheets"
)

// gift reads a donation row. What the domain would refuse is refused here
// already, so that a dry run tells it.
func (r *reader) gift(row sheets.Row, l line) error {
	if err := r.elsewhere(row); err != nil {
		return err
	}
	if err := row.Require(sheets.Donor, sheets.DateField); err != nil {
		return err
	}
	date, err := row.Date(sheets.DateField)
	if err != nil {
		return err
	}
	amount, err := row.Fen(sheets.Amount)
	if err != nil {
		return err
	}
	if !row.Has(sheets.Item) && !row.Has(sheets.Amount) {
		return row.Require(sheets.Amount)
	}
	name := row.Name(sheets.Donor)
	g := gift{donor: name, remark: row.Text(sheets.Remark), value: domain.Gift{
		Day: day(date), Kind: domain.Cash, Amount: domain.Fen(amount), Community: r.job.Community, Organisation: r.job.Organisation,
		DonorKind: donorKind(name), Purpose: r.word(row.Text(sheets.Purpose)),
	}}
	if row.Has(sheets.Item) {
		// The amount, if any, is the gift's; the sheet does not say on what
		// basis the goods were valued, so the item itself stays unvalued.
		item, err := r.item(row)
		if err != nil {
			return err
		}
		g.value.Kind, g.value.Items = domain.Goods, []domain.Item{item}
	}
	if number := row.Text(sheets.Receipt); number != "" {
		if len(number) > 64 {
			return row.Refuse(sheets.Receipt, sheets.CodeCellTooLong)
		}
		g.value.Receipt = domain.Receipt{State: domain.ReceiptIssued, Number: number}
	}
	if err := r.judgeGift(g); err != nil {
		return err
	}
	l.alike = r.alikeGift(g)
	r.out.lines = append(r.out.lines, l)
	r.out.gifts = append(r.out.gifts, g)
	return nil
}

// item reads goods: thousandths of the unit, one piece when the sheet gives no
// quantity.
func (r *reader) item(row sheets.Row) (domain.Item, error) {
	item := domain.Item{Name: row.Text(sheets.Item), Quantity: 1000, Unit: row.Text(sheets.MeasureUnit), Basis: domain.NotValued}
	if s := row.Text(sheets.Specification); s != "" {
		item.Name += "（" + s + "）"
	}
	if !row.Has(sheets.Quantity) {
		return item, nil
	}
	text := row.Cell(sheets.Quantity).Text
	if d, code := sheets.ParseDecimal(text); code == "" && d.Scale <= 3 {
		item.Quantity = d.Digits
		for range 3 - d.Scale {
			item.Quantity *= 10
		}
		return item, nil
	}
	n, measure, code := sheets.ParseCount(text)
	if code != "" || n > 1<<40 {
		return item, row.Refuse(sheets.Quantity, sheets.CodeNumberForm)
	}
	item.Quantity = n * 1000
	if item.Unit == "" {
		item.Unit = strings.TrimSpace(measure)
	}
	return item, nil
}

// judgeGift asks the domain whether such a gift may be recorded at all.
func (r *reader) judgeGift(g gift) error {
	_, err := new(domain.Donation).Decide(&domain.ReceiveDonation{
		Donation: probe.donation, Donor: probe.donor, Gift: g.value, DonorName: g.donor, Remark: g.remark,
	}, r.by, r.now)
	return err
}

// alikeGift is the keyed hash of what two gifts share that look alike.
func (r *reader) alikeGift(g gift) uint64 {
	var b [12]byte
	binary.BigEndian.PutUint32(b[:4], uint32(g.value.Day))
	binary.BigEndian.PutUint64(b[4:], uint64(g.value.Amount))
	mac := r.keyed.Mac("alike/donations", b[:], []byte(sheets.Fold(g.donor)))
	return binary.BigEndian.Uint64(mac[:8])
}

// probe are identities for questions to the domain; they are never stored.
var probe = struct {
	donation domain.DonationID
	donor    domain.DonorID
	person   domain.PersonID
	group    domain.GroupID
}{domain.DonationID{UUID: domain.UUID{15: 1}}, domain.DonorID{UUID: domain.UUID{15: 1}}, domain.PersonID{UUID: domain.UUID{15: 1}}, domain.GroupID{UUID: domain.UUID{15: 1}}}
