package wire

import "zhishu/domain"

// The day of a span with a start is the civil day of the start.
func writeSpan(w *writer, s *domain.Span) {
	w.key("span")
	w.begin()
	if s.Start == 0 {
		w.date("day", s.Day)
	} else if s.Day != s.Start.Day() {
		w.fail("span", "the day is not the day of the start")
	}
	w.instant("start", s.Start)
	w.instant("end", s.End)
	w.int("minutes", int64(s.Minutes))
	w.end()
}

func readSpan(r *reader, s *domain.Span) {
	if !r.need("span") {
		return
	}
	r.begin()
	given := r.at("day")
	if given {
		s.Day = r.dateValue()
	}
	s.Start = r.instant("start")
	switch {
	case s.Start != 0 && given:
		r.fail("a span with a start has no day of its own")
	case s.Start != 0:
		s.Day = s.Start.Day()
	case !given:
		r.need("day")
	}
	s.End = r.instant("end")
	s.Minutes = r.minutes("minutes")
	r.end()
}

// The kind of a deed is written by those whose event type does not tell it.
func writeDeed(w *writer, d *domain.Deed, withKind bool) {
	kind := d.Kind.String()
	if kind == "" {
		w.fail("deed", "neither service nor study")
	}
	if d.Hours > domain.Credit {
		w.fail("hours", "neither honour nor credit")
	}
	w.key("deed")
	w.begin()
	if withKind {
		w.text("kind", kind)
	}
	writeSpan(w, &d.Span)
	w.text("title", d.Title)
	w.text("category", d.Category)
	w.text("place", d.Place)
	w.community("community", d.Community)
	w.uuid("organisation", d.Organisation.UUID)
	w.uuid("activity", d.Activity.UUID)
	if d.Hours == domain.Credit {
		w.text("hours", d.Hours.String())
	}
	w.text("layer", string(d.Layer))
	w.uuid("personInCharge", d.PersonInCharge.UUID)
	writeScheduled(w, &d.Scheduled)
	w.end()
}

func writeScheduled(w *writer, s *domain.Scheduled) {
	if *s == (domain.Scheduled{}) {
		return
	}
	w.key("scheduled")
	w.begin()
	w.int("minutes", int64(s.Minutes))
	w.int("revision", int64(s.Revision))
	w.end()
}

func readScheduled(r *reader, s *domain.Scheduled) {
	if !r.at("scheduled") {
		return
	}
	r.begin()
	s.Minutes = r.minutes("minutes")
	s.Revision = r.uint32("revision")
	r.end()
	if *s == (domain.Scheduled{}) {
		r.zero()
	}
}

// readDeed reads a deed of the kind given; zero: the deed tells it.
func readDeed(r *reader, d *domain.Deed, kind domain.EntryKind) {
	if !r.need("deed") {
		return
	}
	r.begin()
	d.Kind = kind
	if kind == 0 {
		d.Kind = readKind(r)
	}
	readSpan(r, &d.Span)
	d.Title = r.text("title")
	d.Category = r.text("category")
	d.Place = r.text("place")
	d.Community = r.community("community")
	d.Organisation.UUID = r.uuid("organisation")
	d.Activity.UUID = r.uuid("activity")
	if r.at("hours") {
		d.Hours = domain.Credit
		if r.textValue() != domain.Credit.String() {
			r.fail("unknown kind of hours")
		}
	}
	d.Layer = domain.Layer(r.text("layer"))
	d.PersonInCharge.UUID = r.uuid("personInCharge")
	readScheduled(r, &d.Scheduled)
	r.end()
}

func readKind(r *reader) domain.EntryKind {
	if !r.need("kind") {
		return 0
	}
	text := r.textValue()
	for _, k := range []domain.EntryKind{domain.Service, domain.Study} {
		if text == k.String() {
			return k
		}
	}
	r.fail("a deed is service or study")
	return 0
}

func writeEvidence(w *writer, list []domain.Evidence) {
	writeList(w, "evidence", list, func(w *writer, e *domain.Evidence) {
		w.begin()
		w.hash("hash", e.Hash)
		w.text("kind", string(e.Kind))
		w.text("place", e.Place)
		w.end()
	})
}

func readEvidence(r *reader) []domain.Evidence {
	return readList(r, "evidence", func(r *reader, e *domain.Evidence) {
		r.begin()
		e.Hash = r.hash("hash")
		e.Kind = domain.EvidenceKind(r.text("kind"))
		e.Place = r.text("place")
		r.end()
	})
}

func writeRow(w *writer, row *domain.Row) {
	if *row == (domain.Row{}) {
		return
	}
	w.key("row")
	w.begin()
	w.uuid("import", row.Import.UUID)
	w.int("number", int64(row.Number))
	w.print("print", row.Print)
	w.print("alike", row.Alike)
	w.end()
}

func readRow(r *reader, row *domain.Row) {
	if !r.at("row") {
		return
	}
	r.begin()
	row.Import.UUID = r.uuid("import")
	row.Number = r.uint32("number")
	row.Print = r.print("print")
	row.Alike = r.print("alike")
	r.end()
	if *row == (domain.Row{}) {
		r.zero()
	}
}
