package projections

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"io"
	"maps"
	"slices"

	"zhishu/domain/wire"
)

// snapshotVersion changes whenever a table or what is folded into it changes.
// A snapshot of another version is not used: the log is folded again.
const snapshotVersion = 15

const snapshotMagic = "zhishu books\n"

// castagnoli is the checksum's polynomial; processors compute it themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frameRows bounds what is read, checked and decoded at a time.
const frameRows = 8 * chunkLen

// capture is the little that must be copied while nothing is folded: fields
// that say nothing of when they changed. Everything else is written beside the
// folding goroutine, as it was at size. What is written is the same whenever it is
// written and however often the process was started since the first event, but
// for the position, which may lie anywhere before the next ledger event.
type capture struct {
	b          *books
	size       uint32
	frontier   frontier
	rows       []uint32 // of each table
	persons    []uint32 // next revisions
	flags      []uint32 // of persons
	donations  []uint32
	levels     []uint32 // of donations
	accounts   []uint32
	handles    []uint32 // of accounts
	duties     []uint64 // of accounts
	activities []uint32
	small      smallState
}

// smallState is what is few, as JSON in front of the tables.
type smallState struct {
	Version   int
	Size      uint32
	Position  string
	Time      int64
	Last      [16]byte
	Rows      map[string]uint32
	Labels    [][2]string
	Scheduled []int64 // of each of the labels
	Layers    []string
	Givings   [][4]string
	Things    [][2]string
	Notes     []string
	Plans     [][6]string
	Handles   []string
	Imports   [][16]byte
	Prints    []uint32            // newest printRow of each import
	Reached   []map[uint32]uint32 // by each import: importRow.reached
	Merges    [][4]uint32         // at, until, from, into
	Changes   [][4]int64          // of layers: person, size, day, list
	Reviews   []storedReview      // of integrity flags
	Acts      [][6]uint32         // person and actRow
	Guardians []storedGuardian
	Days      [][2]int64
	Revisions map[string]uint32
	Events    []storedEvent
	Digests   []Digest
}

type storedGuardian struct {
	Child, At uint32
	Guardian  [16]byte
}

type storedReview struct {
	Flag, By [16]byte
	At       uint32
	Outcome  string
}

type storedEvent struct {
	At     uint32
	Stream string
	Type   string
	Data   json.RawMessage
	No     uint32 // revision
	By     string // account
}

// capture copies. The caller makes sure that nothing is folded meanwhile.
func (b *books) capture() *capture {
	c := &capture{b: b, size: b.size, frontier: *b.frontier.Load()}
	c.persons, c.flags = make([]uint32, b.persons.n), make([]uint32, b.persons.n)
	for i := range c.persons {
		p := b.persons.at(uint32(i))
		c.persons[i], c.flags[i] = p.next, p.flags
	}
	c.donations, c.levels = make([]uint32, b.donations.n), make([]uint32, b.donations.n)
	for i := range c.donations {
		d := b.donations.at(uint32(i))
		c.donations[i], c.levels[i] = d.next, d.level
	}
	c.accounts = make([]uint32, b.accounts.n)
	for i := range c.accounts {
		c.accounts[i] = b.accounts.at(uint32(i)).next
		c.handles = append(c.handles, b.accounts.at(uint32(i)).handle)
		c.duties = append(c.duties, b.accounts.at(uint32(i)).duty)
	}
	c.activities = make([]uint32, b.activities.n)
	for i := range c.activities {
		c.activities[i] = b.activities.at(uint32(i)).next
	}
	s := &c.small
	*s = smallState{
		Version: snapshotVersion, Size: c.size, Position: c.frontier.position.String(), Time: int64(c.frontier.time),
		Last: c.frontier.last, Rows: map[string]uint32{}, Revisions: map[string]uint32{},
	}
	for _, t := range tables {
		n := t.rows(b)
		c.rows = append(c.rows, n)
		s.Rows[t.name] = n
	}
	for i := range b.labels.values.n {
		l := b.labels.value(i)
		s.Labels, s.Scheduled = append(s.Labels, [2]string{l.a, l.b}), append(s.Scheduled, int64(l.scheduled))
	}
	for i := range b.layers.values.n {
		s.Layers = append(s.Layers, b.layers.value(i))
	}
	for i := range b.givings.values.n {
		g := b.givings.value(i)
		s.Givings = append(s.Givings, [4]string{string(g.kind), string(g.donor), string(g.publication), string(g.support)})
	}
	for i := range b.things.values.n {
		x := b.things.value(i)
		s.Things = append(s.Things, [2]string{x.name, x.unit})
	}
	for i := range b.notes.values.n {
		s.Notes = append(s.Notes, b.notes.value(i))
	}
	for i := range b.plans.values.n {
		s.Plans = append(s.Plans, b.plans.value(i).stored())
	}
	for i := range b.handles.values.n {
		s.Handles = append(s.Handles, b.handles.value(i))
	}
	for _, r := range b.imports {
		s.Imports = append(s.Imports, r.id.UUID)
		s.Prints = append(s.Prints, r.prints)
		s.Reached = append(s.Reached, maps.Clone(r.reached))
	}
	for _, rows := range b.merged.into {
		for _, m := range rows {
			s.Merges = append(s.Merges, [4]uint32{m.at, m.until, m.from, m.into})
		}
	}
	slices.SortFunc(s.Merges, func(a, b [4]uint32) int { return cmp.Compare(a[0], b[0]) })
	for _, i := range inOrder(b.group.layers) {
		for _, r := range b.group.layers[i] {
			s.Changes = append(s.Changes, [4]int64{int64(i), int64(r.at), int64(r.from), int64(r.layers)})
		}
	}
	for flag, rows := range b.reviews {
		for _, r := range rows {
			s.Reviews = append(s.Reviews, storedReview{flag, r.by.UUID, r.at, string(r.outcome)})
		}
	}
	slices.SortFunc(s.Reviews, func(a, b storedReview) int { return cmp.Compare(a.At, b.At) })
	for _, i := range inOrder(b.acts) {
		for _, r := range b.acts[i] {
			s.Acts = append(s.Acts, [6]uint32{i, r.at, r.entry, r.account, r.minute, uint32(r.kind)})
		}
	}
	for _, i := range inOrder(b.guardians) {
		for _, r := range b.guardians[i] {
			s.Guardians = append(s.Guardians, storedGuardian{i, r.at, r.guardian})
		}
	}
	for _, d := range b.days {
		s.Days = append(s.Days, [2]int64{int64(d.day), int64(d.size)})
	}
	for stream, next := range b.revisions {
		s.Revisions[stream] = next
	}
	return c
}

func inOrder[V any](rows map[uint32]V) []uint32 { return slices.Sorted(maps.Keys(rows)) }

// write writes the snapshot; small events are as many as there were.
func (c *capture) write(w io.Writer, events []smallEvent, digests []Digest) error {
	out := bufio.NewWriterSize(w, 1<<20)
	out.WriteString(snapshotMagic) // errors stick to out
	err := c.frames(events, digests, func(table int, first, n uint32, rows []byte) error {
		writeFrame(out, table, first, n, rows)
		return nil
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// frames makes the frames of a snapshot one after another, the head first.
func (c *capture) frames(events []smallEvent, digests []Digest, yield func(table int, first, n uint32, rows []byte) error) error {
	for _, e := range events {
		data, err := wire.AppendData(nil, e.event)
		if err != nil {
			return err
		}
		c.small.Events = append(c.small.Events, storedEvent{e.at, e.stream, e.event.Type(), data, e.no, e.by.String()})
	}
	c.small.Digests = digests
	head, err := json.Marshal(&c.small)
	if err != nil {
		return err
	}
	if err := yield(len(tables), 0, uint32(len(head)), head); err != nil {
		return err
	}
	var buf []byte
	for i, t := range tables {
		for first := uint32(0); first < c.rows[i]; first += frameRows {
			n := min(frameRows, c.rows[i]-first)
			if size := int(n) * t.width; cap(buf) < size {
				buf = make([]byte, size)
			} else {
				buf = buf[:size]
			}
			t.put(c, buf, first, n)
			if err := yield(i, first, n, buf); err != nil {
				return err
			}
		}
	}
	return nil
}

// A frame is table, first row, rows, length and checksum of all of these and
// of what follows: 20 bytes, little-endian, and the rows. The frame of the
// small state names a table beyond the others and stands first; it begins with
// the version, by which other programs know that the rest is not for them.
const frameHeader = 20

func writeFrame(w *bufio.Writer, table int, first, n uint32, rows []byte) {
	var h [frameHeader]byte
	binary.LittleEndian.PutUint32(h[0:], uint32(table))
	binary.LittleEndian.PutUint32(h[4:], first)
	binary.LittleEndian.PutUint32(h[8:], n)
	binary.LittleEndian.PutUint32(h[12:], uint32(len(rows)))
	binary.LittleEndian.PutUint32(h[16:], frameSum(h[:16], rows))
	w.Write(h[:])
	w.Write(rows)
}

func frameSum(header, rows []byte) uint32 {
	return crc32.Update(crc32.Update(0, castagnoli, header), castagnoli, rows)
}
