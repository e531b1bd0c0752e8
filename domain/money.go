package domain

import (
	"errors"
	"strconv"
)

// Fen is money in 分, a hundredth of a yuan.
type Fen int64

// MaxGift bounds a single gift so that sums of them cannot overflow: one
// trillion yuan.
const MaxGift Fen = 1_000_000_000_000_00

// ErrMoney is returned for text that is not yuan with at most two decimals.
var ErrMoney = errors.New("an amount is yuan with at most two decimals")

// String is yuan with two decimals, without separators: "446191285.66".
func (f Fen) String() string {
	sign := ""
	u := uint64(f)
	if f < 0 {
		sign, u = "-", -u
	}
	b := strconv.AppendUint([]byte(sign), u/100, 10)
	return string(append(b, '.', byte('0'+u/10%10), byte('0'+u%10)))
}

// ParseFen reads yuan as String writes them; fewer decimals are accepted.
func ParseFen(s string) (Fen, error) {
	whole, frac := s, ""
	for i := 0; i < len(s); i++ {
		if s[i] == '.' {
			whole, frac = s[:i], s[i+1:]
			if frac == "" {
				return 0, ErrMoney
			}
			break
		}
	}
	if len(whole) > 14 || len(frac) > 2 {
		return 0, ErrMoney
	}
	y, ok := digits(whole)
	if !ok {
		return 0, ErrMoney
	}
	c := 0
	if frac != "" {
		if c, ok = digits(frac); !ok {
			return 0, ErrMoney
		}
		if len(frac) == 1 {
			c *= 10
		}
	}
	return Fen(y)*100 + Fen(c), nil
}
