package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
)

func upload(r *routes) {
	r.raw(operation{
		id: "upload", method: http.MethodPost, path: "/v1/sheets", tag: "t", permission: "sheet.write",
		summary: "Take a file", body: fileBody, files: []string{"text/csv"}, produces: "text/plain",
	}, func(_ context.Context, c *fiber.Ctx) error {
		return c.SendString(strconv.Itoa(len(c.Request().Body())))
	})
}

func TestOnlyAnUploadTakesAFile(t *testing.T) {
	r := start(t, nil, upload, notes)
	sheet := strings.Repeat("张三,2\n", 2*MaxBodyBytes/9)
	a := r.do(http.MethodPost, "/v1/sheets", sheet, "Content-Type", "text/csv; charset=gb18030")
	if a.status != http.StatusOK || a.body != strconv.Itoa(len(sheet)) {
		t.Errorf("a sheet of %d bytes: %d %s", len(sheet), a.status, a.body)
	}
	for name, c := range map[string]struct{ raw, code string }{
		"larger than a file": {lines("POST /v1/sheets HTTP/1.1", host, "Content-Type: text/csv", fmt.Sprintf("Content-Length: %d", MaxUploadBytes+1), "", ""), CodeBodyTooLarge},
		"path with a slash":  {lines("POST /v1/sheets/ HTTP/1.1", host, "Content-Type: text/csv", fmt.Sprintf("Content-Length: %d", MaxBodyBytes+1), "", ""), CodeBodyTooLarge},
		"JSON":               {lines("POST /v1/sheets HTTP/1.1", host, "Content-Type: application/json", "Content-Length: 2", "", "{}"), CodeMediaType},
		"compressed":         {lines("POST /v1/sheets HTTP/1.1", host, "Content-Type: text/csv", "Content-Encoding: gzip", "Content-Length: 2", "", "{}"), CodeContentEncoding},
		"empty":              {lines("POST /v1/sheets HTTP/1.1", host, "Content-Type: text/csv", "Content-Length: 0", "", ""), CodeBodyRequired},
	} {
		if p := r.send(c.raw).problem(t); p.Code != c.code {
			t.Errorf("%s: %+v", name, p)
		}
	}
	// The next request on the connection of an upload has the small limit again.
	if p := r.send(noteWith("", fmt.Sprintf("Content-Length: %d", MaxBodyBytes+1))).problem(t); p.Code != CodeBodyTooLarge {
		t.Errorf("%+v", p)
	}
}

func TestMethodNotAllowedNamesTheMethods(t *testing.T) {
	r := start(t, nil, notes)
	for path, want := range map[string]string{"/v1/notes": "POST", "/livez": "GET, HEAD"} {
		a := r.do(http.MethodDelete, path, "")
		if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != want {
			t.Errorf("DELETE %s: %d, Allow %q", path, a.status, a.header.Get("Allow"))
		}
	}
}
