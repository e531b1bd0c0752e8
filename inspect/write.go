package inspect

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/projections"
)

// Evidence is what a bundle takes from the tree.
type Evidence interface {
	Tile(path string) ([]byte, error)
}

// Source is a ledger that a bundle is made of.
type Source struct {
	Log      eventstore.LogReader
	Streams  eventstore.StreamReader
	Evidence Evidence
	Salt     func(id eventstore.ID) proof.Salt
	// Sign makes the log's signed note of a text.
	Sign func(ctx context.Context, text string) ([]byte, error)
}

// Order is what is to be in a bundle.
type Order struct {
	Case       Case
	Exporter   string
	At         time.Time
	Checkpoint []byte   // the signed checkpoint that is the cut
	Heads      [][]byte // every signed checkpoint since the last inspection, oldest first, the cut last
	Sample     *Sample
	// Division, when it is not empty, is whose facts go; of the rest only
	// commitments do. It lies in the case's.
	Division string
	// Keys is the persons' keys encrypted to the inspector, and Persons whose
	// they are; nil: none go with it.
	Keys    []byte
	Persons []string
	// Record notes the export in the ledger, before the manifest that makes the
	// rest a bundle is written. It may be nil.
	Record   func(ctx context.Context, cut uint64, manifest string) error
	Progress func(done, total uint64)
}

// Written is what became of an order.
type Written struct {
	Manifest Manifest
	SHA256   string // of the manifest
}

var errCut = errors.New("the log does not have what the checkpoint says")

// Write makes a bundle. The figures are folded from the first fact to the cut,
// not taken from the live state: what is in the bundle follows from what is in
// the bundle.
func Write(ctx context.Context, to io.Writer, src Source, order Order) (Written, error) {
	note, err := proof.ParseNote(order.Checkpoint)
	if err != nil {
		return Written{}, err
	}
	cut, err := proof.ParseCheckpoint(note.Text)
	if err != nil {
		return Written{}, err
	}
	b := &bundler{zip: zip.NewWriter(to), at: order.At, src: src, order: order, cut: cut}
	var drawn []string
	if order.Sample != nil {
		drawn = order.Sample.Persons
	}
	b.manifest = Manifest{
		Format: Format, Case: order.Case, Origin: cut.Origin, Size: cut.Size, Exporter: order.Exporter,
		Exported: order.At.UTC().Format(time.RFC3339), Sample: order.Sample, Keys: order.Persons,
	}
	if err := b.choose(ctx); err != nil {
		return Written{}, err
	}
	b.manifest.Queries = Queries(b.manifest.division(), order.Case.Period, drawn)
	for _, step := range []func(context.Context) error{b.evidence, b.facts, b.results} {
		if err := step(ctx); err != nil {
			return Written{}, err
		}
	}
	return b.close(ctx)
}

// bundler writes one bundle.
type bundler struct {
	zip      *zip.Writer
	at       time.Time
	src      Source
	order    Order
	cut      proof.Checkpoint
	manifest Manifest
	of       *belonging        // whose facts go; nil: all
	last     map[string]uint64 // revision, by stream that goes with a division
	erased   []erasure
}

// choose finds out what goes with the division that was ordered.
func (b *bundler) choose(ctx context.Context) (err error) {
	if b.order.Division == "" {
		return nil
	}
	d, err := domain.ParseDivision(b.order.Division)
	if err != nil {
		return err
	}
	b.manifest.Range, b.last = &Range{Division: b.order.Division}, map[string]uint64{}
	b.of, err = belong(d, func() iter.Seq2[passing, error] {
		return func(yield func(passing, error) bool) {
			index := uint64(0)
			for r, err := range b.src.Log.ReadAll(ctx, eventstore.Position{}) {
				if err == nil && !eventstore.IsLedger(r.Stream) {
					continue
				}
				if index == b.cut.Size || !yield(passing{r.Stream, r.Type, r.Data}, err) {
					return
				}
				index++
			}
		}
	})
	return err
}

// erasure is a person whose key was destroyed, and by which fact.
type erasure struct {
	Person string `json:"person"`
	Index  uint64 `json:"index"`
}

// file adds a file, uncompressed, so that a reader finds every byte where it is.
func (b *bundler) file(path string, fill func(io.Writer) error) error {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Store, Modified: b.at.UTC()})
	if err != nil {
		return err
	}
	d := newDigests()
	if err := fill(io.MultiWriter(w, d)); err != nil {
		return err
	}
	b.manifest.Files = append(b.manifest.Files, d.file(path))
	return nil
}

func (b *bundler) bytes(path string, content []byte) error {
	return b.file(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

func (b *bundler) json(path string, v any) error {
	content, err := canonical(v)
	if err != nil {
		return err
	}
	return b.bytes(path, content)
}

// canonical is a value as every file of a bundle has it.
func canonical(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return out.Bytes(), err
}

// evidence adds what is public: checkpoint, heads, tiles and entries.
func (b *bundler) evidence(context.Context) error {
	if err := b.bytes(readmePath, []byte(readme(&b.manifest))); err != nil {
		return err
	}
	if err := b.bytes(checkpointPath, b.order.Checkpoint); err != nil {
		return err
	}
	heads := make([]string, 0, len(b.order.Heads))
	for _, h := range b.order.Heads {
		heads = append(heads, string(h))
	}
	if err := b.json(headsPath, heads); err != nil {
		return err
	}
	for t := range tilesOf(b.cut.Size) {
		content, err := b.src.Evidence.Tile(t.Path())
		if err != nil {
			return err
		}
		if err := b.bytes(t.Path(), content); err != nil {
			return err
		}
	}
	if b.order.Keys != nil {
		return b.bytes(keysPath, b.order.Keys)
	}
	return nil
}

// facts adds every fact before the cut.
func (b *bundler) facts(ctx context.Context) error {
	pieces, err := newPacker(b.bytes)
	if err != nil {
		return err
	}
	index := uint64(0)
	for r, err := range b.src.Log.ReadAll(ctx, eventstore.Position{}) {
		if err != nil {
			return err
		}
		if !eventstore.IsLedger(r.Stream) {
			continue
		}
		if index == b.cut.Size {
			break
		}
		if b.of != nil && !b.of.includes(r.Stream) {
			b.manifest.Range.Withheld++
			index++
			continue
		}
		if b.of != nil {
			b.last[r.Stream] = uint64(r.Revision)
		}
		frame := proof.Frame{Stream: r.Stream, Revision: uint64(r.Revision), ID: r.ID, Type: r.Type, Data: r.Data, Metadata: r.Metadata}
		lines, err := appendLine(pieces.lines, index, b.src.Salt(r.ID), &frame)
		if err != nil {
			return err
		}
		if err := pieces.add(lines); err != nil {
			return err
		}
		if person, ok := erasedBy(&frame); ok {
			b.erased = append(b.erased, erasure{person, index})
		}
		if index++; b.order.Progress != nil && index%10_000 == 0 {
			b.order.Progress(index, b.cut.Size)
		}
	}
	if index != b.cut.Size {
		return fmt.Errorf("%w: %d facts of %d", errCut, index, b.cut.Size)
	}
	if b.of != nil {
		b.manifest.Range.Included = index - b.manifest.Range.Withheld
	}
	return pieces.flush()
}

func erasedBy(f *proof.Frame) (person string, ok bool) {
	if f.Type != (&domain.PersonErased{}).Type() {
		return "", false
	}
	return strings.CutPrefix(f.Stream, domain.PersonCategory+"-")
}

// results folds the facts and adds what was asked for.
func (b *bundler) results(ctx context.Context) error {
	to := projections.AtSize(domain.Size(b.cut.Size))
	folded, err := projections.Replay(ctx, b.src.Log, projections.ReplayOptions{To: to, NoDigests: true})
	if err != nil {
		return err
	}
	whole := folded.View
	if b.of != nil {
		if folded, err = projections.Replay(ctx, partLog{b.src.Log, b.of}, projections.ReplayOptions{To: to, Partial: true, NoDigests: true}); err != nil {
			return err
		}
	}
	for i, q := range b.manifest.Queries {
		content, err := q.answer(ctx, folded.View, b.src.Streams)
		if err != nil {
			return err
		}
		if err := b.bytes(q.path(i), content); err != nil {
			return err
		}
		if b.of == nil {
			continue
		}
		all, err := q.answer(ctx, whole, b.src.Streams)
		if err != nil {
			return err
		}
		if !bytes.Equal(all, content) {
			b.manifest.Range.Differ = append(b.manifest.Range.Differ, q.path(i))
		}
	}
	if err := b.json(policiesPath, policiesOf(folded.View)); err != nil {
		return err
	}
	if b.of != nil {
		if err := b.json(endsPath, endsOf(b.last)); err != nil {
			return err
		}
	}
	return b.json(erasuresPath, slices.Concat([]erasure{}, b.erased))
}

// close adds the manifest, signed, and ends the archive.
func (b *bundler) close(ctx context.Context) (Written, error) {
	slices.SortFunc(b.manifest.Files, func(x, y File) int { return strings.Compare(x.Path, y.Path) })
	manifest, err := canonical(b.manifest)
	if err != nil {
		return Written{}, err
	}
	note, err := b.src.Sign(ctx, statement(b.cut.Origin, manifest))
	if err != nil {
		return Written{}, err
	}
	d := newDigests()
	d.Write(manifest)
	written := Written{b.manifest, d.file(manifestPath).SHA256}
	if b.order.Record != nil {
		if err := b.order.Record(ctx, b.cut.Size, written.SHA256); err != nil {
			return Written{}, err
		}
	}
	for _, f := range []struct {
		path    string
		content []byte
	}{{manifestPath, manifest}, {signaturePath, note}} {
		w, err := b.zip.CreateHeader(&zip.FileHeader{Name: f.path, Method: zip.Store, Modified: b.at.UTC()})
		if err == nil {
			_, err = w.Write(f.content)
		}
		if err != nil {
			return Written{}, err
		}
	}
	return written, b.zip.Close()
}
