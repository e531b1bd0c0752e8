package api

import "github.com/danielgtaylor/huma/v2"

// chineseDescription is where the document carries in Chinese what description
// says in English: of operations, and of the fields of requests.
const chineseDescription = "x-description-zh"

// fieldNote is a field's name and its note.
type fieldNote struct{ name, note string }

// inChinese puts the Chinese beside the English: of every operation, and of the
// fields that its request may have.
func inChinese(doc *huma.OpenAPI) {
	seen := map[*huma.Schema]bool{}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post} {
			if op == nil {
				continue
			}
			op.Extensions = beside(op.Extensions, chineseDocs[op.Description])
			for _, p := range op.Parameters {
				p.Extensions = beside(p.Extensions, chineseFields[fieldNote{p.Name, p.Description}])
			}
			if op.RequestBody != nil && op.RequestBody.Content[jsonType] != nil {
				fieldsInChinese(doc.Components.Schemas, op.RequestBody.Content[jsonType].Schema, seen)
			}
		}
	}
}

// fieldsInChinese goes down from what a request holds: a field of an answer may
// have the same name and mean something else.
func fieldsInChinese(schemas huma.Registry, s *huma.Schema, seen map[*huma.Schema]bool) {
	for s != nil && s.Ref != "" {
		s = schemas.SchemaFromRef(s.Ref)
	}
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	fieldsInChinese(schemas, s.Items, seen)
	for name, p := range s.Properties {
		p.Extensions = beside(p.Extensions, chineseFields[fieldNote{name, p.Description}])
		fieldsInChinese(schemas, p, seen)
	}
}

func beside(extensions map[string]any, zh string) map[string]any {
	if zh == "" {
		return extensions
	}
	if extensions == nil {
		extensions = map[string]any{}
	}
	extensions[chineseDescription] = zh
	return extensions
}
