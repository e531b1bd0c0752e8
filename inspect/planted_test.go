package inspect

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
)

// planted are facts of a city that name what must not leave with the bundle of its
// first community, and what must.
type planted struct {
	away, here []string
	streams    []string // withheld whole
}

// plant opens accounts and gives sheets in two communities.
func (w *world) plant(t testing.TB) (p planted) {
	t.Helper()
	here := firstCommunity(t, w.store)
	there, neighbour := domain.CommunityCode(0), domain.PersonID{}
	var member domain.PersonID
	for r, err := range w.store.ReadAll(t.Context(), eventstore.Position{}) {
		noErr(t, err)
		ref, ok := domain.ParseStream(r.Stream)
		switch {
		case !ok:
		case ref.Category == domain.CommunityCategory && ref.Community != here && there == 0:
			there = ref.Community
		case ref.Category == domain.PersonCategory && r.Revision == 0 && slices.Contains(codesIn(r.Data), here):
			member.UUID = ref.ID
		case ref.Category == domain.PersonCategory && r.Revision == 0 && there != 0 && slices.Contains(codesIn(r.Data), there):
			neighbour.UUID = ref.ID
		}
	}
	operator := commands.Caller{Account: w.handler.AccountOf("operator"), Authentication: domain.Asserted, Source: "test"}
	do := func(by commands.Caller, c domain.Command) {
		t.Helper()
		_, err := w.handler.Do(t.Context(), commands.Request{Caller: by, Key: c.Operation() + c.Target(), Command: c})
		noErr(t, err)
	}
	account := func(handle string, role domain.Role, scope domain.Division, person domain.PersonID) domain.AccountID {
		a := w.handler.AccountOf(handle)
		do(operator, &domain.OpenAccount{Account: a, Handle: handle, Role: role, Scope: scope})
		if !person.IsZero() {
			do(operator, &domain.LinkPerson{Account: a, Person: person})
		}
		return a
	}
	sheet := func(n byte, c domain.CommunityCode, rows int64) {
		id := domain.ImportID{UUID: domain.UUID{15: n, 6: 0x40, 8: 0x80}}
		do(operator, &domain.StartImport{Started: domain.ImportStarted{
			Import: id, Kind: domain.ImportService, Community: c, Rows: rows, Recorder: operator.Account,
		}})
		do(operator, &domain.FinishImport{Finished: domain.ImportFinished{Import: id, Rows: rows, Minutes: domain.Minutes(rows + 1)}})
		if c == there {
			p.streams = append(p.streams, id.Stream())
		}
	}
	for _, a := range []domain.AccountID{
		account("lodger-of-there", domain.RoleResident, domain.Division{}, domain.PersonID{}),
		account("resident-of-there", domain.RoleResident, domain.Division{}, neighbour),
		account("clerk-of-there", domain.RoleRecorder, there.Division(), domain.PersonID{}),
	} {
		p.streams = append(p.streams, a.Stream())
	}
	account("resident-of-here", domain.RoleResident, domain.Division{}, member)
	account("lodger-of-here", domain.RoleResident, here.Division(), domain.PersonID{})
	account("clerk-of-here", domain.RoleRecorder, here.Division(), domain.PersonID{})
	account("clerk-of-both", domain.RoleRecorder, here.Division().Up(6), domain.PersonID{})
	sheet(71, there, 715_316_417)
	sheet(72, here, 826_316_419)
	w.announce(t)
	p.away = append([]string{"lodger-of-there", "resident-of-there", "clerk-of-there", neighbour.String(), "715316417", "715316418"}, p.streams...)
	p.here = []string{"resident-of-here", "lodger-of-here", "clerk-of-here", "clerk-of-both", member.String(), "826316419", "826316420"}
	return p
}

// No byte of a division's bundle tells of accounts and sheets that are of others;
// those of its own are there, and what was held back of them is met when opened.
func TestAccountsAndSheetsOfOthersStayBehind(t *testing.T) {
	w := newCity(t, t.TempDir(), 12, 3)
	p := w.plant(t)
	bundle := w.part(t, nil)
	content := unpack(t, bundle).everything()
	for _, s := range p.away {
		if bytes.Contains(content, []byte(s)) {
			t.Errorf("%s left with the bundle", s)
		}
	}
	for _, s := range p.here {
		if !bytes.Contains(content, []byte(s)) {
			t.Errorf("%s is not in the bundle", s)
		}
	}
	o := w.options()
	o.Challenged = w.indices(t, func(stream string) bool { return slices.Contains(p.streams, stream) })
	o.Opened = w.open(t, o.Challenged)
	if report := verify(t, bundle, o); report.Verdict != Sound || report.Opened != 3+1+2 {
		t.Errorf("all that was planted elsewhere was opened\n%s", report.Text())
	}

	for _, handle := range []string{"resident-of-here", "lodger-of-here", "clerk-of-here", "clerk-of-both"} {
		stream := w.handler.AccountOf(handle).Stream()
		bundle := w.part(t, func(of *belonging) { delete(of.streams, stream) })
		o := w.options()
		if strings.HasPrefix(handle, "resident") {
			o.Challenged = w.indices(t, func(s string) bool { return s == stream })[1:] // that it is linked, and nothing else
		} else {
			o.Challenged = w.indices(t, func(s string) bool { return s == stream })
		}
		o.Opened = w.open(t, o.Challenged)
		if report := verify(t, bundle, o); report.Verdict != Tampered || report.FirstBad == nil || !slices.Contains(o.Challenged, *report.FirstBad) {
			t.Errorf("%s was held back\n%s", handle, report.Text())
		}
	}
}

// indices are the places of a kind of stream in the ledger.
func (w *world) indices(t testing.TB, of func(stream string) bool) (indices []uint64) {
	t.Helper()
	at := uint64(0)
	for r, err := range w.store.ReadAll(t.Context(), eventstore.Position{}) {
		noErr(t, err)
		if !eventstore.IsLedger(r.Stream) {
			continue
		}
		if of(r.Stream) {
			indices = append(indices, at)
		}
		at++
	}
	return indices
}
