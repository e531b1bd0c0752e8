package imports

import (
	"errors"
	"testing"

	"zhishu/domain"
)

// The same file read with another --columns is the same content.
func TestSameFileWithOtherColumnsOption(t *testing.T) {
	l := newLedger(t)
	text := donations("600.00", "2026.01.22,孙**,300.00,现金", "2026.01.23,王*,100.00,转账", "2026.01.24,李*,200.00,转账")
	first := l.mustRun(l.job(domain.ImportDonations, "a.csv", text))
	for _, columns := range []map[string]string{{"备注": "ignore"}, {"E": "ignore"}, {"备注": "purpose"}} {
		j := l.job(domain.ImportDonations, "a.csv", text)
		j.Columns = columns
		if res := l.mustRun(j); res.Status != AlreadyImported || res.Import != first.Import {
			t.Errorf("%v: %+v", columns, res)
		}
	}
	if got := l.totals(); got.gifts != 3 {
		t.Fatalf("%+v", got)
	}
}

// A column more makes every row another; that the rows look alike tells.
func TestSameListWithAColumnMore(t *testing.T) {
	l := newLedger(t)
	first := l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("600.00", threeGifts...)))
	wide := "捐赠日期,捐赠人,捐赠金额（元）,经手\n2026.01.22,孙**,300.00,甲\n2026.01.23,王*,100.00,乙\n2026.02.24,李*,200.00,乙\n"
	_, err := l.run(l.job(domain.ImportDonations, "b.csv", wide))
	wantCode(t, err, ReissueSuspected)
	var near *Resemblance
	if !errors.As(err, &near) || near.Earlier.String() != first.Import || near.Shared != 2 || near.Rows != 3 {
		t.Fatalf("%+v", near)
	}
	j := l.job(domain.ImportDonations, "b.csv", wide)
	j.ReissueOf = importID(t, first)
	if res := l.mustRun(j); res.Corrected != 3 || res.Added != 0 || l.totals().gifts != 3 {
		t.Fatalf("%+v", res)
	}

	hers := l.mustRun(l.job(domain.ImportService, "a.csv", hours(sevenHours...)))
	_, err = l.run(l.job(domain.ImportService, "b.csv", "志愿者编号,服务日期,活动名称,服务时长(分钟),州\nV1,2026-01-05,清洁,60,甲\nV2,2026-01-05,清洁,60,甲\nV1,2026-01-04,宣传,90,乙\nV1,2026-01-05,清洁,60,乙\n"))
	if !errors.As(err, &near) || near.Earlier.String() != hers.Import || near.Shared != 4 || near.Rows != 7 {
		t.Fatalf("%v", err)
	}
}

// Half of an earlier sheet that looks alike is another sheet; so is the sheet of
// another community.
func TestHalfAlikeIsNotSuspected(t *testing.T) {
	l := newLedger(t)
	l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("", fourGifts...)))
	half := donations("", "2026.01.22,孙**,300.00,夜", "2026.01.22,孙**,300.00,夜", "2026.01.22,孙**,300.00,夜", "2026.01.23,王*,100.00,夜", "2026.02.01,何*,1.00,")
	if res := l.mustRun(l.job(domain.ImportDonations, "b.csv", half)); res.Added != 5 || res.LookAlikes != 2 {
		t.Fatalf("%+v", res)
	}
	j := l.job(domain.ImportDonations, "c.csv", donations("", "2026.01.22,孙**,300.00,午", "2026.01.23,王*,100.00,午", "2026.01.24,李*,200.00,午"))
	j.Community = here
	if res := l.mustRun(j); res.Added != 3 {
		t.Fatalf("%+v", res)
	}
}

// The issues of one list are one list: what looks like a few rows left over
// from its first issue does not look like the list.
func TestAlikeIsMeasuredByTheWholeList(t *testing.T) {
	l, first, j := inJanuary(t)
	j.ReissueOf = importID(t, first)
	l.mustRun(j)
	// Four of the six rows that still stand as they came first.
	other := donations("", "2026.01.22,孙**,300.00,夜", "2026.01.23,谭**,50000.00,夜", "2026.01.24,董**,2000.00,夜", "2026.01.25,何**,0.01,夜")
	if res := l.mustRun(l.job(domain.ImportDonations, "c.csv", other)); res.Added != 4 {
		t.Fatalf("%+v", res)
	}
}
