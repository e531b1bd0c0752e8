package imports

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"zhishu/domain"
	"zhishu/sheets"
)

var january = []string{"2026.01.22,孙**,300.00,", "2026.01.22,王*,100.00,", "2026.01.23,长明市新湘门经营部,10000.00,", "2026.01.23,谭**,50000.00,", "2026.01.23,谭**,50000.00,",
	"2026.01.24,万*****股份有限公司,1000000.00,", "2026.01.24,董**,2000.00,", "2026.01.25,田*,10000.00,", "2026.01.25,何**,0.01,"}

func TestGiftsAreRecordedAndTheTotalIsMet(t *testing.T) {
	l := newLedger(t)
	res := l.mustRun(l.job(domain.ImportDonations, "一月.csv", donations("1122400.01", january...)))
	if res.Status != Finished || res.Rows != 9 || res.Accepted != 9 || res.Added != 9 || res.Refused != 0 || res.LookAlikes != 0 {
		t.Fatalf("%+v", res)
	}
	if !res.Money.Met || res.Money.Declared != "1122400.01" || res.Money.Computed != "1122400.01" || res.Money.Difference != "0.00" {
		t.Fatalf("%+v", res.Money)
	}
	// The two equal rows inside the sheet are two gifts.
	if got := l.totals(); got.gifts != 9 || got.fen != 112240001 {
		t.Fatalf("%+v", got)
	}
}

func TestTotalThatIsNotMet(t *testing.T) {
	l := newLedger(t)
	rows := append(slices.Clone(january), "2026.01.26,李*,-5,", "2026.13.01,赵*,7.00,", "2026.01.26,,3.00,")
	res := l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("1122410.01", rows...)))
	if res.Rows != 12 || res.Accepted != 9 || res.Refused != 3 || res.Money.Met || res.Money.Difference != "10.00" {
		t.Fatalf("%+v %+v", res, res.Money)
	}
	want := map[int]string{13: "value-negative", 14: "date-impossible", 15: "value-missing"}
	for _, e := range res.Errors {
		if want[e.Row] != e.Code || e.Column == "" || e.Field == "" || e.Chinese == "" || e.English == "" || e.Cure == "" || e.CureEn == "" {
			t.Errorf("%+v", e)
		}
		delete(want, e.Row)
	}
	if len(want) > 0 {
		t.Errorf("not named: %v in %+v", want, res.Errors)
	}
}

// asXLSX writes the same sheet as a workbook with numbers as numbers.
func asXLSX(t *testing.T, rows []string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := sheets.NewWriter(&b, sheets.XLSX, "捐款")
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(w.Text("", "名单（另一版标题）"), w.Text("序号", "捐赠日期", "捐赠人", "捐赠金额（元）", "备注"))
	for i, row := range rows {
		cells := strings.Split(row, ",")
		fen, _ := domain.ParseFen(cells[2])
		err = errors.Join(err, w.Row(sheets.WholeValue(int64(i+7)), sheets.TextValue(cells[0]), sheets.TextValue(cells[1]),
			sheets.FenValue(int64(fen)), sheets.TextValue(cells[3])))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asUTF16(s string) []byte {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func TestSameContentAddsNothing(t *testing.T) {
	l := newLedger(t)
	sheet := donations("1122400.01", january...)
	first := l.mustRun(l.job(domain.ImportDonations, "a.csv", sheet))
	size := l.size()
	again := map[string][]byte{
		"other name": []byte(sheet),
		"bom":        []byte("\ufeff" + sheet),
		"utf-16":     asUTF16(sheet),
		"workbook":   asXLSX(t, january),
		"no total":   []byte(donations("", january...)),
	}
	for name, content := range again {
		j := l.job(domain.ImportDonations, name, "")
		j.File, j.Size = bytes.NewReader(content), int64(len(content))
		j.Recorder, j.Confirmer = l.confirmer, l.recorder // another clerk
		res := l.mustRun(j)
		if res.Status != AlreadyImported || res.Import != first.Import || res.Added != 0 || res.ImportedOn != "2026-03-10" || res.Accepted != 9 {
			t.Errorf("%s: %+v", name, res)
		}
	}
	if l.size() != size {
		t.Errorf("the ledger grew from %d to %d", size, l.size())
	}
	elsewhere := l.job(domain.ImportDonations, "a.csv", sheet)
	elsewhere.Community = here
	_, err := l.run(elsewhere)
	wantCode(t, err, ImportElsewhere)
}

func TestOrderIsContent(t *testing.T) {
	l := newLedger(t)
	l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("", january...)))
	turned := slices.Clone(january)
	slices.Reverse(turned)
	_, err := l.run(l.job(domain.ImportDonations, "b.csv", donations("", turned...)))
	wantCode(t, err, ReissueSuspected)
}

func TestLookAlikesAreRecordedAndCounted(t *testing.T) {
	l := newLedger(t)
	l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("", january...)))
	// Two of the three look like the two 谭** of January, whatever the remark.
	res := l.mustRun(l.job(domain.ImportDonations, "b.csv", donations("", "2026.01.23,谭**,50000.00,夜间",
		"2026.01.23,谭**,50000,", "2026.01.23,谭**,50000,", "2026.02.01,谭**,50000.00,")))
	if res.LookAlikes != 2 || res.Added != 4 || !slices.Equal(res.AlikeRows, []int{4, 5}) {
		t.Fatalf("%+v", res)
	}
	if l.totals().gifts != 13 {
		t.Fatalf("%+v", l.totals())
	}
}

func TestGoodsKeepQuantityAndAmount(t *testing.T) {
	l := newLedger(t)
	res := l.mustRun(l.job(domain.ImportDonations, "物资.csv",
		"序号,捐赠日期,捐赠单位,物资名称,规格,计量单位,数量\n1,2026-01-05,青田医院,口罩,N95,箱,12.5\n2,2026-01-06,青田医院,消毒液,,,20桶\n"))
	if res.Added != 2 {
		t.Fatalf("%+v", res)
	}
	state, err := l.handler.State(t.Context(), importedGift(t, l, res, 1).Stream())
	if err != nil {
		t.Fatal(err)
	}
	gift := state.(*domain.Donation).Gift
	want := domain.Item{Name: "口罩（N95）", Quantity: 12500, Unit: "箱", Basis: domain.NotValued}
	if gift.Kind != domain.Goods || gift.Items[0] != want || gift.DonorKind != domain.Unit {
		t.Fatalf("%+v", gift)
	}
}

// importedGift is the donation an import made of a row.
func importedGift(t *testing.T, l *ledger, res Result, row uint32) domain.DonationID {
	t.Helper()
	view, err := foldedBooks{l.store}.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id, err := domain.ParseUUID(res.Import)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range view.RowsOf(domain.ImportID{UUID: id}) {
		if ref.Number == row {
			return ref.Donation
		}
	}
	t.Fatalf("no gift of row %d", row)
	return domain.DonationID{}
}

func TestUnreadableFileAddsNothing(t *testing.T) {
	l := newLedger(t)
	size := l.size()
	for name, sheet := range map[string]string{
		"empty":        "",
		"no header":    "a,b\n1,2\n",
		"open quote":   donations("", "2026.01.22,王*,100.00,", `2026.01.22,"王*,100.00,`),
		"second table": donations("", "2026.01.22,王*,100.00,") + "\n姓名,学号,活动名称,日期,时长(小时)\n李四,1,清洁,2026-01-01,2\n",
	} {
		_, err := l.run(l.job(domain.ImportDonations, name, sheet))
		var refused *FileRefused
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if l.size() != size {
		t.Errorf("the ledger grew from %d to %d", size, l.size())
	}
}

func TestJobsThatCannotBeCarriedOut(t *testing.T) {
	l := newLedger(t)
	narrow := l.handler.AccountOf("narrow")
	division, _ := domain.ParseDivision("430703")
	l.do(narrow, &domain.OpenAccount{Account: narrow, Handle: "narrow", Role: domain.RoleRecorder, Scope: division})
	gone := l.open("gone", domain.RoleRecorder)
	l.do(gone, &domain.CloseAccount{Account: gone})
	inspector := l.open("inspector", domain.RoleInspector)
	for code, change := range map[domain.Code]func(*Job){
		domain.AccountClosedCode: func(j *Job) { j.Recorder = gone },
		domain.RoleForbids:       func(j *Job) { j.Recorder = inspector },
		KindUnsupported:          func(j *Job) { j.Kind = "weather" },
		domain.FieldMissing:      func(j *Job) { j.Kind, j.Community = domain.ImportService, 0 },
		domain.SameAccount:       func(j *Job) { j.Confirmer = j.Recorder },
		ConsentBasisMissing:      func(j *Job) { j.Enrol, j.ConsentBasis = true, "" },
		domain.FieldInvalid:      func(j *Job) { j.ConsentBasis = "hearsay" },
		DispositionUnclear:       func(j *Job) { j.Separate, j.ReissueOf.UUID = true, domain.UUID{1} },
		domain.AccountUnknown:    func(j *Job) { j.Confirmer.UUID = domain.UUID{1} },
		OutOfScope:               func(j *Job) { j.Recorder = narrow },
		ReissueUnknown:           func(j *Job) { j.ReissueOf.UUID = domain.UUID{1} },
	} {
		j := l.job(domain.ImportDonations, "a.csv", donations("", january...))
		j.Community = here
		change(&j)
		_, err := l.run(j)
		wantCode(t, err, code)
	}
	one, operator := domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 9}}, l.open("operator", domain.RoleOperator)
	l.do(l.recorder, &domain.EnrolPerson{Person: one, Community: here, Name: "李一"})
	for _, account := range []domain.AccountID{l.recorder, l.confirmer} {
		l.do(operator, &domain.LinkPerson{Account: account, Person: one})
	}
	_, err := l.importer(l.store).Run(t.Context(), l.job(domain.ImportDonations, "a.csv", donations("", january...)))
	wantCode(t, err, domain.SameAccount)
	if n := l.events()["import-started"]; n != 0 {
		t.Errorf("%d imports were started", n)
	}
}
