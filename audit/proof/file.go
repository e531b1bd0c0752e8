package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrShort: nothing in the file is wrong, and it does not hold what it is about.
var ErrShort = errors.New("the file does not hold what it is about")

// Proven is what a file of receipts has proven: that these facts are in the log.
type Proven struct {
	Facts []Shown
	// Whole: of a stream from its first fact on, none left out up to the last one
	// shown. What was recorded behind that one is not shown.
	Whole bool
	// Gifts are the same of the streams of a person's gifts.
	Gifts [][]Shown
	// Stated: a statement stands beside them. Of its steps Steps were found among
	// the facts. Its figures are the ledger's word.
	Stated bool
	Steps  int
}

// listed is the receipts of one stream, as a file has them.
type listed struct {
	format, stream string
	facts          []Shown
}

// members reads them from a file.
func (l *listed) members(d *json.Decoder, keys []Key) map[string]func() error {
	return map[string]func() error{
		"format": value(d, &l.format),
		"stream": value(d, &l.stream),
		"receipts": func() error {
			return elements(d, func() error {
				var next Receipt
				if err := d.Decode(&next); err != nil {
					return err
				}
				var err error
				l.facts, err = next.next(l.facts, keys)
				return err
			})
		},
	}
}

// whole: they are a stream from its first fact on.
func (l *listed) whole() error {
	switch {
	case l.format != StatementFormat:
		return fmt.Errorf("statement: %w: %.64q", ErrFormat, l.format)
	case len(l.facts) == 0:
		return fmt.Errorf("statement: %w: there is no receipt of %.80q in it", ErrShort, l.stream)
	}
	return ofStream(l.facts, l.stream)
}

// VerifyFile checks a receipt, or a statement with receipts, as a file holds it.
// The error is ErrShort where a list is empty or ends before what the statement
// tells of.
func VerifyFile(content []byte, keys ...Key) (p Proven, err error) {
	var own listed
	var r Receipt
	var statement json.RawMessage
	streams := map[string]bool{} // of gifts
	d := json.NewDecoder(bytes.NewReader(content))
	of := own.members(d, keys)
	of["event"], of["proof"], of["statement"] = value(d, &r.Event), value(d, &r.Proof), value(d, &statement)
	of["gifts"] = func() error {
		return elements(d, func() error {
			var gift listed
			of := gift.members(d, keys)
			of["gifts"] = func() error { return fmt.Errorf("statement: %w: a gift holds others", ErrFormat) }
			if err := members(d, of); err != nil {
				return err
			}
			if streams[gift.stream] {
				return fmt.Errorf("statement: %w: the gift %.80s stands there twice", ErrFormat, gift.stream)
			}
			streams[gift.stream] = true
			p.Gifts = append(p.Gifts, gift.facts)
			return gift.whole()
		})
	}
	if err = members(d, of); err == nil && d.More() {
		err = errors.New("something follows it")
	}
	switch {
	case err != nil && !is(err, ErrMismatch, ErrSignature, ErrShort, ErrFormat):
		return p, fmt.Errorf("%w: %w", ErrFormat, err)
	case err != nil:
		return p, err
	case own.format != StatementFormat:
		r.Format = own.format
		shown, err := r.Verify(keys...)
		p.Facts = []Shown{shown}
		return p, err
	case streams[own.stream]:
		return p, fmt.Errorf("statement: %w: the gift %.80s stands there twice", ErrFormat, own.stream)
	}
	p.Facts, p.Whole = own.facts, true
	if err := own.whole(); err != nil {
		return p, err
	}
	if len(statement) > 0 && string(statement) != "null" {
		p.Stated = true
		p.Steps, err = compare(statement, p.Facts)
	}
	return p, err
}

func is(err error, kinds ...error) bool {
	for _, one := range kinds {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

// minProof is less than the shortest proof has: its header, a salt, a checkpoint
// with a signature.
const minProof = 200

// ParseReceipts reads a list of receipts, of which nothing has been verified, up to
// the first that cannot be one. That one is the last of the list.
func ParseReceipts(content []byte) (list []Receipt, err error) {
	d := json.NewDecoder(bytes.NewReader(content))
	err = elements(d, func() error {
		var r Receipt
		if err := d.Decode(&r); err != nil {
			return err
		}
		if list = append(list, r); r.Format != ReceiptFormat || len(r.Proof) < minProof {
			return errNone
		}
		return nil
	})
	if errors.Is(err, errNone) {
		return list, nil
	}
	return list, err
}

var errNone = errors.New("this cannot be a receipt")
