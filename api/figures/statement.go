package figures

import (
	"slices"

	"zhishu/domain"
	"zhishu/projections"
)

// Statement is a person's own account of service and study (个人清单): every
// entry with what happened to it and why it counts or does not.
type Statement struct {
	Footing
	Person      string           `json:"person"`
	MergedInto  string           `json:"mergedInto,omitempty" doc:"Ask for this person instead"`
	State       State            `json:"state"`
	Community   string           `json:"community,omitempty" doc:"Membership on the day"`
	Memberships []Membership     `json:"memberships"`
	Service     Rating           `json:"service"`
	Study       Study            `json:"study" doc:"All time"`
	StudyYears  []StudyYear      `json:"studyYears"`
	Entries     []Entry          `json:"entries" doc:"By day, then number"`
	CheckIns    []PendingCheckIn `json:"checkIns" doc:"Check-ins without a check-out: they have no minutes"`
	Reports     []Report         `json:"reports" doc:"Of missing entries, by day"`
	KeyExports  []KeyExport      `json:"keyExports" doc:"Each time the key to the person's sealed fields was handed to an inspector: when, by whom and for which case"`
	Changes     []Sentence       `json:"changes" doc:"That name or phone were changed, by whom and when, what they are being sealed; and that numbers of the person were merged or parted again"`
	Giving      *Giving          `json:"giving,omitempty" doc:"What the person gave; absent where nobody says who asks (get-story lists it)"`
}

// StudyYear is one calendar year's study.
type StudyYear struct {
	Year int `json:"year"`
	Study
}

// Deed is the value of an entry: what somebody did, where and when.
type Deed struct {
	Day            string   `json:"day,omitempty" format:"date"`
	Start          string   `json:"start,omitempty" format:"date-time" doc:"Absent when only the day is known"`
	End            string   `json:"end,omitempty" format:"date-time"`
	Time           Duration `json:"time"`
	Title          string   `json:"title"`
	Category       string   `json:"category,omitempty"`
	Place          string   `json:"place,omitempty"`
	Community      string   `json:"community,omitempty" doc:"That records it"`
	Organisation   string   `json:"organisation,omitempty"`
	Activity       string   `json:"activity,omitempty"`
	Stream         string   `json:"stream,omitempty" doc:"Of the activity, where it has one"`
	Hours          string   `json:"hours,omitempty" enum:"credit,honour" doc:"Of service"`
	Layer          string   `json:"layer,omitempty" doc:"Of study"`
	PersonInCharge string   `json:"personInCharge,omitempty"`

	Scheduled *Duration `json:"scheduled,omitempty" doc:"How long the activity was to last by the plan that stood when this was recorded; absent: no plan says"`
}

func deed(d *domain.Deed) Deed {
	out := Deed{
		Day: day(d.Span.Day), Time: Time(d.Span.Minutes), Title: d.Title, Category: d.Category, Place: d.Place,
		Community: code(d.Community), Organisation: id(d.Organisation.UUID), Activity: id(d.Activity.UUID),
		Layer: string(d.Layer), PersonInCharge: id(d.PersonInCharge.UUID),
	}
	if d.Span.Clocked() {
		out.Start, out.End = d.Span.Start.String(), d.Span.End.String()
	}
	if d.Kind == domain.Service {
		out.Hours = d.Hours.String()
	}
	if m := d.Scheduled.Minutes; m > 0 {
		scheduled := Time(m)
		out.Scheduled = &scheduled
	}
	return out
}

// Portion is the part of an entry on one civil day, counted.
type Portion struct {
	Day        string   `json:"day,omitempty" format:"date"`
	Raw        Duration `json:"raw"`
	Recognised Duration `json:"recognised"`
	Policy     string   `json:"policy,omitempty"`
	Steps      []Clause `json:"steps" doc:"What each clause of the policy changed"`
}

// Entry is one piece of service or study.
type Entry struct {
	Person     string      `json:"person,omitempty" doc:"Whose record it stands in, when that is another person merged into this one"`
	Entry      uint32      `json:"entry" doc:"Number within the person's record"`
	Kind       string      `json:"kind" enum:"service,study"`
	Status     string      `json:"status" enum:"claimed,confirmed,rejected,voided"`
	StatusZh   string      `json:"statusZh"`
	Counts     bool        `json:"counts"`
	Why        []Clause    `json:"why" doc:"Why it counts, or why not"`
	Disputed   bool        `json:"disputed,omitempty"`
	Dispute    uint32      `json:"dispute,omitempty" doc:"Number of the dispute that is not settled"`
	Upheld     bool        `json:"upheld,omitempty" doc:"The dispute was found right: a change is to follow"`
	Deed       Deed        `json:"deed" doc:"As it stands"`
	Raw        Duration    `json:"raw"`
	Recognised *Duration   `json:"recognised,omitempty" doc:"Of service"`
	PersonTime *bool       `json:"personTime,omitempty" doc:"Of study: a person-time of its own"`
	Portions   []Portion   `json:"portions,omitempty"`
	Import     string      `json:"import,omitempty"`
	Row        uint32      `json:"row,omitempty"`
	Pending    *Pending    `json:"pending,omitempty" doc:"A change that waits for a second person"`
	Life       []LifeEvent `json:"life" doc:"Everything that happened to it"`
	Story      []Sentence  `json:"story" doc:"The same in plain sentences, and why each minute counts or does not"`
}

// KeyExport is that the key of a person's sealed fields went to an inspector, who
// can open name, phone and the like with it from then on.
type KeyExport struct {
	Sentence
	Person     string `json:"person,omitempty" doc:"Whose record it stands in, when that is another person merged into this one"`
	Inspection string `json:"inspection" doc:"The case"`
	By         string `json:"by" doc:"Account"`
}

// Report is a person's word that an entry is missing.
type Report struct {
	Person string      `json:"person,omitempty" doc:"Whose record it stands in, when that is another person merged into this one"`
	Report uint32      `json:"report" doc:"Number within the person's record"`
	Kind   string      `json:"kind" enum:"service,study"`
	Open   bool        `json:"open" doc:"Not answered yet"`
	Entry  *uint32     `json:"entry,omitempty" doc:"The entry claimed for it"`
	Deed   Deed        `json:"deed" doc:"As reported"`
	Life   []LifeEvent `json:"life"`
	Story  []Sentence  `json:"story"`
}

// Pending is a proposal that waits.
type Pending struct {
	Proposal uint32 `json:"proposal"`
	Void     bool   `json:"void,omitempty" doc:"The entry is to be voided"`
	Deed     *Deed  `json:"deed,omitempty" doc:"The whole new value"`
	By       string `json:"by" doc:"Account"`
	At       string `json:"at" format:"date-time"`
}

// LifeEvent is a step in an entry's life.
type LifeEvent struct {
	Type     string `json:"type"`
	Zh       string `json:"zh"`
	En       string `json:"en"`
	At       string `json:"at" format:"date-time"`
	By       string `json:"by" doc:"Account"`
	Revision uint64 `json:"revision" doc:"In the person's stream"`
	Deed     *Deed  `json:"deed,omitempty" doc:"The value claimed or proposed, where it is not the one that stands"`
	Read     *Read  `json:"read,omitempty" doc:"The activity's stream it was judged on, as it stood then"`
}

// Read names another stream and its newest revision when something was judged
// on it.
type Read struct {
	Stream   string  `json:"stream"`
	Revision *uint32 `json:"revision,omitempty" doc:"Absent of an activity, whose revisions count who signed up"`
}

// StatementOf makes a statement that shows no free words.
func StatementOf(s projections.Statement) Statement { return StoryOf(s, nil) }

// StoryOf makes a statement whose story tells the reasons, too.
func StoryOf(s projections.Statement, reasons Reasons) Statement {
	out := Statement{
		Footing: Foot(s.Footing), Person: id(s.Person.UUID), MergedInto: id(s.Into.UUID), Community: code(s.Community),
		Memberships: memberships(s.Memberships), Service: rating(s.Service), Study: study(s.Study),
		StudyYears: []StudyYear{}, Entries: make([]Entry, 0, len(s.Entries)), CheckIns: []PendingCheckIn{}, Reports: []Report{},
		Changes: changeStory(s.Changes, reasons), KeyExports: keyStory(s.KeyExports, s.Person),
	}
	out.State = out.state(s.State)
	for _, y := range s.StudyYears {
		out.StudyYears = append(out.StudyYears, StudyYear{y.Year, study(y.StudyTally)})
	}
	for i := range s.Entries {
		e := entryOf(&s.Entries[i])
		e.Story = storyOf(&s.Entries[i], reasons)
		if s.Entries[i].Person != s.Person {
			e.Person = id(s.Entries[i].Person.UUID)
			e.Story = append(e.Story, underNumber(s.Entries[i].Person))
		}
		out.Entries = append(out.Entries, e)
	}
	for i := range s.Pending {
		c := pendingCheckIn(&s.Pending[i])
		if s.Pending[i].Person != s.Person {
			c.Person = id(s.Pending[i].Person.UUID)
		}
		out.CheckIns = append(out.CheckIns, c)
	}
	for i := range s.Reports {
		r := reportOf(&s.Reports[i])
		r.Story = reportStory(&s.Reports[i], reasons)
		if s.Reports[i].Person != s.Person {
			r.Person = id(s.Reports[i].Person.UUID)
			r.Story = append(r.Story, underNumber(s.Reports[i].Person))
		}
		out.Reports = append(out.Reports, r)
	}
	if out.SeveralNumbers() {
		for i := range out.Entries {
			if e := &out.Entries[i]; e.Person == "" {
				e.Story = append(e.Story, underThisNumber(s.Person))
			}
		}
		for i := range out.Reports {
			if r := &out.Reports[i]; r.Person == "" {
				r.Story = append(r.Story, underThisNumber(s.Person))
			}
		}
	}
	return out
}

// SeveralNumbers reports whether something in the statement stands under another
// number than the one asked for: entries of different numbers share their numbering.
func (s *Statement) SeveralNumbers() bool {
	return slices.ContainsFunc(s.Entries, func(e Entry) bool { return e.Person != "" }) ||
		slices.ContainsFunc(s.Reports, func(r Report) bool { return r.Person != "" }) ||
		slices.ContainsFunc(s.CheckIns, func(c PendingCheckIn) bool { return c.Person != "" })
}

func reportOf(r *projections.StatementReport) Report {
	out := Report{Report: uint32(r.No), Kind: r.Deed.Kind.String(), Open: r.Open, Deed: deed(&r.Deed), Life: []LifeEvent{}}
	if r.Entry != 0 {
		entry := uint32(r.Entry)
		out.Entry = &entry
	}
	for i := range r.Life {
		out.Life = append(out.Life, lifeOf(&r.Life[i], &r.Deed))
	}
	return out
}

func entryOf(e *projections.StatementEntry) Entry {
	out := Entry{
		Entry: uint32(e.No), Kind: e.Deed.Kind.String(), Status: e.Status.String(), StatusZh: statuses[e.Status],
		Disputed: e.Dispute != 0, Dispute: uint32(e.Dispute), Upheld: e.Upheld, Deed: deed(&e.Deed), Raw: Time(e.Raw), Import: id(e.Import.UUID), Row: e.Row, Life: []LifeEvent{},
	}
	if e.Session {
		out.Deed.Stream = e.Deed.Activity.Stream()
	}
	if e.Deed.Kind == domain.Service {
		recognised := Time(e.Recognised)
		out.Recognised = &recognised
	} else {
		personTime := e.PersonTime
		out.PersonTime = &personTime
	}
	for i := range e.Portions {
		out.Portions = append(out.Portions, portionOf(&e.Portions[i]))
	}
	if p := e.Pending; p != nil {
		out.Pending = &Pending{Proposal: uint32(p.No), Void: p.Deed == nil, By: id(p.By.UUID), At: p.At.String()}
		if p.Deed != nil {
			value := deed(p.Deed)
			out.Pending.Deed = &value
		}
	}
	for i := range e.Life {
		out.Life = append(out.Life, lifeOf(&e.Life[i], &e.Deed))
	}
	out.Counts, out.Why = why(e)
	return out
}

func portionOf(p *domain.Portion) Portion {
	out := Portion{
		Day: day(p.Day), Raw: Time(p.Raw), Recognised: Time(p.Recognised), Policy: refOf(p.Policy), Steps: []Clause{},
	}
	for _, s := range p.Steps {
		out.Steps = append(out.Steps, step(s))
	}
	return out
}
