//go:build !unix

package durable

import (
	"errors"
	"fmt"
)

// Holder says who holds a lock.
type Holder struct {
	PID     int
	Address string
}

// Locked is the error of TryLock when another process holds the lock.
type Locked struct {
	Path   string
	Holder Holder
}

func (l *Locked) Error() string { return l.Path + " is held by another process" }

// Lock is an exclusive hold on a lock file.
type Lock struct{}

// Without a lock that dies with its process, two writers could meet in one
// log. So this system is refused rather than served dangerously.
var errSystem = fmt.Errorf("directory locks need a Unix system: %w", errors.ErrUnsupported)

// TryLock refuses.
func TryLock(string) (*Lock, error) { return nil, errSystem }

// Announce refuses.
func (*Lock) Announce(string) error { return errSystem }

// Unlock refuses.
func (*Lock) Unlock() error { return errSystem }

// WhoLocks refuses.
func WhoLocks(string) (Holder, bool, error) { return Holder{}, false, errSystem }

// WhileUnlocked refuses.
func WhileUnlocked(string, func() error) error { return errSystem }
