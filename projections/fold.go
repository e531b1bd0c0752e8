package projections

import (
	"errors"
	"fmt"

	"zhishu/domain"
)

// ErrNotUnderstood: the log holds something this program cannot fold, so the
// read models stop before it.
var ErrNotUnderstood = errors.New("the read models cannot go on")

// applyBatch folds a batch in, up to a ledger size, and publishes it: in front
// of a fault, too.
func (b *books) applyBatch(in *batch, until uint32) *Halt {
	f := b.frontier.Load()
	position, last := f.position, f.last
	var halt *Halt
	for i := range in.facts {
		rec := &in.recorded[i]
		if in.facts[i].ledger {
			if b.size == until {
				break
			}
			if err := b.apply(&in.facts[i]); err != nil {
				halt = &Halt{rec.Position, domain.Size(b.size), rec.Stream, uint64(rec.Revision), rec.Type, err}
				break
			}
			b.mark(rec.Position)
			last = rec.ID
		}
		position = rec.Position
	}
	b.publish(position, last)
	return halt
}

// apply folds one ledger event in. After an error nothing of it was folded.
func (b *books) apply(f *fact) error {
	if f.err != nil {
		return f.err
	}
	if b.size >= many {
		return fmt.Errorf("%w: a ledger holds at most %d events", ErrNotUnderstood, many)
	}
	if f.withheld {
		if !b.partial {
			return malformed("a fact is withheld")
		}
		b.size++
		return nil
	}
	var err error
	switch f.ref.Category {
	case domain.PersonCategory:
		err = b.applyPerson(f)
	case domain.DonationCategory:
		err = b.applyDonation(f)
	case domain.AccountCategory:
		err = b.applyAccount(f)
	case domain.ActivityCategory:
		err = b.applyActivity(f)
	default:
		err = b.applySmall(f)
	}
	if err != nil {
		return err
	}
	b.size++
	return nil
}

func gap(f *fact, expected uint32) error {
	return fmt.Errorf("%w: revision %d of the stream is missing, found %d", ErrNotUnderstood, expected, f.revision)
}

func malformed(what string) error { return fmt.Errorf("%w: %s", ErrNotUnderstood, what) }

// smallEvent is an event of a stream of which there are few. All of them are
// kept, and are what a snapshot holds of the tables made of them.
type smallEvent struct {
	at     uint32
	stream string
	event  domain.Event
	no     uint32           // its revision
	by     domain.AccountID // that recorded it
}

// applySmall folds the streams of which there are few.
func (b *books) applySmall(f *fact) error {
	next := b.revisions[f.stream]
	if f.revision != uint64(next) {
		return gap(f, next)
	}
	if err := b.foldSmall(f.stream, f.event, next, f.account); err != nil {
		return err
	}
	if e, ok := f.event.(*domain.CommunityFlagReviewed); ok {
		b.noteReview(e.Flag, e.Outcome, f.account)
	}
	b.clock(f.recorded)
	b.revisions[f.stream] = next + 1
	return nil
}

func (b *books) foldSmall(stream string, event domain.Event, no uint32, by domain.AccountID) error {
	switch e := event.(type) {
	case *domain.CommunityRegistered:
		b.register(e)
	case *domain.CommunitySucceeded:
		if err := b.succeed(e); err != nil {
			return err
		}
	case *domain.PeriodClosed:
		b.closePeriod(e)
	case *domain.PeriodReopeningProposed:
		b.proposeReopening(e, no, by)
	case *domain.PeriodReopened:
		b.reopenPeriod(e)
		b.decideReopening(e.Code, e.Period)
	case *domain.PeriodReopeningRefused:
		b.decideReopening(e.Code, e.Period)
	case *domain.PopulationRecorded:
		b.recordPopulation(e)
	case *domain.PolicyProposed:
		b.proposePolicy(e, no, by)
	case *domain.PolicyApproved:
		b.decidePolicy(e.ID, e.Proposal, by, true, "")
	case *domain.PolicyRefused:
		b.decidePolicy(e.ID, e.Proposal, by, false, e.Reason)
	case *domain.PolicyAdopted:
		b.adopt(&e.Policy)
	case *domain.ImportStarted:
		b.startImport(e)
	case *domain.ImportFinished:
		b.finishImport(e)
	default:
		if !b.foldGroup(stream, event, no) {
			return nil // known, and in no figure yet
		}
	}
	b.small = append(b.small, smallEvent{b.size, stream, event, no, by})
	return nil
}
