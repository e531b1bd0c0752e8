package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// InspectionID names an inspection case.
type InspectionID struct{ UUID }

// InspectionCategory is the category of a case's stream.
const InspectionCategory = "inspection"

func (id InspectionID) Stream() string { return InspectionCategory + "-" + id.String() }

// RoleInspector is for whoever inspects a division: only such an account opens a
// case. That it records nothing else is for access control to enforce, which
// does not exist yet.
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
	BundleExported struct {
		Inspection InspectionID
		Size       int64  // the cut
		Manifest   string // SHA-256
		Keys       int64  // personal keys that went with it
	}
	InspectionClosed struct{ Inspection InspectionID }
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
func (*BundleExported) Type() string      { return "bundle-exported" }
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
	ExportBundle struct {
		Inspection InspectionID
		Size       int64
		Manifest   string
		Keys       int64
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
	Bundles []BundleExported
}

// Evolve folds an event in.
func (s *Inspection) Evolve(e Event, m Meta) {
	switch e := e.(type) {
	case *InspectionOpened:
		s.Exists, s.Opened, s.By = true, *e, m.Account
	case *SampleDrawn:
		s.Sample = e
	case *BundleExported:
		s.Bundles = append(s.Bundles, *e)
	case *InspectionClosed:
		s.Closed = true
	}
}

// Decide judges a command on a case. Only the inspector who opened it draws its
// sample and closes it; a bundle is exported by whoever runs the program.
func (s *Inspection) Decide(c Command, by Actor, _ Instant) ([]Event, error) {
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
	if s.Closed {
		return refused(InspectionClosedCode, "inspection")
	}
	switch c := c.(type) {
	case *DrawSample:
		return s.draw(c, by)
	case *ExportBundle:
		switch {
		case c.Size < 1:
			return refused(FieldInvalid, "size")
		case !validHex64(c.Manifest):
			return refused(FieldInvalid, "manifest")
		case c.Keys < 0 || c.Keys > 0 && s.Sample == nil:
			return refused(FieldInvalid, "keys") // keys only of persons who were drawn
		}
		return []Event{&BundleExported{c.Inspection, c.Size, c.Manifest, c.Keys}}, nil
	}
	return refused(FieldInvalid, "command")
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

// validRecipient: an age X25519 public key in Bech32 letters. Whether it is a
// point is for whoever encrypts to it to find out.
func validRecipient(s string) bool {
	rest, ok := strings.CutPrefix(s, "age1")
	return ok && len(s) == 62 && strings.Trim(rest, "qpzry9x8gf2tvdw0s3jn54khce6mua7l") == ""
}

// exportKey notes, in the person's own stream, that an inspector was given the
// key.
func (p *Person) exportKey(c *ExportPersonalKey) ([]Event, error) {
	switch {
	case p.Restricted:
		return refused(SubjectRestricted, "person")
	case c.Inspection.IsZero():
		return refused(FieldMissing, "inspection")
	case !validRecipient(c.Recipient):
		return refused(FieldInvalid, "recipient")
	}
	return []Event{&PersonalKeyExported{c.Person, c.Inspection, c.Recipient}}, nil
}
