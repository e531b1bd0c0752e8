package commands

import (
	"errors"

	"zhishu/eventstore"
	"zhishu/vault"
)

// Revision is the place of an event within its stream, and Position one in the
// log, for callers that do not know the store.
type (
	Revision = eventstore.Revision
	Position = eventstore.Position
)

// Outage is why a command could be neither carried out nor refused.
type Outage uint8

const (
	NoOutage       Outage = iota
	OutcomeUnknown        // it may be recorded: retry with the same key
	Unavailable           // nothing was recorded; try again later
	Full                  // nothing was recorded: there is no room
	Closed                // the program is stopping
	Damaged               // what is stored is not what was written
)

var outages = []struct {
	outage Outage
	errs   []error
}{
	// An append whose outcome is unknown also names what was in its way.
	{OutcomeUnknown, []error{eventstore.ErrUnknown}},
	{Full, []error{eventstore.ErrFull, vault.ErrFull}},
	{Closed, []error{eventstore.ErrClosed, vault.ErrClosed}},
	{Damaged, []error{eventstore.ErrCorrupt, eventstore.ErrPositionBeyondHead, vault.ErrDamaged}},
	{Unavailable, []error{eventstore.ErrUnavailable, vault.ErrUnavailable}},
}

// OutageOf tells what an error of a Handler says about the store and the
// vault; NoOutage for every other error.
func OutageOf(err error) Outage {
	for _, line := range outages {
		for _, known := range line.errs {
			if errors.Is(err, known) {
				return line.outage
			}
		}
	}
	return NoOutage
}
