package wire

import "zhishu/domain"

func writePeriod(w *writer, p *domain.Period) {
	w.key("period")
	w.begin()
	w.date("from", p.From)
	w.date("to", p.To)
	w.end()
}

func readPeriod(r *reader, p *domain.Period) {
	if !r.need("period") {
		return
	}
	r.begin()
	p.From = r.date("from")
	p.To = r.date("to")
	r.end()
}

func writePeriodClosed(w *writer, e *domain.PeriodClosed) { writePeriod(w, &e.Period) }

func readPeriodClosed(r *reader, ref *domain.StreamRef, e *domain.PeriodClosed) {
	e.Code = ref.Community
	readPeriod(r, &e.Period)
}

func writePeriodReopeningProposed(w *writer, e *domain.PeriodReopeningProposed) {
	writePeriod(w, &e.Period)
}

func readPeriodReopeningProposed(r *reader, ref *domain.StreamRef, e *domain.PeriodReopeningProposed) {
	e.Code = ref.Community
	readPeriod(r, &e.Period)
}

func writePeriodReopened(w *writer, e *domain.PeriodReopened) {
	writePeriod(w, &e.Period)
	w.int("proposal", int64(e.Proposal))
}

func readPeriodReopened(r *reader, ref *domain.StreamRef, e *domain.PeriodReopened) {
	e.Code = ref.Community
	readPeriod(r, &e.Period)
	e.Proposal = readProposal(r)
}

func writePeriodReopeningRefused(w *writer, e *domain.PeriodReopeningRefused) {
	writePeriod(w, &e.Period)
	w.int("proposal", int64(e.Proposal))
}

func readPeriodReopeningRefused(r *reader, ref *domain.StreamRef, e *domain.PeriodReopeningRefused) {
	e.Code = ref.Community
	readPeriod(r, &e.Period)
	e.Proposal = readProposal(r)
}

func writeClosing(w *writer, c *domain.ClosingPolicy) { w.text("late", string(c.Late)) }

func readClosing(r *reader, c *domain.ClosingPolicy) { c.Late = domain.LateRule(r.text("late")) }
