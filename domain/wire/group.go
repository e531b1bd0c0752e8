package wire

import "zhishu/domain"

// Which kind of group it is, is the stream's category and not stored again.

func writeGroupRegistered(w *writer, e *domain.GroupRegistered) {
	w.community("community", e.Community)
	w.text("name", e.Name)
	w.uuid("within", e.Within.UUID)
	w.text("creditCode", e.CreditCode)
	w.dateOr("from", e.From, domain.MinDay)
	writeReading(w, &e.Read)
}

func readGroupRegistered(r *reader, ref *domain.StreamRef, e *domain.GroupRegistered) {
	e.Group.UUID = ref.ID
	e.Community = r.community("community")
	e.Name = r.text("name")
	e.Within.UUID = r.uuid("within")
	e.CreditCode = r.text("creditCode")
	e.From = r.dateOr("from", domain.MinDay)
	readReading(r, &e.Read)
}

func writeGroupRenamed(w *writer, e *domain.GroupRenamed) {
	w.text("name", e.Name)
	w.date("from", e.From)
}

func readGroupRenamed(r *reader, ref *domain.StreamRef, e *domain.GroupRenamed) {
	e.Group.UUID = ref.ID
	e.Name = r.text("name")
	e.From = r.date("from")
}

func writeGroupMoved(w *writer, e *domain.GroupMoved) {
	w.community("community", e.Community)
	w.date("from", e.From)
	writeReading(w, &e.Read)
}

func readGroupMoved(r *reader, ref *domain.StreamRef, e *domain.GroupMoved) {
	e.Group.UUID = ref.ID
	e.Community = r.community("community")
	e.From = r.date("from")
	readReading(r, &e.Read)
}

func writeGroupClosed(w *writer, e *domain.GroupClosed) { w.date("to", e.To) }

func readGroupClosed(r *reader, ref *domain.StreamRef, e *domain.GroupClosed) {
	e.Group.UUID = ref.ID
	e.To = r.date("to")
}
