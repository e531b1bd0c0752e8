package domain

import "strings"

const (
	bech32Letters   = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	recipientPrefix = "age1"
	recipientSize   = len(recipientPrefix) + 52 + 6 // 256 bits of five a letter, and the checksum
)

// validRecipient: an age X25519 public key in Bech32 (BIP 173), with the checksum
// that finds a slip of the pen. Whether keys can be encrypted to it is for whoever
// does so to find out.
func validRecipient(s string) bool {
	rest, ok := strings.CutPrefix(s, recipientPrefix)
	if !ok || len(s) != recipientSize {
		return false
	}
	check := bech32(1)
	for _, c := range recipientPrefix[:3] {
		check = check.add(uint32(c) >> 5)
	}
	check = check.add(0)
	for _, c := range recipientPrefix[:3] {
		check = check.add(uint32(c) & 31)
	}
	for i, c := range rest {
		value := strings.IndexRune(bech32Letters, c)
		if value < 0 || i == 51 && value&15 != 0 { // the last letter of the key has one bit of it
			return false
		}
		check = check.add(uint32(value))
	}
	return check == 1
}

// bech32 is the checksum so far.
type bech32 uint32

func (b bech32) add(value uint32) bech32 {
	top := uint32(b) >> 25
	next := (uint32(b)&0x1ffffff)<<5 ^ value
	for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			next ^= g
		}
	}
	return bech32(next)
}
