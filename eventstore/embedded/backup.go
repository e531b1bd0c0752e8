package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// Backup copies the log as it is committed at the time of the call into dir,
// which must be empty or not exist, while appends go on. Every frame is
// verified on its way, so a damaged log is not copied in silence. The copy is
// durable when Backup returns, opens like any log, and is no log before: its
// log.json is written last.
func (l *Log) Backup(ctx context.Context, dir string) (Copied, error) { return l.backup(ctx, dir) }

// Backup does what Log.Backup does, beside a running writer.
func (r *Reader) Backup(ctx context.Context, dir string) (Copied, error) {
	if err := r.refresh(); err != nil {
		return Copied{}, readError(err)
	}
	return r.backup(ctx, dir)
}

// Copied says what a backup holds.
type Copied struct {
	Events   uint64
	Bytes    uint64
	Segments int
	Head     eventstore.Head
}

func (v *view) backup(ctx context.Context, dir string) (Copied, error) {
	end := v.tail.get()
	done := Copied{Events: end.seq, Segments: int(end.end.segment()), Head: eventstore.Head{Position: end.last.position()}}
	if err := makeEmptyDir(dir); err != nil {
		return Copied{}, err
	}
	for n := uint32(1); n <= end.end.segment(); n++ {
		size, err := v.copySegment(ctx, dir, n, end.end)
		if err != nil {
			return Copied{}, fmt.Errorf("back up %s: %w", segmentName(n), readError(err))
		}
		done.Bytes += uint64(size)
	}
	var b [committedSize]byte
	encodeCommitted(&b, v.id, end)
	if err := durable.WriteFile(filepath.Join(dir, committedName), b[:], 0o644); err != nil {
		return Copied{}, err
	}
	return done, writeMeta(dir, v.id, v.size)
}

// copySegment copies the head and the frames of one segment. The frames of all
// segments follow one another, so the scan starts from the segment's head and
// must end where the next one says.
func (v *view) copySegment(ctx context.Context, dir string, number uint32, end place) (int64, error) {
	seg, limit, err := v.segment(number, end)
	if err != nil {
		return 0, err
	}
	err = durable.Write(filepath.Join(dir, segmentName(number)), 0o644, func(w io.Writer) error {
		var first [blockSize]byte
		copy(first[:], seg.encode())
		if _, err := w.Write(first[:]); err != nil {
			return err
		}
		return v.copyFrames(ctx, w, seg, limit, end)
	})
	return limit, err
}

func (v *view) copyFrames(ctx context.Context, to io.Writer, seg *segment, limit int64, end place) error {
	s := scanner{file: seg.file, state: seg.start(), anchored: true}
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c, err := s.next(limit)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return broken(s.end, err)
		}
		if _, err := to.Write(c.buf); err != nil {
			return err
		}
	}
	if seg.number == end.segment() {
		return nil
	}
	return v.cross(&s, end)
}
