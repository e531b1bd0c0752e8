package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
)

// sheet is an import that was answered as finished.
type sheet struct {
	id   string
	rows int
}

const sheetRows = 500

// importSheets gives one sheet after the other until each is finished.
func (w *workload) importSheets(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		var csv bytes.Buffer
		csv.WriteString("志愿者编号,服务日期,活动名称,服务时长(分钟)\n")
		for row := range sheetRows {
			fmt.Fprintf(&csv, "%d,%d-%02d-%02d,第%d次清扫,%d\n", 1+row%120, 1990+n/12%30, 1+n%12, 1+row/120, n, 30+row%7)
		}
		var result struct {
			Import   string `json:"import"`
			Status   string `json:"status"`
			Accepted int    `json:"accepted"`
			Refused  int    `json:"refused"`
		}
		path := "/v1/imports/service?community=" + community + "&enrol=true&consentBasis=paper&confirmer=reviewer"
		err := w.call(context.Background(), http.MethodPost, path, fmt.Sprint("sheet-", n), "application/octet-stream", csv.Bytes(), &result)
		if err != nil {
			w.fail(err)
			return
		}
		w.mu.Lock()
		w.sheets = append(w.sheets, sheet{result.Import, result.Accepted})
		w.mu.Unlock()
	}
}
