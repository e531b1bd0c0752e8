package api

import (
	"context"
	"slices"

	"zhishu/domain"
)

type disputeInput struct {
	WriteInput
	EntryPath
	Body struct {
		ReasonBody
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

type answerInput struct {
	WriteInput
	EntryPath
	Dispute uint32 `path:"dispute" maximum:"4294967295" doc:"Number of the dispute"`
	Body    struct {
		Upheld  bool   `json:"upheld" doc:"The objection is right: a correction or voiding follows, by two persons"`
		Finding string `json:"finding" minLength:"1" maxLength:"2000" doc:"What was found; sealed under the person's key"`
	}
}

// disputes registers objections to an entry and their answers.
func disputes(r *routes) {
	write(r, operation{
		id: "dispute-entry", path: "/v1/persons/{id}/entries/{no}/disputes", tag: "entries", permission: "entry.dispute",
		summary: "Object to a confirmed entry, for oneself or for the person",
		doc:     "The entry keeps counting until the recording organisation has decided.",
	}, slices.Concat(personCodes, []domain.Code{domain.EntryUnknown, domain.NotConcerned, domain.EntryNotConfirmed, domain.DisputePending}),
		func(ctx context.Context, s *Server, in *disputeInput) (*recordedOutput, error) {
			out, err := s.do(ctx, &in.WriteInput, &domain.DisputeEntry{
				Person: in.person(), Entry: domain.EntryNo(in.Entry), Reason: in.Body.Reason, Evidence: s.evidence(in.Body.Evidence),
			})
			if err == nil {
				out.Body.Dispute = out.Body.FirstRevision
			}
			return out, err
		})
	write(r, operation{
		id: "answer-dispute", path: "/v1/persons/{id}/entries/{no}/disputes/{dispute}/answer", tag: "entries", permission: "entry.answer",
		summary: "Answer a dispute for the recording organisation",
		doc:     "Upheld, it stays open until a correction or voiding proposed after it is approved.",
	}, slices.Concat(personCodes, []domain.Code{domain.OwnRecord, domain.SameAccount, domain.EntryUnknown, domain.DisputeUnknown, domain.WrongOrganisation}),
		func(ctx context.Context, s *Server, in *answerInput) (*recordedOutput, error) {
			return s.do(ctx, &in.WriteInput, &domain.AnswerDispute{
				Person: in.person(), Entry: domain.EntryNo(in.Entry), Dispute: domain.DisputeNo(in.Dispute), Upheld: in.Body.Upheld,
				Finding: in.Body.Finding,
			})
		})
	missing(r)
}

// ReportPath is embedded where the path names a report.
type ReportPath struct {
	PersonPath
	Report uint32 `path:"report" maximum:"4294967295" doc:"Number of the report"`
}

type reportInput struct {
	WriteInput
	PersonPath
	Body struct {
		DeedBody
		Remark   string         `json:"remark,omitempty" maxLength:"500" doc:"Sealed"`
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

type acceptInput struct {
	WriteInput
	ReportPath
	Body *struct {
		Entry    uint32         `json:"entry,omitempty" maximum:"4294967295" doc:"An entry that was claimed meanwhile; absent: claim one"`
		Deed     *DeedBody      `json:"deed,omitempty" doc:"The value by the organisation's papers; absent: as reported"`
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50"`
	}
}

type declineInput struct {
	WriteInput
	ReportPath
	Body ReasonBody
}

var answerCodes = []domain.Code{domain.OwnRecord, domain.SameAccount, domain.ReportUnknown, domain.WrongOrganisation}

// missing registers reports of entries that are missing, and their answers.
func missing(r *routes) {
	write(r, operation{
		id: "report-missing-entry", path: "/v1/persons/{id}/reports", tag: "entries", permission: "entry.dispute",
		summary: "Report service or study that was never recorded",
		doc:     "What, when, where and by whom it was organised. It counts for nothing until the organisation has accepted it and a second person has confirmed it.",
	}, slices.Concat(personCodes, deedCodes, []domain.Code{domain.ConsentMissing, domain.NotConcerned, domain.SubjectExists}),
		func(ctx context.Context, s *Server, in *reportInput) (*recordedOutput, error) {
			read := reader{}
			c := &domain.ReportMissingEntry{
				Person: in.person(), Deed: in.Body.deed(&read), Remark: in.Body.Remark, Evidence: s.evidence(in.Body.Evidence),
			}
			if read.err != nil {
				return nil, read.err
			}
			out, err := s.do(ctx, &in.WriteInput, c)
			if err == nil {
				out.Body.Report = out.Body.FirstRevision
			}
			return out, err
		})
	write(r, operation{
		id: "accept-missing-entry", path: "/v1/persons/{id}/reports/{report}/accept", tag: "entries", permission: "entry.answer",
		summary: "Accept a report: claim the entry, or name the one claimed meanwhile", optionalBody: true,
	}, slices.Concat(personCodes, answerCodes, deedCodes, []domain.Code{domain.EntryUnknown, domain.ConsentMissing}), acceptMissing)
	write(r, operation{
		id: "decline-missing-entry", path: "/v1/persons/{id}/reports/{report}/decline", tag: "entries", permission: "entry.answer",
		summary: "Decline a report and say why",
	}, slices.Concat(personCodes, answerCodes), func(ctx context.Context, s *Server, in *declineInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.DeclineMissingEntry{Person: in.person(), Report: domain.ReportNo(in.Report), Reason: in.Body.Reason})
	})
}

func acceptMissing(ctx context.Context, s *Server, in *acceptInput) (*recordedOutput, error) {
	c := &domain.AcceptMissingEntry{Person: in.person(), Report: domain.ReportNo(in.Report)}
	if b := in.Body; b != nil {
		read := reader{}
		c.Entry, c.Evidence = domain.EntryNo(b.Entry), s.evidence(b.Evidence)
		if b.Deed != nil {
			deed := b.Deed.deed(&read)
			c.Deed = &deed
		}
		if read.err != nil {
			return nil, read.err
		}
	}
	out, err := s.do(ctx, &in.WriteInput, c)
	if err == nil && c.Entry == 0 {
		out.Body.Entry = out.Body.FirstRevision // claimed together with the answer
	}
	return out, err
}
