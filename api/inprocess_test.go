package api

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// A client in the process meets the same routes, checks and codes.
func TestInProcess(t *testing.T) {
	c := newCity(t, nil)
	client := c.InProcess()
	for path, want := range map[string]int{"/v1/ledger": 200, "/v1/stars?limit=0": 422, "/nothing": 404} {
		for range 2 {
			resp, err := client.Get("http://localhost" + path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != want {
				t.Errorf("%s: %d %v", path, resp.StatusCode, err)
			}
			resp.Body.Close()
		}
	}
	resp, err := client.Get("http://elsewhere.example/v1/ledger")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a foreign host: %s", resp.Status)
	}
}

// Every operation says in Chinese what it does, and no sentence is left over.
func TestEveryOperationIsSaidInChinese(t *testing.T) {
	content, err := Document("test")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]map[string]any
	}
	if err := json.Unmarshal(content, &doc); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for path, item := range doc.Paths {
		for method, op := range item {
			id, _ := op["operationId"].(string)
			seen[id] = true
			if text, _ := op[chineseSummary].(string); text == "" {
				t.Errorf("%s %s: api/chinese.go has no line for %q", method, path, id)
			}
		}
	}
	for id := range chinese {
		if !seen[id] {
			t.Errorf("api/chinese.go speaks of %q, which is no operation", id)
		}
	}
}
