package api

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"zhishu/api/reference"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// openAPIConfig turns off what huma would add by itself: its documentation
// page, which loads from elsewhere, its links to schemas, and its routes for
// the document, which build it anew under no lock.
func openAPIConfig(version string) huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "zhishu",
				Version:     version,
				Description: "A ledger of volunteer service, study attendance and donations. Facts are immutable events; everything else is derived from them.",
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)},
		},
		Formats: formats(), DefaultFormat: jsonType,
		RejectUnknownQueryParameters: false, // checkNames does, for raw operations too
		CreateHooks:                  nil,
		OpenAPIPath:                  "", DocsPath: "", SchemasPath: "",
	}
}

// spec serves the OpenAPI document as it is when every route is registered. It
// is written when it is first asked for: a server that starts has better things
// to do.
func (r *routes) spec() {
	plain(r.api.OpenAPI())
	inChinese(r.api.OpenAPI())
	inJSON := func() ([]byte, error) { return json.Marshal(r.api.OpenAPI()) }
	r.static("openapi-json", "/openapi.json", "application/openapi+json", "", inJSON)
	r.static("openapi-yaml", "/openapi.yaml", "application/openapi+yaml", "", r.api.OpenAPI().YAML)
	home, err := reference.Home(r.server.cfg.Look)
	if err != nil {
		r.faults = append(r.faults, err)
	}
	for _, file := range append(reference.Files(), home) {
		r.static(file.ID, file.Path, file.Type, file.Policy, func() ([]byte, error) { return file.Body, nil })
	}
}

// static serves bytes that do not change while the server runs.
func (r *routes) static(id, path, mediaType, policy string, write func() ([]byte, error)) {
	var tag ETag
	content := sync.OnceValues(func() ([]byte, error) {
		body, err := write()
		tag = TagOf(body)
		return body, err
	})
	r.raw(operation{
		id: id, method: http.MethodGet, path: path, tag: "server", hidden: true,
		permission: Public, produces: mediaType,
	}, func(_ context.Context, c *fiber.Ctx) error {
		body, err := content()
		if err != nil {
			return err
		}
		if policy != "" {
			c.Set(fiber.HeaderContentSecurityPolicy, policy)
		}
		unchanged, err := matches(c.Get(fiber.HeaderIfNoneMatch), tag)
		if err != nil {
			return err
		}
		setValidator(&c.Response().Header, tag)
		if unchanged {
			c.Status(http.StatusNotModified)
			return nil
		}
		c.Set(fiber.HeaderContentType, mediaType)
		c.Response().SetBodyRaw(body)
		return nil
	})
}
