package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhishu/api/figures"
	"zhishu/internal/officetest"
)

var countyEvents = flag.Int("county.events", 20_000, "events of the demo whose registers are opened with LibreOffice; 0 for the standard demo")

// TestCountyOpensInLibreOffice hands in every register of every community of
// the demo, opens the workbooks as the committees do, and adds up.
func TestCountyOpensInLibreOffice(t *testing.T) {
	dir := t.TempDir()
	var said output
	p := &program{ctx: t.Context(), stdout: &said, stderr: &said}
	data := filepath.Join(dir, "demo")
	if err := (&demoCmd{Data: data, Events: *countyEvents, Build: true}).Run(p); err != nil {
		t.Fatal(err, said.String())
	}
	client, base, done, err := (&doCmd{Data: data}).connect(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, done()) })
	get := func(path string) []byte { return fetched(t, client, base+path) }

	var county figures.Communities
	must(t, json.Unmarshal(get("/v1/communities"), &county))
	year := time.Now().AddDate(0, 0, -1).Year() // the demo ends yesterday
	var books []string
	var registers []figures.Register
	for _, c := range county.Rows {
		for _, kind := range []string{"service", "study", "donations", "participation", "teams", "scorecard"} {
			query := fmt.Sprintf("?community=%s&period=%d", c.Code, year)
			var r figures.Register
			must(t, json.Unmarshal(get("/v1/registers/"+kind+query), &r))
			book := filepath.Join(dir, fmt.Sprintf("%s-%s.xlsx", c.Code, kind))
			must(t, os.WriteFile(book, get("/v1/registers/"+kind+"/xlsx"+query), 0o600))
			books, registers = append(books, book), append(registers, r)
		}
	}
	numbers := 0
	for i, document := range officetest.Converted(t, officetest.Document, books...) {
		sheet := officetest.FirstSheet(document)
		numbers += sheet.Numbers
		if sheet.Formulas > 0 {
			t.Errorf("%s: %d formulas", books[i], sheet.Formulas)
		}
		for _, b := range registers[i].Blocks {
			for j, cell := range b.Total {
				if cell.Value == nil {
					continue
				}
				if want := float64(*cell.Value) / math.Pow10(cell.Scale); !sheet.Near(b.Heads[j], want) {
					t.Errorf("%s, %s: LibreOffice adds up %v, the API says %v", filepath.Base(books[i]), b.Heads[j], sheet.Sums[b.Heads[j]], want)
				}
			}
		}
	}
	if numbers == 0 {
		t.Error("no number in any register")
	}
	t.Logf("%d workbooks of %d communities, %d numbers", len(books), len(county.Rows), numbers)
}

func fetched(t *testing.T, client *http.Client, address string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Zhishu-Account", "clerk")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v\n%s", address, resp.StatusCode, err, content)
	}
	return content
}
