package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
)

const testOrigin = "zhishu.example/api"

// openTree follows the ledger's tree, announcing only when a test asks.
func (c *city) openTree(t *testing.T) {
	t.Helper()
	var err error
	c.tree, err = audit.Open(t.Context(), audit.Options{
		Store: c.store, SaltKey: c.vault.Mac("log-salt-key"), Every: 24 * time.Hour, Identify: c.identify,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.tree.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the tree: %v", err)
		}
	})
}

func (c *city) signer(number int64) audit.Signer {
	s, err := audit.NewSigner(testOrigin, [32]byte{byte(number)})
	if err != nil {
		panic(err)
	}
	return s
}

func (c *city) signing(ctx context.Context) (*domain.Signing, error) {
	state, err := c.handler.State(ctx, testSigning{c}.ID().Stream())
	if err != nil {
		return nil, err
	}
	return state.(*domain.Signing), nil
}

func (c *city) identify(ctx context.Context) (audit.Identity, error) {
	id := audit.Identity{Origin: testOrigin}
	s, err := c.signing(ctx)
	if err != nil {
		return id, err
	}
	for _, k := range s.InForce() {
		id.Signers = append(id.Signers, c.signer(k.Number))
	}
	if len(id.Signers) == 0 {
		id.Signers = []audit.Signer{c.signer(1)}
	}
	return id, nil
}

// announce signs a checkpoint over everything recorded so far.
func (c *city) announce() {
	c.t.Helper()
	size := uint64(0)
	for _, e := range c.events() {
		if stream, _, _ := strings.Cut(e, " "); eventstore.IsLedger(stream) {
			size++
		}
	}
	if err := c.tree.WaitFor(c.t.Context(), size); err != nil {
		c.t.Fatal(err)
	}
	if err := c.tree.Announce(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

type testSigning struct{ c *city }

func (s testSigning) ID() domain.SigningID { return domain.SigningID{UUID: domain.UUID{1, 15: 1}} }

func (s testSigning) Keys(ctx context.Context) (LogKeys, error) {
	state, err := s.c.signing(ctx)
	out := LogKeys{Origin: testOrigin, Keys: []LogKey{}}
	if err != nil {
		return out, err
	}
	for _, k := range state.Keys {
		out.Keys = append(out.Keys, LogKey{k.Number, s.c.signer(k.Number).Key.String(), !k.Retired})
	}
	return out, nil
}

func (s testSigning) NextKey(ctx context.Context) (string, error) {
	state, err := s.c.signing(ctx)
	if err != nil {
		return "", err
	}
	next := s.c.signer(int64(len(state.Keys)) + 1)
	return hex.EncodeToString(next.Key.Public[:]), nil
}

// beginSigning gives the ledger its first key, as init does.
func (c *city) beginSigning() {
	c.t.Helper()
	first := c.signer(1)
	_, err := c.handler.Do(c.t.Context(), commands.Request{
		Caller: commands.Caller{Account: c.handler.AccountOf("operator")}, Key: "init/signing",
		Command: &domain.BeginSigning{Signing: testSigning{c}.ID(), Origin: testOrigin, Key: hex.EncodeToString(first.Key.Public[:])},
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func TestCheckpointAndTiles(t *testing.T) {
	c := newCity(t, nil)
	if a := c.get("/checkpoint"); a.status != http.StatusNotFound || a.problem(t).Code != CodeNoCheckpoint || a.header.Get("Retry-After") == "" {
		t.Errorf("before the first: %d %s", a.status, a.body)
	}
	c.announce()
	a := c.get("/checkpoint")
	checkpoint, _, err := proof.OpenCheckpoint([]byte(a.body), c.signer(1).Key)
	if err != nil || checkpoint.Size != uint64(len(c.events())-1) {
		t.Fatalf("%+v, %v", checkpoint, err)
	}
	if a.header.Get("Content-Type") != "text/plain; charset=utf-8" || a.header.Get("Cache-Control") != "no-cache" || a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%v", a.header)
	}
	width := checkpoint.Size
	tile := c.get(fmt.Sprintf("/tile/0/000.p/%d", width))
	entries := c.get(fmt.Sprintf("/tile/entries/000.p/%d", width))
	hashes, err1 := proof.ParseHashes([]byte(tile.body), uint16(width))
	list, err2 := proof.ParseBundle([]byte(entries.body), uint16(width))
	if err1 != nil || err2 != nil || !strings.Contains(tile.header.Get("Cache-Control"), "immutable") {
		t.Fatalf("%v, %v, %v", err1, err2, tile.header)
	}
	var tree proof.Tree
	for i := range hashes {
		tree.Append(hashes[i])
		if proof.LeafHash(list[i]) != hashes[i] {
			t.Errorf("entry %d", i)
		}
	}
	if tree.Root() != checkpoint.Root {
		t.Error("the tiles lead to another root")
	}
	for _, path := range []string{"/tile/0/000", fmt.Sprintf("/tile/0/000.p/%d", width+1), "/tile/0/001.p/1", "/tile/9/000", "/tile/entries/x001/000", "/tile/0/x001/x000/x000/000", "/tile/0", "/tile/0/0/0/0/0/0/0/0"} {
		if a := c.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

// holdsTogether: a person's statement tells of at least so many steps, and all of
// them are among the facts that its receipts prove.
func (c *city) holdsTogether(path string, steps int, headers ...string) {
	c.t.Helper()
	a := c.do(http.MethodGet, path, "", headers...)
	p, err := proof.VerifyFile([]byte(a.body), c.signer(1).Key, c.signer(2).Key)
	if err != nil || p.Steps < steps {
		c.t.Errorf("%s: %d steps of a statement, %v\n%d %.300s", path, p.Steps, err, a.status, a.body)
	}
}

func TestReceiptOverHTTP(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("甲")
	path := "/v1/receipts/person-" + person + "@0"
	if a := c.get(path); a.status != http.StatusAccepted || a.header.Get("Retry-After") == "" {
		t.Fatalf("before a checkpoint: %d %s", a.status, a.body)
	}
	c.announce()
	a := c.get(path)
	var r proof.Receipt
	if err := json.Unmarshal([]byte(a.body), &r); err != nil || a.status != http.StatusOK {
		t.Fatalf("%d %s %v", a.status, a.body, err)
	}
	shown, err := r.Verify(c.signer(1).Key)
	if err != nil || shown.Frame.Type != "person-enrolled" {
		t.Errorf("%+v, %v", shown, err)
	}
	bySize := c.get(fmt.Sprintf("/v1/receipts/%d", shown.Index+1), clerk...)
	if bySize.body != a.body {
		t.Errorf("by ledger size: %s", bySize.body)
	}
	var whole proof.Receipts
	if a := c.get(path + "/stream"); json.Unmarshal([]byte(a.body), &whole) != nil || whole.Stream != "person-"+person {
		t.Errorf("the whole stream: %d %s", a.status, a.body)
	}
	if all, err := whole.Verify(c.signer(1).Key); err != nil || len(all) < 3 || all[0].Index != shown.Index {
		t.Errorf("%d receipts of the stream, %v", len(all), err)
	}
	if a := c.get(fmt.Sprintf("/v1/receipts/%d/stream", shown.Index+1), clerk...); !strings.Contains(a.body, whole.Stream) {
		t.Errorf("the stream by ledger size: %s", a.body)
	}
	var s proof.Receipts
	file := c.fresh("/v1/persons/" + person + "/receipts")
	if err := json.Unmarshal([]byte(file.body), &s); err != nil || file.status != http.StatusOK || !bytes.Contains(s.Statement, []byte(`"total"`)) && len(s.Statement) < 10 {
		t.Fatalf("%d %s %v", file.status, file.body, err)
	}
	if all, err := s.Verify(c.signer(1).Key); err != nil || len(all) < 3 {
		t.Errorf("%d receipts, %v", len(all), err)
	}
	for path, status := range map[string]int{
		"/v1/receipts/person-" + person + "@99": http.StatusNotFound, "/v1/receipts/checkpoint-1@0": http.StatusNotFound,
		"/v1/receipts/person-" + strings.Repeat("0", 8) + "-0000-4000-8000-000000000000@0/stream": http.StatusNotFound, "/v1/receipts/99999999/stream": http.StatusNotFound,
		"/v1/receipts/99999999": http.StatusNotFound, "/v1/receipts/0": http.StatusNotFound, "/v1/receipts/x": http.StatusNotFound,
		"/v1/receipts/person-" + person + "@-1": http.StatusNotFound, "/v1/persons/" + strings.Repeat("0", 8) + "-0000-4000-8000-000000000000/receipts": http.StatusNotFound,
	} {
		if a := c.get(path); a.status != status {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

func TestKeysOverHTTP(t *testing.T) {
	c := newCity(t, nil)
	if a := c.post("/v1/keys", ""); a.problem(t).Code != string(domain.SubjectUnknown) {
		t.Errorf("nothing to rotate: %d %s", a.status, a.body)
	}
	c.beginSigning()
	if a := c.post("/v1/keys/1/retire", ""); a.problem(t).Code != string(domain.LogKeyLast) {
		t.Errorf("the only key: %d %s", a.status, a.body)
	}
	c.mustPost("/v1/keys", "")
	c.announce()
	note := c.get("/checkpoint").body
	for n := range int64(2) {
		if _, _, err := proof.OpenCheckpoint([]byte(note), c.signer(n+1).Key); err != nil {
			t.Errorf("key %d: %v", n+1, err)
		}
	}
	c.mustPost("/v1/keys/1/retire", "")
	var keys LogKeys
	if err := json.Unmarshal([]byte(c.get("/v1/keys").body), &keys); err != nil || len(keys.Keys) != 2 || keys.Keys[0].InForce || !keys.Keys[1].InForce {
		t.Errorf("%+v, %v", keys, err)
	}
}
