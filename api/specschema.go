package api

import "github.com/danielgtaylor/huma/v2"

// plain leaves out of the document what JSON Schema does not know. huma has
// made its messages of it already.
func plain(doc *huma.OpenAPI) {
	for _, s := range doc.Components.Schemas.Map() {
		plainSchema(s)
	}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post} {
			if op == nil {
				continue
			}
			for _, p := range op.Parameters {
				plainSchema(p.Schema)
			}
		}
	}
}

func plainSchema(s *huma.Schema) {
	if s == nil {
		return
	}
	s.PatternDescription = ""
	plainSchema(s.Items)
	for _, p := range s.Properties {
		plainSchema(p)
	}
}
