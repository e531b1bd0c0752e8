package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// granted is the answer to a request to a served ledger that grants it. Until a
// first checkpoint covers a case, it asks again.
func granted(t *testing.T, method, target, account, key string, body any) []byte {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		status, answer := requested(t, method, target, account, key, body)
		switch {
		case status == http.StatusOK || status == http.StatusCreated:
			return answer
		case bytes.Contains(answer, []byte("no-checkpoint")) && time.Now().Before(deadline):
		default:
			t.Fatalf("%s %s: %d %s", method, target, status, answer)
		}
	}
}

// unpacked is all that a reader of a bundle finds: it is searched for what must
// not be there, which could hide in a piece that is compressed.
func unpacked(t *testing.T, bundle []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	all := bundle
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".zst") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		d, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := io.ReadAll(d)
		if d.Close(); err != nil {
			t.Fatal(err)
		}
		all = append(all, lines...)
	}
	return all
}

func requested(t *testing.T, method, target, account, key string, body any) (int, []byte) {
	t.Helper()
	content := []byte(nil)
	if body != nil {
		content, _ = json.Marshal(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, target, bytes.NewReader(content))
	must(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Zhishu-Account", account)
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, answer
}

// otherWays plants door numbers, remarks, reasons, enquiries and their answers,
// and looks for them in what everybody may fetch (tiles, checkpoint, figures,
// metrics) and in what an inspector takes away.
func (p *planted) otherWays(t *testing.T, base string) {
	do := func(account, path string, body any) (out struct {
		Person, Donation, Inspection    string
		Entry, Enquiry, Dispute, Report *uint64
	}) {
		t.Helper()
		answer := granted(t, http.MethodPost, base+path, account, path+fmt.Sprint(len(p.all)), body)
		p.absent(t, "an answer of "+path, answer)
		must(t, json.Unmarshal(answer, &out))
		return out
	}
	type fields = map[string]any
	const here = "430702001007"
	do("clerk", "/v1/communities", fields{"code": here, "name": "三岔路社区", "source": "统计用区划代码"})
	do("clerk", "/v1/groups", fields{"kind": "household", "community": here, "name": "一户", "door": p.add("七幢三单元四〇一室甲")})
	person := "/v1/persons/" + do("clerk", "/v1/persons", fields{
		"community": here, "name": p.name(6000), "memberFrom": "2026-01-01", "consent": fields{"basis": "paper"},
	}).Person
	deed := fields{"kind": "service", "day": "2026-02-03", "minutes": 60, "community": here, "title": "巡逻", "remark": p.add("备注里写了她的病情")}
	entry := *do("clerk", person+"/entries", deed).Entry
	do("reviewer", fmt.Sprintf("%s/entries/%d/confirm", person, entry), nil)
	gift := "/v1/donations/" + do("clerk", "/v1/donations", fields{
		"day": "2026-03-01", "kind": "cash", "amount": "10.00", "community": here, "donorKind": "individual", "donorName": p.name(6001),
		"publication": "alias", "remark": p.add("捐款人要求保密的缘由"),
	}).Donation
	asking := *do("clerk", gift+"/enquiries", fields{"question": p.add("我那笔钱用在谁身上了")}).Enquiry
	do("clerk", fmt.Sprintf("%s/enquiries/%d/answer", gift, asking), fields{"answer": p.add("用在隔壁老陈身上")})

	granted(t, http.MethodPost, base+"/v1/accounts", "operator", "inspector", fields{"handle": "inspector", "role": "inspector"})
	opened := do("inspector", "/v1/inspections", fields{"division": "430702", "period": "2026", "purpose": "抽查", "committed": strings.Repeat("ab", 32)})
	var bundle []byte
	for _, division := range []string{"", "?division=430702001007"} {
		bundle = unpacked(t, granted(t, http.MethodPost, base+"/v1/inspections/"+opened.Inspection+"/bundle"+division, "operator", "bundle"+division, nil))
		p.absent(t, "the bundle"+division, bundle)
	}
	if !bytes.Contains(bundle, []byte("household-")) || !bytes.Contains(bundle, []byte("donation-enquired")) {
		t.Error("the bundle does not hold what was planted in: the search looks at the wrong file")
	}

	checkpoint := granted(t, http.MethodGet, base+"/checkpoint", "", "", nil)
	var size int
	if _, err := fmt.Sscan(strings.Split(string(checkpoint), "\n")[1], &size); err != nil || size == 0 {
		t.Fatalf("%v: %s", err, checkpoint)
	}
	public := [][]byte{checkpoint, granted(t, http.MethodGet, base+"/metrics", "", "", nil)}
	for tile := range (size + 255) / 256 {
		part := fmt.Sprintf("%03d", tile)
		if rest := size - tile*256; rest < 256 {
			part += fmt.Sprintf(".p/%d", rest)
		}
		public = append(public, granted(t, http.MethodGet, base+"/tile/entries/"+part, "", "", nil), granted(t, http.MethodGet, base+"/tile/0/"+part, "", "", nil))
	}
	for _, path := range []string{"/v1/stars?division=430702", "/v1/participation?division=430702&period=2026", "/v1/donations/published?division=430702", "/v1/flags?division=430702"} {
		public = append(public, granted(t, http.MethodGet, base+path, "clerk", "", nil))
	}
	for i, content := range public {
		p.absent(t, fmt.Sprint("public no. ", i), content)
	}
}
