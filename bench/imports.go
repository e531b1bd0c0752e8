package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/xuri/excelize/v2"

	"zhishu/domain"
	"zhishu/eventstore/embedded"
	"zhishu/imports"
	"zhishu/projections"
	"zhishu/sheets"
	"zhishu/vault"
)

const benchCommunity = domain.CommunityCode(430702001007)

type instant = domain.Instant

// openWhole opens a directory the way a server does.
func openWhole(ctx context.Context, dir string) (*ledger, *projections.Engine, error) {
	log, err := embedded.Open(LogDir(dir), embedded.Options{})
	if err != nil {
		return nil, nil, err
	}
	l := &ledger{dir: dir, log: log}
	if l.vault, err = vault.Open(ctx, vault.Config{Dir: VaultDir(dir)}); err != nil {
		return nil, nil, errors.Join(err, log.Close())
	}
	engine, err := projections.Open(ctx, projections.Options{Log: log, Dir: SnapshotDir(dir)})
	if err == nil {
		err = engine.CatchUp(ctx)
	}
	return l, engine, err
}

// imports measures P10: a large CSV against parsing alone, and an XLSX of
// 100,000 rows against reading it with excelize alone.
func (r *run) imports() error {
	csv := serviceCSV(r.Rows)
	parse, err := parseAlone("service.csv", csv)
	if err != nil {
		return err
	}
	took, err := r.importInto("service.csv", csv)
	if err != nil {
		return err
	}
	rate := func(d time.Duration) float64 { return float64(r.Rows) / d.Seconds() }
	r.report(Row{ID: "P10", Work: fmt.Sprintf("import of %d CSV rows, each claimed and confirmed", r.Rows), Figure: rate(took), Limit: rate(parse), Unit: "rows/s",
		Target: "≥ 100,000 rows/s", Met: rate(took) >= 100_000, Detail: "limit: parsing alone"})

	const rows = 100_000
	xlsx, err := serviceXLSX(rows)
	if err != nil {
		return err
	}
	alone, err := excelizeAlone(xlsx)
	if err != nil {
		return err
	}
	if took, err = r.importInto("service.xlsx", xlsx); err != nil {
		return err
	}
	r.report(Row{ID: "P10", Work: "import of a 100,000-row XLSX", Figure: took.Seconds(), Limit: alone.Seconds(), Unit: "s",
		Target: "≤ 1.30", Met: took.Seconds() <= 1.3*alone.Seconds(), Detail: "limit: reading the file with excelize alone"})
	return nil
}

// importInto imports a sheet into a fresh ledger and returns how long it took.
func (r *run) importInto(name string, content []byte) (time.Duration, error) {
	dir := r.dir("import")
	defer os.RemoveAll(dir)
	l, err := newLedger(r.ctx, dir, func() instant { return instant(time.Now().UnixMilli()) })
	if err != nil {
		return 0, err
	}
	engine, err := projections.Open(r.ctx, projections.Options{Log: l.log, Dir: SnapshotDir(dir)})
	if err != nil {
		return 0, errors.Join(err, l.close())
	}
	ctx, stop := context.WithCancel(r.ctx)
	done := make(chan error, 1)
	go func() { done <- engine.Run(ctx) }()
	settle()
	began := time.Now()
	result, err := imports.New(l.handler, l.vault, imports.Following(engine, l.log)).Run(r.ctx, imports.Job{
		Kind: domain.ImportService, Name: name, File: bytes.NewReader(content), Size: int64(len(content)), Community: benchCommunity,
		Recorder: l.handler.AccountOf("clerk"), Confirmer: l.handler.AccountOf("reviewer"), Enrol: true, ConsentBasis: domain.OnPaper, Unregistered: true,
	})
	took := time.Since(began)
	stop()
	<-done
	if err == nil && result.Refused > 0 {
		err = fmt.Errorf("%d rows were refused", result.Refused)
	}
	return took, errors.Join(err, l.close())
}

func parseAlone(name string, content []byte) (time.Duration, error) {
	settle()
	began := time.Now()
	file, err := sheets.Open(name, bytes.NewReader(content), int64(len(content)), sheets.Options{})
	if err != nil {
		return 0, err
	}
	table, err := file.Table(sheets.Service)
	if err != nil {
		return 0, err
	}
	for _, err := range table.Rows() {
		if err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

func excelizeAlone(content []byte) (time.Duration, error) {
	settle()
	began := time.Now()
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true})
	if err != nil {
		return 0, err
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			return 0, err
		}
	}
	return time.Since(began), rows.Error()
}

var serviceHeader = []string{"志愿者编号", "服务日期", "活动名称", "服务时长(分钟)", "性别", "年龄"}

// serviceRow is row i of a sheet in which a person serves ten times.
func serviceRow(i, rows int) [6]string {
	person := i % max(1, rows/10)
	day := 1 + (i/max(1, rows/10))*2
	sex := "女"
	if person%2 == 0 {
		sex = "男"
	}
	return [6]string{fmt.Sprintf("V%07d", person), fmt.Sprintf("2025-03-%02d", day), fmt.Sprintf("社区活动%d", person%40), fmt.Sprint(30 + person%90), sex, fmt.Sprint(20 + person%60)}
}

func serviceCSV(rows int) []byte {
	var b bytes.Buffer
	writeLine := func(cells []string) {
		for i, c := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(c)
		}
		b.WriteByte('\n')
	}
	writeLine(serviceHeader)
	for i := range rows {
		row := serviceRow(i, rows)
		writeLine(row[:])
	}
	return b.Bytes()
}

func serviceXLSX(rows int) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, err
	}
	for i := -1; i < rows; i++ {
		cells := make([]any, len(serviceHeader))
		for c := range cells {
			if i < 0 {
				cells[c] = serviceHeader[c]
			} else {
				cells[c] = serviceRow(i, rows)[c]
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), cells); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = f.Write(&b)
	return b.Bytes(), err
}
