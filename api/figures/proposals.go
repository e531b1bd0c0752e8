package figures

import "zhishu/projections"

// PolicyProposals lists versions that were proposed for a division, one above it
// or one within it, and what became of them.
type PolicyProposals struct {
	Footing
	Division string           `json:"division"`
	Waiting  int64            `json:"waiting" doc:"Whatever was filtered"`
	Decided  int64            `json:"decided"`
	Rows     []PolicyProposal `json:"rows" doc:"The newest first"`
	Next     string           `json:"next,omitempty" doc:"Cursor of the next page"`
}

// PolicyProposal is one of them.
type PolicyProposal struct {
	Policy
	Proposal    uint32      `json:"proposal" doc:"Number of the proposal within the policy's stream"`
	Reason      string      `json:"reason"`
	Status      string      `json:"status" enum:"waiting,overtaken,approved,refused" doc:"overtaken: another version was adopted meanwhile, so that it can only be refused"`
	StatusZh    string      `json:"statusZh"`
	Retroactive bool        `json:"retroactive" doc:"In force from before its adoption; of one that waits, from before the day of the point of view"`
	Proposed    Step        `json:"proposed"`
	Decided     *Step       `json:"decided,omitempty" doc:"Absent while it waits"`
	Refusal     string      `json:"refusal,omitempty" doc:"Why it was refused"`
	Operations  []Operation `json:"operations,omitempty" doc:"That decide it, by another person than who proposed it"`
}

// Step is who did something and when.
type Step struct {
	By   string `json:"by,omitempty" doc:"Account"`
	Day  string `json:"day" format:"date"`
	Size uint64 `json:"size" doc:"Ledger size after it"`
}

var proposalStates = map[projections.ProposalState]string{
	projections.ProposalWaits: "待批", projections.ProposalOvertaken: "待批，其间已通过另一版",
	projections.ProposalApproved: "已批准", projections.ProposalRefused: "未批准",
}

// PolicyProposalsOf makes the list.
func PolicyProposalsOf(p projections.PolicyProposals) PolicyProposals {
	out := PolicyProposals{
		Footing: Foot(p.Footing), Division: p.Division.String(), Waiting: p.Waiting, Decided: p.Decided, Rows: make([]PolicyProposal, 0, len(p.Rows)),
	}
	for i := range p.Rows {
		x := &p.Rows[i]
		row := PolicyProposal{
			Policy: PolicyOf(x.Version), Proposal: uint32(x.No), Reason: x.Reason, Status: string(x.State), StatusZh: proposalStates[x.State],
			Retroactive: x.Retroactive(p.Day), Proposed: stepOf(x.Proposed), Refusal: x.Refusal,
		}
		switch x.State {
		case projections.ProposalApproved, projections.ProposalRefused:
			decided := stepOf(x.Decided)
			row.Decided = &decided
		default:
			row.Operations = policyAnswers(x.Policy.ID, x.No)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func stepOf(s projections.Step) Step { return Step{by(s), day(s.Day), uint64(s.Size)} }
