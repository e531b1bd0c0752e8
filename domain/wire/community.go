package wire

import "zhishu/domain"

func writeCommunityRegistered(w *writer, e *domain.CommunityRegistered) {
	w.text("name", e.Name)
	w.dateOr("from", e.From, domain.MinDay)
	w.text("source", e.Source)
}

func readCommunityRegistered(r *reader, ref *domain.StreamRef, e *domain.CommunityRegistered) {
	e.Code = ref.Community
	e.Name = r.text("name")
	e.From = r.dateOr("from", domain.MinDay)
	e.Source = r.text("source")
}

func writeCommunitySucceeded(w *writer, e *domain.CommunitySucceeded) {
	writeList(w, "successors", e.Successors, writeCommunity)
	w.date("from", e.From)
	w.text("source", e.Source)
	writeReading(w, &e.Read)
}

func readCommunitySucceeded(r *reader, ref *domain.StreamRef, e *domain.CommunitySucceeded) {
	e.Code = ref.Community
	e.Successors = readList(r, "successors", func(r *reader, c *domain.CommunityCode) { *c = r.communityValue() })
	e.From = r.date("from")
	e.Source = r.text("source")
	readReading(r, &e.Read)
}

func writePopulationRecorded(w *writer, e *domain.PopulationRecorded) {
	w.date("day", e.Day)
	w.text("basis", string(e.Basis))
	w.int("count", e.Count)
	w.text("source", e.Source)
	writeEvidence(w, e.Evidence)
}

func readPopulationRecorded(r *reader, ref *domain.StreamRef, e *domain.PopulationRecorded) {
	e.Code = ref.Community
	e.Day = r.date("day")
	e.Basis = domain.PopulationBasis(r.text("basis"))
	e.Count = r.int("count")
	e.Source = r.text("source")
	e.Evidence = readEvidence(r)
}

func writeFactCounted(w *writer, e *domain.FactCounted) {
	w.text("kind", e.Kind)
	w.date("day", e.Day)
	w.text("title", e.Title)
	w.int("people", e.People)
	w.int("minutes", int64(e.Minutes))
	w.int("count", e.Count)
	writeEvidence(w, e.Evidence)
}

func readFactCounted(r *reader, ref *domain.StreamRef, e *domain.FactCounted) {
	e.Code = ref.Community
	e.Kind = r.text("kind")
	e.Day = r.date("day")
	e.Title = r.text("title")
	e.People = r.int("people")
	e.Minutes = r.minutes("minutes")
	e.Count = r.int("count")
	e.Evidence = readEvidence(r)
}

func writeLearningDesignated(w *writer, e *domain.LearningDesignated) {
	w.text("kind", string(e.Kind))
	w.uuid("subject", e.Subject)
	w.date("from", e.From)
	writeReading(w, &e.Read)
}

func readLearningDesignated(r *reader, ref *domain.StreamRef, e *domain.LearningDesignated) {
	e.Code = ref.Community
	e.Kind = domain.SubjectKind(r.text("kind"))
	e.Subject = r.uuid("subject")
	e.From = r.date("from")
	readReading(r, &e.Read)
}

func writeLearningDesignationEnded(w *writer, e *domain.LearningDesignationEnded) {
	w.text("kind", string(e.Kind))
	w.uuid("subject", e.Subject)
	w.date("to", e.To)
}

func readLearningDesignationEnded(r *reader, ref *domain.StreamRef, e *domain.LearningDesignationEnded) {
	e.Code = ref.Community
	e.Kind = domain.SubjectKind(r.text("kind"))
	e.Subject = r.uuid("subject")
	e.To = r.date("to")
}

func writeCountWithdrawn(w *writer, e *domain.CountWithdrawn) {
	w.int("fact", int64(e.Fact))
	w.text("reason", e.Reason)
}

func readCountWithdrawn(r *reader, ref *domain.StreamRef, e *domain.CountWithdrawn) {
	e.Code = ref.Community
	e.Fact = r.uint32("fact")
	e.Reason = r.text("reason")
}
