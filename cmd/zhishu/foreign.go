package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"zhishu/audit"
)

// foreign lists what stands in the ledger's directory, or in the place of its guard,
// and is neither a file nor a directory. A pipe, for one, has whoever opens it wait
// for ever, deaf to signals.
func (l location) foreign() (paths []string, err error) {
	look := func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // not made yet, or replaced meanwhile
		}
		if err != nil {
			return err
		}
		mode := d.Type()
		if mode&fs.ModeSymlink != 0 {
			info, err := os.Stat(path)
			if err != nil {
				return nil // it leads nowhere: whoever opens it is told so
			}
			mode = info.Mode()
		}
		if !mode.IsRegular() && !mode.IsDir() {
			paths = append(paths, path)
		}
		return nil
	}
	return paths, errors.Join(filepath.WalkDir(l.dir, look), filepath.WalkDir(l.guardFile(), look))
}

// onlyFiles refuses such a directory before anything of it is opened.
func (l location) onlyFiles() error {
	foreign, err := l.foreign()
	if err != nil || len(foreign) == 0 {
		return err
	}
	return withHint(fmt.Errorf("%s: 不是文件 no file stands here", foreign[0]),
		"账本目录里只有普通文件：把它移走，再用 zhishu verify 核验 a ledger's directory holds files only: move it away, then verify the ledger")
}

func foreignFindings(paths []string) (out []audit.Finding) {
	for _, path := range paths {
		out = append(out, audit.Finding{Kind: "file", Text: path + ": no file stands here; nothing was read 此处不是普通文件，未作核对"})
	}
	return out
}
