package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

// activityRow is an activity and the heads of its chains.
type activityRow struct {
	id        domain.ActivityID
	plans     uint32 // newest planRow; atomic
	signUps   uint32 // newest signUpRow; atomic
	windows   uint32 // newest windowRow; atomic
	attended  uint32 // newest attendanceRow; atomic
	prevHere  uint32 // of the community
	community uint32 // never changes
	at        uint32
	next      uint32 // revision of the next event; the runner's
	cancelled uint32 // size; atomic
	closed    uint32 // size; atomic
	attested  uint32 // size; atomic
	attester  uint32 // account; valid once attested is set
	notice    uint32 // words of the cancellation; valid once cancelled is set
	people    uint32 // as counted; valid once closed is set
	cancelAt  uint32 // revision of the cancellation; valid once cancelled is set
	attestAt  uint32 // revision of the attestation; valid once attested is set
}

// planRow is one value of an activity, from the size it came at until the next.
type planRow struct {
	makeupOf     domain.ActivityID
	inCharge     domain.PersonID
	start, end   int64
	prev         uint32 // of the activity
	at           uint32
	words        uint32
	organisation uint32 // none for the committee
	capacity     uint32
	revision     uint32 // of the event that brought it
	kind         activityKind
}

// activityKind is a kind in one byte; 0 is one this program does not know.
type activityKind uint8

var activityKinds = [...]domain.ActivityKind{
	"", domain.ServiceActivity, domain.StudySession, domain.Talk, domain.Course, domain.DonationDrive,
}

func kindOf(k domain.ActivityKind) activityKind {
	for i, known := range activityKinds {
		if k == known {
			return activityKind(i)
		}
	}
	return 0
}

// planWords are the texts of a plan; of a cancellation only the notice.
type planWords struct{ title, category, place, layer, series, notice string }

type signUpRow struct {
	person    uint32
	prev      uint32 // of the activity
	at        uint32
	withdrawn uint32 // size; atomic
}

type windowRow struct {
	from, until int64
	stop        int64  // valid once stopped is set
	prev        uint32 // of the activity
	at          uint32
	stopped     uint32 // size; atomic
}

// attendanceRow is one person at one activity: a check-in, and what came of
// it, or an entry from a sheet.
type attendanceRow struct {
	in       int64 // instant of the check-in; zero without one
	until    int64 // end of the window it was given in
	activity uint32
	person   uint32
	prev     uint32 // of the activity
	at       uint32
	checkIn  uint32 // number of the check-in; none without one
	read     uint32 // revision of the activity it was judged on
	entry    uint32 // entryRow that claimed it; valid once out is set
	out      uint32 // size; atomic
}

// pending reports a check-in that nothing came of by a size.
func (r *attendanceRow) pending(size uint32) bool {
	return r.at < size && atomic.LoadUint32(&r.out) >= size
}

// checkInKey finds an open check-in: its person and number.
type checkInKey struct{ person, number uint32 }
