package imports

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhishu/domain"
	"zhishu/eventstore/embedded"
)

// serviceSheet has rows of service by a tenth as many persons, each of them
// once a day on ten days.
func serviceSheet(rows int) string {
	var b strings.Builder
	b.WriteString("志愿者编号,姓名,服务日期,活动名称,服务时长(分钟),性别,年龄\n")
	persons := rows / 10
	for i := range rows {
		p := i % persons
		day := noon.Day() - 400 + domain.Day(i/persons) + domain.Day(p%300)
		fmt.Fprintf(&b, "V%08d,测试%d,%s,%s,%d,%s,%d\n", p, p, day, activities[(i+p)%len(activities)], 30+(i+p)%180, []string{"男", "女"}[p%2], 18+p%60)
	}
	return b.String()
}

var activities = []string{"文明交通劝导", "社区清洁日", "敬老院陪伴", "图书整理", "防火宣传", "义诊协助"}

func benchLedger(b *testing.B) *ledger {
	b.Helper()
	dir := b.TempDir()
	if err := embedded.Create(dir+"/log", 0); err != nil {
		b.Fatal(err)
	}
	log, err := embedded.Open(dir+"/log", embedded.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { log.Close() })
	return ledgerOn(b, log, dir)
}

// BenchmarkServiceCSV imports a service sheet into an empty ledger on disk:
// every row claimed and confirmed, every person enrolled.
func BenchmarkServiceCSV(b *testing.B) {
	const rows = 50_000
	sheet := serviceSheet(rows)
	spent := processorTime()
	for b.Loop() {
		b.StopTimer()
		l := benchLedger(b)
		b.StartTimer()
		if res := l.mustRun(l.job(domain.ImportService, "bench.csv", sheet)); res.Added != rows || res.Confirmed != rows {
			b.Fatalf("%+v", res)
		}
	}
	report(b, rows, spent)
}

// BenchmarkDonationsCSV imports gifts, a stream each.
func BenchmarkDonationsCSV(b *testing.B) {
	const rows = 20_000
	lines := make([]string, rows)
	for i := range lines {
		lines[i] = fmt.Sprintf("2026.01.%02d,王%s,%d.00,", 1+i%28, strings.Repeat("*", 1+i%2), 10+i%500)
	}
	sheet := donations("", lines...)
	spent := processorTime()
	for b.Loop() {
		b.StopTimer()
		l := benchLedger(b)
		b.StartTimer()
		if res := l.mustRun(l.job(domain.ImportDonations, "bench.csv", sheet)); res.Added != rows {
			b.Fatalf("%+v", res)
		}
	}
	report(b, rows, spent)
}

// BenchmarkRead only reads and checks the sheet.
func BenchmarkRead(b *testing.B) {
	const rows = 50_000
	sheet := serviceSheet(rows)
	l := newLedger(b)
	j := l.job(domain.ImportService, "bench.csv", sheet).withDefaults(l.handler.DerivedID)
	by, err := l.handler.Actor(b.Context(), l.recorder)
	if err != nil {
		b.Fatal(err)
	}
	spent := processorTime()
	for b.Loop() {
		if _, err := read(b.Context(), j, l.handler, by, noon, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
	report(b, rows, spent)
}

// processorTime is what the process has used of all processors so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// report also tells processor time per row, which other work on the machine
// hardly changes.
func report(b *testing.B, rows int, since time.Duration) {
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64((processorTime()-since).Microseconds())/float64(rows*b.N), "cpu-µs/row")
}
