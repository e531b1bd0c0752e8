package imports

import (
	"bytes"
	"testing"

	"zhishu/domain"
	"zhishu/sheets"
)

// Every template, filled in with its own example, is imported as it is: all its
// columns are understood and used.
func TestFilledInTemplatesAreImported(t *testing.T) {
	t.Parallel()
	for kind, of := range sheetKinds {
		if len(sheets.Template(of)) == 0 {
			t.Errorf("%s has no template", kind)
		}
		for _, format := range []sheets.Format{sheets.CSV, sheets.XLSX} {
			l := newLedger(t)
			if kind != domain.ImportCommunities {
				l.do(l.recorder, &domain.RegisterCommunity{Code: here, Name: "示例社区", From: domain.MinDay})
			}
			var file bytes.Buffer
			if err := sheets.WriteTemplate(&file, of, format, true); err != nil {
				t.Fatal(err)
			}
			res := l.mustRun(l.job(kind, "t."+string(format), file.String()))
			if res.Rows != 1 || res.Accepted != 1 || res.Added != 1 || res.Unconfirmed != 0 || len(res.Sheet.Unknown) != 0 || len(res.Sheet.Unused) != 0 {
				t.Errorf("%s %s: %+v %+v", kind, format, res, res.Sheet)
			}
			if again := l.mustRun(l.job(kind, "u.csv", file.String())); again.Status != AlreadyImported {
				t.Errorf("%s %s: %+v", kind, format, again)
			}
		}
	}
}

// Both formats of a template hold the same row, so they are the same content.
func TestTemplatesOfBothFormatsAreOneContent(t *testing.T) {
	t.Parallel()
	for kind, of := range sheetKinds {
		l := newLedger(t)
		for _, format := range []sheets.Format{sheets.XLSX, sheets.CSV} {
			var file bytes.Buffer
			if err := sheets.WriteTemplate(&file, of, format, true); err != nil {
				t.Fatal(err)
			}
			if res := l.mustRun(l.job(kind, "t", file.String())); (res.Status == AlreadyImported) != (format == sheets.CSV) {
				t.Errorf("%s %s: %+v", kind, format, res)
			}
		}
	}
}
