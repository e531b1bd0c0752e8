package domain_test

import (
	"testing"

	"zhishu/domain"
)

// Each parser: whatever is accepted is written the same way again, or, where
// several spellings are allowed, to a form that reads the same.

func FuzzParseDay(f *testing.F) {
	seeds(f, "2026-03-10", "0001-01-01", "9999-12-31", "2024-02-29", "")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := domain.ParseDay(s)
		if b, errB := domain.ParseDay([]byte(s)); b != d || (errB == nil) != (err == nil) {
			t.Error("text and bytes differ")
		}
		if err == nil && d.String() != s {
			t.Errorf("%q reads %s", s, d)
		}
	})
}

func FuzzParseInstant(f *testing.F) {
	seeds(f, "2026-03-10T09:00:00Z", "2026-03-10T17:00:00.123+08:00", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59.999-14:59")
	f.Fuzz(func(t *testing.T, s string) {
		i, err := domain.ParseInstant(s)
		if err != nil {
			return
		}
		if back, err := domain.ParseInstant(i.AppendText(nil)); err != nil || back != i {
			t.Errorf("%q reads %s, which reads %v, %v", s, i, back, err)
		}
	})
}

func FuzzParsePeriod(f *testing.F) {
	seeds(f, "2026", "2026-03", "2026-01-01..2026-06-30", "all", "9999-12", "0001")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := domain.ParsePeriod(s)
		if err != nil {
			return
		}
		if back, err := domain.ParsePeriod(p.String()); err != nil || back != p || p.From > p.To {
			t.Errorf("%q reads %s, which reads %v, %v", s, p, back, err)
		}
	})
}

func FuzzParseFen(f *testing.F) {
	seeds(f, "0.01", "446191285.66", "1.", "-1", "99999999999999.99")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := domain.ParseFen(s)
		if err != nil {
			return
		}
		if back, err := domain.ParseFen(n.String()); err != nil || back != n || n < 0 {
			t.Errorf("%q reads %s, which reads %v, %v", s, n, back, err)
		}
	})
}

func FuzzParseUUID(f *testing.F) {
	seeds(f, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "00000000-0000-0000-0000--00000000000", "-0000000-0000-0000-0000-000000000000")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := domain.ParseUUID(s)
		if err != nil {
			return
		}
		if back, err := domain.ParseUUID(u.String()); err != nil || back != u || len(s) != 36 {
			t.Errorf("%q reads %s", s, u)
		}
	})
}

func FuzzParseDivision(f *testing.F) {
	seeds(f, "", "43", "430702001007", "430702000000", "33061", "441900003001")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := domain.ParseDivision(s)
		if err != nil {
			return
		}
		if back, err := domain.ParseDivision(d.String()); err != nil || back != d || !d.Covers(d) {
			t.Errorf("%q reads %s, which reads %v, %v", s, d, back, err)
		}
		if c, err := domain.ParseCommunityCode(s); err == nil && (!d.Contains(c) || c.Division() != d || c.String() != s) {
			t.Errorf("%q is the community %s", s, c)
		}
	})
}

func seeds(f *testing.F, texts ...string) {
	for _, s := range texts {
		f.Add(s)
	}
}
