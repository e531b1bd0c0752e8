package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"zhishu/audit/proof"
	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// Verdict is what a check came to.
type Verdict string

const (
	Sound      Verdict = "sound"      // everything is as it was signed for
	Tampered   Verdict = "tampered"   // something is not
	Incomplete Verdict = "incomplete" // something is missing that would have to be compared, or was declared lost
)

// Finding is something a check found. Index is the first ledger event it
// concerns, where that is known.
type Finding struct {
	Kind  string  `json:"kind"`
	Index *uint64 `json:"index,omitempty"`
	Text  string  `json:"text"`
}

// Checked is the result of a check.
type Checked struct {
	Verdict     Verdict   `json:"verdict"`
	Origin      string    `json:"origin,omitempty"`
	Events      uint64    `json:"events"` // ledger events read
	Root        []byte    `json:"root"`
	Checkpoints int       `json:"checkpoints"` // compared with the tree at their size
	FirstBad    *uint64   `json:"firstBad,omitempty"`
	Findings    []Finding `json:"findings,omitempty"`
	Notes       []string  `json:"notes,omitempty"` // what changes nothing
}

// Kept is a checkpoint that somebody kept, and who.
type Kept struct {
	Checkpoint proof.Checkpoint
	Where      string
}

// Checkable is a log open for reading.
type Checkable interface {
	eventstore.StreamReader
	eventstore.LogReader
}

// CheckOptions of Check.
type CheckOptions struct {
	Log Checkable
	// Damage is why nothing can be read behind the log's end; nil when there is
	// no such place.
	Damage error
	// Dir holds tiles; empty: none are compared.
	Dir string
	// Live: a server may be writing to them meanwhile.
	Live bool
	// SaltKey joins facts and entries; without it the check is incomplete.
	SaltKey *[sha256.Size]byte
	// Origin and Losses are what the ledger's own events say.
	Origin string
	Losses []Loss
	// Kept are checkpoints from outside the log.
	Kept []Kept
	// Progress is told the events read.
	Progress func(events uint64)
}

// Check reads a ledger from its first event and holds everything the tree says
// against it.
func Check(ctx context.Context, o CheckOptions) (*Checked, error) {
	c := &check{o: o, out: &Checked{Verdict: Sound, Origin: o.Origin}, next: map[string]uint64{}, found: map[string]bool{}, at: map[uint64][]Kept{}}
	if err := c.begin(ctx); err != nil {
		return nil, err
	}
	defer c.tiles.close()
	if err := c.scan(ctx); err != nil {
		return nil, err
	}
	c.end()
	return c.out, nil
}

type check struct {
	o      CheckOptions
	out    *Checked
	next   map[string]uint64
	at     map[uint64][]Kept // by size
	agreed uint64            // newest size at which a checkpoint agreed
	bound  *uint64           // the first bad event stands here or behind
	moved  []Finding         // what tells where events and checkpoints stand, and is not the log's
	found  map[string]bool   // files with a finding: one for each is enough
	tree   proof.Tree
	tiles  *tiles
	edge   []byte // entries of the newest leaves, as they were kept
	edgeAt uint64 // index of the first of them
}

// find notes something that is wrong; index is the first event concerned.
func (c *check) find(kind string, index uint64, format string, args ...any) {
	c.out.Verdict = Tampered
	if c.out.FirstBad == nil || index < *c.out.FirstBad {
		c.out.FirstBad = &index
	}
	c.out.Findings = append(c.out.Findings, Finding{kind, &index, fmt.Sprintf(format, args...)})
}

// findFrom notes something that is wrong somewhere from index on: a checkpoint
// tells only that an event in front of it is not the one it was signed for.
func (c *check) findFrom(kind string, index uint64, format string, args ...any) {
	c.out.Verdict = Tampered
	if c.bound == nil {
		c.bound = &index
	}
	c.out.Findings = append(c.out.Findings, Finding{kind, &index, fmt.Sprintf(format, args...)})
}

// lack notes what is not there.
func (c *check) lack(kind, format string, args ...any) {
	if c.out.Verdict == Sound {
		c.out.Verdict = Incomplete
	}
	c.out.Findings = append(c.out.Findings, Finding{Kind: kind, Text: fmt.Sprintf(format, args...)})
}

func (c *check) begin(ctx context.Context) (err error) {
	for _, k := range c.o.Kept {
		c.at[k.Checkpoint.Size] = append(c.at[k.Checkpoint.Size], k)
	}
	if c.tiles, err = c.openTiles(); err != nil {
		return err
	}
	last := uint64(0)
	sizes := &flat{}
	if c.o.Dir != "" {
		sizes, err = c.comparing(headsName, func(at int64) {
			c.moved = append(c.moved, Finding{Kind: "tile", Text: fmt.Sprintf("%s: byte %d is not what the checkpoints give", headsName, at)})
		})
		if err != nil {
			return err
		}
		defer sizes.close()
	}
	for r, err := range c.o.Log.ReadStream(ctx, eventstore.CheckpointStream, 0, eventstore.Forwards) {
		if errors.Is(err, eventstore.ErrStreamNotFound) {
			break
		}
		if err != nil {
			c.findFrom("checkpoint", last, "the checkpoints cannot be read: %v", err)
			break
		}
		h, err := parseHead(r)
		if err != nil || h.Checkpoint.Size <= last {
			c.findFrom("checkpoint", last, "checkpoint %d does not follow the one before it", r.Revision)
			break
		}
		last = h.Checkpoint.Size
		if err := sizes.append(binary.BigEndian.AppendUint64(nil, last)); err != nil {
			return err
		}
		c.at[last] = append(c.at[last], Kept{h.Checkpoint, fmt.Sprintf("checkpoint %d of the log", r.Revision)})
	}
	if sizes.length > sizes.size && !c.o.Live && c.o.Damage == nil && !c.found[headsName] {
		c.moved = append(c.moved, Finding{Kind: "tile", Text: headsName + " goes on behind the log's last checkpoint"})
	}
	return nil
}

// openTiles opens the files to be compared with what the events give.
func (c *check) openTiles() (*tiles, error) {
	if _, err := os.Stat(filepath.Join(c.o.Dir, "entries")); c.o.Dir == "" || c.o.SaltKey == nil || err != nil {
		return openTiles("")
	}
	t := &tiles{}
	for level := range t.levels {
		t.edges[level] = make([]proof.Hash, 0, width)
	}
	if b, err := durable.ReadFile(filepath.Join(c.o.Dir, edgeName), maxEdge); err == nil && len(b) >= 8 {
		c.edgeAt, c.edge = binary.BigEndian.Uint64(b), b[8:]
	}
	var errs []error
	open := func(name string, record, leaves int64) *flat {
		f, err := c.comparing(name, func(at int64) {
			index, format := uint64(at/record*leaves), "%s: byte %d is not what the events give"
			if name == "positions" {
				// It tells where events stand in this store, not what they are: a log
				// that was written anew differs here first.
				c.moved = append(c.moved, Finding{"tile", &index, fmt.Sprintf(format, name, at)})
				return
			}
			c.find("tile", index, format, name, at)
		})
		errs = append(errs, err)
		return f
	}
	for level, leaves := 0, int64(1); level < levelCount; level, leaves = level+1, leaves*width {
		t.levels[level] = open("hashes-"+strconv.Itoa(level), sha256.Size, leaves)
	}
	t.entries, t.marks = open("entries", bundled, 1), open("positions", positionSize, width)
	return t, errors.Join(errs...)
}

// comparing opens a file of which every byte is compared with what would be
// appended to it; differs is told the first that is another.
func (c *check) comparing(name string, differs func(at int64)) (*flat, error) {
	f := &flat{compare: func(at int64, want, have []byte) {
		if i := mismatch(want, have); i >= 0 && !c.found[name] {
			c.found[name] = true
			differs(at + int64(i))
		}
	}}
	file, err := os.Open(filepath.Join(c.o.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	f.file = file
	info, err := file.Stat()
	if err == nil {
		f.length = info.Size()
	}
	return f, err
}

func mismatch(want, have []byte) int {
	if bytes.HasPrefix(want, have) {
		return -1
	}
	for i := range have {
		if want[i] != have[i] {
			return i
		}
	}
	return -1
}

func (c *check) scan(ctx context.Context) error {
	commit := newCommitter([sha256.Size]byte{})
	if c.o.SaltKey != nil {
		commit = newCommitter(*c.o.SaltKey)
	}
	read := c.o.Log.ReadAll
	if scanner, ok := c.o.Log.(eventstore.Scanner); ok {
		read = scanner.Scan
	}
	for r, err := range read(ctx, eventstore.Position{}) {
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			c.find("record", c.tree.Size(), "the log cannot be read here: %v", err)
			return nil
		}
		if next := c.next[r.Stream]; uint64(r.Revision) != next {
			c.find("revision", c.tree.Size(), "%s has revision %d where %d belongs", r.Stream, r.Revision, next)
		}
		c.next[r.Stream] = uint64(r.Revision) + 1
		if !eventstore.IsLedger(r.Stream) {
			continue
		}
		entry, leaf := commit.commit(&r)
		if err := c.tiles.append(entry, leaf, r.Position); err != nil {
			return err
		}
		c.compareEdge(entry)
		c.tree.Append(leaf)
		c.compareAt(c.tree.Size())
		if c.o.Progress != nil && c.tree.Size()%progressEvery == 0 {
			c.o.Progress(c.tree.Size())
		}
	}
	if c.o.Damage != nil {
		c.find("record", c.tree.Size(), "the log is damaged here: %v", c.o.Damage)
	}
	return nil
}

// compareEdge holds the next entry against the one that was kept.
func (c *check) compareEdge(entry []byte) {
	size := c.tree.Size()
	if size < c.edgeAt || (size-c.edgeAt+1)*bundled > uint64(len(c.edge)) || c.found[edgeName] {
		return
	}
	if kept := c.edge[(size-c.edgeAt)*bundled+2 : (size-c.edgeAt+1)*bundled]; !bytes.Equal(kept, entry) {
		c.found[edgeName] = true
		c.find("tile", size, "%s: entry %d is not what the event gives", edgeName, size)
	}
}

const progressEvery = 1 << 14

// compareAt holds the checkpoints of this size against the tree.
func (c *check) compareAt(size uint64) {
	kept, ok := c.at[size]
	if !ok || c.o.SaltKey == nil {
		return
	}
	root := c.tree.Root()
	for _, k := range kept {
		c.out.Checkpoints++
		switch {
		case !c.belongs(k.Checkpoint):
			c.findFrom("checkpoint", c.agreed, "%s is of another log, %s", k.Where, k.Checkpoint.Origin)
		case k.Checkpoint.Root != root && !c.declared(k.Checkpoint):
			c.findFrom("checkpoint", c.agreed, "%s was signed for other events than the first %d of this log", k.Where, size)
		case k.Checkpoint.Root == root:
			c.agreed = size
		}
	}
	delete(c.at, size)
}

// belongs: the checkpoint is of this log under its present or an earlier name.
func (c *check) belongs(k proof.Checkpoint) bool {
	if k.Origin == c.o.Origin {
		return true
	}
	for _, l := range c.o.Losses {
		if k.Origin == l.Last.Origin {
			return true
		}
	}
	return false
}

// declared: the checkpoint is of events that were declared lost.
func (c *check) declared(k proof.Checkpoint) bool {
	for _, l := range c.o.Losses {
		if k.Origin == l.Last.Origin {
			return k.Size > l.Kept && (k.Size < l.Last.Size || k.Size == l.Last.Size && k.Root == l.Last.Root)
		}
	}
	return false
}

func (c *check) end() {
	size, root := c.tree.Size(), c.tree.Root()
	c.out.Events, c.out.Root = size, root[:]
	if second, err := c.tiles.root(size); c.out.Verdict != Tampered && (err != nil || second != root) {
		c.findFrom("tree", c.agreed, "two computations of the root differ: %v", err)
	}
	for at, kept := range c.at {
		for _, k := range kept {
			switch {
			case c.o.SaltKey == nil:
			case at == 0:
			case c.declared(k.Checkpoint):
			default:
				c.find("behind", size, "%s was signed for %d events, this log has %d", k.Where, at, size)
			}
		}
	}
	if c.out.Verdict != Tampered && len(c.moved) > 0 {
		c.out.Verdict, c.out.Findings = Tampered, append(c.out.Findings, c.moved...)
		c.out.FirstBad = c.moved[len(c.moved)-1].Index
	}
	if c.out.FirstBad == nil {
		c.out.FirstBad = c.bound
	}
	for _, l := range c.o.Losses {
		c.lack("loss", "declared: events %d to %d of %s were lost", l.Kept, l.Last.Size-1, l.Last.Origin)
	}
	if c.o.SaltKey == nil {
		c.lack("salt", "the salt key is not at hand, so no event could be held against the tree: only records and revisions were checked")
	}
	for level, f := range c.tiles.levels {
		c.beyond("hashes-"+strconv.Itoa(level), f, size)
	}
	c.beyond("entries", c.tiles.entries, size)
	c.beyond("positions", c.tiles.marks, size)
}

// beyond: tiles of events that the log does not hold.
func (c *check) beyond(name string, f *flat, size uint64) {
	if f.compare != nil && f.length > f.size && !c.o.Live && c.o.Damage == nil && !c.found[name] {
		c.find("tile", size, "%s goes on behind the log's last event", name)
	}
	if f.compare != nil && f.length < f.size {
		c.out.Notes = append(c.out.Notes, name+" ends early; it is made again at the next start")
	}
}
