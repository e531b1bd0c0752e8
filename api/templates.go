package api

import (
	"bytes"
	"context"
	"net/http"

	"zhishu/domain"
	"zhishu/imports"
	"zhishu/sheets"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// Template is a sheet to fill in.
type Template struct {
	Kind    string           `json:"kind"`
	Columns []TemplateColumn `json:"columns"`
}

// TemplateColumn explains a column of such a sheet.
type TemplateColumn struct {
	Heading string `json:"heading"`
	Field   string `json:"field" doc:"As the import's columns parameter names it"`
	Need    string `json:"need,omitempty" doc:"必填 required; 择一 one of; absent: optional"`
	Chinese string `json:"zh,omitempty"`
	English string `json:"en"`
	Example string `json:"example,omitempty" doc:"Invented"`
}

type templatesOutput struct {
	Body struct {
		Templates []Template `json:"templates"`
	}
}

// templates registers the sheets to fill in. They are the same for everybody
// and show nothing of the ledger.
func templates(r *routes) {
	add(r, operation{
		id: "list-templates", method: http.MethodGet, path: "/v1/templates", tag: "imports", permission: Public,
		summary: "The sheets to fill in, with every column explained",
	}, func(context.Context, *struct{}) (*templatesOutput, error) { return listTemplates(), nil })
	r.raw(operation{
		id: "get-template", method: http.MethodGet, path: "/v1/templates/{kind}", tag: "imports", permission: Public,
		produces: binaryType, params: templateParams(), codes: texts([]domain.Code{imports.KindUnsupported, domain.FieldInvalid}),
		summary: "A sheet to fill in, for one kind of import",
		doc:     "XLSX with a second worksheet that explains every column, or CSV with the headings alone. Filled in, it is imported as it is.",
	}, func(_ context.Context, c *fiber.Ctx) error { return getTemplate(c) })
}

func listTemplates() *templatesOutput {
	out := &templatesOutput{}
	for _, kind := range sheets.Kinds() {
		t := Template{Kind: kind.String()}
		for _, c := range sheets.Template(kind) {
			t.Columns = append(t.Columns, TemplateColumn{c.Heading, c.Field.String(), c.Need, c.Chinese, c.English, c.Example})
		}
		if len(t.Columns) > 0 {
			out.Body.Templates = append(out.Body.Templates, t)
		}
	}
	return out
}

func templateParams() []*huma.Param {
	return []*huma.Param{
		{Name: "kind", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "people, service, study, donations …"},
		{Name: "format", In: "query", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"xlsx", "csv"}}, Description: "Absent: xlsx"},
		{Name: "example", In: "query", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"true", "false"}}, Description: "With a row of invented data"},
	}
}

func getTemplate(c *fiber.Ctx) error {
	kind, ok := sheets.KindByName(c.Params("kind"))
	if !ok || len(sheets.Template(kind)) == 0 {
		return domain.Refuse(imports.KindUnsupported, "kind")
	}
	format := sheets.XLSX
	switch c.Query("format") {
	case "", "xlsx":
	case "csv":
		format = sheets.CSV
	default:
		return domain.Refuse(domain.FieldInvalid, "format")
	}
	example := c.Query("example")
	if example != "" && example != "true" && example != "false" {
		return domain.Refuse(domain.FieldInvalid, "example")
	}
	var file bytes.Buffer
	if err := sheets.WriteTemplate(&file, kind, format, example == "true"); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, binaryType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="zhishu-`+kind.String()+`.`+string(format)+`"`)
	c.Response().SetBodyRaw(file.Bytes())
	return nil
}
