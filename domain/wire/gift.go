package wire

import "zhishu/domain"

func writeGift(w *writer, g *domain.Gift) {
	w.key("gift")
	w.begin()
	w.date("day", g.Day)
	w.text("kind", string(g.Kind))
	w.text("support", string(g.Support))
	w.int("fen", int64(g.Amount))
	writeItems(w, g.Items)
	w.community("community", g.Community)
	w.uuid("organisation", g.Organisation.UUID)
	w.uuid("handler", g.Handler.UUID)
	w.text("donorKind", string(g.DonorKind))
	writeReceipt(w, &g.Receipt)
	w.text("publication", string(g.Publication))
	w.text("purpose", g.Purpose)
	w.end()
}

func readGift(r *reader, g *domain.Gift) {
	if !r.need("gift") {
		return
	}
	r.begin()
	g.Day = r.date("day")
	g.Kind = domain.GiftKind(r.text("kind"))
	g.Support = domain.SupportKind(r.text("support"))
	g.Amount = r.fen("fen")
	g.Items = readItems(r)
	g.Community = r.community("community")
	g.Organisation.UUID = r.uuid("organisation")
	g.Handler.UUID = r.uuid("handler")
	g.DonorKind = domain.DonorKind(r.text("donorKind"))
	readReceipt(r, &g.Receipt)
	g.Publication = domain.Publication(r.text("publication"))
	g.Purpose = r.text("purpose")
	r.end()
}

func writeReceipt(w *writer, p *domain.Receipt) {
	if *p == (domain.Receipt{}) {
		return
	}
	w.key("receipt")
	w.begin()
	w.text("state", string(p.State))
	w.text("code", p.Code)
	w.text("number", p.Number)
	w.text("check", p.Check)
	w.end()
}

func readReceipt(r *reader, p *domain.Receipt) {
	if !r.at("receipt") {
		return
	}
	r.begin()
	p.State = domain.ReceiptState(r.text("state"))
	p.Code = r.text("code")
	p.Number = r.text("number")
	p.Check = r.text("check")
	r.end()
	if *p == (domain.Receipt{}) {
		r.zero()
	}
}

func writeItems(w *writer, items []domain.Item) {
	writeList(w, "items", items, func(w *writer, it *domain.Item) {
		w.begin()
		w.text("name", it.Name)
		w.int("quantity", it.Quantity)
		w.text("unit", it.Unit)
		w.int("fen", int64(it.Value))
		w.text("basis", string(it.Basis))
		w.end()
	})
}

func readItems(r *reader) []domain.Item {
	return readList(r, "items", func(r *reader, it *domain.Item) {
		r.begin()
		it.Name = r.text("name")
		it.Quantity = r.int("quantity")
		it.Unit = r.text("unit")
		it.Value = r.fen("fen")
		it.Basis = domain.ValuationBasis(r.text("basis"))
		r.end()
	})
}
