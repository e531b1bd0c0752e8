package embedded

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// Names of the files of a log's directory; segments and indexes are named by
// number, see segmentName and indexName.
const (
	metaName      = "log.json"
	lockName      = "LOCK"
	committedName = "committed"
	spareName     = "spare"
)

// Bounds of a segment's size in bytes.
const (
	MinSegmentSize     = 1 << 20 // the largest frame must fit
	MaxSegmentSize     = 2 << 30 // offsets are 32 bits
	DefaultSegmentSize = 128 << 20
)

// ErrNoLog: the directory holds no log. Open never creates one.
var ErrNoLog = errors.New("no log in this directory")

// ErrExists: Create found a log, or other files, in the directory.
var ErrExists = errors.New("the directory is not empty")

// logID tells logs apart. Every file of a log carries it.
type logID [16]byte

// meta is log.json: that a directory holds a log, and how it is cut. It is
// written last when a log is created or copied.
type meta struct {
	Format      int    `json:"format"`
	ID          string `json:"id"`
	SegmentSize int64  `json:"segmentSize"`
}

const formatVersion = 1

// Create makes an empty log in dir, which must be empty or not exist. The
// segment size cannot be changed later; 0 is DefaultSegmentSize. The first
// segments are smaller: see capacity.
func Create(dir string, segmentSize int64) error {
	if segmentSize == 0 {
		segmentSize = DefaultSegmentSize
	}
	if segmentSize < MinSegmentSize || segmentSize > MaxSegmentSize || segmentSize%blockSize != 0 {
		return fmt.Errorf("a segment size of %d bytes: must be a multiple of %d from %d to %d",
			segmentSize, blockSize, MinSegmentSize, MaxSegmentSize)
	}
	if err := makeEmptyDir(dir); err != nil {
		return err
	}
	var id logID
	rand.Read(id[:]) // never fails: it ends the program instead
	first := segmentHead{id: id, size: segmentSize, number: 1}
	if err := createSegment(dir, first); err != nil {
		return fmt.Errorf("create the first segment: %w", err)
	}
	return writeMeta(dir, id, segmentSize)
}

func makeEmptyDir(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(files) > 0 {
		return fmt.Errorf("%s: %w: it holds %s", dir, ErrExists, files[0].Name())
	}
	return durable.SyncDir(filepath.Dir(filepath.Clean(dir)))
}

func writeMeta(dir string, id logID, segmentSize int64) error {
	text, err := metaText(id, segmentSize)
	if err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(dir, metaName), text, 0o644)
}

func metaText(id logID, segmentSize int64) ([]byte, error) {
	text, err := json.MarshalIndent(meta{formatVersion, hex.EncodeToString(id[:]), segmentSize}, "", "  ")
	return append(text, '\n'), err
}

// maxMeta is far more than what metaText writes.
const maxMeta = 1 << 16

func readMeta(dir string) (logID, int64, error) {
	var id logID
	text, err := durable.ReadFile(filepath.Join(dir, metaName), maxMeta)
	if errors.Is(err, fs.ErrNotExist) {
		return id, 0, fmt.Errorf("%s: %w", dir, ErrNoLog)
	}
	if errors.Is(err, durable.ErrTooLarge) {
		return id, 0, corrupt("%v", err)
	}
	if err != nil {
		return id, 0, err
	}
	var m meta
	if err := json.Unmarshal(text, &m); err != nil {
		return id, 0, corrupt("%s: %v", metaName, err)
	}
	if m.Format != formatVersion {
		return id, 0, fmt.Errorf("%s: log format %d: this program reads format %d", dir, m.Format, formatVersion)
	}
	n, err := hex.Decode(id[:], []byte(m.ID[:min(len(m.ID), 2*len(id))]))
	if err != nil || n != len(id) || len(m.ID) != 2*len(id) {
		return id, 0, corrupt("%s: %q is not the id of a log", metaName, m.ID)
	}
	if m.SegmentSize < MinSegmentSize || m.SegmentSize > MaxSegmentSize {
		return id, 0, corrupt("%s: a segment size of %d bytes", metaName, m.SegmentSize)
	}
	return id, m.SegmentSize, nil
}

// corrupt wraps eventstore.ErrCorrupt and says where.
func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", eventstore.ErrCorrupt, fmt.Sprintf(format, args...))
}
