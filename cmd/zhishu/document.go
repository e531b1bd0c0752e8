package main

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"zhishu/api"
)

// document is what the verb do needs of the OpenAPI document: it knows the
// operations from there and from nowhere else.
type document struct {
	Paths      map[string]map[string]*apiOperation
	Components struct {
		Schemas map[string]*apiSchema
	}
}

type apiOperation struct {
	OperationID string
	Summary     string
	Chinese     string `json:"x-summary-zh"`
	Description string
	Told        string `json:"x-description-zh"` // the description in Chinese
	Tags        []string
	Parameters  []apiParameter
	RequestBody *struct {
		Required bool
		Content  map[string]struct{ Schema *apiSchema }
	}
	Responses map[string]struct {
		Content map[string]struct{ Schema *apiSchema }
	}
	Codes []string `json:"x-codes"`

	method, path string
}

type apiParameter struct {
	Name, In, Description string
	Told                  string `json:"x-description-zh"`
	Required              bool
	Schema                *apiSchema
}

type apiSchema struct {
	Ref         string `json:"$ref"`
	Type        string
	Description string
	Told        string `json:"x-description-zh"`
	Enum        []any
	Examples    []any
	Default     any
	Required    []string
	Properties  map[string]*apiSchema
	Items       *apiSchema
	MinLength   *int
	MaxLength   *int
	Minimum     *json.Number
	Maximum     *json.Number
	MaxItems    *int
}

// theDocument is the program's own: a server of the same ledger is asked what
// this program can say.
var theDocument = sync.OnceValues(func() (*document, error) {
	content, err := api.Document(version)
	if err != nil {
		return nil, err
	}
	doc := &document{}
	if err := json.Unmarshal(content, doc); err != nil {
		return nil, err
	}
	for path, item := range doc.Paths {
		for method, op := range item {
			op.method, op.path = strings.ToUpper(method), path
		}
	}
	return doc, nil
})

const eventStream = "text/event-stream"

// operations are those that answer once, by tag and id: an endless stream is
// nothing for a verb.
func (d *document) operations() (ops []*apiOperation) {
	for _, item := range d.Paths {
		for _, op := range item {
			if _, endless := op.Responses["200"].Content[eventStream]; !endless {
				ops = append(ops, op)
			}
		}
	}
	slices.SortFunc(ops, func(a, b *apiOperation) int {
		if c := strings.Compare(a.tag(), b.tag()); c != 0 {
			return c
		}
		return strings.Compare(a.OperationID, b.OperationID)
	})
	return ops
}

func (d *document) operation(id string) (*apiOperation, bool) {
	for _, op := range d.operations() {
		if op.OperationID == id {
			return op, true
		}
	}
	return nil, false
}

func (op *apiOperation) tag() string {
	if len(op.Tags) == 0 {
		return ""
	}
	return op.Tags[0]
}

// resolve follows a reference into the document.
func (d *document) resolve(s *apiSchema) *apiSchema {
	for s != nil && s.Ref != "" {
		s = d.Components.Schemas[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]]
	}
	return s
}

// body is the schema of the operation's JSON body, or nil.
func (d *document) body(op *apiOperation) *apiSchema {
	if op.RequestBody == nil {
		return nil
	}
	return d.resolve(op.RequestBody.Content["application/json"].Schema)
}

// writes reports whether the operation records anything: then it can be given
// again under the same key.
func (op *apiOperation) writes() bool {
	_, ok := op.parameter("Idempotency-Key")
	return ok
}

// takesFile reports whether the body is a file and no JSON.
func (op *apiOperation) takesFile() bool {
	_, ok := op.content("application/octet-stream")
	return ok
}

func (op *apiOperation) content(mediaType string) (*apiSchema, bool) {
	if op.RequestBody == nil {
		return nil, false
	}
	c, ok := op.RequestBody.Content[mediaType]
	return c.Schema, ok
}

// parameter finds a parameter by its name, as it is written or in small letters.
func (op *apiOperation) parameter(name string) (apiParameter, bool) {
	for _, p := range op.Parameters {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	return apiParameter{}, false
}
