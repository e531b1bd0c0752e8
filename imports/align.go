package imports

import "slices"

// pair joins a row of the earlier issue with one of the later, by index.
type pair struct{ old, new int }

// gap is a stretch between rows that are known to be the same: what stands in
// it was changed, added or has vanished.
type gap struct{ old, new []int }

// alignment is what two issues of a sheet have in common.
type alignment struct {
	same []pair // equal rows, by rising new index
	gaps []gap
}

// align finds the rows two issues share. Rows that occur once in each issue
// are anchors; the longest run of anchors that keeps its order (the longest
// common subsequence of the unique rows) splits both sequences into
// stretches, and equal rows within a stretch, then anywhere, are matched in
// order. So a row counts as the same also where the list was sorted anew, and
// as often as it occurs in both issues: n equal gifts stay n gifts. The work is
// that of sorting.
func align(old, new []uint64) alignment {
	m := matcher{old: old, new: new, oldTo: filled(len(old)), newTo: filled(len(new))}
	anchors := longestRise(uniquePairs(old, new))
	for _, a := range anchors {
		m.take(a)
	}
	m.spread(anchors)
	stretches := m.stretches()
	for _, s := range stretches {
		m.byValue(s)
	}
	m.byValue(gap{m.left(m.oldTo), m.left(m.newTo)})

	var found alignment
	for n, o := range m.newTo {
		if o >= 0 {
			found.same = append(found.same, pair{o, n})
		}
	}
	for _, s := range stretches {
		g := gap{m.only(s.old, m.oldTo), m.only(s.new, m.newTo)}
		if len(g.old)+len(g.new) > 0 {
			found.gaps = append(found.gaps, g)
		}
	}
	return found
}

type matcher struct {
	old, new     []uint64
	oldTo, newTo []int // partner, or -1
}

func filled(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = -1
	}
	return s
}

func (m *matcher) take(p pair) { m.oldTo[p.old], m.newTo[p.new] = p.new, p.old }

// free reports whether both places exist, are equal and have no partner.
func (m *matcher) free(o, n int) bool {
	return o >= 0 && n >= 0 && o < len(m.old) && n < len(m.new) &&
		m.oldTo[o] < 0 && m.newTo[n] < 0 && m.old[o] == m.new[n]
}

// spread walks from each anchor, and from both ends, as far as rows are equal.
func (m *matcher) spread(anchors []pair) {
	ends := append([]pair{{-1, -1}}, anchors...)
	for _, a := range ends {
		for o, n := a.old+1, a.new+1; m.free(o, n); o, n = o+1, n+1 {
			m.take(pair{o, n})
		}
	}
	ends = append(anchors, pair{len(m.old), len(m.new)})
	for _, a := range slices.Backward(ends) {
		for o, n := a.old-1, a.new-1; m.free(o, n); o, n = o-1, n-1 {
			m.take(pair{o, n})
		}
	}
}

// stretches lists what lies between matched rows. All matches keep their order
// at this point.
func (m *matcher) stretches() []gap {
	var all []gap
	var g gap
	o := 0
	flush := func() {
		if len(g.old)+len(g.new) > 0 {
			all = append(all, g)
		}
		g = gap{}
	}
	for n, to := range m.newTo {
		if to < 0 {
			g.new = append(g.new, n)
			continue
		}
		for ; o < to; o++ {
			g.old = append(g.old, o)
		}
		o = to + 1
		flush()
	}
	for ; o < len(m.old); o++ {
		g.old = append(g.old, o)
	}
	flush()
	return all
}

// byValue matches equal rows of a stretch in the order they come.
func (m *matcher) byValue(g gap) {
	if len(g.old) == 0 || len(g.new) == 0 {
		return
	}
	waiting := map[uint64][]int{}
	for _, o := range g.old {
		waiting[m.old[o]] = append(waiting[m.old[o]], o)
	}
	for _, n := range g.new {
		if list := waiting[m.new[n]]; len(list) > 0 {
			m.take(pair{list[0], n})
			waiting[m.new[n]] = list[1:]
		}
	}
}

func (m *matcher) left(to []int) (free []int) {
	for i, p := range to {
		if p < 0 {
			free = append(free, i)
		}
	}
	return free
}

func (m *matcher) only(list, to []int) (free []int) {
	for _, i := range list {
		if to[i] < 0 {
			free = append(free, i)
		}
	}
	return free
}

// uniquePairs joins the values that occur exactly once on both sides, by
// rising new index.
func uniquePairs(old, new []uint64) []pair {
	type seen struct{ olds, news, old int }
	count := make(map[uint64]*seen, len(old))
	for i, v := range old {
		if s := count[v]; s != nil {
			s.olds++
		} else {
			count[v] = &seen{olds: 1, old: i}
		}
	}
	for _, v := range new {
		if s := count[v]; s != nil {
			s.news++
		}
	}
	var pairs []pair
	for i, v := range new {
		if s := count[v]; s != nil && s.olds == 1 && s.news == 1 {
			pairs = append(pairs, pair{s.old, i})
		}
	}
	return pairs
}

// longestRise picks the longest subsequence whose old indices rise (patience
// sorting).
func longestRise(pairs []pair) []pair {
	var tops []int // index of the smallest end of a rise of each length
	before := make([]int, len(pairs))
	for i, p := range pairs {
		k, _ := slices.BinarySearchFunc(tops, p.old, func(t, old int) int { return pairs[t].old - old })
		before[i] = -1
		if k > 0 {
			before[i] = tops[k-1]
		}
		if k == len(tops) {
			tops = append(tops, i)
		} else {
			tops[k] = i
		}
	}
	if len(tops) == 0 {
		return nil
	}
	rise := make([]pair, len(tops))
	for k, i := len(tops)-1, tops[len(tops)-1]; k >= 0; k, i = k-1, before[i] {
		rise[k] = pairs[i]
	}
	return rise
}
