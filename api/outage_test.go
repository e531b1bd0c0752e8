package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
	"zhishu/imports"
	"zhishu/projections"
	"zhishu/sheets"
	"zhishu/vault"
)

// logOf is what the write side needs of a store.
type logOf = commands.Log

// storeGate refuses every append while fail is set, as a full disk does.
type storeGate struct {
	logOf
	fail atomic.Bool
}

func (g *storeGate) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	if g.fail.Load() {
		return eventstore.Appended{}, eventstore.ErrFull
	}
	return g.logOf.Append(ctx, stream, expected, events)
}

// Each error of the rooms behind has its code and status, and its text stays
// inside.
func TestErrorsOfTheRoomsBehind(t *testing.T) {
	halt := &projections.Halt{Stream: "person-1", Type: "x", Err: errors.New("13800138000")}
	for _, c := range []struct {
		err    error
		code   string
		status int
	}{
		{domain.Refuse(domain.Overlap, "start"), "overlap", 409},
		{fmt.Errorf("row: %w", domain.Refuse(domain.SubjectErased, "")), "subject-erased", 410},
		{domain.Refuse("no-such-code", ""), CodeInternal, 500},
		{fmt.Errorf("%w (%w)", eventstore.ErrUnknown, context.DeadlineExceeded), CodeOutcomeUnknown, 504},
		{eventstore.ErrUnavailable, CodeStoreUnavailable, 503},
		{vault.ErrUnavailable, CodeStoreUnavailable, 503},
		{eventstore.ErrFull, CodeStoreFull, 507},
		{vault.ErrFull, CodeStoreFull, 507},
		{eventstore.ErrClosed, CodeShuttingDown, 503},
		{eventstore.ErrCorrupt, CodeStoreDamaged, 503},
		{projections.ErrUnknownPerson, "subject-unknown", 404},
		{projections.ErrUnknownDonation, "subject-unknown", 404},
		{projections.ErrUnknownDonor, "subject-unknown", 404},
		{projections.ErrUnknownImport, "subject-unknown", 404},
		{projections.ErrBeyondLedger, CodeBeyondLedger, 404},
		{projections.ErrNoPolicy, CodeNoPolicy, 404},
		{projections.ErrCursor, CodeCursorInvalid, 400},
		{projections.ErrSum, CodeSumOutOfRange, 422},
		{projections.ErrAsOf, CodeAsOfInvalid, 400},
		{fmt.Errorf("%w: %w", projections.ErrNotYet, context.DeadlineExceeded), CodePositionTimeout, 503},
		{halt, CodeViewHalted, 503},
		{&imports.FileRefused{Cause: &sheets.Error{Code: sheets.CodeXLSLegacy, Hint: "另存为 .xlsx"}}, "xls-legacy", 422},
		{&imports.Resemblance{Refusal: domain.Refuse(imports.ReissueSuspected, ""), Shared: 9, Rows: 10}, "reissue-suspected", 409},
		{context.DeadlineExceeded, CodeTimeout, 504},
		{context.Canceled, CodeShuttingDown, 503},
		{errors.New("13800138000"), CodeInternal, 500},
	} {
		p := problemOf(c.err)
		reached.Store(p.Code, true)
		if p.Code != c.code || p.Status != c.status {
			t.Errorf("%v: %d %s, want %d %s", c.err, p.Status, p.Code, c.status, c.code)
		}
		if strings.Contains(p.Detail+p.Title+p.Hint, "13800138000") {
			t.Errorf("%v: its text is in %+v", c.err, p)
		}
	}
	similar := problemOf(&imports.Resemblance{Refusal: domain.Refuse(imports.ReissueSuspected, ""), Shared: 9, Rows: 10})
	if !strings.Contains(similar.Detail, "9/10") {
		t.Errorf("%+v", similar)
	}
}

// Every code the ledger refuses with has one line in the table, in two
// languages, and none of them blames the server.
func TestEveryRefusalHasAStatus(t *testing.T) {
	for _, table := range [][]domain.RefusalInfo{domain.Refusals, commands.Refusals, imports.Refusals} {
		for _, info := range table {
			status, ok := StatusOf(string(info.Code))
			if !ok {
				t.Errorf("%s has no status", info.Code)
				continue
			}
			if blamed := status >= 500; blamed != slices.Contains([]domain.Code{commands.ClockBehind, commands.ClockAhead, commands.KeyMissing}, info.Code) {
				t.Errorf("%s is answered with %d", info.Code, status)
			}
			if p := problemOf(domain.Refuse(info.Code, "")); p.Code != string(info.Code) || p.Status != status || p.Hint == "" {
				t.Errorf("%s: %+v", info.Code, p)
			}
		}
	}
	for code := range statuses {
		if !explained(code) {
			t.Errorf("%s has a status and no explanation", code)
		}
	}
}

func explained(code domain.Code) bool {
	for _, table := range [][]domain.RefusalInfo{domain.Refusals, commands.Refusals, imports.Refusals} {
		for _, info := range table {
			if info.Code == code {
				return true
			}
		}
	}
	return false
}

func TestAFullDiskIsNotTheClientsFault(t *testing.T) {
	gate := &storeGate{}
	c := newCityOn(t, func(s *storetest.Memory) logOf { gate.logOf = s; return gate }, nil)
	person := c.enrolled("李四")
	gate.fail.Store(true)
	body := `{"kind":"service","title":"清洁","community":"430702001007","day":"2026-03-01","minutes":60}`
	a := c.post("/v1/persons/"+person+"/entries", body, "Idempotency-Key", "same")
	if p := a.problem(t); a.status != http.StatusInsufficientStorage || p.Code != CodeStoreFull {
		t.Errorf("%d %+v", a.status, p)
	}
	if a := c.fresh("/v1/persons/" + person + "/stars"); a.status != http.StatusOK {
		t.Errorf("reading: %d %s", a.status, a.body)
	}
	gate.fail.Store(false)
	c.mustPost("/v1/persons/"+person+"/entries", body, "Idempotency-Key", "same")
}
