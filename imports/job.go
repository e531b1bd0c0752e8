package imports

import (
	"io"

	"zhishu/domain"
)

// Job is one sheet to import.
type Job struct {
	Kind domain.ImportKind // people, service, study, donations, communities, activities or roster
	Name string            // of the file; sealed, never logged
	File io.ReaderAt       // stays open and unchanged until Run returns
	Size int64

	// Community records the facts. Donations may leave it zero: then
	// Organisation receives them, by default the operator itself.
	Community    domain.CommunityCode
	Organisation domain.OrganisationID
	Issuer       string            // of the numbers in the sheet; default: the community's code, else "operator"
	Activity     string            // of a service or study sheet that has no such column
	Attended     domain.ActivityID // of a roster: the activity that was signed in for

	Sheet    string            // worksheet; empty: the only one that fits
	Columns  map[string]string // heading or letter -> field, or "ignore"
	Encoding string            // of a CSV; empty: find out
	ROC      bool              // years are of the ROC calendar

	Recorder  domain.AccountID
	Confirmer domain.AccountID // zero: what is claimed or corrected waits for somebody
	Source    string           // cli, api, demo

	Unregistered bool // the community need not be registered

	Enrol        bool         // enrol persons that nobody knows
	ConsentBasis domain.Basis // on which their consent rests; required with Enrol, unless a sheet of people has a column for it

	Update bool // of people: record the names and phones that differ from the recorded ones

	ReissueOf domain.ImportID // the earlier issue this sheet replaces
	Separate  bool            // it resembles an earlier sheet and is another

	DryRun   bool                  // write nothing at all
	Progress func(done, total int) // called now and then, never from two goroutines at once
	Reject   io.Writer             // gets the refused rows, in the sheet's own layout
}

const operator = "operator"

// check refuses a job that cannot be carried out whatever the sheet says.
func (j *Job) check() error {
	switch j.Kind {
	case domain.ImportService, domain.ImportStudy, domain.ImportPeople, domain.ImportActivities:
		if j.Community == 0 {
			return domain.Refuse(domain.FieldMissing, "community")
		}
	case domain.ImportRoster:
		if j.Attended.IsZero() {
			return domain.Refuse(domain.FieldMissing, "attended")
		}
	case domain.ImportDonations, domain.ImportCommunities:
	default:
		return domain.Refuse(KindUnsupported, "kind")
	}
	switch {
	case j.File == nil:
		return domain.Refuse(domain.FieldMissing, "file")
	case j.Recorder.IsZero():
		return domain.Refuse(domain.FieldMissing, "recorder")
	case j.Confirmer == j.Recorder:
		return domain.Refuse(domain.SameAccount, "confirmer")
	case j.ConsentBasis != "" && j.ConsentBasis != domain.OnPaper && j.ConsentBasis != domain.Online:
		return domain.Refuse(domain.FieldInvalid, "consentBasis")
	case j.Enrol && j.Kind != domain.ImportPeople && j.ConsentBasis == "":
		return domain.Refuse(ConsentBasisMissing, "consentBasis")
	case j.Update && j.Kind != domain.ImportPeople:
		return domain.Refuse(domain.FieldInvalid, "update")
	case j.Separate && !j.ReissueOf.IsZero():
		return domain.Refuse(DispositionUnclear, "reissueOf")
	}
	return nil
}

// withDefaults fills in what follows from the rest.
func (j Job) withDefaults(derived func(string, ...[]byte) domain.UUID) Job {
	if j.Kind == domain.ImportDonations && j.Community == 0 && j.Organisation.IsZero() {
		j.Organisation = domain.OrganisationID{UUID: derived("organisation", []byte(operator))}
	}
	j.Enrol = j.Enrol || j.Kind == domain.ImportPeople
	if j.Issuer == "" {
		j.Issuer = operator
		if j.Community != 0 {
			j.Issuer = j.Community.String()
		}
	}
	if j.Source == "" {
		j.Source = "import"
	}
	if j.Progress == nil {
		j.Progress = func(int, int) {}
	}
	return j
}
