package wire

import "zhishu/domain"

func writePersonEnrolled(w *writer, e *domain.PersonEnrolled) {
	w.community("community", e.Community)
	w.uuid("organisation", e.Organisation.UUID)
	w.text("sex", string(e.Sex))
	w.int("birthYearFrom", int64(e.BirthYearFrom))
	w.int("birthYearTo", int64(e.BirthYearTo))
	w.int("age", int64(e.Age))
	w.dateOr("ageOn", e.AgeOn, domain.NoDay)
	writeList(w, "layers", e.Layers, writeText)
	writeList(w, "skills", e.Skills, writeText)
	writeList(w, "external", e.External, func(w *writer, n *domain.ExternalNumber) {
		w.begin()
		w.text("issuer", n.Issuer) // the number itself is sealed
		w.end()
	})
	w.text("basis", string(e.Basis))
	writeRow(w, &e.Row)
}

func readPersonEnrolled(r *reader, ref *domain.StreamRef, e *domain.PersonEnrolled) {
	e.Person.UUID = ref.ID
	e.Community = r.community("community")
	e.Organisation.UUID = r.uuid("organisation")
	e.Sex = domain.Sex(r.text("sex"))
	e.BirthYearFrom = int(r.int("birthYearFrom"))
	e.BirthYearTo = int(r.int("birthYearTo"))
	e.Age = int(r.int("age"))
	e.AgeOn = r.dateOr("ageOn", domain.NoDay)
	e.Layers = readList(r, "layers", readText[domain.Layer])
	e.Skills = readList(r, "skills", readText[string])
	e.External = readList(r, "external", func(r *reader, n *domain.ExternalNumber) {
		r.begin()
		n.Issuer = r.text("issuer")
		r.end()
	})
	e.Basis = domain.Basis(r.text("basis"))
	readRow(r, &e.Row)
}

func writeMembershipStarted(w *writer, e *domain.MembershipStarted) {
	m := &e.Membership
	w.text("kind", string(m.Kind))
	w.community("community", m.Community)
	w.uuid("group", m.Group.UUID)
	w.dateOr("from", m.From, domain.MinDay)
	w.dateOr("to", m.To, domain.MaxDay)
	w.text("basis", string(m.Basis))
	writeReading(w, &e.Read)
}

func readMembershipStarted(r *reader, ref *domain.StreamRef, e *domain.MembershipStarted) {
	e.Person.UUID = ref.ID
	m := &e.Membership
	m.Kind = domain.MembershipKind(r.text("kind"))
	m.Community = r.community("community")
	m.Group.UUID = r.uuid("group")
	m.From = r.dateOr("from", domain.MinDay)
	m.To = r.dateOr("to", domain.MaxDay)
	m.Basis = domain.Basis(r.text("basis"))
	readReading(r, &e.Read)
}

func writeMembershipEnded(w *writer, e *domain.MembershipEnded) {
	w.text("kind", string(e.Kind))
	w.community("community", e.Community)
	w.uuid("group", e.Group.UUID)
	w.date("to", e.To)
}

func readMembershipEnded(r *reader, ref *domain.StreamRef, e *domain.MembershipEnded) {
	e.Person.UUID = ref.ID
	e.Kind = domain.MembershipKind(r.text("kind"))
	e.Community = r.community("community")
	e.Group.UUID = r.uuid("group")
	e.To = r.date("to")
}

func writeConsentGiven(w *writer, e *domain.ConsentGiven) {
	c := &e.Consent
	w.text("kind", string(c.Kind))
	w.text("basis", string(c.Basis))
	w.uuid("witness", c.Witness.UUID)
	w.uuid("guardian", c.Guardian.UUID)
	w.dateOr("from", c.From, domain.NoDay)
	writeReading(w, &e.Read)
}

func readConsentGiven(r *reader, ref *domain.StreamRef, e *domain.ConsentGiven) {
	e.Person.UUID = ref.ID
	c := &e.Consent
	c.Kind = domain.ConsentKind(r.text("kind"))
	c.Basis = domain.Basis(r.text("basis"))
	c.Witness.UUID = r.uuid("witness")
	c.Guardian.UUID = r.uuid("guardian")
	c.From = r.dateOr("from", domain.NoDay)
	readReading(r, &e.Read)
}

func writeConsentWithdrawn(w *writer, e *domain.ConsentWithdrawn) {
	w.text("kind", string(e.Kind))
	w.dateOr("from", e.From, domain.NoDay)
}

func readConsentWithdrawn(r *reader, ref *domain.StreamRef, e *domain.ConsentWithdrawn) {
	e.Person.UUID = ref.ID
	e.Kind = domain.ConsentKind(r.text("kind"))
	e.From = r.dateOr("from", domain.NoDay)
}

func writeLayersChanged(w *writer, e *domain.LayersChanged) {
	writeList(w, "layers", e.Layers, writeText)
	w.date("from", e.From)
}

func readLayersChanged(r *reader, ref *domain.StreamRef, e *domain.LayersChanged) {
	e.Person.UUID = ref.ID
	e.Layers = readList(r, "layers", readText[domain.Layer])
	e.From = r.date("from")
}

func writeContactChanged(w *writer, e *domain.ContactChanged) {
	writeList(w, "changed", e.Changed, writeText)
	writeRow(w, &e.Row)
}

func readContactChanged(r *reader, ref *domain.StreamRef, e *domain.ContactChanged) {
	e.Person.UUID = ref.ID
	e.Changed = readList(r, "changed", readText[domain.ContactPart])
	readRow(r, &e.Row)
}

func writeProcessingRestricted(*writer, *domain.ProcessingRestricted) {}

func readProcessingRestricted(_ *reader, ref *domain.StreamRef, e *domain.ProcessingRestricted) {
	e.Person.UUID = ref.ID
}

func writeRestrictionLifted(*writer, *domain.RestrictionLifted) {}

func readRestrictionLifted(_ *reader, ref *domain.StreamRef, e *domain.RestrictionLifted) {
	e.Person.UUID = ref.ID
}

func writePersonErased(*writer, *domain.PersonErased) {}

func readPersonErased(_ *reader, ref *domain.StreamRef, e *domain.PersonErased) {
	e.Person.UUID = ref.ID
}
