package imports

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// nearby bounds how far a changed row may stand from its earlier place,
// counted from either end of the stretch between equal rows. A longer stretch
// of added rows would otherwise offer every vanished row a stranger that
// resembles it.
const nearby = 8

// pairChanged finds which of the rows that are not equal are one row that was
// changed. First come rows that look alike (same day, name and amount), within
// their stretch and then anywhere; then, within a stretch and near the same
// place, those that resembles says are the same, the surest first. Alone means
// that the stretch holds one row of each issue. Zero is "not the same".
func pairChanged(gaps []gap, oldAlike, newAlike []uint64, resembles func(o, n int, alone bool) int) []pair {
	p := pairer{oldAlike: oldAlike, newAlike: newAlike, oldDone: map[int]bool{}, newDone: map[int]bool{}}
	var all gap
	for _, g := range gaps {
		p.alike(g)
		all.old, all.new = append(all.old, g.old...), append(all.new, g.new...)
	}
	p.alike(all)
	for _, g := range gaps {
		p.similar(g, resembles)
	}
	slices.SortFunc(p.found, func(a, b pair) int { return cmp.Compare(a.new, b.new) })
	return p.found
}

type pairer struct {
	oldAlike, newAlike []uint64
	oldDone, newDone   map[int]bool
	found              []pair
}

func (p *pairer) take(o, n int) {
	p.oldDone[o], p.newDone[n] = true, true
	p.found = append(p.found, pair{o, n})
}

func (p *pairer) alike(g gap) {
	if len(g.old) == 0 {
		return
	}
	waiting := map[uint64][]int{}
	for _, o := range g.old {
		if a := p.oldAlike[o]; a != 0 && !p.oldDone[o] {
			waiting[a] = append(waiting[a], o)
		}
	}
	for _, n := range g.new {
		a := p.newAlike[n]
		if list := waiting[a]; len(list) > 0 && !p.newDone[n] {
			p.take(list[0], n)
			waiting[a] = list[1:]
		}
	}
}

func (p *pairer) similar(g gap, resembles func(o, n int, alone bool) int) {
	type chance struct{ score, apart, o, n int }
	var chances []chance
	alone := len(g.old) == 1 && len(g.new) == 1
	for i, o := range g.old {
		for _, j := range near(i, len(g.old), len(g.new)) {
			n := g.new[j]
			if p.oldDone[o] || p.newDone[n] {
				continue
			}
			if s := resembles(o, n, alone); s > 0 {
				apart := min(distance(i, j), distance(len(g.old)-i, len(g.new)-j))
				chances = append(chances, chance{s, apart, o, n})
			}
		}
	}
	slices.SortStableFunc(chances, func(a, b chance) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.apart, b.apart))
	})
	for _, c := range chances {
		if !p.oldDone[c.o] && !p.newDone[c.n] {
			p.take(c.o, c.n)
		}
	}
}

// near lists the places of a stretch of news that lie about where i lies in a
// stretch of olds, from its beginning or from its end.
func near(i, olds, news int) (places []int) {
	for j := max(0, i-nearby); j < min(news, i+nearby+1); j++ {
		places = append(places, j)
	}
	end := news - (olds - i)
	for j := max(0, end-nearby); j < min(news, end+nearby+1); j++ {
		if distance(i, j) > nearby {
			places = append(places, j)
		}
	}
	return places
}

func distance(a, b int) int { return max(a-b, b-a) }

// relatedNames reports whether one name may be the other, written longer or
// masked otherwise: they begin alike, or one holds the other.
func relatedNames(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	x, _ := utf8.DecodeRuneInString(a)
	y, _ := utf8.DecodeRuneInString(b)
	return x == y || strings.Contains(a, b) || strings.Contains(b, a)
}
