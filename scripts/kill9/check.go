package main

import (
	"context"
	"fmt"
	"net/http"
)

// check compares what was acknowledged with what the ledger holds.
func (w *workload) check() error {
	if w.failed != nil {
		return fmt.Errorf("a request was refused: %w", w.failed)
	}
	acked, held := 0, 0
	for _, person := range w.persons {
		titles, err := w.titles(person)
		if err != nil {
			return err
		}
		held += len(titles)
		for title := range w.acked[person] {
			acked++
			if titles[title] == 0 {
				return fmt.Errorf("lost: %s was acknowledged and is not there", title)
			}
		}
		for title, n := range titles {
			if n != 1 {
				return fmt.Errorf("doubled: %s stands %d times", title, n)
			}
		}
	}
	rows := 0
	for _, s := range w.sheets {
		var detail struct {
			Standing int `json:"standing"`
		}
		if err := w.call(context.Background(), http.MethodGet, "/v1/imports/"+s.id, "", "", nil, &detail); err != nil {
			return err
		}
		if detail.Standing != s.rows || s.rows != sheetRows {
			return fmt.Errorf("import %s: %d rows stand, %d were accepted, %d were sent", s.id, detail.Standing, s.rows, sheetRows)
		}
		rows += s.rows
	}
	if acked == 0 || rows == 0 {
		return fmt.Errorf("%d claims and %d rows: the campaign tested nothing", acked, rows)
	}
	fmt.Printf("%d claims acknowledged, %d held; %d sheets with %d rows; %d requests repeated; nothing lost, nothing doubled\n",
		acked, held, len(w.sheets), rows, w.retries)
	return nil
}

func (w *workload) titles(person string) (map[string]int, error) {
	var statement struct {
		Entries []struct {
			Deed struct {
				Title string `json:"title"`
			} `json:"deed"`
		} `json:"entries"`
	}
	err := w.call(context.Background(), http.MethodGet, "/v1/persons/"+person+"/statement", "", "", nil, &statement)
	titles := map[string]int{}
	for _, e := range statement.Entries {
		titles[e.Deed.Title]++
	}
	return titles, err
}
