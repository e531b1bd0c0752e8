package imports

import (
	"iter"

	"zhishu/sheets"
)

// rowsAhead is how many rows are read before they are judged together, and
// batchesAhead how many such batches wait.
const (
	rowsAhead    = 256
	batchesAhead = 2
)

// readRow is a row of the sheet with its print, or why it is none.
type readRow struct {
	sheets.Row
	print uint64
	err   error
}

// rows reads the sheet in a goroutine of its own, in order, while the rows
// before are judged: large sheets are read before anything is written, and half
// of that work is reading and hashing.
func (r *reader) rows() iter.Seq[readRow] {
	return func(yield func(readRow) bool) {
		batches, stop := make(chan []readRow, batchesAhead), make(chan struct{})
		var fault any
		go func() {
			defer close(batches)
			defer func() { fault = recover() }()
			r.readAhead(batches, stop)
		}()
		defer func() {
			close(stop)
			for range batches { // until the goroutine has ended
			}
		}()
		for batch := range batches {
			for _, row := range batch {
				if !yield(row) {
					return
				}
			}
		}
		if fault != nil {
			panic(fault) // where the caller expects it
		}
	}
}

// readAhead returns at the end of the sheet, or when it is stopped.
func (r *reader) readAhead(batches chan<- []readRow, stop <-chan struct{}) {
	var batch []readRow
	var cells []sheets.Cell
	send := func() (goOn bool) {
		select {
		case batches <- batch:
			batch, cells = make([]readRow, 0, rowsAhead), make([]sheets.Cell, 0, len(cells))
			return true
		case <-stop:
			return false
		}
	}
	for row, err := range r.out.table.Rows() {
		next := readRow{err: err}
		next.Row, cells = row.Keep(cells)
		if !refusesFile(err) {
			next.print = r.print(row)
		}
		batch = append(batch, next)
		if len(batch) == rowsAhead && !send() {
			return
		}
	}
	send()
}
