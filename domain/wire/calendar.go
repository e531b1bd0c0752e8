package wire

import "zhishu/domain"

func writeCalendar(w *writer, c *domain.Calendar) {
	w.date("from", c.From)
	w.date("to", c.To)
	writeList(w, "holidays", c.Holidays, func(w *writer, h *domain.Holiday) {
		w.begin()
		w.text("name", h.Name)
		w.date("from", h.From)
		w.date("to", h.To)
		w.end()
	})
	writeList(w, "working", c.Working, writeDay)
}

func readCalendar(r *reader, c *domain.Calendar) {
	c.From = r.date("from")
	c.To = r.date("to")
	c.Holidays = readList(r, "holidays", func(r *reader, h *domain.Holiday) {
		r.begin()
		h.Name = r.text("name")
		h.From = r.date("from")
		h.To = r.date("to")
		r.end()
	})
	c.Working = readList(r, "working", func(r *reader, d *domain.Day) { *d = r.dateValue() })
}

func writeDay(w *writer, d *domain.Day) {
	if *d < firstDay || *d > lastDay {
		w.fail(w.last, "the date is missing")
	}
	w.b = append(w.b, '"')
	w.b = d.AppendText(w.b)
	w.b = append(w.b, '"')
}
