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

// readRows is a batch of rows and the cells that they point at.
type readRows struct {
	rows  []readRow
	cells []sheets.Cell
}

// rows reads the sheet in a goroutine of its own, in order, while the rows
// before are judged: large sheets are read before anything is written, and half
// of that work is reading and hashing. A row is valid until the next one.
func (r *reader) rows() iter.Seq[readRow] {
	return func(yield func(readRow) bool) {
		batches, stop := make(chan readRows, batchesAhead), make(chan struct{})
		used := make(chan readRows, batchesAhead+1)
		var fault any
		go func() {
			defer close(batches)
			defer func() { fault = recover() }()
			r.readAhead(batches, used, stop)
		}()
		defer func() {
			close(stop)
			for range batches { // until the goroutine has ended
			}
		}()
		for batch := range batches {
			for _, row := range batch.rows {
				if !yield(row) {
					return
				}
			}
			select {
			case used <- batch:
			default:
			}
		}
		if fault != nil {
			panic(fault) // where the caller expects it
		}
	}
}

// readAhead returns at the end of the sheet, or when it is stopped. Batches that
// were judged are filled again.
func (r *reader) readAhead(batches chan<- readRows, used <-chan readRows, stop <-chan struct{}) {
	var batch readRows
	send := func() (goOn bool) {
		select {
		case batches <- batch:
		case <-stop:
			return false
		}
		select {
		case batch = <-used:
			batch.rows, batch.cells = batch.rows[:0], batch.cells[:0]
		default:
			batch = readRows{make([]readRow, 0, rowsAhead), make([]sheets.Cell, 0, len(batch.cells))}
		}
		return true
	}
	for row, err := range r.out.table.Rows() {
		next := readRow{err: err}
		next.Row, batch.cells = row.Keep(batch.cells)
		if !refusesFile(err) {
			next.print = r.print(row)
		}
		batch.rows = append(batch.rows, next)
		if len(batch.rows) == rowsAhead && !send() {
			return
		}
	}
	send()
}
