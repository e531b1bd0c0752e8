package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// SupposeNamed finds a rule by one name: that of an adopted version
// (counting-all/1), or an example's. No name is no rule.
func SupposeNamed(v *projections.View, name string) (p *domain.PolicyVersion, ok bool) {
	if name == "" {
		return nil, true
	}
	if p, ok = Suppose(v, name, ""); ok {
		return p, true
	}
	return Suppose(v, "", name)
}

// Differ makes the two points of view of a difference: each under its rule,
// where one is named. Versions are looked for at the later one, which knows all
// that the earlier does.
func Differ(before, after *projections.View, fromUnder, under string) (*projections.View, *projections.View, func(*Between), bool) {
	was, ok := SupposeNamed(after, fromUnder)
	is, known := SupposeNamed(after, under)
	if was != nil {
		before = before.WhatIf(was)
	}
	if is != nil {
		after = after.WhatIf(is)
	}
	return before, after, func(b *Between) { b.Suppose(was, is) }, ok && known
}
