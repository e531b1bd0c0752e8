package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"zhishu/api"
	"zhishu/api/reference"
	"zhishu/commands"
)

var demoLarge = flag.Bool("demo.large", false, "build a demo of 200,000 events, too")

// TestDemoIsOfTheSizeAskedFor builds demos small and large, and looks at every
// address that they advertise.
func TestDemoIsOfTheSizeAskedFor(t *testing.T) {
	sizes := []int{1_000, 5_000, 30_000}
	if *demoLarge {
		sizes = append(sizes, 200_000)
	}
	for _, asked := range sizes {
		dir := filepath.Join(t.TempDir(), "demo")
		said := printedBy(t, []string{"demo", "--build", "--events", strconv.Itoa(asked), "--data", dir})
		events := regexp.MustCompile(`([0-9]+) 事件`).FindStringSubmatch(said)
		if events == nil {
			t.Fatal(said)
		}
		if n, _ := strconv.Atoi(events[1]); n < asked/2 || n > 2*asked {
			t.Errorf("--events %d builds %d", asked, n)
		}
		if asked >= 5_000 {
			lookAround(t, dir)
		}
	}
	var out, complaints output
	if code := run(t.Context(), []string{"demo", "--build", "--events", "1", "--data", filepath.Join(t.TempDir(), "demo")}, strings.NewReader(""), &out, &complaints); code != exitUsage {
		t.Errorf("--events 1: exit %d: %s", code, complaints.String())
	}
}

// lookAround asks for the page at the root and for what it points to: there is
// something to be seen everywhere.
func lookAround(t *testing.T, dir string) {
	l, err := openLedger(t.Context(), location{dir: dir}, commands.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	links := looks(l)
	if len(links) < 10 {
		t.Fatalf("only %d addresses: %v", len(links), links)
	}
	s, err := newServer(l, api.NewMetrics(), slog.New(slog.NewTextHandler(io.Discard, nil)), nil, links...)
	if err != nil {
		t.Fatal(err)
	}
	client := s.InProcess()
	home := content(t, client, "/")
	for _, link := range append(links, reference.Link{Path: "/checkpoint"}, reference.Link{Path: "/verify"}) {
		if !strings.Contains(home, `href="`+strings.ReplaceAll(link.Path, "&", "&amp;")+`"`) {
			t.Errorf("the page at / does not point to %s", link.Path)
		}
		answer := content(t, client, link.Path)
		if !strings.HasPrefix(link.Path, "/v1/") {
			continue
		}
		var figure struct {
			Suppressed any
			Rows       []struct {
				Suppressed any
				Notice     string `json:"title"` // of an activity: only its counts are withheld
			}
		}
		if err := json.Unmarshal([]byte(answer), &figure); err != nil {
			t.Error(link.Path, err)
		}
		shown := figure.Suppressed == nil && figure.Rows == nil
		for _, r := range figure.Rows {
			shown = shown || r.Suppressed == nil || r.Notice != ""
		}
		if !shown {
			t.Errorf("%s: nothing is shown", link.Path)
		}
	}
}

func content(t *testing.T, client *http.Client, path string) string {
	t.Helper()
	resp, err := client.Get("http://localhost" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Error(fmt.Sprint(path, ": ", resp.Status, " ", err))
	}
	return string(body)
}
