package domain

import "slices"

// LateRule says what becomes of an entry that came to stand in a period after
// that was closed.
type LateRule string

const (
	LateCounts  LateRule   = "count"   // in the closed period's figures, and flagged
	LateCarried LateRule   = "carry"   // in the period in which it was confirmed, or moved there
	LateFlagged LateRule   = "flag"    // in no figure: only flagged
	ClosingKind PolicyKind = "closing" // 期间关账规则
)

// Stricter is the one of two rules that leaves more of a closed period as it
// was closed: an entry may come late for two communities.
func (r LateRule) Stricter(o LateRule) LateRule {
	order := []LateRule{LateCounts, LateCarried, LateFlagged}
	if slices.Index(order, o) > slices.Index(order, r) {
		return o
	}
	return r
}

// ClosingPolicy is in force for a fact on the day it occurred, like every
// other.
type ClosingPolicy struct {
	Late LateRule
}

func (c *ClosingPolicy) check() error {
	if c == nil {
		return Refuse(PolicyInvalid, "closing")
	}
	switch c.Late {
	case LateCounts, LateCarried, LateFlagged:
		return nil
	}
	return Refuse(PolicyInvalid, "late")
}

// ClosedPeriod is a month or year of a community that is closed.
type ClosedPeriod struct {
	Period Period
	By     Signer
	Reopen *Reopening
}

// Reopening is a proposal to open a period again.
type Reopening struct {
	No       ProposalNo
	Proposer Signer
}

// Events of closing, in the community's stream. Their reasons are sealed under
// the community's own key.
type (
	PeriodClosed struct {
		Code   CommunityCode
		Period Period // a calendar month or year
	}
	PeriodReopeningProposed struct {
		Code   CommunityCode
		Period Period
		Reason Secret
	}
	PeriodReopened struct {
		Code     CommunityCode
		Period   Period
		Proposal ProposalNo
	}
	PeriodReopeningRefused struct {
		Code     CommunityCode
		Period   Period
		Proposal ProposalNo
		Reason   Secret
	}
)

func (*PeriodClosed) Type() string            { return "period-closed" }
func (*PeriodReopeningProposed) Type() string { return "period-reopening-proposed" }
func (*PeriodReopened) Type() string          { return "period-reopened" }
func (*PeriodReopeningRefused) Type() string  { return "period-reopening-refused" }

func (e *PeriodReopeningProposed) Subject() UUID { return e.Code.Subject() }
func (e *PeriodReopeningProposed) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

func (e *PeriodReopeningRefused) Subject() UUID { return e.Code.Subject() }
func (e *PeriodReopeningRefused) Secrets(visit func(string, *Secret)) {
	visit("reason", &e.Reason)
}

// Commands on a community's periods.
type (
	ClosePeriod struct {
		Code   CommunityCode
		Period Period
	}
	ProposeReopening struct {
		Code   CommunityCode
		Period Period
		Reason string
	}
	DecideReopening struct {
		Code     CommunityCode
		Period   Period
		Proposal ProposalNo
		Approve  bool
		Reason   string // required when refusing
	}
)

func (c *ClosePeriod) Target() string         { return c.Code.Stream() }
func (c *ClosePeriod) Operation() string      { return "close-period" }
func (c *ProposeReopening) Target() string    { return c.Code.Stream() }
func (c *ProposeReopening) Operation() string { return "propose-reopening" }
func (c *DecideReopening) Target() string     { return c.Code.Stream() }
func (c *DecideReopening) Operation() string  { return "decide-reopening" }

// closable: a calendar month or year.
func (p Period) closable() bool {
	text := p.String()
	return len(text) == len("2026") || len(text) == len("2026-03")
}

func (s *Community) closePeriod(c *ClosePeriod, by Actor, now Instant) ([]Event, error) {
	switch {
	case !s.Exists:
		return refused(SubjectUnknown, "community")
	case !c.Period.closable():
		return refused(FieldInvalid, "period")
	case c.Period.To >= now.Day():
		return refused(DateInFuture, "period") // it is not over
	case !by.recordsFor(c.Code):
		return refused(WrongOrganisation, "account")
	}
	for _, x := range s.Closed {
		if x.Period.From <= c.Period.From && c.Period.To <= x.Period.To {
			return refused(SubjectExists, "period") // closed by itself or with its year; it may be reopened later, so it is not "so already"
		}
	}
	return []Event{&PeriodClosed{c.Code, c.Period}}, nil
}

func (s *Community) proposeReopening(c *ProposeReopening, by Actor) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil {
		return nil, err
	}
	closed := s.closed(c.Period)
	switch {
	case !s.Exists:
		return refused(SubjectUnknown, "community")
	case closed != nil && closed.Reopen != nil:
		return refused(ProposalPending, "period")
	case !by.recordsFor(c.Code):
		return refused(WrongOrganisation, "account")
	case closed == nil:
		return refused(PeriodNotClosed, "period")
	}
	return []Event{&PeriodReopeningProposed{c.Code, c.Period, Secret{Plain: c.Reason}}}, nil
}

func (s *Community) decideReopening(c *DecideReopening, by Actor) ([]Event, error) {
	if err := checkReason(c.Reason); err != nil && !c.Approve {
		return nil, err
	}
	closed := s.closed(c.Period)
	switch {
	case !s.Exists:
		return refused(SubjectUnknown, "community")
	case closed != nil && closed.Reopen != nil && closed.Reopen.Proposer.is(by):
		return refused(SameAccount, "account")
	case closed != nil && (closed.Reopen == nil || closed.Reopen.No != c.Proposal):
		return refused(ProposalUnknown, "proposal")
	case !by.recordsFor(c.Code):
		return refused(WrongOrganisation, "account")
	case closed == nil:
		return refused(PeriodNotClosed, "period")
	case c.Approve:
		return []Event{&PeriodReopened{c.Code, c.Period, c.Proposal}}, nil
	}
	return []Event{&PeriodReopeningRefused{c.Code, c.Period, c.Proposal, Secret{Plain: c.Reason}}}, nil
}

func (s *Community) closed(p Period) *ClosedPeriod {
	for i := range s.Closed {
		if s.Closed[i].Period == p {
			return &s.Closed[i]
		}
	}
	return nil
}

// evolvePeriod folds what happens to periods.
func (s *Community) evolvePeriod(e Event, m Meta, revision uint32) {
	switch e := e.(type) {
	case *PeriodClosed:
		s.Closed = append(s.Closed, ClosedPeriod{Period: e.Period, By: signer(m)})
	case *PeriodReopeningProposed:
		s.reopening(e.Period, &Reopening{ProposalNo(revision), signer(m)})
	case *PeriodReopeningRefused:
		s.reopening(e.Period, nil)
	case *PeriodReopened:
		for i := range s.Closed {
			if s.Closed[i].Period == e.Period {
				s.Closed = append(s.Closed[:i:i], s.Closed[i+1:]...)
				return
			}
		}
	}
}

func (s *Community) reopening(p Period, r *Reopening) {
	for i := range s.Closed {
		if s.Closed[i].Period == p {
			s.Closed[i].Reopen = r
		}
	}
}
