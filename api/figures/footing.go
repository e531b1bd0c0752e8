package figures

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"

	"zhishu/domain"
	"zhishu/projections"
)

// Footing is what a figure stands on. It is part of every figure.
type Footing struct {
	LedgerSize  uint64   `json:"ledgerSize" doc:"Events of the ledger the figure is made from"`
	Day         string   `json:"day,omitempty" format:"date" doc:"Last civil day of the point of view"`
	Policies    []string `json:"policies" doc:"Policy versions used, for example counting-all/1"`
	Retroactive []Clause `json:"retroactive,omitempty" doc:"Those of them that are in force from before their adoption"`
	Provisional []string `json:"provisional" doc:"Imports still running here: their rows are partly there"`
	ChangedAt   uint64   `json:"changedAt" doc:"No event at or after this size can have changed the figure"`

	today []byte // what is shown as of today, whatever the point of view
}

// Foot makes a figure's footing.
func Foot(f projections.Footing) Footing {
	out := Footing{
		LedgerSize: uint64(f.Size), Day: f.Day.String(), ChangedAt: uint64(f.ChangedAt),
		Policies: []string{}, Provisional: []string{},
	}
	for _, p := range f.Policies {
		out.Policies = append(out.Policies, Ref(p))
	}
	for _, r := range f.Retroactive {
		out.Retroactive = append(out.Retroactive, retroactive(r))
	}
	for _, id := range f.Provisional {
		out.Provisional = append(out.Provisional, id.String())
	}
	return out
}

// Validator changes when the answer does, its ledger size apart: two figures
// for the same question with equal validators differ in nothing else.
func (f *Footing) Validator() string {
	h := sha256.New()
	part := func(b []byte) {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b))))
		h.Write(b)
	}
	h.Write(binary.BigEndian.AppendUint64([]byte{CodeVersion}, f.ChangedAt))
	part([]byte(f.Day))
	part(f.today)
	for _, list := range [][]string{f.Policies, f.Provisional} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(list))))
		for _, s := range list {
			part([]byte(s))
		}
	}
	const hex = "0123456789abcdef"
	out := make([]byte, 0, 32)
	for _, b := range h.Sum(nil)[:16] {
		out = append(out, hex[b>>4], hex[b&15])
	}
	return string(out)
}

// ShownToday notes for the validator a text that is shown as of today, whatever
// the point of view.
func (f *Footing) ShownToday(text string) { f.today = append(append(f.today, text...), 0) }

// Footed is any figure.
type Footed interface{ Validator() string }

// Ref is a policy version as it is named on figures: "counting-all/1".
func Ref(p domain.PolicyRef) string { return p.ID.String() + "/" + strconv.Itoa(p.Version) }

func refOf(p *domain.PolicyVersion) string {
	if p == nil {
		return ""
	}
	return Ref(p.Ref())
}

// ErasedName stands for the name of a person whose key is destroyed.
const ErasedName = "已注销"

// State is what holds for a person today, also in a figure of the past.
type State struct {
	Name       string `json:"name,omitempty" doc:"已注销 for a person that was erased; names are not shown otherwise"`
	Erased     bool   `json:"erased,omitempty"`
	Restricted bool   `json:"restricted,omitempty" doc:"The person has had processing restricted"`
	Publish    bool   `json:"publish,omitempty" doc:"Consented to being named in public"`
}

// state makes a person's state and notes it for the validator.
func (f *Footing) state(s projections.PersonState) State {
	var bits byte
	for i, set := range []bool{s.Erased, s.Restricted, s.Publish} {
		if set {
			bits |= 1 << i
		}
	}
	f.today = append(f.today, bits)
	out := State{Erased: s.Erased, Restricted: s.Restricted, Publish: s.Publish}
	if s.Erased {
		out.Name = ErasedName
	}
	return out
}

// note adds what is withheld to the validator: it depends on the figures of
// other divisions, so ChangedAt does not tell of it.
func (f *Footing) note(withheld ...projections.Suppression) {
	for _, s := range withheld {
		f.today = append(append(f.today, s...), 0)
	}
}

// noteCounts adds numbers that hold what may be told of them.
func (f *Footing) noteCounts(counts ...int64) {
	for _, n := range counts {
		f.today = append(strconv.AppendInt(f.today, n, 10), 0)
	}
}

// Outside is what people without membership did here (外来).
type Outside struct {
	Persons     int64    `json:"persons" doc:"Distinct"`
	Entries     int64    `json:"entries" doc:"Confirmed entries"`
	PersonTimes int64    `json:"personTimes,omitempty" doc:"Of study"`
	Time        Duration `json:"time"`

	Suppressed *Suppressed `json:"suppressed,omitempty" doc:"Why the figures beside it are zero"`
}

func outside(o projections.Outside) Outside {
	if o.Suppressed != projections.NotSuppressed {
		return Outside{Time: Time(0), Suppressed: suppressed(o.Suppressed)}
	}
	return Outside{Persons: o.Persons, Entries: o.Entries, PersonTimes: o.PersonTimes, Time: Time(o.Minutes)}
}

func id(u domain.UUID) string {
	if u.IsZero() {
		return ""
	}
	return u.String()
}

func code(c domain.CommunityCode) string {
	if c == 0 {
		return ""
	}
	return c.String()
}
