package wire

import "zhishu/domain"

func writeAccountOpened(w *writer, e *domain.AccountOpened) {
	w.text("handle", e.Handle)
	w.text("role", string(e.Role))
	w.division("scope", e.Scope)
}

func readAccountOpened(r *reader, ref *domain.StreamRef, e *domain.AccountOpened) {
	e.Account.UUID = ref.ID
	e.Handle = r.text("handle")
	e.Role = domain.Role(r.text("role"))
	e.Scope = r.division("scope")
}

func writeAccountLinked(w *writer, e *domain.AccountLinked) {
	w.uuid("person", e.Person.UUID)
	writeReading(w, &e.Read)
}

func readAccountLinked(r *reader, ref *domain.StreamRef, e *domain.AccountLinked) {
	e.Account.UUID = ref.ID
	e.Person.UUID = r.uuid("person")
	readReading(r, &e.Read)
}

func writeAccountClosed(*writer, *domain.AccountClosed) {}

func readAccountClosed(_ *reader, ref *domain.StreamRef, e *domain.AccountClosed) {
	e.Account.UUID = ref.ID
}
