package wire

import "zhishu/domain"

func writeEntryClaimed(w *writer, e *domain.EntryClaimed) {
	writeDeed(w, &e.Deed, false)
	writeEvidence(w, e.Evidence)
	writeRow(w, &e.Row)
	writeReading(w, &e.Read)
}

func readServiceClaimed(r *reader, ref *domain.StreamRef, e *domain.EntryClaimed) {
	readClaimed(r, ref, e, domain.Service)
}

func readStudyClaimed(r *reader, ref *domain.StreamRef, e *domain.EntryClaimed) {
	readClaimed(r, ref, e, domain.Study)
}

func readClaimed(r *reader, ref *domain.StreamRef, e *domain.EntryClaimed, kind domain.EntryKind) {
	e.Person.UUID = ref.ID
	readDeed(r, &e.Deed, kind)
	e.Evidence = readEvidence(r)
	readRow(r, &e.Row)
	readReading(r, &e.Read)
}

func writeEntryConfirmed(w *writer, e *domain.EntryConfirmed) {
	w.int("entry", int64(e.Entry))
	writeEvidence(w, e.Evidence)
	writeReading(w, &e.Read)
}

func readEntryConfirmed(r *reader, ref *domain.StreamRef, e *domain.EntryConfirmed) {
	e.Person.UUID = ref.ID
	e.Entry = readEntry(r)
	e.Evidence = readEvidence(r)
	readReading(r, &e.Read)
}

func writeEntryRejected(w *writer, e *domain.EntryRejected) { w.int("entry", int64(e.Entry)) }

func readEntryRejected(r *reader, ref *domain.StreamRef, e *domain.EntryRejected) {
	e.Person.UUID = ref.ID
	e.Entry = readEntry(r)
}

func writeEntryDisputed(w *writer, e *domain.EntryDisputed) {
	w.int("entry", int64(e.Entry))
	writeEvidence(w, e.Evidence)
}

func readEntryDisputed(r *reader, ref *domain.StreamRef, e *domain.EntryDisputed) {
	e.Person.UUID = ref.ID
	e.Entry = readEntry(r)
	e.Evidence = readEvidence(r)
}

func writeDisputeAnswered(w *writer, e *domain.DisputeAnswered) {
	w.int("entry", int64(e.Entry))
	w.int("dispute", int64(e.Dispute))
	w.flag("upheld", e.Upheld)
}

func readDisputeAnswered(r *reader, ref *domain.StreamRef, e *domain.DisputeAnswered) {
	e.Person.UUID = ref.ID
	e.Entry = readEntry(r)
	e.Dispute = readDispute(r)
	e.Upheld = r.flag("upheld")
}

func writeEntryCorrectionProposed(w *writer, e *domain.EntryCorrectionProposed) {
	w.int("entry", int64(e.Entry))
	writeDeed(w, &e.Deed, true)
	writeEvidence(w, e.Evidence)
	writeRow(w, &e.Row)
	w.int("dispute", int64(e.Dispute))
}

func readEntryCorrectionProposed(r *reader, ref *domain.StreamRef, e *domain.EntryCorrectionProposed) {
	e.Person.UUID = ref.ID
	e.Entry = readEntry(r)
	readDeed(r, &e.Deed, 0)
	e.Evidence = readEvidence(r)
	readRow(r, &e.Row)
	e.Dispute = readDispute(r)
}

func writeEntryCorrectionApproved(w *writer, e *domain.EntryCorrectionApproved) {
	writeDecided(w, e.Entry, e.Proposal)
}

func readEntryCorrectionApproved(r *reader, ref *domain.StreamRef, e *domain.EntryCorrectionApproved) {
	e.Person.UUID = ref.ID
	e.Entry, e.Proposal = readEntry(r), readProposal(r)
}

func writeEntryCorrectionRefused(w *writer, e *domain.EntryCorrectionRefused) {
	writeDecided(w, e.Entry, e.Proposal)
}

func readEntryCorrectionRefused(r *reader, ref *domain.StreamRef, e *domain.EntryCorrectionRefused) {
	e.Person.UUID = ref.ID
	e.Entry, e.Proposal = readEntry(r), readProposal(r)
}

func writeEntryVoidProposed(w *writer, e *domain.EntryVoidProposed) {
	w.int("entry", int64(e.Entry))
	writeEvidence(w, e.Evidence)
	w.int("dispute", int64(e.Dispute))
}

func readEntryVoidProposed(r *reader, ref *domain.StreamRef, e *domain.EntryVoidProposed) {
	e.Person.UUID = ref.ID
	e.Entry = readEntry(r)
	e.Evidence = readEvidence(r)
	e.Dispute = readDispute(r)
}

func writeEntryVoidApproved(w *writer, e *domain.EntryVoidApproved) {
	writeDecided(w, e.Entry, e.Proposal)
}

func readEntryVoidApproved(r *reader, ref *domain.StreamRef, e *domain.EntryVoidApproved) {
	e.Person.UUID = ref.ID
	e.Entry, e.Proposal = readEntry(r), readProposal(r)
}

func writeEntryVoidRefused(w *writer, e *domain.EntryVoidRefused) {
	writeDecided(w, e.Entry, e.Proposal)
}

func readEntryVoidRefused(r *reader, ref *domain.StreamRef, e *domain.EntryVoidRefused) {
	e.Person.UUID = ref.ID
	e.Entry, e.Proposal = readEntry(r), readProposal(r)
}

func writeEntryEvaluated(w *writer, e *domain.EntryEvaluated) {
	w.int("entry", int64(e.Entry))
	w.text("grade", e.Grade)
	w.dateOr("day", e.Day, domain.NoDay)
}

func readEntryEvaluated(r *reader, ref *domain.StreamRef, e *domain.EntryEvaluated) {
	e.Person.UUID = ref.ID
	e.Entry = readEntry(r)
	e.Grade = r.text("grade")
	e.Day = r.dateOr("day", domain.NoDay)
}

func writeTrainingRecorded(w *writer, e *domain.TrainingRecorded) {
	w.dateOr("day", e.Day, domain.NoDay)
	w.int("minutes", int64(e.Minutes))
	w.text("title", e.Title)
	w.uuid("organisation", e.Organisation.UUID)
	w.community("community", e.Community)
	writeEvidence(w, e.Evidence)
}

func readTrainingRecorded(r *reader, ref *domain.StreamRef, e *domain.TrainingRecorded) {
	e.Person.UUID = ref.ID
	e.Day = r.dateOr("day", domain.NoDay)
	e.Minutes = r.minutes("minutes")
	e.Title = r.text("title")
	e.Organisation.UUID = r.uuid("organisation")
	e.Community = r.community("community")
	e.Evidence = readEvidence(r)
}

func writeOutsideAwardRecorded(w *writer, e *domain.OutsideAwardRecorded) {
	w.dateOr("day", e.Day, domain.NoDay)
	w.text("title", e.Title)
	w.text("issuer", e.Issuer)
	writeEvidence(w, e.Evidence)
}

func readOutsideAwardRecorded(r *reader, ref *domain.StreamRef, e *domain.OutsideAwardRecorded) {
	e.Person.UUID = ref.ID
	e.Day = r.dateOr("day", domain.NoDay)
	e.Title = r.text("title")
	e.Issuer = r.text("issuer")
	e.Evidence = readEvidence(r)
}

func writeDecided(w *writer, entry domain.EntryNo, proposal domain.ProposalNo) {
	w.int("entry", int64(entry))
	w.int("proposal", int64(proposal))
}

func readEntry(r *reader) domain.EntryNo { return domain.EntryNo(r.uint32("entry")) }

func readDispute(r *reader) domain.DisputeNo { return domain.DisputeNo(r.uint32("dispute")) }

func readProposal(r *reader) domain.ProposalNo { return domain.ProposalNo(r.uint32("proposal")) }
