package projections

import (
	"slices"
	"strconv"

	"zhishu/domain"
)

// PolicyProposal is a version that somebody proposed, and what became of it.
type PolicyProposal struct {
	Policy   domain.PolicyRef
	Version  *domain.PolicyVersion // Adopted is the day of the approval, or MinDay
	No       domain.ProposalNo
	Reason   string
	Proposed Step
	State    ProposalState
	Decided  Step   // zero while it waits
	Refusal  string // why it was refused
}

// Retroactive reports a version that would be, or is, in force from before its
// adoption; of one that waits, from before the day of the view.
func (p *PolicyProposal) Retroactive(today domain.Day) bool {
	on := today
	if p.State != ProposalWaits && p.State != ProposalOvertaken {
		on = p.Decided.Day
	}
	return p.Version.From < on
}

// Step is who did something and when.
type Step struct {
	Size   domain.Size // after it
	Day    domain.Day  // of the ledger's time
	By     domain.AccountID
	Handle string
}

// ProposalState is what became of a proposal.
type ProposalState string

const (
	ProposalWaits     ProposalState = "waiting"
	ProposalOvertaken ProposalState = "overtaken" // another version was adopted meanwhile: it can only be refused
	ProposalApproved  ProposalState = "approved"
	ProposalRefused   ProposalState = "refused"
)

// PolicyProposals lists the proposals that concern a division, the newest
// first.
type PolicyProposals struct {
	Footing
	Division domain.Division
	Waiting  int64 // whatever was filtered
	Decided  int64
	Rows     []PolicyProposal
	Next     string
}

// ProposalFilter chooses among proposals; empty fields choose all.
type ProposalFilter struct {
	Kind  domain.PolicyKind
	State string // waiting, also those overtaken, or decided
}

// step is who did something in the event that followed a size.
func (v *View) step(at uint32, by domain.AccountID) Step {
	return Step{Size: domain.Size(at) + 1, Day: v.b.dayOf(at + 1), By: by, Handle: v.handleOf(by)}
}

// PolicyProposals lists what was proposed for a division, a division above it
// or one within it.
func (v *View) PolicyProposals(d domain.Division, f ProposalFilter, page Page) (PolicyProposals, error) {
	out := PolicyProposals{Division: d}
	after, err := sizeCursor(page.After)
	if err != nil {
		return out, err
	}
	all := v.proposalsBefore()
	slices.Reverse(all)
	for i := range all {
		x := &all[i]
		if scope := x.version.ID.Scope; !scope.Covers(d) && !d.Covers(scope) {
			continue
		}
		state := "decided"
		if x.decidedAt == never {
			state = "waiting"
			out.Waiting++
		} else {
			out.Decided++
		}
		if f.Kind != "" && f.Kind != x.version.ID.Kind || f.State != "" && f.State != state || after != nil && x.at >= *after {
			continue
		}
		if len(out.Rows) == page.limit() {
			if out.Next == "" {
				out.Next = strconv.FormatUint(uint64(out.Rows[len(out.Rows)-1].Proposed.Size-1), 10)
			}
			continue
		}
		out.Rows = append(out.Rows, v.proposal(x))
	}
	out.Footing = v.footing(d, 0)
	out.ChangedAt = domain.Size(v.size) // proposals and accounts have no stamp of their own
	return out, nil
}

func (v *View) proposal(x *proposalRow) PolicyProposal {
	version := *x.version
	out := PolicyProposal{
		Policy: version.Ref(), Version: &version, No: x.no, Reason: x.reason, Proposed: v.step(x.at, x.by), State: ProposalWaits, Refusal: x.refusal,
	}
	switch {
	case x.decidedAt == never && version.Version != v.newest(version.ID)+1:
		out.State = ProposalOvertaken
	case x.decidedAt == never:
	case x.approved:
		// The adoption follows in the same append, dated the day of the approval.
		out.State, out.Decided = ProposalApproved, v.step(x.decidedAt, x.decidedBy)
		if p := v.rules.Version(version.Ref()); p != nil {
			out.Version, out.Decided.Day = p, p.Adopted
		}
	default:
		out.State, out.Decided = ProposalRefused, v.step(x.decidedAt, x.decidedBy)
	}
	return out
}

// newest is the number of a policy's newest version at the view; zero when none
// was adopted.
func (v *View) newest(id domain.PolicyID) (n int) {
	for _, p := range v.b.policiesAt(v.size) {
		if p.version.ID == id {
			n = max(n, p.version.Version)
		}
	}
	return n
}

// sizeCursor reads the ledger size that orders a list; nil: its beginning.
func sizeCursor(after string) (*uint32, error) {
	if after == "" {
		return nil, nil
	}
	n, err := strconv.ParseUint(after, 10, 32)
	if err != nil {
		return nil, ErrCursor
	}
	size := uint32(n)
	return &size, nil
}
