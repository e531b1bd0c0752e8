package sheets

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// serviceCSV makes a sheet of n rows with seven columns, 55 bytes a row.
func serviceCSV(n int) []byte {
	var b bytes.Buffer
	b.WriteString("志愿者编号,服务日期,活动名称,服务时长(分钟),性别,年龄,备注\n")
	for i := range n {
		fmt.Fprintf(&b, "2031%010d,2031-%02d-%02d,清洁楼道和楼前道路,%d,女,%d,\n", i, i%12+1, i%28+1, i%240+1, i%80+10)
	}
	return b.Bytes()
}

func serviceXLSX(tb testing.TB, n int) []byte {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		tb.Fatal(err)
	}
	row := []any{"志愿者编号", "服务日期", "活动名称", "服务时长(分钟)", "性别", "年龄", "备注"}
	for i := range n + 1 {
		if i > 0 {
			row = []any{fmt.Sprintf("2031%010d", i), 48000 + i%300, "清洁楼道和楼前道路", i%240 + 1, "女", i%80 + 10, ""}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func benchTable(b *testing.B, data []byte, values bool) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		f, err := Open("x", bytes.NewReader(data), int64(len(data)), Options{})
		if err != nil {
			b.Fatal(err)
		}
		table, err := f.Table(Service)
		if err != nil {
			b.Fatal(err)
		}
		for row, err := range table.Rows() {
			if err != nil {
				b.Fatal(err)
			}
			rows++
			if values {
				readValues(b, row)
			}
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

var scratch []byte

func readValues(b *testing.B, row Row) {
	_, err := row.Identifier(PersonNumber)
	_, dateErr := row.Date(DateField)
	_, _, minutesErr := row.Minutes()
	_, sexErr := row.Sex()
	if err != nil || dateErr != nil || minutesErr != nil || sexErr != nil || row.Text(ActivityName) == "" {
		b.Fatal(err, dateErr, minutesErr, sexErr)
	}
	scratch = row.Canonical(scratch[:0])
}

func BenchmarkCSVRows(b *testing.B)   { benchTable(b, serviceCSV(200_000), false) }
func BenchmarkCSVValues(b *testing.B) { benchTable(b, serviceCSV(200_000), true) }
func BenchmarkCSVRowsGB18030(b *testing.B) {
	data, err := simplifiedchinese.GB18030.NewEncoder().Bytes(serviceCSV(200_000))
	if err != nil {
		b.Fatal(err)
	}
	benchTable(b, data, false)
}
func BenchmarkXLSXRows(b *testing.B) { benchTable(b, serviceXLSX(b, 100_000), false) }
func BenchmarkXLSXValues(b *testing.B) {
	benchTable(b, serviceXLSX(b, 100_000), true)
}

// BenchmarkXLSXExcelize is what the target compares with: reading the same
// workbook with excelize's row iterator alone.
func BenchmarkXLSXExcelize(b *testing.B) {
	data := serviceXLSX(b, 100_000)
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
		if err != nil {
			b.Fatal(err)
		}
		it, err := f.Rows("Sheet1")
		if err != nil {
			b.Fatal(err)
		}
		for it.Next() {
			if _, err := it.Columns(); err != nil {
				b.Fatal(err)
			}
			rows++
		}
		_ = it.Close()
		_ = f.Close()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
