package inspect

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"maps"
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

// personal are the kinds of streams that may be withheld: they are about people,
// or sums of what people did. All others, such as communities and policies, go
// with every bundle.
var personal = []string{
	domain.PersonCategory, domain.DonationCategory, domain.ActivityCategory, domain.HouseholdCategory,
	domain.AccountCategory, domain.ImportCategory,
}

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
// one of its communities, or one that a succession joins to them; with a person
// whoever was merged with that person, and the person's accounts; and the accounts
// of those who may act there. It follows from the facts alone, so a verifier finds
// the same among those it has.
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
	brings := map[string][]string{}
	for f, err := range facts() {
		if err != nil {
			return nil, err
		}
		if !mayWithhold(f.stream) {
			continue
		}
		if b.names(f) {
			b.streams[f.stream] = true
		}
		if person := tied(f); person != "" {
			brings[person] = append(brings[person], f.stream)
			if strings.HasPrefix(f.stream, domain.PersonCategory+"-") {
				brings[f.stream] = append(brings[f.stream], person)
			}
		}
	}
	for next := slices.Collect(maps.Keys(b.streams)); len(next) > 0; {
		stream := next[len(next)-1]
		next = next[:len(next)-1]
		for _, other := range brings[stream] {
			if !b.streams[other] {
				b.streams[other] = true
				next = append(next, other)
			}
		}
	}
	return b, nil
}

// names reports whether a fact alone says that its stream is of the division.
func (b *belonging) names(f passing) bool {
	if f.kind == (&domain.AccountOpened{}).Type() {
		return b.actsHere(f.data)
	}
	return slices.ContainsFunc(codesIn(f.data), b.counts)
}

// actsHere: a resident acts for herself, so the account is of the division only
// when it was opened for a place within. Everybody else acts wherever the scope
// reaches.
func (b *belonging) actsHere(opened []byte) bool {
	var e struct {
		Role  domain.Role
		Scope string
	}
	if json.Unmarshal(opened, &e) != nil {
		return false
	}
	scope, err := domain.ParseDivision(e.Scope)
	if err != nil {
		return false
	}
	within := scope.Digits() > 0 && b.division.Covers(scope)
	if c, err := domain.ParseCommunityCode(scope.String()); err == nil {
		within = within || b.counts(c)
	}
	if within || e.Role == domain.RoleResident {
		return within
	}
	return scope.Covers(b.division) || slices.ContainsFunc(slices.Collect(maps.Keys(b.joined)), scope.Contains)
}

// tied is the person whose stream takes the stream of a fact along: the one that a
// person was merged into, and the one behind an account.
func tied(f passing) string {
	var e struct{ Into, Person string }
	switch f.kind {
	case (&domain.PersonMerged{}).Type(), (&domain.AccountLinked{}).Type():
		if json.Unmarshal(f.data, &e) == nil {
			return domain.PersonCategory + "-" + cmp.Or(e.Into, e.Person)
		}
	}
	return ""
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
