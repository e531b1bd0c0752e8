package figures

import (
	"fmt"

	"zhishu/domain"
	"zhishu/projections"
)

// Waiting lists what waits for somebody's answer in a division (待办), the oldest
// first.
type Waiting struct {
	Footing
	Division string      `json:"division"`
	Account  string      `json:"account,omitempty" doc:"Whose list it is: without what that account asked itself, what is about its own person, and what lies outside its scope"`
	Kinds    []WaitCount `json:"kinds" doc:"Of everything that waits, whatever kind was asked for"`
	Total    int64       `json:"total" doc:"Of the kind asked for"`
	Rows     []Wait      `json:"rows" doc:"The oldest first"`
	Next     string      `json:"next,omitempty" doc:"Cursor of the next page"`
}

// WaitCount is how much of a kind waits.
type WaitCount struct {
	Kind  string `json:"kind" enum:"claim,correction,void,dispute,remedy,report,merge,unmerge,gift-correction,giver,enquiry,attestation,reopening,policy"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
	Count int64  `json:"count"`
}

// Wait is one thing that waits.
type Wait struct {
	Kind      string     `json:"kind" enum:"claim,correction,void,dispute,remedy,report,merge,unmerge,gift-correction,giver,enquiry,attestation,reopening,policy"`
	Zh        string     `json:"zh"`
	En        string     `json:"en"`
	Since     uint64     `json:"since" doc:"First ledger size at which it waited"`
	Day       string     `json:"day" format:"date" doc:"On which it began to wait"`
	Waited    WorkDays   `json:"waited" doc:"Up to the day of the point of view"`
	By        string     `json:"by,omitempty" doc:"Account that asked; of an upheld dispute, that answered; of an activity, that closed it"`
	Community string     `json:"community,omitempty" doc:"Whose organisation answers"`
	Person    string     `json:"person,omitempty" doc:"Whose record it is in"`
	State     *State     `json:"state,omitempty" doc:"Of the person, today"`
	Into      string     `json:"into,omitempty" doc:"Person whose number the merged one becomes"`
	Entry     uint32     `json:"entry,omitempty" doc:"Of the person's record"`
	Donation  string     `json:"donation,omitempty"`
	Activity  string     `json:"activity,omitempty"`
	Policy    string     `json:"policy,omitempty" doc:"Version that was proposed"`
	Period    string     `json:"period,omitempty" doc:"That is to be opened again"`
	No        *uint32    `json:"no,omitempty" doc:"Of the proposal, dispute, report or enquiry"`
	Answer    WaitAnswer `json:"answer"`
	Blocked   *Clause    `json:"blocked,omitempty" doc:"Why it cannot be answered as matters stand"`
}

// WaitAnswer is who may answer, and how.
type WaitAnswer struct {
	Zh         string      `json:"zh" doc:"Who may"`
	En         string      `json:"en"`
	Operations []Operation `json:"operations" doc:"Of this interface; zhishu do carries them out by their names"`
}

// Operation is one that is asked for by a path.
type Operation struct {
	Operation string `json:"operation" doc:"As in the OpenAPI document" example:"approve-proposal"`
	Method    string `json:"method" enum:"POST,GET"`
	Path      string `json:"path"`
}

// waitText is what a kind is called, and who may answer it.
type waitText struct{ is, who words }

var (
	secondPerson = words{"记录社区范围内的另一人，不是提出人，也不是本人", "another person within the scope of the community that recorded it, neither who asked nor whose record it is"}
	recording    = words{"记录社区的工作人员，不是提出人，也不是本人", "staff of the community that recorded it, neither who asked nor whose record it is"}
)

var waitTexts = map[projections.WaitKind]waitText{
	projections.WaitClaim:       {words{"待确认的申报", "a claim to confirm or reject"}, secondPerson},
	projections.WaitCorrection:  {words{"待批的更正", "a correction to approve or refuse"}, secondPerson},
	projections.WaitVoid:        {words{"待批的作废", "a voiding to approve or refuse"}, secondPerson},
	projections.WaitDispute:     {words{"待答复的异议", "a dispute to answer"}, recording},
	projections.WaitRemedy:      {words{"异议成立，待提出更正或作废", "an upheld dispute: a correction or voiding is to be proposed"}, words{"记录社区范围内的任何人", "anybody within the scope of the community that recorded it"}},
	projections.WaitReport:      {words{"待受理的漏记申报", "a report of a missing entry to accept or decline"}, recording},
	projections.WaitMerge:       {words{"待批的并号", "a merge of two numbers to approve or refuse"}, words{"另一人，不是提出人，也不是两个编号的本人", "another person, neither who asked nor either of the two"}},
	projections.WaitUnmerge:     {words{"待批的撤销并号", "the undoing of a merge to approve or refuse"}, words{"另一人，不是提出人，也不是两个编号的本人", "another person, neither who asked nor either of the two"}},
	projections.WaitGift:        {words{"待批的捐赠更正", "a donation's correction to approve or refuse"}, words{"接收社区范围内的另一人，不是提出人，也不是捐赠人", "another person within the scope of the community that received it, neither who asked nor the donor"}},
	projections.WaitGiver:       {words{"待批的认赠", "who gave a donation, to approve or refuse"}, words{"接收社区范围内的另一人，不是提出人，也不是原登记或所提出的捐赠人", "another person within the scope of the community that received it, neither who asked nor who is said to have given it"}},
	projections.WaitEnquiry:     {words{"待答复的捐赠查询", "a donor's question to answer"}, words{"接收社区范围内的任何人", "anybody within the scope of the community that received it"}},
	projections.WaitAttestation: {words{"活动已结束，待第二人签字", "an activity that is over, to be signed by a second person"}, words{"社区范围内的另一人，不是安排人、结束人或负责人", "another person within the community's scope, neither who planned nor who closed it nor the person in charge"}},
	projections.WaitReopening:   {words{"待批的重开", "a reopening of a closed period to approve or refuse"}, words{"该社区的另一名工作人员，不是提出人", "another of the community's staff, not who asked"}},
	projections.WaitPolicy:      {words{"待批的规则", "a proposed rule to approve or refuse"}, words{"另一人，不是提出人", "another person, not who proposed it"}},
}

var waitBlocks = map[projections.WaitBlock]Clause{
	projections.BlockedErased:     {Clause: "subject-erased", Zh: "此人已注销，不再登记任何内容", En: "the person was erased: nothing is recorded any more"},
	projections.BlockedRestricted: {Clause: "subject-restricted", Zh: "此人已限制处理，解除之前不能登记", En: "processing is restricted: nothing is recorded until that is lifted"},
	projections.BlockedOvertaken:  {Clause: "policy-version-order", Zh: "其间已通过另一版，只能不批准", En: "another version was adopted meanwhile: it can only be refused"},
}

// WaitingOf makes the list.
func WaitingOf(w projections.Waiting, account string) Waiting {
	out := Waiting{Footing: Foot(w.Footing), Division: w.Division.String(), Account: account, Kinds: []WaitCount{}, Total: w.Total, Rows: make([]Wait, 0, len(w.Rows))}
	for _, k := range projections.WaitKinds {
		if n := w.Kinds[k]; n > 0 {
			is := waitTexts[k].is
			out.Kinds = append(out.Kinds, WaitCount{string(k), is.zh, is.en, n})
		}
	}
	for i := range w.Rows {
		out.Rows = append(out.Rows, out.wait(&w.Rows[i]))
	}
	return out
}

func (f *Footing) wait(w *projections.Wait) Wait {
	text := waitTexts[w.Kind]
	out := Wait{
		Kind: string(w.Kind), Zh: text.is.zh, En: text.is.en, Since: uint64(w.Asked.Size), Day: day(w.Asked.Day), Waited: workDays(w.Waited), By: by(w.Asked),
		Community: code(w.Community), Person: id(w.Person.UUID), Into: id(w.Into.UUID), Entry: uint32(w.Entry), Donation: id(w.Donation.UUID),
		Activity: id(w.Activity.UUID), Answer: WaitAnswer{Zh: text.who.zh, En: text.who.en, Operations: answersTo(w)},
	}
	if !w.Person.IsZero() {
		state := f.state(w.State)
		out.State = &state
	}
	switch w.Kind {
	case projections.WaitClaim, projections.WaitAttestation:
	default:
		no := w.No
		out.No = &no
	}
	switch w.Kind {
	case projections.WaitPolicy:
		out.Policy = Ref(w.Policy)
	case projections.WaitReopening:
		out.Period = w.Period.String()
	}
	out.Blocked = f.blocked(w.Block)
	return out
}

// answersTo lists the operations that answer what waits.
func answersTo(w *projections.Wait) []Operation {
	post := func(operation, format string, args ...any) Operation {
		return Operation{operation, "POST", fmt.Sprintf(format, args...)}
	}
	entry := fmt.Sprintf("/v1/persons/%s/entries/%d", w.Person, w.Entry)
	switch w.Kind {
	case projections.WaitClaim:
		return []Operation{post("confirm-entry", "%s/confirm", entry), post("reject-entry", "%s/reject", entry)}
	case projections.WaitCorrection, projections.WaitVoid:
		return []Operation{post("approve-proposal", "%s/proposals/%d/approve", entry, w.No), post("refuse-proposal", "%s/proposals/%d/refuse", entry, w.No)}
	case projections.WaitDispute:
		return []Operation{post("answer-dispute", "%s/disputes/%d/answer", entry, w.No)}
	case projections.WaitRemedy:
		return []Operation{post("propose-correction", "%s/corrections", entry), post("propose-void", "%s/void", entry)}
	case projections.WaitReport:
		report := fmt.Sprintf("/v1/persons/%s/reports/%d", w.Person, w.No)
		return []Operation{post("accept-missing-entry", "%s/accept", report), post("decline-missing-entry", "%s/decline", report)}
	case projections.WaitMerge:
		merge := fmt.Sprintf("/v1/persons/%s/merges/%d", w.Person, w.No)
		return []Operation{post("approve-person-merge", "%s/approve", merge), post("refuse-person-merge", "%s/refuse", merge)}
	case projections.WaitUnmerge:
		unmerge := fmt.Sprintf("/v1/persons/%s/unmerges/%d", w.Person, w.No)
		return []Operation{post("approve-person-unmerge", "%s/approve", unmerge), post("refuse-person-unmerge", "%s/refuse", unmerge)}
	case projections.WaitGift:
		gift := fmt.Sprintf("/v1/donations/%s/corrections/%d", w.Donation, w.No)
		return []Operation{post("approve-donation", "%s/approve", gift), post("refuse-donation", "%s/refuse", gift)}
	case projections.WaitGiver:
		giver := fmt.Sprintf("/v1/donations/%s/givers/%d", w.Donation, w.No)
		return []Operation{post("approve-donation-giver", "%s/approve", giver), post("refuse-donation-giver", "%s/refuse", giver)}
	case projections.WaitEnquiry:
		return []Operation{post("answer-donor", "/v1/donations/%s/enquiries/%d/answer", w.Donation, w.No)}
	case projections.WaitAttestation:
		return []Operation{post("attest-activity", "/v1/activities/%s/attest", w.Activity)}
	case projections.WaitReopening:
		period := fmt.Sprintf("/v1/communities/%s/periods/%s/reopening/%d", w.Community, w.Period, w.No)
		return []Operation{post("approve-reopening", "%s/approve", period), post("refuse-reopening", "%s/refuse", period)}
	}
	return policyAnswers(w.Policy.ID, domain.ProposalNo(w.No))
}

func policyAnswers(policy domain.PolicyID, no domain.ProposalNo) []Operation {
	path := fmt.Sprintf("/v1/policies/%s/proposals/%d", policy, no)
	return []Operation{{"approve-policy", "POST", path + "/approve"}, {"refuse-policy", "POST", path + "/refuse"}}
}

// by names an account by its handle, or by its id while nobody opened it.
func by(s projections.Step) string {
	if s.Handle != "" {
		return s.Handle
	}
	return id(s.By.UUID)
}
