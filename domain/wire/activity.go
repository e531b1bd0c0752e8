package wire

import "zhishu/domain"

func writePlan(w *writer, p *domain.Plan) {
	w.key("plan")
	w.begin()
	w.text("kind", string(p.Kind))
	w.text("title", p.Title)
	w.text("category", p.Category)
	w.text("place", p.Place)
	w.community("community", p.Community)
	w.uuid("organisation", p.Organisation.UUID)
	w.text("layer", string(p.Layer))
	w.instant("start", p.Start)
	w.instant("end", p.End)
	w.int("capacity", int64(p.Capacity))
	w.text("series", p.Series)
	w.uuid("makeupOf", p.MakeupOf.UUID)
	w.uuid("personInCharge", p.PersonInCharge.UUID)
	w.end()
}

func readPlan(r *reader, p *domain.Plan) {
	if !r.need("plan") {
		return
	}
	r.begin()
	p.Kind = domain.ActivityKind(r.text("kind"))
	p.Title = r.text("title")
	p.Category = r.text("category")
	p.Place = r.text("place")
	p.Community = r.community("community")
	p.Organisation.UUID = r.uuid("organisation")
	p.Layer = domain.Layer(r.text("layer"))
	p.Start = r.instant("start")
	p.End = r.instant("end")
	p.Capacity = r.uint32("capacity")
	p.Series = r.text("series")
	p.MakeupOf.UUID = r.uuid("makeupOf")
	p.PersonInCharge.UUID = r.uuid("personInCharge")
	r.end()
}

func writeReading(w *writer, x *domain.Reading) {
	if *x == (domain.Reading{}) {
		return
	}
	w.key("read")
	w.begin()
	w.text("stream", x.Stream)
	w.int("revision", int64(x.Revision))
	w.end()
}

func readReading(r *reader, x *domain.Reading) {
	if !r.at("read") {
		return
	}
	r.begin()
	x.Stream = r.text("stream")
	x.Revision = r.uint32("revision")
	r.end()
	if *x == (domain.Reading{}) {
		r.zero()
	}
}

func writeActivityScheduled(w *writer, e *domain.ActivityScheduled) {
	writePlan(w, &e.Plan)
	writeReading(w, &e.Read)
	writeRow(w, &e.Row)
}

func readActivityScheduled(r *reader, ref *domain.StreamRef, e *domain.ActivityScheduled) {
	e.Activity.UUID = ref.ID
	readPlan(r, &e.Plan)
	readReading(r, &e.Read)
	readRow(r, &e.Row)
}

func writeActivityRescheduled(w *writer, e *domain.ActivityRescheduled) {
	writePlan(w, &e.Plan)
	w.text("notice", e.Notice)
	writeReading(w, &e.Read)
}

func readActivityRescheduled(r *reader, ref *domain.StreamRef, e *domain.ActivityRescheduled) {
	e.Activity.UUID = ref.ID
	readPlan(r, &e.Plan)
	e.Notice = r.text("notice")
	readReading(r, &e.Read)
}

func writeActivityCancelled(w *writer, e *domain.ActivityCancelled) { w.text("notice", e.Notice) }

func readActivityCancelled(r *reader, ref *domain.StreamRef, e *domain.ActivityCancelled) {
	e.Activity.UUID = ref.ID
	e.Notice = r.text("notice")
}

func writeSignedUp(w *writer, e *domain.SignedUp) {
	w.uuid("person", e.Person.UUID)
	writeReading(w, &e.Read)
}

func readSignedUp(r *reader, ref *domain.StreamRef, e *domain.SignedUp) {
	e.Activity.UUID = ref.ID
	e.Person.UUID = r.uuid("person")
	readReading(r, &e.Read)
}

func writeSignUpWithdrawn(w *writer, e *domain.SignUpWithdrawn) { w.uuid("person", e.Person.UUID) }

func readSignUpWithdrawn(r *reader, ref *domain.StreamRef, e *domain.SignUpWithdrawn) {
	e.Activity.UUID = ref.ID
	e.Person.UUID = r.uuid("person")
}

func writeCheckInOpened(w *writer, e *domain.CheckInOpened) {
	w.instant("from", e.From)
	w.instant("until", e.Until)
}

func readCheckInOpened(r *reader, ref *domain.StreamRef, e *domain.CheckInOpened) {
	e.Activity.UUID = ref.ID
	e.From = r.instant("from")
	e.Until = r.instant("until")
}

func writeCheckInClosed(w *writer, e *domain.CheckInClosed) { w.instant("at", e.At) }

func readCheckInClosed(r *reader, ref *domain.StreamRef, e *domain.CheckInClosed) {
	e.Activity.UUID = ref.ID
	e.At = r.instant("at")
}

func writeActivityClosed(w *writer, e *domain.ActivityClosed) {
	w.int("people", e.People)
	writeEvidence(w, e.Evidence)
}

func readActivityClosed(r *reader, ref *domain.StreamRef, e *domain.ActivityClosed) {
	e.Activity.UUID = ref.ID
	e.People = r.int("people")
	e.Evidence = readEvidence(r)
}

func writeActivityAttested(w *writer, e *domain.ActivityAttested) { writeEvidence(w, e.Evidence) }

func readActivityAttested(r *reader, ref *domain.StreamRef, e *domain.ActivityAttested) {
	e.Activity.UUID = ref.ID
	e.Evidence = readEvidence(r)
}

func writeCheckedIn(w *writer, e *domain.CheckedIn) {
	kind := e.Kind.String()
	if kind == "" {
		w.fail("kind", "neither service nor study")
	}
	w.uuid("activity", e.Activity.UUID)
	w.text("kind", kind)
	w.instant("at", e.At)
	w.instant("until", e.Until)
	writeReading(w, &e.Read)
}

func readCheckedIn(r *reader, ref *domain.StreamRef, e *domain.CheckedIn) {
	e.Person.UUID = ref.ID
	e.Activity.UUID = r.uuid("activity")
	e.Kind = readKind(r)
	e.At = r.instant("at")
	e.Until = r.instant("until")
	readReading(r, &e.Read)
}

func writeCheckedOut(w *writer, e *domain.CheckedOut) {
	w.int("checkIn", int64(e.CheckIn))
	writeDeed(w, &e.Deed, true)
	writeReading(w, &e.Read)
}

func readCheckedOut(r *reader, ref *domain.StreamRef, e *domain.CheckedOut) {
	e.Person.UUID = ref.ID
	e.CheckIn = domain.EntryNo(r.uint32("checkIn"))
	readDeed(r, &e.Deed, 0)
	readReading(r, &e.Read)
}
