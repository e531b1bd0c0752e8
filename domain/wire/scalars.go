package wire

import (
	"encoding/base64"
	"math"

	"zhishu/domain"
)

// The readers here take the member of the key if it is next. A zero that is
// written out is refused: it would be left out when written again.

func (r *reader) zero() { r.fail("a zero value is written out") }

// token takes n raw bytes between quotation marks; the caller judges them.
func (r *reader) token(n int) []byte {
	p := r.pos + 1
	if p+n >= len(r.data) || r.data[p-1] != '"' || r.data[p+n] != '"' {
		r.fail("the text has not the length it must have")
		return nil
	}
	r.pos = p + n + 1
	return r.data[p : p+n]
}

// integer reads a number without fraction or exponent at the position.
func (r *reader) integer() (v int64) {
	p, neg := r.pos, false
	if p < len(r.data) && r.data[p] == '-' {
		neg = true
		p++
	}
	first := p
	var u uint64
	for ; p < len(r.data) && p-first < 20 && r.data[p]-'0' <= 9; p++ {
		u = u*10 + uint64(r.data[p]-'0') // 19 digits fit into 64 bits; more are refused below
	}
	switch digits := p - first; {
	case digits == 0 || r.data[first] == '0' && (digits > 1 || neg):
		r.fail("an integer is expected")
	case p < len(r.data) && (r.data[p] == '.' || r.data[p] == 'e' || r.data[p] == 'E'):
		r.fail("an integer has no fraction and no exponent")
	case digits > 19 || u > math.MaxInt64 && !(neg && u == 1<<63):
		r.fail("the number is out of range")
	default:
		r.pos = p
		if neg {
			return -int64(u)
		}
		return int64(u)
	}
	return 0
}

func (r *reader) int(key string) int64 { return r.ranged(key, math.MinInt64, math.MaxInt64) }

func (r *reader) uint32(key string) uint32 { return uint32(r.ranged(key, 0, math.MaxUint32)) }

func (r *reader) ranged(key string, lo, hi int64) int64 {
	if !r.at(key) {
		return 0
	}
	v := r.integer()
	switch {
	case r.err != nil:
		return 0
	case v == 0:
		r.zero()
	case v < lo || v > hi:
		r.fail("the number is out of range")
		return 0
	}
	return v
}

func (r *reader) minutes(key string) domain.Minutes { return domain.Minutes(r.int(key)) }

func (r *reader) fen(key string) domain.Fen { return domain.Fen(r.int(key)) }

func (r *reader) flag(key string) bool {
	if !r.at(key) {
		return false
	}
	if p := r.pos; p+4 <= len(r.data) && string(r.data[p:p+4]) == "true" {
		r.pos = p + 4
		return true
	}
	r.fail("true is expected")
	return false
}

// nibble is the value of a lower-case hexadecimal digit, 0xff of anything else.
var nibble = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := byte(0); i < 16; i++ {
		t["0123456789abcdef"[i]] = i
	}
	return t
}()

func (r *reader) uuid(key string) (u domain.UUID) {
	if !r.at(key) {
		return u
	}
	u = r.uuidValue()
	if u.IsZero() {
		r.zero()
	}
	return u
}

// uuidValue does not use domain.ParseUUID, which takes upper case too.
func (r *reader) uuidValue() (u domain.UUID) {
	b := r.token(36)
	if len(b) != 36 {
		return u
	}
	if b[8] != '-' || b[13] != '-' || b[18] != '-' || b[23] != '-' {
		r.fail("a UUID is expected")
		return u
	}
	var bad byte
	pair := func(i, at int) {
		hi, lo := nibble[b[at]], nibble[b[at+1]]
		bad |= hi | lo
		u[i] = hi<<4 | lo&15
	}
	for i := range 4 {
		pair(i, 2*i)
	}
	for i := range 2 {
		pair(4+i, 9+2*i)
		pair(6+i, 14+2*i)
		pair(8+i, 19+2*i)
	}
	for i := range 6 {
		pair(10+i, 24+2*i)
	}
	if bad > 15 {
		r.fail("a UUID in lower case is expected")
		return domain.UUID{}
	}
	return u
}

// print is a 64-bit number of 16 hexadecimal digits.
func (r *reader) print(key string) (v uint64) {
	if !r.at(key) {
		return 0
	}
	var bad byte
	for _, c := range r.token(16) {
		bad |= nibble[c]
		v = v<<4 | uint64(nibble[c]&15)
	}
	if bad > 15 {
		r.fail("16 hexadecimal digits in lower case are expected")
	} else if v == 0 {
		r.zero()
	}
	return v
}

// ciphers refuses stray bits in the last character.
var ciphers = base64.StdEncoding.Strict()

// sextet is the value of a character of base64url, 0xff of anything else.
var sextet = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range byte(64) {
		t[alphabet[i]] = i
	}
	return t
}()

// hash has its own loop because every event's metadata holds two.
func (r *reader) hash(key string) (h [16]byte) {
	if !r.at(key) {
		return h
	}
	b := r.token(22)
	if r.err != nil {
		return h
	}
	var bad byte
	for i := range 5 {
		s0, s1, s2, s3 := sextet[b[4*i]], sextet[b[4*i+1]], sextet[b[4*i+2]], sextet[b[4*i+3]]
		bad |= s0 | s1 | s2 | s3
		h[3*i], h[3*i+1], h[3*i+2] = s0<<2|s1>>4, s1<<4|s2>>2, s2<<6|s3
	}
	s0, s1 := sextet[b[20]], sextet[b[21]]
	bad |= s0 | s1
	h[15] = s0<<2 | s1>>4
	if bad > 63 || s1&15 != 0 {
		r.fail("22 characters of base64url are expected")
		return [16]byte{}
	}
	if h == [16]byte{} {
		r.zero()
	}
	return h
}

func (r *reader) community(key string) domain.CommunityCode {
	if !r.at(key) {
		return 0
	}
	return r.communityValue()
}

func (r *reader) communityValue() domain.CommunityCode {
	var v uint64
	var bad bool
	for _, c := range r.token(12) {
		bad = bad || c-'0' > 9
		v = v*10 + uint64(c-'0')
	}
	if bad || !validCommunity(v) {
		r.fail("a community code of 12 digits is expected")
		return 0
	}
	return domain.CommunityCode(v)
}

// validCommunity says what domain.ParseCommunityCode says of 12 digits.
func validCommunity(v uint64) bool { return v < 1e12 && v >= 11e10 && v%1000 != 0 }

// division refuses a code padded with zeros, which the domain accepts.
func (r *reader) division(key string) domain.Division {
	text := r.text(key)
	d, err := domain.ParseDivision(text)
	if err != nil || d.Digits() != len(text) {
		r.fail("a division code of 2, 4, 6, 9 or 12 digits is expected")
	}
	return d
}
