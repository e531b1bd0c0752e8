package imports

import (
	"context"

	"zhishu/commands"
	"zhishu/domain"
)

// step says what a request of a person's list is for.
type step struct {
	line  int32 // -1: for the person, not for a row
	op    stepOp
	field string // of what may be refused alone, where the refusal does not say it
}

type stepOp uint8

const (
	opEnrol   stepOp = iota
	opBelong         // membership and consent
	opFurther        // what a row says beside; it may be refused alone
	opContact        // another name or phone; it may be refused alone
	opClaim
	opConfirm
)

// writePerson records everything a sheet says of one person in as few appends
// as it takes: enrolment, membership and consent of somebody new, then the
// rows in their order, each claim followed by its confirmation.
func (r *run) writePerson(ctx context.Context, i int, w *written) error {
	q := r.sheet.people.list[i]
	for met := 0; ; met++ {
		switch {
		case !r.open(q):
			return nil
		case q.code != "":
			r.refuseAll(q, domain.Refuse(q.code, q.fault()), w)
			return nil
		}
		refusal, err := r.writeFacts(ctx, q, w)
		if err != nil {
			return err
		}
		if refusal == nil {
			break
		}
		if met == mostMeetings || !metMeanwhile(refusal) {
			q.code = refusal.Code
			r.refuseAll(q, refusal, w)
			return nil
		}
		if err := r.meet(ctx, q); err != nil {
			return err
		}
	}
	for _, l := range q.lines {
		if r.sheet.lines[l].fate == fateCorrect {
			if err := r.correctDeed(ctx, q, l, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// fault is the field that is to blame for the code.
func (q *person) fault() string {
	switch q.code {
	case GuardianUnknown, domain.GuardianMissing:
		return "guardian"
	}
	return "person"
}

// writeFacts enrols the person, if need be, and records the new rows. The
// refusal is that of the enrolment; then nothing was recorded.
func (r *run) writeFacts(ctx context.Context, q *person, w *written) (*domain.Refusal, error) {
	if r.job.DryRun && q.id.IsZero() {
		id, err := randomUUID()
		if err != nil {
			return nil, err
		}
		q.id.UUID = id // forgotten with the run
	}
	if r.job.Kind == domain.ImportPeople {
		return r.writeMember(ctx, q, w)
	}
	r.askFor(q, &w.asked)
	if len(w.asked.requests) == 0 {
		return nil, nil
	}
	outs, err := r.do(ctx, w.asked.all())
	if err != nil {
		return nil, err
	}
	return r.notePerson(outs, w.asked.steps, w), nil
}

// refuseAll refuses the person's rows that are still to be written.
func (r *run) refuseAll(q *person, refusal *domain.Refusal, w *written) {
	for _, l := range q.lines {
		if r.sheet.lines[l].fate.open() {
			w.refused(l, refusal)
		}
	}
}

// askFor gathers what is to be recorded of a person.
func (r *run) askFor(q *person, a *asked) {
	a.begin(len(q.lines))
	if q.isNew {
		head := &line{number: q.row, print: q.print}
		a.add(r, r.job.Recorder, head, "enrol", q.enrolment(r.job, r.id), step{line: -1, op: opEnrol})
		a.add(r, r.job.Recorder, head, "join", &domain.StartMembership{Person: q.id, Membership: domain.Membership{
			Kind: domain.MemberOfCommunity, Community: r.job.Community, From: q.firstDay, To: domain.MaxDay, Basis: domain.Imported,
		}}, step{line: -1, op: opBelong})
		a.add(r, r.job.Recorder, head, "consent", &domain.GiveConsent{Person: q.id, Consent: domain.Consent{
			Kind: domain.ConsentRecord, Basis: r.job.ConsentBasis, Witness: r.job.Recorder, From: q.firstDay,
		}}, step{line: -1, op: opBelong})
	} else if from, earlier := r.earlierMember(q); earlier {
		head := &line{number: q.row, print: q.print}
		a.add(r, r.job.Recorder, head, "join-earlier", &domain.StartMembership{Person: q.id, Membership: domain.Membership{
			Kind: domain.MemberOfCommunity, Community: r.job.Community, From: from, To: domain.MaxDay, Basis: domain.Imported,
		}}, step{line: -1, op: opBelong})
	}
	for _, i := range q.lines {
		l := &r.sheet.lines[i]
		if l.fate != fateAdd {
			continue
		}
		a.add(r, r.job.Recorder, l, "claim", r.claimOf(q, &r.sheet.deeds[i], r.rowOf(l), a), step{line: i, op: opClaim})
		if !r.job.Confirmer.IsZero() {
			a.confirms = append(a.confirms, domain.ConfirmEntry{Person: q.id, Row: r.rowOf(l)})
			a.add(r, r.job.Confirmer, l, "confirm", &a.confirms[len(a.confirms)-1], step{line: i, op: opConfirm})
		}
	}
}

// earlierMember is the day from which the sheet shows somebody to be a member who
// was enrolled by a later sheet: whose membership rests on that sheet's earliest
// row alone. A membership that somebody stated stays as it is, and so does one
// that has ended.
func (r *run) earlierMember(q *person) (domain.Day, bool) {
	m, ok := r.view.OpenMembership(q.id, r.job.Community)
	if !ok || m.Basis != domain.Imported {
		return domain.NoDay, false
	}
	first := m.From
	for _, l := range q.lines {
		if r.sheet.lines[l].fate.open() {
			first = min(first, r.sheet.deeds[l].span.Day)
		}
	}
	return first, first < m.From
}

// notePerson counts what became of a person's requests, unless the person could
// not be enrolled. Who came to exist meanwhile under the very id that this
// import reserved is the same person: then the rows stand.
func (r *run) notePerson(outs []commands.Outcome, steps []step, w *written) *domain.Refusal {
	claimed := true
	for k, o := range outs {
		w.reached(o.Position)
		refusal := refusalOf(o)
		switch s := steps[k]; {
		case s.op == opEnrol && refusal != nil && refusal.Code != domain.SubjectExists:
			return refusal
		case s.op == opEnrol && isNew(o):
			w.enrolled++
		case s.op == opClaim:
			if claimed = refusal == nil; !claimed {
				w.refused(s.line, refusal)
			} else if isNew(o) {
				w.added++
			}
		case s.op == opConfirm && claimed && refusal != nil:
			w.verdicts = append(w.verdicts, verdict{line: s.line, code: refusal.Code, field: refusal.Field, stays: true})
		case s.op == opConfirm && claimed && isNew(o):
			w.confirmed++
		}
	}
	return nil
}

// correctDeed offers the correction of an earlier entry; the confirmer, if
// there is one, approves it. An entry that says the same already is one that
// came again.
func (r *run) correctDeed(ctx context.Context, q *person, i int32, w *written) error {
	l, d, c := &r.sheet.lines[i], &r.sheet.deeds[i], r.changes[i]
	reqs := []commands.Request{r.request(r.job.Recorder, l, "correct", &domain.ProposeCorrection{
		Person: c.ref.Person, Entry: c.ref.Entry, Deed: d.command(&r.job), Reason: correctionReason + "；" + c.note, Row: r.rowOf(l), Evidence: r.evidence(),
	})}
	if !r.job.Confirmer.IsZero() {
		reqs = append(reqs, r.request(r.job.Confirmer, l, "approve", &domain.DecideProposal{
			Person: c.ref.Person, Entry: c.ref.Entry, Row: r.rowOf(l), Approve: true,
		}))
	}
	outs, err := r.do(ctx, reqs)
	if err != nil {
		return err
	}
	if refusal := refusalOf(outs[0]); refusal != nil && refusal.Code == domain.NothingChanges {
		l.fate = fateSame
		return nil
	}
	if r.noteCorrection(i, outs, w) {
		return nil
	}
	state, err := r.handler.State(ctx, c.ref.Person.Stream())
	if p, ok := state.(*domain.Person); ok {
		if e := p.Entry(c.ref.Entry); e != nil {
			w.waiting = append(w.waiting, waiting{i, int64(e.Deed.Span.Minutes)})
		}
	}
	return err
}
