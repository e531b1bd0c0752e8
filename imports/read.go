package imports

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"

	"zhishu/domain"
	"zhishu/sheets"
)

var sheetKinds = map[domain.ImportKind]sheets.Kind{
	domain.ImportService: sheets.Service, domain.ImportStudy: sheets.Study,
	domain.ImportDonations: sheets.Donations, domain.ImportCommunities: sheets.Communities, domain.ImportPeople: sheets.People,
	domain.ImportActivities: sheets.Activities, domain.ImportRoster: sheets.Roster,
}

// macs are keyed hashes under the ledger's secret.
type macs interface {
	Mac(purpose string, parts ...[]byte) [32]byte
	DerivedID(purpose string, parts ...[]byte) domain.UUID
}

// reader turns the rows of one sheet into lines.
type reader struct {
	job   Job
	keyed macs
	now   domain.Instant
	by    domain.Actor
	out   *batch
	texts map[textKey]*deedText
	words map[string]string               // one copy of what repeats
	named map[domain.CommunityCode]string // communities met so far
	held  map[domain.ActivityID]bool      // activities met so far
	event *attended                       // of a roster
	known known
	sum   hash.Hash // over the prints of all rows, in order
	canon []byte
	parts [1][]byte // of what is hashed
	mac   [32]byte

	purpose string // of the prints
}

// read reads a sheet to its end. Its error is a *FileRefused when the file
// cannot be taken at all.
func read(ctx context.Context, job Job, keyed macs, by domain.Actor, now domain.Instant, known known, event *attended) (*batch, error) {
	file, err := sheets.Open(job.Name, job.File, job.Size, sheets.Options{
		Sheet: job.Sheet, Columns: job.Columns, Encoding: job.Encoding, ROC: job.ROC,
	})
	if err != nil {
		return nil, fileRefused(err)
	}
	table, err := file.Table(sheetKinds[job.Kind])
	if err != nil {
		return nil, fileRefused(err)
	}
	if job.Kind == domain.ImportService && job.Activity == "" && !table.Has(sheets.ActivityName) {
		return nil, domain.Refuse(ActivityMissing, sheets.ActivityName.String())
	}
	if job.Kind == domain.ImportPeople && job.ConsentBasis == "" && !table.Has(sheets.Consent) {
		return nil, domain.Refuse(ConsentBasisMissing, "consentBasis")
	}
	r := &reader{job: job, keyed: keyed, by: by, now: now, known: known, sum: sha256.New(), purpose: "row/" + string(job.Kind),
		texts: map[textKey]*deedText{}, words: map[string]string{}, named: map[domain.CommunityCode]string{},
		held: map[domain.ActivityID]bool{}, event: event,
		out: &batch{kind: job.Kind, file: file, table: table, title: table.Title, bad: newTally(table), people: newPeople()}}
	if err := r.all(ctx); err != nil {
		return nil, err
	}
	return r.out, r.finish()
}

func fileRefused(err error) error {
	if e, ok := errors.AsType[*sheets.Error](err); ok {
		return &FileRefused{e}
	}
	return err
}

const lookUpEvery = 1024 // rows between two looks at the context

func (r *reader) all(ctx context.Context) error {
	take := r.takers()[r.job.Kind]
	for row := range r.rows() {
		if r.out.rows%lookUpEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if refusesFile(row.err) {
			return fileRefused(row.err)
		}
		r.out.rows++
		err := row.err
		if err == nil {
			err = r.ours(row.Row)
		}
		if err == nil {
			err = take(row.Row, line{number: uint32(r.out.rows), shown: uint32(row.Number), print: row.print})
		}
		if refusesFile(err) { // a column it turns out to need
			return fileRefused(err)
		}
		r.refuse(row.Row, err)
	}
	return nil
}

func refusesFile(err error) bool {
	bad, ok := errors.AsType[*sheets.Error](err)
	return ok && bad.RefusesFile()
}

func (r *reader) takers() map[domain.ImportKind]func(sheets.Row, line) error {
	return map[domain.ImportKind]func(sheets.Row, line) error{
		domain.ImportDonations: r.gift, domain.ImportCommunities: r.place,
		domain.ImportService: r.service, domain.ImportStudy: r.study, domain.ImportPeople: r.member,
		domain.ImportActivities: r.activity, domain.ImportRoster: r.attendance,
	}
}

// print is the keyed hash of all cells but the serial number, and of the job's
// activity where it is the row's title.
func (r *reader) print(row sheets.Row) uint64 {
	r.canon = row.Canonical(r.canon[:0])
	if r.job.Activity != "" && untitled(r.job.Kind, row) {
		r.canon = append(append(r.canon, "activity-given="...), sheets.Fold(r.job.Activity)...)
	}
	if r.event != nil { // who comes every week comes in equal rows
		r.canon = append(append(r.canon, "attended="...), r.event.text.activity.UUID[:]...)
	}
	r.parts[0] = r.canon
	r.mac = r.keyed.Mac(r.purpose, r.parts[:]...)
	r.sum.Write(r.mac[:])
	return binary.BigEndian.Uint64(r.mac[:8])
}

// rowRefusal is a refusal that belongs to a column of the sheet.
type rowRefusal struct {
	code  domain.Code
	field sheets.Field
}

func (e *rowRefusal) Error() string { return string(e.code) }

// refuse counts a row that could not be taken; nil is a row that could.
func (r *reader) refuse(row sheets.Row, err error) {
	if err == nil {
		return
	}
	var (
		unread  *sheets.Error
		own     *rowRefusal
		refusal *domain.Refusal
	)
	switch {
	case errors.As(err, &unread):
		r.out.bad.sheetError(unread)
	case errors.As(err, &own):
		// The place, and the class of what stands there, are the sheet's to tell.
		if errors.As(row.Refuse(own.field, sheets.CodeValueMissing), &unread) {
			r.out.bad.note(RowError{Row: row.Number, Column: unread.Column, Class: unread.Class}, own.code, own.field.String())
		}
	case errors.As(err, &refusal):
		r.out.bad.refuse(row.Number, refusal.Code, refusal.Field)
	}
}

func (r *reader) finish() error {
	b := r.out
	b.content = r.keyed.Mac("import-content", []byte(b.kind), r.sum.Sum(nil))
	s := b.table.Summary()
	b.facts = Facts{Format: string(b.file.Format), Sheet: b.table.Sheet, Encoding: string(b.file.Encoding),
		HeaderRow: b.table.HeaderRow, Unit: b.table.Unit, Unknown: names(b.table.Unknown), Unused: unused(b.kind, b.table.Columns),
		Blank: s.Blank, Hidden: s.Hidden, Footers: len(s.Footers), Repeated: s.Repeated, Unheaded: s.Unheaded}
	return r.sums(s.Totals)
}

func names(columns []sheets.Column) (all []string) {
	for _, c := range columns {
		all = append(all, c.String())
	}
	return all
}

// used lists the fields whose values reach the ledger.
var used = map[domain.ImportKind][]sheets.Field{
	domain.ImportDonations: {sheets.Sequence, sheets.Donor, sheets.DateField, sheets.Amount, sheets.Item, sheets.Quantity,
		sheets.MeasureUnit, sheets.Specification, sheets.Remark, sheets.Purpose, sheets.Receipt, sheets.CommunityCode},
	domain.ImportService: deedFields, domain.ImportStudy: deedFields,
	domain.ImportCommunities: {sheets.Sequence, sheets.CommunityCode, sheets.CommunityName, sheets.ValidFrom},
	domain.ImportPeople:      memberFields,
	domain.ImportActivities:  planFields,
	domain.ImportRoster:      rosterFields,
}

var deedFields = []sheets.Field{sheets.Sequence, sheets.PersonNumber, sheets.Name, sheets.IDNumber, sheets.Phone, sheets.Sex, sheets.Age,
	sheets.DateField, sheets.DateEnd, sheets.Start, sheets.End, sheets.TimeRange, sheets.Duration, sheets.DurationHours, sheets.DurationMinutes,
	sheets.ActivityName, sheets.Topic, sheets.Content, sheets.Category, sheets.Place, sheets.Layer, sheets.Remark, sheets.Attended,
	sheets.Status, sheets.RecordSource, sheets.CommunityCode, sheets.Headcount}

func unused(kind domain.ImportKind, columns []sheets.Column) (all []string) {
	for _, c := range columns {
		found := false
		for _, f := range used[kind] {
			found = found || f == c.Field
		}
		if !found {
			all = append(all, c.String())
		}
	}
	return all
}

// day turns a sheet's date into a civil day.
func day(d sheets.Date) domain.Day {
	if d == (sheets.Date{}) {
		return domain.NoDay
	}
	day, _ := domain.DayOf(d.Year, d.Month, d.Day)
	return day
}

// word keeps one copy of a text that repeats.
func (r *reader) word(s string) string {
	if s == "" {
		return ""
	}
	if w, ok := r.words[s]; ok {
		return w
	}
	if len(r.words) < 1<<16 {
		r.words[s] = s
	}
	return s
}

// elsewhere refuses a row that names another community than the job's.
func (r *reader) elsewhere(row sheets.Row) error {
	if !row.Has(sheets.CommunityCode) || r.job.Community == 0 {
		return nil
	}
	id, err := row.Identifier(sheets.CommunityCode)
	if err != nil {
		return err
	}
	code, err := domain.ParseCommunityCode(id)
	if err != nil {
		return &rowRefusal{domain.CommunityInvalid, sheets.CommunityCode}
	}
	if code != r.job.Community {
		return &rowRefusal{CommunityDiffers, sheets.CommunityCode}
	}
	return nil
}
