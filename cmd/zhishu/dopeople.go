package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"zhishu/api"
)

// numberOfPerson is how the document calls a field that names a person, in its
// Chinese notes.
const numberOfPerson = "志愿者编号"

// finder gives the person behind ISSUER/NUMBER.
type finder func(text string) (api.Found, error)

// finder asks where the operation will be asked, so that the ledger is opened
// once; a number that a list repeats is asked for once.
func (c *doCmd) finder(p *program, doc *document, client *http.Client, base string) finder {
	known := map[string]api.Found{}
	return func(text string) (api.Found, error) {
		if found, ok := known[text]; ok {
			return found, nil
		}
		op, _ := doc.operation("find-person")
		issuer, number, _ := strings.Cut(text, "/")
		asked, err := doc.ask(op, []string{"issuer=" + issuer, "number=" + number})
		if err != nil {
			return api.Found{}, err
		}
		answer, quiet := answerOf(p)
		find := doCmd{Operation: op.OperationID, As: c.As, JSON: true}
		if err := find.call(quiet, asked, client, base); err != nil {
			return api.Found{}, fmt.Errorf("%s: %w", text, err)
		}
		var found api.Found
		if err := json.Unmarshal(answer.Bytes(), &found); err != nil {
			return api.Found{}, err
		}
		known[text] = found
		return found, nil
	}
}

// person is a volunteer number as it was written, or the one behind a number
// that somebody else gave: since a merge, the one that stays.
func (find finder) person(text string) (string, error) {
	if !strings.Contains(text, "/") {
		return text, nil
	}
	found, err := find(text)
	if found.Into != "" {
		return found.Into, err
	}
	return found.Person, err
}

// findPeople puts volunteer numbers wherever the request names a person by a
// number that somebody else gave.
func (a *asked) findPeople(find finder) (err error) {
	for _, p := range a.op.Parameters {
		if !strings.Contains(p.Told, numberOfPerson) {
			continue
		}
		switch text := a.path[p.Name]; {
		case p.In == "query":
			err = each(a.query[p.Name], find.person)
		case p.In == "path" && a.asGiven() && strings.Contains(text, "/"):
			var found api.Found
			found, err = find(text)
			a.path[p.Name] = found.Person
		case p.In == "path":
			a.path[p.Name], err = find.person(text)
		}
		if err != nil {
			return err
		}
	}
	if a.body == nil {
		return nil
	}
	return a.findWithin(find, a.doc.body(a.op), a.body)
}

// asGiven reports whether the number in the address stays the one that was
// given when it was merged into another: an entry or a proposal that is named
// with it stands under it, and of a merge it is one of the two.
func (a *asked) asGiven() bool {
	if strings.Count(a.op.path, "{") > 1 {
		return true
	}
	body := a.doc.body(a.op)
	return body != nil && body.Properties["into"] != nil
}

// findWithin looks through a body, or an object of one. What is of another type
// than the document wants is for the server to refuse.
func (a *asked) findWithin(find finder, schema *apiSchema, in map[string]any) (err error) {
	for _, name := range slices.Sorted(maps.Keys(in)) {
		member := schema.Properties[name]
		full := a.doc.resolve(member)
		if full == nil {
			continue
		}
		isPerson := strings.Contains(member.Told, numberOfPerson)
		switch value := in[name].(type) {
		case string:
			if isPerson {
				in[name], err = find.person(value)
			}
		case map[string]any:
			err = a.findWithin(find, full, value)
		case []any:
			err = each(value, func(v any) (any, error) {
				if text, ok := v.(string); ok && isPerson {
					return find.person(text)
				}
				if row, ok := v.(map[string]any); ok && full.Items != nil {
					return v, a.findWithin(find, a.doc.resolve(full.Items), row)
				}
				return v, nil
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// each puts something else for every one of a list.
func each[T any](list []T, put func(T) (T, error)) (err error) {
	for i := range list {
		if list[i], err = put(list[i]); err != nil {
			return err
		}
	}
	return nil
}
