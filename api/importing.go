package api

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/imports"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

const (
	headerFileName  = "Zhishu-File-Name"
	binaryType      = "application/octet-stream"
	columnsQuery    = "columns"
	maxFileNameLen  = 255 // characters
	maxParameterLen = 200 // characters of one query parameter
)

// sheetTypes are what a sheet may be sent as; its content decides what it is.
var sheetTypes = []string{binaryType, "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

// sheetKinds are the kinds of sheets; each has an address of its own, because
// the size of a body is bounded by its path.
var sheetKinds = []domain.ImportKind{domain.ImportPeople, domain.ImportService, domain.ImportStudy, domain.ImportDonations, domain.ImportCommunities,
	domain.ImportActivities, domain.ImportRoster}

// uploads registers the import of sheets. The content of a file is its
// idempotency key: the same file again adds nothing.
func uploads(r *routes) {
	codes := slices.Concat([]string{CodeAccountMissing, CodeAccountInvalid, CodeFileNameInvalid, CodeQueryInvalid, CodeImportStopped},
		texts([]domain.Code{domain.AccountUnknown, domain.AccountClosedCode, domain.FieldMissing, domain.CommunityInvalid, commands.CommunityUnregistered, domain.SameAccount,
			imports.ConsentBasisMissing, imports.DispositionUnclear, imports.OutOfScope, imports.ImportElsewhere,
			imports.ReissueUnknown, imports.ReissueSuspected}))
	for _, kind := range sheetKinds {
		r.raw(operation{
			id: "import-" + string(kind), method: http.MethodPost, path: "/v1/imports/" + string(kind), tag: "imports",
			permission: "import.run", timeout: ImportTimeout, body: fileBody, files: sheetTypes, produces: jsonType,
			answer: reflect.TypeFor[imports.Result](), params: importParams(), codes: codes,
			summary: "Import a sheet of " + string(kind),
			doc:     "CSV (UTF-8 or GB18030) or XLSX. Rows that are refused are named in errors; the others are recorded. The same content again adds nothing; a file that was interrupted goes on where it stopped.",
		}, func(ctx context.Context, c *fiber.Ctx) error { return r.server.importSheet(ctx, c, kind) })
		r.raw(operation{
			id: "rejects-" + string(kind), method: http.MethodPost, path: "/v1/imports/" + string(kind) + "/rejects", tag: "imports",
			permission: "import.run", timeout: ImportTimeout, body: fileBody, files: sheetTypes, produces: binaryType,
			params: importParams(), codes: codes,
			summary: "Refused rows of a sheet of " + string(kind) + ", in its own layout with reason and cure",
			doc:     "Records nothing. Give the same file and parameters as for the import.",
		}, func(ctx context.Context, c *fiber.Ctx) error { return r.server.rejects(ctx, c, kind) })
	}
}

func (s *Server) importSheet(ctx context.Context, c *fiber.Ctx, kind domain.ImportKind) error {
	job, err := s.job(c, kind)
	if err != nil {
		return err
	}
	result, err := s.cfg.Ledger.Imports.Run(ctx, job)
	if err != nil {
		return stopped(result, err)
	}
	s.countRows(result)
	if result.Position != "" {
		c.Set(headerPosition, result.Position)
	}
	c.Set(fiber.HeaderContentType, jsonType)
	return marshal(c.Response().BodyWriter(), result)
}

// stopped tells an import that was refused whole from one that wrote some rows
// before it could not go on.
func stopped(result imports.Result, err error) error {
	problem := problemOf(err)
	if result.Status != imports.Running || problem.Status < http.StatusInternalServerError {
		return err
	}
	return NewProblem(CodeImportStopped, "").RetryAfter(BusyRetryAfter).Because(err)
}

func (s *Server) countRows(r imports.Result) {
	if r.Status == imports.DryRun {
		return
	}
	s.metrics.CountImportRows("accepted", r.Added)
	s.metrics.CountImportRows("refused", r.Refused)
	s.metrics.CountImportRows("repeated", r.Accepted-r.Added)
}

func (s *Server) rejects(ctx context.Context, c *fiber.Ctx, kind domain.ImportKind) error {
	job, err := s.job(c, kind)
	if err != nil {
		return err
	}
	var refused bytes.Buffer
	job.DryRun, job.Reject = true, &refused
	if _, err := s.cfg.Ledger.Imports.Run(ctx, job); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, binaryType)
	c.Response().SetBodyRaw(refused.Bytes())
	return nil
}

// job reads the parameters of an import. Its file is the body.
func (s *Server) job(c *fiber.Ctx, kind domain.ImportKind) (imports.Job, error) {
	q := importQuery{reader: reader{}, args: make(map[string]string)}
	body := c.Request().Body()
	job := imports.Job{Kind: kind, Source: "api", File: bytes.NewReader(body), Size: int64(len(body))}
	handle := c.Get(headerAccount)
	if err := checkAccount(handle); err != nil {
		return job, err
	}
	name, err := fileName(c.Get(headerFileName))
	if err != nil {
		return job, err
	}
	q.read(c)
	job.Name, job.Recorder = name, s.accountOf(handle)
	job.Community = q.community(q.args["community"], "community")
	job.Organisation.UUID, job.ReissueOf.UUID, job.Attended.UUID = q.uuid("organisation"), q.uuid("reissueOf"), q.uuid("attended")
	job.Issuer, job.Activity, job.Sheet, job.Encoding = q.args["issuer"], q.args["activity"], q.args["sheet"], q.args["encoding"]
	job.ConsentBasis = domain.Basis(q.args["consentBasis"])
	job.ROC, job.Enrol, job.Separate, job.DryRun = q.flag("roc"), q.flag("enrol"), q.flag("separate"), q.flag("dryRun")
	job.Update, job.Unregistered = q.flag("update"), q.flag("unregistered")
	job.Columns = q.columns
	if confirmer := q.args["confirmer"]; confirmer != "" {
		if !domain.ValidHandle(confirmer) {
			q.refuse(domain.FieldInvalid, "confirmer")
		}
		job.Confirmer = s.accountOf(confirmer)
	}
	return job, q.err
}

// importQuery reads the query of an import.
type importQuery struct {
	reader
	args    map[string]string
	columns map[string]string
}

func (q *importQuery) read(c *fiber.Ctx) {
	for rawName, rawValue := range c.Request().URI().QueryArgs().All() {
		name, value := string(rawName), string(rawValue)
		switch {
		case utf8.RuneCountInString(value) > maxParameterLen:
			q.refuse(domain.FieldInvalid, name)
		case name == columnsQuery:
			q.column(value)
		default:
			q.args[name] = value
		}
	}
}

// column reads "heading=field", of which a query may hold several.
func (q *importQuery) column(pair string) {
	heading, field, ok := strings.Cut(pair, "=")
	if _, again := q.columns[heading]; !ok || again || heading == "" || field == "" {
		q.refuse(domain.FieldInvalid, columnsQuery)
		return
	}
	if q.columns == nil {
		q.columns = make(map[string]string)
	}
	q.columns[heading] = field
}

func (q *importQuery) flag(name string) bool {
	switch q.args[name] {
	case "", "false":
		return false
	case "true":
		return true
	}
	q.refuse(domain.FieldInvalid, name)
	return false
}

func (q *importQuery) uuid(name string) domain.UUID {
	if q.args[name] == "" {
		return domain.UUID{}
	}
	u, err := domain.ParseUUID(q.args[name])
	if err != nil {
		q.refuse(domain.FieldInvalid, name)
	}
	return u
}

// fileName decodes the name of a file. It may be a person's, so it travels in
// a header, is sealed, and stands in no log and no answer.
func fileName(field string) (string, error) {
	name, err := url.PathUnescape(field)
	if err != nil || !printableUTF8([]byte(name)) || utf8.RuneCountInString(name) > maxFileNameLen || strings.ContainsAny(name, `/\`) {
		return "", NewProblem(CodeFileNameInvalid, "")
	}
	return name, nil
}

// importParams describes the parameters; each operation has its own.
func importParams() []*huma.Param {
	text := &huma.Schema{Type: huma.TypeString}
	flag := &huma.Schema{Type: huma.TypeString, Enum: []any{"true", "false"}}
	header := func(name, doc string, required bool) *huma.Param {
		return &huma.Param{Name: name, In: "header", Description: doc, Required: required, Schema: text}
	}
	query := func(name, doc string, schema *huma.Schema) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: doc, Schema: schema}
	}
	return []*huma.Param{
		header(headerAccount, "Handle of the account that gives the sheet", true),
		header(headerFileName, "The file's name, percent-encoded; it is sealed", false),
		query("community", "12-digit code of the community that records the rows; needed for people, activities, service and study, and for donations that are to stand in the community's register", text),
		query("organisation", "Organisation that receives donations, when no community does", text),
		query("issuer", "Who gave out the numbers in the sheet; absent: the community", text),
		query("activity", "Activity of a sheet that has no such column", text),
		query("attended", "Of a roster: id of the activity that was signed in for", text),
		query("sheet", "Worksheet, when several would do", text),
		query("encoding", "Of a CSV, when the guess is wrong: utf-8, gb18030", text),
		query(columnsQuery, "heading=field, once for each column that is not understood by itself", &huma.Schema{Type: huma.TypeArray, Items: text}),
		query("confirmer", "Handle of a second account that confirms the rows", text),
		query("consentBasis", "paper or online: how people enrolled now consented, as somebody has seen; needed with enrol, and for people unless their sheet has a column 知情同意", text),
		query("reissueOf", "The earlier import this sheet is a new issue of", text),
		query("roc", "Years are of the ROC calendar", flag),
		query("enrol", "Enrol people nobody knows yet", flag),
		query("separate", "It resembles an earlier sheet and is another", flag),
		query("update", "Of a list of people: record the names and phones that differ from the recorded ones", flag),
		query("unregistered", "Record the rows although no community is registered under the code", flag),
		query("dryRun", "Record nothing and tell what would happen", flag),
	}
}
