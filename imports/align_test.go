package imports

import (
	"math/rand/v2"
	"slices"
	"testing"

	"zhishu/domain"
)

// TestAlignMatchesEveryEqualRowOnce: whatever the two issues hold, a value is
// matched as often as both have it, each row at most once, and what is left
// stands in exactly one gap.
func TestAlignMatchesEveryEqualRowOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		old, new := randomRows(r), randomRows(r)
		if r.IntN(2) == 0 {
			new = edited(r, old)
		}
		got := align(old, new)
		seenOld, seenNew := map[int]bool{}, map[int]bool{}
		for _, p := range got.same {
			if old[p.old] != new[p.new] || seenOld[p.old] || seenNew[p.new] {
				t.Fatalf("%v %v: %v", old, new, got.same)
			}
			seenOld[p.old], seenNew[p.new] = true, true
		}
		if want := common(old, new); len(got.same) != want {
			t.Fatalf("%v %v: %d matched, want %d", old, new, len(got.same), want)
		}
		for _, g := range got.gaps {
			for _, o := range g.old {
				if seenOld[o] {
					t.Fatalf("old %d stands twice", o)
				}
				seenOld[o] = true
			}
			for _, n := range g.new {
				if seenNew[n] {
					t.Fatalf("new %d stands twice", n)
				}
				seenNew[n] = true
			}
		}
		if len(seenOld) != len(old) || len(seenNew) != len(new) {
			t.Fatalf("%v %v: rows were lost: %+v", old, new, got)
		}
	}
}

func randomRows(r *rand.Rand) []uint64 {
	rows := make([]uint64, r.IntN(12))
	for i := range rows {
		rows[i] = r.Uint64N(9)
	}
	return rows
}

func edited(r *rand.Rand, rows []uint64) []uint64 {
	rows = slices.Clone(rows)
	for range r.IntN(4) {
		i := r.IntN(len(rows) + 1)
		switch {
		case r.IntN(2) == 0 || i == len(rows):
			rows = slices.Insert(rows, i, 100+r.Uint64N(50))
		default:
			rows[i] = 100 + r.Uint64N(50)
		}
	}
	return rows
}

func common(old, new []uint64) (n int) {
	left := map[uint64]int{}
	for _, v := range old {
		left[v]++
	}
	for _, v := range new {
		if left[v] > 0 {
			left[v]--
			n++
		}
	}
	return n
}

func TestChangedRowsArePairedInTheirPlace(t *testing.T) {
	// 1 2 3 4 5 became 1 x 3 y 5 and a long tail: 2 is x, 4 is y.
	old := []uint64{1, 2, 3, 4, 5}
	new := []uint64{1, 20, 3, 40, 5}
	for i := range uint64(50) {
		new = append(new, 1000+i)
	}
	anything := func(o, n int, _ bool) int { return 1 }
	got := pairChanged(align(old, new).gaps, make([]uint64, len(old)), make([]uint64, len(new)), anything)
	if !slices.Equal(got, []pair{{1, 1}, {3, 3}}) {
		t.Fatalf("%v", got)
	}
	// A row that vanished before a long tail is not paired with a stranger far
	// away, and one that stands where it stood may be.
	old = []uint64{1, 2, 3, 4}
	new = []uint64{1, 2, 3}
	for i := range uint64(50) {
		new = append(new, 1000+i)
	}
	far := func(o, n int, _ bool) int {
		if n > 20 && n < 40 {
			return 1
		}
		return 0
	}
	if got := pairChanged(align(old, new).gaps, make([]uint64, len(old)), make([]uint64, len(new)), far); len(got) != 0 {
		t.Fatalf("%v", got)
	}
}

func TestDonorKind(t *testing.T) {
	for name, want := range map[string]domain.DonorKind{
		"王*": domain.Individual, "欧阳**": domain.Individual, "陈某某": domain.Individual, "买买提·吐尔逊": domain.Individual, "爱心王女士": domain.Individual,
		"明湖建材有限公司": domain.Unit, "万*****股份有限公司": domain.Unit, "中共青田支部委员会": domain.Unit, "塘下镇法云寺": domain.Unit, "光明小学三年级二班": domain.Unit,
		"田********": domain.UnknownDonor, "L*********": domain.UnknownDonor, "": domain.UnknownDonor, "青田支行转来李某、赵某捐款": domain.UnknownDonor, "王*转来张*": domain.UnknownDonor,
	} {
		if got := donorKind(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
