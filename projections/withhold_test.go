package projections

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// span is what somebody can find by adding, subtracting and scaling the sums
// that were published: a space of vectors over the unknowns, kept in echelon.
type span struct{ rows [][]*big.Rat }

func (s *span) reduce(v []*big.Rat) (lead int) {
	for _, row := range s.rows {
		lead := slices.IndexFunc(row, func(x *big.Rat) bool { return x.Sign() != 0 })
		if v[lead].Sign() == 0 {
			continue
		}
		by := new(big.Rat).Quo(v[lead], row[lead])
		for i := range v {
			v[i].Sub(v[i], new(big.Rat).Mul(by, row[i]))
		}
	}
	return slices.IndexFunc(v, func(x *big.Rat) bool { return x.Sign() != 0 })
}

func (s *span) add(v []*big.Rat) {
	if s.reduce(v) >= 0 {
		s.rows = append(s.rows, v)
	}
}

// holds reports whether a sum can be found from those that were added.
func (s *span) holds(v []*big.Rat) bool { return s.reduce(v) < 0 }

func vectorOf(n int, in func(int) bool) []*big.Rat {
	v := make([]*big.Rat, n)
	for i := range v {
		v[i] = new(big.Rat)
		if in(i) {
			v[i].SetInt64(1)
		}
	}
	return v
}

var places = []string{"430702001001", "430702001002", "430702001003", "430702002001", "430702002002", "430703001001", "430802001001", "430802001002"}

func randomPostings(t *rapid.T, months int) (leaves []*posting) {
	next, need := uint32(0), rapid.IntRange(1, 8).Draw(t, "need")
	for i, s := range places {
		if rapid.IntRange(0, 4).Draw(t, "absent") == 0 {
			continue
		}
		c := &posting{division: division(t, s)}
		c.whole.need = int64(need)
		c.whole.members = int64(rapid.SampledFrom([]int{0, 1, 2, 4, 5, 6, 9, 20}).Draw(t, fmt.Sprint("members ", i)))
		for month := range months {
			acting := rapid.SampledFrom([]int{0, 0, 1, 3, 5, 8}).Draw(t, fmt.Sprint("acting ", i))
			if acting > 0 && c.whole.acting == nil {
				c.whole.acting = actors{}
			}
			for range min(acting, int(c.whole.members)) {
				c.whole.acting[domain.Month(month)] = append(c.whole.acting[domain.Month(month)], next)
				next++
			}
			if len(c.whole.acting[domain.Month(month)]) == 0 {
				delete(c.whole.acting, domain.Month(month))
			}
		}
		leaves = append(leaves, c)
	}
	return leaves
}

func everyPosting(root *posting) (all []*posting) {
	all = append(all, root)
	for _, c := range root.children {
		all = append(all, everyPosting(c)...)
	}
	return all
}

// TestNothingSmallIsFound gives an attacker every figure that is published of a
// random tree. No set of communities whose crowd may not be published can be
// found from them, whether or not it is a division; without the figures that
// are withheld for others' sake some could be.
func TestNothingSmallIsFound(t *testing.T) {
	withheld, found := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		leaves := randomPostings(t, rapid.IntRange(1, 3).Draw(t, "months"))
		root := tree(leaves)
		w := withholding{limit: 8}
		w.decide(root)
		var s, all span
		for _, p := range everyPosting(root) {
			beneath := func(i int) bool { return p.division.Covers(leaves[i].division) }
			if p.whole.enough() {
				all.add(vectorOf(len(leaves), beneath))
			}
			want(t, "published "+p.division.String(), p.published, p.why == NotSuppressed)
			want(t, "small "+p.division.String(), p.why == SmallGroup, !p.whole.enough())
			if p.published {
				s.add(vectorOf(len(leaves), beneath))
			}
			if p.why == Complementary {
				withheld++
			}
		}
		for set := 1; set < 1<<len(leaves); set++ {
			var c crowd
			for i, leaf := range leaves {
				if set>>i&1 == 1 {
					c.join(&leaf.whole, 100)
				}
			}
			if c.none() || c.enough() {
				continue
			}
			in := func(i int) bool { return set>>i&1 == 1 }
			if s.holds(vectorOf(len(leaves), in)) {
				t.Fatalf("communities %b with %d members can be found", set, c.members)
			}
			if all.holds(vectorOf(len(leaves), in)) {
				found++
			}
		}
	})
	if withheld == 0 || found == 0 {
		t.Errorf("%d withheld for others, and without that %d small groups would be found", withheld, found)
	}
}

// TestMoreIsWithheldForLargerGroups: among the communities of one street a
// larger smallest group never publishes what a smaller one withheld.
func TestMoreIsWithheldForLargerGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(0, 12), 1, 6).Draw(t, "members")
		before := make([]bool, len(sizes))
		for need := int64(1); need < 14; need++ {
			var leaves []*posting
			for i, n := range sizes {
				leaves = append(leaves, &posting{division: division(t, fmt.Sprintf("430702001%03d", i+1)), whole: crowd{members: int64(n), need: need}})
			}
			withholding{limit: 20}.decide(tree(leaves))
			for i, c := range leaves {
				if before[i] && c.published {
					t.Fatalf("community %d of %v is withheld for groups of %d and published for %d", i, sizes, need-1, need)
				}
				before[i] = !c.published
			}
		}
	})
}
