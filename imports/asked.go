package imports

import (
	"encoding/binary"
	"strconv"

	"zhishu/commands"
	"zhishu/domain"
)

// asked gathers what is asked for one person, in room that a worker uses for one
// person after the other: whoever carries commands out keeps none of them.
type asked struct {
	requests []commands.Request
	steps    []step

	keys     []byte
	ends     []int // of each request's key
	digests  []byte
	claims   []domain.ClaimEntry
	confirms []domain.ConfirmEntry
}

// begin forgets the person before and makes room for as many rows.
func (a *asked) begin(rows int) {
	clear(a.requests)
	a.requests, a.steps, a.keys, a.ends, a.digests = a.requests[:0], a.steps[:0], a.keys[:0], a.ends[:0], a.digests[:0]
	if cap(a.claims) < rows {
		a.claims, a.confirms = make([]domain.ClaimEntry, 0, 2*rows), make([]domain.ConfirmEntry, 0, 2*rows)
	}
	a.claims, a.confirms = a.claims[:0], a.confirms[:0]
}

// add asks for a command with the idempotency key of its row and operation. The
// row's print, which is keyed, stands for the content.
func (a *asked) add(r *run, by domain.AccountID, l *line, op string, c domain.Command, s step) {
	a.keys = r.appendKey(a.keys, l, op)
	a.ends = append(a.ends, len(a.keys))
	from := len(a.digests)
	a.digests = appendDigest(a.digests, l)
	a.requests = append(a.requests, commands.Request{Caller: r.caller(by), Command: c, Digest: a.digests[from:]})
	a.steps = append(a.steps, s)
}

// all gives the requests their keys, which are parts of one text.
func (a *asked) all() []commands.Request {
	text, from := string(a.keys), 0
	for i, to := range a.ends {
		a.requests[i].Key, from = text[from:to], to
	}
	return a.requests
}

func (r *run) appendKey(key []byte, l *line, op string) []byte {
	key = append(key, "import/"...)
	key = r.id.UUID.AppendText(key)
	key = append(key, '/')
	key = strconv.AppendUint(key, uint64(l.number), 10)
	key = append(key, '/')
	return append(key, op...)
}

// appendDigest writes the print twice, because a digest of sixteen bytes needs
// no further hash.
func appendDigest(digest []byte, l *line) []byte {
	digest = binary.BigEndian.AppendUint64(digest, l.print)
	return binary.BigEndian.AppendUint64(digest, l.print)
}
