package api

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhishu/api/figures"
	"zhishu/imports"
	"zhishu/internal/officetest"
)

// handedIn is a community with members, a visitor, service, study and gifts
// that were corrected and used.
func handedIn(t *testing.T) (*city, []string) {
	c, people := busyCity(t, 6)
	for i := range 5 { // fewer would be withheld on the boards
		elsewhere := decode[Recorded](t, c.post("/v1/persons", fmt.Sprintf(`{"community":"430702001008","unregistered":true,"consent":{"basis":"paper"},"name":"邻居%d"}`, i))).Person
		c.confirmed(elsewhere, "service", "2026-02-03", 45)
		c.confirmed(elsewhere, "study", "2026-02-04", 90)
		c.confirmed(elsewhere, "study", "2026-02-04", 30) // the same content on the same day: another row, no further person-time
	}
	c.mustPost("/v1/persons/"+people[1]+"/consents", `{"kind":"publish","basis":"paper"}`)
	c.mustPost("/v1/persons/"+people[0]+"/entries", `{"kind":"service","title":"清洁","community":"430702001007","start":"2026-02-05T01:00:00Z","end":"2026-02-05T03:30:00Z","hours":"credit"}`)
	team := c.mustPost("/v1/groups", `{"kind":"team","community":"430702001007","name":"=红马甲","from":"2025-01-01"}`).Group
	for _, person := range people {
		c.mustPost("/v1/persons/"+person+"/memberships", `{"kind":"team","group":"`+team+`","from":"2026-01-01"}`)
	}
	gift := "/v1/donations/" + c.mustPost("/v1/donations", cash).Donation
	no := *c.mustPost(gift+"/corrections", strings.TrimSuffix(strings.Replace(cash, "1280.50", "1300.00", 1), "}")+`,"reason":"看错","note":"少列十九元五角"}`).Proposal
	c.mustPost(fmt.Sprintf("%s/corrections/%d/approve", gift, no), "", "Zhishu-Account", "reviewer")
	c.mustPost("/v1/donations", goods)
	c.mustPost(gift+"/allocations", `{"day":"2026-03-05","amount":"500","purpose":"助学"}`)
	c.mustPost("/v1/communities/430702001007/counts", `{"kind":"activity-room","day":"2026-02-01","count":60,"title":"二楼","evidence":[{"kind":"photo"}]}`)
	return c, people
}

func register(c *city, kind, query string) figures.Register {
	return ask[figures.Register](c, "/v1/registers/"+kind+"?community="+here+query, clerk...)
}

func optional(n *int64) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}

func traced(t *testing.T, r figures.Register, item string) figures.RegisterLine {
	t.Helper()
	for _, l := range r.Trace {
		if l.Item == item {
			return l
		}
	}
	t.Fatalf("%s: nothing traces %s", r.Title, item)
	return figures.RegisterLine{}
}

// The totals of every register are those of the figures.
func TestRegistersHaveTheTotalsOfTheFigures(t *testing.T) {
	c, people := handedIn(t)
	stars := ask[figures.StarBoard](c, "/v1/stars?division="+here)
	service := register(c, "service", "&period=all")
	if n := *traced(t, service, "计入时长").Value.Value; n != stars.Total.Recognised.Minutes+5*45 || *service.Blocks[0].Total[10].Value != n {
		t.Errorf("service counts %d, the board %d and the visitors 225", n, stars.Total.Recognised.Minutes)
	}
	if n := *traced(t, service, "服务时长·外来").Value.Value; n != stars.Outside.Time.Minutes {
		t.Errorf("visitors %d, the board %d", n, stars.Outside.Time.Minutes)
	}
	rates := ask[figures.Participation](c, "/v1/participation?period=2026&division="+here)
	study := register(c, "study", "&period=2026")
	if l := traced(t, study, "学习人次·本社区"); *l.Value.Value != *rates.PersonTimes {
		t.Errorf("study %+v, rates %d", l, *rates.PersonTimes)
	}
	if l := traced(t, study, "学习人次·外来"); *l.Value.Value != rates.Outside.PersonTimes || l.Facts != rates.Outside.Entries {
		t.Errorf("visitors %+v, rates %+v", l, rates.Outside)
	}
	sums := ask[figures.Donations](c, "/v1/donations?period=2026&division="+here)
	gifts := register(c, "donations", "&period=2026")
	if total := gifts.Blocks[0].Total; *total[4].Value != sums.Total.Amount.Fen || *total[5].Value != sums.Total.Valued.Fen || int64(len(gifts.Blocks[0].Rows)) != sums.Total.Count {
		t.Errorf("gifts %+v, sums %+v", total, sums.Total)
	}
	uses := ask[figures.GiftUses](c, "/v1/donations/uses?period=2026&division="+here)
	if l := traced(t, gifts, "款·剩余"); *l.Value.Value != uses.Total.Money.Left.Fen {
		t.Errorf("left %+v, %+v", l, uses.Total.Money)
	}
	part := register(c, "participation", "&period=2026")
	for i, r := range rates.Rates {
		if r.Persons == nil {
			continue
		}
		l := traced(t, part, "参学人数率·"+r.BasisZh)
		if *l.Numerator != r.Persons.Numerator || *l.Denominator != r.Persons.Denominator || l.Value.Text+"%" != r.Persons.Percent || part.Blocks[0].Rows[i][4].Text != l.Value.Text {
			t.Errorf("%+v, %+v", l, r)
		}
	}
	card, score := ask[figures.Scorecard](c, "/v1/communities/"+here+"/scorecard?period=2026"), register(c, "scorecard", "&period=2026")
	if len(card.Rows) == 0 || len(score.Blocks[0].Rows) != len(card.Rows) || !strings.HasPrefix(score.Blocks[0].Total[1].Text, fmt.Sprintf("%d 项", card.Met)) {
		t.Errorf("scorecard %+v, %+v", score.Blocks, card)
	}
	for i, it := range card.Rows {
		row := score.Blocks[0].Rows[i]
		value, of := it.Count, (*int64)(nil) // what is counted over the period is divided by nothing
		if it.Value != nil {
			value, of = &it.Value.Numerator, &it.Value.Denominator
		}
		if fmt.Sprint(optional(row[3].Value), optional(row[4].Value)) != fmt.Sprint(optional(value), optional(of)) || (it.Every == "period") != (it.Value == nil) && it.Suppressed == nil && !it.Unknown {
			t.Errorf("%s: %+v, %+v", it.Item, row, it)
		}
	}
	// Each item names its facts, in the register as in the scorecard.
	shown := 0
	for i, it := range card.Rows {
		for _, f := range it.Facts {
			if strings.HasPrefix(f.Stream, "person-") {
				t.Errorf("%s names what a person did: %+v", it.Item, f)
			}
			name := strings.TrimSpace(f.Day + " " + f.Title)
			place := f.Stream
			if f.Revision != nil {
				place += fmt.Sprint("@", *f.Revision)
			}
			if how := score.Trace[i].How; f.Day == "" || !strings.Contains(how, name) || !strings.Contains(how, place) || strings.HasPrefix(f.Stream, "activity-") != (f.Revision == nil) {
				t.Errorf("%s: %q does not name %+v", it.Item, how, f)
			}
			if f.Title != "" {
				shown++
			}
		}
	}
	if shown == 0 {
		t.Errorf("no fact has a title: %+v", card.Rows)
	}
	teams, board := register(c, "teams", "&period=2026"), ask[figures.Teams](c, "/v1/teams?period=2026&division="+here)
	if len(teams.Blocks[0].Rows) != len(board.Rows) || len(board.Rows) == 0 || teams.Blocks[0].Total[4].Value == nil {
		t.Errorf("teams %+v, %+v", teams.Blocks, board)
	}
	for i, x := range board.Rows {
		if row := teams.Blocks[0].Rows[i]; row[1].Text != x.Name || x.Suppressed == nil && *row[5].Value != x.Time.Minutes {
			t.Errorf("%+v, %+v", row, x)
		}
	}
	for _, r := range []figures.Register{service, study, gifts, part, teams, score} {
		if r.LedgerSize == 0 || len(r.Trace) < 4 || !strings.HasPrefix(r.Title, "三岔路社区") {
			t.Errorf("%+v", r)
		}
		// Total rows are the rows added up.
		for _, b := range r.Blocks {
			for i, cell := range b.Total {
				sum := int64(0)
				for _, row := range b.Rows {
					if i < len(row) && row[i].Value != nil {
						sum += *row[i].Value
					}
				}
				if cell.Value != nil && *cell.Value != sum {
					t.Errorf("%s, %s: total %d, rows %d", r.Title, b.Heads[i], *cell.Value, sum)
				}
			}
		}
	}
	if got := register(c, "service", "&period=2026-03").Title; got != "三岔路社区志愿服务台账（2026年3月）" {
		t.Error(got)
	}
	// Names stand where today's rules allow, numbers elsewhere.
	named := 0
	for _, row := range service.Blocks[0].Rows {
		switch {
		case row[2].Text == "":
		case row[2].Text == "居民1" && row[1].Text == people[1]:
			named++
		default:
			t.Errorf("named %q", row[2].Text)
		}
	}
	if named != 1 {
		t.Errorf("%d rows are named", named)
	}
}

// Beside a team that shows no figures, what the others add up to is no total.
func TestATotalStandsBesideWholeRowsOnly(t *testing.T) {
	c, people := handedIn(t)
	pair := c.mustPost("/v1/groups", `{"kind":"team","community":"430702001007","name":"两人队","from":"2025-01-01"}`).Group
	for _, person := range people[:2] {
		c.mustPost("/v1/persons/"+person+"/memberships", `{"kind":"team","group":"`+pair+`","from":"2026-01-01"}`)
	}
	teams := register(c, "teams", "&period=2026")
	if b := teams.Blocks[0]; len(b.Rows) != 2 || b.Rows[1][8].Text != "人数过少，不予公布" || len(b.Total) != 1 {
		t.Errorf("%+v", b)
	}
	if l := traced(t, teams, "服务时长"); l.Value.Text != "不公布" || l.Facts != 0 {
		t.Errorf("%+v", l)
	}
}

// A register that comes back doubles nothing: its rows are known again. A row
// that was added to it is new, and a sheet of another ledger is read.
func TestARegisterThatComesBackDoublesNothing(t *testing.T) {
	c, _ := handedIn(t)
	for kind, added := range map[string]string{
		"service":   `99,V-99,新人,2026-02-09,,,清洁,,,60,,,,`,
		"study":     `99,V-98,新人,2026-02-09,,,党史,,,,60,,,`,
		"donations": `99,2026-02-09,孙某,,5.00,,,,,,,`,
	} {
		path := "/v1/registers/" + kind + "/"
		sheet := c.fresh(path+"csv?period=2026&community="+here, clerk...)
		book := c.fresh(path+"xlsx?period=2026&community="+here, clerk...)
		if sheet.status != http.StatusOK || book.status != http.StatusOK || !strings.HasPrefix(sheet.header.Get("Content-Type"), csvType) || book.header.Get("Content-Type") != xlsxType {
			t.Fatalf("%d %d %s", sheet.status, book.status, sheet.header)
		}
		again := "/v1/imports/" + kind + "?community=" + here + "&enrol=true&consentBasis=paper&confirmer=reviewer"
		rows := len(register(c, kind, "&period=2026").Blocks[0].Rows)
		for form, content := range map[string]string{"csv": sheet.body, "xlsx": book.body, "changed": strings.Replace(sheet.body, "2026-02-01", "2026-02-02", 1)} {
			var a answer
			types := c.appended(func() { a = c.upload(again, content) })
			got := decode[imports.Result](t, a)
			if strings.Contains(types, "claimed") || strings.Contains(types, "received") || strings.Contains(types, "enrolled") || strings.Contains(types, "proposed") {
				t.Errorf("%s as %s: appended %s", kind, form, types)
			}
			if got.Rows != rows || got.Refused != rows || got.Added != 0 || len(got.Codes) != 1 || got.Codes[0].Code != "row-of-ledger" {
				t.Errorf("%s as %s: %d rows, %+v\n%s", kind, form, rows, got, a.body)
			}
		}
		lines := strings.SplitAfter(sheet.body, "\r\n")
		for i, line := range lines {
			if strings.HasPrefix(line, "合计") {
				lines = append(lines[:i:i], added+"\r\n")
				break
			}
		}
		got := decode[imports.Result](t, c.upload(again, strings.Join(lines, "")))
		if got.Rows != rows+1 || got.Added != 1 || got.Refused != rows {
			t.Errorf("%s with a new row: %+v", kind, got)
		}
		t.Run(kind+" in another ledger", func(t *testing.T) {
			other := newCity(t, nil) // where nobody knows these numbers
			fresh := decode[imports.Result](t, other.upload(again, strings.ReplaceAll(sheet.body, "匿名", "孙某")))
			for _, x := range fresh.Codes {
				if x.Code == "row-of-ledger" {
					t.Errorf("%+v", fresh)
				}
			}
			if kind == "donations" && fresh.Accepted != 3 {
				t.Errorf("%+v", fresh)
			}
		})
	}
}

// What is taken away: title, unit, headings, rows and total; numbers as numbers;
// the trace behind them or in a file of its own.
func TestRegistersAsFiles(t *testing.T) {
	c, _ := handedIn(t)
	query := "?period=2026&community=" + here
	for _, kind := range []string{"service", "study", "donations", "participation", "teams", "scorecard"} {
		figure := register(c, kind, "&period=2026")
		book, err := excelize.OpenReader(strings.NewReader(c.fresh("/v1/registers/"+kind+"/xlsx"+query, clerk...).body))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows("台账")
		if err != nil {
			t.Fatal(err)
		}
		if rows[0][0] != figure.Title || rows[1][0] != figure.Unit || strings.Join(rows[2], "|") != strings.Join(figure.Blocks[0].Heads, "|") {
			t.Errorf("%s begins %q", kind, rows[:3])
		}
		trace, err := book.GetRows("溯源")
		if err != nil || len(trace) < 8+len(figure.Trace) {
			t.Errorf("%s: %d lines of trace, %v", kind, len(trace), err)
		}
		first := c.fresh("/v1/registers/"+kind+"/csv"+query, clerk...).body
		second := c.fresh("/v1/registers/"+kind+"/trace"+query, clerk...).body
		for name, text := range map[string]string{"csv": first, "trace": second} {
			if !strings.HasPrefix(text, "\uFEFF") {
				t.Errorf("%s %s has no byte order mark", kind, name)
			}
			read := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
			read.FieldsPerRecord = -1
			if _, err := read.ReadAll(); err != nil {
				t.Errorf("%s %s: %v", kind, name, err)
			}
		}
		if !strings.Contains(second, fmt.Sprint("账本位置 ledger size,", figure.LedgerSize)) || !bytes.Contains([]byte(first), []byte("说明：账本位置")) {
			t.Errorf("%s does not say what it rests on", kind)
		}
	}
	for path, code := range map[string]string{
		"/v1/registers/teapots/xlsx" + query:                                   CodeNotFound,
		"/v1/registers/service/xlsx?period=2026&community=1":                   "community-invalid",
		"/v1/registers/service/xlsx?period=x&community=" + here:                CodePeriodInvalid,
		"/v1/registers/service/xlsx?asOf=99999999&community=" + here:           CodeBeyondLedger,
		"/v1/registers/participation/csv?asOf=0&period=2026&community=" + here: CodeNoPolicy,
	} {
		if p := c.fresh(path).problem(t); p.Code != code {
			t.Errorf("%s: %+v", path, p)
		}
	}
	before := c.fresh("/v1/registers/donations" + query + "&asOf=20")
	if a := decode[figures.Register](t, before); a.LedgerSize != 20 {
		t.Errorf("%+v", a)
	}
}

// Reports open in LibreOffice with numbers as numbers, and add up to what the
// API says.
func TestRegistersOpenInLibreOffice(t *testing.T) {
	c, _ := handedIn(t)
	dir := t.TempDir()
	kinds := []string{"service", "study", "donations", "participation", "teams", "scorecard"}
	books := make([]string, len(kinds))
	for i, kind := range kinds {
		books[i] = filepath.Join(dir, kind+".xlsx")
		if err := os.WriteFile(books[i], []byte(c.fresh("/v1/registers/"+kind+"/xlsx?period=2026&community="+here, clerk...).body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, document := range officetest.Converted(t, officetest.Document, books...) {
		sheet := officetest.FirstSheet(document)
		for _, b := range register(c, kinds[i], "&period=2026").Blocks {
			for j, cell := range b.Total {
				if cell.Value == nil {
					continue
				}
				if want := float64(*cell.Value) / math.Pow10(cell.Scale); !sheet.Near(b.Heads[j], want) {
					t.Errorf("%s, %s: LibreOffice adds up %v, the API says %v", kinds[i], b.Heads[j], sheet.Sums[b.Heads[j]], want)
				}
			}
		}
	}
}
