//go:build unix

package durable

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// Holder says who holds a lock. Address is where a running server answers, ""
// when the holder serves nothing.
type Holder struct {
	PID     int    `json:"pid"`
	Address string `json:"address,omitempty"`
}

// Locked is the error of TryLock when another process, or another opener in
// this one, holds the lock.
type Locked struct {
	Path   string
	Holder Holder // zero when the holder has not written its name yet
}

func (l *Locked) Error() string {
	switch {
	case l.Holder.Address != "":
		return fmt.Sprintf("%s is held by process %d, serving at %s", l.Path, l.Holder.PID, l.Holder.Address)
	case l.Holder.PID != 0:
		return fmt.Sprintf("%s is held by process %d", l.Path, l.Holder.PID)
	default:
		return l.Path + " is held by another process"
	}
}

// Lock is an exclusive hold on a lock file. The system lets go of it when the
// process ends, however it ends; the file itself stays.
type Lock struct{ f *os.File }

// TryLock takes the lock file at path, creating it when needed, or returns
// *Locked at once.
func TryLock(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := flock(f, syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			holder, _ := readHolder(f)
			err = &Locked{path, holder}
		}
		return nil, errors.Join(err, f.Close())
	}
	l := &Lock{f}
	if err := l.Announce(""); err != nil {
		return nil, errors.Join(err, l.Unlock())
	}
	return l, nil
}

// Announce writes the address at which this process answers into the lock
// file.
func (l *Lock) Announce(address string) error {
	text, err := json.Marshal(Holder{PID: os.Getpid(), Address: address})
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if _, err := l.f.WriteAt(text, 0); err != nil {
		return err
	}
	return l.f.Truncate(int64(len(text)))
}

// Unlock lets go. The holder's name is erased first.
func (l *Lock) Unlock() error {
	return errors.Join(l.f.Truncate(0), l.f.Close())
}

// WhoLocks reports the holder of the lock file at path and whether anybody
// holds it now. It touches the lock for an instant, so a TryLock at that very
// moment may have to be repeated.
func WhoLocks(path string) (Holder, bool, error) {
	err := WhileUnlocked(path, func() error { return nil })
	var locked *Locked
	if errors.As(err, &locked) {
		return locked.Holder, true, nil
	}
	return Holder{}, false, err
}

// WhileUnlocked runs f while nobody can take the lock, or returns *Locked
// without running it when somebody holds it. Several may do so at once. A
// missing lock file counts as not held.
func WhileUnlocked(path string, run func() error) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return run()
	}
	if err != nil {
		return err
	}
	defer f.Close() // read only: nothing to lose
	if err := flock(f, syscall.LOCK_SH|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			holder, _ := readHolder(f)
			return &Locked{path, holder}
		}
		return err
	}
	return run()
}

func flock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// maxHolder bounds what is read of a lock file somebody else wrote.
const maxHolder = 4096

func readHolder(f *os.File) (Holder, error) {
	var h Holder
	text, err := io.ReadAll(io.NewSectionReader(f, 0, maxHolder))
	if err != nil {
		return h, err
	}
	return h, json.Unmarshal(text, &h)
}
