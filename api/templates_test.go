package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"zhishu/sheets"
)

func TestTemplatesAreDownloaded(t *testing.T) {
	c := newCity(t, nil)
	var list struct{ Templates []Template }
	if err := json.Unmarshal([]byte(c.get("/v1/templates").body), &list); err != nil || len(list.Templates) == 0 {
		t.Fatalf("%v %+v", err, list)
	}
	for _, kind := range list.Templates {
		file := c.get("/v1/templates/" + kind.Kind)
		if file.status != http.StatusOK || !strings.HasPrefix(file.body, "PK\x03\x04") || file.header.Get("Content-Type") != binaryType ||
			file.header.Get("Content-Disposition") != `attachment; filename="zhishu-`+kind.Kind+`.xlsx"` {
			t.Errorf("%s: %d %v", kind.Kind, file.status, file.header)
		}
		plain := c.get("/v1/templates/" + kind.Kind + "?format=csv")
		headings := make([]string, len(kind.Columns))
		for i, column := range kind.Columns {
			headings[i] = column.Heading
			if _, ok := sheets.FieldByName(column.Field); !ok || column.English == "" {
				t.Errorf("%s: %+v", kind.Kind, column)
			}
		}
		if plain.body != "\ufeff"+strings.Join(headings, ",")+"\r\n" {
			t.Errorf("%s: %q", kind.Kind, plain.body)
		}
	}
	for path, code := range map[string]string{
		"/v1/templates/weather": "import-kind-unsupported", "/v1/templates/people?format=xls": "field-invalid", "/v1/templates/people?example=1": "field-invalid",
	} {
		if p := c.get(path).problem(t); p.Code != code {
			t.Errorf("%s: %+v", path, p)
		}
	}
}
