package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// output collects what a program prints, from any goroutine.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// planted makes strings nobody else writes: names, phones, ID numbers, file
// names and remarks of invented people.
type planted struct{ all []string }

func (p *planted) add(s string) string { p.all = append(p.all, s); return s }

func (p *planted) name(i int) string {
	return p.add(fmt.Sprintf("种名%c%c", '一'+rune(i%1000), '丁'+rune(i/7)))
}
func (p *planted) phone(i int) string  { return p.add(fmt.Sprintf("1990077%04d", i)) }
func (p *planted) number(i int) string { return p.add(idNumber(i)) }

// idNumber is a valid ID number of an invented person.
func idNumber(i int) string {
	s := fmt.Sprintf("430702%04d%02d%02d%03d", 1950+i%40, 1+i%12, 1+i%28, i%1000)
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for j, w := range weights {
		sum += int(s[j]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

// TestPlantedStringsStandNowhereOutsideTheVault gives a thousand personal
// values to the program by every way in, and looks for them in every file of
// the data directory but the vault's, in everything printed and logged, in the
// metrics and in every error.
func TestPlantedStringsStandNowhereOutsideTheVault(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "ledger")
	var p planted
	var said output
	verb := func(want int, args ...string) {
		t.Helper()
		if code := run(t.Context(), args, strings.NewReader(""), &said, &said); code != want {
			t.Fatalf("zhishu %s: exit %d\n%s", args[0], code, said.String())
		}
	}
	verb(exitOK, "init", "--data", data)

	gifts := write(t, dir, p.add("捐赠人王大锤的表")+".csv", giftSheet(&p))
	verb(exitOK, "import", "donations", gifts, "--data", data)
	hours := write(t, dir, p.add("志愿者李小花的表")+".csv", hourSheet(&p))
	verb(exitOK, "import", "service", hours, "--data", data, "--community", "430702001007", "--unregistered", "--enrol", "--consent-basis", "paper", "--reject", dir)
	verb(exitFailed, "import", "study", hours+"x", "--data", data, "--community", "430702001007", "--unregistered")
	p.overHTTP(t, data, &said)

	if len(p.all) < 1000 {
		t.Fatalf("only %d strings were planted", len(p.all))
	}
	// The file names stand in what the verbs print to the person who gave them;
	// nowhere else may anything planted stand.
	printed := strings.NewReplacer("捐赠人王大锤的表", "", "志愿者李小花的表", "").Replace(said.String())
	p.absent(t, "output and logs", []byte(printed))
	control := false
	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, string(filepath.Separator)+"vault"+string(filepath.Separator)) {
			return err
		}
		content, err := os.ReadFile(path)
		control = control || bytes.Contains(content, []byte("清晨巡逻"))
		p.absent(t, path, content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !control {
		t.Fatal("the log holds no activity name: the search reads the wrong files")
	}
}

func (p *planted) absent(t *testing.T, where string, content []byte) {
	t.Helper()
	for _, s := range p.all {
		if bytes.Contains(content, []byte(s)) {
			t.Errorf("%s holds the planted %q", where, s)
		}
	}
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func giftSheet(p *planted) string {
	var b strings.Builder
	b.WriteString("序号,捐赠日期,捐赠(单位/姓名),捐赠金额(元),备注\n")
	for i := range 200 {
		fmt.Fprintf(&b, "%d,2020.01.%02d,%s,%d.00,%s\n", i+1, 1+i%28, p.name(i), 10+i, p.add(fmt.Sprintf("转自表兄第%d号", i)))
	}
	b.WriteString("201,2020.01.01,种名错行,-5.00,\n")
	return b.String()
}

func hourSheet(p *planted) string {
	var b strings.Builder
	b.WriteString("姓名,身份证号,联系电话,服务日期,活动名称,服务时长(分钟)\n")
	for i := range 150 {
		fmt.Fprintf(&b, "%s,%s,%s,2025-03-%02d,清晨巡逻,%d\n", p.name(1000+i), p.number(i), p.phone(i), 1+i%28, 30+i%60)
	}
	bad := []byte(p.number(9000))
	bad[17] ^= 1 // fails its check digit
	fmt.Fprintf(&b, "%s,%s,%s,2025-03-01,清晨巡逻,30\n", p.name(1999), p.add(string(bad)), p.phone(9000))
	return b.String()
}

// overHTTP enrols people through a served ledger, also with requests that are
// refused, and looks at every answer and at the metrics.
func (p *planted) overHTTP(t *testing.T, data string, said *output) {
	ctx, stop := context.WithCancel(t.Context())
	address := make(chan string, 1)
	ended := make(chan error, 1)
	prog := &program{ctx: ctx, stdout: said, stderr: said}
	go func() {
		ended <- serve(prog, location{dir: data}, "127.0.0.1:0", nil, nil, func(a string, _ *ledger) { address <- a })
	}()
	var base string
	select {
	case a := <-address:
		base = "http://" + a
	case err := <-ended:
		t.Fatal(err)
	}
	for i := range 160 {
		number := p.number(200 + i)
		if i%4 == 3 {
			number = "x" + p.add(fmt.Sprintf("坏号码%04d", i)) // refused
		}
		body, _ := json.Marshal(map[string]any{
			"community": "430702001007", "name": p.name(3000 + i), "phone": p.phone(3000 + i), "idNumber": number,
			"address": p.add(fmt.Sprintf("启明街道%d号院", i)), "consent": map[string]any{"basis": "paper"},
		})
		p.absent(t, "an answer", post(t, base+"/v1/persons", fmt.Sprint("planted-", i), "application/json", "", body))
	}
	name := p.add("张铁柱的名单") + ".xlsx"
	p.absent(t, "an answer", post(t, base+"/v1/imports/donations", "sheet", "application/octet-stream", name, []byte("坏文件"+p.name(5000))))
	for _, path := range []string{"/metrics", "/v1/" + url.PathEscape(p.name(5001)), "/v1/stars?division=" + url.QueryEscape(p.name(5002))} {
		resp, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		p.absent(t, path, content)
	}
	p.otherWays(t, base)
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func post(t *testing.T, target, key, contentType, file string, body []byte) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Zhishu-Account", "clerk")
	req.Header.Set("Idempotency-Key", key)
	if file != "" {
		req.Header.Set("Zhishu-File-Name", url.PathEscape(file))
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode >= 500 {
		t.Errorf("%s answered %s", target, resp.Status)
	}
	return content
}
