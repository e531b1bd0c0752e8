package domain

// Reading names what of another stream a command was judged on: the stream and
// the revision of its newest event then. What the stream became afterwards does
// not undo the fact; it can be seen by comparing.
type Reading struct {
	Stream   string
	Revision uint32
}

// Reader is a command that is judged on a read of another stream as well. Reads
// names that stream; empty: none this time. Given is the command with what was
// found there: its events name the reading.
type Reader interface {
	Command
	Reads() string
	Given(Found) Command
}

// Preceded is a command whose events presuppose a fact in another stream. Before
// asks for that fact, which is recorded first: if nothing follows it, it has said
// no more than that something may follow. Nil: there is none.
type Preceded interface {
	Command
	Before() Command
}

// Found is another stream as it stood when a command was judged.
type Found struct {
	Reading
	State State // only to be read, and only now
	Now   Instant
	Codes CodeOf
}

// CodeOf derives the check-in code of a window at a time step. Whoever knows no
// secret of the ledger cannot.
type CodeOf func(a ActivityID, window uint32, step int64) string

// codeStep is how long a check-in code is shown. One step more or less is
// forgiven: the screen may be slow, and so may be the hand.
const codeStep Instant = 60_000 // milliseconds

// CodeStep is the step of check-in codes an instant lies in, and when the next
// one begins.
func CodeStep(at Instant) (step int64, until Instant) {
	step = floorDiv(int64(at), int64(codeStep))
	return step, Instant(step+1) * codeStep
}

// right reports whether a code is one of the window at about that time.
func (codes CodeOf) right(a ActivityID, w Window, at Instant, code string) bool {
	if codes == nil || code == "" {
		return false
	}
	step, _ := CodeStep(at)
	right := false
	for i := step - 1; i <= step+1; i++ {
		right = right || codes(a, w.No, i) == code
	}
	return right
}

// ActivitySeen is what of an activity's stream those commands are judged on
// that are decided elsewhere.
type ActivitySeen struct {
	Read                                Reading
	Exists, Cancelled, Closed, Attested bool
	Plan                                Plan
	Window                              Window
	CodeRight                           bool // the code given is the one shown now
}

func seeActivity(f Found, id ActivityID, code string) ActivitySeen {
	a, ok := f.State.(*Activity)
	if !ok {
		return ActivitySeen{Read: f.Reading}
	}
	return ActivitySeen{
		Read: f.Reading, Exists: a.Exists, Cancelled: a.Cancelled, Closed: a.Closed, Attested: a.Attested,
		Plan: a.Plan, Window: a.Window, CodeRight: f.Codes.right(id, a.Window, f.Now, code),
	}
}

// PersonSeen is what of a person's stream a sign-up is judged on.
type PersonSeen struct {
	Read      Reading
	Refusal   Code // why nothing may be recorded for the person; empty: it may
	Consented bool
	Home      CommunityCode // that keeps the person's enrolment
	// ConsentsFrom is the day from which the person consents alone.
	ConsentsFrom Day
}

func seePerson(f Found) PersonSeen {
	seen := PersonSeen{Read: f.Reading, Refusal: SubjectUnknown}
	p, ok := f.State.(*Person)
	if !ok {
		return seen
	}
	seen.Refusal, seen.Consented, seen.Home, seen.ConsentsFrom = "", p.Consented(ConsentRecord), p.home(), p.Enrolled.ConsentsFrom()
	if r := p.unavailable(nil); r != nil {
		seen.Refusal = r.Code
	}
	return seen
}
