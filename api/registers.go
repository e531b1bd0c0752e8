package api

import (
	"context"
	"io"
	"net/http"

	"zhishu/api/figures"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/imports"
	"zhishu/projections"
	"zhishu/registers"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

const (
	csvType = "text/csv"
)

// RegisterPath is embedded where a register is asked for.
type RegisterPath struct {
	Kind      string `path:"kind" enum:"service,study,donations,participation,teams,scorecard" doc:"What it is of"`
	Community string `query:"community" required:"true" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"That hands it in"`
}

type registerQuery struct {
	ViewInput
	AskerInput
	RegisterPath
	PeriodInput
}

// registerFile is a form a register can be taken away in.
type registerFile struct {
	form, produces, summary string
	write                   func(*registers.Register, io.Writer) error
}

var registerFiles = []registerFile{
	{"xlsx", xlsxType, "A register as a workbook: the table, and a sheet that traces it", (*registers.Register).XLSX},
	{"csv", csvType, "A register as CSV, the table alone", (*registers.Register).CSV},
	{"trace", csvType, "What a register is made of, as CSV", (*registers.Register).TraceCSV},
}

// registerTables registers the tables a committee hands in.
func registerTables(r *routes) {
	codes := append([]string{string(domain.CommunityInvalid), CodeNoSuchCommunity, CodePeriodInvalid, CodePeriodTooLong, CodeNoPolicy, CodeSumOutOfRange,
		CodeAccountMissing, string(domain.RoleForbids), string(imports.OutOfScope)}, askerCodes...)
	figure(r, operation{
		id: "get-register", path: "/v1/registers/{kind}", tag: "registers", codes: codes,
		summary: "A table a committee hands in for a month or a year, and how every total came about (台账)",
		doc: "Rows carry the number under which the ledger knows the fact. People are named only if they agreed to be named in public; " +
			"donors as they allow. The import knows such rows again and doubles nothing. " +
			"Those of service and study say row by row who did what: they are for accounts of the staff and of inspectors whose scope holds the community.",
	}, func(ctx context.Context, s *Server, in *registerQuery) (figures.Register, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.Register{}, err
		}
		made, err := s.register(ctx, v, in.Asker, in.Kind, in.Community, in.Period)
		if err != nil {
			return figures.Register{}, err
		}
		return registerOf(made), nil
	})
	for _, f := range registerFiles {
		r.raw(operation{
			id: "get-register-" + f.form, method: http.MethodGet, path: "/v1/registers/{kind}/" + f.form, tag: "registers", permission: "figure.read",
			summary: f.summary, produces: f.produces, params: registerParams(), codes: append(codes, CodeAsOfInvalid, CodeBeyondLedger),
		}, func(ctx context.Context, c *fiber.Ctx) error { return r.server.registerFile(ctx, c, f) })
	}
}

func registerParams() []*huma.Param {
	text := func(name, in, doc string, required bool) *huma.Param {
		return &huma.Param{Name: name, In: in, Description: doc, Required: required, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	kind := text("kind", "path", "What it is of", true)
	for _, k := range registers.Kinds() {
		kind.Schema.Enum = append(kind.Schema.Enum, string(k))
	}
	return []*huma.Param{kind, text(headerAccount, "header", "Handle of the account that asks; registers of service and study need one", false),
		text("community", "query", "That hands it in: 12 digits", true),
		text("period", "query", "A year, a month, two dates or all; absent: the year of the point of view", false),
		text("asOf", "query", "The ledger as it was: at a size or at the end of a day", false)}
}

// mayRead refuses a register that says row by row who did what to whom it does not
// concern (0126).
func (a asker) mayRead(kind registers.Kind, c domain.CommunityCode) error {
	switch {
	case kind != registers.Service && kind != registers.Study || a.within(c.Division()):
		return nil
	case a.Role == "":
		return NewProblem(CodeAccountMissing, "")
	case a.Role == domain.RoleResident:
		return domain.Refuse(domain.RoleForbids, "account")
	}
	return domain.Refuse(imports.OutOfScope, "account")
}

// register makes a register of checked parameters.
func (s *Server) register(ctx context.Context, v *projections.View, account, kind, community, period string) (*registers.Register, error) {
	c, err := domain.ParseCommunityCode(community)
	if err != nil {
		return nil, domain.Refuse(domain.CommunityInvalid, "community")
	}
	if err := v.Knows(c.Division()); err != nil {
		return nil, err
	}
	within := PeriodInput{Period: period}
	p, err := within.period(v)
	if err != nil {
		return nil, err
	}
	by, err := s.asker(ctx, account)
	if err != nil {
		return nil, err
	}
	if err := by.mayRead(registers.Kind(kind), c); err != nil {
		return nil, err
	}
	return s.cfg.Ledger.Register(ctx, v, registerNames{s}, registers.Kind(kind), c, p)
}

func (s *Server) registerFile(ctx context.Context, c *fiber.Ctx, f registerFile) error {
	v, err := s.viewAt(c.Query("asOf"), Cursor{})
	if err != nil {
		return err
	}
	made, err := s.register(ctx, v, c.Get(headerAccount), c.Params("kind"), c.Query("community"), c.Query("period"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, f.produces)
	return f.write(made, c.Response().BodyWriter())
}

// registerNames opens the names that today's rules allow; whom it is asked for
// is the register's to decide.
type registerNames struct{ s *Server }

func (n registerNames) Person(ctx context.Context, id domain.PersonID) (string, error) {
	name := ""
	err := n.s.cfg.Ledger.Commands.Disclose(ctx, id.Stream(), func(_ commands.Revision, field, plain string) {
		if field == "name" { // the newest
			name = plain
		}
	})
	return name, err
}

func (n registerNames) Donor(ctx context.Context, gift projections.GiftRow) (string, error) {
	return n.s.shownDonor(ctx, gift)
}
