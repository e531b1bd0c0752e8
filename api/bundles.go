package api

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"zhishu/audit"
	"zhishu/domain"
	"zhishu/inspect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// bundle registers the export of a case.
func bundle(r *routes) {
	header := func(name, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "header", Required: true, Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	r.raw(operation{
		id: "export-bundle", method: http.MethodPost, path: "/v1/inspections/{id}/bundle", tag: "inspections", permission: "inspection.export",
		timeout: ImportTimeout, produces: binaryType, summary: "Everything an inspector takes away, as one file",
		doc: "A zip with every fact up to the newest signed checkpoint, the tree, the figures of the division and, when a sample was drawn and the case names a recipient, " +
			"the keys of the persons drawn. That it began is recorded before the first byte leaves, and then how it ended: handed out, or broken off. Check it with zhishu verify.",
		codes: slices.Concat([]string{CodeAccountMissing, CodeAccountInvalid, CodeKeyMissing, CodeNoCheckpoint}, []string{CodeDivisionInvalid}, texts(caseCodes), texts([]domain.Code{domain.AccountUnknown, domain.AccountClosedCode, domain.RoleForbids, domain.WrongOrganisation})),
		params: []*huma.Param{
			{Name: "id", In: "path", Required: true, Description: "The case", Schema: &huma.Schema{Type: huma.TypeString}},
			{Name: "division", In: "query", Description: "Whose facts go: one within the case's. Of all others the file holds commitments alone, and the figures are what the division's facts determine. " +
				"Absent: every fact goes. A part of the case's division takes no sample along", Schema: &huma.Schema{Type: huma.TypeString}},
			header(headerAccount, "Handle of the account that exports: the inspector's, or an operator's of the division"), header(headerKey, "Of this request; given again, another file is made and recorded"),
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
	by, err := s.cfg.Ledger.Commands.Actor(ctx, s.accountOf(in.Account))
	if err != nil {
		return err
	}
	division, err := domain.ParseDivision(c.Query("division"))
	if err != nil {
		return NewProblem(CodeDivisionInvalid, "")
	}
	if err := state.Exports(by); err != nil {
		return err
	}
	opened, sample, err := s.drawn(ctx, state)
	if err != nil {
		return err
	}
	if division != (domain.Division{}) && division != state.Opened.Scope {
		sample = nil // it was drawn from the whole case
	}
	out := &handingOut{s: s, in: &in, state: state, division: division, export: s.cfg.Ledger.Commands.DerivedID("export", []byte(rand.Text()))}
	if err := out.begin(ctx, opened, sample); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="bundle.zip"`)
	out.whose = context.WithoutCancel(ctx) // the file outlives the handler
	return s.streamFile(c, out.write)
}

// handingOut is a bundle on its way to whoever asked for it. Facts leave with
// the first byte, so what the ledger says of it begins before: the request given
// again makes another file, which is another handing out.
type handingOut struct {
	s        *Server
	in       *inspectionInput
	state    *domain.Inspection
	division domain.Division // whose facts go; none: all
	export   domain.UUID
	order    inspect.Order
	whose    context.Context
}

// begin has it recorded that facts will leave, then hands the keys over.
func (h *handingOut) begin(ctx context.Context, opened uint64, sample *inspect.Sample) error {
	o := h.state.Opened
	h.order = inspect.Order{
		Case: inspect.Case{ID: o.Inspection.String(), Division: o.Scope.String(), Period: o.Period.String(), Inspector: h.state.By.String(),
			Committed: o.Committed, Opened: opened},
		Exporter: h.s.accountOf(h.in.Account).String(), At: time.UnixMilli(int64(h.s.cfg.Ledger.Commands.Now())), Sample: sample,
		Division: h.division.String(),
	}
	cut, err := h.s.cfg.Ledger.Bundles.Cut(ctx, &h.order, 0)
	if errors.Is(err, audit.ErrNotCovered) {
		return NewProblem(CodeNoCheckpoint, "").RetryAfter(audit.DefaultEvery)
	}
	if err != nil {
		return err
	}
	if err := h.record(ctx, &domain.BeginBundle{Inspection: o.Inspection, Export: h.export, Size: int64(cut), Division: h.division}); err != nil {
		return err
	}
	if sample == nil || o.Recipient == "" {
		return nil
	}
	if err := h.handOver(ctx); err != nil {
		return errors.Join(err, h.breakOff(ctx, domain.SourceFailed))
	}
	return nil
}

// write makes the file and has it recorded how that ended.
func (h *handingOut) write(ctx context.Context, to io.Writer) error {
	ended := false
	defer func() {
		if !ended { // also after a panic
			_ = h.breakOff(h.whose, domain.SourceFailed)
		}
	}()
	receiver := &receiving{to: to}
	h.order.Record = func(_ context.Context, cut uint64, manifest string) error {
		return h.record(h.whose, &domain.ExportBundle{
			Inspection: h.state.Opened.Inspection, Export: h.export, Size: int64(cut), Manifest: manifest, Keys: int64(len(h.order.Persons)),
		})
	}
	_, err := h.s.cfg.Ledger.Bundles.Bundle(ctx, receiver, h.order)
	if err == nil {
		err = receiver.flush()
	}
	ended = true
	switch {
	case receiver.gone != nil:
		return errors.Join(err, h.breakOff(h.whose, domain.ReceiverGone))
	case err != nil:
		return errors.Join(err, h.breakOff(h.whose, domain.SourceFailed))
	}
	return nil
}

func (h *handingOut) breakOff(ctx context.Context, cause domain.BreakCause) error {
	return h.record(ctx, &domain.BreakOffBundle{Inspection: h.state.Opened.Inspection, Export: h.export, Cause: cause})
}

// record carries out a command of this handing out, and of no other that the
// same key asked for.
func (h *handingOut) record(ctx context.Context, c domain.Command) error {
	in := h.in.WriteInput
	in.Key = h.export.String()
	_, err := h.s.do(ctx, &in, c)
	return err
}

// receiving notes that whoever asked takes no more.
type receiving struct {
	to   io.Writer
	gone error
}

func (r *receiving) Write(b []byte) (int, error) {
	n, err := r.to.Write(b)
	r.gone = errors.Join(r.gone, err)
	return n, err
}

func (r *receiving) flush() error {
	if f, ok := r.to.(interface{ Flush() error }); ok {
		r.gone = errors.Join(r.gone, f.Flush())
	}
	return r.gone
}

// handOver encrypts the keys of those drawn, and has it recorded in each one's own
// stream that the inspector is given the key: encrypting first, so that nothing is
// recorded of a key that cannot leave. Whoever is restricted or erased is left out.
func (h *handingOut) handOver(ctx context.Context) error {
	var persons []domain.PersonID
	for _, name := range h.order.Sample.Persons {
		id, err := domain.ParseUUID(name)
		if err != nil {
			return err
		}
		person := domain.PersonID{UUID: id}
		state, err := h.s.cfg.Ledger.Commands.State(ctx, person.Stream())
		if err != nil {
			return err
		}
		if p, ok := state.(*domain.Person); ok && p.Exists && !p.Erased && !p.Restricted && p.MergedInto.IsZero() {
			persons = append(persons, person)
		}
	}
	sealed, err := h.sealed(ctx, persons)
	if err != nil {
		return err
	}
	var recorded []domain.PersonID
	for _, person := range persons {
		err := h.record(ctx, &domain.ExportPersonalKey{Person: person, Inspection: h.state.Opened.Inspection, Recipient: h.state.Opened.Recipient})
		var refusal *domain.Refusal
		switch {
		case errors.As(err, &refusal):
			continue // restricted or erased meanwhile
		case err != nil:
			return err
		}
		recorded = append(recorded, person)
		h.order.Persons = append(h.order.Persons, person.String())
	}
	if len(recorded) < len(persons) {
		if sealed, err = h.sealed(ctx, recorded); err != nil {
			return err
		}
	}
	h.order.Keys = sealed
	return nil
}

func (h *handingOut) sealed(ctx context.Context, persons []domain.PersonID) ([]byte, error) {
	if len(persons) == 0 {
		return nil, nil
	}
	return h.s.cfg.Ledger.Bundles.Keys(ctx, persons, h.state.Opened.Recipient)
}
