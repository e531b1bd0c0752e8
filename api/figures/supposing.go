package figures

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

// ErrNoSuchRule is that neither a version nor an example has the name.
var ErrNoSuchRule = errors.New("no version and no example is so called")

// OtherKindError is that a figure does not go by a rule of the kind that is to be
// supposed: it would show that nothing changes, and mislead.
type OtherKindError struct {
	Kind   domain.PolicyKind
	GoesBy []domain.PolicyKind
}

func (e *OtherKindError) Error() string {
	return fmt.Sprintf("the figure does not go by rules of the kind %s, but by %s", e.Kind, e.Kinds())
}

// Kinds lists what the figure goes by.
func (e *OtherKindError) Kinds() string {
	names := make([]string, len(e.GoesBy))
	for i, k := range e.GoesBy {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// Suppose finds a rule that a figure goes by: an adopted version, by the name
// figures give it, or an example. Exactly one of the two is named.
func Suppose(v *projections.View, policy, example string, goesBy []domain.PolicyKind) (*domain.PolicyVersion, error) {
	p, ok := find(v, policy, example)
	switch {
	case !ok:
		return nil, ErrNoSuchRule
	case !slices.Contains(goesBy, p.ID.Kind):
		return nil, &OtherKindError{p.ID.Kind, goesBy}
	}
	return p, nil
}

// SupposeNamed finds a rule by one name: that of an adopted version
// (counting-all/1), or an example's. No name is no rule.
func SupposeNamed(v *projections.View, name string, goesBy []domain.PolicyKind) (*domain.PolicyVersion, error) {
	if name == "" {
		return nil, nil
	}
	p, err := Suppose(v, name, "", goesBy)
	if errors.Is(err, ErrNoSuchRule) {
		return Suppose(v, "", name, goesBy)
	}
	return p, err
}

// Differ makes the two points of view of a difference: each under its rule,
// where one is named. Versions are looked for at the later one, which knows all
// that the earlier does.
func Differ(before, after *projections.View, fromUnder, under string, goesBy []domain.PolicyKind) (*projections.View, *projections.View, func(*Between), error) {
	was, err := SupposeNamed(after, fromUnder, goesBy)
	if err != nil {
		return nil, nil, nil, err
	}
	is, err := SupposeNamed(after, under, goesBy)
	if err != nil {
		return nil, nil, nil, err
	}
	if was != nil {
		before = before.WhatIf(was)
	}
	if is != nil {
		after = after.WhatIf(is)
	}
	return before, after, func(b *Between) { b.Suppose(was, is) }, nil
}
