package api

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/inspect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// Bundles makes what an inspector takes away.
type Bundles interface {
	// Keys encrypts persons' keys to a recipient.
	Keys(ctx context.Context, persons []domain.PersonID, recipient string) ([]byte, error)
	// Bundle fills in the order's checkpoint and those beyond since, and writes.
	Bundle(ctx context.Context, to io.Writer, order inspect.Order, since uint64) (inspect.Written, error)
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

// BundleOf is an export of a case.
type BundleOf struct {
	LedgerSize uint64 `json:"ledgerSize" doc:"The cut"`
	Manifest   string `json:"manifest" doc:"SHA-256"`
	Keys       int    `json:"keys" doc:"Persons whose keys went with it"`
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
		summary: "An inspection, its sample and its bundles", codes: texts([]domain.Code{domain.SubjectUnknown}),
	}, func(ctx context.Context, in *inspectionQuery) (*inspectionOutput, error) {
		out, err := r.server.inspectionNow(ctx, in.inspection())
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
	period, err := domain.ParsePeriod(b.Period)
	if err != nil {
		return nil, NewProblem(CodePeriodInvalid, "")
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

func (s *Server) inspectionNow(ctx context.Context, id domain.InspectionID) (out Inspection, err error) {
	c, err := s.caseOf(ctx, id)
	if err != nil {
		return out, err
	}
	out = Inspection{
		Inspection: id.String(), Inspector: c.By.String(), Division: c.Opened.Scope.String(), Period: c.Opened.Period.String(),
		Purpose: c.Opened.Purpose, Committed: c.Opened.Committed, Recipient: c.Opened.Recipient, Closed: c.Closed, Bundles: []BundleOf{},
	}
	for _, b := range c.Bundles {
		out.Bundles = append(out.Bundles, BundleOf{uint64(b.Size), b.Manifest, int(b.Keys)})
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

// bundle registers the export of a case.
func bundle(r *routes) {
	header := func(name, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "header", Required: true, Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	r.raw(operation{
		id: "export-bundle", method: http.MethodPost, path: "/v1/inspections/{id}/bundle", tag: "inspections", permission: "inspection.export",
		timeout: ImportTimeout, produces: binaryType, summary: "Everything an inspector takes away, as one file",
		doc: "A zip with every fact up to the newest signed checkpoint, the tree, the figures of the division and, when a sample was drawn and the case names a recipient, " +
			"the keys of the persons drawn. The export is recorded before the file is whole. Check it with zhishu verify.",
		codes: slices.Concat([]string{CodeAccountMissing, CodeAccountInvalid, CodeKeyMissing, CodeNoCheckpoint}, texts(caseCodes), texts([]domain.Code{domain.AccountUnknown, domain.AccountClosedCode})),
		params: []*huma.Param{
			{Name: "id", In: "path", Required: true, Description: "The case", Schema: &huma.Schema{Type: huma.TypeString}},
			header(headerAccount, "Handle of the account that exports"), header(headerKey, "Of this request; given again, another file is made and recorded"),
		},
	}, func(ctx context.Context, c *fiber.Ctx) error { return r.server.exportBundle(ctx, c) })
}

func (s *Server) exportBundle(ctx context.Context, c *fiber.Ctx) error {
	in := inspectionInput{}
	in.Account, in.Key, in.Inspection = c.Get(headerAccount), c.Get(headerKey), c.Params("id")
	if err := checkAccount(in.Account); err != nil {
		return err
	}
	if err := checkKey(in.Key); err != nil {
		return err
	}
	id, err := domain.ParseUUID(in.Inspection)
	if err != nil {
		return domain.Refuse(domain.SubjectUnknown, "inspection")
	}
	state, err := s.caseOf(ctx, domain.InspectionID{UUID: id})
	if err != nil {
		return err
	}
	if state.Closed {
		return domain.Refuse(domain.InspectionClosedCode, "inspection")
	}
	// The facts leave before the export can be recorded: whoever may not have it
	// recorded is refused before the first byte.
	if _, err := s.cfg.Ledger.Commands.Actor(ctx, s.accountOf(in.Account)); err != nil {
		return err
	}
	opened, sample, err := s.drawn(ctx, state)
	if err != nil {
		return err
	}
	o := state.Opened
	order := inspect.Order{
		Case: inspect.Case{ID: id.String(), Division: o.Scope.String(), Period: o.Period.String(), Inspector: state.By.String(),
			Committed: o.Committed, Opened: opened},
		Exporter: s.accountOf(in.Account).String(), At: time.UnixMilli(int64(s.cfg.Ledger.Commands.Now())), Sample: sample,
	}
	if sample != nil && o.Recipient != "" {
		if err := s.handOver(ctx, &in, state, &order); err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="bundle.zip"`)
	whose := context.WithoutCancel(ctx) // the file outlives the handler
	return s.streamFile(c, func(ctx context.Context, w io.Writer) error {
		order.Record = func(ctx context.Context, cut uint64, manifest string) error {
			// Given again, the request makes another file, which is another export.
			in.Key += "/" + manifest
			_, err := s.do(whose, &in.WriteInput, &domain.ExportBundle{
				Inspection: o.Inspection, Size: int64(cut), Manifest: manifest, Keys: int64(len(order.Persons)),
			})
			return err
		}
		_, err := s.cfg.Ledger.Bundles.Bundle(ctx, w, order, 0)
		return err
	})
}

// handOver records, in each person's own stream, that the inspector is given
// the key, and then encrypts the keys. Whoever is restricted or erased is left
// out.
func (s *Server) handOver(ctx context.Context, in *inspectionInput, c *domain.Inspection, order *inspect.Order) error {
	var persons []domain.PersonID
	for _, name := range order.Sample.Persons {
		id, err := domain.ParseUUID(name)
		if err != nil {
			return err
		}
		person := domain.PersonID{UUID: id}
		_, err = s.do(ctx, &in.WriteInput, &domain.ExportPersonalKey{Person: person, Inspection: c.Opened.Inspection, Recipient: c.Opened.Recipient})
		var refusal *domain.Refusal
		switch {
		case errors.As(err, &refusal):
			continue
		case err != nil:
			return err
		}
		persons = append(persons, person)
		order.Persons = append(order.Persons, name)
	}
	if len(persons) == 0 {
		return nil
	}
	keys, err := s.cfg.Ledger.Bundles.Keys(ctx, persons, c.Opened.Recipient)
	order.Keys = keys
	return err
}
