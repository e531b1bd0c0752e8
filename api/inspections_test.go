package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"zhishu/domain"
	"zhishu/inspect"
)

// testBundles writes a few bytes in a bundle's place and has them recorded:
// cmd/zhishu has the real one, and tests it from end to end.
type testBundles struct{}

func (testBundles) Keys(context.Context, []domain.PersonID, string) ([]byte, error) {
	return []byte("age"), nil
}

func (testBundles) Bundle(ctx context.Context, to io.Writer, order inspect.Order, _ uint64) (inspect.Written, error) {
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
		hex.EncodeToString(sum[:])+`","recipient":"age1`+strings.Repeat("q", 58)+`"}`, inspector...))
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
		if len(now.Bundles) != n {
			t.Errorf("%d files were made, %d recorded", n, len(now.Bundles))
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
	for _, person := range now.Sample.Persons {
		noted := 0
		for r, err := range c.store.ReadStream(t.Context(), domain.PersonCategory+"-"+person, 0, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if r.Type == "personal-key-exported" {
				noted++
			}
		}
		if noted != 1 {
			t.Errorf("%s: the key was handed over and %d events say so", person, noted)
		}
	}
}
