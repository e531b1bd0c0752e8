package imports

import (
	"encoding/binary"
	"slices"
	"strings"

	"zhishu/domain"
	"zhishu/sheets"
)

type textKey struct {
	title, category, place string
	layer                  domain.Layer
	hours                  domain.HoursKind
	session                domain.Day // of a named session; NoDay otherwise
}

func (r *reader) service(row sheets.Row, l line) error {
	title := row.Text(sheets.ActivityName)
	if title == "" {
		title = r.job.Activity
	}
	if title == "" {
		return &rowRefusal{ActivityMissing, sheets.ActivityName}
	}
	return r.deed(row, l, title, domain.NoDay)
}

// study also knows named sessions: a person counts once per session, so the
// session has an identity, the community's name for it and the day.
func (r *reader) study(row sheets.Row, l line) error {
	if title := row.Text(sheets.ActivityName); title != "" {
		date, err := row.Date(sheets.DateField)
		if err != nil {
			return err
		}
		return r.deed(row, l, title, day(date))
	}
	return r.deed(row, l, row.Text(sheets.Topic), domain.NoDay)
}

// deed reads a row of time given or spent learning.
func (r *reader) deed(row sheets.Row, l line, title string, session domain.Day) error {
	if err := r.elsewhere(row); err != nil {
		return err
	}
	if err := r.stated(row); err != nil {
		return err
	}
	span, err := r.span(row)
	if err != nil {
		return err
	}
	text, remark := r.text(row, title, session)
	return r.keep(row, l, deed{span: span, text: text, remark: remark})
}

// keep takes a deed that may be recorded for the person that the row names.
func (r *reader) keep(row sheets.Row, l line, d deed) error {
	if err := r.judgeDeed(&d); err != nil {
		return err
	}
	about, err := r.identity(row)
	if err != nil {
		return err
	}
	d.person, err = r.out.people.find(about, l.number, l.print, d.span.Day)
	if err != nil {
		return err
	}
	who := r.out.people.list[d.person]
	who.lines = append(who.lines, int32(len(r.out.lines)))
	r.out.lines = append(doubled(r.out.lines), l)
	r.out.deeds = append(doubled(r.out.deeds), d)
	return nil
}

// doubled makes room: a list of a million grows by doubling, not by a quarter at
// a time.
func doubled[T any](list []T) []T {
	if len(list) == cap(list) {
		return slices.Grow(list, max(64, len(list)))
	}
	return list
}

// titles are the columns that can name what was done. Content of service is free
// text about people and is sealed.
var titles = map[domain.ImportKind][]sheets.Field{
	domain.ImportService: {sheets.ActivityName},
	domain.ImportStudy:   {sheets.ActivityName, sheets.Topic, sheets.Content},
}

// untitled reports a row of time that does not say what was done.
func untitled(kind domain.ImportKind, row sheets.Row) bool {
	return len(titles[kind]) > 0 && !slices.ContainsFunc(titles[kind], row.Has)
}

// text gathers the words of a row. What is not part of a deed's own value is
// kept, sealed, as its remark.
func (r *reader) text(row sheets.Row, title string, session domain.Day) (*deedText, string) {
	remark := row.Text(sheets.Remark)
	content := row.Text(sheets.Content)
	if topic := row.Text(sheets.Topic); topic != title && topic != "" {
		content = joined(topic, content)
	}
	switch {
	case title != "":
	case content != "":
		title, content = content, ""
	default:
		title = r.job.Activity
	}
	remark = joined(content, remark)
	key := textKey{title: title, category: row.Text(sheets.Category), place: row.Text(sheets.Place),
		layer: domain.Layer(row.Text(sheets.Layer)), session: session}
	if r.job.Kind == domain.ImportService {
		key.hours, key.layer = hoursKind(row.Text(sheets.RecordSource)), ""
	}
	text := r.texts[key]
	if text == nil {
		text = &deedText{title: title, category: key.category, place: key.place, layer: key.layer, hours: key.hours}
		if session != domain.NoDay {
			text.activity.UUID = r.keyed.DerivedID("session", []byte(r.job.Community.String()), []byte(session.String()), []byte(sheets.Fold(title)))
		}
		r.texts[key] = text
	}
	return text, remark
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "；" + b
}

// hoursKind: what is entered afterwards is honour hours, unless the sheet says
// that the person checked in and out. 未签到 says the opposite, and who was
// signed in by another (代签到) did not check in.
func hoursKind(source string) domain.HoursKind {
	if !strings.Contains(source, "签到") {
		return domain.Honour
	}
	for _, w := range []string{"补", "代", "未", "无", "没", "忘", "漏", "非", "缺", "不", "免", "替", "否"} {
		if strings.Contains(source, w) {
			return domain.Honour
		}
	}
	return domain.Credit
}

// span is when it took place: clock times where the row has them, else the day
// and the minutes.
func (r *reader) span(row sheets.Row) (s domain.Span, err error) {
	var from, to sheets.Moment
	clocked := false
	if r.mayBeClocked(row) {
		if from, to, clocked, err = row.Span(); err != nil {
			return s, err
		}
	}
	given, isGiven, err := row.Minutes()
	if err != nil {
		return s, err
	}
	s.Minutes = domain.Minutes(given)
	if clocked {
		s.Day, s.Start, s.End = day(from.Date), instant(from), instant(to)
		return s, nil
	}
	if !isGiven {
		return s, &rowRefusal{domain.MinutesZero, sheets.DurationMinutes}
	}
	first, err := row.Date(sheets.DateField)
	if err != nil {
		return s, err
	}
	last, err := row.Date(sheets.DateEnd)
	if err != nil {
		return s, err
	}
	if first == (sheets.Date{}) {
		if m, err := row.Moment(sheets.Start); err == nil && m.Date != (sheets.Date{}) {
			first = m.Date
		}
	}
	switch {
	case first == (sheets.Date{}):
		return s, row.Require(sheets.DateField)
	case last != (sheets.Date{}) && day(last) < day(first):
		return s, &rowRefusal{domain.EndBeforeStart, sheets.DateEnd}
	case last != (sheets.Date{}) && last != first:
		return s, row.Refuse(sheets.DateEnd, sheets.CodeDateRange)
	}
	s.Day = day(first)
	return s, nil
}

// mayBeClocked spares most rows of a sheet without times of day the search for
// them: a cell that is no longer than a date holds nothing else.
func (r *reader) mayBeClocked(row sheets.Row) bool {
	t := r.out.table
	return t.Has(sheets.TimeRange) || t.Has(sheets.Start) || len(row.Cell(sheets.DateField).Text) > len("2006-01-02")
}

func instant(m sheets.Moment) domain.Instant {
	return day(m.Date).Start() + domain.Instant(m.Clock.Seconds)*1000
}

// stated refuses a row that the sheet itself takes back. In a column of
// signatures anything written means present, and nothing means absent.
func (r *reader) stated(row sheets.Row) error {
	switch approvedIn(row.Text(sheets.Status)) {
	case no:
		return &rowRefusal{NotApproved, sheets.Status}
	case unclear:
		return &rowRefusal{domain.FieldInvalid, sheets.Status}
	}
	if r.out.table.Has(sheets.Attended) && (!row.Has(sheets.Attended) || absent(row.Text(sheets.Attended))) {
		return &rowRefusal{NotAttended, sheets.Attended}
	}
	return nil
}

// negative reports the words by which a sheet says no or not yet.
func negative(s string) bool {
	switch s {
	case "否", "无", "×", "✗", "x", "X", "0", "no", "No", "NO", "false", "FALSE":
		return true
	}
	for _, w := range []string{"未", "不", "待", "驳回", "候补", "爽约", "缺", "请假", "拒", "取消", "退"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// absent is negative with what people write for who was away. A signature can be
// any other word.
func absent(s string) bool {
	switch s {
	case "/", "-", "—", "——", "N", "n", "空":
		return true
	}
	return negative(s) || slices.ContainsFunc([]string{"没", "旷", "事假", "病假", "公假", "休假"}, func(w string) bool { return strings.Contains(s, w) })
}

// judgeDeed asks the domain what it would say to such an entry of somebody
// without any other.
func (r *reader) judgeDeed(d *deed) error {
	if r.event != nil {
		return r.event.judge(&domain.Person{Exists: true, Consents: recordConsent}, d, r.by, r.now)
	}
	return domain.JudgeClaim(&domain.ClaimEntry{Person: probe.person, Deed: d.command(&r.job), Remark: d.remark}, r.by, r.now)
}

var recordConsent = []domain.Consent{{Kind: domain.ConsentRecord}}

// command is the deed as the ledger records it.
func (d *deed) command(job *Job) domain.Deed {
	kind := domain.Service
	if job.Kind == domain.ImportStudy {
		kind = domain.Study
	}
	if job.Kind == domain.ImportRoster {
		kind = d.text.kind
	}
	return domain.Deed{
		Kind: kind, Span: d.span, Title: d.text.title, Category: d.text.category, Place: d.text.place,
		Community: job.Community, Organisation: job.Organisation, Activity: d.text.activity,
		Hours: d.text.hours, Layer: d.text.layer, PersonInCharge: d.text.inCharge,
	}
}

// likeness hashes, under the ledger's secret, what entries share that look
// alike. Those of one roster only look like others of the same activity. One
// goroutine uses it for many rows.
type likeness struct {
	keyed   macs
	kind    domain.ImportKind
	purpose string
	person  domain.PersonID
	value   [12]byte // day and minutes
	parts   [3][]byte
}

func (r *run) likeness() *likeness {
	return &likeness{keyed: r.handler, kind: r.job.Kind, purpose: "alike/" + string(r.job.Kind)}
}

func (x *likeness) of(person domain.PersonID, d *deed) uint64 {
	x.person = person
	binary.BigEndian.PutUint32(x.value[:4], uint32(d.span.Day))
	binary.BigEndian.PutUint64(x.value[4:], uint64(d.span.Minutes))
	parts := append(x.parts[:0], x.person.UUID[:], x.value[:])
	if x.kind == domain.ImportRoster {
		parts = append(parts, d.text.activity.UUID[:])
	}
	mac := x.keyed.Mac(x.purpose, parts...)
	return binary.BigEndian.Uint64(mac[:8])
}
