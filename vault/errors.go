package vault

import (
	"encoding/hex"
	"errors"
)

// The closed list of what can go wrong. Every error of this package is one of
// these, possibly wrapped with details, or the error of the caller's context.
var (
	// ErrNoKey: the subject never had a key here. EnsureKeys makes one. For a
	// person known to the log it means that keys were lost, not erased.
	ErrNoKey = errors.New("the subject has no key")
	// ErrErased: the subject was erased; its key is gone and never comes back.
	ErrErased = errors.New("the subject was erased")
	// ErrSubject: the zero id is no subject.
	ErrSubject = errors.New("not a subject id")
	// ErrSealed: these bytes were not sealed for this subject, stream, event
	// and field, or they were altered since.
	ErrSealed = errors.New("the sealed field does not belong here or was altered")
	// ErrSuite: the field is sealed with a suite this version does not know.
	ErrSuite = errors.New("unknown sealing suite")
	// ErrNotOwner: a release by a subject that does not hold the claim.
	ErrNotOwner = errors.New("the claim is held by another subject")
	// ErrSecretName: a named secret needs a name of 1 to MaxSecretName bytes.
	ErrSecretName = errors.New("not a name for a secret")

	// ErrNotFound: there is no vault in this directory. Only init makes one.
	ErrNotFound = errors.New("no vault here")
	// ErrExists: there already is a vault in this directory.
	ErrExists = errors.New("there already is a vault here")
	// ErrLocked: another process has the vault open. Ask that process.
	ErrLocked = errors.New("the vault is open in another process")
	// ErrPermissions: a file or directory of the vault may be read by others.
	ErrPermissions = errors.New("the permissions are too wide")
	// ErrMasterKey: the master key is missing, unreadable, or not the one this
	// vault was made with.
	ErrMasterKey = errors.New("the master key does not fit")
	// ErrDamaged: what is stored is not what was written.
	ErrDamaged = errors.New("the vault is damaged")
	// ErrBackup: the backup is cut short, altered, or no backup at all.
	ErrBackup = errors.New("the backup cannot be used")
	// ErrErasureList: the list of erasures is cut short or not such a list.
	ErrErasureList = errors.New("the list of erasures cannot be used")
	// ErrFull: the disk has no room. Nothing was written by this call.
	ErrFull = errors.New("no space left for the vault")
	// ErrUnavailable: the vault could not be read or written. Whether a write
	// happened is unknown; every write may be repeated. An erasure that ends
	// so holds already, but old copies may be left until it is repeated. After
	// a failed sync the vault refuses to write until it is opened anew.
	ErrUnavailable = errors.New("the vault is not available")
	// ErrUnsafe: the store is set up so that it may lose what it acknowledged,
	// or show what it holds to others on the way. Nothing was written.
	ErrUnsafe = errors.New("the vault's store is not safe to use")
	// ErrVersion: the store was written by another version of this program.
	ErrVersion = errors.New("the vault's store has another version")
	// ErrClosed: the vault was closed.
	ErrClosed = errors.New("the vault is closed")
)

// SubjectError tells which subject of a call was refused.
type SubjectError struct {
	Subject Subject
	Err     error // ErrNoKey, ErrErased or ErrDamaged
}

func (e *SubjectError) Error() string {
	return "subject " + hex.EncodeToString(e.Subject[:]) + ": " + e.Err.Error()
}

func (e *SubjectError) Unwrap() error { return e.Err }
