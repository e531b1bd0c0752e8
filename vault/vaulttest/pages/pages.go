// Package pages tells tests what stands where in the file of an embedded vault.
package pages

import (
	"bytes"
	"math/rand/v2"
	"os"

	"go.etcd.io/bbolt"
)

// Of asks the database of an embedded vault which pages of its file hold
// something and which do not.
func Of(file string) (used, free []int64, size int64, err error) {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		return nil, nil, 0, err
	}
	defer db.Close()
	size = int64(db.Info().PageSize)
	err = db.View(func(tx *bbolt.Tx) error {
		for id := range tx.Size() / size {
			p, err := tx.Page(int(id))
			if err != nil {
				return err
			}
			if p == nil || p.Type == "free" {
				free = append(free, id)
			} else {
				used = append(used, id)
			}
		}
		return nil
	})
	return used, free, size, err
}

// Spot chooses a byte of one of the pages. It is never one that counts how many
// blocks of a table were ever written, which stands 8 bytes behind the table's
// name: any number that is large enough is as good.
func Spot(random *rand.Rand, file string, pages []int64, size int64) (int64, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	for {
		at := size*pages[random.IntN(len(pages))] + random.Int64N(size)
		before := b[max(0, at-16-int64(len("claims"))):at]
		if !bytes.Contains(before, []byte("keys")) && !bytes.Contains(before, []byte("claims")) {
			return at, nil
		}
	}
}
