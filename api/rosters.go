package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"zhishu/commands"
	"zhishu/domain"
)

// RosterRow is one person of a roster. What it leaves out is the roster's.
type RosterRow struct {
	Key    string `json:"key" minLength:"1" maxLength:"128" doc:"The row's own idempotency key"`
	Person string `json:"person" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters"`
	WhenBody
	Remark string `json:"remark,omitempty" maxLength:"500" doc:"Sealed"`
}

type rosterInput struct {
	AccountInput
	BehalfInput
	Body struct {
		WhatBody
		WhenBody
		Evidence []EvidenceBody `json:"evidence,omitempty" maxItems:"50" doc:"Of the whole roster: the sign-in sheet"`
		Rows     []RosterRow    `json:"rows" minItems:"1" maxItems:"200"`
	}
}

// RosterResult is what became of one row.
type RosterResult struct {
	Row           int     `json:"row" doc:"From 1"`
	Key           string  `json:"key"`
	Status        int     `json:"status" doc:"What the row alone would have been answered with"`
	Code          string  `json:"code,omitempty" doc:"Of the refusal"`
	Detail        string  `json:"detail,omitempty"`
	Hint          string  `json:"hint,omitempty"`
	Events        int     `json:"events"`
	Repeated      bool    `json:"repeated,omitempty"`
	Entry         *uint64 `json:"entry,omitempty" doc:"Number of the entry within the person's record"`
	FirstRevision *uint64 `json:"firstRevision,omitempty"`
}

// Roster is the answer to a list command, row by row.
type Roster struct {
	Recorded int            `json:"recorded" doc:"Rows recorded, now or before"`
	Refused  int            `json:"refused"`
	Rows     []RosterResult `json:"rows"`
}

type rosterOutput struct {
	Position string `header:"Zhishu-Position" doc:"Of the newest row recorded"`
	Body     Roster
}

const (
	rosterTimeout = 60 * time.Second
	rosterWorkers = 16 // rows of different persons share a write of the log
)

// rosters registers the list command: one activity, many people.
func rosters(r *routes) {
	add(r, operation{
		id: "claim-roster", method: http.MethodPost, path: "/v1/rosters", tag: "entries", permission: "entry.claim", timeout: rosterTimeout,
		summary: "Claim one activity for up to 200 people",
		doc: "Each row is a command with a key of its own and is recorded or refused by itself; the answer says what became of each. " +
			"Give the same roster again after a failure: rows that are recorded are not recorded twice.",
		codes: []string{CodeAccountMissing, CodeAccountInvalid, string(domain.CommunityInvalid), string(domain.FieldInvalid)},
	}, func(ctx context.Context, in *rosterInput) (*rosterOutput, error) { return r.server.roster(ctx, in) })
}

func (s *Server) roster(ctx context.Context, in *rosterInput) (*rosterOutput, error) {
	read := reader{}
	if read.community(in.Body.Community, "community"); read.err != nil {
		return nil, read.err // it would refuse every row
	}
	list := &roster{
		server: s, rows: make([]RosterResult, len(in.Body.Rows)),
		caller: s.caller(ctx, &in.AccountInput, &in.BehalfInput), evidence: s.evidence(in.Body.Evidence),
	}
	persons := list.read(in)
	workers := sync.WaitGroup{}
	turns := make(chan []commands.Request)
	for range min(rosterWorkers, len(persons)) {
		workers.Go(func() {
			for reqs := range turns {
				list.carryOut(ctx, reqs)
			}
		})
	}
	for _, reqs := range persons {
		turns <- reqs
	}
	close(turns)
	workers.Wait()
	return list.answer(), nil
}

// roster is a list command on its way. Its workers write different rows.
type roster struct {
	server   *Server
	caller   commands.Caller
	evidence []domain.Evidence
	rows     []RosterResult
	rowOf    map[*domain.ClaimEntry]int

	mu     sync.Mutex
	newest commands.Position
}

// read makes the rows' commands, those of one person together and in their
// order, and refuses rows that cannot be read.
func (l *roster) read(in *rosterInput) (persons [][]commands.Request) {
	l.rowOf = make(map[*domain.ClaimEntry]int, len(in.Body.Rows))
	place := make(map[string]int, len(in.Body.Rows))
	for i := range in.Body.Rows {
		row := &in.Body.Rows[i]
		l.rows[i] = RosterResult{Row: i + 1, Key: row.Key}
		if err := checkKey(row.Key); err != nil {
			l.refuse(i, err)
			continue
		}
		claim, err := l.claim(in, row)
		if err != nil {
			l.refuse(i, err)
			continue
		}
		l.rowOf[claim] = i
		n, known := place[row.Person]
		if !known {
			n = len(persons)
			place[row.Person] = n
			persons = append(persons, nil)
		}
		persons[n] = append(persons[n], commands.Request{Caller: l.caller, Key: row.Key, Command: claim})
	}
	return persons
}

// claim is a row's command: the roster's activity at the row's time. What the
// row leaves out of its time is the roster's.
func (l *roster) claim(in *rosterInput, row *RosterRow) (*domain.ClaimEntry, error) {
	when := row.WhenBody
	if when.Start == "" && when.End == "" && when.Day == "" {
		when = in.Body.WhenBody
		when.Minutes = row.Minutes
	}
	if when.Start == "" && when.Minutes == 0 {
		when.Minutes = in.Body.Minutes
	}
	read := reader{}
	claim := &domain.ClaimEntry{
		Person: domain.PersonID{UUID: uuidOf(row.Person)}, Deed: in.Body.WhatBody.deed(&read, when.span(&read)),
		Remark: row.Remark, Evidence: l.evidence,
	}
	return claim, read.err
}

func (l *roster) carryOut(ctx context.Context, reqs []commands.Request) {
	outs, err := l.server.cfg.Ledger.Commands.DoAll(ctx, reqs)
	for i, req := range reqs {
		row := l.rowOf[req.Command.(*domain.ClaimEntry)]
		switch {
		case err != nil:
			l.refuse(row, err)
		case outs[i].Err != nil:
			l.refuse(row, outs[i].Err)
		default:
			l.record(row, outs[i])
		}
	}
}

func (l *roster) record(row int, o commands.Outcome) {
	r, done := &l.rows[row], recorded(o)
	r.Status, r.Events, r.Repeated = done.status(), done.Events, done.Repeated
	r.FirstRevision, r.Entry = done.FirstRevision, done.FirstRevision
	l.mu.Lock()
	defer l.mu.Unlock()
	if o.Position.Compare(l.newest) > 0 {
		l.newest = o.Position
	}
}

// refuse answers a row as the row alone would have been answered.
func (l *roster) refuse(row int, err error) {
	problem := problemOf(err)
	l.server.metrics.CountRefusal(problem.Code)
	r := &l.rows[row]
	r.Status, r.Code, r.Detail, r.Hint = problem.Status, problem.Code, problem.Detail, problem.Hint
	if r.Detail == "" {
		r.Detail = problem.Title
	}
}

func (l *roster) answer() *rosterOutput {
	out := &rosterOutput{Body: Roster{Rows: l.rows}}
	for i := range l.rows {
		if l.rows[i].Code == "" {
			out.Body.Recorded++
		} else {
			out.Body.Refused++
		}
	}
	if !l.newest.IsZero() {
		out.Position = l.newest.String()
	}
	return out
}
