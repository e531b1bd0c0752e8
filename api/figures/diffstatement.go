package figures

import (
	"strconv"

	"zhishu/domain"
	"zhishu/projections"
)

// StatementDiff is what changed in a person's statement between two points of
// view.
type StatementDiff struct {
	Footing
	Between
	Person  string        `json:"person"`
	Before  Totals        `json:"before"`
	After   Totals        `json:"after"`
	Change  int64         `json:"change" doc:"Recognised minutes more: the sum over entries"`
	Why     []Clause      `json:"why" doc:"What changed the stars"`
	Entries []EntryChange `json:"entries" doc:"By day, then number"`
	StatementWaits
	Giving *[]GiftChange `json:"giving,omitempty" doc:"Gifts that came, went or changed; absent where nobody says who asks (diff-story tells them)"`
}

// Totals are a person's sums at a point of view.
type Totals struct {
	Service Rating `json:"service"`
	Study   Study  `json:"study" doc:"All time"`
}

// EntryChange is an entry that came, went, or is not what it was.
type EntryChange struct {
	Person string         `json:"person" doc:"Whose record it stands in"`
	Entry  uint32         `json:"entry"`
	Kind   string         `json:"kind" enum:"came,went,changed" doc:"went: voided, rejected or there no more"`
	Before *EntryState    `json:"before,omitempty" doc:"Absent for one that was not there"`
	After  *EntryState    `json:"after,omitempty" doc:"Absent for one that is there no more"`
	Change int64          `json:"change" doc:"Recognised minutes more"`
	Events []ChangeEvent  `json:"events" doc:"What was recorded of it between"`
	Causes []Clause       `json:"causes" doc:"What else made the difference"`
	Story  []DiffSentence `json:"story" doc:"The whole change in plain sentences"`
}

// EntryState is an entry at a point of view.
type EntryState struct {
	Status     string    `json:"status" enum:"claimed,confirmed,rejected,voided"`
	StatusZh   string    `json:"statusZh"`
	Counts     bool      `json:"counts"`
	Deed       Deed      `json:"deed"`
	Raw        Duration  `json:"raw"`
	Recognised *Duration `json:"recognised,omitempty" doc:"Of service"`
	PersonTime *bool     `json:"personTime,omitempty" doc:"Of study: a person-time of its own"`
	Why        []Clause  `json:"why" doc:"Why it counts, or why not"`
}

// ChangeEvent is the event that did something.
type ChangeEvent struct {
	Event      string `json:"event" doc:"stream@revision, as GET /v1/receipts/{event} takes it"`
	LedgerSize uint64 `json:"ledgerSize" doc:"The first that holds it"`
	Type       string `json:"type"`
	At         string `json:"at" format:"date-time"`
	By         string `json:"by" doc:"Account"`
	Zh         string `json:"zh"`
	En         string `json:"en"`
}

// DiffSentence is a line in two languages.
type DiffSentence struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// StatementDiffOf tells a difference of statements. No free words are shown.
func StatementDiffOf(d projections.StatementDiff) StatementDiff {
	out := StatementDiff{
		Footing: Foot(d.After.Footing), Person: id(d.After.Person.UUID),
		Before: Totals{rating(d.Before.Service), study(d.Before.Study)}, After: Totals{rating(d.After.Service), study(d.After.Study)},
		Change:  int64(d.After.Service.Recognised - d.Before.Service.Recognised),
		Entries: make([]EntryChange, 0, len(d.Entries)), StatementWaits: waitsOf(&d),
	}
	out.Between = out.between(d.Before.Footing, d.Rules)
	out.Why = starsWhy(d.Before.Service, d.After.Service, len(d.Entries))
	for i := range d.Entries {
		out.Entries = append(out.Entries, entryChange(&d.Entries[i]))
	}
	return out
}

// starsWhy says what changed a person's stars: hours, scheme, or time.
func starsWhy(was, is domain.StarRating, entries int) []Clause {
	out := []Clause{}
	if was.Recognised != is.Recognised {
		zh, en := fromTo(was.Recognised, is.Recognised)
		out = append(out, said("recognised", "认定时长 "+zh+"（"+strconv.Itoa(entries)+" 条记录有变动）", "recognised "+en+" ("+strconv.Itoa(entries)+" changed"+")"))
	}
	if refOf(was.Scheme) != refOf(is.Scheme) {
		zh, en := refOf(was.Scheme), refOf(is.Scheme)
		out = append(out, said("scheme", "星级方案 "+dash(zh)+" → "+dash(en), "star scheme "+dash(zh)+" → "+dash(en)))
	}
	if was.Stars != is.Stars {
		change := strconv.Itoa(was.Stars) + " → " + strconv.Itoa(is.Stars)
		out = append(out, said("stars", "星级 "+change, "stars "+change))
	}
	return out
}

func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

var causes = map[projections.Cause]words{
	projections.CauseMerged:  {"两个编号合为一人或又分开，记录随之归入或移出", "two numbers of one person were joined or parted, and the record went along"},
	projections.CauseRule:    {"按另一规则版本计算", "another policy version counts it"},
	projections.CauseClosing: {"关账规则的处理有变", "the closing rule treats it otherwise"},
	projections.CauseGiver:   {"登记的捐赠人有变，捐赠随之列入或不再列入", "who gave the gift was recorded otherwise, and it came or went with that"},
	projections.CauseOthers:  {"本人的其他记录有变：共用的上限，或同一场次、同一时间只计一次", "other entries of the person changed: a cap they share, or a session or time that counts once"},
}

func entryChange(c *projections.EntryChange) EntryChange {
	out := EntryChange{
		Person: id(c.Person.UUID), Entry: uint32(c.No), Kind: kindOf(c), Change: int64(c.Change()),
		Before: entryState(c.Before), After: entryState(c.After), Causes: []Clause{},
	}
	newest := c.After
	if newest == nil {
		newest = c.Before
	}
	out.Events, out.Story = changeEvents(c.Events, storyOf(newest, nil))
	for _, cause := range c.Causes {
		w := causes[cause]
		out.Causes = append(out.Causes, said(string(cause), w.zh, w.en))
		out.Story = append(out.Story, DiffSentence{w.zh + "。", capital(w.en) + "."})
	}
	out.Story = append(out.Story, outcome(c, out.Before, out.After))
	return out
}

// changeEvents names the events of a change, each with its sentence of a story.
func changeEvents(events []projections.Did, story []Sentence) ([]ChangeEvent, []DiffSentence) {
	told := map[uint64]Sentence{}
	for _, s := range story {
		if s.Revision != nil {
			told[*s.Revision] = s
		}
	}
	out, sentences := make([]ChangeEvent, 0, len(events)), make([]DiffSentence, 0, len(events)+1)
	for i := range events {
		e := &events[i]
		s := told[e.Revision]
		out = append(out, ChangeEvent{
			Event: eventRef(e.Stream, e.Revision), LedgerSize: uint64(e.Size), Type: e.Type, At: e.At.String(), By: id(e.By.UUID), Zh: s.Zh, En: s.En,
		})
		sentences = append(sentences, DiffSentence{s.Zh, s.En})
	}
	return out, sentences
}

// kindOf: an entry is never removed from a record, so one that counts for
// nothing from now on is what went.
func kindOf(c *projections.EntryChange) string {
	gone := func(e *projections.StatementEntry) bool {
		return e == nil || e.Status == domain.Voided || e.Status == domain.Rejected
	}
	switch {
	case c.Before == nil:
		return "came"
	case gone(c.After) && !gone(c.Before):
		return "went"
	}
	return "changed"
}

func entryState(e *projections.StatementEntry) *EntryState {
	if e == nil {
		return nil
	}
	x := entryOf(e)
	return &EntryState{x.Status, x.StatusZh, x.Counts, x.Deed, x.Raw, x.Recognised, x.PersonTime, x.Why}
}

// outcome is the last sentence: what it comes to.
func outcome(c *projections.EntryChange, before, after *EntryState) DiffSentence {
	status := func(e *EntryState) (zh, en string) {
		if e == nil {
			return "没有", "not there"
		}
		return e.StatusZh, e.Status
	}
	wasZh, wasEn := status(before)
	isZh, isEn := status(after)
	zh, en := "状态 "+wasZh+" → "+isZh, "Status "+wasEn+" → "+isEn
	recognised := func(e *projections.StatementEntry) domain.Minutes {
		if e == nil {
			return 0
		}
		return e.Recognised
	}
	if was, is := recognised(c.Before), recognised(c.After); was != is {
		a, b := fromTo(was, is)
		zh, en = zh+"，认定 "+a, en+", recognised "+b
	}
	return DiffSentence{zh + "。", en + "."}
}
