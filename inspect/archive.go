package inspect

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
)

// archive is a bundle opened, nothing of it believed.
type archive struct {
	zip   *zip.Reader
	size  int64 // of the whole
	files map[string]*zip.File
}

// Limits of what is read whole.
const (
	maxSmallFile = 256 << 20 // a figure, a list
	maxManifest  = 64 << 20  // lists the files of twenty million facts
	maxNote      = 1 << 20
	maxFiles     = 4 << 20
)

func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, missing("the archive does not open: %v", err)
	}
	if len(z.File) > maxFiles {
		return nil, wrong("it holds %d files", len(z.File))
	}
	a := &archive{z, size, make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		if a.files[f.Name] != nil {
			return nil, wrong("the file %q is there twice", f.Name)
		}
		if f.Method != zip.Store {
			return nil, wrong("the file %q is compressed; a bundle's files are stored as they are", f.Name)
		}
		a.files[f.Name] = f
	}
	return a, nil
}

// ClaimsBundle tells a bundle, whatever was done to it, from a file that was
// never one: it begins or ends like an archive, and what is left of its list of
// files names one of a bundle's.
func ClaimsBundle(r io.ReaderAt, size int64) bool {
	z, err := zip.NewReader(r, size)
	if err != nil {
		start := make([]byte, len(archiveStart))
		n, _ := r.ReadAt(start, 0)
		return size == 0 || string(start[:n]) == archiveStart[:n]
	}
	return len(z.File) == 0 || slices.ContainsFunc(z.File, func(f *zip.File) bool {
		switch f.Name {
		case manifestPath, signaturePath, checkpointPath, headsPath, policiesPath, erasuresPath, endsPath, keysPath:
			return true
		}
		return strings.HasPrefix(f.Name, factsDir) || strings.HasPrefix(f.Name, resultsDir) || strings.HasPrefix(f.Name, tilesDir)
	})
}

const archiveStart = "PK\x03\x04"

// open reads a file from its beginning. What the archive itself says about its
// checksum is not asked: the manifest is.
func (a *archive) open(path string) (io.Reader, int64, error) {
	f := a.files[path]
	if f == nil {
		return nil, 0, missing("the file %s is missing", path)
	}
	r, err := f.OpenRaw()
	if err != nil {
		return nil, 0, missing("the file %s cannot be read: %v", path, err)
	}
	return r, int64(f.CompressedSize64), nil
}

// read reads a small file whole.
func (a *archive) read(path string) ([]byte, error) { return a.readUpTo(path, maxSmallFile) }

// readUpTo reads a file whole that is no larger than limit.
func (a *archive) readUpTo(path string, limit int64) ([]byte, error) {
	r, size, err := a.open(path)
	switch {
	case err != nil:
		return nil, err
	case size > limit:
		return nil, wrong("the file %s is too large", path)
	case size > a.size:
		return nil, missing("the file %s is cut short", path)
	}
	var b bytes.Buffer
	b.Grow(int(size) + bytes.MinRead) // with room to find its end
	if n, err := b.ReadFrom(r); err != nil || n != size {
		return nil, missing("the file %s is cut short", path)
	}
	return b.Bytes(), nil
}

// unlisted are the files that the manifest does not know.
func (a *archive) unlisted(m *Manifest) (names []string) {
	listed := map[string]bool{manifestPath: true, signaturePath: true}
	for _, f := range m.Files {
		listed[f.Path] = true
	}
	for name := range a.files {
		if !listed[name] {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, strings.Compare)
	return names
}

// listed gives the values of a JSON list one after the other, so that whoever
// refuses one has not made memory of those behind it.
func listed[T any](content []byte) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		d := json.NewDecoder(bytes.NewReader(content))
		open, err := d.Token()
		if err == nil && open != json.Delim('[') {
			err = errList
		}
		for err == nil && d.More() {
			var value T
			if err = d.Decode(&value); err == nil && !yield(value, nil) {
				return
			}
		}
		if err == nil {
			_, err = d.Token()
		}
		if _, more := d.Token(); err == nil && more != io.EOF {
			err = errList
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

var errList = errors.New("it is no list")
