package inspect

import (
	"encoding/hex"
	"fmt"
	"slices"

	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/projections"
)

// sample recomputes seed and draw, and holds them against what the case itself
// recorded.
func (v *verification) sample() (string, error) {
	s := v.manifest.Sample
	if l := v.tree.naming.losses; len(l) > 0 && l[len(l)-1].kept > v.manifest.Case.Opened {
		return "", missing("a loss was declared after the case was opened, so the first checkpoint after the opening is of %s, and no sample can be followed from it: open another case", l[len(l)-1].last.Origin)
	}
	root, _, err := proof.OpenCheckpoint([]byte(s.Checkpoint), v.o.Keys...)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(v.heads, func(c proof.Checkpoint) bool { return c.Size > v.manifest.Case.Opened })
	if i < 0 || v.heads[i].Size != root.Size || v.heads[i].Root != root.Root {
		return "", wrong("the seed does not come from the first checkpoint after the case was opened")
	}
	// The list is the ledger's; what the inspector took over is not.
	if k := v.o.Seed; k != nil && (k.Size != root.Size || k.Root != root.Root || k.Origin != root.Origin) {
		return "", wrong("the seed comes from the checkpoint of size %d, and after the opening the inspector took over that of size %d", root.Size, k.Size)
	}
	// Nor may one have been left out of the bundle that was kept otherwise.
	for _, k := range v.o.Known {
		if k.Origin == root.Origin && k.Size > v.manifest.Case.Opened && k.Size < root.Size {
			return "", wrong("a checkpoint of size %d, which was kept, comes before the one of the seed", k.Size)
		}
	}
	raw, err := hex.DecodeString(s.Nonce)
	if err != nil || len(raw) != NonceSize {
		return "", wrong("the nonce is malformed")
	}
	nonce := Nonce(raw)
	commitment, seed := nonce.Commit(), SeedOf(nonce, root.Root)
	switch {
	case hex.EncodeToString(commitment[:]) != v.manifest.Case.Committed:
		return "", wrong("the nonce is not the one committed to")
	case hex.EncodeToString(seed[:]) != s.Seed:
		return "", wrong("the seed is not that of nonce and root")
	}
	// The draw itself is recorded after its checkpoint, perhaps beyond the cut.
	if r := v.recorded.Sample; r != nil && (r.Nonce != s.Nonce || r.Size != int64(root.Size) || r.Root != hex.EncodeToString(root.Root[:]) || r.Count != int64(len(s.Persons))) {
		return "", wrong("the sample is another than the one recorded")
	}
	view, err := v.folded.View.Back(domain.Size(root.Size))
	if err != nil {
		return "", wrong("the population cannot be found: %v", err)
	}
	division, err := domain.ParseDivision(v.manifest.Case.Division)
	if err != nil {
		return "", wrong("the division of the case is malformed")
	}
	population := Population(view, division)
	var drawn []string
	for _, id := range Draw(seed, population, len(s.Persons)) {
		drawn = append(drawn, id.String())
	}
	if len(population) != s.Population || !slices.Equal(drawn, s.Persons) {
		return "", wrong("another sample follows from the seed")
	}
	detail := fmt.Sprintf("%d of %d", len(drawn), len(population))
	if v.o.Seed == nil {
		return "", missing("%s, if no checkpoint came before that of size %d: only the one that inspect open kept tells (--sample-checkpoint), "+
			"for the ledger chooses which ones are in the list", detail, root.Size)
	}
	return detail, nil
}

// Population is who a sample is drawn from: everybody who is a member of the
// division at the view, once, under the number that stands.
func Population(v *projections.View, d domain.Division) (members []domain.PersonID) {
	for id := range v.Persons() {
		if p, err := v.Person(id); err == nil && p.Into.IsZero() && p.Community != 0 && d.Contains(p.Community) {
			members = append(members, id)
		}
	}
	return members
}

// asRecorded holds the manifest's case against the events of its own stream.
func (v *verification) asRecorded() (string, error) {
	c := v.manifest.Case
	stream := domain.InspectionCategory + "-" + c.ID
	ref, ok := domain.ParseStream(stream)
	if !ok {
		return "", wrong("the case has no proper id")
	}
	var d wire.Decoder
	for r, err := range v.history.ReadStream(v.ctx, stream, 0, eventstore.Forwards) {
		if err != nil {
			return "", wrong("the facts do not hold the case: %v", err)
		}
		m, version, err := d.DecodeMeta(r.Metadata)
		if err != nil {
			return "", wrong("the case is malformed: %v", err)
		}
		e, err := d.Decode(ref, r.Type, version, r.Data)
		if err != nil {
			return "", wrong("the case is malformed: %v", err)
		}
		if r.Revision == 0 && r.Position != position(c.Opened) {
			return "", wrong("the case was opened at another size")
		}
		v.recorded.Evolve(e, m)
	}
	o := v.recorded.Opened
	if o.Scope.String() != c.Division || o.Period.String() != c.Period || o.Committed != c.Committed || v.recorded.By.String() != c.Inspector {
		return "", wrong("the case is another than the one recorded")
	}
	r := v.manifest.Range
	if v.recorded.Sample != nil && v.manifest.Sample == nil && (r == nil || r.Division == c.Division) {
		return "", missing("the case drew a sample before the cut, and the bundle leaves it out")
	}
	return "", nil
}
