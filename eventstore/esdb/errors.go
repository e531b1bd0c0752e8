package esdb

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"zhishu/eventstore"
)

// verdict is what an error of a call means.
type verdict uint8

const (
	fine         verdict = iota
	trouble              // connection, node or server: try again, elsewhere
	slow                 // the server gave up waiting: try again
	notLeader            // another node leads; nothing was done
	wrongVersion         // the expected revision does not hold
	notFound             // the stream does not exist
	deleted              // somebody deleted the stream
	denied               // user or rights
	ended                // the caller's context
)

// errStalled ends a read that makes no progress.
var errStalled = errors.New("no answer from the store")

func verdictOf(err error) verdict {
	var e *esdb.Error
	switch {
	case err == nil:
		return fine
	case errors.Is(err, errStalled), errors.Is(err, errCondemned):
		return trouble
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ended
	case !errors.As(err, &e):
		return verdictOfStatus(err)
	}
	switch e.Code() {
	case esdb.ErrorCodeWrongExpectedVersion:
		return wrongVersion
	case esdb.ErrorCodeNotLeader:
		return notLeader
	case esdb.ErrorCodeStreamDeleted:
		return deleted
	case esdb.ErrorCodeAccessDenied, esdb.ErrorCodeUnauthenticated:
		return denied
	case esdb.ErrorAborted, esdb.ErrorCodeDeadlineExceeded:
		return slow
	case esdb.ErrorCodeResourceNotFound:
		// A missing stream is told by a message. A gRPC status of the same code is
		// something else, such as a leader that cannot be named: taking it for a
		// missing stream would lose the stream.
		if _, is := status.FromError(e.Err()); !is {
			return notFound
		}
	}
	return trouble
}

// verdictOfStatus judges an error that the client passes on as it is.
func verdictOfStatus(err error) verdict {
	switch status.Code(err) {
	case codes.PermissionDenied, codes.Unauthenticated:
		return denied
	case codes.Aborted, codes.DeadlineExceeded:
		return slow
	}
	return trouble
}

// suspicious reports an error on which the client starts to look for a node.
func suspicious(err error) bool { return status.Code(err) == codes.Unavailable }

// explain adds what an operator can do.
func explain(err error) error {
	var number *strconv.NumError
	switch {
	case err == nil:
		return nil
	case verdictOf(err) == denied:
		return fmt.Errorf("%w (the user needs to read $all and to append: make it one of $admins, or give it the rights, see docs/eventstoredb.md)", err)
	case errors.As(err, &number):
		return fmt.Errorf("%w (this client refuses servers whose version is not plain numbers, such as pre-releases)", err)
	}
	return err
}

// unavailable wraps an error of a call that wrote nothing.
func unavailable(err error) error {
	if errors.Is(err, eventstore.ErrUnavailable) || errors.Is(err, eventstore.ErrClosed) {
		return err
	}
	return fmt.Errorf("%w: %w", eventstore.ErrUnavailable, explain(err))
}

// unknown wraps an error of an append that may have been written.
func unknown(err error) error {
	if errors.Is(err, eventstore.ErrUnknown) {
		return err
	}
	return fmt.Errorf("%w: %w", eventstore.ErrUnknown, err)
}
