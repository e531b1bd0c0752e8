package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// Import is a sheet's way into the ledger.
type Import struct {
	Import       string         `json:"import"`
	Kind         string         `json:"kind" enum:"service,study,donations,people,communities,activities,roster"`
	Status       string         `json:"status" enum:"running,finished"`
	Community    string         `json:"community,omitempty"`
	Organisation string         `json:"organisation,omitempty"`
	Rows         int64          `json:"rows"`
	Declared     *Money         `json:"declared,omitempty" doc:"The sheet's own total (合计)"`
	DeclaredTime *Duration      `json:"declaredTime,omitempty"`
	Recorder     string         `json:"recorder" doc:"Account that gave the sheet"`
	Confirmer    string         `json:"confirmer,omitempty"`
	ReissueOf    string         `json:"reissueOf,omitempty"`
	SeparateFrom string         `json:"separateFrom,omitempty" doc:"It resembles this earlier one and was said to be another"`
	Again        string         `json:"again,omitempty" doc:"It gives this finished import again, for rows that were refused then; the rows are those of the first"`
	StartedAt    uint64         `json:"startedAt" doc:"Ledger size before it began"`
	StartedOn    string         `json:"startedOn,omitempty" format:"date"`
	Outcome      *ImportOutcome `json:"outcome,omitempty" doc:"Absent while it runs, and where it is withheld"`
	Suppressed   *Suppressed    `json:"suppressed,omitempty" doc:"Why counts and sums are absent or zero: the sheet says what people did, and is shown whole to the staff whose scope holds its community"`
}

// ofPeople reports an import that says what people did: from its counts and sums
// could be found what few did.
func ofPeople(i *projections.ImportInfo) bool {
	return i.Kind == domain.ImportService || i.Kind == domain.ImportStudy || i.Kind == domain.ImportRoster
}

// ImportOutcome is how an import ended.
type ImportOutcome struct {
	FinishedAt uint64         `json:"finishedAt" doc:"Ledger size before its last event"`
	Accepted   int64          `json:"accepted" doc:"Rows recorded by it"`
	Recognised int64          `json:"recognised" doc:"Rows of an earlier issue that came again"`
	Corrected  int64          `json:"corrected" doc:"Corrections offered"`
	Refused    int64          `json:"refused"`
	LookAlikes int64          `json:"lookAlikes" doc:"Recorded, and like a row of another sheet"`
	Amount     Money          `json:"amount"`
	Time       Duration       `json:"time"`
	Refusals   []RefusalCount `json:"refusals"`
}

// RefusalCount counts rows refused with one code.
type RefusalCount struct {
	Code  string `json:"code"`
	Count int64  `json:"count"`
}

func importOf(i projections.ImportInfo, within Within) Import {
	out := Import{
		Import: id(i.Import.UUID), Kind: string(i.Kind), Status: "running", Community: code(i.Community),
		Organisation: id(i.Organisation.UUID), Rows: i.Rows, Recorder: id(i.Recorder.UUID), Confirmer: id(i.Confirmer.UUID),
		StartedAt: uint64(i.StartedAt), StartedOn: day(i.StartedOn),
	}
	if i.HasDeclared {
		declared := Amount(i.Declared)
		out.Declared = &declared
	}
	if i.DeclaredMins > 0 {
		declared := Time(i.DeclaredMins)
		out.DeclaredTime = &declared
	}
	switch i.Disposition {
	case domain.ReissueOf:
		out.ReissueOf = id(i.Earlier.UUID)
	case domain.Separate:
		out.SeparateFrom = id(i.Earlier.UUID)
	case domain.GivenAgain:
		out.Again = id(i.Earlier.UUID)
	}
	if !i.Running {
		out.Status, out.Outcome = "finished", outcomeOf(i)
	}
	if ofPeople(&i) && !within(i.Community.Division()) {
		out.Rows, out.Declared, out.DeclaredTime, out.Outcome, out.Suppressed = 0, nil, nil, nil, suppressed(projections.Internal)
	}
	return out
}

func outcomeOf(i projections.ImportInfo) *ImportOutcome {
	f := &i.Finished
	out := &ImportOutcome{
		FinishedAt: uint64(i.FinishedAt), Accepted: f.Accepted, Recognised: f.Recognised, Corrected: f.Corrected,
		Refused: f.Refused, LookAlikes: f.LookAlikes, Amount: Amount(f.Fen), Time: Time(f.Minutes), Refusals: []RefusalCount{},
	}
	for _, r := range f.Refusals {
		out.Refusals = append(out.Refusals, RefusalCount{r.Code, r.Count})
	}
	return out
}

// Imports is a page of the imports, newest first.
type Imports struct {
	Footing
	Rows []Import `json:"rows"`
	Next string   `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// ImportsOf makes a page of imports. Any event may have changed the list.
func ImportsOf(page []projections.ImportInfo, at projections.Footing, within Within) Imports {
	out := Imports{Footing: Foot(at), Rows: make([]Import, 0, len(page))}
	for _, i := range page {
		row := importOf(i, within)
		if out.Rows = append(out.Rows, row); row.Suppressed != nil {
			out.note(projections.Internal)
		}
		out.note(projections.NotSuppressed)
	}
	return out
}

// ImportDetail adds what of the sheet stands now.
type ImportDetail struct {
	Footing
	Import
	Standing       int64    `json:"standing" doc:"Rows that stand"`
	StandingAmount Money    `json:"standingAmount"`
	StandingTime   Duration `json:"standingTime"`
}

// ImportOf makes one import.
func ImportOf(d projections.ImportDetail, within Within) ImportDetail {
	out := ImportDetail{
		Footing: Foot(d.Footing), Import: importOf(d.ImportInfo, within), Standing: d.Standing,
		StandingAmount: Amount(d.StandingFen), StandingTime: Time(d.StandingMinutes),
	}
	if out.Import.Suppressed != nil {
		out.note(projections.Internal)
		out.Standing, out.StandingAmount, out.StandingTime = 0, Amount(0), Time(0)
	}
	return out
}
