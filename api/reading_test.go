package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestConditionalReads(t *testing.T) {
	r := start(t, nil, notes)
	a := r.get("/v1/notes/a")
	tag := a.header.Get("ETag")
	if tag != `"1-7"` || a.header.Get("Cache-Control") != revalidate {
		t.Fatalf("ETag %q, Cache-Control %q", tag, a.header.Get("Cache-Control"))
	}
	for field, want := range map[string]int{
		tag: 304, "W/" + tag: 304, "*": 304, `"x", ` + tag: 304, `"x"`: 200, `1-7`: 200, "": 200,
	} {
		a := r.get("/v1/notes/a", "If-None-Match", field)
		if a.status != want {
			t.Errorf("If-None-Match %s: %d, want %d", field, a.status, want)
		}
		if want == 304 && (a.body != "" || a.header.Get("ETag") != tag || len(a.header.Values("Cache-Control")) != 1) {
			t.Errorf("If-None-Match %s: %q %v", field, a.body, a.header)
		}
	}
	if p := r.get("/v1/notes/UPPER", "If-None-Match", "*"); p.status != 422 || p.header.Get("ETag") != "" {
		t.Errorf("a refused read answers %d with tag %q", p.status, p.header.Get("ETag"))
	}
}

func TestTagsDiffer(t *testing.T) {
	seen := map[ETag]bool{}
	for _, tag := range []ETag{
		TagOf([]byte("a")), TagOf([]byte("b")), TagOf(nil), TagOfSize(1, 7), TagOfSize(1, 8), TagOfSize(17, 8),
		TagOfDigest(sha256.Sum256([]byte("c"))), TagOfDigest([32]byte{}),
	} {
		if seen[tag] || !strings.HasPrefix(string(tag), `"`) || !strings.HasSuffix(string(tag), `"`) {
			t.Errorf("tag %s", tag)
		}
		seen[tag] = true
	}
}

func TestPages(t *testing.T) {
	r := start(t, nil, notes)
	var first, second Page[note]
	for path, page := range map[string]*Page[note]{"/v1/notes/a": &first, "/v1/notes/a?limit=500": &second} {
		if err := json.Unmarshal([]byte(r.get(path).body), page); err != nil {
			t.Fatal(err)
		}
	}
	if first.Rows[0].Count != DefaultPageRows || second.Rows[0].Count != MaxPageRows {
		t.Errorf("page sizes %d and %d", first.Rows[0].Count, second.Rows[0].Count)
	}
	a := r.get("/v1/notes/a?cursor=" + first.Next)
	if a.status != http.StatusOK || !strings.Contains(a.body, `"ak"`) {
		t.Errorf("the next page: %d %s", a.status, a.body)
	}
	if p := r.get("/v1/notes/b?cursor=" + first.Next).problem(t); p.Code != CodeCursorInvalid {
		t.Errorf("a cursor of another list: %+v", p)
	}
}

func TestCursorsOpenOnlyWhatTheySealed(t *testing.T) {
	cursors := NewCursors(bytes.Repeat([]byte{1}, 32))
	want := Cursor{Size: 1<<63 + 5, Key: []byte{0, 0xff, 'x'}}
	token := cursors.Seal("stars", want)
	got, err := cursors.Open("stars", token)
	if err != nil || got.Size != want.Size || !bytes.Equal(got.Key, want.Key) {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := cursors.Open("stars", ""); err != nil || got.Size != 0 || got.Key != nil {
		t.Fatalf("the beginning: %+v, %v", got, err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	var refused []string
	for i := range raw {
		changed := bytes.Clone(raw)
		changed[i] ^= 1
		refused = append(refused, base64.RawURLEncoding.EncodeToString(changed))
	}
	refused = append(refused, token+"A", token[:len(token)-1], token+"=", "A", strings.Repeat("A", MaxCursorLen+1),
		NewCursors(bytes.Repeat([]byte{2}, 32)).Seal("stars", want), cursors.Seal("star", want))
	for _, bad := range refused {
		var p *Problem
		if _, err := cursors.Open("stars", bad); !errors.As(err, &p) || p.Code != CodeCursorInvalid {
			t.Errorf("Open(%q): %v", bad, err)
		}
	}
}

func TestWaitingForAPosition(t *testing.T) {
	var asked []string
	answer := error(nil)
	r := start(t, func(cfg *Config, _ *tuning) {
		cfg.Position = func() string { return "p-9" }
		cfg.WaitFor = func(ctx context.Context, position string) error {
			if _, ok := ctx.Deadline(); !ok {
				t.Error("the wait has no deadline")
			}
			asked = append(asked, position)
			return answer
		}
	}, notes)
	r.get("/v1/notes/a")
	r.get("/v1/notes/a?after=p-1")
	r.get("/v1/notes/a", "Zhishu-After", "p-2")
	r.get("/v1/notes/a?after=p-3", "Zhishu-After", "p-4")
	if got := strings.Join(asked, " "); got != "p-1 p-2 p-3" {
		t.Errorf("waited for %q", got)
	}
	answer = context.DeadlineExceeded
	a := r.get("/v1/notes/a?after=p-1")
	if p := a.problem(t); p.Code != CodePositionTimeout || !strings.Contains(p.Title, "IS recorded") || a.header.Get("Retry-After") == "" {
		t.Errorf("%+v", p)
	}
}

func TestKeys(t *testing.T) {
	for _, key := range []string{"a", "~!@#", strings.Repeat("k", MaxIdempotencyKeyLen), "0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e"} {
		if err := checkKey(key); err != nil {
			t.Errorf("%q: %v", key, err)
		}
	}
	for key, code := range map[string]string{
		"": CodeKeyMissing, " ": CodeKeyInvalid, "a b": CodeKeyInvalid, "a\tb": CodeKeyInvalid, "\x7f": CodeKeyInvalid,
		"志": CodeKeyInvalid, strings.Repeat("k", MaxIdempotencyKeyLen+1): CodeKeyInvalid,
	} {
		var p *Problem
		if err := checkKey(key); !errors.As(err, &p) || p.Code != code {
			t.Errorf("%q: %v, want %s", key, err, code)
		}
	}
}

func TestTheTableOfProblems(t *testing.T) {
	r := start(t, nil)
	seen := map[string]bool{}
	for _, kind := range Kinds() {
		if seen[kind.Code] || kind.Title == "" || kind.Hint == "" || kind.Status < 400 || kind.Status > 599 {
			t.Errorf("%+v", kind)
		}
		seen[kind.Code] = true
		var shown Kind
		a := r.get(NewProblem(kind.Code, "").Type) // the type is an address
		if err := json.Unmarshal([]byte(a.body), &shown); err != nil || shown != kind {
			t.Errorf("%s: %d %s", kind.Code, a.status, a.body)
		}
	}
	if _, ok := StatusOf("no-such-code"); ok {
		t.Error("an unknown code has a status")
	}
	if p := NewProblem("no-such-code", "inside"); p.Code != CodeInternal || p.Detail != "" {
		t.Errorf("%+v", p)
	}
	var all []Kind
	if err := json.Unmarshal([]byte(r.get("/problems").body), &all); err != nil || len(all) != len(Kinds()) {
		t.Errorf("%d problems listed, %v", len(all), err)
	}
	if a := r.get("/problems/no-such-code"); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
}

func TestManyFaultsAreCut(t *testing.T) {
	p := NewProblem(CodeValidation, "").WithErrors(make([]FieldError, 3*MaxErrorsPerProblem)...)
	if len(p.Errors) != MaxErrorsPerProblem {
		t.Fatalf("%d", len(p.Errors))
	}
}
