package projections

import (
	"slices"

	"zhishu/domain"
)

// Visitors (外来) of a division are all who came from outside it, so that a division's
// figure less those of its parts may be what few did: those of a part whose own
// are withheld, or who came from one part to another. The figures are therefore
// published from the communities upwards, each if it cuts the visitors that the
// published ones beneath it count into parts that are empty or large enough.

// guests are visitors by how many digits of its code the smallest division has
// that holds both where they were and where they belong; nowhere for those who
// belong to no community.
type guests map[int][]uint32

const nowhere = -1

// from splits off those who are visitors of a division, too.
func (g guests) from(d domain.Division) (visitors, others []uint32) {
	for digits, people := range g {
		if digits < d.Digits() {
			visitors = append(visitors, people...)
		} else {
			others = append(others, people...)
		}
	}
	return visitors, others
}

// hosting decides which divisions publish their visitors.
type hosting struct {
	v    *View
	on   domain.Day
	here map[uint32]*herePart
}

// visitorsShown reports whether a division's visitors may be published.
func (v *View) visitorsShown(d domain.Division, here []*herePart, on domain.Day) bool {
	if v.base != nil {
		v = v.base
	}
	h := hosting{v, on, map[uint32]*herePart{}}
	for i, c := range v.b.communitiesIn(d)[:len(here)] {
		h.here[c.number] = here[i]
	}
	_, _, shown := h.decide(d)
	return shown
}

// decide works upwards and returns the parts that published figures cut the
// visitors into, those in none of them, and whether the division publishes its own.
func (h *hosting) decide(d domain.Division) (parts []guests, hidden guests, shown bool) {
	hidden = guests{}
	communities := h.v.b.communitiesIn(d)
	if d.Digits() == segments[len(segments)-1] {
		for _, c := range communities {
			h.welcome(c, hidden)
		}
	} else {
		below := segments[slices.IndexFunc(segments[:], func(n int) bool { return n > d.Digits() })]
		for lo := 0; lo < len(communities); {
			child := communities[lo].code.Division().Up(below)
			for lo < len(communities) && child.Contains(communities[lo].code) {
				lo++
			}
			cut, rest, _ := h.decide(child)
			parts = append(parts, cut...)
			for digits, people := range rest {
				hidden[digits] = append(hidden[digits], people...)
			}
		}
	}
	if !h.bears(d, parts, hidden) {
		return parts, hidden, false
	}
	for _, p := range append(slices.Clone(parts), hidden) {
		up := guests{}
		for digits, people := range p {
			if digits < d.Digits() {
				up[digits] = people
				delete(p, digits)
			}
		}
		if len(up) > 0 {
			parts = append(parts, up)
		}
	}
	return parts, guests{}, true
}

// bears reports whether a division's figure of visitors leaves no part small.
func (h *hosting) bears(d domain.Division, parts []guests, hidden guests) bool {
	need := h.v.smallest(d, h.on)
	few := func(people []uint32) bool { return 0 < len(people) && distinct(people) < need }
	if visitors, _ := hidden.from(d); few(visitors) {
		return false
	}
	for _, p := range parts {
		if visitors, others := p.from(d); few(visitors) || len(visitors) > 0 && few(others) {
			return false
		}
	}
	return true
}

// visitorsFewDiffer reports whether visitors as of the past, or under another rule,
// are told from today's by too few persons.
func (v *View) visitorsFewDiffer(d domain.Division, here []*herePart, among func(*View) []*herePart, need int64) bool {
	return slices.ContainsFunc(v.others(), func(w *View) bool { return fewDiffer(v.visits(d, here), w.visits(d, among(w)), need) })
}

// visits are what a division's visitors did, by person.
func (v *View) visits(d domain.Division, here []*herePart) map[uint32][3]uint64 {
	out := map[uint32][3]uint64{}
	for _, p := range here {
		for _, o := range p.outsiders {
			if !v.inDivision(d, o.home) {
				did := out[o.person]
				out[o.person] = [3]uint64{did[0] + uint64(o.entries), did[1] + uint64(o.personTimes), did[2] + o.minutes}
			}
		}
	}
	return out
}

// welcome notes the visitors of a community.
func (h *hosting) welcome(c codeNumber, to guests) {
	part := h.here[c.number]
	if part == nil { // came after the figure's view
		return
	}
	for _, o := range part.outsiders {
		digits := nowhere
		if o.home != none {
			home := h.v.b.communities.at(o.home).code.Division()
			digits = 0
			for _, n := range segments {
				if home.Up(n) == c.code.Division().Up(n) {
					digits = n
				}
			}
		}
		to[digits] = append(to[digits], o.person)
	}
}
