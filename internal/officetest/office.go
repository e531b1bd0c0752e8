// Package officetest opens workbooks as a committee does, in LibreOffice, for
// tests: what it holds for a number is one, and adds up.
package officetest

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Document is the form LibreOffice keeps its own documents in, as plain XML.
const Document = "fods"

// Converted is what LibreOffice makes of each workbook, in the form asked for: a
// file extension, and after a colon the filter with its options. The test is
// skipped where LibreOffice is not installed.
func Converted(t testing.TB, form string, workbooks ...string) []string {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed (apt-get install libreoffice-calc-nogui): no workbook was opened with it")
	}
	dir := t.TempDir()
	// A profile of its own, so that no other LibreOffice on the machine answers.
	args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", form, "--outdir", dir}
	if out, err := exec.CommandContext(t.Context(), office, append(args, workbooks...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	extension, _, _ := strings.Cut(form, ":")
	converted := make([]string, len(workbooks))
	for i, w := range workbooks {
		name := strings.TrimSuffix(filepath.Base(w), filepath.Ext(w)) + "." + extension
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		converted[i] = string(content)
	}
	return converted
}

// Sheet is what the first sheet of a Document adds up to.
type Sheet struct {
	Sums     map[string]float64 // by heading, total rows left out; of the last table that has the heading
	Numbers  int                // cells LibreOffice holds for numbers
	Formulas int                // cells it would compute
}

// Near reports whether the sheet has a column of that heading and it adds up to
// a sum, as far as a float can tell.
func (s Sheet) Near(heading string, sum float64) bool {
	got, ok := s.Sums[heading]
	return ok && math.Abs(got-sum) <= 0.001
}

var (
	repeated = regexp.MustCompile(`number-columns-repeated="(\d+)"`)
	number   = regexp.MustCompile(`office:value-type="float" office:value="([^"]+)"`)
	text     = regexp.MustCompile(`<text:p>([^<]*)</text:p>`)
)

// FirstSheet adds up a Document. Equal cells side by side stand in it once, with
// how often.
func FirstSheet(document string) Sheet {
	first, _, _ := strings.Cut(document, "</table:table>")
	s := Sheet{Sums: map[string]float64{}, Formulas: strings.Count(first, "table:formula")}
	var heads []string
	for _, row := range strings.Split(first, "<table:table-row")[1:] {
		cells, numbers := cellsOf(row)
		s.Numbers += len(numbers)
		switch {
		case len(cells) > 2 && len(numbers) == 0 && cells[1] != "":
			heads = cells
			for _, h := range heads {
				delete(s.Sums, h) // another table below the first
			}
		case len(cells) > 0 && cells[0] == "合计":
		default:
			for i, n := range numbers {
				if i < len(heads) {
					s.Sums[heads[i]] += n
				}
			}
		}
	}
	return s
}

// cellsOf are the texts of a row, and by column those that are numbers.
func cellsOf(row string) (cells []string, numbers map[int]float64) {
	numbers = map[int]float64{}
	for _, cell := range strings.Split(row, "<table:table-cell")[1:] {
		times := 1
		if m := repeated.FindStringSubmatch(cell); m != nil {
			times, _ = strconv.Atoi(m[1])
		}
		if m := number.FindStringSubmatch(cell); m != nil {
			for k := range times {
				numbers[len(cells)+k], _ = strconv.ParseFloat(m[1], 64)
			}
		}
		shown := ""
		if m := text.FindStringSubmatch(cell); m != nil {
			shown = m[1]
		}
		for range min(times, 50) { // the empty rest of a row is one cell, a thousand times
			cells = append(cells, shown)
		}
	}
	return cells, numbers
}
