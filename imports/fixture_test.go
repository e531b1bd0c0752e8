package imports

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
	"zhishu/projections"
	"zhishu/vault"
)

const here = domain.CommunityCode(430702001007)

var noon = mustInstant("2026-03-10T04:00:00Z")

func mustInstant(s string) domain.Instant {
	t, err := domain.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return t
}

// ledger is a whole ledger for a test: a log, a vault, two accounts, and the
// books folded from the log's first event each time they are asked.
type ledger struct {
	t         testing.TB
	store     eventstore.Store
	vault     *vault.Vault
	dir       string
	handler   *commands.Handler
	recorder  domain.AccountID
	confirmer domain.AccountID
	keys      int
}

func newLedger(t testing.TB) *ledger {
	t.Helper()
	return ledgerOn(t, storetest.NewMemory(), t.TempDir())
}

func ledgerOn(t testing.TB, store eventstore.Store, dir string) *ledger {
	t.Helper()
	v, err := vault.Create(t.Context(), vault.Config{Dir: dir + "/vault"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	l := &ledger{t: t, store: store, vault: v, dir: dir}
	l.handler = l.handlerOn(store)
	l.recorder, l.confirmer = l.open("clerk", domain.RoleRecorder), l.open("reviewer", domain.RoleConfirmer)
	return l
}

func (l *ledger) handlerOn(log commands.Log) *commands.Handler {
	return commands.New(log, l.vault, commands.Options{Clock: func() domain.Instant { return noon }})
}

func (l *ledger) open(handle string, role domain.Role) domain.AccountID {
	l.t.Helper()
	id := l.handler.AccountOf(handle)
	l.do(id, &domain.OpenAccount{Account: id, Handle: handle, Role: role}) // nobody else is there
	return id
}

// do carries out one command that must succeed.
func (l *ledger) do(by domain.AccountID, c domain.Command) commands.Outcome {
	l.t.Helper()
	l.keys++
	out, err := l.handler.Do(l.t.Context(), commands.Request{Caller: commands.Caller{Account: by, Founding: true}, Key: fmt.Sprint(l.keys), Command: c})
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

// importer imports into the ledger through a log of the test's choice, with a
// handler of its own, as another process would.
func (l *ledger) importer(log commands.Log) *Importer {
	return New(l.handlerOn(log), l.vault, foldedBooks{l.store})
}

func (l *ledger) job(kind domain.ImportKind, name, text string) Job {
	j := Job{Kind: kind, Name: name, File: strings.NewReader(text), Size: int64(len(text)),
		Recorder: l.recorder, Confirmer: l.confirmer, Source: "test", Unregistered: true}
	if kind == domain.ImportService || kind == domain.ImportStudy || kind == domain.ImportPeople || kind == domain.ImportActivities || kind == domain.ImportRoster {
		j.Community, j.Enrol, j.ConsentBasis = here, true, domain.OnPaper
	}
	if kind == domain.ImportRoster {
		j.Attended = l.held(domain.StudySession)
	}
	return j
}

func (l *ledger) run(j Job) (Result, error) {
	l.t.Helper()
	res, err := l.importer(l.store).Run(l.t.Context(), j)
	noteCodes(res, err)
	return res, err
}

func (l *ledger) mustRun(j Job) Result {
	l.t.Helper()
	res, err := l.run(j)
	if err != nil {
		l.t.Fatal(err)
	}
	return res
}

// events counts the log's events by type.
func (l *ledger) events() map[string]int {
	l.t.Helper()
	count := map[string]int{}
	for r, err := range l.store.ReadAll(l.t.Context(), eventstore.Position{}) {
		if err != nil {
			l.t.Fatal(err)
		}
		count[r.Type]++
	}
	return count
}

func (l *ledger) size() (n int) {
	for _, c := range l.events() {
		n += c
	}
	return n
}

// notes are the correction notes, 更正说明, that were recorded.
func (l *ledger) notes() (all []string) {
	l.t.Helper()
	view, err := foldedBooks{l.store}.Now(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	for _, row := range view.(*foldedView).order {
		if row.offer != nil {
			all = append(all, row.offer.Note)
		}
	}
	return all
}

// foldedBooks folds the whole log anew for every view: slow, and with nothing
// of the read side in it but its types.
type foldedBooks struct{ log eventstore.LogReader }

type foldedView struct {
	imports []projections.ImportInfo
	rows    map[string]*foldedRow // by stream, and entry
	order   []*foldedRow
	people  map[domain.PersonID]*domain.Person
}

type foldedRow struct {
	row    domain.Row
	ref    projections.RowRef
	fen    domain.Fen
	mins   domain.Minutes
	status domain.EntryStatus
	offer  *domain.DonationCorrectionProposed
	deed   *domain.Deed
	by     domain.Row // of the correction that waits
}

func (b foldedBooks) Now(ctx context.Context) (View, error) {
	v := &foldedView{rows: map[string]*foldedRow{}, people: map[domain.PersonID]*domain.Person{}}
	for r, err := range b.log.ReadAll(ctx, eventstore.Position{}) {
		if err != nil {
			return nil, err
		}
		ref, ok := domain.ParseStream(r.Stream)
		if !ok {
			return nil, fmt.Errorf("stream %s", r.Stream)
		}
		_, version, err := wire.DecodeMeta(r.Metadata)
		if err != nil {
			return nil, err
		}
		e, err := wire.Decode(ref, r.Type, version, r.Data)
		if err != nil {
			return nil, err
		}
		v.fold(r, e)
		if id := (domain.PersonID{UUID: ref.ID}); ref.Category == domain.PersonCategory {
			if v.people[id] == nil {
				v.people[id] = &domain.Person{}
			}
			v.people[id].Evolve(e, domain.Meta{})
		}
	}
	return v, nil
}

func (v *foldedView) fold(r eventstore.Recorded, e domain.Event) {
	entry := func(no domain.EntryNo) *foldedRow { return v.rows[fmt.Sprintf("%s/%d", r.Stream, no)] }
	keep := func(key string, row *foldedRow) {
		row.ref.Number, row.ref.Print, row.ref.Alike = row.row.Number, row.row.Print, row.row.Alike
		v.rows[key] = row
		v.order = append(v.order, row)
	}
	switch e := e.(type) {
	case *domain.ImportStarted:
		v.imports = append(v.imports, projections.ImportInfo{Import: e.Import, Kind: e.Kind, Community: e.Community,
			Organisation: e.Organisation, Rows: e.Rows, Declared: e.DeclaredFen, HasDeclared: e.HasDeclared, DeclaredMins: e.DeclaredMins,
			Recorder: e.Recorder, Confirmer: e.Confirmer, Disposition: e.Disposition, Earlier: e.Earlier, Running: true, StartedOn: noon.Day()})
	case *domain.ImportFinished:
		i := slices.IndexFunc(v.imports, func(x projections.ImportInfo) bool { return x.Import == e.Import })
		v.imports[i].Running, v.imports[i].Finished, v.imports[i].FinishedAt = false, *e, 1
	case *domain.DonationReceived:
		keep(r.Stream, &foldedRow{row: e.Row, ref: projections.RowRef{Donation: e.Donation}, fen: e.Gift.Amount})
	case *domain.DonationCorrectionProposed:
		v.rows[r.Stream].offer = e
	case *domain.DonationCorrectionApproved:
		row := v.rows[r.Stream]
		row.row, row.fen = row.offer.Row, row.offer.Gift.Amount
		row.ref.Number, row.ref.Print, row.ref.Alike = row.row.Number, row.row.Print, row.row.Alike
	case *domain.EntryClaimed:
		no := domain.EntryNo(r.Revision)
		keep(fmt.Sprintf("%s/%d", r.Stream, no), &foldedRow{row: e.Row, ref: projections.RowRef{Person: e.Person, Entry: no}, mins: e.Deed.Span.Minutes, status: domain.Claimed})
	case *domain.EntryConfirmed:
		entry(e.Entry).status = domain.Confirmed
	case *domain.EntryRejected:
		entry(e.Entry).status = domain.Rejected
	case *domain.EntryVoidApproved:
		entry(e.Entry).status = domain.Voided
	case *domain.EntryCorrectionProposed:
		entry(e.Entry).deed, entry(e.Entry).by = &e.Deed, e.Row
	case *domain.EntryCorrectionApproved:
		row := entry(e.Entry)
		row.mins = row.deed.Span.Minutes
		if !row.by.Import.IsZero() {
			row.row = row.by
			row.ref.Number, row.ref.Print, row.ref.Alike = row.row.Number, row.row.Print, row.row.Alike
		}
	}
}

func (v *foldedView) Imports() []projections.ImportInfo { return v.imports }

func (v *foldedView) Import(id domain.ImportID) (projections.ImportDetail, error) {
	for _, x := range v.imports {
		if x.Import == id {
			return projections.ImportDetail{ImportInfo: x}, nil
		}
	}
	return projections.ImportDetail{}, projections.ErrUnknownImport
}

func (v *foldedView) RowsOf(id domain.ImportID) (refs []projections.RowRef) {
	for _, row := range v.order {
		if row.row.Import == id && row.stands() {
			refs = append(refs, row.ref)
		}
	}
	return refs
}

func (v *foldedView) WithdrawnRows(id domain.ImportID) (refs []projections.WithdrawnRow) {
	for _, row := range v.order {
		if row.row.Import == id && !row.stands() {
			refs = append(refs, projections.WithdrawnRow{RowRef: row.ref, Status: row.status})
		}
	}
	return refs
}

func (v *foldedView) OpenMembership(id domain.PersonID, c domain.CommunityCode) (domain.Membership, bool) {
	if p := v.people[id]; p != nil {
		for _, m := range p.Memberships {
			if m.Kind == domain.MemberOfCommunity && m.Community == c && m.To == domain.MaxDay {
				return m, true
			}
		}
	}
	return domain.Membership{}, false
}

func (v *foldedView) HasEntry(id domain.PersonID, no domain.EntryNo) bool {
	p := v.people[id]
	return p != nil && p.Entry(no) != nil
}

func (v *foldedView) HasDonation(id domain.DonationID) bool {
	for _, row := range v.order {
		if row.ref.Donation == id {
			return true
		}
	}
	return false
}

func (v *foldedView) Stays(id domain.PersonID) domain.PersonID {
	for p := v.people[id]; p != nil && !p.MergedInto.IsZero(); p = v.people[id] {
		id = p.MergedInto
	}
	return id
}

func (r *foldedRow) stands() bool { return r.status != domain.Rejected && r.status != domain.Voided }

func (v *foldedView) AlikeOf(alike uint64) (n int) {
	for _, row := range v.order {
		if row.row.Alike == alike && row.stands() {
			n++
		}
	}
	return n
}

func (v *foldedView) SharedRows(prints []uint64, kind domain.ImportKind) (all []projections.Overlap) {
	for _, x := range v.imports {
		if x.Kind != kind {
			continue
		}
		left := map[uint64]int{}
		for _, p := range prints {
			left[p]++
		}
		o := projections.Overlap{Import: x.Import}
		for _, ref := range v.RowsOf(x.Import) {
			o.Rows++
			if left[ref.Print] > 0 {
				left[ref.Print]--
				o.Shared++
			}
		}
		if o.Shared > 0 {
			all = append(all, o)
		}
	}
	return all
}

// totals are what stands: gifts and fen, entries and minutes.
type totals struct {
	gifts     int
	fen       domain.Fen
	entries   int
	confirmed int
	minutes   domain.Minutes
}

func (l *ledger) totals() (sum totals) {
	l.t.Helper()
	view, err := foldedBooks{l.store}.Now(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	for _, row := range view.(*foldedView).order {
		if !row.ref.Donation.IsZero() {
			sum.gifts++
			sum.fen += row.fen
			continue
		}
		if !row.stands() {
			continue
		}
		sum.entries++
		sum.minutes += row.mins
		if row.status == domain.Confirmed {
			sum.confirmed++
		}
	}
	return sum
}

func wantCode(t testing.TB, err error, code domain.Code) {
	t.Helper()
	var r *domain.Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Fatalf("want refusal %s, got %v", code, err)
	}
	noteCodes(Result{}, err)
}

// donations makes a sheet of the layout of public notices: title, unit, header
// with a trailing blank, rows "day,name,amount,remark", and a total.
func donations(total string, rows ...string) string {
	var b strings.Builder
	b.WriteString(",截至3月1日捐款信息公示,,,\n,,,,单位：元\n序号,捐赠日期,捐赠(单位/姓名）个人 ,捐赠金额（元）,备注\n")
	for i, row := range rows {
		fmt.Fprintf(&b, "%d,%s\n", i+1, row)
	}
	if total != "" {
		fmt.Fprintf(&b, ",合计,,%s,\n", total)
	}
	return b.String()
}

// hours makes a sheet of service rows "number,day,activity,minutes,sex,age".
func hours(rows ...string) string {
	return "志愿者编号,服务日期,活动名称,服务时长(分钟),性别,年龄\n" + strings.Join(rows, "\n") + "\n"
}
