package projections

import (
	"context"
	"time"

	"zhishu/domain"
	"zhishu/eventstore"
)

// Status is for health checks and metrics.
type Status struct {
	Size       domain.Size         // ledger events folded in
	Position   eventstore.Position // of the last event seen
	LedgerTime domain.Instant      // of the last ledger event
	Halted     *Halt               // nil while all is well
	StartSize  domain.Size         // ledger size of the snapshot this engine started from
	Snapshot   SnapshotStatus
	Rows       RowCounts
}

// SnapshotStatus is about the newest snapshot written or loaded.
type SnapshotStatus struct {
	Size  domain.Size
	At    time.Time // zero without one
	Bytes int64
	Err   error // of the last attempt to write one
}

// RowCounts say what the read models hold.
type RowCounts struct {
	Persons, Memberships, Entries, Donations, Gifts, Prints, Communities int64
	Activities, SignUps, Attendances                                     int64
}

// Status reports without waiting for anything.
func (e *Engine) Status() Status {
	f := e.books.frontier.Load()
	b := e.books
	return Status{
		Size: domain.Size(f.size), Position: f.position, LedgerTime: f.time, Halted: e.halt.Load(),
		StartSize: domain.Size(e.from), Snapshot: e.snaps.status(),
		Rows: RowCounts{
			int64(b.persons.seen()), int64(b.memberships.seen()), int64(b.entries.seen()), int64(b.donations.seen()),
			int64(b.gifts.seen()), int64(b.prints.seen()), int64(b.communities.seen()),
			int64(b.activities.seen()), int64(b.signUps.seen()), int64(b.attendances.seen()),
		},
	}
}

// Behind reports whether the log holds events that are not folded in.
func (e *Engine) Behind(ctx context.Context) (bool, error) {
	head, err := e.options.Log.Head(ctx)
	if err != nil {
		return false, err
	}
	return e.books.frontier.Load().position.Compare(head.Position) < 0, nil
}
