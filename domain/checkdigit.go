package domain

// ValidIDNumber checks the 18 characters of a resident identity card: seventeen
// digits with an existing birth date and the ISO 7064 MOD 11-2 check character
// of GB 11643.
func ValidIDNumber(s string) bool {
	if len(s) != 18 {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * w
	}
	if _, ok := IDNumberBirth(s); !ok {
		return false
	}
	last := s[17]
	if last == 'x' {
		last = 'X'
	}
	return "10X98765432"[sum%11] == last
}

// IDNumberBirth is the birth date written in characters 7 to 14.
func IDNumberBirth(s string) (Day, bool) {
	if len(s) < 14 {
		return NoDay, false
	}
	y, ok1 := digits(s[6:10])
	m, ok2 := digits(s[10:12])
	d, ok3 := digits(s[12:14])
	day, ok := DayOf(y, m, d)
	return day, ok && ok1 && ok2 && ok3
}

// ValidCreditCode checks a unified social credit code of GB 32100: 18
// characters of 0-9A-HJ-NP-RTUWXY, weights 3^(i-1) mod 31, check = (31 − Σ mod 31) mod 31.
func ValidCreditCode(s string) bool {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	if len(s) != 18 {
		return false
	}
	index := func(c byte) int {
		for i := 0; i < len(alphabet); i++ {
			if alphabet[i] == c {
				return i
			}
		}
		return -1
	}
	sum, weight := 0, 1
	for i := 0; i < 17; i++ {
		v := index(s[i])
		if v < 0 {
			return false
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return index(s[17]) == (31-sum%31)%31
}
