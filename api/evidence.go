package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"zhishu/api/figures"
	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/imports"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// Evidence is the tree over the ledger.
type Evidence interface {
	Checkpoint() []byte
	Tile(path string) ([]byte, error)
	Receipt(ctx context.Context, stream string, revision uint64) (proof.Receipt, error)
	Statement(ctx context.Context, stream string) (proof.Receipts, error)
	EventAt(ctx context.Context, index uint64) (stream string, revision uint64, err error)
}

// Signing is the log's name and keys.
type Signing interface {
	ID() domain.SigningID
	// Keys lists the public keys; NextKey is the one that a rotation brings in,
	// as an event holds it.
	Keys(ctx context.Context) (LogKeys, error)
	NextKey(ctx context.Context) (string, error)
}

// LogKeys are the keys that checkpoints are signed with.
type LogKeys struct {
	Origin string   `json:"origin" doc:"Names the log in every checkpoint"`
	Keys   []LogKey `json:"keys"`
}

// LogKey is one of them.
type LogKey struct {
	Number   int64  `json:"number"`
	Verifier string `json:"verifier" doc:"name+hash+base64, as C2SP signed-note writes it: pin it"`
	InForce  bool   `json:"inForce" doc:"Signs the checkpoints of today"`
}

const (
	checkpointCache = "no-cache"
	tileCache       = "public, max-age=31536000, immutable"
)

// evidence registers what anybody may have, and the receipts of facts.
func evidence(r *routes) {
	r.raw(operation{
		id: "get-checkpoint", method: http.MethodGet, path: "/checkpoint", tag: "evidence", permission: Public,
		summary: "The newest signed checkpoint", doc: "A C2SP tlog-checkpoint. Keep one: it shows later whether anything before it was changed.",
		codes: []string{CodeNoCheckpoint}, produces: "text/plain",
	}, func(_ context.Context, c *fiber.Ctx) error {
		note := r.server.cfg.Ledger.Evidence.Checkpoint()
		if note == nil {
			return NewProblem(CodeNoCheckpoint, "").RetryAfter(audit.DefaultEvery)
		}
		return sendFixed(c, "text/plain; charset=utf-8", checkpointCache, note)
	})
	tiles(r)
	receipts(r)
	add(r, operation{
		id: "list-keys", method: http.MethodGet, path: "/v1/keys", tag: "evidence", permission: Public,
		summary: "Public keys of the log", doc: "For display. Whoever verifies pins a key that was handed over another way.",
	}, func(ctx context.Context, _ *struct{}) (*keysOutput, error) {
		keys, err := r.server.cfg.Ledger.Signing.Keys(ctx)
		return &keysOutput{keys}, err
	})
	write(r, operation{
		id: "rotate-key", path: "/v1/keys", tag: "evidence", permission: "key.rotate",
		summary: "Add a new signing key", doc: "From now on the one before and the new one both sign, until one is retired.",
	}, []domain.Code{domain.LogKeyOverlap}, func(ctx context.Context, s *Server, in *struct{ WriteInput }) (*recordedOutput, error) {
		key, err := s.cfg.Ledger.Signing.NextKey(ctx)
		if err != nil {
			return nil, err
		}
		return s.do(ctx, &in.WriteInput, &domain.AddLogKey{Signing: s.cfg.Ledger.Signing.ID(), Key: key})
	})
	write(r, operation{
		id: "retire-key", path: "/v1/keys/{number}/retire", tag: "evidence", permission: "key.retire",
		summary: "End a signing key",
	}, []domain.Code{domain.FieldInvalid, domain.LogKeyLast}, func(ctx context.Context, s *Server, in *retireInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.RetireLogKey{Signing: s.cfg.Ledger.Signing.ID(), Number: in.Number})
	})
}

type keysOutput struct{ Body LogKeys }

type retireInput struct {
	WriteInput
	Number int64 `path:"number" minimum:"1" maximum:"1000000" doc:"Number of the key"`
}

func sendFixed(c *fiber.Ctx, mediaType, cache string, body []byte) error {
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderCacheControl, cache)
	c.Set("Access-Control-Allow-Origin", "*")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Response().SetBodyRaw(body)
	return nil
}

func pathParam(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Required: true, Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
}

// tiles registers C2SP tlog-tiles: /tile/<level or "entries">/<number>[.p/<width>].
// A number of more than three digits takes more segments.
func tiles(r *routes) {
	op := operation{
		id: "get-tile", method: http.MethodGet, path: "/tile/{level}/{number}", tag: "evidence", permission: Public,
		summary: "Hashes of the tree, or the entries of its leaves", produces: binaryType, codes: []string{CodeNotFound, CodeEvidenceDamaged},
		doc: "C2SP tlog-tiles: level is 0 to 7 or “entries”; number has groups of three digits, such as x001/234, and .p/17 behind it for a tile that had 17 hashes. " +
			"An entry is a commitment that shows nothing of the fact.",
		params: []*huma.Param{pathParam("level", "0 to 7, or entries"), pathParam("number", "Number of the tile")},
	}
	for more := range 4 {
		r.raw(op, func(_ context.Context, c *fiber.Ctx) error {
			data, err := r.server.cfg.Ledger.Evidence.Tile(strings.TrimPrefix(c.Path(), "/"))
			if err != nil {
				return evidenceProblem(err)
			}
			return sendFixed(c, binaryType, tileCache, data)
		})
		name := "more" + strconv.Itoa(more+1)
		op.id, op.hidden = "get-tile-"+strconv.Itoa(more+2), true
		op.path += "/{" + name + "}"
		op.params = append(op.params[:len(op.params):len(op.params)], pathParam(name, ""))
	}
}

func evidenceProblem(err error) error {
	switch {
	case errors.Is(err, audit.ErrNoTile):
		return NewProblem(CodeNotFound, "")
	case errors.Is(err, audit.ErrDamaged):
		return NewProblem(CodeEvidenceDamaged, "").Because(err)
	case errors.Is(err, audit.ErrNoEvent):
		return domain.Refuse(domain.SubjectUnknown, "event")
	}
	return err
}

const (
	eventPattern = `^([a-z]+-[0-9a-z-]{1,80}@[0-9]{1,10}|[1-9][0-9]{0,18})$`
	factsDoc     = "A fact is shown as it was stored. Those of communities, policies and log keys are for anybody, a person's for who has the volunteer number; " +
		"all others, and a person's by ledger size, for the person whom they are about, and for accounts of the staff and of inspectors whose scope holds them. " +
		"Those of a gift are not for inspectors, and those of an inspection for its inspector and the operators of its division."
	pendingDoc = "Recorded, and no signed checkpoint covers it yet: ask again after Retry-After"
)

// ReceiptPending is the answer while no signed checkpoint covers a fact.
type ReceiptPending struct {
	Status string `json:"status" enum:"pending" doc:"What became of the request"`
	Detail string `json:"detail"`
}

// receipts registers what somebody keeps of a fact.
func receipts(r *routes) {
	described := operation{
		id: "get-receipt", method: http.MethodGet, path: "/v1/receipts/{event}", tag: "evidence", permission: "receipt.read",
		summary: "Proof that a fact is in the ledger, and where",
		codes: append([]string{string(domain.SubjectUnknown), CodeEvidenceDamaged, CodeAccountMissing,
			string(domain.RoleForbids), string(domain.InspectorOnly), string(imports.OutOfScope)}, askerCodes...),
		doc: "Kept with the log's key it can be checked for ever, offline: zhishu verify receipt, or the page /verify. " + factsDoc +
			" 202 says: " + pendingDoc + ".",
		produces: jsonType, answer: reflect.TypeFor[proof.Receipt](), params: []*huma.Param{
			{Name: "event", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString, Pattern: eventPattern},
				Description: "A stream's name, @ and the event's revision there; or the ledger size that the event made, as /v1/events counts"},
			{Name: headerAccount, In: "header", Schema: &huma.Schema{Type: huma.TypeString},
				Description: "Handle of the account that asks; absent: for what anybody may have"},
		},
	}
	r.raw(described, func(ctx context.Context, c *fiber.Ctx) error {
		receipt, err := r.server.receipt(ctx, c.Get(headerAccount), c.Params("event"))
		return sendReceipt(c, receipt, err)
	})
	whole := described
	whole.id, whole.path, whole.answer = "get-stream-receipts", "/v1/receipts/{event}/stream", reflect.TypeFor[proof.Receipts]()
	whole.summary, whole.noHead = "The receipts of every fact of the stream that a fact stands in, from the first on", true
	whole.doc = "What is opened when an inspector challenges a bundle of one division. It is for who may have the fact. 202 says: " + pendingDoc + "."
	r.raw(whole, func(ctx context.Context, c *fiber.Ctx) error {
		stream, _, err := r.server.eventFor(ctx, c.Get(headerAccount), c.Params("event"))
		if err != nil {
			return evidenceProblem(err)
		}
		receipts, err := r.server.cfg.Ledger.Evidence.Statement(ctx, stream)
		return sendReceipt(c, receipts, err)
	})
	r.raw(operation{
		id: "get-receipts", method: http.MethodGet, path: "/v1/persons/{id}/receipts", tag: "evidence", permission: "receipt.read",
		summary: "A person's statement with the receipts of everything recorded, as one file", codes: []string{string(domain.SubjectUnknown), CodeEvidenceDamaged},
		doc: "202 says: " + pendingDoc + ".", produces: jsonType, answer: reflect.TypeFor[proof.Receipts](), noHead: true,
		params: []*huma.Param{{Name: "id", In: "path", Required: true, Description: "Volunteer number", Schema: &huma.Schema{Type: huma.TypeString}}},
	}, func(ctx context.Context, c *fiber.Ctx) error {
		statement, err := r.server.statementReceipts(ctx, c.Params("id"))
		if err == nil {
			c.Set(fiber.HeaderContentDisposition, `attachment; filename="receipts.json"`)
		}
		return sendReceipt(c, statement, err)
	})
	r.raw(operation{
		id: "get-story-receipts", method: http.MethodGet, path: "/v1/persons/{id}/story/receipts", tag: "evidence", permission: "person.identity",
		summary: "The same with the person's gifts, for who may open the story", codes: slices.Concat(storyCodes, []string{CodeEvidenceDamaged}),
		doc: "Each gift's receipts stand beside the person's. 202 says: " + pendingDoc + ".", produces: jsonType, answer: reflect.TypeFor[proof.Receipts](), noHead: true,
		params: []*huma.Param{
			{Name: "id", In: "path", Required: true, Description: "Volunteer number", Schema: &huma.Schema{Type: huma.TypeString}},
			{Name: headerAccount, In: "header", Required: true, Description: "Handle of the account that asks; asserted, not proven", Schema: &huma.Schema{Type: huma.TypeString}},
		},
	}, func(ctx context.Context, c *fiber.Ctx) error {
		statement, err := r.server.storyReceipts(ctx, c.Get(headerAccount), c.Params("id"))
		if err == nil {
			c.Set(fiber.HeaderContentDisposition, `attachment; filename="receipts.json"`)
		}
		return sendReceipt(c, statement, err)
	})
	r.alsoPending("/v1/receipts/{event}")
	r.alsoPending("/v1/receipts/{event}/stream")
	r.alsoPending("/v1/persons/{id}/receipts")
	r.alsoPending("/v1/persons/{id}/story/receipts")
}

// alsoPending describes 202 beside 200.
func (r *routes) alsoPending(path string) {
	item := r.api.OpenAPI().Paths[path]
	if item == nil || item.Get == nil {
		return // the fault is reported already
	}
	item.Get.Responses["202"] = &huma.Response{
		Description: pendingDoc,
		Headers:     map[string]*huma.Param{fiber.HeaderRetryAfter: {Description: "Seconds", Schema: &huma.Schema{Type: huma.TypeInteger}}},
		Content:     map[string]*huma.MediaType{jsonType: {Schema: r.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[ReceiptPending](), true, "")}},
	}
}

func sendReceipt(c *fiber.Ctx, body any, err error) error {
	if errors.Is(err, audit.ErrNotCovered) {
		c.Status(http.StatusAccepted)
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(audit.DefaultEvery.Seconds())))
		body, err = ReceiptPending{"pending", pendingDoc}, nil
	}
	if err != nil {
		return evidenceProblem(err)
	}
	c.Set(fiber.HeaderContentType, jsonType)
	return marshal(c.Response().BodyWriter(), body)
}

func (s *Server) receipt(ctx context.Context, account, event string) (proof.Receipt, error) {
	stream, revision, err := s.eventFor(ctx, account, event)
	if err != nil {
		return proof.Receipt{}, err
	}
	return s.cfg.Ledger.Evidence.Receipt(ctx, stream, revision)
}

// eventFor finds an event for an account that may have it. Whether there is such a
// revision, and whether a checkpoint covers it, is said after that.
func (s *Server) eventFor(ctx context.Context, account, event string) (stream string, revision uint64, err error) {
	by, err := s.asker(ctx, account)
	if err != nil {
		return "", 0, err
	}
	if stream, revision, err = s.eventNamed(ctx, event); err != nil {
		return "", 0, err
	}
	return stream, revision, s.mayHaveFacts(ctx, by, stream, strings.Contains(event, "@"))
}

// eventNamed finds an event by its stream and revision, or by the ledger size it
// made.
func (s *Server) eventNamed(ctx context.Context, event string) (stream string, revision uint64, err error) {
	stream, number, ok := strings.Cut(event, "@")
	if !ok {
		size, err := strconv.ParseUint(event, 10, 63)
		if err != nil || size == 0 {
			return "", 0, NewProblem(CodeNotFound, "")
		}
		return s.cfg.Ledger.Evidence.EventAt(ctx, size-1)
	}
	revision, err = strconv.ParseUint(number, 10, 32)
	if _, ok := domain.ParseStream(stream); err != nil || !ok {
		return "", 0, NewProblem(CodeNotFound, "")
	}
	return stream, revision, nil
}

// personIn reads the number of a person in a path.
func personIn(path string) (domain.PersonID, error) {
	u, err := domain.ParseUUID(path)
	if err != nil || u.String() != path {
		return domain.PersonID{}, domain.Refuse(domain.SubjectUnknown, "person")
	}
	return domain.PersonID{UUID: u}, nil
}

func (s *Server) statementReceipts(ctx context.Context, id string) (proof.Receipts, error) {
	person, err := personIn(id)
	if err != nil {
		return proof.Receipts{}, err
	}
	v, err := s.viewAt("", Cursor{})
	if err != nil {
		return proof.Receipts{}, err
	}
	statement, err := s.cfg.Ledger.Statement(ctx, v, person)
	if err != nil {
		return proof.Receipts{}, err
	}
	out, err := s.cfg.Ledger.Evidence.Statement(ctx, person.Stream())
	if err != nil {
		return out, err
	}
	out.Statement, err = json.Marshal(figures.StatementOf(statement))
	return out, err
}
