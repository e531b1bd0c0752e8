package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/inspect"
)

// testBundles writes a few bytes in a bundle's place and has them recorded:
// cmd/zhishu has the real one, and tests it from end to end.
type testBundles struct {
	fill   func(io.Writer) error // instead of a few bytes, when set
	sealed error                 // why no key can be encrypted
}

func (b *testBundles) Keys(context.Context, []domain.PersonID, string) ([]byte, error) {
	return []byte("age"), b.sealed
}

// testRecipient is an age public key for the test alone.
const testRecipient = "age1h3e5h4kvn62v0g3gtpmtxsy2d2mcyww245karlwkf6ghrh0pd96qvqkf52"

func (*testBundles) Cut(context.Context, *inspect.Order, uint64) (uint64, error) { return 1, nil }

func (b *testBundles) Bundle(ctx context.Context, to io.Writer, order inspect.Order) (inspect.Written, error) {
	if b.fill != nil {
		if err := b.fill(to); err != nil {
			return inspect.Written{}, err
		}
	}
	if _, err := io.WriteString(to, strings.Join(order.Persons, " ")); err != nil {
		return inspect.Written{}, err
	}
	manifest := sha256.Sum256([]byte(rand.Text())) // no two files are alike
	return inspect.Written{}, order.Record(ctx, 1, hex.EncodeToString(manifest[:]))
}

// inspectionExchange asks every operation of an inspection once.
func inspectionExchange(x *exchange) Inspection {
	t, c := x.t, x.c
	t.Helper()
	x.post("/v1/accounts", `{"handle":"inspector","role":"inspector","scope":"43"}`)
	nonce := strings.Repeat("07", inspect.NonceSize)
	raw, _ := hex.DecodeString(nonce)
	sum := sha256.Sum256(raw)
	inspector := []string{"Zhishu-Account", "inspector"}
	opened := decode[Recorded](t, x.post("/v1/inspections", `{"division":"430702","period":"2026","purpose":"抽查","committed":"`+
		hex.EncodeToString(sum[:])+`","recipient":"`+testRecipient+`"}`, inspector...))
	path := "/v1/inspections/" + opened.Inspection
	c.announce()
	x.post(path+"/sample", `{"nonce":"`+nonce+`","count":2}`, inspector...)
	x.do(http.MethodPost, path+"/bundle", "", false, "Zhishu-Account", "operator", "Idempotency-Key", "bundle")
	now := decode[Inspection](t, x.do(http.MethodGet, path, "", false, "Zhishu-Account", "inspector"))
	x.post(path+"/close", "", inspector...)
	return now
}

// Whoever cannot have an export recorded gets no byte of it, and each file that
// is made is recorded, under whichever key.
func TestNoBundleWithoutARecord(t *testing.T) {
	c, _ := busyCity(t, 2)
	c.mustPost("/v1/accounts", `{"handle":"inspector","role":"inspector"}`)
	opened := c.mustPost("/v1/inspections", `{"period":"2026","purpose":"抽查","committed":"`+strings.Repeat("ab", 32)+`"}`, "Zhishu-Account", "inspector")
	c.announce()
	path := "/v1/inspections/" + opened.Inspection + "/bundle"
	c.mustPost("/v1/accounts", `{"handle":"gone","role":"recorder"}`)
	c.mustPost("/v1/accounts/gone/close", "")
	c.refused(string(domain.AccountUnknown), path, "", "Zhishu-Account", "nobody")
	c.refused(string(domain.AccountClosedCode), path, "", "Zhishu-Account", "gone")
	for n := 1; n <= 2; n++ {
		if a := c.post(path, "", "Idempotency-Key", "once"); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
		now := decode[Inspection](t, c.get("/v1/inspections/"+opened.Inspection, "Zhishu-Account", "inspector"))
		if len(now.Bundles) != n || now.Bundles[n-1].State != "handed-out" {
			t.Errorf("%d files were made, recorded are %+v", n, now.Bundles)
		}
	}
}

// A bundle that does not reach its end left facts with somebody all the same: the
// ledger says so before the first byte, and afterwards that it was broken off,
// and by whom.
func TestABundleThatIsCutOff(t *testing.T) {
	c, _ := busyCity(t, 2)
	c.mustPost("/v1/accounts", `{"handle":"inspector","role":"inspector"}`)
	opened := c.mustPost("/v1/inspections", `{"period":"2026","purpose":"抽查","committed":"`+strings.Repeat("ab", 32)+`"}`, "Zhishu-Account", "inspector")
	c.announce()
	path := "/v1/inspections/" + opened.Inspection
	bundles := func() []BundleOf {
		return decode[Inspection](t, c.get(path, "Zhishu-Account", "inspector")).Bundles
	}
	n := 0
	for cause, fill := range map[string]func(io.Writer) error{
		"source": func(w io.Writer) error {
			_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
			return errors.New("the disk is gone")
		},
		"receiver": func(w io.Writer) error {
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return err
				}
			}
		},
	} {
		n++
		c.bundles.fill = func(w io.Writer) error {
			if got := bundles(); len(got) != n || got[n-1].State != "begun" || got[n-1].LedgerSize != 1 || got[n-1].By == "" {
				t.Errorf("%s: before the first byte the ledger says %+v", cause, got)
			}
			return fill(w)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+c.addr+path+"/bundle", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Zhishu-Account", "operator")
		req.Header.Set("Idempotency-Key", cause)
		resp, err := (&http.Transport{}).RoundTrip(req)
		if err == nil && cause == "receiver" {
			_, err = io.CopyN(io.Discard, resp.Body, 1<<20)
		} else if err == nil {
			if _, err := io.Copy(io.Discard, resp.Body); err == nil {
				t.Error("a file that was cut short looks complete")
			}
		}
		if err != nil && cause == "receiver" {
			t.Fatal(err)
		}
		if resp != nil {
			_ = resp.Body.Close()
		}
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			got := bundles()[n-1]
			if got.State == "broken-off" && got.Cause == cause && got.Manifest == "" {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: the ledger says %+v", cause, got)
			}
		}
	}
}

// A case tells its sample and what was handed over, and each person of the
// sample has it in the own record.
func TestInspection(t *testing.T) {
	c, _ := busyCity(t, 6)
	x := newExchange(t, c)
	x.post("/v1/accounts", `{"handle":"operator-2","role":"operator"}`)
	now := inspectionExchange(x)
	if now.Sample == nil || len(now.Sample.Persons) != 2 || len(now.Bundles) != 1 || now.Bundles[0].Keys != 2 {
		t.Fatalf("%+v", now)
	}
	c.keysNoted(now.Sample.Persons, 1)
}

// keysNoted: so many events of each person say that the key was handed over.
func (c *city) keysNoted(persons []string, want int) {
	c.t.Helper()
	for _, person := range persons {
		noted := 0
		for r, err := range c.store.ReadStream(c.t.Context(), domain.PersonCategory+"-"+person, 0, 0) {
			if err != nil {
				c.t.Fatal(err)
			}
			if r.Type == "personal-key-exported" {
				noted++
			}
		}
		if noted != want {
			c.t.Errorf("%s: the key was handed over %d times and %d events say so", person, want, noted)
		}
	}
}

// Nothing is recorded of a key that could not be encrypted, and each handing out
// is recorded of each person, under whichever key it was asked for.
func TestKeysAreRecordedAsTheyLeave(t *testing.T) {
	c, _ := busyCity(t, 6)
	c.mustPost("/v1/accounts", `{"handle":"inspector","role":"inspector"}`)
	nonce := strings.Repeat("07", inspect.NonceSize)
	raw, _ := hex.DecodeString(nonce)
	sum := sha256.Sum256(raw)
	open := func(recipient string) string {
		return `{"period":"2026","purpose":"抽查","recipient":"` + recipient + `","committed":"` + hex.EncodeToString(sum[:]) + `"}`
	}
	inspector := []string{"Zhishu-Account", "inspector"}
	c.refused(string(domain.FieldInvalid), "/v1/inspections", open("age1"+strings.Repeat("q", 58)), inspector...)
	opened := c.mustPost("/v1/inspections", open(testRecipient), inspector...)
	c.announce()
	path := "/v1/inspections/" + opened.Inspection
	c.mustPost(path+"/sample", `{"nonce":"`+nonce+`","count":2}`, inspector...)
	now := func() Inspection { return decode[Inspection](t, c.get(path, inspector...)) }
	persons := now().Sample.Persons

	c.bundles.sealed = errors.New("no key can be encrypted to that")
	if a := c.post(path+"/bundle", "", "Idempotency-Key", "once"); a.status == http.StatusOK {
		t.Fatal("keys that cannot be encrypted left")
	}
	c.keysNoted(persons, 0)
	if b := now().Bundles; len(b) != 1 || b[0].State != "broken-off" || b[0].Cause != "source" {
		t.Errorf("%+v", b)
	}
	c.bundles.sealed = nil
	before := decode[figures.Statement](t, c.fresh("/v1/persons/"+persons[0]+"/statement")).LedgerSize
	for n := 1; n <= 2; n++ {
		if a := c.post(path+"/bundle", "", "Idempotency-Key", "once"); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
		c.keysNoted(persons, n)
	}
	c.keysTold(opened.Inspection, persons, before)
}

// keysTold: both handings out stand in the statement and the story of each person,
// as of now and not as of before.
func (c *city) keysTold(inspection string, persons []string, before uint64) {
	c.t.Helper()
	for _, person := range persons {
		at := "/v1/persons/" + person
		s := decode[figures.Statement](c.t, c.fresh(at+"/statement"))
		if len(s.KeyExports) != 2 {
			c.t.Fatalf("%s: two handings out, and the statement tells %+v", person, s.KeyExports)
		}
		for _, k := range s.KeyExports {
			if k.Inspection != inspection || k.At == "" || k.By == "" || !strings.Contains(k.Zh, "交给了督查案件 "+inspection) || !strings.Contains(k.En, "to the inspector of case "+inspection) {
				c.t.Errorf("%+v", k)
			}
		}
		if story := decode[figures.Statement](c.t, c.fresh(at+"/story", "Zhishu-Account", "clerk")); !slices.EqualFunc(story.KeyExports, s.KeyExports, sameExport) {
			c.t.Errorf("the story tells %+v", story.KeyExports)
		}
		then := decode[figures.Statement](c.t, c.fresh(fmt.Sprintf("%s/statement?asOf=%d", at, before)))
		if len(then.KeyExports) != 0 {
			c.t.Errorf("as of before the ledger knew of %+v", then.KeyExports)
		}
	}
}

func sameExport(a, b figures.KeyExport) bool {
	return a.Zh == b.Zh && a.En == b.En && a.At == b.At && *a.Revision == *b.Revision && a.Inspection == b.Inspection && a.By == b.By
}
