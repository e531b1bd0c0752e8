package wire

import "zhishu/domain"

func writeDonationReceived(w *writer, e *domain.DonationReceived) {
	w.uuid("donor", e.Donor.UUID)
	w.uuid("person", e.Person.UUID)
	writeGift(w, &e.Gift)
	writeRow(w, &e.Row)
}

func readDonationReceived(r *reader, ref *domain.StreamRef, e *domain.DonationReceived) {
	e.Donation.UUID = ref.ID
	e.Donor.UUID = r.uuid("donor")
	e.Person.UUID = r.uuid("person")
	readGift(r, &e.Gift)
	readRow(r, &e.Row)
}

func writeDonationCorrectionProposed(w *writer, e *domain.DonationCorrectionProposed) {
	w.uuid("donor", e.Donor.UUID)
	writeGift(w, &e.Gift)
	w.text("note", e.Note)
	writeRow(w, &e.Row)
}

func readDonationCorrectionProposed(r *reader, ref *domain.StreamRef, e *domain.DonationCorrectionProposed) {
	e.Donation.UUID = ref.ID
	e.Donor.UUID = r.uuid("donor")
	readGift(r, &e.Gift)
	e.Note = r.text("note")
	readRow(r, &e.Row)
}

func writeDonationCorrectionApproved(w *writer, e *domain.DonationCorrectionApproved) {
	w.int("proposal", int64(e.Proposal))
}

func readDonationCorrectionApproved(r *reader, ref *domain.StreamRef, e *domain.DonationCorrectionApproved) {
	e.Donation.UUID = ref.ID
	e.Proposal = readProposal(r)
}

func writeDonationCorrectionRefused(w *writer, e *domain.DonationCorrectionRefused) {
	w.uuid("donor", e.Donor.UUID)
	w.int("proposal", int64(e.Proposal))
}

func readDonationCorrectionRefused(r *reader, ref *domain.StreamRef, e *domain.DonationCorrectionRefused) {
	e.Donation.UUID = ref.ID
	e.Donor.UUID = r.uuid("donor")
	e.Proposal = readProposal(r)
}

func writeDonationAllocated(w *writer, e *domain.DonationAllocated) {
	w.int("fen", int64(e.Amount))
	writeItems(w, e.Items)
	w.text("purpose", e.Purpose)
	w.uuid("organisation", e.Organisation.UUID)
	w.community("community", e.Community)
	w.dateOr("day", e.Day, domain.NoDay)
}

func readDonationAllocated(r *reader, ref *domain.StreamRef, e *domain.DonationAllocated) {
	e.Donation.UUID = ref.ID
	e.Amount = r.fen("fen")
	e.Items = readItems(r)
	e.Purpose = r.text("purpose")
	e.Organisation.UUID = r.uuid("organisation")
	e.Community = r.community("community")
	e.Day = r.dateOr("day", domain.NoDay)
}

func writeDonationDelivered(w *writer, e *domain.DonationDelivered) {
	w.int("allocation", int64(e.Allocation))
	w.int("fen", int64(e.Amount))
	writeItems(w, e.Items)
	w.uuid("organisation", e.Organisation.UUID)
	w.dateOr("day", e.Day, domain.NoDay)
	writeEvidence(w, e.Evidence)
}

func readDonationDelivered(r *reader, ref *domain.StreamRef, e *domain.DonationDelivered) {
	e.Donation.UUID = ref.ID
	e.Allocation = domain.AllocationNo(r.uint32("allocation"))
	e.Amount = r.fen("fen")
	e.Items = readItems(r)
	e.Organisation.UUID = r.uuid("organisation")
	e.Day = r.dateOr("day", domain.NoDay)
	e.Evidence = readEvidence(r)
}

func writeDonationReturned(w *writer, e *domain.DonationReturned) {
	w.int("fen", int64(e.Amount))
	writeItems(w, e.Items)
	w.dateOr("day", e.Day, domain.NoDay)
	w.uuid("donor", e.Donor.UUID)
}

func readDonationReturned(r *reader, ref *domain.StreamRef, e *domain.DonationReturned) {
	e.Donation.UUID = ref.ID
	e.Amount = r.fen("fen")
	e.Items = readItems(r)
	e.Day = r.dateOr("day", domain.NoDay)
	e.Donor.UUID = r.uuid("donor")
}

func writeDonationUseReversed(w *writer, e *domain.DonationUseReversed) {
	w.uuid("donor", e.Donor.UUID)
	w.int("allocation", int64(e.Allocation))
	w.text("step", string(e.Step))
	w.int("fen", int64(e.Amount))
	writeItems(w, e.Items)
	w.date("day", e.Day)
}

func readDonationUseReversed(r *reader, ref *domain.StreamRef, e *domain.DonationUseReversed) {
	e.Donation.UUID = ref.ID
	e.Donor.UUID = r.uuid("donor")
	e.Allocation = domain.AllocationNo(r.uint32("allocation"))
	e.Step = domain.UseStep(r.text("step"))
	e.Amount = r.fen("fen")
	e.Items = readItems(r)
	e.Day = r.date("day")
}

func writeDonationPublicationAgreed(w *writer, e *domain.DonationPublicationAgreed) {
	w.uuid("donor", e.Donor.UUID)
	w.text("publication", string(e.Publication))
	w.text("basis", string(e.Basis))
	w.date("day", e.Day)
}

func readDonationPublicationAgreed(r *reader, ref *domain.StreamRef, e *domain.DonationPublicationAgreed) {
	e.Donation.UUID = ref.ID
	e.Donor.UUID = r.uuid("donor")
	e.Publication = domain.Publication(r.text("publication"))
	e.Basis = domain.Basis(r.text("basis"))
	e.Day = r.date("day")
}

func writeDonationPublicationWithdrawn(w *writer, e *domain.DonationPublicationWithdrawn) {
	w.date("day", e.Day)
}

func readDonationPublicationWithdrawn(r *reader, ref *domain.StreamRef, e *domain.DonationPublicationWithdrawn) {
	e.Donation.UUID = ref.ID
	e.Day = r.date("day")
}

func writeDonationEnquired(w *writer, e *domain.DonationEnquired) { w.uuid("donor", e.Donor.UUID) }

func readDonationEnquired(r *reader, ref *domain.StreamRef, e *domain.DonationEnquired) {
	e.Donation.UUID = ref.ID
	e.Donor.UUID = r.uuid("donor")
}

func writeDonationEnquiryAnswered(w *writer, e *domain.DonationEnquiryAnswered) {
	w.uuid("donor", e.Donor.UUID)
	w.int("enquiry", int64(e.Enquiry))
}

func readDonationEnquiryAnswered(r *reader, ref *domain.StreamRef, e *domain.DonationEnquiryAnswered) {
	e.Donation.UUID = ref.ID
	e.Donor.UUID = r.uuid("donor")
	e.Enquiry = domain.EnquiryNo(r.uint32("enquiry"))
}

func writeDonationGiverProposed(w *writer, e *domain.DonationGiverProposed) {
	w.uuid("donor", e.Donor.UUID)
	w.uuid("giver", e.Giver.UUID)
	writeEvidence(w, e.Evidence)
	writeReading(w, &e.Read)
}

func readDonationGiverProposed(r *reader, ref *domain.StreamRef, e *domain.DonationGiverProposed) {
	e.Donation.UUID = ref.ID
	e.Donor.UUID = r.uuid("donor")
	e.Giver.UUID = r.uuid("giver")
	e.Evidence = readEvidence(r)
	readReading(r, &e.Read)
}

func writeDonationGiverApproved(w *writer, e *domain.DonationGiverApproved) {
	w.uuid("giver", e.Giver.UUID)
	w.int("proposal", int64(e.Proposal))
	writeReading(w, &e.Read)
}

func readDonationGiverApproved(r *reader, ref *domain.StreamRef, e *domain.DonationGiverApproved) {
	e.Donation.UUID = ref.ID
	e.Giver.UUID = r.uuid("giver")
	e.Proposal = readProposal(r)
	readReading(r, &e.Read)
}

func writeDonationGiverRefused(w *writer, e *domain.DonationGiverRefused) {
	w.uuid("donor", e.Donor.UUID)
	w.int("proposal", int64(e.Proposal))
}

func readDonationGiverRefused(r *reader, ref *domain.StreamRef, e *domain.DonationGiverRefused) {
	e.Donation.UUID = ref.ID
	e.Donor.UUID = r.uuid("donor")
	e.Proposal = readProposal(r)
}
