package inspect

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/projections"
)

// Range says that a bundle holds a division's facts and only commitments of the
// rest. What it holds is as certain as in a bundle of everything: each fact has
// its leaf, and all leaves have the signed root. That nothing of the division was
// held back is not: the inspector draws commitments at random and has them opened.
type Range struct {
	Division string `json:"division"`
	Included uint64 `json:"included"` // facts in the bundle
	Withheld uint64 `json:"withheld"` // facts of which it holds the commitment alone
	// Differ are figures that come out otherwise when all facts are counted: what
	// is elsewhere has a part in them. The bundle answers what its facts determine.
	Differ []string `json:"differ,omitempty"`
}

// personal are the kinds of streams that may be withheld: they are about people.
// All others, such as communities, policies and accounts, go with every bundle.
var personal = []string{domain.PersonCategory, domain.DonationCategory, domain.ActivityCategory, domain.HouseholdCategory}

func mayWithhold(stream string) bool {
	category, _, _ := strings.Cut(stream, "-")
	return slices.Contains(personal, category)
}

// passing is what the choice looks at in a fact.
type passing struct {
	stream, kind string
	data         []byte
}

// belonging is which streams go with a division: every one in which a fact names
// one of its communities, or one that a succession joins to them, and with a
// person whoever was merged with that person. It follows from the facts alone, so
// a verifier finds the same among those it has.
type belonging struct {
	division domain.Division
	joined   map[domain.CommunityCode]bool
	streams  map[string]bool
}

// belong reads the facts twice: successions tell which communities count.
func belong(d domain.Division, facts func() iter.Seq2[passing, error]) (*belonging, error) {
	b := &belonging{division: d, joined: map[domain.CommunityCode]bool{}, streams: map[string]bool{}}
	var successions [][]domain.CommunityCode
	for f, err := range facts() {
		if err != nil {
			return nil, err
		}
		if f.kind == (&domain.CommunitySucceeded{}).Type() {
			name := strings.TrimPrefix(f.stream, domain.CommunityCategory+"-")
			successions = append(successions, codesIn(append([]byte(`"`+name+`"`), f.data...)))
		}
	}
	b.join(successions)
	merged := map[string][]string{}
	for f, err := range facts() {
		if err != nil {
			return nil, err
		}
		if !mayWithhold(f.stream) {
			continue
		}
		if slices.ContainsFunc(codesIn(f.data), b.counts) {
			b.streams[f.stream] = true
		}
		if f.kind == (&domain.PersonMerged{}).Type() {
			var e struct{ Into string }
			if json.Unmarshal(f.data, &e) == nil {
				into := domain.PersonCategory + "-" + e.Into
				merged[f.stream], merged[into] = append(merged[f.stream], into), append(merged[into], f.stream)
			}
		}
	}
	for next := slices.Collect(keysOf(b.streams)); len(next) > 0; {
		stream := next[len(next)-1]
		next = next[:len(next)-1]
		for _, other := range merged[stream] {
			if !b.streams[other] {
				b.streams[other] = true
				next = append(next, other)
			}
		}
	}
	return b, nil
}

func keysOf(m map[string]bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// join adds communities outside of the division that became part of one inside,
// or that one inside became.
func (b *belonging) join(successions [][]domain.CommunityCode) {
	for grown := true; grown; {
		grown = false
		for _, codes := range successions {
			if !slices.ContainsFunc(codes, b.counts) {
				continue
			}
			for _, c := range codes {
				if !b.counts(c) {
					b.joined[c], grown = true, true
				}
			}
		}
	}
}

func (b *belonging) counts(c domain.CommunityCode) bool { return b.division.Contains(c) || b.joined[c] }

func (b *belonging) includes(stream string) bool { return !mayWithhold(stream) || b.streams[stream] }

// codesIn are the communities that data names: JSON strings of twelve digits.
func codesIn(data []byte) (codes []domain.CommunityCode) {
	for len(data) > 0 {
		i := bytes.IndexByte(data, '"')
		if i < 0 {
			break
		}
		data = data[i+1:]
		if len(data) > 12 && data[12] == '"' {
			if c, err := domain.ParseCommunityCode(string(data[:12])); err == nil {
				codes = append(codes, c)
			}
		}
	}
	return codes
}

// partLog is a log of which a range goes with a bundle.
type partLog struct {
	eventstore.LogReader
	of *belonging
}

// ReadAll gives what is withheld as nothing but its place.
func (l partLog) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for r, err := range l.LogReader.ReadAll(ctx, after) {
			if err == nil && eventstore.IsLedger(r.Stream) && !l.of.includes(r.Stream) {
				r = eventstore.Recorded{Stream: projections.Withheld, Position: r.Position}
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
