package projections

import (
	"context"
	"fmt"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
)

// eachEvent reads a stream up to the view.
func (v *View) eachEvent(ctx context.Context, streams eventstore.StreamReader, stream string, c *cut, visit func(domain.Event, domain.Meta, uint64)) error {
	ref, _ := domain.ParseStream(stream)
	d := wire.Decoder{SkipSealed: true}
	for rec, err := range streams.ReadStream(ctx, stream, 0, eventstore.Forwards) {
		if err != nil {
			return fmt.Errorf("read %s: %w", stream, err)
		}
		inside, err := c.holds(ctx, rec.Position)
		if err != nil {
			return err
		}
		if !inside {
			return nil
		}
		meta, version, err := d.DecodeMeta(rec.Metadata)
		if err != nil {
			return fmt.Errorf("revision %d: %w", rec.Revision, err)
		}
		e, err := d.Decode(ref, rec.Type, version, rec.Data)
		if err != nil {
			return fmt.Errorf("revision %d: %w", rec.Revision, err)
		}
		visit(e, meta, uint64(rec.Revision))
	}
	return nil
}
