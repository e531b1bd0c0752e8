package wire

import "zhishu/domain"

func writeMissingEntryReported(w *writer, e *domain.MissingEntryReported) {
	writeDeed(w, &e.Deed, true)
	writeEvidence(w, e.Evidence)
}

func readMissingEntryReported(r *reader, ref *domain.StreamRef, e *domain.MissingEntryReported) {
	e.Person.UUID = ref.ID
	readDeed(r, &e.Deed, 0)
	e.Evidence = readEvidence(r)
}

func writeMissingEntryAccepted(w *writer, e *domain.MissingEntryAccepted) {
	w.int("report", int64(e.Report))
	w.int("entry", int64(e.Entry))
}

func readMissingEntryAccepted(r *reader, ref *domain.StreamRef, e *domain.MissingEntryAccepted) {
	e.Person.UUID = ref.ID
	e.Report = domain.ReportNo(r.uint32("report"))
	e.Entry = readEntry(r)
}

func writeMissingEntryDeclined(w *writer, e *domain.MissingEntryDeclined) {
	w.int("report", int64(e.Report))
}

func readMissingEntryDeclined(r *reader, ref *domain.StreamRef, e *domain.MissingEntryDeclined) {
	e.Person.UUID = ref.ID
	e.Report = domain.ReportNo(r.uint32("report"))
}
