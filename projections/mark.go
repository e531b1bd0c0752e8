package projections

import (
	"zhishu/domain"
	"zhishu/eventstore"
)

// Mark is the nearest place at or before the end of the view from which the
// log can be read on: a position, and the ledger size there. It lies at most a
// few thousand events back.
func (v *View) Mark() (eventstore.Position, domain.Size) {
	if f := v.b.frontier.Load(); f.size == v.size {
		return f.position, domain.Size(v.size)
	}
	k := v.size / markEvery
	if k == 0 {
		return eventstore.Position{}, 0
	}
	return v.b.markAt(k - 1), domain.Size(k * markEvery)
}

// Back is an earlier point of view of the same read models.
func (v *View) Back(size domain.Size) (*View, error) {
	if size > domain.Size(v.size) {
		return nil, ErrBeyondLedger
	}
	earlier, err := v.b.at(AtSize(size), v.cache)
	if err == nil {
		earlier.log = v.log
	}
	return earlier, err
}

// BackTo is Back to a size or the end of a day.
func (v *View) BackTo(at AsOf) (*View, error) {
	earlier, err := v.b.at(at, v.cache)
	switch {
	case err != nil:
		return nil, err
	case earlier.size > v.size:
		return nil, ErrBackwards
	}
	earlier.log = v.log
	return earlier, nil
}
