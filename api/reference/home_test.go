package reference_test

import (
	"strings"
	"testing"

	"zhishu/api/reference"
)

func TestThePageAtTheRootRunsNothing(t *testing.T) {
	home, err := reference.Home([]reference.Link{{Zh: `<b>"星"`, En: "stars", Path: "/v1/stars?division=43&period=2026"}})
	if err != nil {
		t.Fatal(err)
	}
	page := string(home.Body)
	for _, want := range []string{`href="/docs"`, `href="/checkpoint"`, `href="/verify"`, `href="/v1/stars?division=43&amp;period=2026"`, "&lt;b&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	for _, never := range []string{"<script", "style=", "http://", "https://", `src=`, "<b>"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %s", never)
		}
	}
	if !strings.HasPrefix(home.Policy, "default-src 'none'; style-src 'sha256-") || strings.Contains(home.Policy, "script") {
		t.Errorf("policy %q", home.Policy)
	}
	plain, err := reference.Home(nil)
	if err != nil || strings.Contains(string(plain.Body), "可以看看") {
		t.Errorf("addresses where there are none, %v", err)
	}
}
