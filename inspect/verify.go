package inspect

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/projections"
)

// VerifyOptions of Verify.
type VerifyOptions struct {
	// Keys are the log's public keys, as the inspector pinned them.
	Keys []proof.Key
	// Known are checkpoints of this log that were kept from before. They need no
	// signature: the inspector vouches for them.
	Known []proof.Checkpoint
	// Seed is the first checkpoint after the case was opened, as the inspector took
	// it over while nobody but the inspector knew the nonce. Without it a sample may
	// come from whichever checkpoint pleased the ledger.
	Seed *proof.Checkpoint
	// Challenged are the withheld facts of a division's bundle that the inspector
	// chose, and Opened what the ledger opened of them. With each it may open more
	// of the stream; with Whole it must, from the first fact on.
	Challenged []uint64
	Opened     []proof.Receipt
	Whole      bool
	// Progress, when set, is told how many facts were read.
	Progress func(done, total uint64)
}

// Verify checks a bundle offline, step by step, and reports on every step it
// could take.
func Verify(ctx context.Context, r io.ReaderAt, size int64, o VerifyOptions) *Report {
	began := time.Now()
	v := &verification{ctx: ctx, o: o, report: &Report{Verdict: Sound}}
	v.run(r, size)
	v.report.Seconds = time.Since(began).Seconds()
	return v.report
}

// verification is one under way.
type verification struct {
	ctx      context.Context
	o        VerifyOptions
	report   *Report
	archive  *archive
	manifest Manifest
	cut      proof.Checkpoint
	heads    []proof.Checkpoint
	tree     tree
	history  *history
	folded   projections.ReplayResult
	recorded domain.Inspection // the case as its own events say
}

func (v *verification) run(r io.ReaderAt, size int64) {
	take := v.report.take
	if !take("archive", func() (_ string, err error) {
		v.archive, err = openArchive(r, size)
		return "", err
	}) || !take("manifest", v.openManifest) {
		return
	}
	take("files", v.files)
	if !take("checkpoint", v.checkpoint) {
		return
	}
	if !take("facts", v.facts) {
		return
	}
	take("second", v.second)
	take("tiles", v.tree.tilesAgree)
	take("name", v.named)
	take(lossesStep, v.lost)
	take("known", v.known)
	take("case", v.asRecorded)
	if v.manifest.Range != nil {
		take("range", v.withinRange)
		take("streams", v.ends)
		take("challenge", v.challenged)
	}
	take("results", v.results)
	if v.manifest.Sample != nil {
		take("sample", v.sample)
	}
	if len(v.manifest.Keys) > 0 || v.manifest.Sample != nil && v.recorded.Opened.Recipient != "" {
		take("keys", v.keys)
	}
}

func (v *verification) openManifest() (string, error) {
	manifest, err := v.archive.readUpTo(manifestPath, maxManifest)
	if err != nil {
		return "", err
	}
	note, err := v.archive.readUpTo(signaturePath, maxNote)
	if err != nil {
		return "", err
	}
	if v.manifest, err = openManifest(manifest, note, v.o.Keys); err != nil {
		return "", err
	}
	if content, err := canonical(v.manifest); err != nil || !bytes.Equal(content, manifest) {
		return "", wrong("the manifest is not in its one form")
	}
	v.report.Range = v.manifest.Range
	v.report.Case, v.report.Origin, v.report.Size = &v.manifest.Case, v.manifest.Origin, v.manifest.Size
	return fmt.Sprintf("%d files", len(v.manifest.Files)), nil
}

// files holds every file but the facts, which are hashed as they are read,
// against the manifest.
func (v *verification) files() (string, error) {
	if names := v.archive.unlisted(&v.manifest); len(names) > 0 {
		return "", wrong("the file %q is not in the manifest", names[0])
	}
	files := v.manifest.Files
	return "", first(len(files), func() func(i int) error {
		buffer := make([]byte, 64<<10)
		return func(i int) error {
			if strings.HasPrefix(files[i].Path, factsDir) {
				return nil
			}
			return v.file(files[i], buffer)
		}
	})
}

// file holds one file against the manifest's line.
func (v *verification) file(f File, buffer []byte) error {
	r, _, err := v.archive.open(f.Path)
	if err != nil {
		return err
	}
	d := newDigests()
	if _, err := io.CopyBuffer(struct{ io.Writer }{d}, struct{ io.Reader }{r}, buffer); err != nil {
		return missing("the file %s cannot be read: %v", f.Path, err)
	}
	if d.file(f.Path) != f {
		return wrong("the file %s is not the one that was signed for", f.Path)
	}
	return nil
}

func (v *verification) checkpoint() (string, error) {
	note, err := v.archive.readUpTo(checkpointPath, maxNote)
	if err != nil {
		return "", err
	}
	if v.cut, _, err = proof.OpenCheckpoint(note, v.o.Keys...); err != nil {
		return "", err
	}
	v.report.Root = base64.StdEncoding.EncodeToString(v.cut.Root[:])
	if v.cut.Size != v.manifest.Size || v.cut.Origin != v.manifest.Origin {
		return "", wrong("the checkpoint is of %s at %d, the bundle of %s at %d", v.cut.Origin, v.cut.Size, v.manifest.Origin, v.manifest.Size)
	}
	content, err := v.archive.read(headsPath)
	if err != nil {
		return "", err
	}
	for n, err := range listed[string](content) {
		if err != nil {
			return "", wrong("the list of checkpoints is no list")
		}
		c, _, err := proof.OpenCheckpoint([]byte(n), v.o.Keys...)
		if err != nil {
			return "", err
		}
		if len(v.heads) > 0 && c.Size <= v.heads[len(v.heads)-1].Size || c.Size > v.cut.Size {
			return "", wrong("the checkpoints do not rise to the cut")
		}
		v.heads = append(v.heads, c)
	}
	return fmt.Sprintf("%d checkpoints", len(v.heads)), nil
}

// second compares the root that transparency-dev/merkle found.
func (v *verification) second() (string, error) {
	root, err := v.tree.other.GetRootHash(nil)
	if err != nil || !bytes.Equal(root, v.cut.Root[:]) {
		return "", wrong("transparency-dev/merkle finds another root: %v", err)
	}
	return "transparency-dev/merkle", nil
}

// results computes every figure again.
func (v *verification) results() (string, error) {
	var drawn []string
	if v.manifest.Sample != nil {
		drawn = v.manifest.Sample.Persons
	}
	queries := v.manifest.Queries
	var asked error
	if !slices.Equal(queries, Queries(v.manifest.division(), v.manifest.Case.Period, drawn)) {
		asked = missing("the bundle does not answer every question of its case")
	}
	var equal atomic.Int64
	bad := first(len(queries)+2, func() func(i int) error {
		return func(i int) error {
			path, content, err := v.result(i)
			if err != nil {
				return wrong("%s cannot be computed: %v", path, err)
			}
			have, err := v.archive.read(path)
			if err != nil {
				return err
			}
			if !bytes.Equal(have, content) {
				return wrong("%s is not what follows from the facts", path)
			}
			equal.Add(1)
			return nil
		}
	})
	v.report.Results = int(equal.Load())
	if asked != nil {
		bad = asked
	}
	return fmt.Sprintf("%d figures", v.report.Results), bad
}

// result is the n-th figure: what the queries ask, then the policies and the
// erasures.
func (v *verification) result(n int) (path string, content []byte, err error) {
	switch queries := v.manifest.Queries; n {
	case len(queries):
		content, err = canonical(policiesOf(v.folded.View))
		return policiesPath, content, err
	case len(queries) + 1:
		content, err = canonical(slices.Concat([]erasure{}, v.tree.erased))
		return erasuresPath, content, err
	default:
		content, err = queries[n].answer(v.ctx, v.folded.View, v.history)
		return queries[n].path(n), content, err
	}
}

// first does n pieces of work on all processors and returns the error of the
// first of them that failed, whichever that was in time. begin makes what one
// processor works with.
func first(n int, begin func() func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			do := begin()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = do(i)
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// keys: they went for the persons of the sample who were neither restricted nor
// erased at the cut, and for nobody else.
func (v *verification) keys() (string, error) {
	if len(v.manifest.Keys) > 0 && v.archive.files[keysPath] == nil {
		return "", missing("the file %s is missing", keysPath)
	}
	for _, name := range v.manifest.Keys {
		id, err := domain.ParseUUID(name)
		if err != nil || v.manifest.Sample == nil || !slices.Contains(v.manifest.Sample.Persons, name) {
			return "", wrong("a key of somebody who was not drawn: %s", name)
		}
		p, err := v.folded.View.Person(domain.PersonID{UUID: id})
		if err != nil || p.State.Erased || p.State.Restricted {
			return "", wrong("a key of somebody who was erased or restricted: %s", name)
		}
	}
	if v.manifest.Sample == nil || v.recorded.Opened.Recipient == "" {
		return fmt.Sprintf("%d keys", len(v.manifest.Keys)), nil
	}
	for _, name := range v.manifest.Sample.Persons {
		id, err := domain.ParseUUID(name)
		if err != nil {
			return "", wrong("the sample names nobody: %.40q", name)
		}
		p, err := v.folded.View.Person(domain.PersonID{UUID: id})
		if err == nil && !p.State.Erased && !p.State.Restricted && !slices.Contains(v.manifest.Keys, name) {
			return "", missing("the case names a recipient, and the key of %s, who was drawn, is not in the bundle", name)
		}
	}
	return fmt.Sprintf("%d keys", len(v.manifest.Keys)), nil
}
