package api

import (
	"context"
	"sync"
	"time"

	"zhishu/commands"
	"zhishu/domain"
)

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
	Person        string  `json:"person,omitempty" doc:"Of a list that the server made"`
	Place         int     `json:"place,omitempty" doc:"Of a sign-up, among the places or on the waiting list"`
	Waiting       bool    `json:"waiting,omitempty" doc:"Of a sign-up: all places are taken"`
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
	listTimeout = 60 * time.Second
	listWorkers = 16 // rows on different streams share a write of the log
)

// rowList is a list command on its way: commands of many streams, each with a
// key and an answer of its own. Its workers write different rows.
type rowList struct {
	server *Server
	caller commands.Caller
	rows   []RosterResult
	rowOf  map[domain.Command]int
	place  map[string]int // of a stream among the turns
	turns  [][]commands.Request

	mu     sync.Mutex
	newest commands.Position
}

func (s *Server) list(ctx context.Context, a *AccountInput, b *BehalfInput, rows int) *rowList {
	return &rowList{
		server: s, caller: s.caller(ctx, a, b), rows: make([]RosterResult, rows),
		rowOf: make(map[domain.Command]int, rows), place: make(map[string]int, rows),
	}
}

// add makes a row's command part of the list, those of one stream together and
// in their order; a row that cannot be read is refused by itself.
func (l *rowList) add(i int, key string, c domain.Command, err error) {
	l.rows[i] = RosterResult{Row: i + 1, Key: key}
	if faulty := checkKey(key); faulty != nil {
		err = faulty
	}
	if err != nil {
		l.refuse(i, err)
		return
	}
	l.rowOf[c] = i
	n, known := l.place[c.Target()]
	if !known {
		n = len(l.turns)
		l.place[c.Target()] = n
		l.turns = append(l.turns, nil)
	}
	l.turns[n] = append(l.turns[n], commands.Request{Caller: l.caller, Key: key, Command: c})
}

// carryOut gives all commands.
func (l *rowList) carryOut(ctx context.Context) {
	workers := sync.WaitGroup{}
	turns := make(chan []commands.Request)
	for range min(listWorkers, len(l.turns)) {
		workers.Go(func() {
			for reqs := range turns {
				l.turn(ctx, reqs)
			}
		})
	}
	for _, reqs := range l.turns {
		turns <- reqs
	}
	close(turns)
	workers.Wait()
}

func (l *rowList) turn(ctx context.Context, reqs []commands.Request) {
	outs, err := l.server.cfg.Ledger.Commands.DoAll(ctx, reqs)
	for i, req := range reqs {
		row := l.rowOf[req.Command]
		switch {
		case err != nil:
			l.refuse(row, err)
		case outs[i].Err != nil:
			l.refuse(row, outs[i].Err)
		default:
			l.record(row, req.Command, outs[i])
		}
	}
}

func (l *rowList) record(row int, c domain.Command, o commands.Outcome) {
	r, done := &l.rows[row], recorded(o)
	r.Status, r.Events, r.Repeated = done.status(), done.Events, done.Repeated
	r.FirstRevision = done.FirstRevision
	switch c.(type) {
	case *domain.ClaimEntry, *domain.EnterAttendance:
		r.Entry = done.FirstRevision // an entry is named by its claim
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if o.Position.Compare(l.newest) > 0 {
		l.newest = o.Position
	}
}

// refuse answers a row as the row alone would have been answered.
func (l *rowList) refuse(row int, err error) {
	problem := problemOf(err)
	l.server.metrics.CountRefusal(problem.Code)
	r := &l.rows[row]
	r.Status, r.Code, r.Detail, r.Hint = problem.Status, problem.Code, problem.Detail, problem.Hint
	if r.Detail == "" {
		r.Detail = problem.Title
	}
}

func (l *rowList) answer() *rosterOutput {
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
