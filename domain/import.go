package domain

// Import is an import's stream folded: one sheet on its way into the ledger.
type Import struct {
	Exists   bool
	Started  ImportStarted
	Finished *ImportFinished
}

// Commands on an import's stream.
type (
	StartImport struct {
		Started  ImportStarted // without its personal fields
		FileName string
		Title    string
	}
	FinishImport struct{ Finished ImportFinished }
)

func (c *StartImport) Target() string     { return c.Started.Import.Stream() }
func (c *StartImport) Operation() string  { return "start-import" }
func (c *FinishImport) Target() string    { return c.Finished.Import.Stream() }
func (c *FinishImport) Operation() string { return "finish-import" }

// Evolve folds an event in.
func (s *Import) Evolve(e Event, _ Meta) {
	switch e := e.(type) {
	case *ImportStarted:
		s.Exists, s.Started = true, *e
		s.Started.Secrets(func(_ string, x *Secret) { *x = Secret{} })
	case *ImportFinished:
		s.Finished = e
	}
}

// Decide judges a command on an import's stream. Starting a sheet that is
// running is how an interrupted import goes on.
func (s *Import) Decide(c Command, by Actor, _ Instant) ([]Event, error) {
	if err := by.may(c); err != nil {
		return nil, err
	}
	switch c := c.(type) {
	case *StartImport:
		e := c.Started
		e.FileName, e.Title = Secret{Plain: c.FileName}, Secret{Plain: c.Title}
		switch {
		case s.Finished != nil:
			return refused(ImportFinishedCode, "content")
		case s.Exists:
			return nil, nil
		case e.Import.IsZero() || e.Recorder.IsZero():
			return refused(FieldMissing, "recorder")
		case !validImportKind(e.Kind):
			return refused(FieldInvalid, "kind")
		case !validImportDisposition(e.Disposition):
			return refused(FieldInvalid, "disposition")
		case (e.Disposition == ReissueOf || e.Disposition == GivenAgain) && e.Earlier.IsZero():
			return refused(FieldMissing, "earlier")
		case e.Rows < 0:
			return refused(FieldInvalid, "rows")
		case len(c.FileName) > maxRemark || len(c.Title) > maxRemark:
			return refused(FieldInvalid, "fileName")
		case e.Confirmer == e.Recorder:
			return refused(SameAccount, "confirmer")
		case e.Community != 0 && !by.recordsFor(e.Community):
			return refused(WrongOrganisation, "account")
		}
		return []Event{&e}, nil
	case *FinishImport:
		switch {
		case !s.Exists:
			return refused(SubjectUnknown, "import")
		case s.Finished != nil:
			return nil, nil
		}
		e := c.Finished
		if min(e.Rows, e.Accepted, e.Recognised, e.Corrected, e.Refused, e.LookAlikes) < 0 {
			return refused(FieldInvalid, "rows")
		}
		if c := s.Started.Community; c != 0 && !by.recordsFor(c) {
			return refused(WrongOrganisation, "account")
		}
		return []Event{&e}, nil
	}
	return refused(FieldInvalid, "command")
}
