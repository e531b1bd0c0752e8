package wire

import "zhishu/domain"

func writeInspectionOpened(w *writer, e *domain.InspectionOpened) {
	w.division("scope", e.Scope)
	writePeriod(w, &e.Period)
	w.text("committed", e.Committed)
	w.text("recipient", e.Recipient)
	w.text("purpose", e.Purpose)
}

func readInspectionOpened(r *reader, ref *domain.StreamRef, e *domain.InspectionOpened) {
	e.Inspection.UUID = ref.ID
	e.Scope = r.division("scope")
	readPeriod(r, &e.Period)
	e.Committed = r.text("committed")
	e.Recipient = r.text("recipient")
	e.Purpose = r.text("purpose")
}

func writeSampleDrawn(w *writer, e *domain.SampleDrawn) {
	w.text("nonce", e.Nonce)
	w.int("size", e.Size)
	w.text("root", e.Root)
	w.int("population", e.Population)
	w.int("count", e.Count)
}

func readSampleDrawn(r *reader, ref *domain.StreamRef, e *domain.SampleDrawn) {
	e.Inspection.UUID = ref.ID
	e.Nonce = r.text("nonce")
	e.Size = r.int("size")
	e.Root = r.text("root")
	e.Population = r.int("population")
	e.Count = r.int("count")
}

func writeBundleBegun(w *writer, e *domain.BundleBegun) {
	w.uuid("export", e.Export)
	w.int("size", e.Size)
	w.division("division", e.Division)
}

func readBundleBegun(r *reader, ref *domain.StreamRef, e *domain.BundleBegun) {
	e.Inspection.UUID = ref.ID
	e.Export = r.uuid("export")
	e.Size = r.int("size")
	e.Division = r.division("division")
}

func writeBundleExported(w *writer, e *domain.BundleExported) {
	w.int("size", e.Size)
	w.text("manifest", e.Manifest)
	w.int("keys", e.Keys)
	w.uuid("export", e.Export)
}

func readBundleExported(r *reader, ref *domain.StreamRef, e *domain.BundleExported) {
	e.Inspection.UUID = ref.ID
	e.Size = r.int("size")
	e.Manifest = r.text("manifest")
	e.Keys = r.int("keys")
	e.Export = r.uuid("export")
}

func writeBundleBrokenOff(w *writer, e *domain.BundleBrokenOff) {
	w.uuid("export", e.Export)
	w.text("cause", string(e.Cause))
}

func readBundleBrokenOff(r *reader, ref *domain.StreamRef, e *domain.BundleBrokenOff) {
	e.Inspection.UUID = ref.ID
	e.Export = r.uuid("export")
	e.Cause = domain.BreakCause(r.text("cause"))
}

func writeInspectionClosed(*writer, *domain.InspectionClosed) {}

func readInspectionClosed(_ *reader, ref *domain.StreamRef, e *domain.InspectionClosed) {
	e.Inspection.UUID = ref.ID
}

func writePersonalKeyExported(w *writer, e *domain.PersonalKeyExported) {
	w.uuid("inspection", e.Inspection.UUID)
	w.text("recipient", e.Recipient)
}

func readPersonalKeyExported(r *reader, ref *domain.StreamRef, e *domain.PersonalKeyExported) {
	e.Person.UUID = ref.ID
	e.Inspection.UUID = r.uuid("inspection")
	e.Recipient = r.text("recipient")
}
