package projections

import "zhishu/domain"

// proposalRow is a policy version that somebody proposed, and what became of it.
type proposalRow struct {
	at        uint32
	no        domain.ProposalNo
	by        domain.AccountID
	version   *domain.PolicyVersion
	reason    string
	decidedAt uint32 // never while it waits
	decidedBy domain.AccountID
	approved  bool
	refusal   string // why it was refused
}

// reopeningRow: from size at until size until the reopening of a closed period
// waited for a second person.
type reopeningRow struct {
	at, until uint32
	community uint32
	period    domain.Period
	no        domain.ProposalNo
	by        domain.AccountID
}

func (b *books) proposePolicy(e *domain.PolicyProposed, no uint32, by domain.AccountID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.proposals = append(b.proposals, proposalRow{
		at: b.size, no: domain.ProposalNo(no), by: by, version: &e.Policy, reason: e.Reason, decidedAt: never,
	})
}

func (b *books) decidePolicy(id domain.PolicyID, no domain.ProposalNo, by domain.AccountID, approved bool, refusal string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.proposals) - 1; i >= 0; i-- {
		if x := &b.proposals[i]; x.version.ID == id && x.no == no && x.decidedAt == never {
			x.decidedAt, x.decidedBy, x.approved, x.refusal = b.size, by, approved, refusal
			return
		}
	}
}

func (b *books) proposeReopening(e *domain.PeriodReopeningProposed, no uint32, by domain.AccountID) {
	row := reopeningRow{at: b.size, until: never, community: b.communityOf(e.Code), period: e.Period, no: domain.ProposalNo(no), by: by}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reopening = append(b.reopening, row)
}

func (b *books) decideReopening(code domain.CommunityCode, period domain.Period) {
	community := b.communityOf(code)
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.reopening {
		if x := &b.reopening[i]; x.community == community && x.period == period && x.until == never {
			x.until = b.size
		}
	}
}

// proposalsBefore copies the proposals made before the view, as they stood.
func (v *View) proposalsBefore() (out []proposalRow) {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	for _, x := range v.b.proposals {
		if x.at >= v.size {
			break
		}
		if x.decidedAt >= v.size {
			x.decidedAt, x.decidedBy, x.approved, x.refusal = never, domain.AccountID{}, false, ""
		}
		out = append(out, x)
	}
	return out
}

// reopeningsAt copies the reopenings that wait at the view.
func (v *View) reopeningsAt() (out []reopeningRow) {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	for _, x := range v.b.reopening {
		if x.at < v.size && x.until >= v.size {
			out = append(out, x)
		}
	}
	return out
}
