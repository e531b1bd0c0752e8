package projections

import (
	"cmp"
	"slices"

	"zhishu/domain"
)

// crowd is the persons behind a figure, as withholding sees them.
type crowd struct {
	members int64
	acting  actors
	need    int64 // fewer are not published
}

// actors are the persons that a figure is made of: under wholePeriod those of
// all of it, and those of each month where months are shown, or from untrained on
// the rest of the members where the rest can be told, in each division above. A list holds no more
// persons than its limit: more of them would decide nothing.
type actors map[domain.Month][]uint32

// only keeps one cell.
func (a actors) only(cell domain.Month) actors {
	if list, some := a[cell]; some {
		return actors{cell: list}
	}
	return actors{}
}

// note adds somebody once; their facts are noted one behind the other.
func (a actors) note(month domain.Month, person uint32) {
	if list := a[month]; !slices.Contains(list[max(0, len(list)-1):], person) {
		a[month] = append(list, person)
	}
}

const (
	wholePeriod domain.Month = 0
	untrained   domain.Month = 1
)

// none reports a crowd of nobody: its figure is zero, and hides nothing.
func (c *crowd) none() bool {
	return c.members == 0 && len(c.acting) == 0
}

// enough reports whether a figure about the crowd may be published: it has
// enough members, and in every cell nobody acted or enough did.
func (c *crowd) enough() bool {
	for _, acting := range c.acting {
		if c.few(acting) {
			return false
		}
	}
	return c.members >= c.need
}

func (c *crowd) few(acting []uint32) bool { return int64(len(acting)) < c.need }

// join adds another crowd, whose members are others; persons who acted in both
// count once. A crowd of nobody brings no need.
func (c *crowd) join(d *crowd, limit int) {
	if d.none() {
		return
	}
	c.members += d.members
	c.need = max(c.need, d.need)
	if c.acting == nil && len(d.acting) > 0 {
		c.acting = actors{}
	}
	for month, acting := range d.acting {
		both := c.acting[month]
		for _, person := range acting {
			if len(both) < limit && !slices.Contains(both, person) {
				both = append(both[:len(both):len(both)], person)
			}
		}
		c.acting[month] = both
	}
}

// posting is a division's figure among those published. The figures of a tree of
// divisions are sums over communities. What somebody who sees some of them can
// find by adding and subtracting are sums over holes: the hole of a published
// cell is what it holds beside the published cells beneath it. Holes do not
// overlap, so whatever can be found covers whole holes. Therefore nothing small
// can be found as long as every hole is empty or large enough.
type posting struct {
	division  domain.Division
	children  []*posting
	whole     crowd
	hole      crowd // of a published cell
	published bool
	why       Suppression
}

// withholding decides which cells of a tree are published. It looks at crowds
// and never at figures, so what it withholds tells nothing about them.
type withholding struct{ limit int }

// decide works upwards from the communities and returns what stays hidden
// beneath the cell unless a cell above covers it.
func (w withholding) decide(c *posting) (hidden crowd) {
	for _, child := range c.children {
		beneath := w.decide(child)
		hidden.join(&beneath, w.limit)
		c.whole.join(&child.whole, w.limit)
	}
	if len(c.children) == 0 {
		hidden = crowd{}
		hidden.join(&c.whole, w.limit)
	}
	if !c.whole.enough() {
		c.why = SmallGroup
		return hidden
	}
	c.published = true
	if len(c.children) == 0 {
		c.hole = hidden
		return crowd{}
	}
	// What hides beneath could be found as the difference between this cell and
	// the published ones beneath it. More of those are withheld, until what
	// hides is large enough; all of them together are the cell itself.
	for !hidden.none() && !hidden.enough() {
		w.absorb(w.pick(c, &hidden), &hidden)
	}
	c.hole = hidden
	return crowd{}
}

// pick chooses the cell that is withheld so that another cannot be found: the
// smallest of those beneath that are published in their own right, one in which
// somebody acted where those who acted are too few.
func (w withholding) pick(c *posting, hidden *crowd) *posting {
	var best *posting
	var look func(*posting)
	look = func(x *posting) {
		for _, child := range x.children {
			switch {
			case child.whole.none(): // hides nothing
			case !child.published:
				look(child)
			case best == nil || w.before(child, best, hidden):
				best = child
			}
		}
	}
	look(c)
	return best
}

func (w withholding) before(a, b *posting, hidden *crowd) bool {
	if a, b := helps(&a.whole, hidden), helps(&b.whole, hidden); a != b {
		return a > b
	}
	return cmp.Or(cmp.Compare(a.whole.members, b.whole.members), cmp.Compare(a.division.String(), b.division.String())) < 0
}

// helps counts the months in which too few of the hidden acted and some of c
// did.
func helps(c, hidden *crowd) (n int) {
	for month, acting := range hidden.acting {
		if hidden.few(acting) && len(c.acting[month]) > 0 {
			n++
		}
	}
	return n
}

// absorb withholds a published cell and adds its hole to what is hidden. One
// without a hole is known by the cells beneath it, so one of them goes too.
func (w withholding) absorb(c *posting, hidden *crowd) {
	c.published, c.why = false, Complementary
	if !c.hole.none() {
		hidden.join(&c.hole, w.limit)
		c.hole = crowd{}
		return
	}
	w.absorb(w.pick(c, hidden), hidden)
}

// tree arranges communities, which stand in the order of their codes, under
// every division that holds one of them.
func tree(communities []*posting) *posting {
	root := &posting{}
	path := []*posting{root}
	for _, c := range communities {
		for len(path) > 1 && !path[len(path)-1].division.Covers(c.division) {
			path = path[:len(path)-1]
		}
		for _, digits := range segments {
			above := path[len(path)-1]
			if digits <= above.division.Digits() {
				continue
			}
			next := c
			if digits < c.division.Digits() {
				next = &posting{division: c.division.Up(digits)}
			}
			above.children = append(above.children, next)
			path = append(path, next)
		}
	}
	return root
}

// segments are the lengths of division codes, from the province down.
var segments = [...]int{2, 4, 6, 9, 12}
