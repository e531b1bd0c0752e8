package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// InspectionID names an inspection case.
type InspectionID struct{ UUID }

// InspectionCategory is the category of a case's stream.
const InspectionCategory = "inspection"

func (id InspectionID) Stream() string { return InspectionCategory + "-" + id.String() }

// RoleInspector is for whoever inspects a division: only such an account opens a
// case, and it records nothing else.
const RoleInspector Role = "inspector"

// Events of an inspection's stream. Hashes, nonces and roots are 64
// hexadecimal digits.
type (
	// InspectionOpened commits the inspector to a nonce before the ledger's own
	// part of a sample's seed exists.
	InspectionOpened struct {
		Inspection InspectionID
		Scope      Division
		Period     Period
		Committed  string // SHA-256 of the nonce
		Recipient  string // age public key that exported personal keys are encrypted to; empty: none are
		Purpose    string
	}
	SampleDrawn struct {
		Inspection InspectionID
		Nonce      string
		Size       int64 // of the checkpoint whose root went into the seed
		Root       string
		Population int64
		Count      int64
	}
	// BundleBegun is recorded before the first byte of a bundle leaves: from then
	// on somebody may hold facts, whatever becomes of the rest.
	BundleBegun struct {
		Inspection InspectionID
		Export     UUID     // of this handing out
		Size       int64    // the cut
		Division   Division // whose facts go out; none: all of the ledger's
	}
	// BundleExported is recorded when everything but the manifest has left.
	BundleExported struct {
		Inspection InspectionID
		Size       int64  // the cut
		Manifest   string // SHA-256
		Keys       int64  // personal keys that went with it
		Export     UUID
	}
	// BundleBrokenOff: what had begun did not reach its end.
	BundleBrokenOff struct {
		Inspection InspectionID
		Export     UUID
		Cause      BreakCause
	}
	InspectionClosed struct{ Inspection InspectionID }
)

// BreakCause is why a bundle did not leave whole.
type BreakCause string

const (
	ReceiverGone BreakCause = "receiver" // whoever asked for it took no more
	SourceFailed BreakCause = "source"   // the ledger could not go on
)

// PersonalKeyExported stands in the stream of a person whose key went to an
// inspector with a bundle.
type PersonalKeyExported struct {
	Person     PersonID
	Inspection InspectionID
	Recipient  string
}

func (*InspectionOpened) Type() string    { return "inspection-opened" }
func (*SampleDrawn) Type() string         { return "sample-drawn" }
func (*BundleBegun) Type() string         { return "bundle-begun" }
func (*BundleExported) Type() string      { return "bundle-exported" }
func (*BundleBrokenOff) Type() string     { return "bundle-broken-off" }
func (*InspectionClosed) Type() string    { return "inspection-closed" }
func (*PersonalKeyExported) Type() string { return "personal-key-exported" }

// Commands on an inspection's stream, and the one on a person's.
type (
	OpenInspection struct {
		Inspection InspectionID
		Scope      Division
		Period     Period
		Committed  string
		Recipient  string
		Purpose    string
	}
	// DrawSample reveals the nonce. Size and Root are those of the first
	// checkpoint after the case was opened, which whoever calls has looked up.
	DrawSample struct {
		Inspection InspectionID
		Nonce      string
		Size       int64
		Root       string
		Population int64
		Count      int64
	}
	BeginBundle struct {
		Inspection InspectionID
		Export     UUID
		Size       int64
		Division   Division
	}
	ExportBundle struct {
		Inspection InspectionID
		Size       int64
		Manifest   string
		Keys       int64
		Export     UUID
	}
	BreakOffBundle struct {
		Inspection InspectionID
		Export     UUID
		Cause      BreakCause
	}
	CloseInspection struct{ Inspection InspectionID }

	ExportPersonalKey struct {
		Person     PersonID
		Inspection InspectionID
		Recipient  string
	}
)

func (c *OpenInspection) Target() string       { return c.Inspection.Stream() }
func (c *OpenInspection) Operation() string    { return "open-inspection" }
func (c *DrawSample) Target() string           { return c.Inspection.Stream() }
func (c *DrawSample) Operation() string        { return "draw-sample" }
func (c *BeginBundle) Target() string          { return c.Inspection.Stream() }
func (c *BeginBundle) Operation() string       { return "begin-bundle" }
func (c *BreakOffBundle) Target() string       { return c.Inspection.Stream() }
func (c *BreakOffBundle) Operation() string    { return "break-off-bundle" }
func (c *ExportBundle) Target() string         { return c.Inspection.Stream() }
func (c *ExportBundle) Operation() string      { return "export-bundle" }
func (c *CloseInspection) Target() string      { return c.Inspection.Stream() }
func (c *CloseInspection) Operation() string   { return "close-inspection" }
func (c *ExportPersonalKey) Target() string    { return c.Person.Stream() }
func (c *ExportPersonalKey) Operation() string { return "export-personal-key" }

// Inspection is a case folded.
type Inspection struct {
	Opened  InspectionOpened
	By      AccountID // the inspector
	Exists  bool
	Closed  bool
	Sample  *SampleDrawn
	Bundles []Bundle
}

// Bundle is one handing out of a case, as far as it came.
type Bundle struct {
	Export    UUID
	Size      int64
	Division  Division
	By        AccountID
	Begun     Instant
	Manifest  string // empty: it did not come so far
	Keys      int64
	BrokenOff BreakCause // empty: it was not
}

// bundle finds a handing out; nil: none of that number was begun.
func (s *Inspection) bundle(export UUID) *Bundle {
	for i := range s.Bundles {
		if b := &s.Bundles[i]; b.Export == export {
			return b
		}
	}
	return nil
}

// Evolve folds an event in.
func (s *Inspection) Evolve(e Event, m Meta) {
	switch e := e.(type) {
	case *InspectionOpened:
		s.Exists, s.Opened, s.By = true, *e, m.Account
	case *SampleDrawn:
		s.Sample = e
	case *BundleBegun:
		s.Bundles = append(slices.Clip(s.Bundles), Bundle{Export: e.Export, Size: e.Size, Division: e.Division, By: m.Account, Begun: m.RecordedAt})
	case *BundleExported:
		s.end(e.Export, func(b *Bundle) { b.Size, b.Manifest, b.Keys = e.Size, e.Manifest, e.Keys })
	case *BundleBrokenOff:
		s.end(e.Export, func(b *Bundle) { b.BrokenOff = e.Cause })
	case *InspectionClosed:
		s.Closed = true
	}
}

// end notes how far a handing out came, on a copy: an older state keeps its own.
func (s *Inspection) end(export UUID, change func(*Bundle)) {
	s.Bundles = slices.Clone(s.Bundles)
	if s.bundle(export) == nil {
		s.Bundles = append(s.Bundles, Bundle{Export: export})
	}
	change(s.bundle(export))
}

// Decide judges a command on a case. Only the inspector who opened it draws its
// sample and closes it; a bundle is exported by whoever runs the program.
func (s *Inspection) Decide(c Command, by Actor, _ Instant) ([]Event, error) {
	if err := by.may(c); err != nil {
		return nil, err
	}
	if c, ok := c.(*OpenInspection); ok {
		return s.open(c, by)
	}
	if !s.Exists {
		return refused(SubjectUnknown, "inspection")
	}
	if c, ok := c.(*CloseInspection); ok {
		switch {
		case s.Closed:
			return nil, nil
		case by.Account != s.By:
			return refused(InspectorOnly, "account")
		}
		return []Event{&InspectionClosed{c.Inspection}}, nil
	}
	if c, ok := c.(*BreakOffBundle); ok { // also of a case that was closed meanwhile
		return s.breakOff(c, by)
	}
	if s.Closed {
		return refused(InspectionClosedCode, "inspection")
	}
	switch c := c.(type) {
	case *DrawSample:
		return s.draw(c, by)
	case *BeginBundle:
		return s.beginBundle(c, by)
	case *ExportBundle:
		return s.export(c, by)
	}
	return refused(FieldInvalid, "command")
}

func (s *Inspection) beginBundle(c *BeginBundle, by Actor) ([]Event, error) {
	begun := BundleBegun(*c)
	b := s.bundle(c.Export)
	switch {
	case c.Export.IsZero():
		return refused(FieldMissing, "export")
	case b != nil && b.Size == c.Size && b.Division == c.Division && b.By == by.Account:
		return nil, nil
	case b != nil:
		return refused(SubjectExists, "export")
	case c.Size < 1:
		return refused(FieldInvalid, "size")
	case c.Division != Division{} && !s.Opened.Scope.Covers(c.Division):
		return refused(WrongOrganisation, "division") // the case is about another
	case !s.exporter(by):
		return refused(InspectorOnly, "account")
	}
	return []Event{&begun}, nil
}

func (s *Inspection) export(c *ExportBundle, by Actor) ([]Event, error) {
	b := s.bundle(c.Export)
	switch {
	case b == nil:
		return refused(SubjectUnknown, "export") // nothing leaves that was not begun
	case b.Manifest != "" && b.Manifest == c.Manifest:
		return nil, nil
	case b.Manifest != "" || b.BrokenOff != "":
		return refused(SubjectExists, "export")
	case c.Size != b.Size:
		return refused(FieldInvalid, "size")
	case !validHex64(c.Manifest):
		return refused(FieldInvalid, "manifest")
	case c.Keys < 0 || c.Keys > 0 && s.Sample == nil:
		return refused(FieldInvalid, "keys") // keys only of persons who were drawn
	case !s.exporter(by):
		return refused(InspectorOnly, "account")
	}
	return []Event{&BundleExported{c.Inspection, c.Size, c.Manifest, c.Keys, c.Export}}, nil
}

func (s *Inspection) breakOff(c *BreakOffBundle, by Actor) ([]Event, error) {
	b := s.bundle(c.Export)
	switch {
	case b == nil:
		return refused(SubjectUnknown, "export")
	case b.BrokenOff != "":
		return nil, nil
	case c.Cause != ReceiverGone && c.Cause != SourceFailed:
		return refused(FieldInvalid, "cause")
	case !s.exporter(by):
		return refused(InspectorOnly, "account")
	}
	return []Event{&BundleBrokenOff{c.Inspection, c.Export, c.Cause}}, nil
}

func (s *Inspection) open(c *OpenInspection, by Actor) ([]Event, error) {
	wanted := InspectionOpened(*c)
	switch {
	case s.Exists && s.Opened == wanted && s.By == by.Account:
		return nil, nil
	case s.Exists:
		return refused(SubjectExists, "inspection")
	case c.Inspection.IsZero():
		return refused(FieldMissing, "inspection")
	case blank(c.Purpose):
		return refused(FieldMissing, "purpose")
	case !words(c.Purpose):
		return refused(FieldInvalid, "purpose")
	case c.Period.From > c.Period.To || !givenDay(c.Period.From) || !givenDay(c.Period.To):
		return refused(FieldInvalid, "period")
	case !validHex64(c.Committed):
		return refused(FieldInvalid, "committed")
	case c.Recipient != "" && !validRecipient(c.Recipient):
		return refused(FieldInvalid, "recipient")
	case by.Role != RoleInspector:
		return refused(InspectorOnly, "account")
	case !by.Scope.Covers(c.Scope):
		return refused(WrongOrganisation, "account") // beyond the inspector's own division
	}
	return []Event{&wanted}, nil
}

// exporter: the inspector takes bundles of the case away, and whoever runs the
// program for the division.
func (s *Inspection) exporter(by Actor) bool {
	return by.Account == s.By || by.Role == RoleOperator && by.Scope.Covers(s.Opened.Scope)
}

// Shows says why an account may not look at the case; nil: it may. What it is about, the
// nonce and who was drawn are for those who may take its bundle away: whoever else
// knew who is looked at could see to it first.
func (s *Inspection) Shows(by Actor) error {
	switch {
	case !s.Exists:
		return Refuse(SubjectUnknown, "inspection")
	case !s.exporter(by):
		return Refuse(InspectorOnly, "account")
	}
	return nil
}

// Exports says why an account may not take a bundle of the case away now; nil:
// it may.
func (s *Inspection) Exports(by Actor) error {
	switch {
	case !s.Exists:
		return Refuse(SubjectUnknown, "inspection")
	case s.Closed:
		return Refuse(InspectionClosedCode, "inspection")
	case !s.exporter(by):
		return Refuse(InspectorOnly, "account")
	}
	return nil
}

// knownIn reports whether a division has to do with the person: one that kept
// the person at some time, or recorded an entry.
func (p *Person) knownIn(d Division) bool {
	return d.Contains(p.Enrolled.Community) ||
		slices.ContainsFunc(p.Memberships, func(m Membership) bool { return m.Kind == MemberOfCommunity && d.Contains(m.Community) }) ||
		slices.ContainsFunc(p.Entries, func(e Entry) bool { return d.Contains(e.Deed.Community) })
}

const maxSample = 1000 // persons

func (s *Inspection) draw(c *DrawSample, by Actor) ([]Event, error) {
	drawn := SampleDrawn(*c)
	raw, err := hex.DecodeString(c.Nonce)
	hash := sha256.Sum256(raw)
	switch {
	case by.Account != s.By:
		return refused(InspectorOnly, "account")
	case s.Sample != nil && *s.Sample == drawn:
		return nil, nil
	case s.Sample != nil:
		return refused(SampleDrawnCode, "inspection") // nobody draws until the sample pleases
	case !validHex64(c.Nonce) || err != nil:
		return refused(FieldInvalid, "nonce")
	case hex.EncodeToString(hash[:]) != s.Opened.Committed:
		return refused(NonceDiffers, "nonce")
	case c.Size < 1:
		return refused(FieldInvalid, "size")
	case !validHex64(c.Root):
		return refused(FieldInvalid, "root")
	case c.Count < 1 || c.Count > maxSample || c.Population < 0:
		return refused(FieldInvalid, "count")
	}
	return []Event{&drawn}, nil
}

// exportKey notes, in the person's own stream, that an inspector was given the
// key.
func (p *Person) exportKey(c *ExportPersonalKey, by Actor) ([]Event, error) {
	switch {
	case p.Restricted:
		return refused(SubjectRestricted, "person")
	case c.Inspection.IsZero():
		return refused(FieldMissing, "inspection")
	case !validRecipient(c.Recipient):
		return refused(FieldInvalid, "recipient")
	case by.Role != RoleOperator && by.Role != RoleInspector:
		return refused(InspectorOnly, "account")
	case !p.knownIn(by.Scope):
		return refused(WrongOrganisation, "account")
	}
	return []Event{&PersonalKeyExported{c.Person, c.Inspection, c.Recipient}}, nil
}
