package wire

import "zhishu/domain"

func writeImportStarted(w *writer, e *domain.ImportStarted) {
	w.text("kind", string(e.Kind))
	w.community("community", e.Community)
	w.uuid("organisation", e.Organisation.UUID)
	w.hash("content", e.Content)
	w.int("rows", e.Rows)
	w.int("declaredFen", int64(e.DeclaredFen))
	w.flag("hasDeclared", e.HasDeclared)
	w.int("declaredMinutes", int64(e.DeclaredMins))
	w.uuid("recorder", e.Recorder.UUID)
	w.uuid("confirmer", e.Confirmer.UUID)
	w.text("disposition", string(e.Disposition))
	w.uuid("earlier", e.Earlier.UUID)
}

func readImportStarted(r *reader, ref *domain.StreamRef, e *domain.ImportStarted) {
	e.Import.UUID = ref.ID
	e.Kind = domain.ImportKind(r.text("kind"))
	e.Community = r.community("community")
	e.Organisation.UUID = r.uuid("organisation")
	e.Content = r.hash("content")
	e.Rows = r.int("rows")
	e.DeclaredFen = r.fen("declaredFen")
	e.HasDeclared = r.flag("hasDeclared")
	e.DeclaredMins = r.minutes("declaredMinutes")
	e.Recorder.UUID = r.uuid("recorder")
	e.Confirmer.UUID = r.uuid("confirmer")
	e.Disposition = domain.ImportDisposition(r.text("disposition"))
	e.Earlier.UUID = r.uuid("earlier")
}

func writeImportFinished(w *writer, e *domain.ImportFinished) {
	w.int("rows", e.Rows)
	w.int("accepted", e.Accepted)
	w.int("recognised", e.Recognised)
	w.int("corrected", e.Corrected)
	w.int("refused", e.Refused)
	w.int("lookAlikes", e.LookAlikes)
	w.int("fen", int64(e.Fen))
	w.int("minutes", int64(e.Minutes))
	writeList(w, "refusals", e.Refusals, func(w *writer, c *domain.RefusalCount) {
		w.begin()
		w.text("code", c.Code)
		w.int("count", c.Count)
		w.end()
	})
}

func readImportFinished(r *reader, ref *domain.StreamRef, e *domain.ImportFinished) {
	e.Import.UUID = ref.ID
	e.Rows = r.int("rows")
	e.Accepted = r.int("accepted")
	e.Recognised = r.int("recognised")
	e.Corrected = r.int("corrected")
	e.Refused = r.int("refused")
	e.LookAlikes = r.int("lookAlikes")
	e.Fen = r.fen("fen")
	e.Minutes = r.minutes("minutes")
	e.Refusals = readList(r, "refusals", func(r *reader, c *domain.RefusalCount) {
		r.begin()
		c.Code = r.text("code")
		c.Count = r.int("count")
		r.end()
	})
}
