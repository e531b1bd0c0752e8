package wire

import "zhishu/domain"

func writePersonMergeProposed(w *writer, e *domain.PersonMergeProposed) {
	w.uuid("into", e.Into.UUID)
	writeEvidence(w, e.Evidence)
	writeReading(w, &e.Read)
}

func readPersonMergeProposed(r *reader, ref *domain.StreamRef, e *domain.PersonMergeProposed) {
	e.Person.UUID = ref.ID
	e.Into.UUID = r.uuid("into")
	e.Evidence = readEvidence(r)
	readReading(r, &e.Read)
}

func writePersonMergeRefused(w *writer, e *domain.PersonMergeRefused) {
	w.int("proposal", int64(e.Proposal))
}

func readPersonMergeRefused(r *reader, ref *domain.StreamRef, e *domain.PersonMergeRefused) {
	e.Person.UUID = ref.ID
	e.Proposal = readProposal(r)
}

func writePersonMergeExpected(w *writer, e *domain.PersonMergeExpected) {
	w.uuid("from", e.From.UUID)
	w.int("proposal", int64(e.Proposal))
}

func readPersonMergeExpected(r *reader, ref *domain.StreamRef, e *domain.PersonMergeExpected) {
	e.Person.UUID = ref.ID
	e.From.UUID = r.uuid("from")
	e.Proposal = readProposal(r)
}

func writePersonMerged(w *writer, e *domain.PersonMerged) {
	w.uuid("into", e.Into.UUID)
	w.int("proposal", int64(e.Proposal))
	writeReading(w, &e.Read)
}

func readPersonMerged(r *reader, ref *domain.StreamRef, e *domain.PersonMerged) {
	e.Person.UUID = ref.ID
	e.Into.UUID = r.uuid("into")
	e.Proposal = readProposal(r)
	readReading(r, &e.Read)
}

func writePersonUnmergeProposed(w *writer, e *domain.PersonUnmergeProposed) {
	w.uuid("into", e.Into.UUID)
	writeEvidence(w, e.Evidence)
	writeReading(w, &e.Read)
}

func readPersonUnmergeProposed(r *reader, ref *domain.StreamRef, e *domain.PersonUnmergeProposed) {
	e.Person.UUID = ref.ID
	e.Into.UUID = r.uuid("into")
	e.Evidence = readEvidence(r)
	readReading(r, &e.Read)
}

func writePersonUnmergeRefused(w *writer, e *domain.PersonUnmergeRefused) {
	w.int("proposal", int64(e.Proposal))
}

func readPersonUnmergeRefused(r *reader, ref *domain.StreamRef, e *domain.PersonUnmergeRefused) {
	e.Person.UUID = ref.ID
	e.Proposal = readProposal(r)
}

func writePersonUnmerged(w *writer, e *domain.PersonUnmerged) {
	w.uuid("into", e.Into.UUID)
	w.int("proposal", int64(e.Proposal))
	writeReading(w, &e.Read)
}

func readPersonUnmerged(r *reader, ref *domain.StreamRef, e *domain.PersonUnmerged) {
	e.Person.UUID = ref.ID
	e.Into.UUID = r.uuid("into")
	e.Proposal = readProposal(r)
	readReading(r, &e.Read)
}
