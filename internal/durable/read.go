package durable

import (
	"errors"
	"fmt"
	"io"
)

// ErrTooLarge: a file is larger than anything that belongs there.
var ErrTooLarge = errors.New("the file is too large to be one of these")

// ReadFile reads a file of at most limit bytes whole, and nothing but a file. What
// somebody puts in its place takes no more memory than that.
func ReadFile(path string, limit int64) ([]byte, error) {
	f, _, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only: nothing to lose
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(content)) > limit {
		return nil, fmt.Errorf("%s: %w: more than %d bytes", path, ErrTooLarge, limit)
	}
	return content, err
}
