package projections

import "zhishu/domain"

// waitingSubjects are what waits, claims apart, which are in the digest of the
// stars, and every proposal of a policy with what became of it. They hold no
// ledger size: streams that do not know each other come in any order.
func (v *View) waitingSubjects(add func(*subjectRow)) {
	var r subjectRow
	for j := range v.b.waits.seen() {
		w := v.b.waits.at(j)
		if !w.waits(v.size) {
			continue
		}
		r.reset("waiting")
		r.text(string(waitKinds[w.kind]))
		switch w.kind {
		case waitGift, waitGiver, waitEnquiry:
			r.id(v.b.donations.at(w.subject).id.UUID)
		case waitAttestation:
			r.id(v.b.activities.at(w.subject).id.UUID)
		default:
			r.id(v.b.persons.at(w.subject).id.UUID)
		}
		r.num(int64(w.no))
		r.num(int64(w.entry))
		switch {
		case w.other == none:
		case w.ofNumbers():
			r.id(v.b.persons.at(w.other).id.UUID)
		case w.kind == waitGiver:
			r.id(v.b.givers.at(w.other).id.UUID)
		default:
			r.num(int64(w.other))
		}
		v.communityInto(w.community, &r)
		r.id(v.accountOf(w.by).UUID)
		add(&r)
	}
	for _, x := range v.reopeningsAt() {
		r.reset("waiting")
		r.text(string(WaitReopening))
		v.communityInto(x.community, &r)
		r.text(x.period.String())
		r.num(int64(x.no))
		r.id(x.by.UUID)
		add(&r)
	}
	for _, x := range v.proposalsBefore() {
		p := v.proposal(&x)
		r.reset("waiting")
		r.text(string(WaitPolicy))
		r.policy(x.version)
		r.policyBody(x.version)
		r.num(int64(x.no))
		r.text(x.reason)
		r.text(string(p.State))
		r.text(x.refusal)
		r.num(int64(p.Version.From))
		for _, by := range []domain.AccountID{x.by, x.decidedBy} {
			r.id(by.UUID)
		}
		add(&r)
	}
}
