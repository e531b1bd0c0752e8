package imports

import (
	"context"

	"zhishu/commands"
	"zhishu/domain"
)

// writeMember enrols somebody of a sheet of people with membership and consent,
// or records for somebody known what else the rows say. What is recorded
// already is not said again; consent that was withdrawn is not given anew by a
// list. The refusal is that of the enrolment.
func (r *run) writeMember(ctx context.Context, q *person, w *written) (*domain.Refusal, error) {
	if g := q.guardian; g != nil && g.code != "" {
		r.refuseAll(q, domain.Refuse(GuardianUnknown, "guardian"), w)
		return nil, nil
	}
	m := memberRequests{r: r, q: q, before: &domain.Person{}}
	if !q.isNew {
		var err error
		if m.before, err = r.personState(ctx, q.id); err != nil {
			return nil, err
		}
	}
	if err := m.contact(ctx); err != nil {
		return nil, err
	}
	for n, i := range q.lines {
		if r.sheet.lines[i].fate.open() {
			m.row(i, q.isNew && n == 0)
		}
	}
	w.verdicts = append(w.verdicts, m.refused...)
	if len(m.reqs) == 0 {
		return nil, nil
	}
	var would []commands.Would
	if g := q.guardian; g != nil && g.isNew {
		would = append(would, commands.Would{Stream: g.id.Stream(), State: &domain.Person{Exists: true}})
	}
	would = append(would, m.would...)
	outs, err := r.do(ctx, m.reqs, would...)
	if err != nil {
		return nil, err
	}
	return noteMember(outs, m.steps, w), nil
}

// memberRequests gathers what is asked for one person.
type memberRequests struct {
	r      *run
	q      *person
	before *domain.Person // as it stands, of somebody known
	reqs   []commands.Request
	steps  []step

	would   []commands.Would // groups that are registered before
	refused []verdict        // what need not be asked for
}

func (m *memberRequests) add(i int32, op string, what stepOp, c domain.Command) {
	m.reqs = append(m.reqs, m.r.request(m.r.job.Recorder, &m.r.sheet.lines[i], op, c))
	m.steps = append(m.steps, step{line: i, op: what})
}

// row asks for what one row says.
func (m *memberRequests) row(i int32, enrol bool) {
	r, q, said := m.r, m.q, &m.r.sheet.members[i]
	if enrol {
		m.add(i, "enrol", opEnrol, q.enrolment(r.job, r.id))
	}
	community := domain.Membership{Kind: domain.MemberOfCommunity, Community: r.job.Community, From: said.joined, To: domain.MaxDay, Basis: domain.ByRoster}
	if said.joined == domain.NoDay {
		community.Basis = domain.Imported // from today; a sheet of earlier deeds may know better
	}
	held := m.held(said)
	if held == nil {
		m.add(i, "join", opBelong, &domain.StartMembership{Person: q.id, Membership: community})
		if community.From == domain.NoDay {
			community.From = r.handler.Now().Day()
		}
		m.before.Evolve(&domain.MembershipStarted{Membership: community}, domain.Meta{}) // a further row finds it
		held = m.held(said)
	}
	if said.left != domain.NoDay && held.To != said.left {
		m.add(i, "leave", opFurther, &domain.EndMembership{Person: q.id, Kind: domain.MemberOfCommunity, Community: r.job.Community, To: said.left})
		held.To = said.left
	}
	if enrol || m.before.Enrolled.Row.Import == r.id && !m.before.Consented(domain.ConsentRecord) {
		consent := domain.Consent{Kind: domain.ConsentRecord, Basis: said.consent, Witness: r.job.Recorder, From: domain.NoDay}
		if q.guardian != nil {
			consent.Guardian = q.guardian.id
		}
		m.add(i, "consent", opBelong, &domain.GiveConsent{Person: q.id, Consent: consent})
	}
	m.join(i, said)
	if enrol && said.publish {
		consent := domain.Consent{Kind: domain.ConsentPublish, Basis: said.consent, Witness: r.job.Recorder, From: domain.NoDay}
		if q.guardian != nil {
			consent.Guardian = q.guardian.id
		}
		m.add(i, "publish", opFurther, &domain.GiveConsent{Person: q.id, Consent: consent})
	}
}

// held is the membership of the community that the row speaks of, when it is
// recorded already; nil when it is to begin, or to begin earlier.
func (m *memberRequests) held(said *member) *domain.Membership {
	for i := range m.before.Memberships {
		x := &m.before.Memberships[i]
		if x.Kind != domain.MemberOfCommunity || x.Community != m.r.job.Community {
			continue
		}
		if said.joined == domain.NoDay && (x.To == domain.MaxDay || x.To == said.left) || said.joined != domain.NoDay && x.From <= said.joined && said.joined <= x.To {
			return x
		}
	}
	return nil
}

// noteMember counts what became of a person's rows. A row is refused when the
// membership or the consent is; what it says further may be refused alone.
func noteMember(outs []commands.Outcome, steps []step, w *written) *domain.Refusal {
	added, refused := map[int32]bool{}, map[int32]bool{}
	for k, o := range outs {
		w.reached(o.Position)
		s, refusal := steps[k], refusalOf(o)
		switch {
		case refusal == nil:
			added[s.line] = added[s.line] || isNew(o)
			if s.op == opEnrol && isNew(o) {
				w.enrolled++
			}
			if s.op == opContact && isNew(o) {
				w.updated++
			}
		case s.op == opEnrol && refusal.Code != domain.SubjectExists:
			return refusal
		case s.op == opBelong && !refused[s.line]:
			refused[s.line] = true
			w.refused(s.line, refusal)
		case s.op == opFurther, s.op == opContact:
			w.verdicts = append(w.verdicts, verdict{line: s.line, code: refusal.Code, field: first(s.field, refusal.Field), stays: true})
		}
	}
	for line := range added {
		if added[line] && !refused[line] {
			w.added++
		}
	}
	return nil
}
