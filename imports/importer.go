package imports

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/projections"
	"zhishu/vault"
)

// Vault is what an import needs of the secrets beside the command handler:
// keys and look-ups for many persons at once.
type Vault interface {
	EnsureKeys(ctx context.Context, subjects []vault.Subject) error
	Replace(ctx context.Context, space string, hash [32]byte, old, new vault.Subject) (vault.Subject, error)
	vault.BulkClaims
}

// Importer imports sheets. It is safe for concurrent use; imports of the same
// content take turns.
type Importer struct {
	handler  *commands.Handler
	vault    Vault
	books    Books
	running  turns[domain.ImportID]
	starting turns[shelf] // from looking what there is to having begun
	underway underway
}

// New makes an importer.
func New(handler *commands.Handler, secrets Vault, books Books) *Importer {
	return &Importer{handler: handler, vault: secrets, books: books}
}

// Run imports one sheet. The error says why nothing was written (a
// *domain.Refusal, a *FileRefused, a *Resemblance), or what stopped the import
// half way: then the Result's status is Running, figures of the ledger are
// provisional, and giving the same sheet again goes on where it stopped.
func (im *Importer) Run(ctx context.Context, job Job) (Result, error) {
	if err := job.check(); err != nil {
		return Result{Kind: string(job.Kind), Status: Stopped}, err
	}
	event, err := im.attended(ctx, &job)
	if err != nil {
		return Result{Kind: string(job.Kind), Status: Stopped}, err
	}
	r := &run{Importer: im, job: job.withDefaults(im.handler.DerivedID), event: event}
	r.res = Result{Kind: string(job.Kind), Status: Stopped}
	if err := r.read(ctx); err != nil {
		return r.res, err
	}
	if r.unregistered, err = r.nameCommunity(ctx); err != nil {
		return r.res, err
	}
	// One content at a time: the second sees what the first has finished.
	release, err := im.running.take(ctx, r.id)
	if err != nil {
		return r.res, err
	}
	defer release()
	end, err := r.begin(ctx)
	if end == nil || err != nil {
		return r.res, err
	}
	defer end()
	err = r.write(ctx)
	return r.res, err
}

// begin looks what there is, plans and starts, while no other sheet of the same
// shelf does: two issues of one list must not both find nothing like them. End
// is nil when there is nothing left to do.
func (r *run) begin(ctx context.Context) (end func(), err error) {
	release, err := r.starting.take(ctx, r.shelf())
	if err != nil {
		return nil, err
	}
	defer release()
	for begun := false; !begun; {
		if done, err := r.look(ctx); done || err != nil {
			return nil, err
		}
		if r.unregistered != nil && !r.resumed && !r.job.Unregistered {
			return nil, r.unregistered
		}
		if err := r.plan(ctx); err != nil {
			return nil, err
		}
		// Another server may begin the same sheet at this moment: then look again.
		if begun, err = r.start(ctx); err != nil {
			return nil, err
		}
	}
	if r.job.DryRun {
		return func() {}, nil
	}
	return r.underway.begin(r), nil
}

// run is one sheet on its way.
type run struct {
	*Importer
	job       Job
	id        domain.ImportID // of the sheet: what its rows are known by
	under     domain.ImportID // whose stream tells how it goes; another when it is given again
	again     int             // how often it was given again, this time counted
	event     *attended       // of a roster
	sheet     *batch
	view      View
	beside    []issue // under way when the view was taken
	resumed   bool    // it was started before
	own       []projections.RowRef
	earlier   []projections.RowRef       // rows of the earlier issues that stand
	sources   []domain.ImportID          // whose row each of them is
	chain     []domain.ImportID          // the earlier issues, the latest first
	groups    map[groupNamed]*groupFound // of a sheet of people
	withdrawn map[uint64]int             // by print: how many rows of the earlier issues were rejected or voided
	changes   map[int32]change           // by line: what a correction needs to know
	pool      pool
	computed  domain.ImportFinished // its sums
	res       Result

	unregistered *domain.Refusal // why the community's code may be mistyped
}

// nameCommunity answers with the community's name. Its code may be a slip of
// the hand, which would enrol people where nobody is, for good: then the error
// says so.
func (r *run) nameCommunity(ctx context.Context) (unregistered *domain.Refusal, err error) {
	if r.job.Community == 0 {
		return nil, nil
	}
	r.res.Community = r.job.Community.String()
	r.res.CommunityName, err = r.handler.Registered(ctx, r.job.Community)
	if errors.As(err, &unregistered) {
		return unregistered, nil
	}
	return nil, err
}

// read checks the accounts and reads the sheet. Nothing is written.
func (r *run) read(ctx context.Context) error {
	by, err := r.actor(ctx, r.job.Recorder)
	if err != nil {
		return err
	}
	if !r.job.Confirmer.IsZero() {
		second, err := r.actor(ctx, r.job.Confirmer)
		if err != nil {
			return err
		}
		if !by.Person.IsZero() && second.Person == by.Person {
			return domain.Refuse(domain.SameAccount, "confirmer") // two accounts of one person
		}
	}
	r.sheet, err = read(ctx, r.job, r.handler, by, r.handler.Now(), r.known(ctx), r.event)
	if err != nil {
		return err
	}
	r.id = domain.ImportID{UUID: r.handler.DerivedID("import", r.sheet.content[:])}
	r.under = r.id
	r.res.Import, r.res.Sheet, r.res.Rows = r.id.String(), r.sheet.facts, r.sheet.rows
	r.res.PersonsInFile = len(r.sheet.people.list)
	if r.job.DryRun {
		r.res.Sheet.Preview, err = r.preview()
	}
	return err
}

func (r *run) preview() ([][]string, error) {
	for i, s := range r.sheet.file.Sheets {
		if s.Name == r.sheet.table.Sheet {
			rows, err := r.sheet.file.Preview(i)
			if err != nil {
				return nil, fileRefused(err)
			}
			return rows, nil
		}
	}
	return nil, nil
}

// actor is an account that may record for the job's community.
func (r *run) actor(ctx context.Context, id domain.AccountID) (domain.Actor, error) {
	by, err := r.handler.Actor(ctx, id)
	if err != nil {
		return by, err
	}
	if !by.Staff() {
		return by, domain.Refuse(domain.RoleForbids, "account")
	}
	if r.job.Community != 0 && !by.Scope.Contains(r.job.Community) {
		return by, domain.Refuse(OutOfScope, "community")
	}
	return by, nil
}

// look finds out whether this content was imported before. Done is true when
// there is nothing left to do.
func (r *run) look(ctx context.Context) (done bool, err error) {
	// First what is under way, then the books: who ends in between is in both.
	r.beside = r.underway.at(r.shelf())
	if r.view, err = r.books.Now(ctx); err != nil {
		return false, err
	}
	r.under, r.again = r.id, 0
	if named, err := r.view.Import(r.job.ReissueOf); err == nil && named.Disposition == domain.GivenAgain {
		r.job.ReissueOf = named.Earlier // the same list
	}
	before, err := r.view.Import(r.id)
	if errors.Is(err, projections.ErrUnknownImport) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if before.Community != r.job.Community || before.Organisation != r.job.Organisation {
		return false, domain.Refuse(ImportElsewhere, "community")
	}
	r.res.ImportedOn = before.StartedOn.String()
	r.resumed, r.own = true, r.view.RowsOf(r.id)
	// Who only wants the refused rows of a finished sheet has them judged again.
	if rejects := r.job.DryRun && r.job.Reject != nil; !before.Running && !rejects {
		return r.giveAgain(ctx, before)
	}
	r.res.Resumed = true
	return false, r.goOnAs(before)
}

// goOnAs keeps to the way the import was started.
func (r *run) goOnAs(before projections.ImportDetail) error {
	asked := !r.job.ReissueOf.IsZero() || r.job.Separate
	switch {
	case !asked && before.Disposition == domain.ReissueOf:
		r.job.ReissueOf = before.Earlier
	case !asked && before.Disposition == domain.Separate:
		r.job.Separate = true
	case !r.job.ReissueOf.IsZero() && (before.Disposition != domain.ReissueOf || before.Earlier != r.job.ReissueOf),
		r.job.Separate && before.Disposition != domain.Separate:
		return domain.Refuse(ImportOtherwise, "reissueOf")
	}
	return nil
}

// alreadyImported answers with the counts of the import that was, as they were
// when it was given last.
func (r *run) alreadyImported(before, last projections.ImportInfo) {
	f := last.Finished
	r.res.Status = AlreadyImported
	r.res.ImportedSize = uint64(last.FinishedAt)
	r.res.Rows, r.res.Accepted, r.res.Refused = int(f.Rows), int(f.Accepted), int(f.Refused)
	r.res.Recognised, r.res.Corrected, r.res.LookAlikes = int(f.Recognised), int(f.Corrected), int(f.LookAlikes)
	for _, c := range f.Refusals {
		r.res.Codes = append(r.res.Codes, CodeCount{c.Code, int(c.Count)})
	}
	r.controls(max(int64(f.Fen), int64(f.Minutes)), 0)
	if before.Disposition == domain.ReissueOf {
		r.res.ReissueOf = before.Earlier.String()
	}
	r.res.Separate = before.Disposition == domain.Separate
	r.res.Errors = r.sheet.bad.errors
	slices.SortStableFunc(r.res.Errors, func(a, b RowError) int { return cmp.Compare(a.Row, b.Row) })
}

// controls holds the declared total against the sum of what stands.
func (r *run) controls(sum, pending int64) {
	switch r.job.Kind {
	case domain.ImportDonations:
		r.res.Money = control(r.sheet.declaredFen, sum, pending, yuan)
	case domain.ImportPeople, domain.ImportCommunities, domain.ImportActivities, domain.ImportRoster:
		if r.sheet.declaredRows.has {
			r.res.Count = control(r.sheet.declaredRows, int64(r.res.Accepted), 0, minutes)
		}
	}
	if r.deeds() {
		r.res.Minutes = control(r.sheet.declaredMin, sum, pending, minutes)
	}
}

// start records that the import has begun. Begun is false when another server
// began or finished it since we looked.
func (r *run) start(ctx context.Context) (begun bool, err error) {
	if r.job.DryRun {
		return true, nil
	}
	attempt, err := randomUUID()
	if err != nil {
		return false, err
	}
	started := domain.ImportStarted{
		Import: r.under, Kind: r.job.Kind, Community: r.job.Community, Organisation: r.job.Organisation,
		Content: [16]byte(r.sheet.content[:16]), Rows: int64(r.sheet.rows),
		DeclaredFen: domain.Fen(r.sheet.declaredFen.value), HasDeclared: r.sheet.declaredFen.has,
		DeclaredMins: domain.Minutes(r.sheet.declaredMin.value),
		Recorder:     r.job.Recorder, Confirmer: r.job.Confirmer,
	}
	started.Disposition, started.Earlier = r.disposition()
	// The key is new each time, so that the stream's own state decides.
	out, err := r.handler.Do(ctx, commands.Request{
		Caller: r.caller(r.job.Recorder), Key: "import/" + r.under.String() + "/start/" + attempt.String(),
		Command: &domain.StartImport{Started: started, FileName: r.job.Name, Title: r.sheet.title}, Digest: r.sheet.content[:],
	})
	var refusal *domain.Refusal
	if errors.As(err, &refusal) && refusal.Code == domain.ImportFinishedCode {
		return false, nil
	}
	r.pool.reached(out.Position)
	return out.Events > 0 || r.resumed, err
}

func (r *run) disposition() (domain.ImportDisposition, domain.ImportID) {
	switch {
	case r.again > 0:
		return domain.GivenAgain, r.id
	case !r.job.ReissueOf.IsZero():
		return domain.ReissueOf, r.job.ReissueOf
	case r.job.Separate:
		if near := r.resemblance(); near != nil {
			return domain.Separate, near.Earlier
		}
		return domain.Separate, domain.ImportID{}
	}
	return domain.FirstIssue, domain.ImportID{}
}

func (r *run) caller(account domain.AccountID) commands.Caller {
	return commands.Caller{Account: account, Authentication: domain.ByImport, Source: r.job.Source, Correlation: r.id.UUID}
}
