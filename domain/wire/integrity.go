package wire

import "zhishu/domain"

func writeFlagReviewed(w *writer, e *domain.FlagReviewed) {
	w.hash("flag", e.Flag)
	w.text("kind", e.Kind)
	writeList(w, "entries", e.Entries, func(w *writer, no *domain.EntryNo) { w.number(int64(*no)) })
	w.text("outcome", string(e.Outcome))
}

func readFlagReviewed(r *reader, ref *domain.StreamRef, e *domain.FlagReviewed) {
	e.Person.UUID = ref.ID
	e.Flag = r.hash("flag")
	e.Kind = r.text("kind")
	e.Entries = readList(r, "entries", func(r *reader, no *domain.EntryNo) {
		v := r.integer()
		if v < 0 || v > 1<<32-1 {
			r.fail("the number is out of range")
			return
		}
		*no = domain.EntryNo(v)
	})
	e.Outcome = domain.FlagOutcome(r.text("outcome"))
}

func writeCommunityFlagReviewed(w *writer, e *domain.CommunityFlagReviewed) {
	w.hash("flag", e.Flag)
	w.text("kind", e.Kind)
	w.text("outcome", string(e.Outcome))
}

func readCommunityFlagReviewed(r *reader, ref *domain.StreamRef, e *domain.CommunityFlagReviewed) {
	e.Code = ref.Community
	e.Flag = r.hash("flag")
	e.Kind = r.text("kind")
	e.Outcome = domain.FlagOutcome(r.text("outcome"))
}

func writeIntegrity(w *writer, p *domain.IntegrityPolicy) {
	w.int("dayMinutes", int64(p.DayMinutes))
	w.int("burstEntries", p.BurstEntries)
	w.int("burstMinutes", int64(p.BurstMinutes))
	w.int("lateDays", p.LateDays)
}

func readIntegrity(r *reader, p *domain.IntegrityPolicy) {
	p.DayMinutes = r.minutes("dayMinutes")
	p.BurstEntries = r.int("burstEntries")
	p.BurstMinutes = r.minutes("burstMinutes")
	p.LateDays = r.int("lateDays")
}
