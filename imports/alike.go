package imports

import (
	"slices"

	"zhishu/domain"
	"zhishu/projections"
)

// mostAlike finds the earlier list, with all its issues, of which more than
// half the standing rows look like new rows of this sheet, each as often as
// both have it. Only lists of the same kind and place are weighed.
func (r *run) mostAlike() *projections.Overlap {
	mine := r.alikes()
	var best *projections.Overlap
	weigh := func(id domain.ImportID, rows []uint64) {
		o := projections.Overlap{Import: id, Shared: shared(rows, mine), Rows: int64(len(rows))}
		if o.Shared*2 > o.Rows && (best == nil || o.Shared > best.Shared) {
			best = &o
		}
	}
	for _, other := range r.beside {
		weigh(other.id, other.alikes)
	}
	if !r.anyAlike(mine) {
		return best
	}
	for root, list := range r.lists() {
		var rows []uint64
		for _, id := range list {
			for _, ref := range r.view.RowsOf(id) {
				rows = append(rows, ref.Alike)
			}
		}
		weigh(root, rows)
	}
	return best
}

// alikes are those of the rows that are to be recorded as new facts.
func (r *run) alikes() (list []uint64) {
	for i := range r.sheet.lines {
		if l := &r.sheet.lines[i]; l.fate == fateAdd && l.alike != 0 {
			list = append(list, l.alike)
		}
	}
	return list
}

// anyAlike spares most sheets the walk through all that was imported.
func (r *run) anyAlike(mine []uint64) bool {
	for _, a := range mine {
		if r.view.AlikeOf(a) > 0 {
			return true
		}
	}
	return false
}

// lists gathers the earlier imports of the same kind and place, each list under
// its first issue.
func (r *run) lists() map[domain.ImportID][]domain.ImportID {
	lists := map[domain.ImportID][]domain.ImportID{}
	root := map[domain.ImportID]domain.ImportID{}
	for _, x := range r.view.Imports() { // in the order they were started
		if x.Import == r.id || slices.Contains(r.chain, x.Import) || (shelf{x.Kind, x.Community, x.Organisation}) != r.shelf() {
			continue
		}
		first, known := root[x.Earlier]
		if x.Disposition != domain.ReissueOf || !known {
			first = x.Import
		}
		root[x.Import] = first
		lists[first] = append(lists[first], x.Import)
	}
	return lists
}
