package durable

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// directBlock is the alignment that every disk's direct writes are content with.
const directBlock = 4096

// zeroPages are zeros whose address is that of a page, as direct writes want it;
// nil when there are none to be had.
var zeroPages = sync.OnceValue(func() []byte {
	pages, err := unix.Mmap(-1, 0, len(zeros), unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil
	}
	return pages
})

// zerosPastCache writes zeros without filling the page cache with them, which
// takes a tenth of the time, and tells how far it came. Where the file
// system does not know direct writes, or one fails, the rest is left to writing as
// usual: that finds out why.
func zerosPastCache(f *os.File, from, to int64) int64 {
	pages := zeroPages()
	if pages == nil || from%directBlock != 0 {
		return from
	}
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	if err != nil {
		return from
	}
	if _, err := unix.FcntlInt(f.Fd(), unix.F_SETFL, flags|unix.O_DIRECT); err != nil {
		return from
	}
	defer unix.FcntlInt(f.Fd(), unix.F_SETFL, flags)
	at := from
	for end := to - to%directBlock; at < end; {
		n, err := f.WriteAt(pages[:min(int64(len(pages)), end-at)], at)
		at += int64(n)
		if err != nil {
			return at - at%directBlock
		}
	}
	return at
}
