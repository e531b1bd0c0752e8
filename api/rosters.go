package api

import (
	"context"
	"net/http"

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

// rosters registers the list command: one activity, many people.
func rosters(r *routes) {
	add(r, operation{
		id: "claim-roster", method: http.MethodPost, path: "/v1/rosters", tag: "entries", permission: "entry.claim", timeout: listTimeout,
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
	list := s.list(ctx, &in.AccountInput, &in.BehalfInput, len(in.Body.Rows))
	evidence := s.evidence(in.Body.Evidence)
	for i := range in.Body.Rows {
		row := &in.Body.Rows[i]
		claim, err := rosterClaim(in, row, evidence)
		list.add(i, row.Key, claim, err)
	}
	list.carryOut(ctx)
	return list.answer(), nil
}

// rosterClaim is a row's command: the roster's activity at the row's time.
func rosterClaim(in *rosterInput, row *RosterRow, evidence []domain.Evidence) (*domain.ClaimEntry, error) {
	read := reader{}
	claim := &domain.ClaimEntry{
		Person: domain.PersonID{UUID: uuidOf(row.Person)}, Deed: in.Body.WhatBody.deed(&read, row.when(&in.Body.WhenBody).span(&read)),
		Remark: row.Remark, Evidence: evidence,
	}
	return claim, read.err
}

// when is a row's time. What the row leaves out of it is the roster's.
func (row *RosterRow) when(all *WhenBody) *WhenBody {
	when := row.WhenBody
	if when.Start == "" && when.End == "" && when.Day == "" {
		when = *all
		when.Minutes = row.Minutes
	}
	if when.Start == "" && when.Minutes == 0 {
		when.Minutes = all.Minutes
	}
	return &when
}
