package domain

import "sort"

// Rulebook holds the policy versions adopted up to a point in history and says
// which one applies. It is built once per point of view and then only read.
type Rulebook struct {
	byKind map[PolicyKind][]PolicyVersion
}

// NewRulebook makes a rulebook of the versions given.
func NewRulebook(versions []PolicyVersion) *Rulebook {
	b := &Rulebook{byKind: map[PolicyKind][]PolicyVersion{}}
	for _, v := range versions {
		b.byKind[v.ID.Kind] = append(b.byKind[v.ID.Kind], v)
	}
	for _, vs := range b.byKind {
		// What applies first stands first: the narrower scope, then the later
		// first day, then the higher version.
		sort.SliceStable(vs, func(i, j int) bool {
			a, c := &vs[i], &vs[j]
			if a.ID.Scope.digits != c.ID.Scope.digits {
				return a.ID.Scope.digits > c.ID.Scope.digits
			}
			if a.From != c.From {
				return a.From > c.From
			}
			return a.Version > c.Version
		})
	}
	return b
}

// InForce is the version of a kind that applies in a community on a day, or
// nil when none does.
func (b *Rulebook) InForce(kind PolicyKind, c CommunityCode, d Day) *PolicyVersion {
	vs := b.byKind[kind]
	for i := range vs {
		if vs[i].From <= d && vs[i].ID.Scope.Contains(c) {
			return &vs[i]
		}
	}
	return nil
}

// InForceFor is the version that applies to a whole division on a day: one
// whose scope covers it.
func (b *Rulebook) InForceFor(kind PolicyKind, d Division, day Day) *PolicyVersion {
	vs := b.byKind[kind]
	for i := range vs {
		if vs[i].From <= day && vs[i].ID.Scope.Covers(d) {
			return &vs[i]
		}
	}
	return nil
}

// Version is the version that a figure names, or nil.
func (b *Rulebook) Version(ref PolicyRef) *PolicyVersion {
	vs := b.byKind[ref.ID.Kind]
	for i := range vs {
		if vs[i].Ref() == ref {
			return &vs[i]
		}
	}
	return nil
}

// Versions lists every version of a kind, the one that applies first first.
func (b *Rulebook) Versions(kind PolicyKind) []PolicyVersion { return b.byKind[kind] }
