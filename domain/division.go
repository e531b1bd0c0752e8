package domain

import (
	"errors"
	"fmt"
)

// CommunityCode is a 12-digit statistical division code of a community:
// 2 digits province, 2 city, 2 county, 3 street or town, 3 community.
type CommunityCode uint64

// Division is a node of the hierarchy of division codes: a prefix of whole
// segments (0, 2, 4, 6, 9 or 12 digits). The zero value is the whole country.
// Divisions compare by segments: 3306 is not a prefix of anything but what
// lies in city 3306, and 33061 is not a division at all.
type Division struct {
	code   uint64 // the digits as a number
	digits uint8
}

var (
	// ErrCommunityCode: not twelve digits that name a community.
	ErrCommunityCode = errors.New("a community code has 12 digits, the last three not 000")
	// ErrDivision: not a whole number of segments below a province.
	ErrDivision = errors.New("a division code has 2, 4, 6, 9 or 12 digits and begins with a province")
)

// ParseCommunityCode reads 12 digits.
func ParseCommunityCode(s string) (CommunityCode, error) {
	d, err := ParseDivision(s)
	if err != nil || d.digits != 12 {
		return 0, ErrCommunityCode
	}
	return CommunityCode(d.code), nil
}

// ParseDivision reads a division code; the empty string is the whole country.
// Codes padded with zeros to 12 digits (430702000000) are cut to their level.
// Shorter ones are taken as they stand: 441900 is the one county of a city
// without counties, and a community's code may begin with it.
func ParseDivision(s string) (Division, error) {
	if s == "" {
		return Division{}, nil
	}
	if len(s) != 2 && len(s) != 4 && len(s) != 6 && len(s) != 9 && len(s) != 12 {
		return Division{}, ErrDivision
	}
	n, ok := digits(s)
	if !ok {
		return Division{}, ErrDivision
	}
	d := Division{uint64(n), uint8(len(s))}
	for _, above := range []uint8{9, 6, 4, 2} {
		if len(s) == 12 && uint64(n)%pow10[12-above] == 0 {
			d = Division{uint64(n) / pow10[12-above], above}
		}
	}
	if d.code/pow10[d.digits-2] < 11 { // there is no province below 11
		return Division{}, ErrDivision
	}
	return d, nil
}

// Valid reports whether the number is a community's code.
func (c CommunityCode) Valid() bool { return c%1000 != 0 && c/1e10 >= 11 && c/1e12 == 0 }

func (c CommunityCode) String() string { return fmt.Sprintf("%012d", uint64(c)) }

// Stream names the community's stream.
func (c CommunityCode) Stream() string { return CommunityCategory + "-" + c.String() }

// Division is the community itself as a node of the hierarchy.
func (c CommunityCode) Division() Division { return Division{uint64(c), 12} }

// County is the six-digit division the community lies in.
func (c CommunityCode) County() Division { return Division{uint64(c) / 1e6, 6} }

// Digits is the level: 0 country, 2 province, 4 city, 6 county, 9 street, 12 community.
func (d Division) Digits() int { return int(d.digits) }

func (d Division) String() string {
	if d.digits == 0 {
		return ""
	}
	return fmt.Sprintf("%0*d", int(d.digits), d.code)
}

// Contains reports whether the community lies in the division.
func (d Division) Contains(c CommunityCode) bool {
	return uint64(c)/pow10[12-d.digits] == d.code || d.digits == 0
}

// Covers reports whether every community of e lies in d.
func (d Division) Covers(e Division) bool {
	return d.digits <= e.digits && e.code/pow10[e.digits-d.digits] == d.code
}

// Up is the division of fewer digits that this one lies in.
func (d Division) Up(digits int) Division {
	return Division{d.code / pow10[int(d.digits)-digits], uint8(digits)}
}

var pow10 = [13]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12}
