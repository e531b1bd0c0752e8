package api

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/inspect"
)

// Bundles makes what an inspector takes away.
type Bundles interface {
	// Keys encrypts persons' keys to a recipient.
	Keys(ctx context.Context, persons []domain.PersonID, recipient string) ([]byte, error)
	// Cut fills in the order's checkpoint, which covers all there is now, and those
	// beyond since.
	Cut(ctx context.Context, order *inspect.Order, since uint64) (size uint64, err error)
	// Bundle writes what was ordered.
	Bundle(ctx context.Context, to io.Writer, order inspect.Order) (inspect.Written, error)
}

// InspectionPath is embedded where the path names a case.
type InspectionPath struct {
	Inspection string `path:"id" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters"`
}

func (in *InspectionPath) inspection() domain.InspectionID {
	return domain.InspectionID{UUID: uuidOf(in.Inspection)}
}

type openInspectionInput struct {
	WriteInput
	Body struct {
		Division  string `json:"division,omitempty" maxLength:"12" doc:"That is inspected; absent: everywhere the account may look"`
		Period    string `json:"period" doc:"2026, 2026-03 or 2026-01-01..2026-06-30, never all" example:"2026"`
		Committed string `json:"committed" pattern:"^[0-9a-f]{64}$" patternDescription:"64 hexadecimal digits" doc:"SHA-256 of the inspector's nonce, 32 random bytes that stay secret until the sample is drawn"`
		Recipient string `json:"recipient,omitempty" maxLength:"62" doc:"age public key to which keys of the sample are encrypted; absent: none are handed over"`
		Purpose   string `json:"purpose" minLength:"1" maxLength:"200" doc:"Without names"`
	}
}

type drawInput struct {
	WriteInput
	InspectionPath
	Body struct {
		Nonce string `json:"nonce" pattern:"^[0-9a-f]{64}$" patternDescription:"64 hexadecimal digits"`
		Count int    `json:"count" minimum:"1" maximum:"1000" doc:"Persons to draw"`
	}
}

type inspectionInput struct {
	WriteInput
	InspectionPath
}

type inspectionQuery struct {
	InspectionPath
	AccountInput
}

// Inspection is a case as it stands.
type Inspection struct {
	Inspection string          `json:"inspection"`
	Inspector  string          `json:"inspector" doc:"Account that opened it"`
	Division   string          `json:"division" doc:"Empty: everywhere"`
	Period     string          `json:"period"`
	Purpose    string          `json:"purpose"`
	Committed  string          `json:"committed"`
	Recipient  string          `json:"recipient,omitempty"`
	Closed     bool            `json:"closed"`
	Sample     *inspect.Sample `json:"sample,omitempty"`
	Bundles    []BundleOf      `json:"bundles"`
}

// BundleOf is an export of a case, as far as it came.
type BundleOf struct {
	Export     string `json:"export" doc:"Number of this handing out"`
	State      string `json:"state" enum:"begun,handed-out,broken-off" doc:"begun: bytes may have left, and nothing says that all did; the server may have stopped meanwhile. handed-out: all of it left this machine; whether it arrived only the receiver can tell"`
	Cause      string `json:"cause,omitempty" enum:"receiver,source" doc:"Why it was broken off: whoever asked took no more, or the ledger could not go on"`
	By         string `json:"by" doc:"Account that asked for it"`
	Begun      string `json:"begun" format:"date-time"`
	LedgerSize uint64 `json:"ledgerSize" doc:"The cut"`
	Division   string `json:"division" doc:"Whose facts are in it; empty: all"`
	Manifest   string `json:"manifest,omitempty" doc:"SHA-256; absent: it did not come so far"`
	Keys       int    `json:"keys" doc:"Persons whose keys went with it"`
}

func bundleOf(b domain.Bundle) BundleOf {
	out := BundleOf{
		Export: b.Export.String(), State: "begun", Cause: string(b.BrokenOff), By: b.By.String(), Begun: b.Begun.String(),
		LedgerSize: uint64(b.Size), Division: b.Division.String(), Manifest: b.Manifest, Keys: int(b.Keys),
	}
	switch {
	case b.BrokenOff != "":
		out.State = "broken-off"
	case b.Manifest != "":
		out.State = "handed-out"
	}
	return out
}

type inspectionOutput struct{ Body Inspection }

var caseCodes = []domain.Code{domain.SubjectUnknown, domain.InspectorOnly, domain.InspectionClosedCode}

// inspections registers cases, their samples and bundles.
func inspections(r *routes) {
	write(r, operation{
		id: "open-inspection", path: "/v1/inspections", tag: "inspections", permission: "inspection.open", summary: "Open an inspection",
		doc: "Commits the inspector to a nonce before the ledger's part of the sample's seed exists: the root of the first checkpoint signed after it.",
	}, []domain.Code{domain.InspectorOnly, domain.WrongOrganisation, domain.SubjectExists}, openInspection)
	write(r, operation{
		id: "draw-sample", path: "/v1/inspections/{id}/sample", tag: "inspections", permission: "inspection.draw", summary: "Reveal the nonce and draw the sample",
		doc: "The seed is SHA-256(nonce ‖ root). A case draws once. 404 until a checkpoint has been signed after the case was opened.",
	}, append(caseCodes, domain.NonceDiffers, domain.SampleDrawnCode), drawSample)
	write(r, operation{
		id: "close-inspection", path: "/v1/inspections/{id}/close", tag: "inspections", permission: "inspection.open", summary: "Close an inspection",
	}, caseCodes, func(ctx context.Context, s *Server, in *inspectionInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.CloseInspection{Inspection: in.inspection()})
	})
	add(r, operation{
		id: "get-inspection", method: http.MethodGet, path: "/v1/inspections/{id}", tag: "inspections", permission: "inspection.read",
		summary: "An inspection, its sample and its bundles, for its inspector and the operators of its division",
		codes:   append([]string{CodeAccountMissing, CodeAccountInvalid}, texts([]domain.Code{domain.SubjectUnknown, domain.InspectorOnly, domain.AccountUnknown, domain.AccountClosedCode})...),
	}, func(ctx context.Context, in *inspectionQuery) (*inspectionOutput, error) {
		out, err := r.server.inspectionNow(ctx, in.Account, in.inspection())
		return &inspectionOutput{out}, err
	})
	bundle(r)
}

func openInspection(ctx context.Context, s *Server, in *openInspectionInput) (*recordedOutput, error) {
	b := &in.Body
	scope, err := domain.ParseDivision(b.Division)
	if err != nil {
		return nil, NewProblem(CodeDivisionInvalid, "")
	}
	period, err := domain.AskPeriod(b.Period)
	if err != nil {
		return nil, periodProblem(err)
	}
	account := s.accountOf(in.Account)
	id := domain.InspectionID{UUID: s.cfg.Ledger.Commands.DerivedID("api-inspection", account.UUID[:], []byte(in.Key))}
	out, err := s.do(ctx, &in.WriteInput, &domain.OpenInspection{
		Inspection: id, Scope: scope, Period: period, Committed: b.Committed, Recipient: b.Recipient, Purpose: b.Purpose,
	})
	if err == nil {
		out.Body.Inspection = id.String()
	}
	return out, err
}

func drawSample(ctx context.Context, s *Server, in *drawInput) (*recordedOutput, error) {
	state, err := s.caseOf(ctx, in.inspection())
	if err != nil {
		return nil, err
	}
	raw, err := hex.DecodeString(in.Body.Nonce)
	if err != nil || len(raw) != inspect.NonceSize {
		return nil, domain.Refuse(domain.FieldInvalid, "nonce")
	}
	_, sample, root, err := s.sampleOf(ctx, state, inspect.Nonce(raw), in.Body.Count)
	if err != nil {
		return nil, err
	}
	return s.do(ctx, &in.WriteInput, &domain.DrawSample{
		Inspection: in.inspection(), Nonce: in.Body.Nonce, Size: int64(root.Size), Root: hex.EncodeToString(root.Root[:]),
		Population: int64(sample.Population), Count: int64(in.Body.Count),
	})
}

func (s *Server) caseOf(ctx context.Context, id domain.InspectionID) (*domain.Inspection, error) {
	state, err := s.cfg.Ledger.Commands.State(ctx, id.Stream())
	if err != nil {
		return nil, err
	}
	c, ok := state.(*domain.Inspection)
	if !ok || !c.Exists {
		return nil, domain.Refuse(domain.SubjectUnknown, "inspection")
	}
	return c, nil
}

// sampleOf computes a sample from the first checkpoint after the case was
// opened, which the receipt of its opening names.
func (s *Server) sampleOf(ctx context.Context, c *domain.Inspection, nonce inspect.Nonce, count int) (opened uint64, sample *inspect.Sample, root proof.Checkpoint, err error) {
	receipt, err := s.cfg.Ledger.Evidence.Receipt(ctx, c.Opened.Inspection.Stream(), 0)
	if errors.Is(err, audit.ErrNotCovered) {
		return 0, nil, root, NewProblem(CodeNoCheckpoint, "").RetryAfter(audit.DefaultEvery)
	}
	if err != nil {
		return 0, nil, root, evidenceProblem(err)
	}
	inclusion, err := proof.ParseInclusion([]byte(receipt.Proof))
	if err != nil {
		return 0, nil, root, err
	}
	note, err := proof.ParseNote(inclusion.Checkpoint)
	if err != nil {
		return 0, nil, root, err
	}
	if root, err = proof.ParseCheckpoint(note.Text); err != nil {
		return 0, nil, root, err
	}
	// The tree may be ahead of the read models.
	if err := s.await(ctx, s.cfg.Ledger.Stats().HeadPosition); err != nil {
		return 0, nil, root, err
	}
	v, err := s.viewAt(strconv.FormatUint(root.Size, 10), Cursor{})
	if err != nil {
		return 0, nil, root, err
	}
	population := inspect.Population(v, c.Opened.Scope)
	seed := inspect.SeedOf(nonce, root.Root)
	sample = &inspect.Sample{
		Nonce: hex.EncodeToString(nonce[:]), Checkpoint: string(inclusion.Checkpoint), Seed: hex.EncodeToString(seed[:]),
		Population: len(population), Persons: []string{},
	}
	for _, id := range inspect.Draw(seed, population, count) {
		sample.Persons = append(sample.Persons, id.String())
	}
	return inclusion.Index, sample, root, nil
}

// shown is a case that the account may look at.
func (s *Server) shown(ctx context.Context, account string, id domain.InspectionID) (*domain.Inspection, error) {
	by, err := s.asker(ctx, account)
	if err != nil {
		return nil, err
	}
	c, err := s.caseOf(ctx, id)
	if err != nil {
		return nil, err
	}
	return c, c.Shows(by.Actor)
}

func (s *Server) inspectionNow(ctx context.Context, account string, id domain.InspectionID) (out Inspection, err error) {
	c, err := s.shown(ctx, account, id)
	if err != nil {
		return out, err
	}
	out = Inspection{
		Inspection: id.String(), Inspector: c.By.String(), Division: c.Opened.Scope.String(), Period: c.Opened.Period.String(),
		Purpose: c.Opened.Purpose, Committed: c.Opened.Committed, Recipient: c.Opened.Recipient, Closed: c.Closed, Bundles: []BundleOf{},
	}
	for _, b := range c.Bundles {
		out.Bundles = append(out.Bundles, bundleOf(b))
	}
	if c.Sample != nil {
		_, out.Sample, err = s.drawn(ctx, c)
	}
	return out, err
}

// drawn recomputes the sample that was recorded.
func (s *Server) drawn(ctx context.Context, c *domain.Inspection) (opened uint64, sample *inspect.Sample, err error) {
	nonce, count := inspect.Nonce{}, 0
	if c.Sample != nil {
		raw, err := hex.DecodeString(c.Sample.Nonce)
		if err != nil || len(raw) != inspect.NonceSize {
			return 0, nil, domain.Refuse(domain.FieldInvalid, "nonce")
		}
		nonce, count = inspect.Nonce(raw), int(c.Sample.Count)
	}
	opened, sample, _, err = s.sampleOf(ctx, c, nonce, count)
	if c.Sample == nil {
		sample = nil
	}
	return opened, sample, err
}
