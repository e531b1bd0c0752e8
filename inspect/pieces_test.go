package inspect

import (
	"bytes"
	"slices"
	"strings"
)

func (u *unpacked) lines() [][]byte {
	zstd, err := newUnpacker(1)
	if err != nil {
		panic(err)
	}
	defer zstd.Close()
	var all []byte
	for n := 0; u.files[piecePath(n)] != nil; n++ {
		lines, err := zstd.DecodeAll(u.files[piecePath(n)], nil)
		if err != nil {
			panic(err)
		}
		all = append(all, lines...)
	}
	return bytes.SplitAfter(all, []byte("\n"))
}

// everything is what a reader finds in the bundle.
func (u *unpacked) everything() []byte {
	all := bytes.Join(u.lines(), nil)
	for _, name := range u.names {
		all = append(append(all, name...), u.files[name]...)
	}
	return all
}

func (u *unpacked) setLines(lines [][]byte) {
	for _, name := range slices.Clone(u.names) {
		if strings.HasPrefix(name, factsDir) {
			u.drop(name)
		}
	}
	if err := pack(lines, func(path string, content []byte) error { u.add(path, content); return nil }); err != nil {
		panic(err)
	}
}

// pack makes pieces of lines, several of them.
func pack(lines [][]byte, put func(path string, content []byte) error) error {
	p, err := newPacker(put)
	for i, line := range lines {
		if err == nil {
			err = p.add(append(p.lines, line...))
		}
		if err == nil && i%701 == 700 {
			err = p.flush()
		}
	}
	if err != nil {
		return err
	}
	return p.flush()
}
