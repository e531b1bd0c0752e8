package figures

import (
	"embed"
	"encoding/json"
	"path"
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

//go:embed examples/*.json
var exampleFiles embed.FS

// PolicyExample is a practice found somewhere, as a body that can be adopted or
// tried out.
type PolicyExample struct {
	Name  string `json:"name" doc:"For what-if reports" example:"counting-half-hours"`
	Kind  string `json:"kind" enum:"counting,stars,participation,calendar"`
	Title string `json:"title"`
	En    string `json:"en"`
	From  string `json:"from,omitempty" format:"date" doc:"First day it is meant for; absent: any"`
	PolicyBodies
}

// PolicyExamples lists the examples by name.
type PolicyExamples struct {
	Rows []PolicyExample `json:"rows"`
}

// Examples reads the examples that ship with the program.
func Examples() PolicyExamples {
	out := PolicyExamples{}
	files, err := exampleFiles.ReadDir("examples")
	for i := 0; err == nil && i < len(files); i++ {
		var text []byte
		if text, err = exampleFiles.ReadFile("examples/" + files[i].Name()); err == nil {
			e := PolicyExample{Name: strings.TrimSuffix(path.Base(files[i].Name()), ".json")}
			err = json.Unmarshal(text, &e)
			out.Rows = append(out.Rows, e)
		}
	}
	if err != nil {
		panic(err) // they are part of the program, and tests read every one
	}
	return out
}

// find finds the version to suppose: one adopted at the view, by the name
// figures give it, or an example. Exactly one of the two is named.
func find(v *projections.View, policy, example string) (*domain.PolicyVersion, bool) {
	if (policy == "") == (example == "") {
		return nil, false
	}
	if example != "" {
		return Example(example)
	}
	ref, ok := domain.ParsePolicyRef(policy)
	if !ok {
		return nil, false
	}
	adopted := v.Rules().Version(ref)
	if adopted == nil {
		return nil, false
	}
	p := *adopted
	return &p, true
}

// Example finds an example and makes it a version for the whole country, in
// force on every day.
func Example(name string) (*domain.PolicyVersion, bool) {
	for _, e := range Examples().Rows {
		if e.Name != name {
			continue
		}
		p := &domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.PolicyKind(e.Kind)}, Title: e.Title, From: domain.MinDay, Adopted: domain.MinDay}
		if _, err := e.Fill(p); err != nil {
			return nil, false
		}
		return p, true
	}
	return nil, false
}
