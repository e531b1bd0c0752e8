package projections

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
)

// fact is a ledger event decoded, with what can be computed before its turn.
type fact struct {
	ref      domain.StreamRef
	stream   string
	event    domain.Event
	recorded domain.Instant
	account  domain.AccountID // that recorded it
	revision uint64
	hash     uint64 // of the stream's identity
	content  uint64 // of a study deed
	ledger   bool   // false: not counted, only its position matters
	withheld bool   // counted, and nothing else is known of it
	err      error
}

// Withheld is the stream that stands for a fact of which only its place in the
// ledger is known. No command writes to it, and only a Replay that allows for it
// takes it.
const Withheld = "withheld"

// decode turns a recorded event into a fact. It runs in parallel and must
// depend on nothing but its arguments.
func decode(d *wire.Decoder, rec *eventstore.Recorded, f *fact) {
	*f = fact{stream: rec.Stream, revision: uint64(rec.Revision)}
	if f.ledger = eventstore.IsLedger(rec.Stream); !f.ledger {
		return
	}
	if f.withheld = rec.Stream == Withheld; f.withheld {
		return
	}
	var ok bool
	if f.ref, ok = domain.ParseStream(rec.Stream); !ok {
		f.err = fmt.Errorf("%w: a stream of an unknown kind", ErrNotUnderstood)
		return
	}
	recorded, account, version, err := d.DecodeMetaHead(rec.Metadata)
	if err != nil {
		f.err = err
		return
	}
	f.recorded, f.account = recorded, account
	if f.event, f.err = d.Decode(f.ref, rec.Type, version, rec.Data); f.err != nil {
		return
	}
	f.hash = hashUUID(f.ref.ID)
	switch e := f.event.(type) {
	case *domain.EntryClaimed:
		f.content = contentOf(&e.Deed)
	case *domain.CheckedOut:
		f.content = contentOf(&e.Deed)
	case *domain.EntryCorrectionProposed:
		f.content = contentOf(&e.Deed)
	}
}

// contentOf stands for what was studied: the named activity, or else the
// title. 64 bits of SHA-256 keep a row small; two contents that share them
// would only be taken for one if the same person studied both on one day.
func contentOf(d *domain.Deed) uint64 {
	if d.Kind != domain.Study {
		return 0
	}
	var sum [sha256.Size]byte
	if !d.Activity.IsZero() {
		sum = sha256.Sum256(d.Activity.UUID[:])
	} else {
		var short [256]byte
		sum = sha256.Sum256(append(short[:0], d.Title...))
	}
	return binary.LittleEndian.Uint64(sum[:8])
}
