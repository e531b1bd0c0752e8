package proof

import (
	"encoding/json"
	"fmt"
)

// A file that somebody hands over is read a value after the other, and no further
// than to the first one that does not hold: a list of a million empty values is a
// small file and a large piece of memory.

// members gives the members of a JSON object to whoever reads those of their
// names, each at most once, and passes the others over. There may be null instead.
func members(d *json.Decoder, read map[string]func() error) error {
	seen := map[string]bool{}
	return within(d, '{', func() error {
		name, err := d.Token()
		if err != nil {
			return err
		}
		of, wanted := read[name.(string)]
		switch {
		case !wanted:
			return skip(d)
		case seen[name.(string)]:
			return fmt.Errorf("%w: %q is there twice", ErrFormat, name)
		}
		seen[name.(string)] = true
		return of()
	})
}

// elements has each value of a JSON list read.
func elements(d *json.Decoder, read func() error) error { return within(d, '[', read) }

func within(d *json.Decoder, open json.Delim, read func() error) error {
	t, err := d.Token()
	if err != nil || t == nil {
		return err
	}
	if t != open {
		return fmt.Errorf("%w: %v where %v belongs", ErrFormat, t, open)
	}
	for d.More() {
		if err := read(); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// skip passes a value over.
func skip(d *json.Decoder) error {
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// value reads a value into a variable.
func value(d *json.Decoder, to any) func() error { return func() error { return d.Decode(to) } }
