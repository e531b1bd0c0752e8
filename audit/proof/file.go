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
	// Stated: a statement stands beside them. Of its steps Steps were found among
	// the facts. Its figures are the ledger's word.
	Stated bool
	Steps  int
}

// VerifyFile checks a receipt, or a statement with receipts, as a file holds it.
// The error is ErrShort where a list is empty or ends before what the statement
// tells of.
func VerifyFile(content []byte, keys ...Key) (p Proven, err error) {
	var r Receipt
	var stream string
	var statement json.RawMessage
	d := json.NewDecoder(bytes.NewReader(content))
	err = members(d, map[string]func() error{
		"format":    value(d, &r.Format),
		"event":     value(d, &r.Event),
		"proof":     value(d, &r.Proof),
		"stream":    value(d, &stream),
		"statement": value(d, &statement),
		"receipts": func() error {
			return elements(d, func() error {
				var next Receipt
				if err := d.Decode(&next); err != nil {
					return err
				}
				var err error
				p.Facts, err = next.next(p.Facts, keys)
				return err
			})
		},
	})
	if err == nil && d.More() {
		err = errors.New("something follows it")
	}
	switch {
	case err != nil && !errors.Is(err, ErrMismatch) && !errors.Is(err, ErrSignature) && !errors.Is(err, ErrFormat):
		return p, fmt.Errorf("%w: %w", ErrFormat, err)
	case err != nil:
		return p, err
	case r.Format != StatementFormat:
		shown, err := r.Verify(keys...)
		p.Facts = []Shown{shown}
		return p, err
	case len(p.Facts) == 0:
		return p, fmt.Errorf("statement: %w: there is no receipt in it", ErrShort)
	}
	p.Whole = true
	if err := ofStream(p.Facts, stream); err != nil {
		return p, err
	}
	if len(statement) > 0 && string(statement) != "null" {
		p.Stated = true
		p.Steps, err = compare(statement, p.Facts)
	}
	return p, err
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
