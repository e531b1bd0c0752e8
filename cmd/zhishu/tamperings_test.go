package main

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/eventstore"
	"zhishu/vault/vaulttest/pages"
)

var tamperings = []tampering{
	{"bit in a record", func(x *target) int64 {
		seg, _ := x.pick("log/*.seg")
		used := usedUpTo(x.t, x.dir, seg)
		x.flip(seg, 4096, used)
		return someIndex
	}},
	{"bit in the head of a segment", func(x *target) int64 {
		seg, _ := x.pick("log/*.seg")
		x.flip(seg, 0, 72)
		return noIndex
	}},
	{"bit in unused space", func(x *target) int64 {
		seg, _ := x.pick("log/*.seg")
		x.flip(seg, 72, 4096)
		return onlyNoted
	}},
	{"bit in an index", func(x *target) int64 {
		file, ok := x.pick("log/*.idx")
		if !ok {
			return impossible
		}
		x.flip(file, 0, -1)
		return onlyNoted
	}},
	{"bit in how far the log was durable", func(x *target) int64 {
		x.flip(x.path("log/committed"), 0, -1)
		return onlyNoted
	}},
	{"bit in an entry", func(x *target) int64 { return x.flip(x.path("audit/entries"), 0, -1) / 35 }},
	{"bit in the kept edge", func(x *target) int64 {
		b, err := os.ReadFile(x.path("audit/edge"))
		must(x.t, err)
		first := int64(b[7]) | int64(b[6])<<8 | int64(b[5])<<16
		at := x.rnd.Int64N(int64(len(b)-8)/35)*35 + 2
		return first + (x.flip(x.path("audit/edge"), 8+at, 8+at+33)-8)/35
	}},
	{"bit in a tile of leaves", func(x *target) int64 { return x.flip(x.path("audit/hashes-0"), 0, -1) / 32 }},
	{"bit in a tile above", func(x *target) int64 {
		if info, err := os.Stat(x.path("audit/hashes-1")); err != nil || info.Size() == 0 {
			return impossible
		}
		return x.flip(x.path("audit/hashes-1"), 0, -1) / 32 * 256
	}},
	{"bit in a position", func(x *target) int64 { return x.flip(x.path("audit/positions"), 0, -1) / 16 * 256 }},
	{"tiles exchanged", func(x *target) int64 {
		b, err := os.ReadFile(x.path("audit/hashes-0"))
		must(x.t, err)
		tiles := len(b) / 8192
		i, k := x.rnd.IntN(tiles-1), tiles-1
		first := bytes.Clone(b[i*8192 : (i+1)*8192])
		copy(b[i*8192:], b[k*8192:(k+1)*8192])
		copy(b[k*8192:], first)
		must(x.t, os.WriteFile(x.path("audit/hashes-0"), b, 0o644))
		return int64(i) * 256
	}},
	{"bit in a snapshot", func(x *target) int64 {
		file, ok := x.pick("snapshots/*")
		if !ok {
			return impossible
		}
		x.flip(file, 0, -1)
		return noIndex
	}},
	{"row of a snapshot, checksums made anew", (*target).snapshotRow},
	{"size of a change in a snapshot, put ahead", (*target).snapshotAhead},
	{"counts of a snapshot, checksums made anew", (*target).snapshotCounts},
	{"position of a snapshot put behind events", (*target).snapshotPosition},
	{"snapshot under the name of another size", (*target).snapshotName},
	{"version of a snapshot", (*target).snapshotVersion},
	{"pipe among the snapshots", func(x *target) int64 { return x.pipe("snapshots/books-9999999999.snap") }},
	{"pipe in the place of a file", (*target).pipeForFile},
	{"bit in the checkpoint kept outside", func(x *target) int64 {
		x.flip(location{dir: x.dir}.guardFile(), 0, -1)
		return noIndex
	}},
	{"event dropped", func(x *target) int64 {
		return x.rewrite(func(all []stored, at int) []stored { return slices.Delete(all, at, at+1) })
	}},
	{"event inserted", func(x *target) int64 {
		return x.rewrite(func(all []stored, at int) []stored {
			more := all[at]
			more.event.ID[3] ^= 0x40
			return slices.Insert(all, at, more)
		})
	}},
	{"event twice", func(x *target) int64 {
		return 1 + x.rewrite(func(all []stored, at int) []stored { return slices.Insert(all, at+1, all[at]) })
	}},
	{"two events exchanged", func(x *target) int64 {
		return x.rewrite(func(all []stored, at int) []stored {
			for next := at + 1; next < len(all); next++ {
				if eventstore.IsLedger(all[next].stream) {
					all[at], all[next] = all[next], all[at]
					break
				}
			}
			return all
		})
	}},
	{"data changed", edited(func(s *stored) { s.event.Data = append(bytes.Clone(s.event.Data), ' ') })},
	{"metadata changed", edited(func(s *stored) {
		s.event.Metadata = bytes.Replace(s.event.Metadata, []byte("recordedAt"), []byte("recordedat"), 1)
	})},
	{"type changed", edited(func(s *stored) { s.event.Type += "-x" })},
	{"event id changed", edited(func(s *stored) { s.event.ID[7] ^= 1 })},
	{"stream changed", edited(func(s *stored) { s.stream += "0" })},
	{"event moved to the end", func(x *target) int64 {
		return x.rewrite(func(all []stored, at int) []stored {
			moved := all[at]
			return append(slices.Delete(all, at, at+1), moved)
		})
	}},
	{"end cut off", func(x *target) int64 { return x.cutOff(false) }},
	{"end cut off, how far it was durable kept", func(x *target) int64 { return x.cutOff(true) }},
	{"checkpoints removed, end cut off", func(x *target) int64 {
		index := x.cutOff(false)
		x.write(withoutHeads(x.read()))
		return index
	}},
	{"a checkpoint of the log changed", func(x *target) int64 {
		all := x.read()
		for i := range all {
			if all[i].stream == eventstore.CheckpointStream {
				var h map[string]any
				must(x.t, json.Unmarshal(all[i].event.Data, &h))
				h["root"] = strings.Repeat("A", 43) + "="
				all[i].event.Data, _ = json.Marshal(h)
				break
			}
		}
		x.write(all)
		return someIndex
	}},
	{"history rewritten and signed anew", func(x *target) int64 {
		x.rewrite(func(all []stored, at int) []stored {
			all[at].event.Metadata = append(bytes.Clone(all[at].event.Metadata), ' ')
			return withoutHeads(all)
		})
		x.resign()
		return someIndex
	}},
	{"fork of equal size, signed anew", func(x *target) int64 {
		x.rewrite(func(all []stored, at int) []stored {
			all[len(all)-2].event.ID[9] ^= 1
			return withoutHeads(all)
		})
		x.resign()
		return someIndex
	}},
	{"rolled back and signed anew", func(x *target) int64 {
		all := x.read()
		x.write(withoutHeads(all[:len(all)*2/3]))
		x.resign()
		return someIndex
	}},
	{"checkpoint of a foreign key", func(x *target) int64 {
		file := location{dir: x.dir}.guardFile()
		note, err := os.ReadFile(file)
		must(x.t, err)
		n, err := proof.ParseNote(note)
		must(x.t, err)
		other, err := audit.NewSigner(n.Signatures[0].Name, [32]byte{66})
		must(x.t, err)
		must(x.t, os.WriteFile(file, []byte(n.Text+"\n"+audit.SignLine(other, n.Text)), 0o644))
		return noIndex
	}},
	{"bit in log.json", func(x *target) int64 { x.flip(x.path("log/log.json"), 0, -1); return foundNoted }},
	{"log.json removed", func(x *target) int64 {
		must(x.t, os.Remove(x.path("log/log.json")))
		return noIndex
	}},
	{"segment removed", func(x *target) int64 {
		seg, _ := x.pick("log/*.seg")
		must(x.t, os.Remove(seg))
		return someIndex
	}},
	{"bit in a page of the vault", func(x *target) int64 { x.flipPage(false); return foundNoted }},
	{"bit in a page of the vault that holds nothing", func(x *target) int64 {
		if !x.flipPage(true) {
			return impossible
		}
		return holdsNone
	}},
	{"vault cut short", func(x *target) int64 {
		used, free, size, err := pages.Of(x.path("vault/vault.db"))
		must(x.t, err)
		must(x.t, os.Truncate(x.path("vault/vault.db"), x.rnd.Int64N(int64(len(used)+len(free))*size)))
		return noIndex
	}},
	{"master key of another vault", func(x *target) int64 {
		file := x.path("vault/master.key")
		b, err := os.ReadFile(file)
		must(x.t, err)
		i := len("zhishu-master-key-1:") + x.rnd.IntN(64)
		if b[i]++; b[i] == '9'+1 {
			b[i] = '0'
		}
		must(x.t, os.WriteFile(file, b, 0o600))
		return notAtHand
	}},
	{"vault from before somebody was erased", (*target).oldVault},
	{"vault of another ledger", func(x *target) int64 {
		must(x.t, os.RemoveAll(vaultDir(x.dir)))
		must(x.t, location{dir: x.dir}.createVault(x.t.Context()))
		return someIndex
	}},
}

// usedUpTo is where the frames of a segment end.
func usedUpTo(t *testing.T, dir, seg string) int64 {
	b, err := os.ReadFile(seg)
	must(t, err)
	return int64(len(bytes.TrimRight(b, "\x00")))
}

// flipPage turns a bit in a page of the vault that is in use, or in one that is
// not.
func (x *target) flipPage(free bool) bool {
	file := x.path("vault/vault.db")
	among, unused, size, err := pages.Of(file)
	must(x.t, err)
	if free {
		among = unused
	}
	if len(among) == 0 {
		return false
	}
	at, err := pages.Spot(x.rnd, file, among, size)
	must(x.t, err)
	x.flip(file, at, at+1)
	return true
}
