package domain

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SigningID names the stream that says under which name and keys the ledger's
// checkpoints are signed. There is one for each ledger.
type SigningID struct{ UUID }

// SigningCategory is the category of that stream.
const SigningCategory = "signing"

func (id SigningID) Stream() string { return SigningCategory + "-" + id.String() }

// Events of the signing stream. A public key and a root are 64 hexadecimal
// digits; private keys stand in no event.
type (
	SigningBegun struct {
		Signing SigningID
		Origin  string // names the log in every checkpoint
		Key     string
	}
	LogKeyAdded struct {
		Signing SigningID
		Number  int64
		Key     string
	}
	LogKeyRetired struct {
		Signing SigningID
		Number  int64
	}
	// LossDeclared is the first event under a new origin: what the last known
	// checkpoint of the old one had beyond Kept is gone.
	LossDeclared struct {
		Signing    SigningID
		Origin     string // the new one
		Kept       int64  // ledger events that remain; the index of this one
		LastOrigin string
		LastSize   int64
		LastRoot   string
	}
)

func (*SigningBegun) Type() string  { return "signing-begun" }
func (*LogKeyAdded) Type() string   { return "log-key-added" }
func (*LogKeyRetired) Type() string { return "log-key-retired" }
func (*LossDeclared) Type() string  { return "loss-declared" }

// Commands on the signing stream.
type (
	BeginSigning struct {
		Signing SigningID
		Origin  string
		Key     string
	}
	// AddLogKey begins an overlap: from now on both keys sign.
	AddLogKey struct {
		Signing SigningID
		Key     string
	}
	// RetireLogKey ends it.
	RetireLogKey struct {
		Signing SigningID
		Number  int64
	}
	DeclareLoss struct {
		Signing    SigningID
		Kept       int64
		LastOrigin string
		LastSize   int64
		LastRoot   string
	}
)

func (c *BeginSigning) Target() string    { return c.Signing.Stream() }
func (c *BeginSigning) Operation() string { return "begin-signing" }
func (c *AddLogKey) Target() string       { return c.Signing.Stream() }
func (c *AddLogKey) Operation() string    { return "add-log-key" }
func (c *RetireLogKey) Target() string    { return c.Signing.Stream() }
func (c *RetireLogKey) Operation() string { return "retire-log-key" }
func (c *DeclareLoss) Target() string     { return c.Signing.Stream() }
func (c *DeclareLoss) Operation() string  { return "declare-loss" }

// LogKey is a signing key of the log.
type LogKey struct {
	Number  int64 // from 1
	Key     string
	Retired bool
}

// Signing is the signing stream folded.
type Signing struct {
	First  string // the first origin
	Origin string // the one in force
	Keys   []LogKey
	Losses []LossDeclared
}

// Evolve folds an event in.
func (v *Signing) Evolve(e Event, _ Meta) {
	switch e := e.(type) {
	case *SigningBegun:
		v.First, v.Origin = e.Origin, e.Origin
		v.Keys = []LogKey{{Number: 1, Key: e.Key}}
	case *LogKeyAdded:
		v.Keys = append(v.Keys, LogKey{Number: e.Number, Key: e.Key})
	case *LogKeyRetired:
		if i := v.key(e.Number); i >= 0 {
			v.Keys[i].Retired = true
		}
	case *LossDeclared:
		v.Origin = e.Origin
		v.Losses = append(v.Losses, *e)
	}
}

func (v *Signing) key(number int64) int {
	return slices.IndexFunc(v.Keys, func(k LogKey) bool { return k.Number == number })
}

// InForce are the keys that sign, the newest last.
func (v *Signing) InForce() (keys []LogKey) {
	for _, k := range v.Keys {
		if !k.Retired {
			keys = append(keys, k)
		}
	}
	return keys
}

// Decide judges a command on the signing stream.
func (v *Signing) Decide(c Command, by Actor, _ Instant) ([]Event, error) {
	if err := by.may(c); err != nil {
		return nil, err
	}
	if c, ok := c.(*BeginSigning); ok {
		return v.begin(c)
	}
	if v.Origin == "" {
		return refused(SubjectUnknown, "signing")
	}
	switch c := c.(type) {
	case *AddLogKey:
		return v.addKey(c)
	case *RetireLogKey:
		return v.retireKey(c)
	case *DeclareLoss:
		return v.declareLoss(c)
	}
	return refused(FieldInvalid, "command")
}

func (v *Signing) begin(c *BeginSigning) ([]Event, error) {
	switch {
	case v.Origin != "" && v.First == c.Origin && v.Keys[0].Key == c.Key:
		return nil, nil
	case v.Origin != "":
		return refused(SubjectExists, "signing")
	case c.Signing.IsZero():
		return refused(FieldMissing, "signing")
	case !ValidOrigin(c.Origin):
		return refused(FieldInvalid, "origin")
	case !validHex64(c.Key):
		return refused(FieldInvalid, "key")
	}
	return []Event{&SigningBegun{c.Signing, c.Origin, c.Key}}, nil
}

func (v *Signing) addKey(c *AddLogKey) ([]Event, error) {
	inForce := v.InForce()
	switch {
	case !validHex64(c.Key):
		return refused(FieldInvalid, "key")
	case len(inForce) > 0 && inForce[len(inForce)-1].Key == c.Key:
		return nil, nil
	case slices.ContainsFunc(v.Keys, func(k LogKey) bool { return k.Key == c.Key }):
		return refused(SubjectExists, "key") // a retired key never comes back
	case len(inForce) > 1:
		return refused(LogKeyOverlap, "key")
	}
	return []Event{&LogKeyAdded{c.Signing, v.Keys[len(v.Keys)-1].Number + 1, c.Key}}, nil
}

func (v *Signing) retireKey(c *RetireLogKey) ([]Event, error) {
	i := v.key(c.Number)
	switch {
	case i < 0:
		return refused(FieldInvalid, "number")
	case v.Keys[i].Retired:
		return nil, nil
	case len(v.InForce()) < 2:
		return refused(LogKeyLast, "number")
	}
	return []Event{&LogKeyRetired{c.Signing, c.Number}}, nil
}

func (v *Signing) declareLoss(c *DeclareLoss) ([]Event, error) {
	switch {
	case c.LastOrigin != v.Origin:
		return refused(FieldInvalid, "lastOrigin")
	case !validHex64(c.LastRoot):
		return refused(FieldInvalid, "lastRoot")
	case c.LastSize <= c.Kept:
		return refused(NothingLost, "lastSize")
	}
	origin := v.First + "/" + strconv.Itoa(len(v.Losses)+2)
	return []Event{&LossDeclared{c.Signing, origin, c.Kept, c.LastOrigin, c.LastSize, c.LastRoot}}, nil
}

const maxOrigin = 200

// ValidOrigin: text that can name a log and its key in a signed checkpoint,
// such as zhishu.example.org/ledger.
func ValidOrigin(s string) bool {
	return s != "" && len(s) <= maxOrigin && utf8.ValidString(s) && !strings.Contains(s, "+") &&
		strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) < 0
}

func validHex64(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}
