package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// PageInput is embedded in the input of every list.
type PageInput struct {
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500" doc:"Rows of a page"`
	Cursor string `query:"cursor" maxLength:"512" doc:"The next member of the page before; opaque"`
}

// Rows is the page size asked for, within its bounds.
func (in *PageInput) Rows() int {
	if in.Limit == 0 {
		return DefaultPageRows
	}
	return min(max(in.Limit, 1), MaxPageRows)
}

// Page is the body of every list.
type Page[T any] struct {
	Rows []T    `json:"rows" doc:"In the order of the list"`
	Next string `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	Size uint64 `json:"size" doc:"Ledger size the page was read at; the same on every page of a list"`
}

// Cursor is where the next page begins: in the view at this ledger size, after
// the row with this sort key.
type Cursor struct {
	Size uint64
	Key  []byte
}

// Cursors seals cursors with a key, so that a client can neither make one up
// nor carry one from one list to another. A cursor hides nothing: it holds
// what stood on the page. Safe for concurrent use.
type Cursors struct{ key []byte }

// NewCursors takes a key of at least 32 bytes, shared by all servers of a
// cluster.
func NewCursors(key []byte) *Cursors { return &Cursors{key: key} }

const (
	cursorVersion = 1
	cursorMACLen  = 16
	cursorHeadLen = 1 + 8 // version, ledger size
)

// Seal makes the token. The list names the operation and every filter of the
// query, so that the token fits only the query it came from.
func (s *Cursors) Seal(list string, c Cursor) string {
	token := binary.BigEndian.AppendUint64([]byte{cursorVersion}, c.Size)
	token = append(token, c.Key...)
	token = append(token, s.mac(list, token)...)
	return base64.RawURLEncoding.EncodeToString(token)
}

// Open reads a token. An empty one is the beginning of the list: the zero
// Cursor. Every other that Seal has not made for the same list is refused.
func (s *Cursors) Open(list, token string) (Cursor, error) {
	if token == "" {
		return Cursor{}, nil
	}
	refused := NewProblem(CodeCursorInvalid, "")
	if len(token) > MaxCursorLen {
		return Cursor{}, refused
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < cursorHeadLen+cursorMACLen || raw[0] != cursorVersion {
		return Cursor{}, refused
	}
	sealed, mac := raw[:len(raw)-cursorMACLen], raw[len(raw)-cursorMACLen:]
	if !hmac.Equal(mac, s.mac(list, sealed)) {
		return Cursor{}, refused
	}
	return Cursor{Size: binary.BigEndian.Uint64(sealed[1:cursorHeadLen]), Key: sealed[cursorHeadLen:]}, nil
}

func (s *Cursors) mac(list string, sealed []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write(binary.BigEndian.AppendUint32([]byte("zhishu cursor\x00"), uint32(len(list))))
	h.Write([]byte(list))
	h.Write(sealed)
	return h.Sum(nil)[:cursorMACLen]
}
