package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// step is one of a history that a statement tells.
type step struct {
	Type     string `json:"type"`
	By       string `json:"by"`
	At       string `json:"at"`
	Revision uint64 `json:"revision"`
}

// comparison holds a statement's histories against the facts of its stream.
type comparison struct {
	d     *json.Decoder
	facts []Shown
	size  *uint64                    // of the ledger that the statement is made from
	told  map[uint64]map[uint64]bool // revisions, by entry
	steps int
	short error
}

// compare finds every step that a statement tells of its own person's entries and
// reports among the facts: the same kind, by the same account, at the same time. It tells how many.
// Nor may the statement leave out what was recorded about an entry that it tells
// of, up to the ledger size that it is made from.
func compare(statement []byte, facts []Shown) (steps int, err error) {
	c := &comparison{d: json.NewDecoder(bytes.NewReader(statement)), facts: facts, told: map[uint64]map[uint64]bool{}}
	var person string
	err = members(c.d, map[string]func() error{
		"person":     value(c.d, &person),
		"ledgerSize": value(c.d, &c.size),
		"entries":    func() error { return elements(c.d, c.entry) },
		"reports":    func() error { return elements(c.d, c.entry) },
	})
	if err == nil && person != "" && !strings.HasSuffix(facts[0].Frame.Stream, "-"+person) {
		err = fmt.Errorf("%w: it is of %.64q, and its receipts are of %s", ErrMismatch, person, facts[0].Frame.Stream)
	}
	if err == nil {
		err = c.leftOut()
	}
	switch {
	case errors.Is(err, ErrMismatch):
		return c.steps, fmt.Errorf("statement: %w", err)
	case err != nil:
		return c.steps, fmt.Errorf("statement: %w: %w", ErrFormat, err)
	}
	return c.steps, c.short
}

// entry reads an entry or a report. One under another number has its facts in
// another stream.
func (c *comparison) entry() error {
	var person string
	var number *uint64
	var life []step
	count := 0
	err := members(c.d, map[string]func() error{
		"person": value(c.d, &person),
		"entry":  value(c.d, &number),
		"life": func() error {
			return elements(c.d, func() error {
				if count++; count > len(c.facts) { // of which none is told twice
					return skip(c.d)
				}
				life = append(life, step{})
				return c.d.Decode(&life[count-1])
			})
		},
	})
	switch {
	case err != nil:
		return err
	case count == 0:
		return fmt.Errorf("%w: it tells of an entry without a history", ErrMismatch)
	case person != "":
		return nil
	}
	told := map[uint64]bool{}
	for _, s := range life {
		if err := c.hold(s); err != nil {
			return err
		}
		told[s.Revision] = true
	}
	if number != nil {
		c.told[*number] = told
	}
	return nil
}

// hold finds a step among the facts.
func (c *comparison) hold(s step) error {
	if s.Revision >= uint64(len(c.facts)) {
		c.short = fmt.Errorf("statement: %w: it tells of revision %d, and the receipts end at revision %d", ErrShort, s.Revision, len(c.facts)-1)
		return nil
	}
	f := &c.facts[s.Revision].Frame
	var is struct{ Account, RecordedAt string }
	if err := json.Unmarshal(f.Metadata, &is); f.Type != s.Type || err != nil || s.By != is.Account || s.At != is.RecordedAt {
		return fmt.Errorf("%w: it tells of a %.64q by %.64q at %.64q as revision %d, which is a %s by %s at %s", ErrMismatch, s.Type, s.By, s.At, s.Revision, f.Type, is.Account, is.RecordedAt)
	}
	c.steps++
	return nil
}

// aboutEntry begins the kinds of facts that are about an entry that is there.
const aboutEntry = "entry-"

// leftOut finds facts about the entries told of that are not told.
func (c *comparison) leftOut() error {
	for i := range c.facts {
		f := &c.facts[i]
		var e struct{ Entry uint64 }
		if !strings.HasPrefix(f.Frame.Type, aboutEntry) || c.size != nil && f.Index >= *c.size || json.Unmarshal(f.Frame.Data, &e) != nil {
			continue
		}
		if told, ok := c.told[e.Entry]; ok && !told[f.Frame.Revision] {
			return fmt.Errorf("%w: of entry %d it leaves out revision %d, a %s", ErrMismatch, e.Entry, f.Frame.Revision, f.Frame.Type)
		}
	}
	return nil
}
