package api

import (
	"errors"
	"strconv"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/imports"
	"zhishu/projections"
	"zhishu/registers"
)

// refusalProblem is the answer to what the ledger refuses.
func refusalProblem(r *domain.Refusal) *Problem {
	kind := kinds[string(r.Code)]
	problem := NewProblem(string(r.Code), kind.Title).Because(r)
	if r.Field != "" && ownName.MatchString(r.Field) {
		problem.Detail += " (" + r.Field + ")"
		problem.WithErrors(FieldError{Code: string(r.Code), Location: r.Field, Message: kind.Title})
	}
	return problem
}

// ledgerProblem translates the errors of the rooms behind this one; nil for
// what it does not know. An unknown outcome goes first: its error also wraps
// the deadline that cut it short.
func ledgerProblem(err error) *Problem {
	if problem := outageProblem(err); problem != nil {
		return problem
	}
	var (
		file    *imports.FileRefused
		similar *imports.Resemblance
		refusal *domain.Refusal
		halt    *projections.Halt
	)
	switch {
	case errors.As(err, &file):
		return fileProblem(file)
	case errors.As(err, &similar):
		problem := refusalProblem(similar.Refusal)
		problem.Detail += ": " + similar.Earlier.String() + ", " +
			strconv.FormatInt(similar.Shared, 10) + "/" + strconv.FormatInt(similar.Rows, 10)
		return problem.Because(err)
	case errors.As(err, &refusal):
		return refusalProblem(refusal)
	case errors.As(err, &halt):
		return NewProblem(CodeViewHalted, "").Because(err)
	}
	return viewProblem(err)
}

func outageProblem(err error) *Problem {
	switch commands.OutageOf(err) {
	case commands.OutcomeUnknown:
		return NewProblem(CodeOutcomeUnknown, "").RetryAfter(BusyRetryAfter).Because(err)
	case commands.Unavailable:
		return NewProblem(CodeStoreUnavailable, "").RetryAfter(BusyRetryAfter).Because(err)
	case commands.Full:
		return NewProblem(CodeStoreFull, "").Because(err)
	case commands.Closed:
		return NewProblem(CodeShuttingDown, "").RetryAfter(BusyRetryAfter).Because(err)
	case commands.Damaged:
		return NewProblem(CodeStoreDamaged, "").Because(err)
	}
	return nil
}

// viewProblem is about points of view and what they know.
func viewProblem(err error) *Problem {
	for _, c := range []struct {
		err  error
		code string
	}{
		{projections.ErrUnknownCommunity, CodeNoSuchCommunity},
		{projections.ErrUnknownPerson, string(domain.SubjectUnknown)},
		{projections.ErrUnknownDonation, string(domain.SubjectUnknown)},
		{projections.ErrUnknownDonor, string(domain.SubjectUnknown)},
		{projections.ErrUnknownImport, string(domain.SubjectUnknown)},
		{projections.ErrUnknownActivity, string(domain.SubjectUnknown)},
		{projections.ErrNotCome, CodeAsOfFuture},
		{projections.ErrBeyondLedger, CodeBeyondLedger},
		{projections.ErrAsOf, CodeAsOfInvalid},
		{projections.ErrNoPolicy, CodeNoPolicy},
		{registers.ErrKind, CodeNotFound},
		{projections.ErrCursor, CodeCursorInvalid},
		{projections.ErrSum, CodeSumOutOfRange},
	} {
		if errors.Is(err, c.err) {
			return NewProblem(c.code, "").Because(err)
		}
	}
	if errors.Is(err, projections.ErrNotYet) {
		return NewProblem(CodePositionTimeout, "").RetryAfter(BusyRetryAfter).Because(err)
	}
	return nil
}

// fileProblem says what is wrong with a file and where. The names of its
// worksheets belong to whoever sent it; no cell is repeated.
func fileProblem(f *imports.FileRefused) *Problem {
	problem := NewProblem(string(f.Code()), f.Cause.Hint).Because(f)
	if f.Cause.Row > 0 || f.Cause.Column != "" {
		problem.WithErrors(FieldError{Row: f.Cause.Row, Code: string(f.Code()), Location: f.Cause.Column, Message: problem.Title})
	}
	return problem
}
