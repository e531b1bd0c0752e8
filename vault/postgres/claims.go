package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"zhishu/vault"
)

const ownersOf = `SELECT tag, owner FROM claims WHERE tag = ANY($1::uuid[])`

func (s *store) Owners(ctx context.Context, tags []vault.Tag) ([]vault.Subject, error) {
	held := make(map[vault.Tag]vault.Subject, len(tags))
	for rest := tags; len(rest) > 0; {
		part := rest[:min(len(rest), listPart)]
		rest = rest[len(part):]
		err := s.do(ctx, func(ctx context.Context) error {
			rows, err := s.pool.Query(ctx, ownersOf, ids(part))
			if err != nil {
				return err
			}
			return readOwners(rows, held)
		})
		if err != nil {
			return nil, err
		}
	}
	owners := make([]vault.Subject, len(tags))
	for i, tag := range tags {
		owners[i] = held[tag]
	}
	return owners, nil
}

func readOwners(rows pgx.Rows, held map[vault.Tag]vault.Subject) error {
	var tag, owner [16]byte
	_, err := pgx.ForEachRow(rows, []any{&tag, &owner}, func() error {
		held[tag] = owner
		return nil
	})
	return err
}

// Swap reads who holds the tags, decides, and writes under the condition that
// the database still is as it was read; otherwise it begins again.
func (s *store) Swap(ctx context.Context, changes []vault.Change) ([]vault.Subject, error) {
	o := &op{changes: changes}
	if err := s.submit(ctx, o); err != nil {
		return nil, err
	}
	return o.owners, nil
}

// swap applies the changes of one caller to what is held now.
func swap(held map[vault.Tag]vault.Subject, changes []vault.Change) []vault.Subject {
	owners := make([]vault.Subject, len(changes))
	for i, c := range changes {
		now := held[c.Tag]
		if now == vault.None || now == c.From {
			now = c.To
			held[c.Tag] = now
		}
		owners[i] = now
	}
	return owners
}

// claimWrites is the difference between two states of claims.
type claimWrites struct {
	taken, moved, freed struct{ tags, from, to [][16]byte }
}

func difference(before, after map[vault.Tag]vault.Subject) (w claimWrites) {
	for tag, now := range after {
		was := before[tag]
		kind := &w.moved
		switch {
		case was == now:
			continue
		case was == vault.None:
			kind = &w.taken
		case now == vault.None:
			kind = &w.freed
		}
		kind.tags = append(kind.tags, tag)
		kind.from = append(kind.from, was)
		kind.to = append(kind.to, now)
	}
	return w
}

// Each of these is compare and set: it counts the rows that were as they were
// read, and ends the transaction when one was not. Rows are inserted in order,
// so that two servers never wait for each other.
const (
	takeClaims = `WITH done AS (INSERT INTO claims (tag, owner)
		SELECT tag, owner FROM unnest($1::uuid[], $2::uuid[]) AS n(tag, owner) ORDER BY tag
		ON CONFLICT (tag) DO NOTHING RETURNING 1)
		SELECT 1 / (count(*) = cardinality($1::uuid[]))::int FROM done`
	moveClaims = `WITH done AS (UPDATE claims c SET owner = n.owner
		FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS n(tag, held, owner)
		WHERE c.tag = n.tag AND c.owner = n.held RETURNING 1)
		SELECT 1 / (count(*) = cardinality($1::uuid[]))::int FROM done`
	freeClaims = `WITH done AS (DELETE FROM claims c
		USING unnest($1::uuid[], $2::uuid[]) AS n(tag, held)
		WHERE c.tag = n.tag AND c.owner = n.held RETURNING 1)
		SELECT 1 / (count(*) = cardinality($1::uuid[]))::int FROM done`
)

func (w *claimWrites) queue(b *pgx.Batch) {
	if c := w.taken; len(c.tags) > 0 {
		b.Queue(takeClaims, c.tags, c.to)
	}
	if c := w.moved; len(c.tags) > 0 {
		b.Queue(moveClaims, c.tags, c.from, c.to)
	}
	if c := w.freed; len(c.tags) > 0 {
		b.Queue(freeClaims, c.tags, c.from)
	}
}
