package wire

import "zhishu/domain"

func writeSigningBegun(w *writer, e *domain.SigningBegun) {
	w.text("origin", e.Origin)
	w.text("key", e.Key)
}

func readSigningBegun(r *reader, ref *domain.StreamRef, e *domain.SigningBegun) {
	e.Signing.UUID = ref.ID
	e.Origin = r.text("origin")
	e.Key = r.text("key")
}

func writeLogKeyAdded(w *writer, e *domain.LogKeyAdded) {
	w.int("number", e.Number)
	w.text("key", e.Key)
}

func readLogKeyAdded(r *reader, ref *domain.StreamRef, e *domain.LogKeyAdded) {
	e.Signing.UUID = ref.ID
	e.Number = r.int("number")
	e.Key = r.text("key")
}

func writeLogKeyRetired(w *writer, e *domain.LogKeyRetired) { w.int("number", e.Number) }

func readLogKeyRetired(r *reader, ref *domain.StreamRef, e *domain.LogKeyRetired) {
	e.Signing.UUID = ref.ID
	e.Number = r.int("number")
}

func writeLossDeclared(w *writer, e *domain.LossDeclared) {
	w.text("origin", e.Origin)
	w.int("kept", e.Kept)
	w.text("lastOrigin", e.LastOrigin)
	w.int("lastSize", e.LastSize)
	w.text("lastRoot", e.LastRoot)
}

func readLossDeclared(r *reader, ref *domain.StreamRef, e *domain.LossDeclared) {
	e.Signing.UUID = ref.ID
	e.Origin = r.text("origin")
	e.Kept = r.int("kept")
	e.LastOrigin = r.text("lastOrigin")
	e.LastSize = r.int("lastSize")
	e.LastRoot = r.text("lastRoot")
}
